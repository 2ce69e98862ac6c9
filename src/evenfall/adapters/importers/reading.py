"""What every importer shares: bounded reading, one way to say what is wrong, one digest.

Nothing here trusts a file: its size, its line lengths, its numbers and its dates all have a
bound, and whatever breaks one is a RecordingError that says where and how to mend it.
"""

import hashlib
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

from evenfall.formats.errors import Fault, Place, RecordingError
from evenfall.records.recording import Recording

# This project's own choices, each far beyond any real recording of one person.
BYTES_MAX = 200_000_000
EPOCHS_MAX = 1_000_000  # 11 days of 1 s epochs, nearly 2 years of minutes
LINE_BYTES_MAX = 4096
COUNT_MAX = 10_000_000.0
YEAR_MIN, YEAR_MAX = 1900, 2200
HEAD_BYTES = 4096
SHORT_S = 5 * 3600
STILL_S = 3 * 3600

_NUMBER = re.compile(r"[+-]?([0-9]{1,18}(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")


class Format(Protocol):
    """What every file format here offers, in the same shape."""

    NAME: str
    DESCRIPTION: str

    def recognises(self, head: bytes, name: str) -> bool:
        """Whether these opening bytes are this format's."""
        ...

    def read(self, path: Path) -> Recording:
        """The recording in the file, or a RecordingError."""
        ...


def shown_name(path: Path) -> str:
    """The file's name without its folder, in characters that any output can hold."""
    return path.name.encode("utf-8", "replace").decode("utf-8")


def wrong(path: Path, found: str, expected: str, mend: str, line: int = 0) -> RecordingError:
    """The error for one thing wrong with one file.

    Args:
        path: the file.
        found: what was found.
        expected: what was expected there.
        mend: what to do about it.
        line: the line it stands on, from 1; 0 where the file has no lines.
    """
    place = Place(shown_name(path), line, 1 if line else 0)
    return RecordingError(Fault(found, place, expected, mend))


def digest(path: Path) -> str:
    """The recording's id: the first 16 hex digits of blake2b over the whole file's bytes.

    So a file whose scorer's column was removed is another file with another id.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "blake2b").hexdigest()[:16]


def lines(path: Path, encoding: str) -> Iterator[tuple[int, str]]:
    """The lines of a text file with their numbers from 1, a line held at a time.

    Args:
        path: the file.
        encoding: how its letters are written.

    Raises:
        RecordingError: if a line is absurdly long or is not text, or there are absurdly many.
    """
    with path.open("rb") as file:
        number = 0
        while raw := file.readline(LINE_BYTES_MAX + 1):
            number += 1
            if number > 2 * EPOCHS_MAX:
                raise too_many(path, number)
            yield number, _text(path, raw, number, encoding)


def _text(path: Path, raw: bytes, number: int, encoding: str) -> str:
    if len(raw) > LINE_BYTES_MAX or b"\0" in raw:
        raise wrong(
            path,
            "something that is not a line of text",
            f"lines of text, each under {LINE_BYTES_MAX} bytes",
            "export the recording again from the device's own software",
            number,
        )
    try:
        return raw.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        raise wrong(
            path,
            "bytes that are no letters",
            f"text in {encoding}",
            "export the recording again, or save the file as text",
            number,
        ) from None


def number(path: Path, text: str, what: str, line: int) -> float:
    """A finite number in a text.

    Raises:
        RecordingError: if it is no number, or not finite.
    """
    found = text.strip()
    if _NUMBER.fullmatch(found) and math.isfinite(value := float(found)):
        return value
    raise wrong(
        path,
        f"{what} {found[:40]!r}",
        "a finite number",
        "export the recording again, or take that row out",
        line,
    )


def count(path: Path, value: object, line: int) -> float:
    """An activity count: finite, never negative, never absurd.

    Raises:
        RecordingError: otherwise.
    """
    if isinstance(value, int | float) and 0 <= value <= COUNT_MAX:
        return float(value)
    raise wrong(
        path,
        f"an activity count of {str(value)[:40]!r}",
        f"a number from 0 to {COUNT_MAX:g}",
        "export the recording again from the device's own software",
        line,
    )


def plausible_start(path: Path, start: datetime | None, text: str, line: int = 0) -> datetime:
    """The start, if it is a date at all and in a year a recording can be from.

    Raises:
        RecordingError: otherwise.
    """
    if start is not None and YEAR_MIN <= start.year <= YEAR_MAX:
        return start
    raise wrong(
        path,
        f"a start of {text[:60]!r}",
        f"a date and time between {YEAR_MIN} and {YEAR_MAX}",
        "check the device's clock, or mend the start in the file",
        line,
    )


def too_many(path: Path, line: int = 0, epochs_max: int = EPOCHS_MAX) -> RecordingError:
    """The error for a recording longer than any person's."""
    return wrong(
        path,
        f"more than {epochs_max} epochs",
        "one person's recording of some nights",
        "split the recording, or export it with longer epochs",
        line,
    )


def duration_blemishes(epochs: int, epoch_s: float) -> tuple[str, ...]:
    """A word on a recording that is too short to be a night."""
    if (length_s := epochs * epoch_s) >= SHORT_S:
        return ()
    return (f"short: {length_s / 60:.0f} min, less than a night",)


def count_blemishes(counts: Sequence[float | None], epoch_s: float) -> tuple[str, ...]:
    """A word on gaps, and on stillness so long that the device may have been off the wrist."""
    found = []
    if missing := sum(value is None for value in counts):
        found.append(f"gaps: {missing} of {len(counts)} epochs were not measured")
    if (still_s := _longest_still(counts) * epoch_s) >= STILL_S:
        found.append(
            f"no movement at all for {still_s / 3600:.1f} h: the device may have been off the "
            "wrist, and stillness is scored as sleep"
        )
    return tuple(found)


def _longest_still(counts: Sequence[float | None]) -> int:
    longest = run = 0
    for value in counts:
        run = run + 1 if value == 0 else 0
        longest = max(longest, run)
    return longest
