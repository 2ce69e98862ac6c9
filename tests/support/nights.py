"""A night ready to run, with a log that can fail, for the runtime's tests."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Generic, TypeVar

from tests.support.scores import PROGRAMMES

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.simulated import SimulatedNotices, SimulatedOutputs
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.play.fold import programme_hash
from evenfall.play.schedule import beats, in_order
from evenfall.ports.clock import Clock
from evenfall.ports.night_log import NightLog
from evenfall.records.night import (
    Begin,
    Choice,
    Dawn,
    LightsOut,
    Night,
    SensorLost,
    SensorReturned,
    TimedEvent,
    Touch,
    Up,
)
from evenfall.records.programme import Programme
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.room import RoomKeeper

START = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
SOLO = PROGRAMMES["solo"]
BEATS = 1200
AnyClock = TypeVar("AnyClock", bound=Clock)


def night(programme: Programme = SOLO, night_id: str = "2026-11-20-nest-1") -> Night:
    """A night's header."""
    return Night(
        id=night_id,
        night="2026-11-20",
        room="nest",
        sleepers=("noor",),
        programme_hash=programme_hash(programme),
        start_utc=START,
        source="a test",
        simulated=True,
    )


def eventful(count: int = BEATS) -> tuple[TimedEvent, ...]:
    """A ten-hour night in which most things happen once."""
    happened = [
        TimedEvent(8, Begin()),
        TimedEvent(10, Touch(0)),
        TimedEvent(25, Choice("left")),
        TimedEvent(30, SensorLost(0)),
        TimedEvent(33, SensorReturned(0)),
        TimedEvent(70, LightsOut(0)),
        TimedEvent(840, Touch(0)),
        TimedEvent(1100, Dawn()),
        TimedEvent(1150, Up(0)),
    ]
    stages = [(1 if i < 90 or i % 97 == 0 else 3) for i in range(count)]
    return in_order(happened, beats([stages], count))


class Kept(Generic[AnyClock]):
    """A runner with everything it was given, to look into."""

    def __init__(
        self,
        log: NightLog,
        clock: AnyClock,
        programme: Programme = SOLO,
        *,
        batch_rows: int = 1,
        outputs: SimulatedOutputs | None = None,
        room: RoomKeeper | None = None,
        night_id: str = "2026-11-20-nest-1",
    ) -> None:
        self.log = log
        self.clock = clock
        self.outputs = outputs or SimulatedOutputs()
        self.notices = SimulatedNotices()
        self.room = room or RoomKeeper(programme.limits, programme.safe, self.outputs)
        self.runner = NightRunner(
            night(programme, night_id),
            programme,
            log=log,
            room=self.room,
            clock=clock,
            notices=self.notices,
            guardians=("mara",),
            batch_rows=batch_rows,
        )


def virtual(
    folder: Path, *, batch_rows: int = 1, programme: Programme = SOLO
) -> Kept[VirtualClock]:
    """A night in a real database, its clock where the log ends."""
    log = SqliteNightLog(folder / "evenfall.db")
    clock = VirtualClock(START)
    rows = log.rows("2026-11-20-nest-1")
    if rows:
        clock.move_to(rows[-1].wall_utc)
    return Kept(log, clock, programme, batch_rows=batch_rows)


def digests(log: NightLog, night_id: str = "2026-11-20-nest-1") -> Sequence[tuple[int, str, str]]:
    """A night's rows as what must be the same in every run of it."""
    return [(row.beat, row.kind, row.digest) for row in log.rows(night_id)]
