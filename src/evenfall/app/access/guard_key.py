"""The public half of the home's guard's key, as whoever sits at this machine reads it.

It travels in the link that lets a screen in, so that no hub has to be believed about it. Where no
guard ran yet the key is made here, and is the guard's own from then on.
"""

from pathlib import Path

from evenfall.adapters.guard.keys import kept_key
from evenfall.adapters.guard.lock import FOLDER
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.guard.signing import Signer


def guard_key(home: Path) -> str:
    """What a screen checks the guard's word with, in hex.

    Args:
        home: the home's folder.

    Raises:
        EvenfallError: what is kept is no key, or nothing can be kept there.
    """
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        return Signer(kept_key(folder), 0).public_key
    except OSError as error:
        found = f"a folder for the guard's key that cannot be used ({error.strerror})"
        mend = "see that the home's folder is there and is this user's"
        raise EvenfallError(
            Fault(found, Place(str(folder)), "room for the guard's key", mend)
        ) from error
