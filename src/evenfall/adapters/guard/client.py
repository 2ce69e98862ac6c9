"""A hub's guard, by its socket: the rooms' outputs, which answer when they answer.

Nothing here ever waits for the guard. While it is gone, every output is unavailable and every page
is told to be safe; when it is back, the next beat of the night asks anew.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Any

from msgspec.structs import replace

from evenfall.adapters.page import SAFE_FRAME
from evenfall.formats.errors import Fault, Place
from evenfall.formats.wire import LENGTH_BYTES, GarbledError, answer_length, packed, said
from evenfall.ports.clock import Clock
from evenfall.ports.notices import NoticeLostError
from evenfall.records.guard import (
    Beat,
    Begin,
    Bye,
    Call,
    Claim,
    Denied,
    Device,
    Done,
    Hello,
    Message,
    Refused,
    Release,
    RoomState,
    Said,
    Status,
    Welcome,
)
from evenfall.records.limits import Limits
from evenfall.records.output import Refusal
from evenfall.records.programme import Setpoint
from evenfall.records.view import LeaseFrame

BEAT_S = 1.0
AGAIN_S = 0.5
ANSWER_WITHIN_S = 20.0
"""How long a call may take: Home Assistant waits 10 s for a phone's push (own choice)."""

SILENT_S = 3.0
"""A guard says how the rooms are once a second; unheard for three of these, it hangs (own choice).
"""

BYE_WITHIN_S = 2.0
TEXT_MAX = 1000
_GONE = "the guard is gone"
BEATING_S = 5.0
"""A night that has not said for so long that it is under way is not (own choice)."""

_LOST = (OSError, GarbledError, asyncio.IncompleteReadError)


class GuardClient:
    """The guard as a hub has it.

    Args:
        path: its socket.
        clock: the hub's own, which must be the guard's.
        speed: how many of its seconds pass in a real one.
        changed: told whenever a room is another than before.
    """

    def __init__(
        self, path: Path, clock: Clock, speed: float, changed: Callable[[], None] = lambda: None
    ) -> None:
        self.path, self.clock, self.speed, self.changed = path, clock, speed, changed
        self.public_key = ""
        self.rooms: dict[str, RoomState] = {}
        self.lost = False
        self.refusals: list[Denied] = []
        self._writer: asyncio.StreamWriter | None = None
        self._session, self._seq = "", 0
        self._latest: dict[tuple[str, str], tuple[float, Claim]] = {}
        self._for_hub = False
        self._begun: set[tuple[str, str]] = set()
        self._night_s = float("-inf")
        self._calls: dict[int, asyncio.Future[str]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._replaced = False

    # --- Its life ----------------------------------------------------------------------------

    async def connect(self) -> None:
        """Say hello.

        Raises:
            OSError: nobody listens there.
            GarbledError: it is no guard, or will not have this hub.
        """
        self._loop = asyncio.get_running_loop()
        reader, writer = await asyncio.open_unix_connection(str(self.path))
        self._session, self._seq = token_hex(16), 0
        hello = Hello(session=self._session, now_utc=self.clock.now_utc(), speed=self.speed)
        writer.write(packed(hello))
        try:
            welcome = await _answer(reader)
            if not isinstance(welcome, Welcome):
                raise GarbledError(str(welcome))
            self._hear(await _answer(reader))
        except BaseException:
            writer.close()
            raise
        self._reader, self._writer, self.lost = reader, writer, False
        self.public_key, self._for_hub = welcome.public_key, welcome.for_hub
        self._ask_again()
        self.changed()

    def _ask_again(self) -> None:
        """What is still held is asked of a guard that is new, or has given an older hub up."""
        now_s = self.clock.monotonic_s()
        for until_s, claim in list(self._latest.values()):
            if now_s < until_s:
                self.claim(claim.room, claim.holder, claim.phase, claim.setpoints)
        begun, self._begun = sorted(self._begun), set()
        for room, holder in begun:  # at once: a hub that dies next leaves a guard that can darken
            self.begin(room, holder)

    async def keep(self) -> None:
        """Hear the guard and beat for it, and find it again when it is gone."""
        while True:
            if self._writer is None and not self._replaced:
                with suppress(*_LOST):
                    await self.connect()
            if self._writer is None:
                self._lose()
                await asyncio.sleep(AGAIN_S)
                continue
            beating = asyncio.create_task(self._beat())
            try:
                while True:
                    self._hear(await _answer(self._reader))
            except _LOST:
                self._lose()
            finally:
                beating.cancel()

    async def bye(self) -> bool:
        """End in order: every room goes to safe.

        Returns:
            True where the guard ends with this hub.
        """
        if self._writer is None:
            return False
        self._send(Bye(**self._head()))
        answer: Said | None = None
        with suppress(TimeoutError, *_LOST):
            async with asyncio.timeout(BYE_WITHIN_S):
                while not isinstance(answer, Done | Refused):
                    answer = await _answer(self._reader)
        self._writer.close()
        self._writer = None
        return isinstance(answer, Done) and self._for_hub

    async def _beat(self) -> None:
        while True:
            under_way = time.monotonic() - self._night_s < BEATING_S
            self._send(Beat(**self._head(), under_way=under_way))
            await asyncio.sleep(BEAT_S)

    def _lose(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer, was_lost, self.lost = None, self.lost, True
        for call in self._calls.values():
            if not call.done():
                call.set_result(_GONE)
        self._calls.clear()
        if not was_lost:
            self.changed()

    # --- The pulse (`runtime.hub.Pulse`) -----------------------------------------------------

    def beat(self) -> None:
        """A night is under way, and the hub's loop lives."""
        self._night_s = time.monotonic()

    def rest(self) -> None:
        """None is."""
        self._night_s = float("-inf")

    # --- Saying and hearing ------------------------------------------------------------------

    def claim(self, room: str, holder: str, phase: int, points: Sequence[Setpoint]) -> None:
        """Ask for a night's leases."""
        claim = Claim(
            **self._head(), room=room, holder=holder, phase=phase, setpoints=tuple(points)
        )
        for point in points:
            until_s = self.clock.monotonic_s() + point.lease_s
            only = replace(claim, setpoints=(point,))
            self._latest[holder, point.output] = until_s, only
        self._send(claim)

    def release(self, room: str, holder: str) -> None:
        """A night is over."""
        self._latest = {key: one for key, one in self._latest.items() if key[0] != holder}
        self._send(Release(**self._head(), room=room, holder=holder))
        self._begun.discard((room, holder))

    def begin(self, room: str, holder: str) -> None:
        """A room's night is under way. Said often; the guard hears it once, and after what is
        asked for: else a lamp would go to safe first, and only then to where it is to be.
        """
        if not any(one == holder for one, _ in self._latest):
            return
        if self._writer is not None and (room, holder) not in self._begun:
            self._begun.add((room, holder))
            self._send(Begin(**self._head(), room=room, holder=holder))

    def call_soon(self, way: str, text: str) -> "Future[str]":
        """Have an adult told something; asked from any thread.

        Returns:
            Why it did not go out, or ''.
        """
        if self._loop is None or self._loop.is_closed():
            nobody: Future[str] = Future()
            nobody.set_result(_GONE)
            return nobody
        return asyncio.run_coroutine_threadsafe(self._call(way, text), self._loop)

    async def _call(self, way: str, text: str) -> str:
        if self._writer is None:
            return _GONE
        head = self._head()
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._calls[self._seq] = answer
        self._send(Call(**head, way=way, text=text[:TEXT_MAX]))
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await answer
        except TimeoutError:
            return f"no answer within {ANSWER_WITHIN_S:g} s"

    def refused(self, room: str, holder: str) -> tuple[Refusal, ...]:
        """What a night was refused since it last asked."""
        ours = [one for one in self.refusals if (one.room, one.holder) == (room, holder)]
        self.refusals = [one for one in self.refusals if one not in ours]
        return tuple(Refusal(holder, one.output, one.asked, one.allowed, one.limit) for one in ours)

    def _head(self) -> dict[str, Any]:
        self._seq += 1
        return {"session": self._session, "seq": self._seq, "issued_s": time.monotonic()}

    def _send(self, message: Message) -> None:
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(packed(message))

    def _hear(self, answer: Said) -> None:
        match answer:
            case Status():
                before, self.rooms = self.rooms, {one.room: one for one in answer.rooms}
                if _shape(before) != _shape(self.rooms):
                    self.changed()
            case Refused():
                self.refusals = [*self.refusals, *answer.denied][-100:]
                rules = {one.limit for one in answer.denied}
                self._replaced = self._replaced or "replaced" in rules
                if rules & {"not-this-hub", "replaced"}:
                    raise GarbledError("the guard listens to this hub no more")
            case Done() if answer.seq in self._calls:
                call = self._calls.pop(answer.seq)
                if not call.done():
                    call.set_result(answer.fault)
            case _:
                pass


def _shape(rooms: dict[str, RoomState]) -> list[object]:
    """What of the rooms a page would show: not the signature, which is new each time."""
    return [(one.room, one.frame.seq, one.stopped, one.devices) for one in rooms.values()]


async def _answer(reader: asyncio.StreamReader) -> Said:
    """The next thing a guard says. One that hangs is as good as gone: a TimeoutError says so."""
    async with asyncio.timeout(SILENT_S):
        length = answer_length(await reader.readexactly(LENGTH_BYTES))
        return said(await reader.readexactly(length))


class GuardedRoom:
    """One room's outputs, behind the guard (`runtime.room.Room`), and its pages' frame.

    Args:
        client: the guard.
        room: which room.
        limits: what its night was made for; the guard has its own.
    """

    def __init__(self, client: GuardClient, room: str, limits: Limits) -> None:
        self.client, self.room, self.limits = client, room, limits

    @property
    def unavailable(self) -> set[str]:
        """What does not answer; everything, where the guard does not."""
        if self.client.lost:
            return {"light", "sound"}
        return {one.kind for one in self.devices() if one.status == "unavailable"}

    @property
    def gone(self) -> bool:
        """True while the guard is."""
        return self.client.lost

    def devices(self) -> tuple[Device, ...]:
        """Its lamps and speakers, as last known."""
        state = self.client.rooms.get(self.room)
        known = state.devices if state is not None else ()
        if self.client.lost:
            return tuple(replace(one, status="unavailable") for one in known)
        return known

    def claim(
        self,
        holder: str,
        setpoints: Sequence[Setpoint],
        phase: int,
        now_s: float,  # noqa: ARG002
    ) -> tuple[Refusal, ...]:
        """Ask for a night's leases; what was refused meanwhile comes back."""
        self.client.claim(self.room, holder, phase, setpoints)
        return self.client.refused(self.room, holder)

    def tick(self, now_s: float) -> None:  # the guard has its own clock
        """Nothing to do: the guard lets leases lapse by itself."""

    def release(self, holder: str, now_s: float) -> None:  # noqa: ARG002
        """A night is over."""
        self.client.release(self.room, holder)

    def frame(self) -> LeaseFrame:
        """What the room's pages are to be: the guard's word, or safe where it is gone."""
        state = self.client.rooms.get(self.room)
        if state is None or self.client.lost:
            return SAFE_FRAME
        return state.frame

    @property
    def is_stopped(self) -> bool:
        """True where someone stopped it at the guard itself."""
        state = self.client.rooms.get(self.room)
        return state is not None and state.stopped


class GuardPhone:
    """A phone that the guard can tell, since it has the token (`adapters.notices.way.Way`).

    Args:
        client: the guard.
        service: like notify.mobile_app_maras_phone.
    """

    def __init__(self, client: GuardClient, service: str) -> None:
        self._client, self._service = client, service

    @property
    def where(self) -> str:
        """Its name, for whoever mends it."""
        return self._service

    async def send(self, text: str) -> None:
        """Say it, once.

        Raises:
            NoticeLostError: it was not taken.
        """
        fault = await asyncio.wrap_future(self._client.call_soon(self._service, text))
        if fault:
            expected, mend = "a guard that has a way there", "see `evenfall lamps --call`"
            raise NoticeLostError(Fault(fault, Place(self._service), expected, mend))
