"""A night judged from its log alone: whole, in order, and the fold of its own rows."""

import sqlite3
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.play.fold import replay, since_restart
from evenfall.records.night import LogRow, Step


class ReadLog(SqliteNightLog):
    """A log that is only read, so that whoever judges a hub's is never in its way."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)


class Judged(NamedTuple):
    """One night as its log has it."""

    night: str
    rows: Sequence[LogRow]
    taken: Sequence[tuple[LogRow, Step]]  # since the last restart that began its fold anew

    def count(self, kind: str) -> int:
        """How many rows are of a kind."""
        return sum(row.kind == kind for row in self.rows)


def judged(database: Path) -> dict[str, Judged]:
    """Every night in a database, each row once and in order, each digest as replayed.

    Raises:
        AssertionError: a row is missing or stands twice.
        LogMismatchError: a row does not follow from those before.
    """
    nights = {}
    with closing(ReadLog(database)) as log:
        (sound,) = log.connection.execute("PRAGMA integrity_check").fetchone()
        assert sound == "ok", sound
        for night in log.nights():
            rows = log.rows(night.id)
            assert [row.seq for row in rows] == list(range(len(rows))), night.id
            programme = log.programme(night.programme_hash)
            assert programme is not None
            taken = tuple(replay(programme, since_restart(rows)))
            nights[night.id] = Judged(night.id, rows, taken)
    return nights


def whole_beginning(before: Judged, after: Judged) -> bool:
    """True where a later look at a night's log begins with all of an earlier one."""
    return list(after.rows[: len(before.rows)]) == list(before.rows)


def light_lx_medi(step: Step) -> float:
    """What a step asks of the lamp."""
    return next((point.target for point in step.setpoints if point.output == "light"), 0.0)


def rows_of(database: Path, room: str) -> Sequence[LogRow]:
    """The rows of a room's latest night, read while a hub may be writing; none before its first."""
    with closing(ReadLog(database)) as log:
        nights = [night for night in log.nights() if night.room == room]
        return log.rows(nights[-1].id) if nights else ()


def kinds(rows: Sequence[LogRow]) -> Counter[str]:
    """How many rows there are of each kind."""
    return Counter(row.kind for row in rows)
