"""`morning` gives the night back: a few lines here, the whole of it as page, picture and data."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, get_args

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    CONSOLE,
    Here,
    a_date,
    database_of,
    here,
    home_of,
    kept_in,
    night_date,
    opened,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.cli.worry import tell_worries
from evenfall.app.home import PRIVATE, write_atomically
from evenfall.app.keeping import latest_mornings, stage_strip
from evenfall.app.report import household_data, household_svg, morning_page, png_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.morning import Measured, Noted, member_morning
from evenfall.plan.agreement import allowance_s
from evenfall.plan.tonight import plan_tonight
from evenfall.records.insight import MemberMorning, Morning, Statistic
from evenfall.records.plan import MemberPlan, Plan, RoomEvening
from evenfall.records.worry import Sign

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
TOLD_MOMENTS = ("a no", "someone stopped", "a touch in the night", "a guardian", "the hub had")
"""Moments told in the terminal; the page has them all."""

SHOWN = ("TIB", "SOL", "WASO", "TST", "SE", "awakenings")


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, morning)


def morning(
    ctx: typer.Context,
    date_: Annotated[
        str | None,
        typer.Option(
            "--date",
            help="The night's date, that of the noon before it. Else the latest kept; with "
            "--lights-out or --up, tonight.",
            metavar="DATE",
        ),
    ] = None,
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
    worry: Annotated[
        list[str] | None,
        typer.Option(
            "--worry",
            help="Something you saw that is a doctor's business, like noor=snoring-most-nights: "
            "it says what to do, and dreamscapes rest until then. One of "
            + ", ".join(get_args(Sign))
            + ".",
            metavar="ID=SIGN",
        ),
    ] = None,
    doctor_seen: Annotated[
        list[str] | None,
        typer.Option(
            "--doctor-seen",
            help="You have talked to a doctor about what worried you; evenings are as planned.",
            metavar="ID",
            autocompletion=completing.members,
        ),
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
      evenfall morning --worry noor=snoring-most-nights
      evenfall morning --doctor-seen noor
    """
    if worry or doctor_seen:
        tell_worries(ctx, worry or [], doctor_seen or [], json_)
        return
    home = home_of(ctx)
    wanted = None if date_ is None else a_date(date_).isoformat()
    if lights_out or up:
        where = here(ctx)
        _, library = opened(ctx, database_of(where.home))
        mornings, plan = _given(where, library, wanted, lights_out or [], up or [])
    else:
        mend = "run `evenfall night` first, or give times with --lights-out and --up"
        _, library = opened(ctx, kept_in(home, mend))
        mornings, found = latest_mornings(library, wanted)
        if not mornings or found is None:
            raise _none_yet(wanted, home.database)
        plan = found
    folder = to or home.report_folder(mornings[0].night)
    write_report_files(folder, mornings, plan)
    if json_:
        print_json({"mornings": mornings, "report": str(folder / "morning.html")})
        return
    for one in mornings:
        print_morning(one)
    say_path("\nThe whole morning:", folder / "morning.html")


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
    write_atomically(folder / "morning.html", morning_page(tuple(mornings), plan), PRIVATE)
    write_atomically(folder / "morning.svg", picture, PRIVATE)
    write_atomically(folder / "morning.png", png_of(picture), PRIVATE)
    write_atomically(folder / "morning.json", _json_of(mornings, plan), PRIVATE)


def _json_of(mornings: list[Morning], plan: Plan) -> bytes:
    data = {"plan": plan, "mornings": mornings, "picture": household_data(tuple(mornings), plan)}
    return msgspec.json.format(msgspec.json.encode(data), indent=2)


def print_morning(one: Morning) -> None:
    """One room's morning in a few lines."""
    mark = "  [simulated]" if one.simulated else ""
    say(f"\n{one.room}: {one.title}, night of {one.night}{mark}", style="bold")
    for member in one.members:
        _print_member(member)
    for moment in one.moments:
        if moment.what.startswith(TOLD_MOMENTS):
            say(f"{moment.at:%H:%M}  {moment.what}", indent=2, hang=9)
    used = f"{one.immersion_min:g} of {one.allowance_min:g} minutes of immersion used"
    say(used, indent=2, style="dim")
    for note in one.notes:
        say(note, indent=2, style="dim")


def _print_member(member: MemberMorning) -> None:
    say(f"{member.name}  {_times(member)}", indent=2, hang=6)
    say(member.measured, indent=4, hang=4, style="dim")
    if member.hypnogram is not None:
        say(stage_strip(member.hypnogram), indent=4, hang=4, style="#e2703a")
    if member.statistics:
        CONSOLE.print(_statistics(member.statistics))
    if member.agreement is not None:
        say(agreement_words(member), indent=4, hang=4)


def _statistics(statistics: tuple[Statistic, ...]) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 1, 0, 4))
    for one in statistics:
        if one.name in SHOWN or one.name.lower() == "awakenings":
            table.add_row(one.name, _value(one), Text(one.words, style="dim"))
    return table


def _value(one: Statistic) -> str:
    if one.value is None:
        return "not measured"
    number = f"{one.value:.1f}".removesuffix(".0")
    return number if one.unit == "count" else f"{number} {one.unit}"


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
    where: Here, library: SqliteLibrary, date_: str | None, lights_out: list[str], up: list[str]
) -> tuple[list[Morning], Plan]:
    """A morning from nothing but what people say. Nothing is measured, and nothing pretends.

    What was said before about the same night is kept where nothing newer is said.
    """
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone)
    out, risen = _said(where, "--lights-out", lights_out), _said(where, "--up", up)
    mornings = []
    for evening in plan.rooms:
        night_id = f"{plan.night}-{evening.room}-0"
        before = _said_before(library.get(night_id, Morning))
        sleepers = [one for one in plan.members if one.room == evening.room]
        noted = {one.member: _noted(one, out, risen, before) for one in sleepers}
        if not any(one.member in out or one.member in risen for one in sleepers):
            continue
        told = [one for one in sleepers if noted[one.member] != Noted()]
        members = tuple(
            member_morning(one, noted[one.member], Measured(), plan.night) for one in told
        )
        morning_ = _told_morning(where, plan, evening, night_id, members)
        library.put(night_id, plan.night, morning_)
        library.put(night_id, plan.night, plan)
        mornings.append(morning_)
    return mornings, plan


def _told_morning(
    where: Here,
    plan: Plan,
    evening: RoomEvening,
    night_id: str,
    members: tuple[MemberMorning, ...],
) -> Morning:
    room = next(room for room in where.household.rooms if room.id == evening.room)
    return Morning(
        night=plan.night,
        night_id=night_id,
        household=where.household.name,
        room=room.name,
        kind=evening.kind,
        title="A night as people told it",
        simulated=False,
        source="the times people gave",
        immersion_min=0.0,  # nothing ran, so this is known and not merely missing
        allowance_min=allowance_s(where.household) / 60,
        members=members,
        moments=(),
        notes=("No sensor was there, so how anyone slept is not measured.",),
    )


def _said_before(kept: Morning | None) -> dict[str, MemberMorning]:
    return {} if kept is None else {one.member: one for one in kept.members}


def _noted(
    plan: MemberPlan,
    out: dict[str, tuple[int, int]],
    risen: dict[str, tuple[int, int]],
    before: dict[str, MemberMorning],
) -> Noted:
    """The times given for one person, now or before."""
    kept = before.get(plan.member)
    lights_out = _near(plan.lights_out, out.get(plan.member))
    up = _near(plan.wake, risen.get(plan.member))
    return Noted(
        lights_out=lights_out or (kept.lights_out_actual if kept else None),
        up=up or (kept.wake_actual if kept else None),
    )


def _said(where: Here, option: str, texts: list[str]) -> dict[str, tuple[int, int]]:
    known = [one.id for one in where.household.members]
    said = {}
    for text in texts:
        member, _, at = text.partition("=")
        time = _TIME.fullmatch(at)
        if member not in known or not time:
            raise EvenfallError(
                Fault(
                    found=f"{text!r}",
                    place=Place(option),
                    expected=f"one of {', '.join(known)}, then = and a time",
                    mend=f"write it like {option} {known[0]}=07:05",
                )
            )
        said[member] = (int(time[1]), int(time[2]))
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
