"""The command line: `evenfall`, and what each command is for.

Every command prints for people, or with --json for programs; every error says what was found,
where, what was expected and the mend, and leaves with code 2.
"""

import functools
import os
import sys
import traceback
from io import TextIOWrapper
from typing import Annotated, Any

import typer

from evenfall import __version__
from evenfall.app.cli import (
    check,
    demo,
    doctor,
    drill,
    household,
    keepsafe,
    lamps,
    morning,
    night,
    people,
    reboot,
    recording,
    rehearse,
    schema,
    serve,
    stop,
    tonight,
    why,
)
from evenfall.app.cli.common import (
    InterruptedNightError,
    State,
    find_state,
    print_errors,
    tell,
    wants_json,
)
from evenfall.app.cli.options import HomeOption, HouseholdOption
from evenfall.formats.errors import EvenfallError, Fault, Place

DEBUG_SETTING = "EVENFALL_DEBUG"
USAGE_CODE = 2
CRASH_CODE = 70  # EX_SOFTWARE of sysexits.h
INTERRUPTED_CODE = 130  # 128 and the number of SIGINT, as shells have it

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
tonight.register(app)
night.register(app)
morning.register(app)
recording.register(app)
why.register(app)
check.register(app)
rehearse.register(app)
serve.register(app)
stop.register(app)
drill.register(app)
reboot.register(app)
people.register(app)
lamps.register(app)
keepsafe.register(app)
doctor.register(app)
schema.register(app)
demo.register(app)


def main() -> None:
    """Run the command line, and let no error out that a person cannot read."""
    _forgive_streams()
    raise SystemExit(_run(as_json=wants_json(sys.argv[1:])))


@functools.cache
def _command() -> Any:  # click's own Command, or the one that later typers bring along
    return typer.main.get_command(app)


def _run(*, as_json: bool) -> int:
    try:
        code = _command()(prog_name="evenfall", standalone_mode=not as_json)
        return code if isinstance(code, int) else 0
    except InterruptedNightError as error:
        return _interrupted(error.faults, as_json=as_json)
    except EvenfallError as error:
        if as_json:
            print_errors(error.faults)
        else:
            tell(error)
        return USAGE_CODE
    except KeyboardInterrupt:
        return _interrupted((), as_json=as_json)
    except Exception as error:  # the last place where anything can be said
        return _usage_error(error) if _is_usage(error) else _crash(error, as_json=as_json)


def _interrupted(faults: tuple[Fault, ...], *, as_json: bool) -> int:
    if as_json:
        print_errors(faults)
    else:
        said = [f"{one.found}; {one.expected}.\n  {one.mend}" for one in faults]
        typer.echo("\nInterrupted: " + "\n".join(said or ["what was written is kept."]), err=True)
    return INTERRUPTED_CODE


def _is_usage(error: Exception) -> bool:
    """True for a wrong option or argument; by its shape, since typer may bring a click of its own.

    Without --json, typer has told it with the command's usage and never lets it out.
    """
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _usage_error(error: Any) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "evenfall"
    print_errors(
        [
            Fault(
                found=error.format_message(),
                place=Place("the command line"),
                expected=f"what `{path} -h` shows",
                mend=f"see `{path} -h`",
            )
        ]
    )
    return int(error.exit_code)


def _crash(error: Exception, *, as_json: bool) -> int:
    if os.environ.get(DEBUG_SETTING):
        traceback.print_exc()
    what = f"{type(error).__name__}: {error}"
    fault = Fault(
        found=f"Something in Evenfall went wrong that should not ({what}).",
        place=Place(),
        expected="Nothing of yours was changed half-way.",
        mend=f"To help mend it, run the same again with {DEBUG_SETTING}=1 and report what it "
        "prints.",
    )
    if as_json:
        print_errors([fault])
    else:
        typer.echo(f"{fault.found}\n  {fault.expected}\n  {fault.mend}", err=True)
    return CRASH_CODE


def _forgive_streams() -> None:
    """A terminal that lacks a letter shows another in its place, and no night ends over it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace" if stream is sys.stdout else "backslashreplace")


__all__ = ["app", "find_state", "main"]
