"""Actiwatch files (.AWD): seven lines of header, then one count a line.

The epoch code on the fourth line counts 15 s (4 is one minute); the three short epochs have
codes of their own. A line may carry a second channel after a comma, which is not read, and an M
where the wearer pressed the button, which changes no count.
"""

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from evenfall.adapters.importers import reading
from evenfall.records.recording import Recording

NAME = "actiwatch-awd"
DESCRIPTION = "Actiwatch counts as AWD: seven header lines, then one count a line"

HEADER_LINES = 7
# Codes 1 and 4 were checked here: only 15 s and 60 s give those files a day of 24 h. The others
# follow pyActigraphy's table and are not verified against a file.
EPOCH_S = {"1": 15.0, "2": 30.0, "4": 60.0, "8": 120.0, "20": 300.0}
EPOCH_S |= {"81": 2.0, "C1": 5.0, "C2": 10.0}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DATE = re.compile(r"([0-9]{1,2})-([A-Za-z]{3})-([0-9]{4})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_ROW = re.compile(r"\s*([+-]?[0-9.]{1,20})\s*(?:,[^,M]{0,40})?\s*M?\s*")


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001 — the content decides
    """Whether the second and third lines are a date and a time, as in an AWD header."""
    top = [line.strip() for line in head.decode("latin-1").split("\n")[:HEADER_LINES]]
    if len(top) < 4:
        return False
    return bool(_DATE.fullmatch(top[1]) and _TIME.fullmatch(top[2]))


def read(path: Path) -> Recording:
    """An Actiwatch recording, on its own epochs; local time without a zone.

    Raises:
        RecordingError: if the header or a count is wrong.
    """
    numbered = reading.lines(path, "latin-1")
    header = [next(numbered, (0, ""))[1].strip() for _ in range(HEADER_LINES)]
    start = _start(path, header)
    epoch_s = _epoch_s(path, header[3])
    counts = _counts(path, numbered)
    return Recording(
        id=reading.digest(path),
        device="Actiwatch",
        format=NAME,
        source=reading.shown_name(path),
        start=start,
        start_is_known=True,
        epoch_s=epoch_s,
        counts=counts,
        counts_unit="actiwatch",
        blemishes=(
            "no time zone in the file: local time, with clock changes unknown",
            *reading.duration_blemishes(len(counts), epoch_s),
            *reading.count_blemishes(counts, epoch_s),
        ),
    )


def _start(path: Path, header: list[str]) -> datetime:
    date, time = _DATE.fullmatch(header[1]), _TIME.fullmatch(header[2])
    text = f"{header[1]} {header[2]}"
    start = None
    if date and time and date[2].lower() in MONTHS:
        month = MONTHS.index(date[2].lower()) + 1
        start = _moment(int(date[3]), month, int(date[1]), time)
    return reading.plausible_start(path, start, text, 2)


def _moment(year: int, month: int, day: int, time: re.Match[str]) -> datetime | None:
    try:
        return datetime(year, month, day, int(time[1]), int(time[2]), int(time[3] or 0))  # noqa: DTZ001 — the file knows no zone
    except ValueError:
        return None


def _epoch_s(path: Path, code: str) -> float:
    if code.upper() in EPOCH_S:
        return EPOCH_S[code.upper()]
    raise reading.wrong(
        path,
        f"an epoch code of {code[:40]!r}",
        f"one of {', '.join(EPOCH_S)} (1 is 15 s, 4 is one minute)",
        "export the recording again from the device's own software",
        4,
    )


def _counts(path: Path, numbered: Iterator[tuple[int, str]]) -> tuple[float, ...]:
    counts: list[float] = []
    for line, text in numbered:
        if len(counts) >= reading.EPOCHS_MAX:
            raise reading.too_many(path, line)
        if text.strip():
            counts.append(_count(path, text, line))
    if counts:
        return tuple(counts)
    raise reading.wrong(
        path,
        "a header and no counts",
        "one count a line after the seventh",
        "export the recording again: this file ends where the counts should begin",
        HEADER_LINES,
    )


def _count(path: Path, text: str, line: int) -> float:
    row = _ROW.fullmatch(text)
    if row is None:
        raise reading.wrong(
            path,
            f"{text[:40]!r}",
            "a count, maybe a second value after a comma, maybe an M",
            "export the recording again, or mend the line",
            line,
        )
    return reading.count(path, reading.number(path, row[1], "an activity count of", line), line)
