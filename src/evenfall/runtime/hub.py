"""The hub: every room's night kept at once, asked by pages, watched by pages.

One task a room runs its night; what people ask becomes an event on that room's queue and is
taken at once, a stop before all else (`people`); whoever watches is told that something changed and
asks for the whole again.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Protocol

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.play.schedule import time_of
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
    Voice,
)
from evenfall.records.plan import Plan
from evenfall.records.view import Ask, HomeView
from evenfall.runtime.calling import ANYONE
from evenfall.runtime.drivers import run_live
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.views import home_view, may_do, room_call, room_faults, room_voices

PULSE_S = 1.0
"""How often the hub says that it lives, in the world's own seconds (DESIGN.md: 1 Hz)."""


class Pulse(Protocol):
    """Whoever must know that a night is kept, so that the room is brought to safe if it is not."""

    def beat(self) -> None:
        """A night is under way, and the hub's loop lives. Comes back at once."""

    def rest(self) -> None:
        """None is: from here on silence means nothing. Said often; comes back at once."""


_LOGGER = logging.getLogger(__name__)


class AskRefusedError(EvenfallError):
    """Something asked that cannot be done now, with the reason and what can."""


class TooMuchAskedError(AskRefusedError):
    """More asked of one room than it takes at once. A stop, a no and a touch never meet this."""


class Hub:
    """Keeps the rooms of a home.

    Args:
        household: who lives here.
        plan: tonight.
        rooms: the rooms whose night runs.
        clock: what time it is.
        pulse: who is told, once a second, that a night is kept.
        made_up: true where the clock is not the machine's, so that pages say so.
    """

    def __init__(
        self,
        household: Household,
        plan: Plan,
        rooms: Sequence[LiveRoom],
        clock: Clock,
        pulse: Pulse | None = None,
        made_up: bool = False,
    ) -> None:
        self.household = household
        self.plan = plan
        self.rooms = {room.ready.night.room: room for room in rooms}
        self.clock = clock
        self.pulse = pulse
        self.made_up = made_up
        self._kept: set[str] = set()
        self._watchers: set[asyncio.Event] = set()

    async def run(self) -> None:
        """Keep every room's night until the last is over."""
        for room in self.rooms.values():
            try:
                room.runner.start()
            except EvenfallError as error:
                room.trouble = error.faults[0].found
        self._kept = {name for name, room in self.rooms.items() if not room.trouble}
        pulse = asyncio.create_task(self._live())
        try:
            async with asyncio.TaskGroup() as group:
                for name, room in self.rooms.items():
                    if not room.trouble:
                        group.create_task(self._keep(name, room))
        finally:
            pulse.cancel()
            with suppress(asyncio.CancelledError):
                await pulse
        failed = any(room.trouble for room in self.rooms.values())
        if self.pulse is not None and not failed:  # where one failed, silence is to be heard
            self.pulse.rest()

    async def _keep(self, name: str, room: LiveRoom) -> None:
        """Keep one room. What ends its night ends no other's: the room is dark, and says why."""
        try:
            await run_live(
                room.runner,
                _due(room),
                room.people,
                self.clock,
                room.keeper,
                lambda _: self.changed(),
            )
        except EvenfallError as error:
            room.trouble = error.faults[0].found
        except Exception:  # one room's fault must never be another's
            _LOGGER.exception("the night in %s ended by a fault of Evenfall's own", name)
            room.trouble = "something in Evenfall went wrong"
        room.over = True
        self._kept.discard(name)
        self.changed()

    async def _live(self) -> None:
        """Beat from this very loop, so that a loop that hangs is a heart that stops."""
        said: list[tuple[str, ...]] = []
        while True:
            now = self.clock.now_utc()
            rooms = [self.rooms[name] for name in self._kept]
            under_way = [room for room in rooms if _is_under_way(room, now)]
            for room in under_way:
                if room.devices is not None:
                    room.devices.begin()
            if self.pulse is not None:
                (self.pulse.beat if under_way else self.pulse.rest)()
            every = self.rooms.values()
            heard = [(str(room_call(one)), *room_faults(one, now)) for one in every]
            if heard != said:
                said = heard
                self.changed()
            await asyncio.sleep(PULSE_S)

    # --- Asking --------------------------------------------------------------------------

    def ask(self, ask: Ask, who: str) -> None:
        """Do what a page asks, at once.

        Args:
            ask: what, where, for whom.
            who: who asks, by id.

        Raises:
            AskRefusedError: it cannot be done now; the fault says what can.
            TooMuchAskedError: too much waits in that room already.
        """
        room = self.rooms.get(ask.room)
        if room is None:
            raise _refused(
                f"no evening runs in {ask.room!r}", "a room with an evening", "ask there"
            )
        voices = room_voices(room) if ask.do == "voice" else ()  # a stop waits for no library
        allowed = may_do(room.runner, self.clock.now_utc(), voices)
        allowed = () if room.trouble or room.over else allowed
        if ask.do not in allowed:
            what = ", ".join(allowed) or "nothing yet"
            raise _refused(f"{ask.do} is not for now", f"one of: {what}", "try again later")
        if ask.member is not None and ask.member not in {p.member for p in room.ready.sleepers}:
            raise _refused("someone who does not sleep here", "a sleeper of this room", "ask there")
        if ask.do == "voice" and ask.door not in {voice.id for voice in voices}:
            raise _refused("a voice that is not kept for this room", "one that is", "ask for that")
        try:
            room.people.put_nowait(_event(ask, room, who))
        except asyncio.QueueFull as error:
            raise TooMuchAskedError(_TOO_MUCH) from error

    # --- Watching ------------------------------------------------------------------------

    def view(self, language: str = "en") -> HomeView:
        """The home as it is now, its own sentences in a language of the house."""
        return home_view(
            self.household,
            self.plan,
            list(self.rooms.values()),
            self.clock.now_utc(),
            self.made_up,
            language,
        )

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


def _is_under_way(room: LiveRoom, now: datetime) -> bool:
    """True from wind-down to the end of the morning, whatever is still to be caught up with."""
    start = room.runner.night.start_utc
    return start <= now < time_of(start, room.ready.events[-1].beat + 1)


def _due(room: LiveRoom) -> Iterator[TimedEvent]:
    """What is due in a room, the dawn left out where the wake was skipped."""
    for timed in room.ready.events:
        if isinstance(timed.event, Dawn) and room.runner.dawn_skipped:
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
        "touch": Touch(sleeper if ask.member or len(room.ready.sleepers) == 1 else ANYONE),
        "voice": Voice(sleeper, ask.door or ""),
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


_TOO_MUCH = Fault(
    found="more asked of this room than it takes at once",
    place=Place(),
    expected="one thing after another",
    mend="wait a moment and ask again; a stop is heard at once",
)


def _refused(found: str, expected: str, mend: str) -> AskRefusedError:
    return AskRefusedError(Fault(found=found, place=Place(), expected=expected, mend=mend))
