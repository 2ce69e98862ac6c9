"""What must outlive the guard, in a small file: which rooms were stopped or have slept tonight."""

import os
from pathlib import Path

import msgspec

from evenfall.records.guard import Kept

NOTES_FILE = "tonight.json"


class Notes:
    """A small file, written when something in it is new.

    Args:
        path: where; None keeps nothing, for an evening at a made-up hour.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._written: dict[str, Kept] = {}

    def read(self) -> dict[str, Kept] | None:
        """What was kept, by room; None where something was and cannot be read."""
        if self._path is None:
            return {}
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=dict[str, Kept])
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError):
            return None

    def write(self, kept: dict[str, Kept]) -> None:
        """Keep it, unless it is kept already. Said often.

        A full disk keeps no room from being quiet now, and is tried again the next time.
        """
        if self._path is None or kept == self._written:
            return
        partial = self._path.with_suffix(".part")
        try:
            with partial.open("wb") as file:
                file.write(msgspec.json.encode(kept))
                file.flush()
                os.fsync(file.fileno())  # a stop must outlive a power cut
            partial.replace(self._path)
        except OSError:
            return
        self._written = kept
