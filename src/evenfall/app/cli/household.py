"""`init` makes a household by asking six questions; `tonight` plans; `schema` prints a format."""

import re
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from evenfall.app.cli.common import CONSOLE, Here, here, home_of, night_date, print_json
from evenfall.app.cli.options import DateOption, JsonOption
from evenfall.app.home import load_zone, write_atomically
from evenfall.app.report import plan_page
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.household import read_household, write_household
from evenfall.formats.schemas import SCHEMAS, json_schema
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Commitment, Household, Member, RitualStep, Room, Weekday
from evenfall.records.plan import MemberPlan, Plan, Reason

GROWN_UP_YEARS = 18
_WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
_PERSON = re.compile(r"^(?P<name>.+?)\s+(?P<born>[0-9]{4}-[0-9]{2})$")
_AT = re.compile(r"^(?P<name>.+?)\s+(?P<at>[0-9]{1,2}:[0-9]{2})$")


def register(app: typer.Typer) -> None:
    """Add these commands."""
    app.command()(init)
    app.command()(tonight)
    app.command()(schema)


def init(
    ctx: typer.Context,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the household file that is there.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Make a household file by answering six questions.

    Everything can be changed afterwards in the file, which explains itself.

    [bold]Examples[/bold]

      evenfall init
      evenfall --home ./cabin init
    """
    home = home_of(ctx)
    file = home.household_file
    if file.exists() and not force:
        raise EvenfallError(
            Fault(
                found="a household is already here",
                place=Place(str(file)),
                expected="a home without one",
                mend="change the file by hand, or write `evenfall init --force` to replace it",
            )
        )
    household = _asked(datetime.now().astimezone().date())
    text = write_household(household)
    read_household(text, str(file))
    write_atomically(file, text)
    if json_:
        print_json({"household": household, "file": str(file)})
        return
    CONSOLE.print(f"\nWritten to {file}")
    CONSOLE.print("Next: evenfall tonight")


def _asked(today: date) -> Household:
    """The six questions. Each shows the form of its answer; an empty one takes the default."""
    name = typer.prompt("1. What is your home called?", default="Our home", err=True)
    zone = typer.prompt("2. Which time zone are you in?", default=_system_zone(), err=True)
    load_zone(zone)
    people = _people(
        typer.prompt("3. Who lives here? Name and month of birth, like Ada 2018-03, Bo 1988-11",
                     err=True)
    )  # fmt: skip
    rooms = _rooms(
        people,
        typer.prompt("4. Who shares a room? Like Ada and Eli; Bo and Cy", default="", err=True),
    )
    starts = _times(
        people,
        typer.prompt("5. Who must be somewhere on weekdays, and when? Like Ada 08:30, Bo 09:00",
                     default="", err=True),
    )  # fmt: skip
    tellers = _named(
        people,
        typer.prompt("6. Who tells the stories? Names, first choice first", default="", err=True),
    )
    return _household(name, zone, people, rooms, starts, tellers, today)


def _household(
    name: str,
    zone: str,
    people: dict[str, tuple[str, str]],
    rooms: list[list[str]],
    starts: dict[str, str],
    tellers: list[str],
    today: date,
) -> Household:
    adults = [one for one, (_, born) in people.items() if _age(born, today) >= GROWN_UP_YEARS]
    members = []
    for number, sharing in enumerate(rooms, start=1):
        for one in sharing:
            called, born = people[one]
            child = one not in adults
            members.append(
                Member(
                    id=one,
                    name=called,
                    born=born,
                    room=f"room-{number}",
                    guardians=tuple(adults) if child else (),
                    tellers=tuple(t for t in tellers if t != one) if child else (),
                    ritual=_ritual(child=child),
                    commitments=_commitments(starts.get(one)),
                )
            )
    return Household(
        household=1,
        name=name,
        zone=zone,
        rooms=tuple(
            Room(id=f"room-{n}", name=" and ".join(people[one][0] for one in sharing)[:80])
            for n, sharing in enumerate(rooms, start=1)
        ),
        members=tuple(members),
    )


def _ritual(*, child: bool) -> tuple[RitualStep, ...]:
    if not child:
        return (RitualStep(what="read", takes="20 min"),)
    return (
        RitualStep(what="wash and teeth", takes="15 min"),
        RitualStep(what="story", takes="15 min", with_teller=True),
    )


def _commitments(starts: str | None) -> tuple[Commitment, ...]:
    if starts is None:
        return ()
    return (Commitment(what="weekday", days=_WEEKDAYS, starts=starts, from_waking="1 h 15 min"),)


def _people(answer: str) -> dict[str, tuple[str, str]]:
    people: dict[str, tuple[str, str]] = {}
    for part in _parts(answer, ","):
        found = _PERSON.match(part)
        if not found:
            raise _unclear("3", part, "a name and a month of birth", "Ada 2018-03")
        people[_id(found["name"], people)] = (found["name"], found["born"])
    if not people:
        raise _unclear("3", answer, "at least one person", "Ada 2018-03, Bo 1988-11")
    return people


def _rooms(people: dict[str, tuple[str, str]], answer: str) -> list[list[str]]:
    rooms = [_named(people, part) for part in _parts(answer, ";")]
    placed = {one for room in rooms for one in room}
    return [*(room for room in rooms if room), *([one] for one in people if one not in placed)]


def _times(people: dict[str, tuple[str, str]], answer: str) -> dict[str, str]:
    times = {}
    for part in _parts(answer, ","):
        found = _AT.match(part)
        if not found:
            raise _unclear("5", part, "a name and a time", "Ada 08:30")
        (one,) = _named(people, found["name"])
        times[one] = found["at"].zfill(5)
    return times


def _named(people: dict[str, tuple[str, str]], answer: str) -> list[str]:
    by_name = {called.casefold(): one for one, (called, _) in people.items()}
    found = []
    for part in _parts(re.sub(r"\s+and\s+|\s*&\s*", ",", answer), ","):
        if part.casefold() not in by_name:
            names = ", ".join(called for called, _ in people.values())
            raise _unclear("4 to 6", part, f"one of {names}", names.split(", ", maxsplit=1)[0])
        found.append(by_name[part.casefold()])
    return found


def _parts(answer: str, separator: str) -> list[str]:
    return [part.strip() for part in answer.split(separator) if part.strip()]


def _id(name: str, taken: dict[str, tuple[str, str]]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")[:30]
    base = plain if plain and plain[0].isalpha() else f"member-{plain}".strip("-")
    one, number = base, 2
    while one in taken:
        one, number = f"{base}-{number}", number + 1
    return one


def _unclear(question: str, found: str, expected: str, example: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=f"{found!r}",
            place=Place(f"the answer to question {question}"),
            expected=expected,
            mend=f"write it like {example}; run `evenfall init` again, nothing was written",
        )
    )


def _age(born: str, today: date) -> int:
    year, month = (int(part) for part in born.split("-"))
    return today.year - year - (today.month < month)


def _system_zone() -> str:
    link = Path("/etc/localtime")
    parts = link.resolve().parts if link.exists() else ()
    if "zoneinfo" in parts:
        return "/".join(parts[parts.index("zoneinfo") + 1 :])
    return "Etc/UTC" if datetime.now().astimezone().utcoffset() else "UTC"


# --- tonight ---------------------------------------------------------------------------------


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
        typer.Option("--skip-wake", help="Tonight only: wake as on a free day.", metavar="ID"),
    ] = None,
    away: Annotated[
        list[str] | None,
        typer.Option("--away", help="Tonight only: this teller is not home.", metavar="ID"),
    ] = None,
    page: Annotated[
        Path | None,
        typer.Option("--page", help="Also write the plan as a page to this file.", metavar="FILE"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Plan tonight: wind-down, lights out and wake for everyone, and why.

    [bold]Examples[/bold]

      evenfall tonight
      evenfall tonight --date 2026-12-24 --skip-wake noor --skip-wake ilay
      evenfall tonight --wake mara=06:10 --away tomas
    """
    where = here(ctx)
    changes = _changes(where, wake or [], skip_wake or [], away or [])
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone, changes)
    if page is not None:
        write_atomically(page, plan_page(plan))
    if json_:
        print_json(plan)
        return
    print_plan(plan)


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
    if not re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", at):
        raise EvenfallError(
            Fault(
                found=f"{text!r}",
                place=Place("--wake"),
                expected="a member's id, = and a time",
                mend="write --wake noor=07:30",
            )
        )
    return member, at.zfill(5)


def print_plan(plan: Plan) -> None:
    """The plan as a table, then the reasons, each a sentence."""
    CONSOLE.print(Text(f"{plan.household}, the night of {plan.night}"), style="bold")
    table = Table(box=None)
    for heading in ("", "wind-down", "lights out", "wake"):
        table.add_column(heading, justify="left" if not heading else "right")
    for one in plan.members:
        table.add_row(Text(one.name), *(f"{t:%H:%M}" for t in _times_of(one)))
    CONSOLE.print(table)
    for one in plan.members:
        _print_reasons(one.name, one.reasons)
    for evening in plan.rooms:
        _print_reasons(f"In the {evening.room}", evening.reasons)
    for conflict in plan.conflicts:
        CONSOLE.print(Text(f"\nNot all of it fits: {conflict.text}"), style="yellow")


def _print_reasons(heading: str, reasons: tuple[Reason, ...]) -> None:
    CONSOLE.print(Text(f"\n{heading}"), style="bold")
    for reason in reasons:
        CONSOLE.print(Padding(Text(reason.text), (0, 0, 0, 2)))


def _times_of(one: MemberPlan) -> tuple[datetime, datetime, datetime]:
    return one.wind_down, one.lights_out, one.wake


def schema(
    name: Annotated[
        str, typer.Argument(help=f"Which format: {', '.join(SCHEMAS)}.", metavar="FORMAT")
    ],
) -> None:
    """Print the JSON Schema of a format, for editors and other programs.

    [bold]Examples[/bold]

      evenfall schema household
    """
    if name not in SCHEMAS:
        raise EvenfallError(
            Fault(
                found=f"{name!r} as a format",
                place=Place(),
                expected=f"one of {', '.join(SCHEMAS)}",
                mend="write evenfall schema household",
            )
        )
    print_json(json_schema(name))
