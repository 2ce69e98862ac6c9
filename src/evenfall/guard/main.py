"""The guard's own main: `python -m evenfall.guard --home FOLDER`.

It starts silent, says one line when it listens or what is wrong, and before it ends, for whatever
reason it can still act on, every room is safe.
"""

import argparse
import asyncio
import logging
import signal
import sys
import time
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.guard.count import COUNT_FILE, first_count
from evenfall.adapters.guard.house import connect, files_digest, read_house
from evenfall.adapters.guard.keys import kept_key
from evenfall.adapters.guard.line import listening
from evenfall.adapters.guard.lock import FOLDER, SOCKET_FILE, one_at_a_time
from evenfall.adapters.guard.notes import NOTES_FILE, Notes
from evenfall.formats.errors import EvenfallError
from evenfall.guard.desk import Desk
from evenfall.guard.signing import Signer
from evenfall.safety.rooms import house_rules

ALONE_S = 30.0
"""A guard of a made-up evening ends by itself when no hub has come for so long (own choice)."""


def main(words: list[str] | None = None) -> None:
    """Run until told to end; leaves with 2 where it cannot begin."""
    given = _arguments(words)
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # a lost visitor is no news
    try:
        with one_at_a_time(given.home):
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
    notes = Notes(folder / NOTES_FILE if clock.is_the_machines else None)
    desk = Desk(
        house_rules(household, local.date(), given.speed),
        clock,
        zone,
        Signer(kept_key(folder), first_count(folder / COUNT_FILE, time.time_ns() // 1000)),
        notes,
        files=files_digest(file, given.home / "devices.yaml"),
        for_hub=given.for_hub,
        real_s=time.monotonic,
    )
    with closing(connect(household, document, token, desk.rules, desk.most)) as desk.home:
        await _listen(desk, folder / SOCKET_FILE)


async def _listen(desk: Desk, path: Path) -> None:
    """Serve until the end; then every room goes to safe before anything is let go."""
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(one, desk.ended.set)
    server = await listening(desk.door.visit, path)
    endless = (desk.keep_time(), desk.look_around(), desk.hear_button())
    tasks = [asyncio.create_task(one) for one in endless]
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
