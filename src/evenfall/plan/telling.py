"""The room's story, from who may tell it to the words about who does.

Between the rooms' evenings and the choice of tellers: what is to be told, and what is said of it.
"""

from evenfall.plan.changes import Changes
from evenfall.plan.draft import Draft
from evenfall.plan.morning import HOUSEHOLD, TONIGHT
from evenfall.plan.reasons import because
from evenfall.plan.story import anchor_of, listens, told_for
from evenfall.plan.tellers import Story, Tellings, slot_of
from evenfall.plan.wall_clock import NightFrame, clock_text
from evenfall.records.base import Id
from evenfall.records.household import Household, Member
from evenfall.records.plan import Reason

_OWN_CHOICE = "this project's own choice"


def story_of(room: Id, sleepers: tuple[Member, ...], changes: Changes) -> Story | None:
    """What someone has to tell in a room tonight; None where nobody listens.

    Args:
        room: the room.
        sleepers: who sleeps there, the youngest first.
        changes: what is different tonight.
    """
    anchor = anchor_of(sleepers)
    if anchor is None:
        return None
    listeners = tuple(sleeper for sleeper in sleepers if listens(sleeper))
    wished = dict.fromkeys(teller for listener in listeners for teller in listener.tellers)
    alone = listeners[0].id if len(listeners) == 1 else None
    listed = tuple(teller for teller in wished if teller != alone)
    return Story(
        room=room,
        anchor=anchor.id,
        listeners=tuple(listener.id for listener in listeners),
        takes=told_for(sleepers),
        listed=listed,
        home=tuple(teller for teller in listed if teller not in changes.tellers_away),
    )


def told_reason(
    story: Story, tellings: Tellings, household: Household, frame: NightFrame
) -> Reason:
    """Who tells a room's story, or why nobody does."""
    teller = tellings.tellers.get(story.room)
    if teller is None:
        return untold(story, tellings, household, frame)
    names, first = _names(household), story.listed[0]
    said = {"teller": names[teller], **_slot_text(story, tellings, frame)}
    if teller == first:
        return because("teller", "teller", HOUSEHOLD, **said)
    if first in story.home:
        return because("teller", "teller.busy", HOUSEHOLD, **said, first=names[first])
    return because("teller", "teller.away", TONIGHT, **said, first=names[first])


def heard_reason(listener: Member, story: Story, tellings: Tellings, told: Reason) -> Reason:
    """What a listener is told of their room's story: an elder hears the younger one's.

    It may be told before an elder's own evening turns towards sleep, so it is called whose it is.

    Args:
        listener: who listens.
        story: the room's story.
        tellings: who tells it.
        told: what the room is told of it.
    """
    if listener.id == story.anchor or told.rule != "teller":
        return told
    values = {name: told.values[name] for name in ("teller", "starts", "ends")}
    younger = tellings.drafts[story.anchor].member.name
    said = {"name": listener.name, "younger": younger, **values}
    return because("teller", "teller.younger", told.source, **said)


def untold(story: Story, tellings: Tellings, household: Household, frame: NightFrame) -> Reason:
    """A story nobody can tell tonight, and what would mend it."""
    names, source = _names(household), f"{HOUSEHOLD}; {_OWN_CHOICE}"
    room = next(room.name for room in household.rooms if room.id == story.room)
    what = {"room": room, **_slot_text(story, tellings, frame)}
    if not story.listed:
        name = names[story.anchor]
        return because("untold", "untold.nobody-listed", source, **what, name=name)
    key = "untold.busy" if story.home else "untold.away"
    who = tuple(names[teller] for teller in story.home or story.listed)
    return because("untold", key, source, **what, names=who)


def _slot_text(story: Story, tellings: Tellings, frame: NightFrame) -> dict[str, str]:
    starts, ends = (clock_text(at, frame.zone) for at in slot_of(story, tellings.drafts))
    return {"starts": starts, "ends": ends}


def _names(household: Household) -> dict[Id, str]:
    return {member.id: member.name for member in household.members}


def teller_name(draft: Draft, stories: tuple[Story, ...], tellings: Tellings) -> str:
    """The name of whoever tells the story that a member's light waits for."""
    story = next(story for story in stories if story.anchor == draft.member.id)
    return tellings.drafts[tellings.tellers[story.room]].member.name
