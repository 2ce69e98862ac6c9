"""The guard's own key, on its own disk: made the first time, and readable by nobody else."""

import os
from pathlib import Path

from evenfall.formats.errors import EvenfallError, Fault, Place

KEY_FILE = "guard.key"
KEY_BYTES = 32


def kept_key(folder: Path) -> bytes:
    """The guard's key. Where two make one at once, both have the first.

    Raises:
        EvenfallError: what is kept is no key, or others may read it.
        OSError: the folder cannot be used.
    """
    path = folder / KEY_FILE
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) == KEY_BYTES and not path.stat().st_mode & 0o077:
        return key
    raise EvenfallError(_no_key(path))


def _make(path: Path) -> None:
    """Write a whole key or none, whatever stops this machine in the middle of it."""
    partial = path.with_suffix(f".{os.getpid()}.part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(os.urandom(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass  # another was quicker, and that one counts
    finally:
        partial.unlink()


def _no_key(path: Path) -> Fault:
    return Fault(
        found="a guard's key that is damaged, or that others may read",
        place=Place(str(path)),
        expected="32 bytes that only this user may read",
        mend="remove it; the guard makes another, and each screen is let in anew",
    )
