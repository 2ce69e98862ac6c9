"""`init` makes a household by asking six questions; nothing is written before the last answer."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from evenfall.app.cli.common import (
    ASIDE,
    InterruptedNightError,
    find_state,
    household_file_of,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.cli.questions import asked_household, someone_answers
from evenfall.app.home import exists, write_atomically
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.household import read_household, write_household


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, init)


def init(
    ctx: typer.Context,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the household file that is there.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Make a household file by answering six questions.

    Everything can be changed afterwards in the file, which explains itself. Nothing is written
    before the last answer.

    [bold]Examples[/bold]

      evenfall init
      evenfall --home ./cabin init
    """
    file = household_file_of(ctx)
    if exists(file) and not force:
        raise _already_here(file, find_state(ctx).again("init --force"))
    try:
        household = asked_household(datetime.now().astimezone().date())
    except typer.Abort:
        raise _left(file) from None
    text = write_household(household)
    read_household(text, str(file))
    write_atomically(file, text)
    if json_:
        print_json({"household": household, "file": str(file)})
        return
    if someone_answers():
        say("", console=ASIDE)
    say_path("Written to", file)
    state = find_state(ctx)
    say(f"Next: {state.again('tonight')}, then {state.again('serve')} for the family's pages.")


def _already_here(file: Path, again: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found="a household is already here",
            place=Place(str(file)),
            expected="a home without one",
            mend=f"change the file by hand, or write `{again}` to replace it",
        )
    )


def _left(file: Path) -> EvenfallError:
    return InterruptedNightError(
        Fault(
            found="the questions were left before the last one",
            place=Place(str(file)),
            expected="nothing was written",
            mend="run it again whenever you like",
        )
    )
