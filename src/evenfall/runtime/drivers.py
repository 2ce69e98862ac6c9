"""What moves a night along: time made up, or real time. Both call the very same runner.

The third driver, replay, is `play.fold.replay`: it needs no clock and no room.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from evenfall.play.schedule import time_of
from evenfall.ports.clock import Clock
from evenfall.ports.night_log import LogUnavailableError
from evenfall.records.night import AnyEvent, Beat, Dawn, TimedEvent
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.room import Room

LAPSE_LOOK_S = 1.0
LOOK_S = 30.0
"""How long a night waits at most, in its own seconds, before it looks again what time it is."""


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

    Due is what the night's own time says (`night_time`), whatever is done to the wall clock. A dawn
    waits for both: it never comes early by a clock that was set.

    Args:
        runner: the night, started.
        events: what is due, in order, the ticks included. On a resumed night the ticks that
            were missed are let go, and what else fell due meanwhile happens now.
        people: touches, stops and choices as they come.
        clock: a clock to wait on.
        room: the room's outputs, whose leases lapse by the same clock.
        on_event: called after each.
    """
    live = _Live(runner, people, clock, on_event)
    watch = asyncio.create_task(_lapse(room, clock))
    try:
        await live.run(events)
    finally:
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
        with suppress(LogUnavailableError):  # the step that could not be written has said so
            runner.finish()


class _Live:
    """A night that runs in real time."""

    def __init__(
        self,
        runner: NightRunner,
        people: "asyncio.Queue[AnyEvent]",
        clock: Clock,
        on_event: Callable[[TimedEvent], None] | None,
    ) -> None:
        self.runner, self.people, self.clock, self.on_event = runner, people, clock, on_event
        self.dawns: list[TimedEvent] = []  # due by the night's own time, and not by the wall clock

    async def run(self, events: Iterable[TimedEvent]) -> None:
        for timed in events:
            if self.runner.over:
                break
            if _was_taken(self.runner, timed):
                continue
            await self._people_until(timed.beat)
            if isinstance(timed.event, Beat):
                self._tick(timed)
            elif isinstance(timed.event, Dawn):
                self.dawns.append(timed)
                self._dawn()
            else:
                self._take(timed)

    def _tick(self, tick: TimedEvent) -> None:
        """Count a beat, unless it is over: the machine slept, or the night was begun late."""
        if self._catch_up() <= tick.beat:
            self._dawn()
            self._take(tick)

    def _dawn(self) -> None:
        """Let the day come where every clock says so, and nobody has put it off since."""
        waiting, self.dawns = self.dawns, []
        for dawn in waiting:
            if not self.runner.time.is_due_by_every_clock(dawn.beat):
                self.dawns.append(dawn)
            elif not self.runner.dawn_skipped:
                self._take(TimedEvent(max(dawn.beat, self.runner.now_beat()), dawn.event))

    def _catch_up(self) -> int:
        """Tell the night, before anything else happens in it, of the beats that nobody counted.

        Returns:
            The beat it is.
        """
        now_beat, missed = self.runner.now_beat(), self.runner.uncounted()
        if missed is not None:
            self._take(TimedEvent(now_beat - 1, missed))
        return now_beat

    async def _people_until(self, beat: int) -> None:
        """Take what people do until a beat. The waiting task is one, so that no event is lost."""
        alarm = asyncio.create_task(self._until(beat))
        try:
            while not alarm.done():
                coming = asyncio.create_task(self.people.get())
                await asyncio.wait({alarm, coming}, return_when=asyncio.FIRST_COMPLETED)
                if coming.done():
                    self._take(TimedEvent(max(self._catch_up(), 0), coming.result()))
                else:
                    coming.cancel()
        finally:
            alarm.cancel()

    async def _until(self, beat: int) -> None:
        while self.runner.now_beat() < beat:
            await self.clock.wait_s(min(self.runner.time.left_s(beat), LOOK_S))

    def _take(self, timed: TimedEvent) -> None:
        """Take an event; never at a beat before the last one taken."""
        timed = TimedEvent(max(timed.beat, self.runner.beat), timed.event)
        self.runner.handle(timed.beat, timed.event)
        if self.on_event is not None:
            self.on_event(timed)


def _was_taken(runner: NightRunner, timed: TimedEvent) -> bool:
    """True for what the log already holds, and for ticks of beats that are counted."""
    if isinstance(timed.event, Beat):
        return timed.beat <= runner.counted_beat
    if runner.resumed_from is None or not runner.logged[timed.event]:
        return False
    runner.logged[timed.event] -= 1
    return True


async def _lapse(room: Room, clock: Clock) -> None:
    """Let leases lapse on time even where nothing else happens."""
    while True:
        await asyncio.sleep(LAPSE_LOOK_S)  # never the wall clock: it may be set back
        room.tick(clock.monotonic_s())
