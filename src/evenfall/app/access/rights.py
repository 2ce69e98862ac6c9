"""What each role may do, and what each way of reaching the hub may carry. One table each.

A right holds where both tables give it. Over the house's plain network anyone who listens can
read along, so nothing private travels there: the whole told evening does, the dream book does not,
and a screen of someone's own does not come in there at all (`SCREENS_OVER`).
For whom a right holds (`may_for`, `rooms_of`) follows from the household.
"""

from datetime import date, datetime

from evenfall.app.access.lifetimes import FRESH_FOR
from evenfall.formats.quantity import year_month
from evenfall.plan.age import age_months, is_child
from evenfall.records.access import Caller, Me, Origin, Right, Role, ScreenKind
from evenfall.records.household import Household, Member
from evenfall.safety.limits import CHILD_UNDER_YEARS

_EVERYONE: frozenset[Right] = frozenset({"stop", "help", "evening", "voices-hear"})
_OWN: frozenset[Right] = frozenset({"felt", "mornings", "dreams-tell", "dreams-read", "screens"})
_GROWN: frozenset[Right] = frozenset({"skip-wake", "voices-keep", "secrets", "worries", "reboot"})

_GUARDIANS: frozenset[Right] = frozenset({"acts"})

BY_ROLE: dict[Role, frozenset[Right]] = {
    "guardian": _EVERYONE | _OWN | _GROWN | _GUARDIANS,
    "adult": _EVERYONE | _OWN | _GROWN,
    "child": _EVERYONE | _OWN,
    "guest": _EVERYONE,
    "device": _EVERYONE | {"felt", "dreams-tell", "skip-wake"},
    "nobody": frozenset(),
}
"""What each role may do. A guardian has one right more than another adult, to make a room quiet
from afar (`records/act.py`); the others they have for more people (`may_for`). A bedside may skip a
wake, since it can stop the dawn anyhow."""

_ANYTHING = _EVERYONE | _OWN | _GROWN | _GUARDIANS
BY_ORIGIN: dict[Origin, frozenset[Right]] = {
    "here": _ANYTHING,
    "locked": _ANYTHING,
    "plain": _EVERYONE | {"felt", "skip-wake"},
}
"""What each way of reaching the hub may carry."""

_AFAR: frozenset[Right] = frozenset({"stop", "help", "evening", "voices-hear"})

FROM_ELSEWHERE: frozenset[Right] = _AFAR | _OWN | _GUARDIANS | {"voices-keep", "secrets", "worries"}
"""What may be used from outside the home; a right that is not named here may not. Of the evening a
screen elsewhere only sees: what it may ask of a room is a stop, an adult's coming
(`web.seen.FROM_ELSEWHERE`) and the three acts, none of which makes anything brighter or louder, and
none of which listens."""

SCREENS_OVER: dict[Origin, frozenset[ScreenKind]] = {
    "here": frozenset({"member", "guest", "device"}),
    "locked": frozenset({"member", "guest", "device"}),
    "plain": frozenset({"guest", "device"}),
}
"""Which screens come in over each way: whoever listens in could take a session with them."""


def rights_of(caller: Caller) -> frozenset[Right]:
    """What a caller may do. A session that is over may still stop, and nothing else.

    Example:
        >>> sorted(rights_of(Caller(role="guest", origin="plain")))
        ['evening', 'help', 'stop', 'voices-hear']
    """
    rights = BY_ROLE[caller.role] & BY_ORIGIN[caller.origin]
    if caller.session is None and caller.role == "device":  # the hub's own window: anyone's words
        rights -= {"dreams-tell"}
    if caller.elsewhere:
        rights &= FROM_ELSEWHERE
    return rights & {"stop"} if caller.expired else rights


def role_of(household: Household, member: Member, today: date) -> Role:
    """What a member is in this home: a child by age, a guardian by the children who name them."""
    if is_child(age_months(member, today)):
        return "child"
    acts_for = any(member.id in other.guardians for other in household.members)
    return "guardian" if acts_for else "adult"


def grown_from(member: Member) -> date:
    """The first day on which someone surely is 18.

    Example:
        >>> print(grown_from(Member(id="leo", name="Leo", born="2008-12", room="nest")))
        2027-01-01
    """
    year, month = year_month(member.born)
    months = (year + CHILD_UNDER_YEARS) * 12 + month  # the month after the birthday's
    return date(months // 12, months % 12 + 1, 1)


def for_members(caller: Caller, household: Household) -> tuple[str, ...]:
    """For whom a caller may say how a night was, or tell a dream: oneself, one's children,
    or at a bedside whoever sleeps there. A guest says it for nobody.
    """
    return tuple(one.id for one in household.members if _is_for(caller, one))


def _is_for(caller: Caller, member: Member) -> bool:
    if caller.role == "device":
        return caller.room in (None, member.room)
    if caller.role == "guardian" and caller.member in member.guardians:
        return True
    return caller.member is not None and caller.member == member.id


def may_for(caller: Caller, right: Right, member: str, household: Household) -> bool:
    """Whether a right holds for someone. A dream book opens for its owner alone.

    Args:
        caller: who asks.
        right: what for.
        member: about whom, by id.
        household: who lives here.
    """
    if right not in rights_of(caller):
        return False
    if right == "dreams-read":
        return caller.member == member
    if right == "mornings" and caller.role == "device":
        return False
    return member in for_members(caller, household)


def rooms_of(caller: Caller, household: Household) -> frozenset[str]:
    """The rooms whose evening a caller sees and takes part in.

    Adults and guests see every room, since any of them may be the one who tells the story; a
    child sees their own, a bedside screen its own.
    """
    rooms = frozenset(room.id for room in household.rooms)
    if caller.role == "child":
        return rooms & {one.room for one in household.members if one.id == caller.member}
    if caller.role == "device" and caller.room is not None:
        return rooms & {caller.room}
    return frozenset() if caller.role == "nobody" else rooms


def me(
    caller: Caller,
    household: Household,
    *,
    new_home: bool,
    locked_at: str,
    named: bool,
    acts_key: str = "",
    guard_key: str = "",
) -> Me:
    """What a page is told about itself.

    Args:
        caller: who asks.
        household: who lives here.
        new_home: true until a guardian has signed in once.
        locked_at: the home's encrypted address, or nothing.
        named: true where the address asked is a name that passkeys can be made for.
        acts_key: the public key the house knows this screen by, or nothing.
        guard_key: the public half of the guard's key, in hex, or nothing where none is known.
    """
    name = next((one.name for one in household.members if one.id == caller.member), "")
    return Me(
        role=caller.role,
        name=name,
        member=caller.member,
        room=caller.room,
        origin=caller.origin,
        rights=tuple(sorted(rights_of(caller))),
        for_members=() if caller.expired else for_members(caller, household),
        new_home=new_home,
        expired=caller.expired,
        passkeys=named and caller.origin != "plain",
        locked_at=locked_at,
        fresh_until_utc=_fresh_until_utc(caller),
        screen=caller.session,
        elsewhere=caller.elsewhere,
        acts_key=acts_key,
        guard_key="" if caller.role == "nobody" or caller.expired else guard_key,
    )


def _fresh_until_utc(caller: Caller) -> datetime | None:
    may = caller.made_utc is not None and "secrets" in rights_of(caller)
    return caller.made_utc + FRESH_FOR if may and caller.made_utc is not None else None
