"""Who sleeps in a room, in order, and whose light goes out first.

Among children in one room the elder's light never goes out before the younger's. The elder waits
as far as the range for their age allows; the younger goes earlier for the rest, which costs no one
sleep.
"""

from datetime import datetime

from evenfall.plan.age import age_months
from evenfall.plan.alone import move_lights_out
from evenfall.plan.draft import Draft
from evenfall.plan.draft_words import light_of_siblings
from evenfall.plan.wall_clock import NightFrame
from evenfall.records.base import Id
from evenfall.records.household import Household, Member


def sleepers_of(household: Household, room: Id, frame: NightFrame) -> tuple[Member, ...]:
    """A room's sleepers, the youngest first; of one age, as the household lists them."""
    members = [member for member in household.members if member.room == room]
    return tuple(sorted(members, key=lambda member: age_months(member, frame.night)))


def order_lights(children: tuple[Draft, ...], frame: NightFrame) -> tuple[Draft, ...]:
    """The children of one room with their lights-out in order of age.

    Args:
        children: their drafts, the youngest first.
        frame: the night.
    """
    settled = _in_order(children)
    return tuple(
        draft
        if at == draft.lights_out
        else move_lights_out(draft, at, light_of_siblings(draft, at, frame))
        for draft, at in zip(children, settled, strict=True)
    )


def _in_order(children: tuple[Draft, ...]) -> list[datetime]:
    """Never-falling lights-out: up as far as each may wait, then down where that was too far."""
    waited: list[datetime] = []
    for draft in children:
        after = max([draft.lights_out, *waited[-1:]])
        waited.append(max(draft.lights_out, min(after, draft.latest_lights_out)))
    settled = waited[-1:]
    for at in reversed(waited[:-1]):
        settled.insert(0, min(at, settled[0]))
    return settled
