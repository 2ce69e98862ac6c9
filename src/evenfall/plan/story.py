"""How long a room's story takes, and when it is told.

The steps someone tells or reads are shared by everyone in the room: the same step counts once,
at its longest. They come last, just before the light of the youngest listener goes out.
"""

from datetime import UTC, datetime, timedelta

from evenfall.formats.quantity import duration_s
from evenfall.records.base import Id
from evenfall.records.household import Household, Member
from evenfall.records.plan import MemberPlan, Plan

WINDING_MIN = timedelta(minutes=20)  # the shortest winding down: this project's own choice


def listens(member: Member) -> bool:
    """Whether a member's ritual has a step that someone tells."""
    return any(step.with_teller for step in member.ritual)


def told_for(sleepers: tuple[Member, ...]) -> timedelta:
    """How long the told steps of a room's sleepers take together."""
    longest: dict[str, int] = {}
    for step in (step for sleeper in sleepers for step in sleeper.ritual if step.with_teller):
        longest[step.what] = max(longest.get(step.what, 0), duration_s(step.takes))
    return timedelta(seconds=sum(longest.values()))


def ritual_takes(member: Member) -> timedelta:
    """How long all the steps of a member's own ritual take."""
    return timedelta(seconds=sum(duration_s(step.takes) for step in member.ritual))


def anchor_of(sleepers: tuple[Member, ...]) -> Member | None:
    """Whose lights-out a room's story comes before: the youngest who listens.

    Args:
        sleepers: the room's sleepers, the youngest first.
    """
    return next((sleeper for sleeper in sleepers if listens(sleeper)), None)


def winding_of(member: Member, sleepers: tuple[Member, ...]) -> timedelta:
    """From the start of winding down to lights-out, when nothing makes the evening longer."""
    anchor = anchor_of(sleepers)
    told = told_for(sleepers) if anchor is not None and anchor.id == member.id else timedelta(0)
    return max(ritual_takes(member), told, WINDING_MIN)


def story_slot(household: Household, plan: Plan, room: Id) -> tuple[datetime, datetime] | None:
    """When a room's story is told, from and to, in the plan's zone; None where nobody listens.

    A story moved earlier, so that its teller can be there, takes the winding down with it: what
    is left before lights-out is then quiet. So the slot follows from the winding down.
    """
    evening = next(evening for evening in plan.rooms if evening.room == room)
    sleepers = tuple(_member(household, sleeper) for sleeper in evening.sleepers)
    anchor = anchor_of(sleepers)
    if anchor is None:
        return None
    night = _plan_of(plan, anchor.id)
    ends = night.wind_down.astimezone(UTC) + winding_of(anchor, sleepers)
    starts = ends - told_for(sleepers)
    zone = night.wind_down.tzinfo
    return starts.astimezone(zone), ends.astimezone(zone)


def _member(household: Household, member: Id) -> Member:
    return next(one for one in household.members if one.id == member)


def _plan_of(plan: Plan, member: Id) -> MemberPlan:
    return next(one for one in plan.members if one.member == member)
