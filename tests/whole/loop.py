"""Time, order and the network of a whole house in one process: an event loop driven by a seed.

`time()` stands still until nothing more can happen, and then goes to the next thing that will.
Which of several ready callbacks runs first is drawn from the seed, and so is how long a word takes
from one program to the other. There is no thread, no socket and no sleep.
"""

import asyncio
import contextvars
import heapq
import os
import random
import struct
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

PROCESS: contextvars.ContextVar["Process | None"] = contextvars.ContextVar("process", default=None)


STEP_S = 1e-6
"""What a callback takes: time goes on, also where everyone is always about to be ready."""


class Killed(BaseException):
    """A program that died in the middle of a call. Not an Exception, so that nothing mends it."""


class Process:
    """One program of the house: it can be frozen, and it can die at any moment."""

    def __init__(self, loop: "VirtualLoop", name: str) -> None:
        self.loop, self.name = loop, name
        self.alive = True
        self.busy_until_s = 0.0
        self.context = contextvars.copy_context()
        self.context.run(PROCESS.set, self)
        self.tasks: dict[asyncio.Task[Any], None] = {}
        self.ends: dict[Pipe, None] = {}
        self.listens: set[str] = set()

    @property
    def is_frozen(self) -> bool:
        return self.busy_until_s > self.loop.now_s

    def freeze(self, seconds: float) -> None:
        """Nothing of it runs for so long; what it reads of a clock meanwhile is already later."""
        self.busy_until_s = max(self.busy_until_s, self.loop.now_s) + seconds

    def spawn(self, work: Any) -> "asyncio.Task[Any]":
        return self.loop.create_task(work, context=self.context)

    def kill(self) -> None:
        """No more of it: its connections break, its ports are dead, its tasks end in no order."""
        if not self.alive:
            return
        self.alive = False
        for path in self.listens:
            self.loop.listeners.pop(path, None)
        for end in list(self.ends):
            end.die()
        for task in list(self.tasks):
            task.cancel()


class Pipe(asyncio.Transport):
    """One end of a connection in memory: what is written arrives later, whole or in two parts."""

    def __init__(self, loop: "VirtualLoop", owner: Process, protocol: Any) -> None:
        super().__init__({"socket": _PEER})
        self.loop, self.owner, self.protocol = loop, owner, protocol
        self.other: Pipe | None = None
        self._closing = self._lost = self._known = False
        self._arrives_s = 0.0
        self._coming: deque[tuple[Callable[..., None], tuple[Any, ...]]] = deque()
        owner.ends[self] = None

    def write(self, data: Any) -> None:
        if self._closing or not self.owner.alive or self.other is None:
            return
        parts = self.loop.network.parts(bytes(data))
        for part in parts:
            self._send(self.other._hear, part)

    def _send(self, act: Callable[..., None], *given: Any) -> None:
        """Later than what was sent before it, and never before its sender is awake again."""
        assert self.other is not None
        leaves_s = max(self.loop.now_s, self.owner.busy_until_s)
        self._arrives_s = max(self._arrives_s, leaves_s + self.loop.network.delay_s())
        self.other._coming.append((act, given))
        self.loop.call_at(self._arrives_s, self.other._next, context=self.other.owner.context)

    def _next(self) -> None:
        """Whichever is heard first, it is what was said first."""
        act, given = self._coming.popleft()
        act(*given)

    def _made(self) -> None:
        """Whoever listens learns of it, unless it has broken already."""
        if not self._lost and self.owner.alive:
            self._known = True
            self.protocol.connection_made(self)

    def _hear(self, data: bytes) -> None:
        if not self._lost and self.owner.alive:
            self.protocol.data_received(data)

    def _hear_end(self, error: Exception | None) -> None:
        self._closing = True
        self._lose(error)

    def _lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self.owner.ends.pop(self, None)
            self.loop.network.pipes.pop(self, None)
            if self.owner.alive and self._known:
                self.protocol.connection_lost(error)

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            if self.other is not None:
                self._send(self.other._hear_end, None)
            self.loop.call_soon(self._lose, None, context=self.owner.context)

    def abort(self) -> None:
        self.break_off()

    def die(self) -> None:
        """Its program is gone; the other end hears of it."""
        if not self._lost:
            self._closing = self._lost = True
            self.owner.ends.pop(self, None)
            self.loop.network.pipes.pop(self, None)
            if self._known:
                lost = self.protocol.connection_lost
                self.loop.call_soon(lost, None, context=self.owner.context)
            if self.other is not None:
                self._send(self.other._hear_end, None)

    def break_off(self) -> None:
        """The connection breaks, and what was under way is lost."""
        for end in (self, self.other):
            if end is not None and not end._lost:
                end._closing = True
                error = ConnectionResetError("the connection broke")
                self.loop.call_soon(end._lose, error, context=end.owner.context)

    def is_closing(self) -> bool:
        return self._closing

    def get_write_buffer_size(self) -> int:
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


class _Peer:
    """What a local socket says of who is at its other end: this user."""

    def getsockopt(self, *_: object) -> bytes:
        return struct.pack("3i", 1, os.geteuid(), 0)


_PEER = _Peer()


class Network:
    """How long words take, and where connections break."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self.slow_s = 0.0
        self.pipes: dict[Pipe, None] = {}

    def delay_s(self) -> float:
        base_s = 0.0002 + 0.003 * self._chance.random()
        return base_s + self.slow_s * self._chance.random()

    def parts(self, data: bytes) -> list[bytes]:
        if len(data) < 2 or self._chance.random() > 0.02:
            return [data]
        cut = 1 + int(self._chance.random() * (len(data) - 1))
        return [data[:cut], data[cut:]]

    def break_all(self) -> None:
        for pipe in list(self.pipes):
            pipe.break_off()


class Door:
    """A program that listens (`asyncio.Server`, as far as it is used)."""

    def __init__(self, loop: "VirtualLoop", path: str) -> None:
        self.loop, self.path = loop, path

    def close(self) -> None:
        self.loop.listeners.pop(self.path, None)

    async def wait_closed(self) -> None:
        return None


class VirtualLoop(asyncio.BaseEventLoop):
    """An event loop whose time is made up and whose order is drawn.

    Args:
        seed: the same seed gives the same order, the same delays and the same end.
    """

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.now_s = 0.0
        self.chance = random.Random(seed)
        self.network = Network(random.Random(seed + 1))
        self.listeners: dict[str, tuple[Callable[[], Any], Process]] = {}
        self.faults: list[str] = []
        self.steps = 0
        self._nobody = contextvars.Context()
        self._ready: Any
        self._due: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._asked = 0
        self.set_exception_handler(self._note)
        self.set_task_factory(_owned)

    # --- Time and order --------------------------------------------------------------------------

    def time(self) -> float:
        return self.now_s

    def _run_once(self) -> None:
        ready = self._ready
        if not ready:
            self._advance()
        if len(ready) > 1:
            ready.rotate(int(self.chance.random() * len(ready)))
        handle = ready.popleft()
        if handle._cancelled:
            return
        process = handle._context.get(PROCESS)
        if process is not None and process.busy_until_s > self.now_s and process.alive:
            self.call_at(process.busy_until_s, _resume, handle, context=self._nobody)
            return
        self.steps += 1
        self.now_s += STEP_S
        handle._run()

    def call_at(  # type: ignore[override]
        self, when: float, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        """The same as any loop's, kept so that equal times need not ask each other who is first."""
        timer = asyncio.TimerHandle(when, callback, list(args), self, context)
        self._asked += 1
        heapq.heappush(self._due, (when, self._asked, timer))
        return timer

    def _advance(self) -> None:
        due = self._due
        while due and due[0][2]._cancelled:
            heapq.heappop(due)
        if not due:
            raise RuntimeError("nothing will ever happen any more")
        self.now_s = max(self.now_s, due[0][0])
        while due and due[0][0] <= self.now_s:
            timer: Any = heapq.heappop(due)[2]
            if not timer._cancelled:
                self._ready.append(timer)

    @property
    def waiting(self) -> int:
        """How many timers somebody still waits for."""
        return sum(not timer.cancelled() for _, _, timer in self._due)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is thrown away when its time comes."""

    def _process_events(self, event_list: Any) -> None:
        """There are none: nothing comes from outside."""

    def _write_to_self(self) -> None:
        """Nothing sleeps, so nothing needs waking."""

    def call_soon_threadsafe(  # type: ignore[override]
        self, callback: Any, *args: Any, context: Any = None
    ) -> Any:
        return self.call_soon(callback, *args, context=context)

    def _note(self, _loop: asyncio.AbstractEventLoop, told: dict[str, Any]) -> None:
        error = told.get("exception")
        process = PROCESS.get()
        dead = process is not None and not process.alive
        if dead or _is_death(error):
            return
        self.faults.append(f"{told.get('message')}: {error!r}")

    # --- What a program asks of its loop ---------------------------------------------------------

    def run_in_executor(  # type: ignore[override]
        self, executor: Any, func: Any, *args: Any
    ) -> Any:
        """What a thread would do is done here, a little later, all at once."""
        future = self.create_future()
        self.call_later(0.01 + 0.05 * self.chance.random(), self._execute, future, func, args)
        return future

    def _execute(self, future: Any, func: Callable[..., Any], args: tuple[Any, ...]) -> None:
        if future.done():
            return
        try:
            result = func(*args)
        except Exception as error:
            future.set_exception(error)
        else:
            future.set_result(result)

    async def create_unix_server(
        self, protocol_factory: Callable[[], Any], path: Any = None, **_: Any
    ) -> Any:
        owner = PROCESS.get()
        assert owner is not None
        Path(path).touch()  # a socket has a name in its folder
        self.listeners[str(path)] = (protocol_factory, owner)
        owner.listens.add(str(path))
        return Door(self, str(path))

    async def create_unix_connection(
        self, protocol_factory: Callable[[], Any], path: Any = None, **_: Any
    ) -> Any:
        owner = PROCESS.get()
        assert owner is not None
        await asyncio.sleep(self.network.delay_s())
        if str(path) not in self.listeners:
            raise ConnectionRefusedError(f"nobody listens at {path}")
        factory, server = self.listeners[str(path)]
        here, there = Pipe(self, owner, protocol_factory()), Pipe(self, server, factory())
        here.other, there.other = there, here
        self.network.pipes |= {here: None, there: None}
        here._made()
        there._arrives_s = self.now_s
        here._send(there._made)
        return here, here.protocol

    def add_signal_handler(self, *_: Any) -> None:  # type: ignore[override]
        """Nobody sends any."""


def _is_death(error: object) -> bool:
    """Whether this is a program that died, and nothing it did wrong."""
    if isinstance(error, BaseExceptionGroup):
        return all(map(_is_death, error.exceptions))
    return isinstance(error, Killed | asyncio.CancelledError)


def _resume(handle: asyncio.Handle) -> None:
    """What a frozen program had waiting, unless it was called off meanwhile."""
    if not handle._cancelled:
        handle._run()


def _owned(
    loop: asyncio.AbstractEventLoop, work: Any, context: Any = None, **named: Any
) -> "asyncio.Task[Any]":
    """A task, known to the program it belongs to."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, context=context, **named)
    process = (context or contextvars.copy_context()).get(PROCESS)
    if process is not None:
        process.tasks[task] = None
        task.add_done_callback(lambda done: process.tasks.pop(done, None))
    return task


def run(loop: VirtualLoop, work: Awaitable[Any]) -> Any:
    """Run until something is done, and leave nothing behind."""
    try:
        return loop.run_until_complete(work)
    finally:
        for _ in range(5):
            left = [one for one in asyncio.all_tasks(loop) if not one.done()]
            if not left:
                break
            for one in left:
                one.cancel()
            loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        loop.close()
