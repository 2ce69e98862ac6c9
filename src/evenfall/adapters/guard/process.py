"""Starting a home's guard, finding the one that runs, and ending the one a hub had started."""

import fcntl
import os
import select
import socket
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from secrets import token_hex
from threading import Thread
from typing import IO

import msgspec

from evenfall.adapters.guard.lock import FOLDER, LOCK_FILE, SOCKET_FILE
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.formats.wire import LENGTH_BYTES, GarbledError, answer_length, packed, said
from evenfall.ports.clock import Clock
from evenfall.records.guard import Done, End, Hello, Message, Said, Welcome

LOG_FILE = "guard.log"
UP_WITHIN_S = 20.0
END_WITHIN_S = 10.0
ANSWER_WITHIN_S = 2.0
LOOK_AGAIN_S = 0.02


def socket_path(home: Path) -> Path:
    """Where a home's guard listens."""
    return home / FOLDER / SOCKET_FILE


def is_running(home: Path) -> bool:
    """True where a guard keeps this home."""
    try:
        with (home / FOLDER / LOCK_FILE).open("r") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def running_pid(home: Path) -> int | None:
    """The process that keeps this home; None where none does."""
    with suppress(OSError, ValueError):
        if is_running(home):
            return int((home / FOLDER / LOCK_FILE).read_text(encoding="ascii"))
    return None


def ask(home: Path, message: Message, within_s: float = ANSWER_WITHIN_S) -> Said:
    """Say one thing to a home's guard and wait for its answer.

    Raises:
        OSError: nobody listens there, or nothing came in time.
        GarbledError: what came was no answer.
    """
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as line:
        line.settimeout(within_s)
        line.connect(str(socket_path(home)))
        line.sendall(packed(message))
        return said(_exactly(line, answer_length(_exactly(line, LENGTH_BYTES))))


def _exactly(line: socket.socket, count: int) -> bytes:
    parts = b""
    while len(parts) < count:
        part = line.recv(count - len(parts))
        if not part:
            raise GarbledError("it broke off")
        parts += part
    return parts


def ensure(
    home: Path, clock: Clock, speed: float, made_up: bool, household_file: Path, files: str
) -> None:
    """See that a guard keeps this home by this clock and these files; start one where none does.

    Args:
        home: the home's folder.
        clock: the hub's.
        speed: how many of its seconds pass in a real one.
        made_up: true where the clock is not the machine's.
        household_file: where the household stands.
        files: the digest of the household and devices the hub has read.

    Raises:
        FormatError: the home's files do not fit; nothing runs.
        EvenfallError: a guard runs that is another's, or none came up.
    """
    if is_running(home):
        if _is_ours(home, clock, speed, files):
            return
        _end(home)
    _start(home, clock, speed, made_up, household_file)


def _is_ours(home: Path, clock: Clock, speed: float, files: str) -> bool:
    hello = Hello(session=token_hex(16), now_utc=clock.now_utc(), speed=speed)
    try:
        answer = ask(home, hello)
    except (OSError, GarbledError):
        return False
    return isinstance(answer, Welcome) and answer.files == files


def _end(home: Path) -> None:
    """End a guard a hub had started; the rooms are safe before it is gone."""
    if not (end_if_ours(home) and wait_for_end(home)):
        raise EvenfallError(_anothers(home))


def end_if_ours(home: Path) -> bool:
    """Ask a home's guard to end; False where none runs, or a hub may not end it."""
    try:
        return isinstance(ask(home, End()), Done)
    except (OSError, GarbledError):
        return False


def wait_for_end(home: Path, within_s: float = END_WITHIN_S) -> bool:
    """Wait until no guard keeps a home; False where one still does."""
    ends_s = time.monotonic() + within_s
    while is_running(home):
        if time.monotonic() > ends_s:
            return False
        time.sleep(LOOK_AGAIN_S)
    return True


def _start(home: Path, clock: Clock, speed: float, made_up: bool, household_file: Path) -> None:
    command = [sys.executable, "-m", "evenfall.guard", "--home", str(home), "--for-hub"]
    command += ["--household", str(household_file)]
    if made_up:
        moment = [clock.now_utc().isoformat(), repr(time.monotonic())]
        command += ["--speed", repr(speed), "--at", *moment]
    log = home / FOLDER / LOG_FILE
    with suppress(OSError):
        log.parent.mkdir(mode=0o700, exist_ok=True)
    with _opened(log) as errors:
        process = subprocess.Popen(  # noqa: S603  # our own program and our own words
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,  # what ends the hub does not end its guard
        )
    assert process.stdout is not None
    with process.stdout as news:
        ready, _, _ = select.select([news], [], [], UP_WITHIN_S)
        line = news.readline() if ready else b""
    Thread(target=process.wait, daemon=True).start()  # so that no ended guard is left behind
    if not line.startswith(b'{"ready"'):
        process.kill()
        raise _did_not_start(line, log)


def _opened(log: Path) -> IO[bytes]:
    """Where its errors go; nowhere, where nothing can be written: the guard itself says so."""
    try:
        return log.open("wb")
    except OSError:
        return Path(os.devnull).open("wb")


def _did_not_start(line: bytes, log: Path) -> EvenfallError:
    with suppress(msgspec.MsgspecError):
        news = msgspec.json.decode(line, type=dict[str, list[dict[str, object]]])
        faults = [msgspec.convert(one, type=Fault) for one in news["faults"]]
        return FormatError(*faults)
    return EvenfallError(
        Fault("a guard that did not come up", Place(str(log)), "one that listens", "read that file")
    )


def _anothers(home: Path) -> Fault:
    return Fault(
        found="a guard that keeps this home by another clock, or other files",
        place=Place(str(home / FOLDER)),
        expected="one guard, and a hub that agrees with it on the hour",
        mend="start that guard again; to try an evening at a made-up hour, use another folder",
    )
