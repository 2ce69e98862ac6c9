"""What of a home one caller sees, and what of an evening they may ask for."""

from msgspec.structs import replace

from evenfall.app.access.rights import rights_of, rooms_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.access import Caller, Right
from evenfall.records.household import Household
from evenfall.records.view import Act, Ask, HomeView, RoomView

RIGHT_FOR: dict[Act, Right] = {
    "stop": "stop",
    "skip-wake": "skip-wake",
    "voice": "voices-hear",
}
"""The right each act needs; every other one is part of the evening."""

_ONE_S_OWN = ("no", "lights-out", "up")
"""What a child says for themself alone."""


class NotYoursError(EvenfallError):
    """Something asked that is for another to ask."""


def seen_by(view: HomeView, caller: Caller, household: Household) -> HomeView:
    """The home as one caller sees it: their rooms, whoever sleeps there, what they may ask.

    Args:
        view: the home, whole.
        caller: who looks.
        household: who lives here.
    """
    rooms = rooms_of(caller, household)
    everything = len(rooms) == len(household.rooms)
    return replace(
        view,
        sleepers=tuple(one for one in view.sleepers if one.room in rooms),
        rooms=tuple(_room(one, caller) for one in view.rooms if one.room in rooms),
        conflicts=view.conflicts if everything else (),
    )


def _room(room: RoomView, caller: Caller) -> RoomView:
    rights = rights_of(caller)
    return replace(room, can=tuple(act for act in room.can if right_for(act) in rights))


def right_for(act: Act) -> Right:
    """The right an act needs."""
    return RIGHT_FOR.get(act, "evening")


def refuse_what_is_not_theirs(ask: Ask, caller: Caller, household: Household) -> None:
    """Refuse what another has to ask for. A stop is never refused to anyone who is in the room.

    Args:
        ask: what is asked.
        caller: by whom.
        household: who lives here.

    Raises:
        NotYoursError: with what can be done instead.
    """
    if ask.room not in rooms_of(caller, household):
        raise NotYoursError(
            Fault("a room that is not this screen's", Place(), "its own room", "ask there")
        )
    if right_for(ask.do) not in rights_of(caller):
        raise NotYoursError(
            Fault(
                f"{ask.do}, which is not for this screen",
                Place(),
                "a screen of someone who may",
                "ask a grown-up who lives here",
            )
        )
    if caller.role == "child" and ask.do in _ONE_S_OWN and ask.member != caller.member:
        raise NotYoursError(
            Fault(
                "something said for someone else",
                Place(),
                "what one says for oneself",
                "let them say it, or a grown-up",
            )
        )
