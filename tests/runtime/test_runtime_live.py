"""The live driver, in real time at a brisk pace: what is due, what people do, what lapses."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.support.nights import SOLO, START, Kept, eventful, virtual

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.play.fold import event_of, replay
from evenfall.play.schedule import beats, in_order
from evenfall.records.night import (
    STOPPED,
    AnyEvent,
    BeatsMissed,
    Begin,
    LightsOut,
    Pause,
    Resume,
    Stop,
    TimedEvent,
    Touch,
)
from evenfall.runtime.drivers import run_live, run_virtual

NIGHT = "2026-11-20-nest-1"
SPEED = 3000.0  # a beat is 10 ms
Typed = Sequence[tuple[float, AnyEvent]]


def live(
    folder: Path,
    events: Sequence[TimedEvent],
    typed: Sequence[tuple[float, AnyEvent]],
    speed: float,
) -> Kept[SystemClock]:
    """Run a night live, with what people do at seconds of its own time."""

    async def run() -> Kept[SystemClock]:
        clock = SystemClock(speed, START)
        kept = Kept(SqliteNightLog(folder / "evenfall.db"), clock)
        kept.runner.start()
        people: asyncio.Queue[AnyEvent] = asyncio.Queue()

        async def act() -> None:
            for at_s, event in typed:
                await clock.wait_until(START + timedelta(seconds=at_s))
                people.put_nowait(event)

        acting = asyncio.create_task(act())
        await run_live(kept.runner, events, people, clock, kept.room)
        acting.cancel()
        return kept

    return asyncio.run(run())


def test_a_live_evening_takes_what_people_do_at_once(tmp_path: Path) -> None:
    events = in_order([TimedEvent(30, LightsOut(0))], beats([], 60))
    typed: Typed = [(70.0, Begin()), (100.0, Touch()), (200.0, Pause()), (260.0, Resume())]
    kept = live(tmp_path, events, typed, SPEED)
    kinds = [row.kind for row in kept.log.rows(NIGHT)]
    spoken = [kind for kind in kinds if kind not in ("beat", "beatsmissed")]
    assert spoken == ["begin", "touch", "pause", "resume", "lightsout"]
    assert len(list(replay(SOLO, kept.log.rows(NIGHT)))) == len(kinds)


@pytest.mark.safety("H-01")
def test_a_stop_between_two_beats_does_not_wait_for_the_next(tmp_path: Path) -> None:
    # At 30 times the pace a beat is a second long: the stop must be there long before it is over.
    events = beats([], 3)
    kept = live(tmp_path, events, [(1.0, Begin()), (2.0, Touch()), (33.0, Stop("here"))], 30.0)
    rows = kept.log.rows(NIGHT)
    stop = next(row for row in rows if row.kind == "stop")
    assert (stop.wall_utc - START).total_seconds() < 33.0 + 15.0
    assert kept.runner.state.mode == STOPPED
    assert kept.outputs.level("sound") == 0.0


@pytest.mark.safety("H-06")
def test_leases_lapse_when_nothing_renews_them(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Touch())
    kept.room.tick(70.0)
    assert kept.outputs.level("sound") == 42.0
    kept.room.tick(76.0)
    assert kept.outputs.level("sound") == 0.0
    assert kept.room.level("light", 90.0) == 0.0


class SleepyClock(SystemClock):
    """The clock of a machine that sleeps for twenty minutes, eight minutes into the evening."""

    def monotonic_s(self) -> float:
        awake_s = super().monotonic_s()
        return awake_s + 20 * 60 if awake_s >= self._start_s + 8 * 60 else awake_s


@pytest.mark.safety("H-11")
def test_a_machine_that_slept_wakes_in_quiet_and_misses_no_lights_out(tmp_path: Path) -> None:
    async def run() -> Kept[SystemClock]:
        clock: SystemClock = SleepyClock(1000.0, START)
        kept = Kept(SqliteNightLog(tmp_path / "evenfall.db"), clock)
        kept.runner.start()
        events = in_order(
            [TimedEvent(2, Begin()), TimedEvent(3, Touch()), TimedEvent(30, LightsOut(0))],
            beats([], 80),
        )
        await run_live(kept.runner, events, asyncio.Queue(), clock, kept.room)
        return kept

    kept = asyncio.run(run())
    rows = kept.log.rows(NIGHT)
    gaps = [event_of(row) for row in rows if row.kind == "beatsmissed"]
    longest = max(gap.beats for gap in gaps if isinstance(gap, BeatsMissed))
    assert longest >= 38
    assert [row.kind for row in rows].count("lightsout") == 1
    assert [row.beat for row in rows] == sorted(row.beat for row in rows)
    assert SOLO.scenes[kept.runner.state.scene].id == "night"


def test_a_night_cut_off_live_goes_on_live(tmp_path: Path) -> None:
    first = virtual(tmp_path)
    first.runner.start()
    run_virtual(first.runner, eventful()[:60], first.clock, first.room)
    assert isinstance(first.log, SqliteNightLog)
    first.log.close()
    later = first.clock.now_utc()

    async def go_on() -> Kept[SystemClock]:
        clock = SystemClock(20_000.0, later)
        clock.boot_id = "virtual"
        kept = Kept(SqliteNightLog(tmp_path / "evenfall.db"), clock)
        kept.runner.start()
        await run_live(kept.runner, eventful(), asyncio.Queue(), clock, kept.room)
        return kept

    kept = asyncio.run(asyncio.wait_for(go_on(), 60))
    rows = kept.log.rows(NIGHT)
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert [row.kind for row in rows].count("begin") == 1
    assert [row.kind for row in rows].count("lightsout") == 1
    assert kept.runner.beat >= 1100


class SettableClock(SystemClock):
    """A machine that sleeps, or whose wall clock is set while its own seconds go on."""

    set_by = timedelta(0)
    slept = timedelta(0)

    def now_utc(self) -> datetime:
        return super().now_utc() + self.set_by

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.slept.total_seconds()


def kept_while(
    folder: Path, act: Callable[[SettableClock, "asyncio.Queue[AnyEvent]"], Awaitable[None]]
) -> Kept[SettableClock]:
    """A night live at a brisk pace, begun and touched, while something happens to it."""

    async def run() -> Kept[SettableClock]:
        clock = SettableClock(300.0, START)
        kept = Kept(SqliteNightLog(folder / "evenfall.db"), clock)
        kept.runner.start()
        people: asyncio.Queue[AnyEvent] = asyncio.Queue()
        events = in_order([TimedEvent(0, Begin()), TimedEvent(1, Touch())], beats([], 400))
        night = asyncio.create_task(run_live(kept.runner, events, people, clock, kept.room))
        await clock.wait_until(START + timedelta(seconds=120))
        await act(clock, people)
        night.cancel()
        with suppress(asyncio.CancelledError):
            await night
        return kept

    return asyncio.run(run())


@pytest.mark.safety("H-11")
def test_a_touch_after_a_suspend_does_not_hide_the_gap(tmp_path: Path) -> None:
    async def act(clock: SettableClock, people: "asyncio.Queue[AnyEvent]") -> None:
        clock.slept = timedelta(hours=1)
        people.put_nowait(Touch())
        await asyncio.sleep(0.5)

    kept = kept_while(tmp_path, act)
    kinds = [row.kind for row in kept.log.rows(NIGHT)]
    assert "beatsmissed" in kinds
    assert SOLO.scenes[kept.runner.state.scene].id == "night"
    assert kept.outputs.level("sound") == 0.0


@pytest.mark.safety("H-06")
def test_a_clock_set_back_lets_leases_lapse_all_the_same(tmp_path: Path) -> None:
    seen: list[float] = []

    async def act(clock: SettableClock, people: "asyncio.Queue[AnyEvent]") -> None:
        clock.set_by = -timedelta(hours=1)
        await asyncio.sleep(2.5)

    kept = kept_while(tmp_path, act)
    seen += [one.target for one in kept.outputs.applied if one.output == "sound"]
    assert 42.0 in seen
    assert seen[-1] == 0.0
