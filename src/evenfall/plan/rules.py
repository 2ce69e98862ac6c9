"""The hard rules no plan may break, each a small predicate over a finished plan.

They read the plan and the household afresh, never what the planner says of itself, so that they
hold against any planner, a cleverer one too. What may be missed is a conflict, never one of these.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from itertools import combinations

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.quantity import duration_s
from evenfall.plan.age import age_months, is_child, is_under
from evenfall.plan.changes import Changes, change_of
from evenfall.plan.efficiency import expected_efficiency
from evenfall.plan.morning import asked_of
from evenfall.plan.need import need_band
from evenfall.plan.rooms import IMMERSIVE_FROM_YEARS, PROGRAMME_FROM_YEARS
from evenfall.plan.story import story_slot
from evenfall.plan.wall_clock import NightFrame, frame_night
from evenfall.records.base import Id
from evenfall.records.household import Household, Member
from evenfall.records.plan import MemberPlan, Plan, Reason, RoomEvening

_ROUNDING_H = 1e-6  # lengths are whole microseconds
_NO_CHANGES = Changes()
DESIGN = "this project's hard rules"


@dataclass(frozen=True)
class _Case:
    """A plan with everything it is held against."""

    plan: Plan
    household: Household
    changes: Changes
    frame: NightFrame

    def member(self, one: Id) -> Member:
        return next(member for member in self.household.members if member.id == one)

    def night(self, one: Id) -> MemberPlan:
        return next(night for night in self.plan.members if night.member == one)

    def months(self, one: Id) -> int:
        return age_months(self.member(one), self.frame.night)


_Rule = Callable[[_Case], Iterator[Reason]]


def broken_rules(
    plan: Plan, household: Household, zone: tzinfo, changes: Changes = _NO_CHANGES
) -> tuple[Reason, ...]:
    """Every hard rule a plan breaks, in words; none is as it must be.

    Args:
        plan: the plan, from whatever planner.
        household: the home it is for.
        zone: the household's zone, already loaded.
        changes: what was different that night: a chosen waking may be later than a day asks.

    Raises:
        EvenfallError: where the plan's own night or ages cannot be.
    """
    frame = frame_night(_night_of(plan), zone)
    case = _Case(plan, household, changes, frame)
    for ground in _GROUND_RULES:
        broken = tuple(ground(case))
        if broken:
            return broken
    return tuple(reason for rule in _RULES for reason in rule(case))


def _night_of(plan: Plan) -> date:
    try:
        return date.fromisoformat(plan.night)
    except ValueError:
        found, mend = f"the plan is for the night {plan.night!r}", "plan the night anew"
        raise EvenfallError(Fault(found, Place(), "a date, like 2026-11-20", mend)) from None


def _broken(rule: str, text: str) -> Reason:
    return Reason(rule=rule, text=text, source=DESIGN)


def _times(night: MemberPlan) -> tuple[datetime, datetime, datetime]:
    down, out, wake = (at.astimezone(UTC) for at in (night.wind_down, night.lights_out, night.wake))
    return down, out, wake


def _aware_in_zone(case: _Case) -> Iterator[Reason]:
    """Every time is aware and shows the clock of the home's zone."""
    for night in case.plan.members:
        for at in (night.wind_down, night.lights_out, night.wake):
            if at.utcoffset() is None:
                yield _broken("aware", f"{night.name}'s {at} has no zone.")
            elif at.utcoffset() != at.astimezone(case.frame.zone).utcoffset():
                yield _broken("in-zone", f"{night.name}'s {at} is not in the home's zone.")


def _everyone_once(case: _Case) -> Iterator[Reason]:
    """Every member has one night, and sleeps in one evening: their own room's."""
    members = sorted((member.id, member.room) for member in case.household.members)
    if sorted((night.member, night.room) for night in case.plan.members) != members:
        yield _broken("everyone", "Not every member has exactly one night in their own room.")
    slept = [(sleeper, evening.room) for evening in case.plan.rooms for sleeper in evening.sleepers]
    if sorted(slept) != members or not all(evening.sleepers for evening in case.plan.rooms):
        yield _broken("everyone", "Not every member sleeps in exactly their own room's evening.")


def _in_sequence(case: _Case) -> Iterator[Reason]:
    """Wind-down, then lights-out, then waking, as instants."""
    for night in case.plan.members:
        down, out, wake = _times(night)
        if not down < out < wake:
            yield _broken("in-sequence", f"{night.name}'s night is not in order.")


def _filed(case: _Case) -> Iterator[Reason]:
    """From the night's noon to the next; a day sleeper's waking may be later, if it is said."""
    for night in case.plan.members:
        down, _, wake = _times(night)
        said = any(reason.rule == "day-sleep" for reason in night.reasons)
        if down < case.frame.noon:
            yield _broken("filed", f"{night.name}'s night begins before noon.")
        if wake > case.frame.noon_after and not said:
            yield _broken("filed", f"{night.name}'s night ends after the next noon, unsaid.")


def _in_time(case: _Case) -> Iterator[Reason]:
    """Nobody wakes later than the day asks, unless someone chose so for tonight."""
    for night in case.plan.members:
        change = change_of(case.changes, night.member)
        if change.wake is not None or change.skip_wake:
            continue
        _, _, wake = _times(night)
        for asked in asked_of(case.member(night.member), case.frame):
            if wake > asked.awake_by:
                what = asked.commitment.what
                yield _broken("in-time", f"{night.name} wakes too late for {what}.")


def _child_sleeps_enough(case: _Case) -> Iterator[Reason]:
    """Nobody under 18 is planned for less sleep than the range of their age."""
    for night in case.plan.members:
        months = case.months(night.member)
        if not is_child(months):
            continue
        _, out, wake = _times(night)
        nap_h = duration_s(case.member(night.member).nap) / 3600
        in_bed_h = (wake - out).total_seconds() / 3600
        sleep_h = in_bed_h * expected_efficiency(months).share + nap_h
        if sleep_h < need_band(months).low_h - _ROUNDING_H:
            yield _broken("child-sleeps-enough", f"{night.name} would sleep only {sleep_h:.2f} h.")


def _one_place_at_once(case: _Case) -> Iterator[Reason]:
    """Nobody tells two stories at once, or tells one while resting elsewhere."""
    told = [
        (evening.teller, evening.room, _slot(case, evening))
        for evening in case.plan.rooms
        if evening.teller is not None
    ]
    for teller, room, slot in told:
        if _at_once(slot, _rest_of(case, teller, room)):
            yield _broken("one-place", f"{teller} rests while telling in {room}.")
    for (one, room, slot), (other, other_room, other_slot) in combinations(told, 2):
        if one == other and _at_once(slot, other_slot):
            yield _broken("one-place", f"{one} tells in {room} and {other_room} at once.")


def _rest_of(case: _Case, teller: Id, room: Id) -> tuple[datetime, datetime]:
    """When a teller cannot tell there: winding down and asleep; in their own room, asleep."""
    night = case.night(teller)
    down, out, wake = _times(night)
    return (out if night.room == room else down), wake


def _slot(case: _Case, evening: RoomEvening) -> tuple[datetime, datetime] | None:
    slot = story_slot(case.household, case.plan, evening.room)
    return slot and (slot[0].astimezone(UTC), slot[1].astimezone(UTC))


def _at_once(
    one: tuple[datetime, datetime] | None, other: tuple[datetime, datetime] | None
) -> bool:
    return one is not None and other is not None and one[0] < other[1] and other[0] < one[1]


def _teller_is_home(case: _Case) -> Iterator[Reason]:
    """Who tells is a member of the home, and home tonight."""
    home = {member.id for member in case.household.members} - set(case.changes.tellers_away)
    for evening in case.plan.rooms:
        if evening.teller is not None and evening.teller not in home:
            yield _broken("teller-home", f"{evening.teller} is not home to tell.")


def _younger_first(case: _Case) -> Iterator[Reason]:
    """Among children of a room, an elder's light never goes out before a younger one's."""
    for evening in case.plan.rooms:
        children = [one for one in evening.sleepers if is_child(case.months(one))]
        for younger, elder in combinations(sorted(children, key=case.months), 2):
            if case.months(younger) == case.months(elder):
                continue
            if _times(case.night(elder))[1] < _times(case.night(younger))[1]:
                yield _broken("younger-first", f"{elder}'s light goes out before {younger}'s.")


def _gentle_with_the_youngest(case: _Case) -> Iterator[Reason]:
    """No programme before the first birthday, no immersion before the third or while worried."""
    for evening in case.plan.rooms:
        youngest = min(case.months(one) for one in evening.sleepers)
        if is_under(youngest, PROGRAMME_FROM_YEARS) and evening.score is not None:
            yield _broken("no-programme", f"A programme would run beside a baby in {evening.room}.")
        if is_under(youngest, IMMERSIVE_FROM_YEARS) and evening.kind == "immersive":
            yield _broken("no-immersion", f"A toddler would be immersed in {evening.room}.")
        worried = set(evening.sleepers) & set(case.changes.worried_about)
        if worried and evening.kind == "immersive":
            text = f"{min(worried)} would be immersed, and a doctor has not been talked to."
            yield _broken("no-immersion-while-worried", text)


# What the other rules stand on: where one of these is broken, the others cannot be read.
_GROUND_RULES: tuple[_Rule, ...] = (_aware_in_zone, _everyone_once, _teller_is_home)

_RULES: tuple[_Rule, ...] = (
    _in_sequence,
    _filed,
    _in_time,
    _child_sleeps_enough,
    _one_place_at_once,
    _younger_first,
    _gentle_with_the_youngest,
)
