"""`morning` gives the night back: a few lines here, the whole of it as page, picture and data."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.cli.common import CONSOLE, Here, here, home_of, night_date, print_json
from evenfall.app.cli.options import DateOption, JsonOption
from evenfall.app.home import write_atomically
from evenfall.app.keeping import latest_mornings, stage_strip
from evenfall.app.report import household_data, household_svg, morning_page, png_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.morning import Measured, Noted, member_morning
from evenfall.plan.tonight import plan_tonight
from evenfall.records.insight import MemberMorning, Morning, Statistic
from evenfall.records.plan import Plan

SHOWN = ("TIB", "SOL", "WASO", "TST", "SE", "awakenings")


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(morning)


def morning(
    ctx: typer.Context,
    date_: DateOption = None,
    lights_out: Annotated[
        list[str] | None,
        typer.Option(
            "--lights-out",
            help="Without a kept night: when someone's light went out, like noor=19:45.",
            metavar="ID=TIME",
        ),
    ] = None,
    up: Annotated[
        list[str] | None,
        typer.Option("--up", help="… and when they were up, like noor=06:50.", metavar="ID=TIME"),
    ] = None,
    to: Annotated[
        Path | None,
        typer.Option("--to", help="Another folder for the report.", metavar="FOLDER"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Give the latest night back: what was planned, what happened, how it is known.

    Writes morning.html (one file, nothing fetched), morning.json and morning.png. With
    --lights-out and --up it keeps the times people gave; what nobody measured stays
    not measured.

    [bold]Examples[/bold]

      evenfall morning
      evenfall morning --date 2026-11-20 --json
      evenfall morning --lights-out noor=19:45 --up noor=06:50
    """
    home = home_of(ctx)
    library = SqliteLibrary(home.database)
    if lights_out or up:
        where = here(ctx)
        mornings, plan = _given(where, date_, lights_out or [], up or [])
        for one in mornings:
            library.put(one.night_id, one.night, one)
            library.put(one.night_id, one.night, plan)
    else:
        mornings, found = latest_mornings(library, date_)
        if not mornings or found is None:
            raise _none_yet(date_, home.database)
        plan = found
    folder = to or home.report_folder(mornings[0].night)
    write_report_files(folder, mornings, plan)
    if json_:
        print_json({"mornings": mornings, "report": str(folder / "morning.html")})
        return
    for one in mornings:
        print_morning(one)
    CONSOLE.print(Text(f"\nThe whole morning: {folder / 'morning.html'}"))


def write_reports(where: Here, mornings: list[Morning], plan: Plan) -> Path:
    """Write a night's report into its folder of this home."""
    folder = where.home.report_folder(plan.night)
    write_report_files(folder, mornings, plan)
    return folder


def write_report_files(folder: Path, mornings: list[Morning], plan: Plan) -> None:
    """The same morning three ways: a page, a picture and data. Each file whole or not at all.

    Raises:
        EvenfallError: the folder cannot be written.
    """
    picture = household_svg(tuple(mornings), plan)
    write_atomically(folder / "morning.html", morning_page(tuple(mornings), plan))
    write_atomically(folder / "morning.svg", picture)
    write_atomically(folder / "morning.png", png_of(picture))
    write_atomically(folder / "morning.json", _json_of(mornings, plan))


def _json_of(mornings: list[Morning], plan: Plan) -> bytes:
    data = {"plan": plan, "mornings": mornings, "picture": household_data(tuple(mornings), plan)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2)


def print_morning(one: Morning) -> None:
    """One room's morning in a few lines."""
    mark = "  [simulated]" if one.simulated else ""
    CONSOLE.print(Text(f"\n{one.room}: {one.title}, night of {one.night}{mark}"), style="bold")
    for member in one.members:
        _print_member(member)
    used = f"{one.immersion_min:g} of {one.allowance_min:g} minutes of immersion used"
    CONSOLE.print(Text(f"  {used}"), style="dim")
    for note in one.notes:
        CONSOLE.print(Padding(Text(note, style="dim"), (0, 0, 0, 2)))


def _print_member(member: MemberMorning) -> None:
    CONSOLE.print(Text(f"  {member.name}  {_times(member)}"))
    CONSOLE.print(Padding(Text(member.measured, style="dim"), (0, 0, 0, 4)))
    if member.hypnogram is not None:
        strip = Text(stage_strip(member.hypnogram), style="#e2703a")
        CONSOLE.print(Padding(strip, (0, 0, 0, 4)))
    if member.statistics:
        CONSOLE.print(_statistics(member.statistics))
    if member.agreement is not None:
        CONSOLE.print(Padding(Text(agreement_words(member)), (0, 0, 0, 4)))


def _statistics(statistics: tuple[Statistic, ...]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 4))
    for one in statistics:
        if one.name in SHOWN or one.name.lower() == "awakenings":
            value = "not measured" if one.value is None else f"{one.value:.4g} {one.unit}"
            table.add_row(one.name, value, Text(one.words, style="dim"))
    return table


def agreement_words(member: MemberMorning) -> str:
    """How the stager and the reference agree, in a sentence."""
    found = member.agreement
    if found is None or found.accuracy is None:
        return "nothing to compare"
    kappa = "undefined" if found.kappa is None else f"{found.kappa:.2f}"
    return (
        f"against {found.reference}: {found.accuracy:.0%} of {found.epochs} epochs agree on sleep "
        f"and wake, κ {kappa}"
    )


def _times(member: MemberMorning) -> str:
    plan = member.plan
    pairs = (
        ("lights out", plan.lights_out, member.lights_out_actual),
        ("up", plan.wake, member.wake_actual),
    )
    return ", ".join(f"{name} {_time(actual)} (planned {t:%H:%M})" for name, t, actual in pairs)


def _time(moment: datetime | None) -> str:
    return "not noted" if moment is None else f"{moment:%H:%M}"


# --- The times people gave -------------------------------------------------------------------


def _given(
    where: Here, date_: str | None, lights_out: list[str], up: list[str]
) -> tuple[list[Morning], Plan]:
    """A morning from nothing but what people say. Nothing is measured, and nothing pretends."""
    night = night_date(date_, where.zone)
    plan = plan_tonight(where.household, night, where.zone)
    out, risen = _said(where, lights_out), _said(where, up)
    mornings = []
    for evening in plan.rooms:
        sleepers = [m for m in plan.members if m.room == evening.room]
        told = [m for m in sleepers if m.member in out or m.member in risen]
        if not told:
            continue
        members = tuple(
            member_morning(
                one,
                Noted(
                    lights_out=_near(one.lights_out, out.get(one.member)),
                    up=_near(one.wake, risen.get(one.member)),
                ),
                Measured(),
                plan.night,
            )
            for one in told
        )
        room = next(room for room in where.household.rooms if room.id == evening.room)
        mornings.append(
            Morning(
                night=plan.night,
                night_id=f"{plan.night}-{evening.room}-0",
                household=where.household.name,
                room=room.name,
                kind=evening.kind,
                title="A night as people told it",
                simulated=False,
                source="the times people gave",
                immersion_min=0.0,
                allowance_min=0.0,
                members=members,
                moments=(),
                notes=("No sensor was there, so how anyone slept is not measured.",),
            )
        )
    return mornings, plan


def _said(where: Here, texts: list[str]) -> dict[str, tuple[int, int]]:
    known = {one.id for one in where.household.members}
    said = {}
    for text in texts:
        member, _, at = text.partition("=")
        hour, _, minute = at.partition(":")
        fits = member in known and hour.isdigit() and minute.isdigit()
        if not fits or int(hour) > 23 or int(minute) > 59:
            raise EvenfallError(
                Fault(
                    found=f"{text!r}",
                    place=Place("--lights-out or --up"),
                    expected=f"one of {', '.join(sorted(known))}, = and a time",
                    mend="write it like noor=19:45",
                )
            )
        said[member] = (int(hour), int(minute))
    return said


def _near(planned: datetime, said: tuple[int, int] | None) -> datetime | None:
    """A time of day as the moment of this night it must mean: the one nearest what was planned."""
    if said is None:
        return None
    same_day = planned.replace(hour=said[0], minute=said[1])
    around = (same_day + timedelta(days=shift) for shift in (-1, 0, 1))
    return min(around, key=lambda moment: abs(moment - planned))


def _none_yet(date_: str | None, database: Path) -> EvenfallError:
    when = f"of {date_} " if date_ else ""
    return EvenfallError(
        Fault(
            found=f"no morning {when}yet",
            place=Place(str(database)),
            expected="a night that was kept, or times people give",
            mend="run `evenfall night` first, or say --lights-out and --up",
        )
    )
