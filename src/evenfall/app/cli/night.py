"""`night` runs one: simulated, from a recording, or in real time; and goes on with one."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.allowance import has_reserved, left_for
from evenfall.app.certificates import Certificates
from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    ASIDE,
    CONSOLE,
    Here,
    InterruptedNightError,
    database_of,
    find_state,
    has_programme,
    here,
    home_of,
    household_file_of,
    kept_in,
    night_date,
    no_programme_words,
    opened,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.live import keep_in_terminal
from evenfall.app.cli.morning import print_morning, write_reports
from evenfall.app.cli.options import (
    SCRIPTS_HELP,
    AgeOption,
    DateOption,
    JsonOption,
    MemberOption,
    RoomOption,
    ScriptOption,
    SeedOption,
)
from evenfall.app.cli.progress import nights_shown
from evenfall.app.cli.recorded import from_recording
from evenfall.app.evening import (
    RoomNight,
    guest_household,
    live_night,
    recorded_night,
    simulated_night,
)
from evenfall.app.home import load_zone
from evenfall.app.keeping import Kept, give_back, keep_virtual, next_night_id, remember, steps_of
from evenfall.app.watching import kept_nights
from evenfall.app.worries import changes_at
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight
from evenfall.records.insight import Morning
from evenfall.records.night import ENDED, Night
from evenfall.records.plan import Plan, RoomEvening
from evenfall.records.recording import NightWindow, Recording

PACE_S = 3.0


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, night, more=SCRIPTS_HELP)


def night(  # one parameter an option is how the command line is declared
    ctx: typer.Context,
    from_: Annotated[
        Path | None,
        typer.Option(
            "--from",
            help="Replay a recording as the night's sensors: a watch CSV, .AWD, .agd or an EDF+ "
            "hypnogram.",
            metavar="FILE",
        ),
    ] = None,
    member: MemberOption = None,
    age: AgeOption = None,
    date_: DateOption = None,
    room: RoomOption = None,
    seed: SeedOption = 3,
    script: ScriptOption = "plain",
    live: Annotated[
        bool,
        typer.Option("--live", help="In real time, without sensors: type stop, no, touch, pause …"),
    ] = False,
    speed: Annotated[
        float,
        typer.Option(
            "--speed",
            min=0.1,
            max=600,
            help="With --live: how many times as fast.",
            metavar="TIMES",
        ),
    ] = 1.0,
    resume: Annotated[
        str | None,
        typer.Option(
            "--resume",
            help="Go on with a night that was cut off.",
            metavar="NIGHT",
            autocompletion=completing.nights,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Run a night: simulated (the default), from a recording, or live.

    A simulated night is fast-forwarded and marked simulated wherever it is shown. A recording
    is replayed as if its sensors were in the room; a scorer's stages in it are only compared,
    never used. Without a household, a recording's night is a guest's.

    [bold]Examples[/bold]

      evenfall night
      evenfall night --script two-am --seed 3
      evenfall night --from watch.csv --age 42
      evenfall night --from wrist.AWD --member mara --date 2026-03-14
      evenfall night --live --room nest
      evenfall night --live --speed 600
      evenfall night --resume 2026-11-20-nest-1
    """
    if resume is None and from_ is None:
        here(ctx)  # without a household nothing is opened, and nothing made
    database = database_of(home_of(ctx))
    if resume is not None:
        kept_in(home_of(ctx), "run `evenfall night` first")
    log, library = opened(ctx, database)
    if resume is not None:
        where, ready = _resumed(ctx, log, library, resume)
        live = _is_live(ready[0].night)
    elif from_ is not None:
        where, one = from_recording(ctx, log, library, from_, member, age, date_)
        ready = [one]
    else:
        where = here(ctx)
        plan = _plan(where, date_, room)
        ready = (
            live_in_terminal(where, log, library, plan, speed)
            if live
            else tonight_simulated(where, log, plan, seed, script)
        )
    if live:
        console = ASIDE if json_ else CONSOLE
        mornings, nights = _kept_live(where, log, library, ready[0], speed, console)
    else:
        mornings, nights = run_nights(where, log, library, ready, None if json_ else PACE_S)
    folder = write_reports(where, mornings, ready[0].plan)
    if json_:
        report = str(folder / "morning.html")
        print_json({"nights": nights, "mornings": mornings, "report": report})
        return
    for morning in mornings:
        print_morning(morning)
    say_path("\nThe whole morning:", folder / "morning.html")


def run_nights(
    where: Here,
    log: SqliteNightLog,
    library: SqliteLibrary,
    ready: list[RoomNight],
    pace_s: float | None,
) -> tuple[list[Morning], list[dict[str, object]]]:
    """Run rooms' nights fast-forwarded, with a live display where someone looks.

    A night that is over already is not run again, only given back. What it takes to go on with
    one is kept when it begins, and not before: its id is only its own from then on.

    Args:
        where: the home.
        log: where they are written.
        library: where their plans, recordings and mornings are kept.
        ready: the nights.
        pace_s: how long one takes on the screen; None shows nothing.

    Returns:
        Each room's morning, and each night in a few fields for --json.

    Raises:
        InterruptedNightError: someone pressed Ctrl-C; it says how to go on.
    """
    mornings, nights = [], []
    with nights_shown(pace_s) as shown:
        for number, one in enumerate(ready):
            try:
                if _is_over(log, one):
                    nights.append(_summary_again(log, one))
                else:
                    remember(library, one)
                    nights.append(summary(keep_virtual(log, one, shown(one))))
                mornings.append(_given_back(where, log, library, one))
            except KeyboardInterrupt:
                raise _interrupted(where, one, ready[number + 1 :]) from None
    return mornings, nights


def _given_back(
    where: Here, log: SqliteNightLog, library: SqliteLibrary, ready: RoomNight
) -> Morning:
    morning = give_back(log, where.household, ready, where.zone)
    remember(library, ready, morning)
    return morning


def summary(kept: Kept) -> dict[str, object]:
    """A night in a few fields, for --json."""
    runner = kept.runner
    return {
        "night": runner.night.id,
        "programme": runner.programme.id,
        "beats": runner.beat + 1,
        "rows": runner.rows_written,
        "scene": runner.programme.scenes[runner.state.scene].id,
        "state": msgspec.to_builtins(runner.state),
        "simulated": runner.night.simulated,
        "notices": [text for _, text in kept.notices.told],
    }


def _summary_again(log: SqliteNightLog, ready: RoomNight) -> dict[str, object]:
    """The same of a night that was over before; what was told to anyone then is not kept."""
    row, step = steps_of(log, ready.night, ready.programme)[-1]
    return {
        "night": ready.night.id,
        "programme": ready.programme.id,
        "beats": row.beat + 1,
        "rows": row.seq + 1,
        "scene": ready.programme.scenes[step.state.scene].id,
        "state": msgspec.to_builtins(step.state),
        "simulated": ready.night.simulated,
        "notices": None,
    }


def tonight_simulated(
    where: Here, log: SqliteNightLog, plan: Plan, seed: int, script: str
) -> list[RoomNight]:
    """The simulated night of every room in which anything runs."""
    return [
        simulated_night(
            where.home,
            where.household,
            plan,
            evening,
            zone=where.zone,
            seed=seed,
            script=script,
            night_id=next_night_id(log, plan.night, evening.room),
        )
        for evening in plan.rooms
        if has_programme(evening)
    ]


# --- Tonight ---------------------------------------------------------------------------------


def _plan(where: Here, date_: str | None, room: str | None) -> Plan:
    """Tonight, with the rooms in which something runs; the others are named on the way."""
    changes = changes_at(where.home, where.household)
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone, changes)
    plan = msgspec.structs.replace(plan, rooms=_wanted(plan, room))
    idle = [evening for evening in plan.rooms if not has_programme(evening)]
    if len(idle) == len(plan.rooms):
        raise EvenfallError(
            Fault(
                found=" ".join(dict.fromkeys(no_programme_words(one) for one in idle)),
                place=Place(str(where.household_file)),
                expected="a told or immersive evening in at least one room",
                mend="the times are in `evenfall tonight`, and `evenfall morning "
                "--lights-out ID=TIME --up ID=TIME` keeps what they were",
            )
        )
    for one in idle:
        say(f"Nothing runs in the room {one.room}. {no_programme_words(one)}", console=ASIDE)
    return plan


def _wanted(plan: Plan, room: str | None) -> tuple[RoomEvening, ...]:
    if room is None:
        return plan.rooms
    wanted = tuple(evening for evening in plan.rooms if evening.room == room)
    if not wanted:
        raise EvenfallError(
            Fault(
                found=f"nobody sleeps in a room called {room!r}",
                place=Place("--room"),
                expected=f"one of {', '.join(evening.room for evening in plan.rooms)}",
                mend=f"write --room {plan.rooms[0].room}",
            )
        )
    return wanted


def live_in_terminal(
    where: Here, log: SqliteNightLog, library: SqliteLibrary, plan: Plan, speed: float
) -> list[RoomNight]:
    """A terminal keeps one room at a time: the first in which anything runs.

    At another pace than the clock's it is only tried out, and takes nothing from the allowance.
    """
    evening, *others = (one for one in plan.rooms if has_programme(one))
    if others:
        rooms = ", ".join(one.room for one in others)
        say(f"Live in the room {evening.room}; --room takes another: {rooms}.", console=ASIDE)
    night_id = next_night_id(log, plan.night, evening.room)
    left = left_for(library, log, where.household, plan.night, night_id)
    return [
        live_night(
            where.home,
            where.household,
            plan,
            evening,
            zone=where.zone,
            night_id=night_id,
            left=left if speed == 1.0 else None,
            certificates=Certificates(library, lambda: datetime.now(UTC)) if speed == 1.0 else None,
        )
    ]


def _kept_live(
    where: Here,
    log: SqliteNightLog,
    library: SqliteLibrary,
    ready: RoomNight,
    speed: float,
    console: Console,
) -> tuple[list[Morning], list[dict[str, object]]]:
    if _is_over(log, ready):
        return [_given_back(where, log, library, ready)], [_summary_again(log, ready)]
    remember(library, ready)
    try:
        kept = asyncio.run(keep_in_terminal(log, ready, speed, console))
    except KeyboardInterrupt:
        raise _interrupted(where, ready, []) from None
    return [_given_back(where, log, library, ready)], [summary(kept)]


def _interrupted(where: Here, cut_off: RoomNight, waiting: list[RoomNight]) -> EvenfallError:
    first = where.said.again(f"night --resume {cut_off.night.id}")
    others = [where.said.again(_afresh(one.night)) for one in waiting]
    return InterruptedNightError(
        Fault(
            found=f"the night {cut_off.night.id} was cut off",
            place=Place(),
            expected="what was written is kept",
            mend="go on with " + ", then ".join(f"`{one}`" for one in (first, *others)),
        )
    )


def _afresh(night: Night) -> str:
    """The command for a simulated night that was not begun yet."""
    return (
        f"night --room {night.room} --date {night.night} --script {night.script} "
        f"--seed {night.seed}"
    )


# --- Taking up again -------------------------------------------------------------------------


def _resumed(
    ctx: typer.Context, log: SqliteNightLog, library: SqliteLibrary, night_id: str
) -> tuple[Here, list[RoomNight]]:
    """A night made ready again from what was kept of it."""
    kept = {one.id: one for one in log.nights()}
    night = kept.get(night_id)
    plan = library.get(night_id, Plan) if night else None
    if night is None or plan is None:
        nights = ", ".join([*kept][-5:]) or "none yet"
        raise EvenfallError(
            Fault(
                found=f"no night called {night_id!r}",
                place=Place(str(log.path)),
                expected=f"one of the nights kept here, such as the latest: {nights}",
                mend="write --resume and one of those",
            )
        )
    where = _guests(ctx, plan) if _is_guests(night) else here(ctx)
    ready = _ready_again(where, log, library, night, plan)
    programme = log.programme(night.programme_hash)
    if programme is None or not log.rows(night_id):
        return where, [ready]
    then = replace(ready, night=night, programme=programme)
    return where, [then if _is_over(log, then) else ready]


def _is_guests(night: Night) -> bool:
    return night.sleepers == ("guest",) and night.room == "guest-room"


def _guests(ctx: typer.Context, plan: Plan) -> Here:
    """The home of one that a guest's recording was replayed in."""
    age_years = plan.members[0].age_months // 12
    guest = guest_household(age_years, date.fromisoformat(plan.night), plan.zone)
    zone = load_zone(plan.zone)
    return Here(home_of(ctx), guest, zone, household_file_of(ctx), find_state(ctx))


def _is_live(night: Night) -> bool:
    return night.seed is None and night.recording is None


def _is_over(log: SqliteNightLog, ready: RoomNight) -> bool:
    """True where the log holds the night to its end, so that nothing is left to run."""
    rows = log.rows(ready.night.id)
    if not rows:
        return False
    if rows[-1].kind in ("beat", "beatsmissed") and rows[-1].beat >= ready.events[-1].beat:
        return True
    try:
        return steps_of(log, ready.night, ready.programme)[-1][1].state.mode == ENDED
    except EvenfallError:
        return False  # it cannot be replayed, so the runner takes it up anew and says so


def _ready_again(
    where: Here, log: SqliteNightLog, library: SqliteLibrary, night: Night, plan: Plan
) -> RoomNight:
    """The same night as when it was begun: same plan, same seed or recording, same events."""
    evening = _evening_of(where, night, plan)
    if night.seed is not None:
        return simulated_night(
            where.home,
            where.household,
            plan,
            evening,
            zone=where.zone,
            seed=night.seed or 0,
            script=night.script or "plain",
            night_id=night.id,
        )
    for member in night.sleepers if night.recording else ():
        recording = library.get(f"{night.id}/{member}", Recording)
        window = library.get(f"{night.id}/{member}", NightWindow)
        if recording is not None and window is not None:
            return recorded_night(
                where.home,
                where.household,
                plan,
                evening,
                zone=where.zone,
                recording=recording,
                window=window,
                member=member,
                night_id=night.id,
                earlier=kept_nights(log, library, member, night.night),
            )
    left = left_for(library, log, where.household, night.night, night.id)
    return live_night(
        where.home,
        where.household,
        plan,
        evening,
        zone=where.zone,
        night_id=night.id,
        left=left if has_reserved(library, night.id) else None,
    )


def _evening_of(where: Here, night: Night, plan: Plan) -> RoomEvening:
    """The night's room as it was planned; the household must still have it."""
    rooms = {room.id for room in where.household.rooms}
    if night.room not in rooms:
        raise EvenfallError(
            Fault(
                found=f"a night of the room {night.room!r}, which is no longer in the household",
                place=Place(str(where.household_file)),
                expected=f"one of {', '.join(sorted(rooms))}",
                mend="put the room back into the household file to go on with its night",
            )
        )
    return next(one for one in plan.rooms if one.room == night.room)
