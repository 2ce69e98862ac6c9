"""What the programs of a house meet instead of the world: clocks, a disk, and no thread.

Each module that reads a clock or opens a file has its own name for it; for a run that name stands
for ours (`stood_in`). Nothing of the programs is changed, and everything is put back.
"""

import importlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest.mock import patch

from tests.whole.loop import PROCESS, Killed, Process, VirtualLoop

from evenfall.adapters.sqlite import database
from evenfall.ports.night_log import LogUnavailableError


class Machine:
    """The one small machine a home runs on: its clocks, its boots.

    Args:
        loop: whose time is the true one.
        start_utc: what the wall clock says when that time is 0.
    """

    def __init__(self, loop: VirtualLoop, start_utc: datetime) -> None:
        self.loop, self.start_utc = loop, start_utc
        self.boots = 0
        self.offset_s = 0.0
        self.drift = 0.0
        self._booted_s = -1000.0

    @property
    def boot_id(self) -> str:
        return f"boot-{self.boots}"

    def reboot(self) -> None:
        self.boots += 1
        self._booted_s = self.loop.now_s - 5.0

    def _seen_s(self) -> float:
        """The true time as whoever asks can see it: a call that waited for the disk is later."""
        process = PROCESS.get()
        return max(self.loop.now_s, process.busy_until_s if process is not None else 0.0)

    def monotonic(self) -> float:
        return self._seen_s() - self._booted_s

    def now_utc(self) -> datetime:
        seen_s = self._seen_s()
        return self.start_utc + timedelta(seconds=seen_s * (1.0 + self.drift) + self.offset_s)

    def time(self) -> float:
        return self.now_utc().timestamp()

    def time_ns(self) -> int:
        return int(self.time() * 1e9)


def _bars(*_: object, **__: object) -> None:
    raise AssertionError("a program of the house sleeps, and with it the whole house")


def time_of(machine: Machine) -> SimpleNamespace:
    """The module `time`, as far as the house uses it."""
    return SimpleNamespace(
        monotonic=machine.monotonic,
        clock_gettime=lambda _: machine.monotonic(),
        time=machine.time,
        time_ns=machine.time_ns,
        sleep=_bars,
    )


def datetime_of(machine: Machine) -> type[datetime]:
    """The class `datetime`, whose now is the machine's."""

    class MachinesDatetime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return machine.now_utc().astimezone(tz)

    return MachinesDatetime


class InTheLoop:
    """`adapters.devices.background.Background` without a thread: all of it in the one loop."""

    def __init__(self) -> None:
        process = PROCESS.get()
        assert process is not None
        self._process: Process = process
        self._closed = False

    def post(self, act: Callable[..., object], *given: object) -> None:
        if not self._closed and self._process.alive:
            self._process.loop.call_soon(act, *given, context=self._process.context)

    def begin(self, work: Any) -> "Future[Any]":
        future: Future[Any] = Future()
        task = self._process.spawn(work)

        def done(_: object) -> None:
            if task.cancelled():
                future.cancel()
            elif (error := task.exception()) is not None:
                future.set_exception(error)
            else:
                future.set_result(task.result())

        task.add_done_callback(done)
        return future

    def ask(self, question: Any, within_s: float) -> Any:
        """Only what needs no waiting can be answered here."""
        try:
            question.send(None)
        except StopIteration as answered:
            return answered.value
        question.close()
        raise TimeoutError

    def close(self) -> None:
        self._closed = True


# --- The disk ------------------------------------------------------------------------------------

SAYS = {
    "full": "database or disk is full",
    "read-only": "attempt to write a readonly database",
    "failing": "disk I/O error",
    "locked": "database is locked",
}
_WRITES = ("INSERT", "UPDATE", "DELETE", "BEGIN", "COMMIT")
Mood = str
"""What is wrong with the disk: '' or one of `SAYS`."""


class Disk:
    """The machine's disk: one SQLite database and a few small files.

    The database is SQLite's own, in memory; what is modelled is when it refuses, how long it takes,
    and that a program or the power may go before or after a commit is durable. Whatever a commit
    has answered for is durable.
    """

    def __init__(self, loop: VirtualLoop) -> None:
        self.loop = loop
        self.mood: Mood = ""
        self.slow_s = 0.0
        self.dies_at_commit: Callable[[], None] | None = None
        self.commits = 0
        self.files: dict[str, bytes] = {}
        self.database = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        database._prepare(self.database, Path("evenfall.db"))

    def open(self, *_: object, **__: object) -> "Connection":
        """What `adapters.sqlite.database.connect` gives."""
        if self.mood == "failing":
            raise LogUnavailableError(
                database._fault(Path("evenfall.db"), sqlite3.OperationalError(SAYS["failing"]))
            )
        process = PROCESS.get()
        return Connection(self, process)

    def check(self, process: Process | None, statement: str) -> None:
        """Refuse what a disk in this mood refuses; take the time a slow one takes."""
        if process is not None and not process.alive:
            raise sqlite3.OperationalError("this program is dead")
        if not statement.startswith(_WRITES):
            if self.mood == "failing":
                raise sqlite3.OperationalError(SAYS[self.mood])
            return
        if self.slow_s and process is not None and statement.startswith("COMMIT"):
            process.freeze(self.slow_s * self.loop.chance.random())
        if self.mood:
            raise sqlite3.OperationalError(SAYS[self.mood])

    def roll_back(self) -> None:
        if self.database.in_transaction:
            self.database.execute("ROLLBACK")

    def lose_power(self) -> None:
        """What was not committed, or not written through, is gone."""
        self.roll_back()
        for name in [one for one in self.files if one.endswith(".unsynced")]:
            del self.files[name]


class Cursor:
    """A cursor on such a disk."""

    def __init__(self, connection: "Connection", real: sqlite3.Cursor) -> None:
        self._connection, self._real = connection, real

    def execute(self, statement: str, given: Sequence[Any] = ()) -> "Cursor":
        return self._connection.execute(statement, given)

    def executemany(self, statement: str, given: Any) -> "Cursor":
        disk = self._connection.disk
        disk.check(self._connection.process, statement.lstrip())
        disk.database.executemany(statement, given)
        return self

    @property
    def rowcount(self) -> int:
        return self._real.rowcount

    def fetchone(self) -> Any:
        return self._real.fetchone()

    def fetchall(self) -> list[Any]:
        return self._real.fetchall()

    def __iter__(self) -> Iterator[Any]:
        return iter(self._real)


class Connection:
    """A connection to the database of such a disk."""

    def __init__(self, disk: Disk, process: Process | None) -> None:
        self.disk, self.process = disk, process

    def execute(self, statement: str, given: Sequence[Any] = ()) -> Cursor:
        disk, words = self.disk, statement.lstrip()
        if words.startswith("ROLLBACK"):
            disk.roll_back()
            return Cursor(self, disk.database.cursor())
        disk.check(self.process, words)
        dies = disk.dies_at_commit if words.startswith("COMMIT") else None
        if dies is None:
            disk.commits += words.startswith("COMMIT")
            return Cursor(self, disk.database.execute(statement, given))
        disk.dies_at_commit = None
        if disk.loop.chance.random() < 0.5:  # it had become durable, and nobody has heard so
            disk.database.execute(statement, given)
        else:
            disk.roll_back()
        dies()
        raise Killed("in the middle of a commit")

    @property
    def in_transaction(self) -> bool:
        return self.disk.database.in_transaction

    def close(self) -> None:
        """Nothing to let go of: the database is the disk's."""


class File:
    """A small file on such a disk, being written."""

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name, self.body = disk, name, b""

    def __enter__(self) -> "File":
        return self

    def __exit__(self, *_: object) -> None:
        """Closing writes nothing through."""

    def write(self, body: bytes) -> int:
        if self._disk.mood in ("full", "failing"):
            raise OSError(28, "No space left on device")
        self.body += body
        self._disk.files[self._name + ".unsynced"] = self.body
        return len(body)

    def flush(self) -> None:
        """Nothing waits above the disk."""

    def fileno(self) -> "File":  # what `fsync` is given here
        return self

    def through(self) -> None:
        """`os.fsync`: from here on it outlives a power cut."""
        self._disk.files.pop(self._name + ".unsynced", None)
        self._disk.files[self._name] = self.body


class NamedFile:
    """A path on such a disk, as far as `adapters.guard.notes` uses one."""

    parent: "NamedFile"
    READS: ClassVar[tuple[str, ...]] = ("failing",)

    def __init__(self, disk: Disk, name: str) -> None:
        self._disk, self._name = disk, name

    def exists(self) -> bool:
        return self._name in self._disk.files

    def with_suffix(self, suffix: str) -> "NamedFile":
        return NamedFile(self._disk, self._name.rsplit(".", 1)[0] + suffix)

    def read_bytes(self) -> bytes:
        if self._disk.mood in self.READS:
            raise OSError(5, "Input/output error")
        if self._name not in self._disk.files:
            raise FileNotFoundError(self._name)
        return self._disk.files[self._name]

    def open(self, mode: str) -> File:
        process = PROCESS.get()
        if process is not None and not process.alive:
            raise OSError(5, "this program is dead")
        if self._disk.mood == "read-only":
            raise OSError(30, "Read-only file system")
        return File(self._disk, self._name)

    def write_bytes(self, body: bytes) -> int:
        with self.open("wb") as file:
            return file.write(body)

    def replace(self, target: "NamedFile") -> "NamedFile":
        """One rename: whole, or not at all. What was not written through goes with the power."""
        files = self._disk.files
        loose, solid = files.pop(self._name + ".unsynced", None), files.pop(self._name, None)
        if solid is not None:
            files[target._name] = solid
        elif loose is not None:
            files[target._name] = loose
        return target


# --- Standing in ---------------------------------------------------------------------------------

READ_CLOCKS = (
    "evenfall.adapters.clocks",
    "evenfall.adapters.guard.client",
    "evenfall.adapters.devices.keeper",
    "evenfall.adapters.devices.last_look",
    "evenfall.adapters.devices.room",
    "evenfall.adapters.homeassistant.heartbeat",
    "evenfall.adapters.notices.room",
    "evenfall.guard.desk",
    "evenfall.app.web.serve",
)
TALK_IN_A_THREAD = ("evenfall.adapters.devices.connected", "evenfall.app.guarding")
OPEN_THE_DATABASE = ("evenfall.adapters.sqlite.night_log", "evenfall.adapters.sqlite.library")


@contextmanager
def stood_in(machine: Machine, disk: Disk, tokens: Callable[[int], str]) -> Iterator[None]:
    """The house's own names for the world, for a while.

    Args:
        machine: whose clocks are read.
        disk: where the database is.
        tokens: chance, in hex, so many bytes of it.
    """
    ours: list[tuple[str, str, Any]] = [
        *((module, "time", time_of(machine)) for module in READ_CLOCKS),
        *((module, "datetime", datetime_of(machine)) for module in READ_CLOCKS),
        *((module, "Background", InTheLoop) for module in TALK_IN_A_THREAD),
        *((module, "connect", disk.open) for module in OPEN_THE_DATABASE),
        ("evenfall.adapters.clocks", "_boot_id", lambda: machine.boot_id),
        ("evenfall.adapters.guard.client", "token_hex", tokens),
        ("evenfall.adapters.guard.count", "os", SimpleNamespace(fsync=File.through)),
        ("evenfall.adapters.guard.notes", "os", SimpleNamespace(fsync=File.through)),
    ]
    patches = []
    for name, attribute, instead in ours:
        module = importlib.import_module(name)
        if hasattr(module, attribute):
            patches.append(patch.object(module, attribute, instead))
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()
