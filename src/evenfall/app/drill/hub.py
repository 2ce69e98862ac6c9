"""The hub of a drill: `python -m evenfall.app.drill.hub`, a process of its own, so that it can die.

It ends, with its rooms safe, as soon as whoever started it is gone: it listens to them on its
standard input. What it is asked there, a line each, it answers on its standard output.
"""

import argparse
import asyncio
import sys
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import msgspec

from evenfall.adapters.clocks import SystemClock
from evenfall.app.drill.house import DrillHome, drill_household
from evenfall.app.home import load_household, load_zone
from evenfall.app.reach.opening import Wish, open_hub
from evenfall.app.web.serve import House, HubServer
from evenfall.formats.errors import EvenfallError
from evenfall.ports.notices import NoticeLostError


class Called(msgspec.Struct, frozen=True, kw_only=True):
    """One way to an adult, tried once."""

    where: str
    fault: str = ""
    mend: str = ""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Tell an adult something, on every way there is."""

    member: str
    text: str


class News(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the hub says to whoever started it."""

    ready: int = 0  # the port of its plain pages
    links: tuple[str, ...] = ()
    called: tuple[Called, ...] = ()
    faults: tuple[dict[str, object], ...] = ()


def main() -> None:
    """Serve until told to end, or until nobody listens any more."""
    parser = argparse.ArgumentParser(prog="python -m evenfall.app.drill.hub", description=__doc__)
    for name in ("--folder", "--household", "--kept"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--room", required=True)
    parser.add_argument("--at", type=datetime.fromisoformat, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--speed", type=float, default=1.0)
    parser.add_argument("--house", action="store_true")
    given = parser.parse_args()
    try:
        asyncio.run(_serve(given))
    except EvenfallError as error:
        _tell(News(faults=tuple(fault.to_dict() for fault in error.faults)))
        raise SystemExit(2) from None


async def _serve(given: argparse.Namespace) -> None:
    document = load_household(given.household)
    household = drill_household(document.record, given.room)
    zone = load_zone(household.zone, document.place("zone"))
    home = DrillHome(given.folder, given.kept)
    opening = open_hub(Wish(to_the_house=given.house, port=given.port), home.folder)
    clock = SystemClock(given.speed, given.at)
    house = House(home, household, zone, clock, given.household)
    server = HubServer(house, opening.plain[0], opening)
    told = asyncio.create_task(_listen(server))
    _tell(News(ready=opening.port, links=opening.links))
    try:
        await server.run()
    finally:
        told.cancel()


async def _listen(server: HubServer) -> None:
    """Do what is asked, a line at a time; at the end of it, end."""
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        with suppress(msgspec.MsgspecError):
            call = msgspec.json.decode(line, type=Call)
            _tell(News(called=tuple(await _called(server, call))))
    server.stop()


async def _called(server: HubServer, call: Call) -> list[Called]:
    calls = server.guard.calls
    return [
        await _tried(way.where, asyncio.wrap_future(calls.background.begin(way.send(call.text))))
        for way in calls.ways.get(call.member, ())
    ]


async def _tried(where: str, sent: "asyncio.Future[None]") -> Called:
    try:
        await sent
    except NoticeLostError as error:
        fault = error.faults[0]
        return Called(where=where, fault=fault.found, mend=fault.mend)
    return Called(where=where)


def _tell(news: News) -> None:
    with suppress(OSError, ValueError):  # nobody may be there any more
        sys.stdout.write(msgspec.json.encode(news).decode() + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
