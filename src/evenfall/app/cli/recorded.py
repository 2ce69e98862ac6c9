"""A recording made ready as a night: which of its nights, whose, and in which home."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import typer

from evenfall.adapters.importers import read_recording
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import (
    ASIDE,
    Here,
    a_date,
    find_state,
    has_household,
    has_programme,
    here,
    home_of,
    household_file_of,
    night_date,
    no_programme_words,
    say,
)
from evenfall.app.evening import (
    RoomNight,
    guest_household,
    member_of,
    recorded_night,
    recorded_nights,
)
from evenfall.app.home import load_zone
from evenfall.app.keeping import next_night_id
from evenfall.app.watching import kept_nights
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household, Member
from evenfall.records.plan import RoomEvening
from evenfall.records.recording import NightWindow, Recording

GUEST = "guest"
GUEST_AGE_YEARS = 35
"""A guest's age where nobody says it: this project's own choice, and said so."""


def from_recording(
    ctx: typer.Context,
    log: SqliteNightLog,
    library: SqliteLibrary,
    file: Path,
    member: str | None,
    age: int | None,
    date_: str | None,
) -> tuple[Here, RoomNight]:
    """The home that is meant and a recording's night in it, ready to run.

    Args:
        ctx: for the home and household that were named.
        log: for the next free id.
        library: for the same person's earlier nights.
        file: the recording.
        member: whose night it was, by id.
        age: the age of someone who does not live here.
        date_: which of its nights; for a recording without dates, the night it is put on.

    Raises:
        EvenfallError: there is no such night in it, or nothing may run for whose it was.
    """
    if age is not None and member is not None:
        raise _both(member)
    recording = read_recording(file)
    window = _window(recording, date_, file)
    night = date.fromisoformat(window.night)
    where = _whose(ctx, night, age, member)
    whose = member_of(where.household, member if age is None else None)
    household, notes = _as_it_was(where.household, whose, night)
    plan = plan_tonight(household, night, where.zone)
    evening = next(one for one in plan.rooms if whose.id in one.sleepers)
    if not has_programme(evening):
        raise _nothing_runs(evening, whose, file)
    ready = recorded_night(
        where.home,
        household,
        plan,
        evening,
        zone=where.zone,
        recording=recording,
        window=window,
        member=whose.id,
        night_id=next_night_id(log, plan.night, evening.room),
        earlier=kept_nights(log, library, whose.id, plan.night),
    )
    return where, replace(ready, notes=(*ready.notes, *notes))


# --- Which night -----------------------------------------------------------------------------


def _window(recording: Recording, date_: str | None, file: Path) -> NightWindow:
    """The night asked for, else the first; a recording without dates is put on tonight."""
    windows = recorded_nights(recording)
    if not windows:
        raise EvenfallError(
            Fault(
                found="no night: nothing in it looks like sleep of three hours or more",
                place=Place(str(file)),
                expected="a recording of at least one night",
                mend=f"see what it holds with `evenfall import {file}`",
            )
        )
    if not recording.start_is_known:
        night = night_date(date_, load_zone("UTC"))
        return msgspec.structs.replace(windows[0], night=night.isoformat())
    wanted = windows[0].night if date_ is None else a_date(date_).isoformat()
    for window in windows:
        if window.night == wanted:
            return window
    held = windows[0].night if len(windows) == 1 else f"one of {_listed(windows)}"
    raise EvenfallError(
        Fault(
            found=f"no night of {wanted} in this recording",
            place=Place(str(file)),
            expected=held,
            mend=f"write --date {windows[0].night}",
        )
    )


def _listed(windows: tuple[NightWindow, ...]) -> str:
    return ", ".join(window.night for window in windows)


# --- Whose -----------------------------------------------------------------------------------


def _whose(ctx: typer.Context, night: date, age: int | None, member: str | None) -> Here:
    """The household, or a guest's where there is none or an age was given."""
    if age is None and (member is not None or has_household(ctx)):
        return here(ctx)
    if age is None:
        say(
            f"No household here, so this night is a guest's, {GUEST_AGE_YEARS} years old: an "
            "assumption; --age says otherwise.",
            style="dim",
            console=ASIDE,
        )
    guest = guest_household(GUEST_AGE_YEARS if age is None else age, night, "UTC")
    zone = load_zone(guest.zone)
    return Here(home_of(ctx), guest, zone, household_file_of(ctx), find_state(ctx))


def _as_it_was(
    household: Household, whose: Member, night: date
) -> tuple[Household, tuple[str, ...]]:
    """The household without whoever was not born yet on the night of the recording."""
    month = f"{night:%Y-%m}".zfill(7)
    if whose.born > month:
        raise EvenfallError(
            Fault(
                found=f"a recording of the night of {night}, before {whose.name} was born "
                f"({whose.born})",
                place=Place("--from"),
                expected="a recording of someone who lives here",
                mend="write --member and whose it was, or --age 35 for a guest of that age",
            )
        )
    members = tuple(one for one in household.members if one.born <= month)
    later = [one.name for one in household.members if one.born > month]
    known = {one.id for one in members}
    as_it_was = tuple(
        msgspec.structs.replace(
            one,
            guardians=tuple(other for other in one.guardians if other in known),
            tellers=tuple(other for other in one.tellers if other in known),
        )
        for one in members
    )
    notes = (f"Not born yet on that night: {', '.join(later)}.",) if later else ()
    return msgspec.structs.replace(household, members=as_it_was), notes


def _both(member: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=f"both --member {member} and --age",
            place=Place("--age"),
            expected="one of them: --age is for someone who does not live here",
            mend="leave one of them out",
        )
    )


def _nothing_runs(evening: RoomEvening, whose: Member, file: Path) -> EvenfallError:
    why = no_programme_words(evening)
    lives_here = whose.id != GUEST
    times = f"`evenfall morning --lights-out {whose.id}=19:45 --up {whose.id}=06:50`"
    return EvenfallError(
        Fault(
            found=f"nothing to replay {whose.name}'s night with. {why}",
            place=Place("--from"),
            expected="someone in whose room an evening is told or immersive",
            mend=f"see what was recorded with `evenfall import {file}`"
            + (f"; or keep the times with {times}" if lives_here else ""),
        )
    )
