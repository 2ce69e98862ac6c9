"""What every command needs: the home that is meant, tonight's date, and how to print.

Standard output is for answers, standard error for everything else; with --json the answer is one
JSON object. Text wraps at words, with what follows the first line set in.
"""

import shlex
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from textwrap import wrap
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.home import Home, exists, find_home, load_household, load_zone
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.household import Household
from evenfall.records.plan import RoomEvening

CONSOLE = Console(highlight=False, soft_wrap=False)
ASIDE = Console(highlight=False, soft_wrap=False, stderr=True)
"""For what is no answer: questions, asides and errors."""

UNPLUGGED = "The evening is unplugged: paper only, and nothing for a machine to do."
WIDTH_MIN = 30
"""Narrower than this, lines are left for the terminal to break (this project's own choice)."""


@dataclass(frozen=True)
class State:
    """What was said before the command."""

    home_folder: Path | None
    household_file: Path | None

    def again(self, words: str) -> str:
        """A command for the same home, to be copied as it is.

        Args:
            words: the command and its options, without the program's name.

        Example:
            >>> State(Path("my cabin"), None).again("tonight")
            "evenfall --home 'my cabin' tonight"
        """
        said = ["evenfall"]
        if self.home_folder is not None:
            said += ["--home", shlex.quote(str(self.home_folder))]
        if self.household_file is not None:
            said += ["--household", shlex.quote(str(self.household_file))]
        return " ".join([*said, words])


NOTHING_SAID = State(None, None)


@dataclass(frozen=True)
class Here:
    """A home with its household and zone, read."""

    home: Home
    household: Household
    zone: ZoneInfo
    household_file: Path
    said: State = NOTHING_SAID


class InterruptedNightError(EvenfallError):
    """A night that was cut off by a key; its log is whole and it can be gone on with."""


def find_state(ctx: typer.Context) -> State:
    """What was said before the command."""
    state = ctx.obj
    return state if isinstance(state, State) else NOTHING_SAID


def home_of(ctx: typer.Context) -> Home:
    """The home that is meant."""
    return find_home(find_state(ctx).home_folder)


def database_of(home: Home) -> Path:
    """Where a home's nights are to be written.

    Raises:
        EvenfallError: a file stands where the home's folder should be.
    """
    if exists(home.folder) and not home.folder.is_dir():
        raise EvenfallError(
            Fault(
                found="a file stands where the home's folder should be",
                place=Place(str(home.folder)),
                expected="a folder, or nothing yet",
                mend="choose another folder with --home",
            )
        )
    return home.database


def kept_in(home: Home, mend: str) -> Path:
    """Where a home's nights are, to be read; reading makes no home.

    Args:
        home: the home.
        mend: what brings a first night.

    Raises:
        EvenfallError: no night was kept here yet.
    """
    if not exists(database_of(home)):
        raise EvenfallError(
            Fault(
                found="no night kept yet",
                place=Place(str(home.folder)),
                expected="a home with a night in it",
                mend=mend,
            )
        )
    return home.database


def opened(ctx: typer.Context, database: Path) -> tuple[SqliteNightLog, SqliteLibrary]:
    """The night log and the library in a home's database, let go of when the command ends."""
    log = SqliteNightLog(database)
    ctx.call_on_close(log.close)
    library = SqliteLibrary(database)
    ctx.call_on_close(library.close)
    return log, library


def household_file_of(ctx: typer.Context) -> Path:
    """The household file that is meant: one that was named, else the home's own."""
    return find_state(ctx).household_file or home_of(ctx).household_file


def has_household(ctx: typer.Context) -> bool:
    """True where there is a household file, whatever is in it."""
    return exists(household_file_of(ctx))


def here(ctx: typer.Context) -> Here:
    """The home that is meant, with its household read.

    Raises:
        EvenfallError: there is no household, or something in it does not fit.
    """
    file = household_file_of(ctx)
    document = load_household(file)
    zone = load_zone(document.record.zone, document.place("zone"))
    return Here(home_of(ctx), document.record, zone, file, find_state(ctx))


def a_date(text: str) -> date:
    """A date as people give it.

    Raises:
        EvenfallError: it is no date.
    """
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise EvenfallError(
            Fault(
                found=f"{text!r} as a date",
                place=Place("--date"),
                expected="year, month and day, like 2026-11-20",
                mend="write --date 2026-11-20",
            )
        ) from error


def night_date(text: str | None, zone: ZoneInfo) -> date:
    """The night that is meant: a date given, or tonight, which is last night until 5 o'clock.

    Raises:
        EvenfallError: it is no date.
    """
    if text is None:
        return (datetime.now(zone) - timedelta(hours=5)).date()
    return a_date(text)


def has_programme(evening: RoomEvening) -> bool:
    """True where anything runs: not on an unplugged evening, nor in an infant's room."""
    return evening.score is not None


def no_programme_words(evening: RoomEvening) -> str:
    """Why nothing runs in a room tonight, as the plan has it."""
    reasons = {reason.rule: reason.text for reason in evening.reasons}
    return reasons.get("no-programme", UNPLUGGED)


# --- Printing --------------------------------------------------------------------------------


def say(
    text: str,
    *,
    indent: int = 0,
    hang: int | None = None,
    style: str = "",
    console: Console | None = None,
) -> None:
    """Print a sentence, wrapped at words; a path longer than a line is never cut, so that it can be
    copied.

    Args:
        text: what to say; line breaks before it leave lines empty.
        indent: how far in the first line begins, in characters.
        hang: how far in the lines after it begin; two further than the first if not given.
        style: how it looks where there is colour.
        console: standard output's if not given.
    """
    to = console or CONSOLE
    while text.startswith("\n"):
        to.print()
        text = text[1:]
    set_in = indent + 2 if hang is None else hang
    width = to.width - set_in
    parts = [text] if width < WIDTH_MIN else [*_wrapped(text, width)]
    for number, line in enumerate(parts):
        margin = Text(" " * (set_in if number else indent))
        to.print(margin.append_text(Text(line.rstrip(), style)), soft_wrap=True)


def _wrapped(text: str, width: int) -> Iterator[str]:
    for line in text.split("\n"):
        cut = "/" not in line  # a picture made of letters may go on below; a path may not
        yield from wrap(line, width, break_long_words=cut, break_on_hyphens=False) or [""]


def say_path(words: str, path: Path) -> None:
    """Print where something is. A path is never broken, so that it can be copied."""
    CONSOLE.print(Text(f"{words} {path}"), soft_wrap=True)


def tell(error: EvenfallError) -> None:
    """Say an error on standard error: wrapped where someone reads it, else a line a part."""
    for fault in error.faults:
        if not ASIDE.is_terminal:
            typer.echo(str(fault), err=True)
            continue
        first, *rest = str(fault).split("\n")
        say(first, hang=4, console=ASIDE)
        for line in rest:
            say(line.strip(), indent=2, hang=4, console=ASIDE)


def print_json(data: object) -> None:
    """One JSON object on standard output, records and times included.

    A file name need not be text; what is none in it is shown as a question mark.
    """
    try:
        body = msgspec.json.encode(data)
    except UnicodeEncodeError:
        body = msgspec.json.encode(_as_text(msgspec.to_builtins(data)))
    typer.echo(msgspec.json.format(body, indent=2).decode())


def print_errors(faults: Sequence[Fault]) -> None:
    """Errors for programs: the one object that --json prints where there is no answer."""
    print_json({"errors": faults})


def _as_text(data: Any) -> Any:
    if isinstance(data, str):
        return data.encode("utf-8", "replace").decode()
    if isinstance(data, dict):
        return {_as_text(name): _as_text(value) for name, value in data.items()}
    if isinstance(data, list | tuple):
        return [_as_text(value) for value in data]
    return data


def wants_json(arguments: Sequence[str]) -> bool:
    """True where the caller asked for JSON, even if what they asked could not be read."""
    return "--json" in arguments


def is_live_terminal() -> bool:
    """True where someone is looking: no progress display is drawn into a file."""
    return sys.stdout.isatty()
