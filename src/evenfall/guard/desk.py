"""The guard at its socket: one hub that is listened to, and anyone of this user who says stop.

Whoever says nothing whole in two seconds, or anything that is no message, is shown out. Nothing a
visitor does keeps the next from being heard, and nothing anyone does stops the clock.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo

from evenfall.adapters.devices.connected import ConnectedHome
from evenfall.adapters.guard.house import devices_of
from evenfall.adapters.guard.line import Door, message, say
from evenfall.adapters.guard.notes import Notes
from evenfall.formats.guard_words import refused, why
from evenfall.formats.wire import GarbledError
from evenfall.guard import mind
from evenfall.guard.mind import Decision, Drive, Now
from evenfall.guard.signing import Signer
from evenfall.ports.clock import PacedClock
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.guard import (
    HUB_SILENT_S,
    Bye,
    Call,
    Command,
    Denied,
    Done,
    End,
    Heard,
    Hello,
    Message,
    Refused,
    RoomState,
    Status,
    Stop,
    Welcome,
)
from evenfall.safety.rooms import HouseRules

FIRST_WORD_S = 2.0
"""How long a visitor may take for a whole message (own choice)."""

CLOCKS_APART_S = 120.0
"""A hub's clock further off than this, in its own seconds, is another's (own choice)."""

HELLO_HOLDS_S = 3.0
"""A hub waits so long for its welcome: an older hello must not take a newer one's place."""

OVERRIDE_S = 300.0
"""A word from elsewhere that is older than this is refused (as the open insulin systems do)."""

CALL_EVERY_S, CALLS_MAX = 60.0, 12
TICK_S, STATUS_S = 0.25, 1.0


class Desk:
    """The guard's state, its socket and its devices.

    Args:
        rules: what the rooms are held to.
        clock: the guard's own.
        zone: the home's.
        signer: its key.
        notes: what must outlive it.
        files: a digest of the files it read, so that a hub knows if they are its own.
        for_hub: true where a hub started it for itself, and may end it.
        real_s: the machine's own seconds.
    """

    def __init__(
        self,
        rules: HouseRules,
        clock: PacedClock,
        zone: tzinfo,
        signer: Signer,
        notes: Notes,
        *,
        files: str,
        for_hub: bool,
        real_s: Callable[[], float],
    ) -> None:
        self.rules, self.clock, self.zone, self.signer = rules, clock, zone, signer
        self.notes, self.files, self.for_hub = notes, files, for_hub
        self._real_s = real_s
        self.state = mind.restored(rules, mind.begin(rules), notes.read(), self.now().night)
        self.home: ConnectedHome | None = None
        self.ended = asyncio.Event()
        self._hub: asyncio.StreamWriter | None = None
        self.door = Door(self._hear, self._gone)
        self._calls: list[float] = []
        self._tasks: set[asyncio.Task[None]] = set()

    def now(self) -> Now:
        """What time it is, for the mind."""
        local = self.clock.now_utc().astimezone(self.zone)
        night = (local - timedelta(hours=12)).date().toordinal()
        minute = local.hour * 60 + local.minute
        return Now(self.clock.monotonic_s(), self._real_s(), night, minute)

    def most(self, room: str, output: str) -> float:
        """The most a room's output may be told now; asked from the devices' thread."""
        return mind.most(self.state, self.rules, room, output, self.now())

    # --- What is decided, done ---------------------------------------------------------------

    def take(self, decided: Decision) -> tuple[Denied, ...]:
        """Remember what was decided, drive what is to be driven, and tell the hub."""
        before, self.state = self.state, decided.state
        for action in decided.actions:
            devices = self.home.rooms.get(action.room) if self.home else None
            if devices is None:
                continue
            if isinstance(action, Drive):
                with suppress(OutputUnavailableError):  # it is tried again, and reported
                    devices.apply(action.output, action.target, action.ramp_s, action.what)
            else:
                devices.new_night()
        self.notes.write(mind.kept(self.rules, self.state))
        if before.rooms != self.state.rooms:
            self.tell_hub()
        return decided.denied

    async def keep_time(self) -> None:
        """Let leases lapse, beat for the watchdog while a night is kept, and tell the hub."""
        pause_s = max(0.01, TICK_S / max(1.0, self.clock.speed))
        told_s = 0.0
        while True:
            self.take(mind.tick(self.rules, self.state, self.now()))
            if self._real_s() - told_s >= STATUS_S:
                told_s = self._real_s()
                self._beat()
                self.tell_hub()
            await asyncio.sleep(pause_s)

    def _beat(self) -> None:
        if self.home is not None and self.state.hub.session:
            (self.home.beat if self.state.hub.under_way else self.home.rest)()

    async def look_around(self) -> None:
        """Ask now and then whether something else brings a device to safe."""
        assert self.home is not None
        await self.home.watch_for_watchdogs()

    async def hear_button(self) -> None:
        """A press of the home's own button is a stop of every room."""
        assert self.home is not None
        await self.home.watch_for_stops(lambda: self._stop(Stop()))

    async def end_alone(self, alone_s: float) -> None:
        """End once no hub has been here for so long."""
        left_s = self._real_s()
        while self._real_s() - left_s < alone_s:
            await asyncio.sleep(STATUS_S)
            if self._hub is not None:
                left_s = self._real_s()

    def leave(self) -> None:
        """Every room to safe: nothing after this makes anything brighter or louder."""
        self.take(mind.farewell(self.rules, self.state, self.now()))

    # --- Visitors ----------------------------------------------------------------------------

    def _gone(self, writer: asyncio.StreamWriter) -> None:
        if self._hub is writer:
            self._hub = None

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await message(reader, FIRST_WORD_S)
        if isinstance(first, Hello):
            if self._let_in(first, writer):
                while True:
                    self._serve(await message(reader, HUB_SILENT_S), writer)
        elif isinstance(first, Stop | End):
            self._serve(first, writer)
        else:
            say(writer, refused("not-this-hub"))

    def _let_in(self, hello: Hello, writer: asyncio.StreamWriter) -> bool:
        late_s = (self.clock.now_utc() - hello.now_utc).total_seconds()
        same = hello.speed == self.clock.speed
        if not same or abs(late_s) > CLOCKS_APART_S * max(1.0, self.clock.speed / 10):
            say(writer, refused("another-clock"))
            return False
        if late_s > HELLO_HOLDS_S * self.clock.speed:
            say(writer, refused("stale"))
            return False
        older, self._hub = self._hub, writer
        if older is not None:
            say(older, refused("replaced"))
            older.close()
        key = self.signer.public_key
        say(writer, Welcome(public_key=key, files=self.files, for_hub=self.for_hub))
        self.state = mind.welcome(self.rules, self.state, hello.session, self.now())
        self.tell_hub()
        return True

    def _serve(self, said: Heard, writer: asyncio.StreamWriter) -> None:
        match said:
            case Stop():
                say(writer, self._stop(said))
            case End() | Bye():
                say(writer, self._end(said))
            case Call():
                self._spawn(self._call(said, writer))
            case Hello():
                raise GarbledError("a second hello")
            case _:
                self._obey(said, writer)

    def _obey(self, command: Command, writer: asyncio.StreamWriter) -> bool:
        denied = self.take(mind.decide(self.rules, self.state, command, self.now()))
        if denied:
            say(writer, Refused(denied=denied))
        return not denied

    def _stop(self, stop: Stop) -> Message:
        late = stop.asked_utc is not None and not (
            timedelta(seconds=-60) <= datetime.now(UTC) - stop.asked_utc
            and datetime.now(UTC) - stop.asked_utc <= timedelta(seconds=OVERRIDE_S)
        )
        known = {one.room for one in self.rules.rooms}
        if late or not known.issuperset(stop.rooms):
            return refused("too-old" if late else "no-such-room")
        self.take(mind.stop(self.rules, self.state, stop.rooms, self.now()))
        return Done(rooms=stop.rooms or tuple(sorted(known)))

    def _end(self, said: Bye | End) -> Message:
        if isinstance(said, Bye) and said.session != self.state.hub.session:
            return refused("not-this-hub")
        if isinstance(said, End) and not self.for_hub:
            return refused("not-yours")
        self.leave()
        if self.for_hub:
            self.ended.set()
        elif self.home is not None:
            self.home.rest()
        return Done(rooms=tuple(one.room for one in self.rules.rooms))

    async def _call(self, call: Call, writer: asyncio.StreamWriter) -> None:
        now_s = self._real_s()
        self._calls = [one for one in self._calls if now_s - one < CALL_EVERY_S]
        if not self._obey(call, writer) or self.home is None:
            return
        fault = why("too-often")
        if len(self._calls) < CALLS_MAX:
            self._calls.append(now_s)
            fault = await self.home.call(call.way, call.text)
        say(writer, Done(seq=call.seq, fault=fault))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- What is said ------------------------------------------------------------------------

    def tell_hub(self) -> None:
        """Every room, as it is now, each frame signed anew."""
        if self._hub is not None:
            # Where the hour is made up a frame has the real one all the same: a screen compares.
            is_real, moment = self.clock.is_the_machines, self.now()
            now = self.clock.now_utc() if is_real else datetime.now(UTC)
            rooms = tuple(
                RoomState(
                    room=rule.room,
                    frame=self.signer.signed(rule.room, mind.frame(room), now),
                    stopped=mind.is_stopped(room, moment),
                    devices=devices_of(self.home, rule.room),
                )
                for rule, room in zip(self.rules.rooms, self.state.rooms, strict=True)
            )
            say(self._hub, Status(rooms=rooms))
