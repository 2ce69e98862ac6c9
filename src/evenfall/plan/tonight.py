"""Tonight for a whole home: everyone's times, every room's evening, and why.

Counted back from the morning, person by person; then rooms put them in order; then stories find
their tellers. What cannot all be had is named as a conflict, with what would mend it.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, tzinfo
from typing import TypeVar

import msgspec

from evenfall.formats.errors import EvenfallError, Fault
from evenfall.plan import draft_words as words
from evenfall.plan.age import age_months
from evenfall.plan.agreement import planned_with
from evenfall.plan.alone import close_night, draft_night
from evenfall.plan.changes import Changes, change_of
from evenfall.plan.checks import check_input
from evenfall.plan.draft import Draft
from evenfall.plan.morning import starting_on
from evenfall.plan.rooms import room_evening
from evenfall.plan.siblings import order_lights, sleepers_of
from evenfall.plan.story import WINDING_MIN, story_slot, winding_of
from evenfall.plan.tellers import Story, Tellings, assign_tellers
from evenfall.plan.telling import heard_reason, story_of, teller_name, told_reason
from evenfall.plan.wall_clock import NightFrame, frame_night
from evenfall.records.base import Id
from evenfall.records.household import Household, Member
from evenfall.records.plan import MemberPlan, Plan, Reason, RoomEvening

Given = TypeVar("Given")
Made = TypeVar("Made")

_NO_CHANGES = Changes()


def plan_tonight(
    household: Household, night: date, zone: tzinfo, changes: Changes = _NO_CHANGES
) -> Plan:
    """Everyone's night and every room's evening.

    Args:
        household: the home.
        night: the local date of the noon before the night.
        zone: the household's zone, already loaded.
        changes: what is different tonight, and tonight only.

    Returns:
        the plan; its members in the household's order, its rooms likewise.

    Raises:
        EvenfallError: where no night can be planned, with every fault at once.

    Example:
        >>> from datetime import UTC
        >>> from evenfall.records.household import Room
        >>> home = Household(household=1, name="Gull House", zone="UTC",
        ...     rooms=(Room(id="nest", name="the Nest"),),
        ...     members=(Member(id="ada", name="Ada", born="1990-01", room="nest"),))
        >>> ada = plan_tonight(home, date(2026, 11, 20), UTC).members[0]
        >>> f"{ada.wind_down:%H:%M} {ada.lights_out:%H:%M} {ada.wake:%H:%M}"
        '22:15 22:35 08:00'
    """
    check_input(household, changes)
    frame = frame_night(night, zone)
    return planned_with(lambda settled: _tonight(household, frame, settled), household, changes)


def _tonight(household: Household, frame: NightFrame, changes: Changes) -> Plan:
    rooms = _rooms(household, frame)
    drafts = _in_order_of_age(_alone(household, rooms, changes, frame), rooms, frame)
    made = (story_of(room, sleepers, changes) for room, sleepers in rooms.items())
    stories = tuple(story for story in made if story is not None)
    tellings = _closed(assign_tellers(stories, drafts, frame), stories, frame)
    return _plan(household, changes, frame, rooms, stories, tellings)


def _rooms(household: Household, frame: NightFrame) -> dict[Id, tuple[Member, ...]]:
    """Who sleeps in each room that anyone sleeps in, the youngest first."""
    _each(lambda member: age_months(member, frame.night), household.members)
    slept_in = {member.room for member in household.members}
    return {
        room.id: sleepers_of(household, room.id, frame)
        for room in household.rooms
        if room.id in slept_in
    }


def _alone(
    household: Household,
    rooms: dict[Id, tuple[Member, ...]],
    changes: Changes,
    frame: NightFrame,
) -> dict[Id, Draft]:
    """Everyone's night as if they lived alone, by member."""

    def alone(member: Member) -> Draft:
        winding = winding_of(member, rooms[member.room])
        return draft_night(member, change_of(changes, member.id), winding, frame)

    return {draft.member.id: draft for draft in _each(alone, household.members)}


def _in_order_of_age(
    drafts: dict[Id, Draft], rooms: dict[Id, tuple[Member, ...]], frame: NightFrame
) -> dict[Id, Draft]:
    """The same nights with the children's lights in order in every room."""
    ordered = dict(drafts)
    for sleepers in rooms.values():
        children = [drafts[sleeper.id] for sleeper in sleepers if drafts[sleeper.id].is_child]
        for draft in order_lights(tuple(children), frame):
            ordered[draft.member.id] = draft
    return ordered


def _closed(tellings: Tellings, stories: tuple[Story, ...], frame: NightFrame) -> Tellings:
    """Everyone's night with its last reasons and conflicts."""

    def close(draft: Draft) -> Draft:
        if draft.story_earlier:
            why = words.story_earlier(draft, teller_name(draft, stories, tellings))
            draft = replace(draft, binding=why.rule, reasons=(*draft.reasons, why))
        draft = close_night(draft, frame)
        clashes = _evening_commitments(draft, frame)
        return replace(
            draft,
            reasons=(*draft.reasons, *clashes),
            conflicts=(*draft.conflicts, *clashes),
        )

    closed = _each(close, tuple(tellings.drafts.values()))
    return replace(tellings, drafts={draft.member.id: draft for draft in closed})


def _evening_commitments(draft: Draft, frame: NightFrame) -> tuple[Reason, ...]:
    """What the day before the night asks for once the evening has turned towards sleep."""
    return tuple(
        words.evening_commitment(draft, commitment.what, starts.at, frame)
        for commitment, starts in starting_on(draft.member, frame.night, frame.zone)
        if draft.wind_down <= starts.at < draft.wake
    )


def _plan(
    household: Household,
    changes: Changes,
    frame: NightFrame,
    rooms: dict[Id, tuple[Member, ...]],
    stories: tuple[Story, ...],
    tellings: Tellings,
) -> Plan:
    told = {story.room: story for story in stories}
    reasons = {room: told_reason(story, tellings, household, frame) for room, story in told.items()}
    here = {room.id: room for room in household.rooms}
    evenings = []
    for room, sleepers in rooms.items():
        drafts = tuple(tellings.drafts[sleeper.id] for sleeper in sleepers)
        evening = room_evening(here[room], drafts, changes, frame)
        evenings.append(_with_teller(evening, tellings.tellers.get(room), reasons.get(room)))
    nights = tellings.drafts.values()
    conflicts = [conflict for draft in nights for conflict in draft.conflicts]
    conflicts += [reasons[room] for room in told if room not in tellings.tellers]
    plan = Plan(
        night=frame.night.isoformat(),
        zone=household.zone,
        household=household.name,
        members=tuple(_member_plan(draft, told, tellings, reasons, frame) for draft in nights),
        rooms=tuple(evenings),
        conflicts=tuple(conflicts),
    )
    begun = tuple(_with_beginning(evening, household, plan) for evening in plan.rooms)
    return msgspec.structs.replace(plan, rooms=begun)


def _with_beginning(evening: RoomEvening, household: Household, plan: Plan) -> RoomEvening:
    """When the story or dreamscape begins: with the told steps, else shortly before the light."""
    if evening.kind == "unplugged" or evening.score is None:
        return evening
    slot = story_slot(household, plan, evening.room)
    youngest = next(one for one in plan.members if one.member == evening.sleepers[0])
    light = youngest.lights_out.astimezone(UTC)
    begins = slot[0] if slot else (light - WINDING_MIN).astimezone(youngest.lights_out.tzinfo)
    return msgspec.structs.replace(evening, begins=begins)


def _with_teller(evening: RoomEvening, teller: Id | None, why: Reason | None) -> RoomEvening:
    if why is None:
        return evening
    return msgspec.structs.replace(evening, teller=teller, reasons=(*evening.reasons, why))


def _member_plan(
    draft: Draft,
    told: dict[Id, Story],
    tellings: Tellings,
    reasons: dict[Id, Reason],
    frame: NightFrame,
) -> MemberPlan:
    member = draft.member
    story = told.get(member.room)
    heard = (
        (heard_reason(member, story, tellings, reasons[member.room]),)
        if story is not None and member.id in story.listeners
        else ()
    )
    return MemberPlan(
        member=member.id,
        name=member.name,
        room=member.room,
        age_months=draft.age_months,
        wind_down=draft.wind_down.astimezone(frame.zone),
        lights_out=draft.lights_out.astimezone(frame.zone),
        wake=draft.wake.astimezone(frame.zone),
        sleep_need_h=draft.need.need_h,
        sleep_need_low_h=draft.need.low_h,
        sleep_need_high_h=draft.need.high_h,
        nap_h=draft.nap_h,
        expected_efficiency=draft.efficiency.share,
        teller=tellings.tellers.get(member.room) if heard else None,
        binding=draft.binding,
        reasons=(*draft.reasons, *heard),
    )


def _each(make: Callable[[Given], Made], of: tuple[Given, ...]) -> list[Made]:
    """Make something of each, or raise every fault at once."""
    made: list[Made] = []
    faults: list[Fault] = []
    for one in of:
        try:
            made.append(make(one))
        except EvenfallError as error:
            faults += error.faults
    if faults:
        raise EvenfallError(*faults)
    return made
