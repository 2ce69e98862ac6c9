"""The hub: every room's night kept at once, asked by pages, watched by pages.

One task a room runs its night; what people ask becomes an event on that room's queue and is
taken at once; whoever watches is told that something changed and asks for the whole again.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.clock import Clock
from evenfall.records.household import Household
from evenfall.records.night import (
    AnyEvent,
    Begin,
    Choice,
    Dawn,
    LightsOut,
    No,
    Pause,
    Resume,
    Stop,
    TimedEvent,
    Touch,
    Up,
)
from evenfall.records.plan import Plan
from evenfall.records.view import Ask, HomeView
from evenfall.runtime.drivers import run_live
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.views import home_view, may_do


class AskRefusedError(EvenfallError):
    """Something asked that cannot be done now, with the reason and what can."""


class Hub:
    """Keeps the rooms of a home.

    Args:
        household: who lives here.
        plan: tonight.
        rooms: the rooms whose night runs.
        clock: what time it is.
    """

    def __init__(
        self, household: Household, plan: Plan, rooms: Sequence[LiveRoom], clock: Clock
    ) -> None:
        self.household = household
        self.plan = plan
        self.rooms = {room.ready.night.room: room for room in rooms}
        self.clock = clock
        self._watchers: set[asyncio.Event] = set()

    async def run(self) -> None:
        """Keep every room's night until the last is over."""
        for room in self.rooms.values():
            room.runner.start()
        async with asyncio.TaskGroup() as group:
            for room in self.rooms.values():
                group.create_task(self._keep(room))

    async def _keep(self, room: LiveRoom) -> None:
        await run_live(
            room.runner,
            _due(room),
            room.people,
            self.clock,
            room.keeper,
            lambda timed: self._happened(room, timed),
        )
        self.changed()

    def _happened(self, room: LiveRoom, timed: TimedEvent) -> None:
        if isinstance(timed.event, Up):
            room.up.add(timed.event.sleeper)
        self.changed()

    # --- Asking --------------------------------------------------------------------------

    def ask(self, ask: Ask, who: str) -> None:
        """Do what a page asks, at once.

        Args:
            ask: what, where, for whom.
            who: who asks, by id.

        Raises:
            AskRefusedError: it cannot be done now; the fault says what can.
        """
        room = self.rooms.get(ask.room)
        if room is None:
            raise _refused(
                f"no evening runs in {ask.room!r}", "a room with an evening", "ask there"
            )
        allowed = may_do(room.runner, self.clock.now_utc())
        if ask.do not in allowed:
            what = ", ".join(allowed) or "nothing yet"
            raise _refused(f"{ask.do} is not for now", f"one of: {what}", "try again later")
        if ask.do == "skip-wake":
            room.skip_dawn = True
        room.people.put_nowait(_event(ask, room, who))

    # --- Watching ------------------------------------------------------------------------

    def view(self) -> HomeView:
        """The home as it is now."""
        return home_view(self.household, self.plan, list(self.rooms.values()), self.clock.now_utc())

    def changed(self) -> None:
        """Tell everyone who watches to look again."""
        for watcher in self._watchers:
            watcher.set()

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """A watcher's own bell: it rings at every change."""
        bell = asyncio.Event()
        self._watchers.add(bell)
        try:
            yield bell
        finally:
            self._watchers.discard(bell)


def _due(room: LiveRoom) -> Iterator[TimedEvent]:
    """What is due in a room, the dawn left out where the wake was skipped."""
    for timed in room.ready.events:
        if isinstance(timed.event, Dawn) and room.skip_dawn:
            continue
        yield timed


def _event(ask: Ask, room: LiveRoom, who: str) -> AnyEvent:
    """What a page asks, as the kernel's event."""
    sleeper = _sleeper(room, ask.member)
    events: dict[str, AnyEvent] = {
        "begin": Begin(),
        "stop": Stop(who),
        "no": No(sleeper),
        "pause": Pause(),
        "resume": Resume(),
        "touch": Touch(sleeper),
        "choose": Choice(ask.door or ""),
        "lights-out": LightsOut(sleeper),
        "up": Up(sleeper),
        "skip-wake": Dawn(due=False),
    }
    return events[ask.do]


def _sleeper(room: LiveRoom, member: str | None) -> int:
    for index, plan in enumerate(room.ready.sleepers):
        if plan.member == member:
            return index
    return 0


def _refused(found: str, expected: str, mend: str) -> AskRefusedError:
    return AskRefusedError(Fault(found=found, place=Place(), expected=expected, mend=mend))
