"""What every command needs: the home that is meant, tonight's date, and how to print."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console

from evenfall.app.home import Home, find_home, load_household, load_zone
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.household import Household

CONSOLE = Console(highlight=False, soft_wrap=False)


@dataclass(frozen=True)
class State:
    """What was said before the command."""

    home_folder: Path | None
    household_file: Path | None


@dataclass(frozen=True)
class Here:
    """A home with its household and zone, read."""

    home: Home
    household: Household
    zone: ZoneInfo
    household_file: Path


def find_state(ctx: typer.Context) -> State:
    """What was said before the command."""
    state = ctx.obj
    return state if isinstance(state, State) else State(None, None)


def home_of(ctx: typer.Context) -> Home:
    """The home that is meant."""
    return find_home(find_state(ctx).home_folder)


def here(ctx: typer.Context) -> Here:
    """The home that is meant, with its household read.

    Raises:
        EvenfallError: there is no household, or something in it does not fit.
    """
    state = find_state(ctx)
    home = find_home(state.home_folder)
    file = state.household_file or home.household_file
    document = load_household(file)
    zone = load_zone(document.record.zone, document.place("zone"))
    return Here(home, document.record, zone, file)


def night_date(text: str | None, zone: ZoneInfo) -> date:
    """The night that is meant: a date given, or tonight, which is last night until 5 o'clock.

    Raises:
        EvenfallError: it is no date.
    """
    if text is None:
        return (datetime.now(zone) - timedelta(hours=5)).date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise EvenfallError(
            Fault(
                found=f"{text!r} as a date",
                place=Place("--date"),
                expected="year, month and day, like 2026-11-20",
                mend="write --date 2026-11-20",
            )
        ) from error


def print_json(data: object) -> None:
    """One JSON object on standard output, records and times included."""
    body = msgspec.json.format(msgspec.json.encode(data), indent=2)
    typer.echo(body.decode())


def builtins_of(record: object) -> Any:
    """A record as plain data."""
    return msgspec.to_builtins(record)


def wants_json(arguments: Sequence[str]) -> bool:
    """True where the caller asked for JSON, even if what they asked could not be read."""
    return "--json" in arguments


def is_live_terminal() -> bool:
    """True where someone is looking: no progress display is drawn into a file."""
    return sys.stdout.isatty()
