"""The data behind each picture, as plain values ready for JSON.

Rule: what a picture shows is what these functions return, no more; a missing time is None.
Times are ISO 8601 in the home's zone with their offset, so a repeated hour stays two hours. A
strip is its start, its epoch and its runs: [value, how many epochs], so that nothing is rounded.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from itertools import groupby

from evenfall.app.report.axis import in_utc, in_zone, minutes_between
from evenfall.plan.age import is_child
from evenfall.records.insight import MemberMorning, Morning
from evenfall.records.plan import MemberPlan, Plan
from evenfall.records.recording import Hypnogram, MovementTrack

Data = dict[str, object]
_MOVEMENT = {True: "moving", False: "still", None: None}


@dataclass(frozen=True)
class Run:
    """A stretch of epochs that are all alike. A value of None was not scored or measured."""

    value: str | None
    start: datetime
    end: datetime

    @property
    def minutes(self) -> float:
        """How long it is."""
        return minutes_between(self.start, self.end)


def runs_of(
    start: datetime, epoch_s: float, values: Sequence[str | None], zone: tzinfo
) -> tuple[Run, ...]:
    """Epochs, one value each, as runs with their times in UTC."""
    begin = in_utc(start, zone)
    epoch = timedelta(seconds=epoch_s)
    runs: list[Run] = []
    first = 0
    for value, group in groupby(values):
        last = first + len(list(group))
        runs.append(Run(value, begin + first * epoch, begin + last * epoch))
        first = last
    return tuple(runs)


def stage_runs(hypnogram: Hypnogram, zone: tzinfo) -> tuple[Run, ...]:
    """A hypnogram as runs of one stage."""
    return runs_of(hypnogram.start, hypnogram.epoch_s, hypnogram.stages, zone)


def movement_runs(track: MovementTrack, zone: tzinfo) -> tuple[Run, ...]:
    """A movement track as runs of `moving` and `still`."""
    values = [_MOVEMENT[moving] for moving in track.moving]
    return runs_of(track.start, track.epoch_s, values, zone)


def withholds_stages(plan: MemberPlan) -> bool:
    """Whether this is someone whose stages are never shown."""
    # The stagers here were tested on adults only: no recording of a child with human scoring could
    # be found. Where adulthood begins is the house's rule for children.
    return is_child(plan.age_months)


def shown_hypnograms(member: MemberMorning) -> tuple[tuple[str, Hypnogram], ...]:
    """The hypnograms a picture may show, by what they are; none of a child's."""
    if withholds_stages(member.plan):
        return ()
    both = (("hypnogram", member.hypnogram), ("reference", member.reference))
    return tuple((what, each) for what, each in both if each is not None and each.stages)


def shown_movement(member: MemberMorning) -> MovementTrack | None:
    """The movement strip a picture shows: where there is one and no hypnogram in its place."""
    if member.movement is None or not member.movement.moving:
        return None
    hypnograms = dict(shown_hypnograms(member))
    return None if "hypnogram" in hypnograms else member.movement


def is_measured(member: MemberMorning) -> bool:
    """Whether there is anything to draw beside the plan."""
    return bool(shown_hypnograms(member)) or shown_movement(member) is not None


def zone_of(plan: MemberPlan) -> tzinfo:
    """The zone the plan's times carry."""
    zone = plan.wake.tzinfo
    assert zone is not None  # a plan's times are aware
    return zone


def begins_of(plan: Plan) -> dict[str, datetime]:
    """When each member's story or dreamscape is to begin, by member.

    A room begins once, with its youngest listener; who still is up and about by then has no
    beginning of their own.
    """
    evenings = {sleeper: each for each in plan.rooms for sleeper in each.sleepers}
    return {
        each.member: begins
        for each in plan.members
        if each.member in evenings
        and (begins := evenings[each.member].begins) is not None
        and each.wind_down <= begins <= each.lights_out
    }


def night_data(
    morning: Morning,
    member: MemberMorning,
    zone: tzinfo | None = None,
    begins: datetime | None = None,
) -> Data:
    """The data of one person's night: plan, what happened, and every strip run by run.

    Args:
        morning: the room's night.
        member: one of its sleepers.
        zone: the home's zone; without it, the one the plan's times carry. A fixed offset, as
            times read from JSON have, cannot know when clocks change.
        begins: when the story or dreamscape was to begin, if it was.
    """
    tz = zone or zone_of(member.plan)
    movement = shown_movement(member)
    return {
        "night": morning.night,
        "night_id": morning.night_id,
        "household": morning.household,
        "room": morning.room,
        "member": member.member,
        "name": member.name,
        "origin": "simulated" if morning.simulated else "real",
        "measured": member.measured,
        "planned": _planned(member.plan, begins, tz),
        "happened": {
            "wind_down": _iso(member.wind_down_actual, tz),
            "lights_out": _iso(member.lights_out_actual, tz),
            "wake": _iso(member.wake_actual, tz),
        },
        **{
            what: _strip(each.source, each.start, each.epoch_s, each.stages, tz)
            for what, each in shown_hypnograms(member)
        },
        **({"movement": _movement_strip(movement, tz)} if movement else {}),
    }


def plan_data(plan: Plan, zone: tzinfo | None = None) -> Data:
    """The data of tonight's picture: everyone's times."""
    begins = begins_of(plan)
    return {
        "night": plan.night,
        "zone": plan.zone,
        "household": plan.household,
        "members": [
            {
                "member": each.member,
                "name": each.name,
                "planned": _planned(each, begins.get(each.member), zone or zone_of(each)),
            }
            for each in plan.members
        ],
    }


def household_data(mornings: tuple[Morning, ...], plan: Plan, zone: tzinfo | None = None) -> Data:
    """The data of the household's picture: the plan, and each member's night."""
    begins = begins_of(plan)
    return {
        **plan_data(plan, zone),
        "nights": [
            night_data(morning, member, zone, begins.get(member.member))
            for morning in mornings
            for member in morning.members
        ],
    }


def _planned(plan: MemberPlan, begins: datetime | None, zone: tzinfo) -> Data:
    return {
        "wind_down": _iso(plan.wind_down, zone),
        "begins": _iso(begins, zone),
        "lights_out": _iso(plan.lights_out, zone),
        "wake": _iso(plan.wake, zone),
    }


def _iso(at: datetime | None, zone: tzinfo) -> str | None:
    return None if at is None else in_zone(at, zone).isoformat()


def _strip(
    source: str, start: datetime, epoch_s: float, values: Sequence[object], zone: tzinfo
) -> Data:
    return {
        "source": source,
        "start": _iso(start, zone),
        "epoch_s": float(epoch_s),
        "runs": [[value, len(list(run))] for value, run in groupby(values)],
    }


def _movement_strip(track: MovementTrack, zone: tzinfo) -> Data:
    values = [_MOVEMENT[moving] for moving in track.moving]
    return _strip(track.source, track.start, track.epoch_s, values, zone)
