"""ActiGraph files (.agd): an SQLite database of counts per epoch.

Opened read-only and immutable, so that nothing is written beside it. Only the vertical axis
(axis1) is read, since the published sleep algorithms for this device use no other.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from evenfall.adapters.importers import reading
from evenfall.formats.errors import RecordingError
from evenfall.records.recording import Recording

NAME = "actigraph-agd"
DESCRIPTION = "ActiGraph counts as AGD (an SQLite database)"

MAGIC = b"SQLite format 3\x00"
TICKS_PER_S = 10_000_000  # a tick is 100 ns, counted from the year 1 (.NET DateTime.Ticks)
EPOCH_S_MAX = 600
# A damaged file must not keep a query busy: this project's own choice, minutes of real work.
PROGRESS_STEPS = 1_000_000
PROGRESS_CALLS_MAX = 200


def recognises(head: bytes, name: str) -> bool:  # noqa: ARG001 — the content decides
    """Whether it is an SQLite database; which one is seen on reading."""
    return head.startswith(MAGIC)


def read(path: Path) -> Recording:
    """An ActiGraph recording, on its own epochs; local time without a zone.

    Raises:
        RecordingError: if it is no such database, or its epochs are out of order.
    """
    try:
        with closing(_connected(path)) as database:
            return _read(path, database)
    except (sqlite3.Error, sqlite3.Warning, OverflowError) as error:
        raise _damaged(path, str(error)) from None


def _connected(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
    database = sqlite3.connect(uri, uri=True)
    calls = iter(range(PROGRESS_CALLS_MAX))
    database.set_progress_handler(lambda: int(next(calls, None) is None), PROGRESS_STEPS)
    return database


def _damaged(path: Path, found: str) -> RecordingError:
    return reading.wrong(
        path,
        f"an SQLite database that cannot be read as an ActiGraph file ({found[:80]})",
        "the tables data and settings, as ActiLife writes them",
        "export the .agd again from ActiLife",
    )


def _read(path: Path, database: sqlite3.Connection) -> Recording:
    settings = _settings(path, database)
    epoch_s = _epoch_s(path, settings)
    counts, first_ticks = _counts(path, database, epoch_s)
    start = reading.plausible_start(path, _moment(first_ticks), f"{first_ticks} ticks")
    limb = str(settings.get("limb") or "").strip()
    return Recording(
        id=reading.digest(path),
        device="ActiGraph",
        format=NAME,
        source=reading.shown_name(path),
        start=start,
        start_is_known=True,
        epoch_s=float(epoch_s),
        counts=counts,
        counts_unit="actigraph",
        blemishes=(
            "no time zone in the file: local time, with clock changes unknown",
            *_limb_blemishes(limb),
            *reading.duration_blemishes(len(counts), epoch_s),
            *reading.count_blemishes(counts, epoch_s),
        ),
    )


def _limb_blemishes(limb: str) -> tuple[str, ...]:
    if not limb or limb.lower() == "wrist":
        return ()
    return (f"worn on the {limb.lower()[:20]}: the sleep algorithms were made for the wrist",)


def _settings(path: Path, database: sqlite3.Connection) -> dict[str, object]:
    tables = {
        name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not {"data", "settings"} <= tables:
        raise _damaged(path, "a table is missing: data or settings")
    query = "SELECT settingName, settingValue FROM settings LIMIT 1000"
    return {str(name): value for name, value in database.execute(query)}


def _epoch_s(path: Path, settings: dict[str, object]) -> int:
    text = str(settings.get("epochlength", ""))
    if text.isascii() and text.isdigit() and len(text) < 5 and 1 <= int(text) <= EPOCH_S_MAX:
        return int(text)
    raise reading.wrong(
        path,
        f"an epoch length of {text[:40]!r} in settings",
        f"whole seconds from 1 to {EPOCH_S_MAX}",
        "export the .agd again from ActiLife",
    )


def _counts(
    path: Path, database: sqlite3.Connection, epoch_s: int
) -> tuple[tuple[float | None, ...], int]:
    counts: list[float | None] = []
    first_ticks = 0
    for row, ticks, value in _rows(path, database):
        if row == 1:
            first_ticks = ticks
        index = _index(path, row, ticks - first_ticks, epoch_s)
        if index < len(counts):
            raise _out_of_order(path, row)
        if index >= reading.EPOCHS_MAX:
            raise reading.too_many(path)
        counts.extend([None] * (index - len(counts)))
        counts.append(None if value is None else reading.count(path, value, 0))
    if not counts:
        raise _damaged(path, "no epochs in the table data")
    return tuple(counts), first_ticks


def _rows(path: Path, database: sqlite3.Connection) -> Iterator[tuple[int, int, object]]:
    # In the order they were written: a file whose epochs run backwards is damaged, not unsorted.
    query = database.execute("SELECT dataTimestamp, axis1 FROM data NOT INDEXED ORDER BY rowid")
    for row, (ticks, value) in enumerate(query, start=1):
        if not isinstance(ticks, int):
            raise _damaged(path, f"row {row} has no time")
        yield row, ticks, value


def _index(path: Path, row: int, ticks: int, epoch_s: int) -> int:
    index, rest = divmod(ticks, epoch_s * TICKS_PER_S)
    if rest or index < 0:
        raise _out_of_order(path, row)
    return index


def _out_of_order(path: Path, row: int) -> RecordingError:
    return reading.wrong(
        path,
        f"an epoch out of order or off the grid, in row {row} of data",
        "times that rise by whole epochs",
        "export the .agd again from ActiLife",
    )


def _moment(ticks: int) -> datetime | None:
    try:
        return datetime(1, 1, 1) + timedelta(seconds=ticks // TICKS_PER_S)  # noqa: DTZ001 — the file knows no zone
    except OverflowError:
        return None
