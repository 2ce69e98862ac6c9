"""A clock that is set under a night: beats go by the machine's own seconds, each of them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.support.nights import SOLO, START, Kept, night

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.play.fold import event_of
from evenfall.play.schedule import beat_at, beats, in_order, time_of
from evenfall.records.night import Beat, BeatsMissed, Begin, Dawn, LightsOut, LogRow, TimedEvent
from evenfall.runtime.drivers import run_live
from evenfall.runtime.night_time import NightTime

NIGHT = "2026-11-20-nest-1"
SET_BEAT, DARK_BEAT, DAWN_BEAT, COUNT = 10, 30, 60, 80
HOUR = timedelta(hours=1)
Steps = Sequence[tuple[int, timedelta]]
"""When the wall clock is set, by the beat it truly is, and what it is then off by."""


class SettableClock(VirtualClock):
    """A machine whose wall clock is set while its own seconds go on."""

    def __init__(self, steps: Steps, now: datetime = START) -> None:
        super().__init__(now)
        self.steps = steps

    def now_utc(self) -> datetime:
        truly = super().now_utc()
        past = [by for beat, by in self.steps if beat <= beat_at(START, truly)]
        return truly + past[-1] if past else truly

    async def wait_s(self, seconds: float) -> None:
        self.move_to(super().now_utc() + timedelta(seconds=seconds))
        await asyncio.sleep(0)


class KilledError(Exception):
    """The hub is killed."""


def kept_by(folder: Path, clock: SettableClock, killed_at: int = COUNT) -> Sequence[LogRow]:
    """A night kept by a clock, from where its log ends to a beat: its rows."""

    def seen(timed: TimedEvent) -> None:
        if timed.beat >= killed_at:
            raise KilledError

    async def run(kept: Kept[SettableClock]) -> None:
        kept.runner.start()
        events = in_order(
            [TimedEvent(1, Begin()), TimedEvent(DARK_BEAT, LightsOut(0))],
            [TimedEvent(DAWN_BEAT, Dawn())],
            beats([], COUNT),
        )
        await run_live(kept.runner, events, asyncio.Queue(), clock, kept.room, seen)

    log = SqliteNightLog(folder / "evenfall.db")
    with suppress(KilledError):
        asyncio.run(run(Kept(log, clock)))
    rows = log.rows(NIGHT)
    log.close()
    return rows


def counted(rows: Sequence[LogRow]) -> int:
    """How many beats a night has counted, told one by one or as missed."""
    events = [event_of(row) for row in rows]
    missed = sum(one.beats for one in events if isinstance(one, BeatsMissed))
    return missed + sum(isinstance(one, Beat) for one in events)


def beats_of(rows: Sequence[LogRow], kind: str) -> list[int]:
    return [row.beat for row in rows if row.kind == kind]


@pytest.mark.safety("H-112")
@pytest.mark.parametrize("by", [HOUR, 7 * HOUR, -HOUR, -7 * HOUR, timedelta(minutes=2)])
def test_a_clock_that_is_set_loses_no_beat_and_makes_no_gap(tmp_path: Path, by: timedelta) -> None:
    rows = kept_by(tmp_path, SettableClock([(SET_BEAT, by)]))
    assert counted(rows) == COUNT
    assert not beats_of(rows, "beatsmissed")
    assert beats_of(rows, "lightsout") == [DARK_BEAT]


@pytest.mark.safety("H-112")
@pytest.mark.parametrize("by", [HOUR, 7 * HOUR])
def test_no_dawn_comes_early_by_a_clock_set_forward(tmp_path: Path, by: timedelta) -> None:
    rows = kept_by(tmp_path, SettableClock([(SET_BEAT, by)]))
    assert beats_of(rows, "dawn") == [DAWN_BEAT]


@pytest.mark.safety("H-112")
def test_a_dawn_waits_for_a_clock_set_back_and_comes_once_it_is_set_right(tmp_path: Path) -> None:
    back = (SET_BEAT, -HOUR)
    assert beats_of(kept_by(tmp_path, SettableClock([back])), "dawn") == []
    (tmp_path / "again").mkdir()
    rows = kept_by(tmp_path / "again", SettableClock([back, (DAWN_BEAT + 6, timedelta())]))
    assert beats_of(rows, "dawn") == [DAWN_BEAT + 6]


def test_a_small_correction_is_followed(tmp_path: Path) -> None:
    rows = kept_by(tmp_path, SettableClock([(SET_BEAT, timedelta(seconds=20))]))
    assert counted(rows) == COUNT
    after = [row for row in rows if row.beat > SET_BEAT]
    assert {row.wall_utc - time_of(START, row.beat) for row in after} == {timedelta()}


def test_until_something_has_happened_the_clock_is_believed(tmp_path: Path) -> None:
    """A small machine begins with an old time, and the network sets it right before the evening."""
    clock = SettableClock([], START - timedelta(minutes=40))
    clock.steps = [(-70, timedelta(minutes=33))]
    rows = kept_by(tmp_path, clock)
    assert counted(rows) == COUNT
    assert rows[0].wall_utc >= START


# --- Taken up again ------------------------------------------------------------------------------


def row(beat: int, wall_utc: datetime, boot_id: str) -> LogRow:
    return LogRow(
        night=NIGHT, seq=0, beat=beat, wall_utc=wall_utc, boot_id=boot_id, writer_epoch=1,
        kind="beat", body_version=1, body=b"{}", programme_hash="", kernel_version="", digest="",
    )  # fmt: skip


@pytest.mark.safety("H-112")
@pytest.mark.parametrize("off", [timedelta(), 6 * HOUR, -6 * HOUR])
def test_a_night_taken_up_by_a_clock_that_was_set_goes_on_by_its_own_time(off: timedelta) -> None:
    last_utc = time_of(START, 100)
    clock = VirtualClock(last_utc + off + timedelta(seconds=65))
    time = NightTime(night(), clock)
    time.take_up(row(100, last_utc + off, clock.boot_id))
    assert time.beat() == 102
    assert time.is_due_by_every_clock(102) == (off >= timedelta())
    assert not time.is_due_by_every_clock(103)


def test_a_clock_that_was_set_is_no_nearer_to_morning_after_another_boot() -> None:
    """It may be right by now or not: the dawn waits for the later of both."""
    clock = VirtualClock(time_of(START, 900))
    time = NightTime(night(), clock)
    time.take_up(row(100, time_of(START, 890), "another"))
    assert time.beat() == 110
    assert not time.is_due_by_every_clock(900)


@pytest.mark.safety("H-11")
@pytest.mark.parametrize(("away_s", "is_gap"), [(40.0, False), (74.0, False), (76.0, True)])
def test_a_gap_is_what_is_longer_than_a_lease(tmp_path: Path, away_s: float, is_gap: bool) -> None:
    clock = VirtualClock(START)
    for begun in (False, True):
        kept = Kept(SqliteNightLog(tmp_path / "evenfall.db"), clock)
        kept.runner.start()
        if not begun:
            kept.runner.handle(0, Begin())
            kept.runner.handle(0, Beat())
            clock.move_to(START + timedelta(seconds=away_s))
    assert ("beatsmissed" in [one.kind for one in kept.log.rows(NIGHT)]) == (away_s >= 60.0)
    assert (SOLO.scenes[kept.runner.state.scene].kind == "quiet") == is_gap


@pytest.mark.safety("H-112")
def test_killed_again_and_again_every_beat_is_still_counted(tmp_path: Path) -> None:
    """A night that is taken up after a beat or two has counted those, and the one it is in."""

    last, clock = -1, SettableClock([])
    for away_s in (20.0, 45.0, 62.0, 74.0, 200.0):
        rows = kept_by(tmp_path, clock, killed_at=last + 6)
        assert counted(rows) == rows[-1].beat + 1
        last = rows[-1].beat
        clock.move_to(time_of(START, last) + timedelta(seconds=away_s))
    assert counted(kept_by(tmp_path, clock)) == COUNT
