"""The command line: `evenfall`, and what each command is for.

Every command prints for people, or with --json for programs; every error says what was found,
where, what was expected and the mend, and leaves with code 2.
"""

import json
import os
import sys
import traceback
from typing import Annotated

import typer

from evenfall import __version__
from evenfall.app.cli import check, demo, doctor, household, morning, night, recording, why
from evenfall.app.cli.common import State, find_state, wants_json
from evenfall.app.cli.options import HomeOption, HouseholdOption
from evenfall.formats.errors import EvenfallError

DEBUG_SETTING = "EVENFALL_DEBUG"

app = typer.Typer(
    name="evenfall",
    help="Evenfall, the open bedtime system: plan the night, keep it, give the morning back.\n\n"
    "New here: [bold]evenfall demo[/bold] shows a made-up family's whole night; "
    "[bold]evenfall init[/bold] makes your own household; then "
    "[bold]evenfall tonight[/bold].",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"evenfall {__version__}")
        raise typer.Exit


@app.callback()
def options(
    ctx: typer.Context,
    home: HomeOption = None,
    household_file: HouseholdOption = None,
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Where this home is; every command reads it."""
    del version
    ctx.obj = State(home, household_file)


household.register(app)
night.register(app)
morning.register(app)
recording.register(app)
why.register(app)
check.register(app)
doctor.register(app)
demo.register(app)


def main() -> None:
    """Run the command line, and let no error out that a person cannot read."""
    try:
        app()
    except EvenfallError as error:
        _tell(error)
        raise SystemExit(2) from None
    except KeyboardInterrupt:
        typer.echo("\nInterrupted. What was written is kept.", err=True)
        raise SystemExit(130) from None
    except BrokenPipeError:
        sys.stderr.close()
        raise SystemExit(141) from None
    except Exception as error:  # the last place where anything can be said
        if os.environ.get(DEBUG_SETTING):
            traceback.print_exc()
        typer.echo(
            f"Something in Evenfall went wrong that should not ({type(error).__name__}: {error}).\n"
            "  Nothing of yours was changed half-way.\n"
            f"  To help mend it, run the same again with {DEBUG_SETTING}=1 and report what it "
            "prints.",
            err=True,
        )
        raise SystemExit(70) from None


def _tell(error: EvenfallError) -> None:
    if wants_json(sys.argv):
        faults = [fault.to_dict() for fault in error.faults]
        typer.echo(json.dumps({"errors": faults}, ensure_ascii=False))
        return
    for fault in error.faults:
        typer.echo(str(fault), err=True)


__all__ = ["app", "find_state", "main"]
