"""Running a room's night and giving its morning back: the wiring of ports to adapters."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from msgspec.structs import replace

from evenfall.adapters.clocks import SystemClock, VirtualClock
from evenfall.adapters.simulated import SimulatedNotices, SimulatedOutputs
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.allowance import reserve, settle
from evenfall.app.evening import RoomNight, told_stages
from evenfall.formats.errors import Fault, Place
from evenfall.learn.moments import immersion_min, moments, noted
from evenfall.learn.morning import Measured, Noted, member_morning
from evenfall.plan.age import is_child, sure_years
from evenfall.plan.agreement import allowance_s
from evenfall.play.fold import LogMismatchError, replay, since_restart
from evenfall.play.schedule import time_of
from evenfall.ports.night_log import LogUnavailableError
from evenfall.ports.outputs import Outputs
from evenfall.records.household import Household
from evenfall.records.insight import Morning
from evenfall.records.night import AnyEvent, LogRow, Night, Step, TimedEvent
from evenfall.records.plan import MemberPlan, Plan
from evenfall.records.programme import BEAT_S, Programme
from evenfall.records.recording import Hypnogram, NightWindow, Recording
from evenfall.runtime.drivers import run_live, run_virtual
from evenfall.runtime.night_runner import BATCH_ROWS, NightRunner
from evenfall.runtime.room import RoomKeeper
from evenfall.sense.movement import may_stage, movement
from evenfall.sense.nights import within
from evenfall.sense.stagers import stager_for

OnEvent = Callable[[NightRunner, TimedEvent], None]


@dataclass(frozen=True)
class Kept:
    """A night that was kept, and the room it was kept in."""

    runner: NightRunner
    room: RoomKeeper
    notices: SimulatedNotices


def keep_virtual(log: SqliteNightLog, ready: RoomNight, on_event: OnEvent | None = None) -> Kept:
    """Run a night fast-forwarded, on from wherever its log ends.

    Args:
        log: where it is written.
        ready: the night.
        on_event: called after each event, for a progress display.
    """
    rows = log.rows(ready.night.id)
    clock = VirtualClock(ready.night.start_utc)
    if rows:
        clock.move_to(rows[-1].wall_utc)
    outputs = SimulatedOutputs()
    kept = _keeper(log, ready, clock, outputs, BATCH_ROWS)
    kept.runner.start()
    told = None if on_event is None else lambda timed: on_event(kept.runner, timed)
    run_virtual(kept.runner, ready.events, clock, kept.room, told)
    return kept


async def keep_live(
    log: SqliteNightLog,
    ready: RoomNight,
    people: "asyncio.Queue[AnyEvent]",
    *,
    clock: SystemClock,
    outputs: Outputs,
    on_event: OnEvent | None = None,
) -> Kept:
    """Run a night in real time.

    Args:
        log: where it is written.
        ready: the night.
        people: touches, stops and words as they come.
        clock: the machine's clock, or one at another pace.
        outputs: the room's lamps and speakers.
        on_event: called after each event.
    """
    kept = _keeper(log, ready, clock, outputs, 1)
    kept.runner.start()
    told = None if on_event is None else lambda timed: on_event(kept.runner, timed)
    await run_live(kept.runner, ready.events, people, clock, kept.room, told)
    return kept


def _keeper(
    log: SqliteNightLog,
    ready: RoomNight,
    clock: VirtualClock | SystemClock,
    outputs: Outputs,
    batch_rows: int,
) -> Kept:
    room = RoomKeeper(ready.programme.limits, ready.programme.safe, outputs)
    notices = SimulatedNotices()
    runner = NightRunner(
        ready.night,
        ready.programme,
        log=log,
        room=room,
        clock=clock,
        notices=notices,
        guardians=ready.guardians,
        helpers=ready.helpers,
        sleepers=ready.sleepers,
        batch_rows=batch_rows,
    )
    return Kept(runner, room, notices)


# --- The morning -----------------------------------------------------------------------------


def give_back(log: SqliteNightLog, household: Household, ready: RoomNight, zone: tzinfo) -> Morning:
    """One room's morning, from the night's log and its recordings.

    Raises:
        LogUnavailableError: the log holds something this version cannot read.
    """
    taken = steps_of(log, ready.night, ready.programme)
    members = tuple(
        member_morning(
            plan,
            _noted(taken, i, zone, ready),
            _measured(ready, plan),
            ready.night.night,
        )
        for i, plan in enumerate(ready.sleepers)
    )
    room = next(room for room in household.rooms if room.id == ready.night.room)
    return Morning(
        night=ready.night.night,
        night_id=ready.night.id,
        household=household.name,
        room=room.name,
        kind=ready.programme.evening,
        title=ready.programme.title,
        simulated=ready.night.simulated,
        source=_source_words(ready.night),
        immersion_min=immersion_min(ready.programme, taken),
        allowance_min=allowance_s(household) / 60,
        members=members,
        moments=moments(
            ready.programme, taken, zone, {one.id: one.name for one in household.members}
        ),
        notes=ready.notes,
    )


def steps_of(
    log: SqliteNightLog, night: Night, programme: Programme
) -> tuple[tuple[LogRow, Step], ...]:
    """Every row of a night with the step it took, re-taken and checked.

    Raises:
        LogUnavailableError: the rows and this version do not agree.
    """
    rows = log.rows(night.id)
    try:
        return tuple(replay(programme, since_restart(rows)))
    except LogMismatchError as mismatch:
        raise LogUnavailableError(
            Fault(
                found=f"a night that cannot be explained: {mismatch.why}",
                place=Place(str(log.path)),
                expected="rows that this version of Evenfall wrote or can replay",
                mend="read it with the version that wrote it; nothing was changed",
            )
        ) from mismatch


def _noted(
    taken: Sequence[tuple[LogRow, Step]], sleeper: int, zone: tzinfo, ready: RoomNight
) -> Noted:
    """The times people gave. A replayed recording has nobody in the room to give any."""
    if not taken or ready.night.recording:
        return Noted()
    began = taken[0][0].wall_utc.astimezone(zone)
    planned = ready.sleepers[sleeper].wind_down.astimezone(UTC)
    with_the_room = abs(planned - began.astimezone(UTC)).total_seconds() <= BEAT_S
    simulated_people = ready.night.seed is not None
    return Noted(
        wind_down=began if with_the_room and simulated_people else None,
        lights_out=noted(taken, "lightsout", sleeper, zone),
        up=noted(taken, "up", sleeper, zone),
    )


def _measured(ready: RoomNight, plan: MemberPlan) -> Measured:
    recording = ready.recordings.get(plan.member)
    if recording is None or (recording.counts is None and recording.scorer is None):
        return Measured()
    window = ready.windows[plan.member]
    if recording.counts is None:
        return _scored(recording, window, plan)
    stager = stager_for(recording)
    if stager is None or not may_stage(sure_years(plan.age_months), stager):
        return _moved(recording, window, plan)
    return Measured(
        how=f"{recording.device}: sleep and wake told from movement by {stager.name}, "
        f"{stager.agreement}",
        hypnogram=within(told_stages(recording), window),
        reference=within(recording.scorer, window) if recording.scorer else None,
        bed_times_known=window.bed_times_known,
        simulated=recording.simulated,
    )


def _scored(recording: Recording, window: NightWindow, plan: MemberPlan) -> Measured:
    """A human scorer's stages, for a grown-up. A child is shown no stage here, whoever scored."""
    if is_child(plan.age_months):
        return Measured(
            how=f"{recording.device}: scored by a person; no stages of a child are shown here",
            bed_times_known=window.bed_times_known,
            simulated=recording.simulated,
        )
    return Measured(
        how=f"{recording.device}: a human scorer's stages, nothing estimated here",
        hypnogram=within(told_stages(recording), window),
        bed_times_known=window.bed_times_known,
        simulated=recording.simulated,
    )


def _moved(recording: Recording, window: NightWindow, plan: MemberPlan) -> Measured:
    """Still or moving: no stager here was tested on anyone of this age."""
    track = movement(recording)
    start = time_of(track.start, window.first_epoch)
    return Measured(
        how=f"{recording.device}: still or moving only, since no stager here was tested on "
        f"anyone of {plan.age_months // 12}",
        movement=replace(
            track, start=start, moving=track.moving[window.first_epoch : window.last_epoch]
        ),
        bed_times_known=window.bed_times_known,
        simulated=recording.simulated,
    )


def _source_words(night: Night) -> str:
    if night.seed is not None:
        return f"simulated sleepers, seed {night.seed}, night “{night.script}”"
    return night.source


# --- The library -----------------------------------------------------------------------------


def remember(library: SqliteLibrary, ready: RoomNight, morning: Morning | None = None) -> None:
    """Keep what a night needs to be resumed and its morning to be shown again.

    Before a night that counts its longest immersion is set aside; with its morning it is settled.
    """
    night = ready.night
    if ready.counts and morning is None:
        reserve(library, ready)
    library.put(night.id, night.night, ready.plan)
    for member, recording in ready.recordings.items():
        library.put(f"{night.id}/{member}", night.night, recording)
        library.put(f"{night.id}/{member}", night.night, ready.windows[member])
    if morning is None:
        return
    settle(library, ready, morning.immersion_min)
    library.put(night.id, night.night, morning)
    for one in morning.members:
        for insight in one.insights:
            library.put(f"{night.id}/{one.member}/{insight.about}", night.night, insight)


def next_night_id(log: SqliteNightLog, night: str, room: str) -> str:
    """The next free id of a room's night: 2026-11-20-nest-1, -2 …"""
    taken = {one.id for one in log.nights()}
    number = 1
    while f"{night}-{room}-{number}" in taken:
        number += 1
    return f"{night}-{room}-{number}"


def latest_mornings(library: SqliteLibrary, night: str | None) -> tuple[list[Morning], Plan | None]:
    """The latest morning of each room for a night (or the latest night there is), and its plan."""
    mornings = library.all(Morning)
    if not mornings:
        return [], None
    wanted = night or max(morning.night for morning in mornings)
    by_room: dict[str, Morning] = {}
    for morning in mornings:
        if morning.night == wanted:
            held = by_room.get(morning.room)
            if held is None or night_number(morning.night_id) > night_number(held.night_id):
                by_room[morning.room] = morning
    chosen = list(by_room.values())
    plan = library.get(chosen[0].night_id, Plan) if chosen else None
    return chosen, plan


def night_number(night_id: str) -> int:
    """Which night of its room and date: the last part of its id.

    Example:
        >>> night_number("2026-11-20-nest-2")
        2
    """
    return int(night_id.rsplit("-", 1)[1])


def stage_strip(hypnogram: Hypnogram) -> str:
    """A hypnogram as one line of a terminal, a character for five minutes.

    Example:
        >>> from datetime import datetime
        >>> stage_strip(Hypnogram(start=datetime(2026, 1, 1), epoch_s=30.0,
        ...                       stages=("W",) * 10 + ("S",) * 20 + (None,) * 10, source="x"))
        '▇▂▂·'
    """
    height = {"W": "▇", "R": "▆", "N1": "▅", "N2": "▃", "N3": "▁", "S": "▂", None: "·"}
    per_mark = int(300 / hypnogram.epoch_s)
    marks = []
    for first in range(0, len(hypnogram.stages), per_mark):
        part = hypnogram.stages[first : first + per_mark]
        marks.append(height[max(dict.fromkeys(part), key=part.count)])
    return "".join(marks)
