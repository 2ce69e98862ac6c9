"""`stop` brings rooms to safe by the guard itself, whether or not the hub can hear."""

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evenfall.app.cli.common import home_of, print_json, say, tell
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.quick import SAID
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
    on_key: Annotated[
        Path | None,
        typer.Option(
            "--on-key",
            help="Wait, and stop whenever a key of this device is pressed: a USB button, say. "
            "On Linux.",
            metavar="DEVICE",
        ),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key",
            help="With --on-key: only this key, by name or number, like esc. Else any of them.",
            metavar="KEY",
        ),
    ] = None,
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
      evenfall stop --on-key /dev/input/by-id/usb-button-event-kbd
    """
    home = home_of(ctx).folder
    rooms = () if all_ else tuple(room or ())
    if on_key is None:
        if key is not None:
            raise EvenfallError(_key_of_nothing())
        _stop(home, rooms, json_)
    else:
        _stop_on_key(home, rooms, on_key, key, json_)


def _stop(home: Path, rooms: tuple[str, ...], json_: bool) -> None:
    # Imported here: a stop waits for nothing it does not need.
    from evenfall.adapters.guard.process import ask

    began_s = time.monotonic()
    try:
        answer = ask(home, Stop(rooms=rooms))
    except (OSError, GarbledError, ValueError) as error:
        raise EvenfallError(_nobody(str(home))) from error
    stopped = _rooms(answer)
    took_ms = (time.monotonic() - began_s) * 1000
    if json_:
        print_json({"stopped": stopped, "answered_ms": round(took_ms, 1)})
    else:
        for one in stopped:
            say(SAID.format(room=one))


def _stop_on_key(
    home: Path, rooms: tuple[str, ...], device: Path, key: str | None, json_: bool
) -> None:
    from evenfall.adapters.keys.evdev import key_code, watch_key

    def pressed() -> None:
        """Stop; what cannot be stopped now is told, and the next press is waited for."""
        if not json_:
            say(f"{datetime.now().astimezone():%H:%M:%S} pressed", style="dim")
        try:
            _stop(home, rooms, json_)
        except EvenfallError as error:
            tell(error)
        sys.stdout.flush()  # whoever keeps what it says is to see it now

    code = None if key is None else key_code(key)
    if not json_:
        what = "Any key" if key is None else f"The key {key}"
        where = "every room" if not rooms else ", ".join(rooms)
        say(f"{what} of {device} stops {where}. Ctrl-C ends this.", style="dim")
        sys.stdout.flush()
    watch_key(device, pressed, code)


def _rooms(answer: Said) -> tuple[str, ...]:
    if isinstance(answer, Refused):
        denied = answer.denied[0]
        expected, mend = "rooms of this home, by id", "evenfall stop, alone, stops every room"
        raise EvenfallError(Fault(denied.words, Place("the command line"), expected, mend))
    return tuple(getattr(answer, "rooms", ()))


def _key_of_nothing() -> Fault:
    return Fault(
        found="--key without a device to press it on",
        place=Place("the command line"),
        expected="--on-key with the device",
        mend="write evenfall stop --on-key /dev/input/by-id/… --key esc",
    )


def _nobody(folder: str) -> Fault:
    return Fault(
        found="no guard that answers, so nothing is driven from here",
        place=Place(folder),
        expected="a guard: `evenfall serve` starts it",
        mend="a page goes quiet by itself within 15 s; what is still lit or loud: use its switch",
    )
