"""The room's story, from who may tell it to the words about who does.

Between the rooms' evenings and the choice of tellers: what is to be told, and what is said of it.
"""

from evenfall.plan.changes import Changes
from evenfall.plan.draft import Draft
from evenfall.plan.morning import HOUSEHOLD, TONIGHT
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
    starts, ends = (clock_text(at, frame.zone) for at in slot_of(story, tellings.drafts))
    if teller is None:
        return untold(story, tellings, household, frame)
    names = _names(household)
    first = story.listed[0]
    why = ""
    if teller != first:
        away = "is away tonight" if first not in story.home else "cannot be there then"
        why = f" {names[first]} {away}."
    return Reason(
        rule="teller",
        text=f"{names[teller]} tells the story from {starts} to {ends}.{why}",
        source=TONIGHT if first not in story.home else HOUSEHOLD,
    )


def untold(story: Story, tellings: Tellings, household: Household, frame: NightFrame) -> Reason:
    """A story nobody can tell tonight, and what would mend it."""
    names = _names(household)
    room = next(room.name for room in household.rooms if room.id == story.room)
    starts, ends = (clock_text(at, frame.zone) for at in slot_of(story, tellings.drafts))
    what = f"the story in {room} from {starts} to {ends}"
    if not story.listed:
        text = f"Nobody is written down to tell {what}. Write tellers: for {names[story.anchor]}."
    elif not story.home:
        who = " and ".join(names[teller] for teller in story.listed)
        text = f"Nobody is home to tell {what}: {who} away tonight. Another teller would mend it."
    else:
        who = " and ".join(names[teller] for teller in story.home)
        text = (
            f"Nobody is free to tell {what}: {who} would have to be in two places. One of them "
            "has to move: another teller, an evening that can begin earlier, or a shorter story."
        )
    return Reason(rule="untold", text=text, source=f"{HOUSEHOLD}; {_OWN_CHOICE}")


def _names(household: Household) -> dict[Id, str]:
    return {member.id: member.name for member in household.members}


def teller_name(draft: Draft, stories: tuple[Story, ...], tellings: Tellings) -> str:
    """The name of whoever tells the story that a member's light waits for."""
    story = next(story for story in stories if story.anchor == draft.member.id)
    return tellings.drafts[tellings.tellers[story.room]].member.name
