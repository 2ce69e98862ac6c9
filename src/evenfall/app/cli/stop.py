"""`stop` brings rooms to safe by the guard itself, whether or not the hub can hear."""

import time
from typing import Annotated

import typer

from evenfall.app.cli.common import home_of, print_json, say
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.wire import GarbledError
from evenfall.records.guard import Refused, Said, Stop


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, stop)


def stop(
    ctx: typer.Context,
    room: Annotated[
        list[str] | None,
        typer.Argument(help="Which rooms, by id. None named is every room.", metavar="[ROOM]..."),
    ] = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every room of the home, said in so many words.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Make rooms dark and quiet now, and leave them so for the rest of the night.

    It goes straight to the guard, the one process that drives the lamps and speakers, so it works
    when the hub hangs. A page goes dark and quiet with its room or, where no hub can tell it,
    within fifteen seconds by itself. Nothing starts again in that room before noon; a child's
    touch still calls an adult and may still glow.

    [bold]Examples[/bold]

      evenfall stop
      evenfall stop nest
      evenfall stop --all
    """
    # Imported here: a stop waits for nothing it does not need.
    from evenfall.adapters.guard.process import ask

    home = home_of(ctx)
    began_s = time.monotonic()
    rooms = () if all_ else tuple(room or ())
    try:
        answer = ask(home.folder, Stop(rooms=rooms))
    except (OSError, GarbledError, ValueError) as error:
        raise EvenfallError(_nobody(str(home.folder))) from error
    stopped = _rooms(answer)
    took_ms = (time.monotonic() - began_s) * 1000
    if json_:
        print_json({"stopped": stopped, "answered_ms": round(took_ms, 1)})
    else:
        for one in stopped:
            say(f"{one} goes dark and quiet, and stays so for the rest of the night.")


def _rooms(answer: Said) -> tuple[str, ...]:
    if isinstance(answer, Refused):
        denied = answer.denied[0]
        expected, mend = "rooms of this home, by id", "evenfall stop, alone, stops every room"
        raise EvenfallError(Fault(denied.words, Place("the command line"), expected, mend))
    return tuple(getattr(answer, "rooms", ()))


def _nobody(folder: str) -> Fault:
    return Fault(
        found="no guard that answers, so nothing is driven from here",
        place=Place(folder),
        expected="a guard: `evenfall serve` starts it",
        mend="a page goes quiet by itself within 15 s; what is still lit or loud: use its switch",
    )
