"""One guard for a home: where it lives there, and the lock that says which process it is."""

import fcntl
import os
from contextlib import closing
from pathlib import Path
from typing import IO

from evenfall.formats.errors import EvenfallError, Fault, Place

FOLDER, SOCKET_FILE, LOCK_FILE = "guard", "guard.sock", "guard.lock"


def one_at_a_time(home: Path) -> "closing[IO[str]]":
    """The lock of this home's guard, with the number of this process in it.

    Raises:
        EvenfallError: another runs here, or the folder cannot be written.
    """
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        lock = (folder / LOCK_FILE).open("a")
    except OSError as error:
        why = f"a folder that cannot be written ({error.strerror})"
        mend = "see that the home's folder is there and is this user's"
        raise EvenfallError(Fault(why, Place(str(folder)), "room for the guard", mend)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        place, one = Place(str(folder)), "one guard for a home"
        raise EvenfallError(Fault("a guard that runs already", place, one, "end it")) from error
    lock.truncate(0)
    print(os.getpid(), file=lock, flush=True)
    return closing(lock)
