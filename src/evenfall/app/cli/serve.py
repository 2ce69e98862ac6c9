"""`serve` runs the hub: tonight's rooms, and the family's pages, on this machine."""

import asyncio
import re
from contextlib import suppress
from datetime import datetime
from typing import Annotated

import typer

from evenfall.adapters.clocks import SystemClock
from evenfall.app.cli.common import here, say
from evenfall.app.cli.helping import add
from evenfall.formats.errors import EvenfallError, Fault, Place

PORT = 8321


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, serve)


def serve(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Where the pages are served.")
    ] = PORT,
    speed: Annotated[
        float,
        typer.Option("--speed", min=0.1, max=600, help="How many times as fast as real time."),
    ] = 1.0,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Begin at a made-up time of today, to try it.", metavar="TIME"),
    ] = None,
) -> None:
    """Serve this home's pages, Tonight, Bedside and Morning, and keep tonight's rooms.

    It answers on this machine only. Ctrl-C ends it; the night goes on from where it was when
    it is started again, and in quiet if that took long.

    [bold]Examples[/bold]

      evenfall serve
      evenfall serve --at 18:50 --speed 30
    """
    # Imported here: only this command needs a web server, and the others start without it.
    from evenfall.app.web.serve import House, HubServer, listening_on

    where = here(ctx)
    start = _start(at, datetime.now(where.zone)) if at or speed != 1.0 else None
    house = House(where.home, where.household, where.zone, SystemClock(speed, start))
    listener = listening_on(port)
    server = HubServer(house, listener)
    say(f"{where.household.name} is at http://localhost:{port}", style="bold")
    say("On this machine only. Ctrl-C ends it.", style="dim")
    with suppress(KeyboardInterrupt):
        asyncio.run(server.run())
    say("The hub is off; pages go dark and quiet by themselves.")


def _start(at: str | None, now: datetime) -> datetime:
    """When a made-up clock begins: now, or at a time of today."""
    if at is None:
        return now
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", at)
    if found is None:
        raise EvenfallError(
            Fault(f"{at!r} as a time", Place("--at"), "hours and minutes", "write --at 18:50")
        )
    hour, minute = int(found[1]), int(found[2])
    return now.replace(hour=hour, minute=minute, second=0, microsecond=0)
