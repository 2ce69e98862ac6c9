"""What is a family's own is read by the user Evenfall runs as, and by no other on the machine."""

import os
import stat
from contextlib import suppress
from pathlib import Path

FILE, FOLDER = 0o600, 0o700
BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database, made with the database's own permissions."""


def make_private(path: Path) -> None:
    """See that there is a file, and that nobody else may read it or what SQLite keeps beside it.

    Args:
        path: the database file; it is made where there is none, as its folder is.

    Raises:
        OSError: it cannot be made, or is another user's.
    """
    make_folder(path.parent)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, FILE)
    try:
        if stat.S_IMODE(os.fstat(descriptor).st_mode) != FILE:
            os.fchmod(descriptor, FILE)
    finally:
        os.close(descriptor)
    for ending in BESIDE:
        with suppress(FileNotFoundError):  # the last one to close it takes them away
            path.with_name(path.name + ending).chmod(FILE)


def make_folder(folder: Path) -> None:
    """Make a folder, and whatever is missing above it, for this user alone. One that is there is
    left as it is.

    Raises:
        OSError: it cannot be made.
    """
    missing = [one for one in (folder, *folder.parents) if not one.is_dir()]
    for one in reversed(missing):
        one.mkdir(mode=FOLDER, exist_ok=True)
