"""`tonight` plans: everyone's times, every room's evening, and the reason for each."""

import re
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from evenfall.app.cli import completing
from evenfall.app.cli.common import CONSOLE, Here, here, night_date, print_json, say, say_path
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import DateOption, JsonOption
from evenfall.app.home import write_atomically
from evenfall.app.report import plan_page
from evenfall.app.worries import changes_at, told_at
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.plan import Plan, Reason

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):[0-5][0-9]")


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, tonight)


def tonight(
    ctx: typer.Context,
    date_: DateOption = None,
    wake: Annotated[
        list[str] | None,
        typer.Option(
            "--wake", help="Tonight only: another wake, like noor=07:30.", metavar="ID=TIME"
        ),
    ] = None,
    skip_wake: Annotated[
        list[str] | None,
        typer.Option(
            "--skip-wake",
            help="Tonight only: wake as on a free day.",
            metavar="ID",
            autocompletion=completing.members,
        ),
    ] = None,
    away: Annotated[
        list[str] | None,
        typer.Option(
            "--away",
            help="Tonight only: this teller is not home.",
            metavar="ID",
            autocompletion=completing.members,
        ),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", help="Also write the plan as a page to this file.", metavar="FILE"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Plan tonight: wind-down, lights out and wake for everyone, and why.

    Until 5 in the morning, tonight is the night that is still going on.

    [bold]Examples[/bold]

      evenfall tonight
      evenfall tonight --date 2026-12-24 --skip-wake noor --skip-wake ilay
      evenfall tonight --wake mara=06:10 --away tomas
    """
    where = here(ctx)
    said = _changes(where, wake or [], skip_wake or [], away or [])
    changes = changes_at(where.home, where.household, said)
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone, changes)
    if page is not None:
        write_atomically(page, plan_page(plan))
    if json_:
        print_json(plan)
        return
    print_plan(plan, where.household)
    for worry in told_at(where.home, where.household):
        say(f"\n{worry}")
    if page is not None:
        say_path("\nAs a page:", page)


def _changes(where: Here, wakes: list[str], skipped: list[str], away: list[str]) -> Changes:
    """What was said for tonight only, one record a member."""
    wake_of = dict(_split(text) for text in wakes)
    members = tuple(
        MemberChange(member=one, wake=wake_of.get(one), skip_wake=one in skipped)
        for one in dict.fromkeys([*wake_of, *skipped])
    )
    known = {one.id for one in where.household.members}
    for one in [*wake_of, *skipped, *away]:
        if one not in known:
            raise EvenfallError(
                Fault(
                    found=f"nobody called {one!r} lives here",
                    place=Place(str(where.household_file)),
                    expected=f"one of {', '.join(sorted(known))}",
                    mend="write the member's id as the household file has it",
                )
            )
    return Changes(members=members, tellers_away=tuple(away))


def _split(text: str) -> tuple[str, str]:
    member, _, at = text.partition("=")
    if not _TIME.fullmatch(at):
        raise EvenfallError(
            Fault(
                found=f"{text!r}",
                place=Place("--wake"),
                expected="a member's id, = and a time",
                mend="write it like --wake noor=07:30",
            )
        )
    return member, at.zfill(5)


def print_plan(plan: Plan, household: Household) -> None:
    """The plan as a table, then the reasons, each a sentence.

    Args:
        plan: tonight.
        household: for what the family calls its rooms.
    """
    say(f"{plan.household}, the night of {plan.night}", style="bold")
    table = Table(box=None)
    for heading in ("", "wind-down", "lights out", "wake"):
        table.add_column(heading, justify="right" if heading else "left")
    for one in plan.members:
        times = (one.wind_down, one.lights_out, one.wake)
        table.add_row(Text(one.name), *(f"{moment:%H:%M}" for moment in times))
    CONSOLE.print(table)
    for one in plan.members:
        _print_reasons(one.name, one.reasons)
    names = {room.id: room.name for room in household.rooms}
    for evening in plan.rooms:
        _print_reasons(names.get(evening.room, evening.room), evening.reasons)
    for conflict in plan.conflicts:
        say(f"\nNot all of it fits: {conflict.text}", style="yellow")


def _print_reasons(heading: str, reasons: tuple[Reason, ...]) -> None:
    say(f"\n{heading}", style="bold")
    for reason in reasons:
        say(reason.text, indent=2)
