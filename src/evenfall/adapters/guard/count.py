"""Where the guard's count of what it signed goes on after it was gone.

A page refuses a count no higher than the last it took. The clock alone would give one that is
higher, unless the clock has been set back since: then no page would trust the guard for as long
as it was set back by. So what was used is kept beside the key.
"""

import os
from pathlib import Path

COUNT_FILE = "guard.count"

RUN_MAX = 1_000_000_000
"""So many frames one guard may sign before another begins above them: at 32 rooms and two a second,
half a year (this project's own choice)."""


def first_count(path: Path, now_us: int) -> int:
    """A count above every count this guard has signed before; it is kept before it is used.

    On a disk that cannot be written the clock alone has to do: then pages stay dark at worst.

    Args:
        path: where it is kept.
        now_us: microseconds since 1970, by whatever clock there is.
    """
    first = max(now_us, _kept(path))
    partial = path.with_suffix(".part")
    try:
        with partial.open("wb") as file:
            file.write(str(first + RUN_MAX).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError:
        return first
    return first


def _kept(path: Path) -> int:
    try:
        return int(path.read_bytes())
    except (OSError, ValueError):
        return 0
