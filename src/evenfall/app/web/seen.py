"""What of a home one caller sees, and what of an evening they may ask for."""

from collections.abc import Set

from msgspec.structs import replace

from evenfall.app.access.rights import for_members, may_for, rights_of, rooms_of
from evenfall.app.web.guarded import from_elsewhere
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.access import Caller, Right
from evenfall.records.household import Household
from evenfall.records.view import Act, Ask, HomeView, RoomView, SleeperView

RIGHT_FOR: dict[Act, Right] = {
    "stop": "stop",
    "skip-wake": "skip-wake",
    "voice": "voices-hear",
}
"""The right each act needs; every other one is part of the evening."""

FROM_ELSEWHERE: tuple[Act, ...] = ("stop", "touch")
"""What may be asked of a room from outside the home without a signature: a stop, as anywhere, and a
touch where it calls an adult, which then lights nothing. All else that quietens from afar is an act
(`app.acts`); what brightens or plays is for who is there."""

_ONE_S_OWN = ("no", "lights-out", "up", "touch", "voice")
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
    grown = caller.role in ("guardian", "adult")
    whys = {one.id for one in household.members} if grown else set(for_members(caller, household))
    return replace(
        view,
        sleepers=tuple(
            _worry(_sleeper(one, whys), caller, household)
            for one in view.sleepers
            if one.room in rooms
        ),
        rooms=tuple(_room(one, caller) for one in view.rooms if one.room in rooms),
        conflicts=view.conflicts if everything else (),
    )


def _sleeper(sleeper: SleeperView, whys: Set[str]) -> SleeperView:
    """Someone's line. Why their times are so tells their age, and is no guest's business."""
    return sleeper if sleeper.member in whys else replace(sleeper, reasons=())


def _worry(sleeper: SleeperView, caller: Caller, household: Household) -> SleeperView:
    """What to do about a worry is for whoever may note one: no child's screen, no bedside's."""
    may = not sleeper.worry or may_for(caller, "worries", sleeper.member, household)
    return sleeper if may else replace(sleeper, worry="")


def _room(room: RoomView, caller: Caller) -> RoomView:
    rights = rights_of(caller)
    can = tuple(act for act in room.can if right_for(act) in rights)
    if caller.elsewhere:
        can = tuple(act for act in can if act in FROM_ELSEWHERE)
    return replace(room, can=can, broke_off=room.broke_off and "reboot" in rights)


def right_for(act: Act) -> Right:
    """The right an act needs."""
    return RIGHT_FOR.get(act, "evening")


def in_their_name(ask: Ask, caller: Caller, household: Household) -> Ask:
    """What a caller asks, as they mean it: what a child says without a name, they say for
    themself. A stop is never refused to anyone who is in the room.

    Args:
        ask: what is asked.
        caller: by whom.
        household: who lives here.

    Raises:
        NotYoursError: it is for another to ask; with what can be done instead.
    """
    if ask.room not in rooms_of(caller, household):
        raise NotYoursError(
            Fault("a room that is not this screen's", Place(), "its own room", "ask there")
        )
    if caller.elsewhere and ask.do not in FROM_ELSEWHERE:
        raise NotYoursError(from_elsewhere())
    if right_for(ask.do) not in rights_of(caller):
        raise NotYoursError(
            Fault(
                f"{ask.do}, which is not for this screen",
                Place(),
                "a screen of someone who may",
                "ask a grown-up who lives here",
            )
        )
    if caller.role != "child" or ask.do not in _ONE_S_OWN:
        return ask
    if ask.member not in (None, caller.member):
        raise NotYoursError(
            Fault(
                "something said for someone else",
                Place(),
                "what one says for oneself",
                "let them say it, or a grown-up",
            )
        )
    return replace(ask, member=caller.member)
