"""A room's night, made ready to run: the plan, the programme, and everything that will happen.

Where the sleepers are simulated, or a recording stands in for them, all of it takes the same way
as the real thing: counts go through the stager, and the kernel sees only what the stager says.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from evenfall.app.allowance import Left
from evenfall.app.certificates import Certificates, plainly_safe
from evenfall.app.home import TOLD, Home, load_score
from evenfall.app.watching import Slept, simulated_before, suspicions, usual_before
from evenfall.compose.compile import ScoreError, compile_score
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.quantity import light_lx_medi
from evenfall.plan.age import sure_years
from evenfall.plan.agreement import allowance_s
from evenfall.play.fold import programme_hash
from evenfall.play.schedule import DAWN_S, beat_at, beats, in_order, planned_events, time_of
from evenfall.records.household import Household, Member, Room
from evenfall.records.night import Night, TimedEvent, Up
from evenfall.records.plan import MemberPlan, Plan, RoomEvening
from evenfall.records.programme import BEAT_S, Programme
from evenfall.records.recording import Hypnogram, NightWindow, Recording
from evenfall.rehearse.household import Timetable, scripted_night
from evenfall.rehearse.recordings import simulated_recording
from evenfall.rehearse.sleeper import typical
from evenfall.runtime.ready import RoomNight as RoomNight
from evenfall.safety.limits import limits_for, strictest
from evenfall.sense.distress import night_felt
from evenfall.sense.live import stage_codes
from evenfall.sense.nights import nights
from evenfall.sense.stagers import stage

AFTER_WAKE_S = 45 * 60
"""A night is kept this long after the last planned wake, so that the dawn can end."""


NO_SENSOR = "no sensor"
REHEARSAL = "a rehearsal at a made-up hour"


def room_programme(
    home: Home,
    household: Household,
    plan: Plan,
    evening: RoomEvening,
    left: Left | None = None,
    certificates: Certificates | None = None,
) -> tuple[Programme, tuple[str, ...]]:
    """The programme for a room's evening; where the chosen one may not run, a told one.

    Args:
        home: where the family's own scores are.
        household: for the room's night light and the allowance.
        plan: for the sleepers' ages.
        evening: what was planned.
        left: what is left of tonight's allowance; all of it where nothing is counted.
        certificates: who says what is proven; None where nobody sleeps by it.

    Returns:
        The programme and, where it is another than the chosen one, why.

    Raises:
        ScoreError: not even the told one may run here.
    """
    programme, notes = _agreed_programme(home, household, plan, evening, left)
    if certificates is None:
        return programme, notes
    room = next(room for room in household.rooms if room.id == evening.room)
    ages = [sure_years(m.age_months) for m in plan.members if m.room == evening.room]
    why = certificates.why_not(programme, ages, room.outputs)
    if not why:
        return programme, notes
    told = _compiled(home, TOLD, room, ages)
    if not plainly_safe(told, ages):
        raise EvenfallError(_nothing_may_run(evening.room, why))
    return told, (*notes, f"{why.rstrip('.')}. The evening is told.")


def _nothing_may_run(room: str, why: str) -> Fault:
    return Fault(
        found=f"nothing may run in {room} tonight: {why}",
        place=Place(),
        expected="at least the told evening, proven safe for this room",
        mend="let the evening be unplugged, and run `evenfall doctor`",
    )


def _agreed_programme(
    home: Home, household: Household, plan: Plan, evening: RoomEvening, left: Left | None
) -> tuple[Programme, tuple[str, ...]]:
    """The chosen programme, or a told one where it may not run here or too much is used up."""
    room = next(room for room in household.rooms if room.id == evening.room)
    ages = [sure_years(m.age_months) for m in plan.members if m.room == evening.room]
    chosen = evening.score or TOLD
    try:
        programme = _compiled(home, chosen, room, ages)
    except ScoreError as refused:
        if chosen == TOLD:
            raise
        first = refused.faults[0]
        why = f"{chosen} may not run here: {first.found}; {first.expected}. The evening is told."
        return _compiled(home, TOLD, room, ages), (why,)
    allowance_min = allowance_s(household) / 60
    immersion_min = programme.immersion_max_beats * BEAT_S / 60
    if immersion_min > allowance_min:
        why = (
            f"{programme.title} may immerse for {immersion_min:g} min and the family agreed on "
            f"{allowance_min:g}. The evening is told."
        )
        return _compiled(home, TOLD, room, ages), (why,)
    for one in _sleepers(plan, evening):
        left_min = (
            allowance_min if left is None else left.may_use_min.get(one.member, allowance_min)
        )
        if immersion_min > left_min:
            why = (
                f"{programme.title} may immerse for {immersion_min:g} min and of tonight's "
                f"{allowance_min:g} {one.name} has {max(left_min, 0):g} left. The evening is told."
            )
            return _compiled(home, TOLD, room, ages), (why,)
    return programme, ()


def simulated_night(
    home: Home,
    household: Household,
    plan: Plan,
    evening: RoomEvening,
    *,
    zone: ZoneInfo,
    seed: int,
    script: str,
    night_id: str,
) -> RoomNight:
    """A night with simulated sleepers.

    Args:
        home: where the family's own scores are.
        household: who lives there.
        plan: tonight.
        evening: the room's part of it.
        zone: the home's zone.
        seed: the same seed gives the same night.
        script: what happens in it (`rehearse.household.PRESETS`).
        night_id: its id in the log.
    """
    programme, notes = room_programme(home, household, plan, evening)
    sleepers = _sleepers(plan, evening)
    start = min(one.wind_down for one in sleepers)
    count = _beats(start, sleepers)
    when = Timetable(
        start=start.astimezone(zone),
        beats=count,
        lights_out_beats=tuple(beat_at(start, one.lights_out) for one in sleepers),
        wake_beats=tuple(beat_at(start, one.wake) for one in sleepers),
    )
    profiles = [typical(one.member, one.age_months / 12) for one in sleepers]
    simulated = scripted_night(script, profiles, seed, when)
    recordings = {
        one.member: simulated_recording(
            sleeper, start.astimezone(zone), f"simulated sleeper, seed {seed}"
        )
        for one, sleeper in zip(sleepers, simulated.sleepers, strict=True)
    }
    codes = [
        stage_codes(recordings[one.member], sure_years(one.age_months))
        if recordings[one.member].counts
        else ()
        for one in sleepers
    ]
    ups = [
        TimedEvent(_up_beat(recordings[one.member].scorer, when.wake_beats[i]), Up(i))
        for i, one in enumerate(sleepers)
    ]
    watched = [
        _watched_in_bed(one, when.lights_out_beats[i], when.wake_beats[i], plan.night)
        for i, one in enumerate(sleepers)
    ]
    before = [
        simulated_before(profile, seed, when.start, watched[i], count)
        for i, profile in enumerate(profiles)
    ]
    events = in_order(
        planned_events(sleepers, start, evening.begins, by=""),
        simulated.events,
        sorted(ups, key=lambda timed: timed.beat),
        *(
            _suspicions(recordings[one.member], watched[i], before[i], one, i, 0, count)
            for i, one in enumerate(sleepers)
        ),
        beats(codes, count),
    )
    night = _night(night_id, plan, evening, programme, start, "simulated")
    windows = {
        one.member: _bed_window(plan.night, when.lights_out_beats[i], ups[i].beat, one)
        for i, one in enumerate(sleepers)
    }
    return RoomNight(
        night=replace(night, simulated=True, seed=seed, script=script),
        programme=programme,
        plan=plan,
        sleepers=sleepers,
        guardians=_guardians(household, evening),
        events=events,
        recordings=recordings,
        windows=windows,
        notes=notes,
        helpers=_helpers(household, evening),
    )


def recorded_night(
    home: Home,
    household: Household,
    plan: Plan,
    evening: RoomEvening,
    *,
    zone: ZoneInfo,
    recording: Recording,
    window: NightWindow,
    member: str,
    night_id: str,
    earlier: Sequence[Slept] = (),
) -> RoomNight:
    """A night in which a real recording stands in for one sleeper's sensors.

    A recording that knows its time is replayed at its own; one that does not begins at the
    planned lights-out.

    Args:
        home: where the family's own scores are.
        household: who lives there.
        plan: the plan of the recording's own night.
        evening: the room's part of it.
        zone: the home's zone.
        recording: what was recorded.
        window: the part of it that is this night.
        member: whose night it was.
        night_id: its id in the log.
        earlier: their own nights before it, which tell what is usual for them.
    """
    programme, notes = room_programme(home, household, plan, evening)
    sleepers = _sleepers(plan, evening)
    mine = next(one for one in sleepers if one.member == member)
    placed = _placed(recording, window, mine, zone)
    bed_start = time_of(placed.start.astimezone(UTC), window.first_epoch)
    bed_end = time_of(placed.start.astimezone(UTC), window.last_epoch)
    start = min(*(one.wind_down for one in sleepers), bed_start).astimezone(zone)
    count = max(_beats(start, sleepers), beat_at(start, bed_end) + 1)
    offset = beat_at(start, placed.start)
    sensed = _shifted(stage_codes(placed, sure_years(mine.age_months)), offset)
    codes = [sensed if one.member == member else () for one in sleepers]
    place = sleepers.index(mine)
    suspected = _suspicions(placed, window, earlier, mine, place, offset, count)
    planned = planned_events(sleepers, start, evening.begins)
    events = in_order(planned, suspected, beats(codes, count))
    night = _night(night_id, plan, evening, programme, start, f"recording {recording.source}")
    return RoomNight(
        night=replace(night, recording=recording.id),
        programme=programme,
        plan=plan,
        sleepers=sleepers,
        guardians=_guardians(household, evening),
        events=events,
        recordings={member: placed},
        windows={member: window},
        notes=(*notes, *_recording_notes(recording, placed)),
        helpers=_helpers(household, evening),
    )


def live_night(
    home: Home,
    household: Household,
    plan: Plan,
    evening: RoomEvening,
    *,
    zone: ZoneInfo,
    night_id: str,
    rehearsed: bool = False,
    left: Left | None = None,
    certificates: Certificates | None = None,
) -> RoomNight:
    """A night in real time without any sensor: the plan's events and beats, and people's own.

    A rehearsed one runs by a made-up clock: it is marked simulated, and is never tonight. With
    what is `left` of tonight's allowance it keeps within that, and counts. With `certificates`
    it runs only what is proven, as every night must in which someone sleeps.
    """
    left = None if rehearsed else left
    certificates = None if rehearsed else certificates
    programme, notes = room_programme(home, household, plan, evening, left, certificates)
    sleepers = _sleepers(plan, evening)
    start = min(one.wind_down for one in sleepers).astimezone(zone)
    events = in_order(planned_events(sleepers, start), beats([], _beats(start, sleepers)))
    source = REHEARSAL if rehearsed else NO_SENSOR
    night = _night(night_id, plan, evening, programme, start, source)
    return RoomNight(
        night=replace(night, simulated=rehearsed),
        programme=programme,
        plan=plan,
        sleepers=sleepers,
        guardians=_guardians(household, evening),
        events=events,
        recordings={},
        windows={},
        notes=notes,
        counts=left is not None,
        helpers=_helpers(household, evening),
        used_before_min=_used_before_min(left, sleepers),
    )


def _used_before_min(left: Left | None, sleepers: Sequence[MemberPlan]) -> float:
    """Minutes used tonight in other nights, by whoever has used most."""
    used = {} if left is None else left.used_min
    return max(used.get(one.member, 0.0) for one in sleepers)


def recorded_nights(recording: Recording) -> tuple[NightWindow, ...]:
    """The nights in a recording, in order, by its stages where it has counts."""
    return nights(recording, told_stages(recording))


def told_stages(recording: Recording) -> Hypnogram:
    """A recording's stages: told from its counts, or its scorer's where it has nothing else."""
    if recording.counts is None and recording.scorer is not None:
        return recording.scorer
    return stage(recording)


def guest_household(age_years: int, night: date, zone: str) -> Household:
    """A home of one, for a recording of someone who does not live here."""
    # A month earlier, since in the month of a birthday nobody would be sure of the age given.
    born = night.replace(year=night.year - age_years, day=1) - timedelta(days=1)
    return Household(
        household=1,
        name="A guest",
        zone=zone,
        rooms=(Room(id="guest-room", name="Guest room"),),
        members=(
            Member(id="guest", name="Guest", born=f"{born:%Y-%m}".zfill(7), room="guest-room"),
        ),
    )


# --- Parts -----------------------------------------------------------------------------------


def _compiled(home: Home, score: str, room: Room, ages: Sequence[float]) -> Programme:
    limits = strictest(*(limits_for(age) for age in ages))
    return compile_score(
        load_score(home, score),
        limits=limits,
        sleepers=len(ages),
        youngest_years=min(ages),
        night_light_lx_medi=light_lx_medi(room.night_light),
    )


def _sleepers(plan: Plan, evening: RoomEvening) -> tuple[MemberPlan, ...]:
    by_id = {one.member: one for one in plan.members}
    return tuple(by_id[member] for member in evening.sleepers)


def _beats(start: datetime, sleepers: Sequence[MemberPlan]) -> int:
    end = max(one.wake for one in sleepers).astimezone(UTC) + timedelta(seconds=AFTER_WAKE_S)
    return beat_at(start, end)


def _guardians(household: Household, evening: RoomEvening) -> tuple[str, ...]:
    members = [one for one in household.members if one.id in evening.sleepers]
    return tuple(dict.fromkeys(guardian for one in members for guardian in one.guardians))


def _helpers(household: Household, evening: RoomEvening) -> tuple[str, ...]:
    """Who is told in an emergency: the guardians, or every adult where only adults sleep."""
    adults = tuple(one.id for one in household.members if not one.guardians)
    return _guardians(household, evening) or adults


def _watched_in_bed(
    plan: MemberPlan, lights_out_beat: int, wake_beat: int, night: str
) -> NightWindow:
    """From lights-out to the dawn: after it whoever wakes may move as they like."""
    dawn_beat = wake_beat - DAWN_S // BEAT_S
    last_beat = max(dawn_beat, lights_out_beat + 1)
    return _bed_window(night, lights_out_beat, last_beat, plan)


def _suspicions(
    recording: Recording,
    window: NightWindow,
    earlier: Sequence[Slept],
    plan: MemberPlan,
    sleeper: int,
    offset: int,
    count: int,
) -> tuple[TimedEvent, ...]:
    """When distress is suspected in one sleeper's night, if anything is known of them."""
    age_years = sure_years(plan.age_months)
    return suspicions(
        night_felt(recording, window, age_years),
        usual_before(recording, earlier, age_years),
        sleeper=sleeper,
        first_beat=window.first_epoch + offset,
        beats=count,
    )


def _night(
    night_id: str,
    plan: Plan,
    evening: RoomEvening,
    programme: Programme,
    start: datetime,
    source: str,
) -> Night:
    return Night(
        id=night_id,
        night=plan.night,
        room=evening.room,
        sleepers=evening.sleepers,
        programme_hash=programme_hash(programme),
        start_utc=start.astimezone(UTC),
        source=source,
        simulated=False,
    )


def _up_beat(truth: Hypnogram | None, planned_beat: int) -> int:
    """The beat after the last one asleep; without stages, the planned wake."""
    if truth is None:
        return planned_beat
    asleep = [i for i, stage_ in enumerate(truth.stages) if stage_ not in (None, "W")]
    return asleep[-1] + 1 if asleep else planned_beat


def _bed_window(night: str, lights_out: int, up: int, plan: MemberPlan) -> NightWindow:
    return NightWindow(
        night=night,
        first_epoch=lights_out,
        last_epoch=max(up, lights_out + 1),
        bed_times_known=True,
        how=f"from {plan.name}'s lights-out to getting up",
    )


def _placed(
    recording: Recording, window: NightWindow, plan: MemberPlan, zone: ZoneInfo
) -> Recording:
    """The recording with an aware start: its own, or one that puts bedtime at lights-out."""
    if not recording.start_is_known:
        before = timedelta(seconds=window.first_epoch * BEAT_S)
        start = plan.lights_out.astimezone(UTC) - before
    elif recording.start.tzinfo is None:
        start = recording.start.replace(tzinfo=zone)
    else:
        start = recording.start
    start = start.astimezone(zone)
    scorer = replace(recording.scorer, start=start) if recording.scorer else None
    return replace(recording, start=start, scorer=scorer)


def _shifted(codes: Sequence[int], beats_later: int) -> tuple[int, ...]:
    if beats_later < 0:
        return tuple(codes[-beats_later:])
    return (0,) * beats_later + tuple(codes)


def _recording_notes(recording: Recording, placed: Recording) -> tuple[str, ...]:
    where = (
        f"{recording.source} begins {placed.start:%d %B %Y, %H:%M}."
        if recording.start_is_known
        else f"{recording.source} holds no time of day: it is replayed from the planned lights-out."
    )
    room = "The room around this recording is simulated; only the sleep is real."
    return (where, room, *recording.blemishes)


def member_of(household: Household, member: str | None) -> Member:
    """The member that is meant: the one named, or the first grown-up.

    Raises:
        EvenfallError: nobody of that name lives here.
    """
    if member is None:
        adults = [one for one in household.members if not one.guardians]
        return (adults or list(household.members))[0]
    for one in household.members:
        if one.id == member:
            return one
    names = ", ".join(one.id for one in household.members)
    raise EvenfallError(
        Fault(
            found=f"nobody called {member!r} lives here",
            place=Place(),
            expected=f"one of {names}",
            mend=f"write --member {household.members[0].id}",
        )
    )
