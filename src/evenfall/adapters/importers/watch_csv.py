"""Watch nights: 30 s counts already smoothed, a heart-rate feature, maybe a human's stages.

The layout is that of the published watch features of Walch 2019 (PhysioNet sleep-accel 1.0.0)
as Ubi-SleepNet writes them. The clock columns are never read: they only say how long the
recording has run, which would tell a stager the bedtime.
"""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from evenfall.adapters.importers import reading
from evenfall.records.recording import Hypnogram, Recording, Stage

NAME = "watch-csv"
DESCRIPTION = "watch night as CSV: epoch, activity_count, hr_std_norm, maybe psg_stage"

EPOCH_S = 30.0
# The file holds no date and no time of day, so this stands in for them.
START = datetime(2000, 1, 1, 22, 0)  # noqa: DTZ001 — a local time without a zone is meant
EPOCHS_MAX = 20_160  # seven days; this project's own choice
GAP_EPOCHS_MAX = 2880  # one day without a row; this project's own choice

# 0 W, 1 N1, 2 N2, 3 N3, 5 R; 4 is the older N4, which the AASM merges into N3.
STAGES: dict[str, Stage | None] = {
    "0": "W",
    "1": "N1",
    "2": "N2",
    "3": "N3",
    "4": "N3",
    "5": "R",
    "-1": None,
    "": None,
}

ALWAYS_BLEMISHES = (
    "no date and no time of day in the file: 1 January 2000, 22:00 stands in",
    "the counts are smoothed over ± 285 s, so each holds up to 285 s of what came after it: "
    "nothing built on them is truly causal",
    "the heart-rate feature was scaled with the whole recording, and looks as far ahead",
)


class _Columns(NamedTuple):
    fields: int
    epoch: int
    activity: int
    heart: int | None
    stage: int | None


class _Row(NamedTuple):
    epoch: int
    activity: float | None
    heart: float | None
    stage: str | None


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001 — the content decides
    """Whether the first line names the columns of a watch night."""
    names = {part.strip() for part in _header(head).split(b",")}
    return {b"epoch", b"activity_count"} <= names


def read(path: Path) -> Recording:
    """One watch night.

    Raises:
        RecordingError: if a row, a number, a stage or the order of the epochs is wrong.
    """
    rows, columns = _rows(path)
    length = rows[-1].epoch + 1
    by_epoch = {row.epoch: row for row in rows}
    on_grid = tuple(by_epoch.get(index) for index in range(length))
    counts = tuple(row.activity if row else None for row in on_grid)
    heart = tuple(row.heart if row else None for row in on_grid)
    return Recording(
        id=reading.digest(path),
        device="wrist watch",
        format=NAME,
        source=reading.shown_name(path),
        start=START,
        start_is_known=False,
        epoch_s=EPOCH_S,
        counts=counts,
        counts_unit="watch-smoothed",
        heart_rate_feature=None if columns.heart is None else heart,
        scorer=None if columns.stage is None else _scorer(on_grid),
        blemishes=_blemishes(rows, counts),
    )


def _header(head: bytes) -> bytes:
    return head.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]


def _rows(path: Path) -> tuple[list[_Row], _Columns]:
    numbered = reading.lines(path, "utf-8-sig")
    _, header = next(numbered, (0, ""))
    columns = _columns(path, header)
    rows: list[_Row] = []
    for row in _parsed(path, numbered, columns):
        if row.epoch >= EPOCHS_MAX:
            raise reading.too_many(path, epochs_max=EPOCHS_MAX)
        rows.append(row)
    if not rows:
        raise reading.wrong(
            path,
            "a header and no rows",
            "one row for each 30 s epoch",
            "export the night again: this file ends where the night should begin",
            1,
        )
    return rows, columns


def _columns(path: Path, header: str) -> _Columns:
    names = [part.strip() for part in header.split(",")]
    if len(set(names)) < len(names) or not {"epoch", "activity_count"} <= set(names):
        raise reading.wrong(
            path,
            f"the columns {header[:80]!r}",
            "the columns epoch and activity_count, each name once",
            "mend the first line",
            1,
        )
    return _Columns(
        len(names),
        names.index("epoch"),
        names.index("activity_count"),
        names.index("hr_std_norm") if "hr_std_norm" in names else None,
        names.index("psg_stage") if "psg_stage" in names else None,
    )


def _parsed(path: Path, numbered: Iterator[tuple[int, str]], columns: _Columns) -> Iterator[_Row]:
    last = -1
    for line, text in numbered:
        if not text.strip():
            continue
        row = _row(path, line, text, columns)
        if not last < row.epoch <= last + 1 + GAP_EPOCHS_MAX:
            raise reading.wrong(
                path,
                f"epoch {row.epoch} after epoch {last}",
                "epoch numbers that only rise, by no more than a day",
                "sort the rows, and take out rows that stand twice",
                line,
            )
        last = row.epoch
        yield row


def _row(path: Path, line: int, text: str, columns: _Columns) -> _Row:
    fields = text.split(",")
    if len(fields) != columns.fields:
        raise reading.wrong(
            path,
            f"{len(fields)} values",
            f"{columns.fields}, as the first line names them",
            "the row may be cut short: export the night again, or take the row out",
            line,
        )
    return _Row(
        _epoch(path, fields[columns.epoch], line),
        _activity(path, fields[columns.activity], line),
        None if columns.heart is None else _maybe(path, fields[columns.heart], line),
        None if columns.stage is None else _stage(path, fields[columns.stage], line),
    )


def _epoch(path: Path, text: str, line: int) -> int:
    value = reading.number(path, text, "an epoch number of", line)
    if value.is_integer() and 0 <= value < 1e9:
        return int(value)
    raise reading.wrong(
        path,
        f"an epoch number of {text[:40]!r}",
        "a whole number from 0",
        "number the epochs from 0, one for each 30 s",
        line,
    )


def _activity(path: Path, text: str, line: int) -> float | None:
    value = _maybe(path, text, line)
    return None if value is None else reading.count(path, value, line)


def _maybe(path: Path, text: str, line: int) -> float | None:
    return reading.number(path, text, "a value of", line) if text.strip() else None


def _stage(path: Path, text: str, line: int) -> str:
    found = text.strip()
    if found in STAGES:
        return found
    raise reading.wrong(
        path,
        f"a stage of {found[:40]!r}",
        "0 (W), 1 (N1), 2 (N2), 3 (N3), 4 (N4), 5 (REM), or nothing",
        "mend the stage, or leave it empty where nobody scored it",
        line,
    )


def _scorer(on_grid: tuple[_Row | None, ...]) -> Hypnogram:
    stages = tuple(STAGES[row.stage or ""] if row else None for row in on_grid)
    return Hypnogram(
        start=START, epoch_s=EPOCH_S, stages=stages, source="a human scorer, from polysomnography"
    )


def _blemishes(rows: list[_Row], counts: tuple[float | None, ...]) -> tuple[str, ...]:
    found = ALWAYS_BLEMISHES + reading.duration_blemishes(len(counts), EPOCH_S)
    found += reading.count_blemishes(counts, EPOCH_S)
    if merged := sum(row.stage == "4" for row in rows):
        found += (f"{merged} epochs scored N4 are merged into N3, as the AASM does",)
    return found
