"""What moves a night along: time made up, or real time. Both call the very same runner.

The third driver, replay, is `play.fold.replay`: it needs no clock and no room.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from evenfall.play.schedule import beat_at, time_of
from evenfall.ports.clock import Clock
from evenfall.records.night import AnyEvent, Beat, BeatsMissed, TimedEvent
from evenfall.records.programme import BEAT_S
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.room import Room

LAPSE_LOOK_S = 1.0


class MovableClock(Clock, Protocol):
    """A clock that whoever owns it may set forward."""

    def move_to(self, moment: datetime) -> None:
        """Set it forward."""


def run_virtual(
    runner: NightRunner,
    events: Sequence[TimedEvent],
    clock: MovableClock,
    room: Room,
    on_event: Callable[[TimedEvent], None] | None = None,
) -> None:
    """Run a night as fast as it goes, on from wherever its log ends.

    Args:
        runner: the night, started.
        events: everything that happens, in order, the ticks included.
        clock: a clock to be moved with them.
        room: the room's outputs, whose leases lapse by the same clock.
        on_event: called after each, for a progress display.
    """
    for timed in events[runner.events_taken :]:
        if runner.over:
            break
        clock.move_to(time_of(runner.night.start_utc, timed.beat))
        room.tick(clock.monotonic_s())
        runner.handle(timed.beat, timed.event)
        if on_event is not None:
            on_event(timed)
    runner.finish()


async def run_live(
    runner: NightRunner,
    events: Iterable[TimedEvent],
    people: "asyncio.Queue[AnyEvent]",
    clock: Clock,
    room: Room,
    on_event: Callable[[TimedEvent], None] | None = None,
) -> None:
    """Run a night in real time: what is due when it is due, what people do at once.

    Args:
        runner: the night, started.
        events: what is due, in order, the ticks included. On a resumed night the ticks that
            were missed are let go, and what else fell due meanwhile happens now.
        people: touches, stops and choices as they come.
        clock: a clock to wait on.
        room: the room's outputs, whose leases lapse by the same clock.
        on_event: called after each.
    """
    watch = asyncio.create_task(_lapse(room, clock))
    try:
        first_beat = runner.beat
        for timed in events:
            if runner.over:
                break
            if _was_taken(runner, timed, first_beat):
                continue
            due = time_of(runner.night.start_utc, timed.beat)
            await _people_until(runner, people, clock, due, on_event)
            if isinstance(timed.event, Beat) and _is_past(runner, timed.beat, clock, on_event):
                continue
            if isinstance(timed.event, Beat):
                _tell_gap(runner, clock, on_event)
            _take(runner, TimedEvent(max(timed.beat, runner.beat), timed.event), on_event)
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        runner.finish()


def _was_taken(runner: NightRunner, timed: TimedEvent, now_beat: int) -> bool:
    """True for what the log already holds, and for ticks of beats that are over."""
    if runner.resumed_from is None:
        return False
    if isinstance(timed.event, Beat):
        return timed.beat <= now_beat
    if not runner.logged[timed.event]:
        return False
    runner.logged[timed.event] -= 1
    return True


def _is_past(
    runner: NightRunner,
    beat: int,
    clock: Clock,
    on_event: Callable[[TimedEvent], None] | None,
) -> bool:
    """True for a tick whose beat is over: the machine slept, or the night was begun late.

    The first such tick tells the night how many were missed; the others are let go.
    """
    now_beat = beat_at(runner.night.start_utc, clock.now_utc())
    if beat >= now_beat:
        return False
    first_missed = max(beat, runner.beat + 1) if runner.rows_written else beat
    if first_missed < now_beat:
        missed = BeatsMissed(now_beat - first_missed)
        _take(runner, TimedEvent(now_beat - 1, missed), on_event)
    return True


def _tell_gap(
    runner: NightRunner, clock: Clock, on_event: Callable[[TimedEvent], None] | None
) -> int:
    """Tell the night what nobody counted before anything else happens in it.

    By the wall clock or, where that was set back meanwhile, by the room's own.

    Returns:
        The beat it is.
    """
    now_beat = beat_at(runner.night.start_utc, clock.now_utc())
    if runner.rows_written and runner.beat > 0:
        unheard_beats = int((clock.monotonic_s() - runner.taken_s) // BEAT_S)
        missed = max(now_beat - runner.beat, unheard_beats) - 1
        if missed > 0:
            beat = max(now_beat - 1, runner.beat)
            _take(runner, TimedEvent(beat, BeatsMissed(missed)), on_event)
    return now_beat


async def _people_until(
    runner: NightRunner,
    people: "asyncio.Queue[AnyEvent]",
    clock: Clock,
    due: datetime,
    on_event: Callable[[TimedEvent], None] | None,
) -> None:
    """Take what people do until a moment. The waiting task is one, so that no event is lost."""
    alarm = asyncio.create_task(clock.wait_until(due))
    try:
        while not alarm.done():
            coming = asyncio.create_task(people.get())
            await asyncio.wait({alarm, coming}, return_when=asyncio.FIRST_COMPLETED)
            if coming.done():
                now_beat = _tell_gap(runner, clock, on_event)
                _take(runner, TimedEvent(max(now_beat, runner.beat, 0), coming.result()), on_event)
            else:
                coming.cancel()
    finally:
        alarm.cancel()


def _take(
    runner: NightRunner, timed: TimedEvent, on_event: Callable[[TimedEvent], None] | None
) -> None:
    runner.handle(timed.beat, timed.event)
    if on_event is not None:
        on_event(timed)


async def _lapse(room: Room, clock: Clock) -> None:
    """Let leases lapse on time even where nothing else happens."""
    while True:
        await asyncio.sleep(LAPSE_LOOK_S)  # never the wall clock: it may be set back
        room.tick(clock.monotonic_s())
