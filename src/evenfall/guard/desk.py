"""The guard at its socket: one hub that is listened to, and anyone of this user who says stop.

Whoever says nothing whole in two seconds, or anything that is no message, is shown out. Nothing a
visitor does keeps the next from being heard, and nothing anyone does stops the clock.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta, tzinfo
from os import geteuid
from pathlib import Path
from typing import Protocol

from evenfall.adapters.devices.connected import ConnectedHome
from evenfall.formats.guard_words import why
from evenfall.formats.wire import LENGTH_BYTES, GarbledError, heard, length_of, packed
from evenfall.guard import mind
from evenfall.guard.memory import Memory
from evenfall.guard.mind import Decision, Drive, Now
from evenfall.guard.signing import Signer
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.guard import (
    HUB_SILENT_S,
    Bye,
    Call,
    Command,
    Denied,
    Device,
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

VISITORS_MAX, UNREAD_MAX_BYTES = 64, 1_000_000
CLOCKS_APART_S = 120.0
"""A hub's clock further off than this, in its own seconds, is another's (own choice)."""

OVERRIDE_S = 300.0
"""A word from elsewhere that is older than this is refused (as the open insulin systems do)."""

CALL_EVERY_S, CALLS_MAX = 60.0, 12
TICK_S, STATUS_S = 0.25, 1.0
_LEFT = (ConnectionError, TimeoutError, asyncio.IncompleteReadError, GarbledError)


class Clock(Protocol):
    """The guard's own clock."""

    speed: float
    is_the_machines: bool

    def now_utc(self) -> datetime:
        """The wall clock."""

    def monotonic_s(self) -> float:
        """Seconds that only go forward, at the night's pace."""


class Desk:
    """The guard's state, its socket and its devices.

    Args:
        rules: what the rooms are held to.
        clock: the guard's own.
        zone: the home's.
        signer: its key.
        memory: what must outlive it.
        files: a digest of the files it read, so that a hub knows if they are its own.
        for_hub: true where a hub started it for itself, and may end it.
        real_s: the machine's own seconds.
    """

    def __init__(
        self,
        rules: HouseRules,
        clock: Clock,
        zone: tzinfo,
        signer: Signer,
        memory: Memory,
        *,
        files: str,
        for_hub: bool,
        real_s: Callable[[], float],
    ) -> None:
        self.rules, self.clock, self.zone, self.signer = rules, clock, zone, signer
        self.memory, self.files, self.for_hub = memory, files, for_hub
        self._real_s = real_s
        self.state = memory.restored(rules, mind.begin(rules))
        self.home: ConnectedHome | None = None
        self.ended = asyncio.Event()
        self._hub: asyncio.StreamWriter | None = None
        self._visitors = 0
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
        return mind.most(self.state, self.rules, room, output, self.clock.monotonic_s())

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
        self.memory.keep(self.rules, before, self.state)
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

    async def visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear someone out, or show them out."""
        with self._room_for_one_more() as there_is, suppress(*_LEFT):
            try:
                if there_is and is_this_user(writer.get_extra_info("socket")):
                    await self._hear(reader, writer)
            except GarbledError:
                self._say(writer, _refused("garbled"))
                raise
            finally:
                if self._hub is writer:
                    self._hub = None
                writer.close()
                await writer.wait_closed()

    @contextmanager
    def _room_for_one_more(self) -> Iterator[bool]:
        self._visitors += 1
        try:
            yield self._visitors <= VISITORS_MAX
        finally:
            self._visitors -= 1

    async def _hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await _message(reader, FIRST_WORD_S)
        if isinstance(first, Hello):
            if self._let_in(first, writer):
                while True:
                    self._serve(await _message(reader, HUB_SILENT_S), writer)
        elif isinstance(first, Stop | End):
            self._serve(first, writer)
            await writer.drain()
        else:
            self._say(writer, _refused("not-this-hub"))

    def _let_in(self, hello: Hello, writer: asyncio.StreamWriter) -> bool:
        apart_s = abs((hello.now_utc - self.clock.now_utc()).total_seconds())
        same = hello.speed == self.clock.speed
        if not same or apart_s > CLOCKS_APART_S * max(1.0, self.clock.speed / 10):
            self._say(writer, _refused("another-clock"))
            return False
        older, self._hub = self._hub, writer
        if older is not None:
            self._say(older, _refused("replaced"))
            older.close()
        key = self.signer.public_key
        self._say(writer, Welcome(public_key=key, files=self.files, for_hub=self.for_hub))
        self.state = mind.welcome(self.rules, self.state, hello.session, self.now())
        self.tell_hub()
        return True

    def _serve(self, message: Heard, writer: asyncio.StreamWriter) -> None:
        match message:
            case Stop():
                self._say(writer, self._stop(message))
            case End() | Bye():
                self._say(writer, self._end(message))
            case Call():
                self._spawn(self._call(message, writer))
            case Hello():
                raise GarbledError("a second hello")
            case _:
                self._obey(message, writer)

    def _obey(self, command: Command, writer: asyncio.StreamWriter) -> bool:
        denied = self.take(mind.decide(self.rules, self.state, command, self.now()))
        if denied:
            self._say(writer, Refused(denied=denied))
        return not denied

    def _stop(self, stop: Stop) -> Message:
        late = stop.asked_utc is not None and not (
            timedelta(seconds=-60) <= datetime.now(UTC) - stop.asked_utc
            and datetime.now(UTC) - stop.asked_utc <= timedelta(seconds=OVERRIDE_S)
        )
        known = {one.room for one in self.rules.rooms}
        if late or not known.issuperset(stop.rooms):
            return _refused("too-old" if late else "no-such-room")
        self.take(mind.stop(self.rules, self.state, stop.rooms, self.now()))
        return Done(rooms=stop.rooms or tuple(sorted(known)))

    def _end(self, message: Bye | End) -> Message:
        if isinstance(message, Bye) and message.session != self.state.hub.session:
            return _refused("not-this-hub")
        if isinstance(message, End) and not self.for_hub:
            return _refused("not-yours")
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
        self._say(writer, Done(seq=call.seq, fault=fault))

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # --- What is said ------------------------------------------------------------------------

    def tell_hub(self) -> None:
        """Every room, as it is now, each frame signed anew."""
        if self._hub is not None:
            now, moment = self.clock.now_utc(), self.now()
            rooms = tuple(
                RoomState(
                    room=rule.room,
                    frame=self.signer.signed(rule.room, mind.frame(room), now),
                    stopped=mind.is_stopped(room, moment),
                    devices=self._devices(rule.room),
                )
                for rule, room in zip(self.rules.rooms, self.state.rooms, strict=True)
            )
            self._say(self._hub, Status(rooms=rooms))

    def _devices(self, room: str) -> tuple[Device, ...]:
        devices = self.home.rooms.get(room) if self.home else None
        reports = devices.reports() if devices is not None else ()
        return tuple(
            Device(
                id=one.id,
                kind=one.kind,
                status=one.status,
                advice=self.home is not None and self.home.is_advice(one.id),
                note=one.note,
            )
            for one in reports
        )

    def _say(self, writer: asyncio.StreamWriter, message: Message) -> None:
        """Say it, to whoever listens: a hub that does not read is no longer spoken to."""
        if writer.transport.get_write_buffer_size() > UNREAD_MAX_BYTES:
            writer.transport.abort()
        elif not writer.is_closing():
            writer.write(packed(message))


def _refused(rule: str) -> Refused:
    return Refused(denied=(Denied(limit=rule, words=why(rule)),))


async def _message(reader: asyncio.StreamReader, within_s: float) -> Heard:
    async with asyncio.timeout(within_s):
        head = await reader.readexactly(LENGTH_BYTES)
        return heard(await reader.readexactly(length_of(head)))


def is_this_user(sock: socket.socket) -> bool:
    """True where whoever is at the other end runs as the guard's own user."""
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the socket's folder is the user's own, and that must do
    credentials = sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, user, _ = struct.unpack("3i", credentials)
    return bool(user == geteuid())


async def listening(desk: Desk, path: Path) -> asyncio.Server:
    """The guard's socket, for its own user alone."""
    path.unlink(missing_ok=True)
    server = await asyncio.start_unix_server(desk.visit, str(path))
    path.chmod(0o600)
    return server
