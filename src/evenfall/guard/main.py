"""The guard's own main: `python -m evenfall.guard --home FOLDER`.

It starts silent, says one line when it listens or what is wrong, and before it ends, for whatever
reason it can still act on, every room is safe.
"""

import argparse
import asyncio
import fcntl
import logging
import os
import signal
import sys
import time
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import msgspec

from evenfall.adapters.clocks import SystemClock
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.guard.desk import Desk, listening
from evenfall.guard.house import connect, files_digest, read_house
from evenfall.guard.memory import MEMORY_FILE, Memory
from evenfall.guard.signing import Signer, kept_key
from evenfall.safety.rooms import house_rules

FOLDER, SOCKET_FILE, LOCK_FILE = "guard", "guard.sock", "guard.lock"

ALONE_S = 30.0
"""A guard of a made-up evening ends by itself when no hub has come for so long (own choice)."""

PATH_MAX_BYTES = 103
"""The longest name a socket may have where it may be shortest: macOS, less its end."""


def main(words: list[str] | None = None) -> None:
    """Run until told to end; leaves with 2 where it cannot begin."""
    given = _arguments(words)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a lost visitor is no news
    try:
        with _one_at_a_time(given.home):
            asyncio.run(_run(given))
    except EvenfallError as error:
        _tell({"faults": [fault.to_dict() for fault in error.faults]})
        raise SystemExit(2) from None


def _arguments(words: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m evenfall.guard", description=__doc__)
    parser.add_argument("--home", type=Path, required=True, help="the home's folder")
    parser.add_argument("--household", type=Path, help="another household file than the home's")
    parser.add_argument("--for-hub", action="store_true", help="it ends with the hub's own end")
    parser.add_argument("--speed", type=float, default=1.0, help="for a made-up evening")
    parser.add_argument("--at", nargs=2, metavar=("UTC", "S"), help="its hour, and when it was so")
    return parser.parse_args(words)


def _tell(news: dict[str, object]) -> None:
    with suppress(OSError, ValueError):  # whoever started it may be gone
        sys.stdout.write(msgspec.json.encode(news).decode() + "\n")
        sys.stdout.flush()


def _one_at_a_time(home: Path) -> "closing[IO[str]]":
    """The lock of this home's guard.

    Raises:
        EvenfallError: another runs here, or the folder cannot be written.
    """
    folder = home / FOLDER
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        folder.chmod(0o700)
        lock = (folder / LOCK_FILE).open("a")
    except OSError as error:
        why = f"a folder that cannot be written ({error.strerror})"
        mend = "see that the home's folder is there and is this user's"
        raise EvenfallError(Fault(why, Place(str(folder)), "room for the guard", mend)) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.close()
        place, one = Place(str(folder)), "one guard for a home"
        raise EvenfallError(Fault("a guard that runs already", place, one, "end it")) from error
    lock.truncate(0)
    print(os.getpid(), file=lock, flush=True)
    return closing(lock)


def _clock(given: argparse.Namespace) -> SystemClock:
    if given.at is None:
        return SystemClock(given.speed)
    passed_s = (time.monotonic() - float(given.at[1])) * given.speed
    return SystemClock(given.speed, datetime.fromisoformat(given.at[0]) + timedelta(0, passed_s))


async def _run(given: argparse.Namespace) -> None:
    file: Path = given.household or given.home / "household.yaml"
    household, document, token = read_house(given.home, file)
    clock, zone = _clock(given), ZoneInfo(household.zone)
    local = clock.now_utc().astimezone(zone) - timedelta(hours=12)
    folder: Path = given.home / FOLDER
    path = folder / SOCKET_FILE
    if len(bytes(path)) > PATH_MAX_BYTES:
        raise EvenfallError(_too_long(path))
    memory = Memory(folder / MEMORY_FILE if clock.is_the_machines else None, local.toordinal())
    desk = Desk(
        house_rules(household, local.date(), given.speed),
        clock,
        zone,
        Signer(kept_key(folder), time.time_ns() // 1000),
        memory,
        files=files_digest(file, given.home / "devices.yaml"),
        for_hub=given.for_hub,
        real_s=time.monotonic,
    )
    with closing(connect(household, document, token, given.speed, desk.most)) as desk.home:
        await _listen(desk, path)


async def _listen(desk: Desk, path: Path) -> None:
    """Serve until the end; then every room goes to safe before anything is let go."""
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(one, desk.ended.set)
    server = await listening(desk, path)
    tasks = [asyncio.create_task(desk.keep_time()), asyncio.create_task(desk.look_around())]
    if desk.for_hub and not desk.clock.is_the_machines:
        tasks.append(asyncio.create_task(desk.end_alone(ALONE_S)))
    for task in tasks:
        task.add_done_callback(lambda _: desk.ended.set())  # one that fails must not be missed
    _tell({"ready": True})
    try:
        await desk.ended.wait()
    finally:
        desk.leave()
        server.close()
        path.unlink(missing_ok=True)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _too_long(path: Path) -> Fault:
    found = f"a name of {len(bytes(path))} bytes for the guard's socket"
    mend = "move the home to a folder with a shorter name"
    return Fault(found, Place(str(path)), f"at most {PATH_MAX_BYTES}", mend)
