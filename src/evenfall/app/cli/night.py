"""`night` runs one: simulated, from a recording, or in real time."""

import asyncio
from datetime import date
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.text import Text

from evenfall.adapters.importers import read_recording
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import (
    CONSOLE,
    Here,
    find_state,
    here,
    home_of,
    night_date,
    print_json,
)
from evenfall.app.cli.live import keep_in_terminal
from evenfall.app.cli.morning import print_morning, write_reports
from evenfall.app.cli.options import AgeOption, DateOption, JsonOption, MemberOption
from evenfall.app.cli.progress import nights_shown
from evenfall.app.evening import (
    RoomNight,
    guest_household,
    live_night,
    member_of,
    recorded_night,
    recorded_nights,
    simulated_night,
)
from evenfall.app.home import load_zone
from evenfall.app.keeping import Kept, give_back, keep_virtual, next_night_id, remember
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight
from evenfall.records.insight import Morning
from evenfall.records.night import Night
from evenfall.records.plan import Plan, RoomEvening
from evenfall.records.recording import NightWindow, Recording
from evenfall.rehearse.household import PRESETS

GUEST_AGE_YEARS = 35
PACE_S = 3.0


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(night)


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
    room: Annotated[
        str | None, typer.Option("--room", help="Only this room.", metavar="ID")
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Chance for a simulated night; the same gives the same.")
    ] = 3,
    script: Annotated[
        str,
        typer.Option("--script", help=f"What a simulated night rehearses: {', '.join(PRESETS)}."),
    ] = "plain",
    live: Annotated[
        bool,
        typer.Option("--live", help="In real time, without sensors: type stop, no, touch, pause …"),
    ] = False,
    speed: Annotated[
        float,
        typer.Option("--speed", min=0.1, max=3600, help="With --live: how many times as fast."),
    ] = 1.0,
    resume: Annotated[
        str | None,
        typer.Option("--resume", help="Go on with a night that was cut off.", metavar="NIGHT"),
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
      evenfall night --resume 2026-11-20-nest-1
    """
    home = home_of(ctx)
    log, library = SqliteNightLog(home.database), SqliteLibrary(home.database)
    if resume is not None:
        where = here(ctx)
        ready = [_resumed(where, log, library, resume)]
    elif from_ is not None:
        where, ready = _from_recording(ctx, log, from_, member, age, date_)
    else:
        where = here(ctx)
        ready = _tonight(where, log, date_, room, seed, script, live=live)
    for one in ready:
        remember(library, one)
    if live:
        mornings, kept = _kept_live(where, log, ready, speed)
    else:
        mornings, kept = run_nights(where, log, ready, PACE_S)
    for one, morning in zip(ready, mornings, strict=True):
        remember(library, one, morning)
    folder = write_reports(where, mornings, ready[0].plan)
    if json_:
        print_json({"nights": [summary(one) for one in kept], "mornings": mornings,
                    "report": str(folder / "morning.html")})  # fmt: skip
        return
    for morning in mornings:
        print_morning(morning)
    CONSOLE.print(Text(f"\nThe whole morning: {folder / 'morning.html'}"))


def run_nights(
    where: Here, log: SqliteNightLog, ready: list[RoomNight], pace_s: float
) -> tuple[list[Morning], list[Kept]]:
    """Run rooms' nights fast-forwarded, with a live display where someone looks."""
    mornings, kept = [], []
    with nights_shown(pace_s) as shown:
        for one in ready:
            kept.append(keep_virtual(log, one, shown(one)))
            mornings.append(give_back(log, where.household, one, where.zone))
    return mornings, kept


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


def tonight_simulated(
    where: Here, log: SqliteNightLog, plan: Plan, seed: int, script: str
) -> list[RoomNight]:
    """Every room's simulated night."""
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
        if evening.kind != "unplugged"
    ]


def _tonight(
    where: Here,
    log: SqliteNightLog,
    date_: str | None,
    room: str | None,
    seed: int,
    script: str,
    *,
    live: bool,
) -> list[RoomNight]:
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone)
    plan = msgspec.structs.replace(plan, rooms=_wanted(plan, room))
    if not live:
        ready = tonight_simulated(where, log, plan, seed, script)
    else:
        evening = plan.rooms[0]
        night_id = next_night_id(log, plan.night, evening.room)
        ready = [
            live_night(
                where.home, where.household, plan, evening, zone=where.zone, night_id=night_id
            )
        ]
    if not ready:
        raise EvenfallError(
            Fault(
                found="an unplugged evening: paper only, and nothing for a machine to do",
                place=Place(str(where.household_file)),
                expected="a told or immersive evening in at least one room",
                mend="enjoy it; or change evening: in the household file",
            )
        )
    return ready


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


# --- From a recording ------------------------------------------------------------------------


def _from_recording(
    ctx: typer.Context,
    log: SqliteNightLog,
    file: Path,
    member: str | None,
    age: int | None,
    date_: str | None,
) -> tuple[Here, list[RoomNight]]:
    recording = read_recording(file)
    windows = recorded_nights(recording)
    if not windows:
        raise EvenfallError(
            Fault(
                found="no night: nothing in it looks like sleep of three hours or more",
                place=Place(str(file)),
                expected="a recording of at least one night",
                mend="see `evenfall import` for what the file holds",
            )
        )
    window = _window(windows, date_, file)
    if not recording.start_is_known:
        tonight = night_date(date_, load_zone("UTC"))
        window = msgspec.structs.replace(window, night=tonight.isoformat())
    night = date.fromisoformat(window.night)
    where = _whose(ctx, night, age, member)
    whose = member_of(where.household, member if age is None else None)
    plan = plan_tonight(where.household, night, where.zone)
    evening = next(one for one in plan.rooms if whose.id in one.sleepers)
    ready = recorded_night(
        where.home,
        where.household,
        plan,
        evening,
        zone=where.zone,
        recording=recording,
        window=window,
        member=whose.id,
        night_id=next_night_id(log, plan.night, evening.room),
    )
    return where, [ready]


def _whose(ctx: typer.Context, night: date, age: int | None, member: str | None) -> Here:
    """The household, or a guest's where there is none or an age was given."""
    home = home_of(ctx)
    known = find_state(ctx).household_file or home.household_file
    if age is None and (known.exists() or member is not None):
        return here(ctx)
    if age is None and not ctx.params.get("json_"):
        CONSOLE.print(
            f"No household here, so this night is a guest's, {GUEST_AGE_YEARS} years old: an "
            "assumption; --age says otherwise.",
            style="dim",
        )
    guest = guest_household(GUEST_AGE_YEARS if age is None else age, night, "UTC")
    return Here(home, guest, load_zone(guest.zone), known)


def _window(windows: tuple[NightWindow, ...], date_: str | None, file: Path) -> NightWindow:
    """The night asked for, else the first; a recording without dates has only one."""
    if date_ is None or len(windows) == 1:
        return windows[0]
    for window in windows:
        if window.night == date_:
            return window
    raise EvenfallError(
        Fault(
            found=f"no night of {date_} in this recording",
            place=Place(str(file)),
            expected=f"one of {', '.join(window.night for window in windows)}",
            mend=f"write --date {windows[0].night}",
        )
    )


# --- Taking up again, and real time ----------------------------------------------------------


def _resumed(where: Here, log: SqliteNightLog, library: SqliteLibrary, night_id: str) -> RoomNight:
    """A night made ready again from what was kept of it."""
    night = log.night(night_id)
    plan = library.get(night_id, Plan)
    if night is None or plan is None:
        nights = ", ".join(one.id for one in log.nights()[-5:]) or "none yet"
        raise EvenfallError(
            Fault(
                found=f"no night called {night_id!r}",
                place=Place(str(log.path)),
                expected=f"one of the nights kept here: {nights}",
                mend="write --resume and one of those",
            )
        )
    return ready_again(where, library, night, plan)


def ready_again(where: Here, library: SqliteLibrary, night: Night, plan: Plan) -> RoomNight:
    """The same night as when it was begun: same plan, same seed or recording, same events."""
    evening = next(one for one in plan.rooms if one.room == night.room)
    if night.simulated:
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
    for member in night.sleepers:
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
            )
    return live_night(
        where.home, where.household, plan, evening, zone=where.zone, night_id=night.id
    )


def _kept_live(
    where: Here, log: SqliteNightLog, ready: list[RoomNight], speed: float
) -> tuple[list[Morning], list[Kept]]:
    kept = asyncio.run(keep_in_terminal(log, ready[0], speed))
    return [give_back(log, where.household, ready[0], where.zone)], [kept]
