"""A guardian's acts, done, kept and shown: quiet, everything safe, an invitation.

The act's vocabulary has nothing that brightens, plays or listens, and so has this: of a night it
asks `Override` or `Stop`, of the guard a stop, of a page that it shows a sentence. Everything that
was done stands where the sleeper can read it, and in the morning's account.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from msgspec.structs import replace

from evenfall.adapters.guard import process
from evenfall.app.access.acting import ActKeys, ActRefusedError, readable
from evenfall.formats.errors import Fault, Place
from evenfall.formats.wire import GarbledError
from evenfall.play.step import step
from evenfall.ports.night_log import LogUnavailableError
from evenfall.records import guard as words
from evenfall.records.access import Caller
from evenfall.records.act import Act, ActAnswer, ActTaken, ActView, RoomAnswer, SignedAct
from evenfall.records.household import Household
from evenfall.records.insight import Morning
from evenfall.records.night import Override, Stop, Touch
from evenfall.records.view import HomeView, RoomView
from evenfall.runtime.hub import Hub
from evenfall.runtime.live_room import LiveRoom

HEARD_WITHIN_S = 2.0
"""How long a room's night may take to hear a word before the guard is asked to stop the room. A
night that lives takes milliseconds (own choice)."""

LOOK_AGAIN_S = 0.02
INVITED_FOR = timedelta(hours=1)
"""An invitation is gone after so long, or with the light (own choice)."""

SHOWN_MAX = 3
"""So many are shown in one room, the latest (own choice)."""

KEPT_MAX = 200
"""So many are kept of a night (own choice); more than `ACTS_PER_MIN` allows nobody needs to see."""

ONCE_WITHIN = timedelta(minutes=1)
"""The same word again within so long is shown once, by its latest time."""


class Shelf(Protocol):
    """Where acts are kept with the home's other records."""

    def put(self, key: str, night: str, record: ActTaken) -> None:
        """Keep one."""

    def all(self, kind: type[ActTaken]) -> list[ActTaken]:
        """All that were kept."""


class Guard(Protocol):
    """What is needed of the guard: to have rooms stopped, and to know how they are."""

    @property
    def rooms(self) -> Mapping[str, words.RoomState]:
        """Every room as the guard last said."""

    async def stop(self, asked_utc: datetime | None, rooms: Sequence[str] = ()) -> frozenset[str]:
        """Have rooms stopped, all of them where none is named; which are, by the guard's word."""


class GuardsLine:
    """The guard by its own socket, past any hub that hangs.

    Args:
        home: the home's folder.
        states: the rooms as the hub last heard of them.
    """

    def __init__(self, home: Path, states: Callable[[], Mapping[str, words.RoomState]]) -> None:
        self._home, self._states = home, states

    @property
    def rooms(self) -> Mapping[str, words.RoomState]:
        """Every room as the guard last said."""
        return self._states()

    async def stop(self, asked_utc: datetime | None, rooms: Sequence[str] = ()) -> frozenset[str]:
        """Have rooms stopped; none, where the guard does not answer or refuses."""
        stop = words.Stop(rooms=tuple(rooms), asked_utc=asked_utc)
        with suppress(OSError, GarbledError, ValueError):
            answer = await asyncio.to_thread(process.ask, self._home, stop)
            if isinstance(answer, words.Done):
                return frozenset(answer.rooms)
        return frozenset()


class Acts:
    """Does what guardians ask, and tells everyone who sleeps there.

    Args:
        keys: whose word it is.
        household: who lives here now.
        guard: the guard.
        shelf: where acts are kept.
    """

    def __init__(
        self, keys: ActKeys, household: Callable[[], Household], guard: Guard, shelf: Shelf
    ) -> None:
        self.keys = keys
        self._household, self._guard, self._shelf = household, guard, shelf
        self._taken: list[ActTaken] = []
        with suppress(LogUnavailableError):
            self._taken = shelf.all(ActTaken)[-KEPT_MAX:]

    # --- Asked -------------------------------------------------------------------------------

    async def take(self, caller: Caller, signed: SignedAct, hub: Hub) -> ActAnswer:
        """Do what a guardian's screen signed.

        Args:
            caller: the screen; whether it may at all was asked before.
            signed: the act.
            hub: tonight.

        Raises:
            ActRefusedError: it is not done, and why. At home, what only quietens always is: there
                it is a stop like any other, and takes no signature.
        """
        act = self._admitted(caller, signed, hub)
        known = {room.id for room in self._household().rooms}
        if not known.issuperset(act.rooms):
            raise ActRefusedError(_NO_ROOM)
        rooms = act.rooms if act.rooms and act.act != "release" else tuple(sorted(known))
        self.keep(act, rooms, caller.elsewhere, hub)
        asked_utc = act.asked_utc if caller.elsewhere else None
        answer = await self._done(act, rooms, asked_utc, hub)
        hub.changed()
        return answer

    def _admitted(self, caller: Caller, signed: SignedAct, hub: Hub) -> Act:
        zone = hub.plan.members[0].wake.tzinfo or UTC
        try:
            return self.keys.admit(caller, signed, zone)
        except ActRefusedError:
            act = readable(signed)
            if caller.elsewhere or act.act == "invite" or caller.member is None:
                raise
            return replace(act, by=caller.member)

    def stopped_from_elsewhere(self, caller: Caller, room: str, hub: Hub) -> None:
        """A plain stop came from outside the home: it is logged and shown like any other word."""
        by = caller.member or caller.role
        self._put(room, (Override(by),), hub)
        self._keep("quiet", (room,), by, elsewhere=True, hub=hub)

    # --- Done --------------------------------------------------------------------------------

    async def _done(
        self, act: Act, rooms: Sequence[str], asked_utc: datetime | None, hub: Hub
    ) -> ActAnswer:
        outcomes: dict[str, str]
        match act.act:
            case "quiet":
                outcomes = await self._quieted(act.by, rooms, asked_utc, hub)
            case "release":
                outcomes = await self._released(act.by, rooms, asked_utc, hub)
            case "invite":
                outcomes = dict.fromkeys(rooms, "told")
        names = {room.id: room.name for room in self._household().rooms}
        told = act.act == "invite"
        return ActAnswer(
            act=act.act,
            rooms=tuple(
                RoomAnswer(
                    room=room,
                    name=names[room],
                    outcome=outcomes[room],  # type: ignore[arg-type]
                    silent=() if told else self._silent(room),
                )
                for room in rooms
            ),
        )

    async def _quieted(
        self, by: str, rooms: Sequence[str], asked_utc: datetime | None, hub: Hub
    ) -> dict[str, str]:
        """Each room's night goes over into quiet; where a night does not hear, the guard stops."""
        waiting = {
            name: live.runner.events_taken
            for name in rooms
            if (live := _under_way(hub, name)) is not None
        }
        for name in waiting:
            self._put(name, (Override(by),), hub)
        deaf = await _unheard(hub, waiting, Override(by))
        outcomes = {name: "quiet" for name in rooms if name not in deaf}
        if deaf:
            stopped = await self._stopped(asked_utc, deaf)
            outcomes |= {name: "stopped" if name in stopped else "waits" for name in deaf}
        return outcomes

    async def _released(
        self, by: str, rooms: Sequence[str], asked_utc: datetime | None, hub: Hub
    ) -> dict[str, str]:
        """Every night stops, and the guard stops every room whether or not its night can hear."""
        live = {name: hub.rooms[name].runner.events_taken for name in rooms if name in hub.rooms}
        for name in live:
            self._put(name, (Stop(by), Override(by)), hub)
        stopped = await self._stopped(asked_utc, ())
        deaf = () if stopped.issuperset(rooms) else await _unheard(hub, live, Override(by))
        return {
            name: "stopped" if name in stopped else "waits" if name in deaf else "quiet"
            for name in rooms
        }

    async def _stopped(self, asked_utc: datetime | None, rooms: Sequence[str]) -> frozenset[str]:
        """Have the guard stop rooms, and wait, not long, until what it says of them says so too."""
        stopped = await self._guard.stop(asked_utc, rooms)
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARD_WITHIN_S):
                while not all(
                    state.stopped for name, state in self._guard.rooms.items() if name in stopped
                ):
                    await asyncio.sleep(LOOK_AGAIN_S)
        return stopped

    def _silent(self, room: str) -> tuple[str, ...]:
        """Which of a room's devices do not answer, as far as the guard knows."""
        state = self._guard.rooms.get(room)
        devices = () if state is None else state.devices
        return tuple(one.id for one in devices if one.status == "unavailable")

    def _put(self, room: str, events: "Sequence[Override | Stop]", hub: Hub) -> None:
        live = hub.rooms.get(room)
        if live is None or live.over:
            return
        for event in events:
            live.people.put_nowait(event)  # both are taken however much waits

    # --- Kept and shown ------------------------------------------------------------------------

    def keep(self, act: Act, rooms: Sequence[str], elsewhere: bool, hub: Hub) -> None:
        """Keep an act, so that everyone it is about can see it."""
        self._keep(act.act, tuple(rooms), act.by, elsewhere=elsewhere, hub=hub)

    def _keep(
        self, kind: str, rooms: tuple[str, ...], by: str, *, elsewhere: bool, hub: Hub
    ) -> None:
        now, night = hub.clock.now_utc(), hub.plan.night
        taken = ActTaken(
            id=f"{night}-{_number(self._taken):04}",
            night=night,
            act=kind,  # type: ignore[arg-type]
            rooms=rooms,
            by=by,
            at_utc=now,
            elsewhere=elsewhere,
        )
        last = self._taken[-1] if self._taken else None
        if last is not None and _is_same(last, taken):
            taken = replace(taken, id=last.id)
            self._taken.pop()
        self._taken = [*self._taken, taken][-KEPT_MAX:]
        with suppress(LogUnavailableError):  # it is done, and shown; a full disk undoes neither
            self._shelf.put(taken.id, night, taken)

    def shown(self, view: HomeView) -> HomeView:
        """The home with what was done in each room tonight, for whoever is there.

        Args:
            view: the home as the hub has it.
        """
        names = {one.id: one.name for one in self._household().members}
        tonight = [one for one in self._taken if one.night == view.night]
        return replace(
            view,
            rooms=tuple(
                replace(room, acts=_acts_in(room, view, tonight, names)) for room in view.rooms
            ),
        )

    def accounted(self, morning: Morning, room: str) -> Morning:
        """A morning with what guardians did or asked in its room, a sentence each.

        Args:
            morning: one room's.
            room: the room, by id.
        """
        names = {one.id: one.name for one in self._household().members}
        told = tuple(
            sentence(one, names, morning)
            for one in self._taken
            if one.night == morning.night and room in one.rooms
        )
        return replace(morning, notes=(*morning.notes, *told))


def sentence(taken: ActTaken, names: Mapping[str, str], morning: Morning) -> str:
    """What someone did, in words for the morning.

    Args:
        taken: the act.
        names: members' names by id.
        morning: the morning it is told in, whose zone it is told in.
    """
    zone = morning.members[0].plan.wake.tzinfo if morning.members else UTC
    who, at = names.get(taken.by, "Someone"), f"{taken.at_utc.astimezone(zone):%H:%M}"
    where = " from elsewhere" if taken.elsewhere else ""
    if taken.act == "invite":
        return f"{who} asked to say good night, at {at}."
    if taken.act == "release":
        return f"{who} made the whole home safe{where}, at {at}."
    return f"{who} made it quiet{where}, at {at}."


def _acts_in(
    room: RoomView, view: HomeView, tonight: Iterable[ActTaken], names: Mapping[str, str]
) -> tuple[ActView, ...]:
    sleepers = [one for one in view.sleepers if one.room == room.room]
    dark = all(one.dark or one.up for one in sleepers)
    found = [
        ActView(
            id=one.id,
            act=one.act,
            by_name=names.get(one.by, ""),
            at=one.at_utc.astimezone(view.now.tzinfo),
            elsewhere=one.elsewhere,
        )
        for one in tonight
        if room.room in one.rooms and (one.act != "invite" or _still_invites(one, view.now, dark))
    ]
    return tuple(found[-SHOWN_MAX:])


def _still_invites(one: ActTaken, now: datetime, dark: bool) -> bool:
    return not dark and now.astimezone(UTC) - one.at_utc < INVITED_FOR


def _is_same(last: ActTaken, now: ActTaken) -> bool:
    again = replace(now, id=last.id, at_utc=last.at_utc) == last
    return again and now.at_utc - last.at_utc < ONCE_WITHIN


def _number(taken: Sequence[ActTaken]) -> int:
    """One more than the last: what was kept is never written over."""
    return 1 + max((int(one.id.rpartition("-")[2]) for one in taken), default=0)


def is_call(hub: Hub, room: str) -> bool:
    """Whether a touch in a room would call an adult now."""
    live = hub.rooms.get(room)
    if live is None or live.trouble:
        return False
    taken = step(live.runner.programme, live.runner.state, Touch())
    return any(reason.rule == "touch_at_night" for reason in taken.reasons)


def _under_way(hub: Hub, room: str) -> LiveRoom | None:
    """A room whose night has begun and is not over; before it there is nothing to quiet."""
    live = hub.rooms.get(room)
    if live is None or live.over or live.trouble:
        return None
    return None if hub.clock.now_utc() < live.runner.night.start_utc else live


async def _unheard(hub: Hub, before: Mapping[str, int], word: Override) -> tuple[str, ...]:
    """Which rooms' nights have not taken a word in time."""
    deaf = set(before)
    with suppress(TimeoutError):
        async with asyncio.timeout(HEARD_WITHIN_S):
            while deaf := {name for name in deaf if not _has_taken(hub, name, before[name], word)}:
                await asyncio.sleep(LOOK_AGAIN_S)
    return tuple(sorted(deaf))


def _has_taken(hub: Hub, room: str, before: int, word: Override) -> bool:
    live = hub.rooms.get(room)
    if live is None or live.over:
        return True
    return live.runner.events_taken > before and not live.people.waits(word)


_NO_ROOM = Fault("a room that is not here", Place(), "a room of this home", "choose again")
