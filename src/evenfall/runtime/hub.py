"""The hub: every room's night kept at once, asked by pages, watched by pages.

One task a room runs its night; what people ask becomes an event on that room's queue and is
taken at once, a stop before all else (`people`); whoever watches is told that something changed and
asks for the whole again.
"""

import asyncio
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Protocol

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.clock import Clock
from evenfall.ports.night_log import LogUnavailableError, WriterReplacedError
from evenfall.records.household import Household
from evenfall.records.night import (
    AnyEvent,
    Begin,
    Choice,
    Dawn,
    Emergency,
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
from evenfall.records.recording import CountsUnit
from evenfall.records.view import Ask, HomeView
from evenfall.records.worry import Worry
from evenfall.runtime.calling import ANYONE
from evenfall.runtime.drivers import run_live
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.views import (
    home_view,
    may_do,
    may_still,
    room_call,
    room_faults,
    room_voices,
)
from evenfall.runtime.watching import NOTICED_BY
from evenfall.sense.distress import Felt

PULSE_S = 1.0
"""How often the hub says that it lives, in the world's own seconds (DESIGN.md: 1 Hz)."""

LOG_AGAIN_S = 2.0
"""How often a log that could not be written is tried again: this project's own choice."""

STARTS_MAX = 4
"""So often a log is tried to be opened, each time as long as a write waits: own choice."""


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
        pace: how many of its seconds pass in a real one.
    """

    def __init__(
        self,
        household: Household,
        plan: Plan,
        rooms: Sequence[LiveRoom],
        clock: Clock,
        pulse: Pulse | None = None,
        made_up: bool = False,
        pace: float = 1.0,
    ) -> None:
        self.household = household
        self.plan = plan
        self.rooms = {room.ready.night.room: room for room in rooms}
        self.clock = clock
        self.pulse = pulse
        self.made_up = made_up
        self.pace = pace
        self.worries: tuple[Worry, ...] = ()
        self._kept: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None
        self._watchers: dict[asyncio.Event, None] = {}  # in the order in which they came

    async def run(self) -> None:
        """Keep every room's night until the last is over. Again, it keeps what was begun since."""
        ahead = {name: room for name, room in self.rooms.items() if not (room.over or room.trouble)}
        for room in ahead.values():
            _start(room)
        self._kept = {name for name, room in ahead.items() if not room.trouble}
        pulse = asyncio.create_task(self._live())
        try:
            async with asyncio.TaskGroup() as self._group:
                for name in sorted(self._kept):
                    task = self._group.create_task(self._keep(name, self.rooms[name]))
                    self._tasks[name] = task
        finally:
            self._group = None
            pulse.cancel()
            with suppress(asyncio.CancelledError):
                await pulse
        failed = any(room.trouble for room in self.rooms.values())
        if self.pulse is not None and not failed:  # where one failed, silence is to be heard
            self.pulse.rest()

    async def _keep(self, name: str, room: LiveRoom) -> None:
        """Keep one room. What ends its night ends no other's: the room is dark, and says why."""
        due = _due(room)
        try:
            while not await self._runs(room, due):
                await self._until_the_log_is_back(room)
        except EvenfallError as error:  # the runner has told an adult, where it is one
            room.trouble = error.faults[0].found
        except Exception:  # one room's fault must never be another's
            _LOGGER.exception("the night in %s ended by a fault of Evenfall's own", name)
            room.trouble = "something in Evenfall went wrong"
            room.runner.alarm(Emergency("fault", by="Evenfall itself"))
        room.over = True
        self._kept.discard(name)
        self.changed()

    async def _runs(self, room: LiveRoom, due: Iterator[TimedEvent]) -> bool:
        """Run a night on; False where its log could not be written, and the room is dark."""
        try:
            await run_live(
                room.runner, due, room.people, self.clock, room.keeper, lambda _: self.changed()
            )
        except WriterReplacedError:
            raise
        except LogUnavailableError as error:
            if room.runner.now_beat() > room.ready.events[-1].beat:
                raise  # the night is over, and so is the waiting
            room.trouble = error.faults[0].found
            self.changed()
            return False
        return True

    async def _until_the_log_is_back(self, room: LiveRoom) -> None:
        """Wait until what could not be written is, or the night is over. It goes on in quiet."""
        last_beat = room.ready.events[-1].beat
        while not room.runner.log_is_back() and room.runner.now_beat() <= last_beat:
            await asyncio.sleep(LOG_AGAIN_S)
        room.trouble = ""
        self.changed()

    async def end(self, name: str) -> None:
        """End a room's night now: dark and quiet, its log durable; the room is the family's."""
        room, task = self.rooms[name], self._tasks.pop(name, None)
        if task is not None:
            task.cancel()
            await asyncio.wait({task})
        room.over = True
        self._kept.discard(name)
        self.changed()

    def begin_anew(self, room: LiveRoom) -> bool:
        """Keep a new night of a room whose last one has ended.

        Returns:
            False where no night runs here any more, so that `run` is to be called again.
        """
        name = room.ready.night.room
        self.rooms[name] = room
        if self._group is None:
            return False
        _start(room)
        if not room.trouble:
            self._kept.add(name)
            self._tasks[name] = self._group.create_task(self._keep(name, room))
        self.changed()
        return True

    async def _live(self) -> None:
        """Beat from this very loop, so that a loop that hangs is a heart that stops."""
        said: list[tuple[str, ...]] = []
        while True:
            now = self.clock.now_utc()
            kept = [self.rooms[name] for name in sorted(self._kept)]
            under_way = [room for room in kept if not room.trouble and _is_under_way(room)]
            for room in under_way:
                if room.devices is not None:
                    room.devices.begin()
            self._pulse(kept, under_way)
            every = self.rooms.values()
            heard = [(str(room_call(one)), *room_faults(one, now)) for one in every]
            if heard != said:
                said = heard
                self.changed()
            await asyncio.sleep(PULSE_S)

    def _pulse(self, kept: Sequence[LiveRoom], under_way: Sequence[LiveRoom]) -> None:
        """Say that a night is kept, or that none is; where one fails, silence is to be heard."""
        if self.pulse is None:
            return
        if under_way:
            self.pulse.beat()
        elif not any(room.trouble for room in kept):
            self.pulse.rest()

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
        allowed = may_still(room) if room.trouble or room.over else allowed
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

    def call_for_help(self, room: str, member: str | None, who: str) -> bool:
        """Someone calls for help: an adult is told and, where a night runs, it goes quiet.

        Args:
            room: where.
            member: who needs it, where that was said.
            who: who asks, by id.

        Returns:
            False where that room has no night tonight, so that somebody else must tell an adult.
        """
        live = self.rooms.get(room)
        if live is None:
            return False
        place = next(
            (i for i, one in enumerate(live.ready.sleepers) if one.member == member), ANYONE
        )
        self._emergency(live, Emergency("call", place, who))
        return True

    def feel(self, room: str, member: str, felt: Felt, unit: CountsUnit) -> None:
        """Something measured a sleeper's heart and movement for 30 s; or nothing, where it is lost.

        Args:
            room: where.
            member: whose; who does not sleep there is not watched.
            felt: what was measured.
            unit: whose counts its movement is in.
        """
        live = self.rooms.get(room)
        if live is None or live.watching is None or live.over:
            return
        for place, one in enumerate(live.ready.sleepers):
            if one.member == member and live.watching.feel(live.runner, place, felt, unit):
                self._emergency(live, Emergency("distress", place, NOTICED_BY))

    def _emergency(self, live: LiveRoom, emergency: Emergency) -> None:
        """Into the night where there is one to quiet; else only told. The evening to come stays."""
        if live.trouble or live.over or self.clock.now_utc() < live.runner.night.start_utc:
            live.runner.alarm(emergency)
        else:
            live.people.put_nowait(emergency)

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
            self.worries,
            self.pace,
        )

    def changed(self) -> None:
        """Tell everyone who watches to look again."""
        for watcher in self._watchers:
            watcher.set()

    @contextmanager
    def watching(self) -> Iterator[asyncio.Event]:
        """A watcher's own bell: it rings at every change."""
        bell = asyncio.Event()
        self._watchers[bell] = None
        try:
            yield bell
        finally:
            del self._watchers[bell]


def _start(room: LiveRoom) -> None:
    """Open a room's night. A log that somebody holds for a moment costs nobody the night."""
    for _ in range(STARTS_MAX):
        try:
            room.runner.start()
        except EvenfallError as error:
            room.trouble = error.faults[0].found
            if room.runner.resumed_from is not None:  # it was opened, and cannot be written
                return
        else:
            room.trouble = ""
            return


def _is_under_way(room: LiveRoom) -> bool:
    """True from wind-down to the end of the morning, whatever is still to be caught up with."""
    return 0 <= room.runner.now_beat() <= room.ready.events[-1].beat


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
