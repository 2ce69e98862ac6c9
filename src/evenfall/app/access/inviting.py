"""Who may let whom in. One rule stands above the rest: nobody makes a key to the dream book of
another adult.
"""

from collections.abc import Sequence
from datetime import date
from typing import Literal

from evenfall.app.access.refusals import NotLetInError, refused
from evenfall.app.access.rights import role_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.access import ScreenKind
from evenfall.records.household import Household, Member

Why = Literal["grown-ups only", "their guardian", "their own"]
"""Why someone may not: what it takes instead."""


def member_of(household: Household, member: str | None) -> Member | None:
    """Who is meant by an id, if they live here."""
    return next((one for one in household.members if one.id == member), None)


def refuse_unclear(
    kind: ScreenKind, member: str | None, room: str | None, household: Household
) -> None:
    """Raise where it is not clear which screen is meant.

    Raises:
        EvenfallError: someone or a room that is not here, or more than the kind of screen has.
    """
    rooms = {one.id for one in household.rooms}
    if kind == "member" and member_of(household, member) is None:
        ids = ", ".join(one.id for one in household.members)
        raise _unclear(_named(member, "a member who does not live here"), f"one of {ids}")
    if kind == "device" and room is not None and room not in rooms:
        raise _unclear(
            _named(room, "a room that is not here"), f"one of {', '.join(sorted(rooms))}, or none"
        )
    if (member is not None and kind != "member") or (room is not None and kind != "device"):
        raise _unclear(
            "a screen for more than one thing", "a member's own, a room's bedside, or a guest's"
        )


def why_not(
    kind: ScreenKind,
    member: str | None,
    *,
    by: str | None,
    is_known: bool,
    household: Household,
    today: date,
) -> Why | None:
    """Why someone may not let a screen in, or None where they may.

    Args:
        kind: what it would be.
        member: for a member's own screen: whose.
        by: who lets it in; nobody is the machine's own terminal, which may do anything.
        is_known: true where that member was ever let in before.
        household: who lives here.
        today: the local date.
    """
    if by is None:
        return None
    inviter = member_of(household, by)
    role = role_of(household, inviter, today) if inviter is not None else "nobody"
    if role not in ("guardian", "adult"):
        return "grown-ups only"
    if kind != "member" or member == by:
        return None
    whose = member_of(household, member)
    if whose is None:
        return "their own"
    if role_of(household, whose, today) == "child":
        return None if by in whose.guardians else "their guardian"
    return None if role == "guardian" and not is_known else "their own"


def apt(links: Sequence[str], kind: ScreenKind) -> tuple[str, ...]:
    """The addresses that suit a screen, the best first. A member's own comes in encrypted, where
    there is such an address; a bedside or a guest's need not be taught first to trust it.

    Example:
        >>> apt(("https://hub.local:8322", "http://192.168.1.20:8321"), "member")
        ('https://hub.local:8322',)
    """
    locked = tuple(link for link in links if link.startswith("https:"))
    others = tuple(link for link in links if link not in locked)
    return (locked or others) if kind == "member" else (*others, *locked)


def pair_link(link: str, words: str, guard_key: str) -> str:
    """An address that carries four words, and the guard's key for the screen to keep.

    Args:
        link: where the hub is reached.
        words: the four words.
        guard_key: the public half of the guard's key, in hex, or nothing where none is known.

    Example:
        >>> pair_link("http://192.168.1.20:8321", "otter-lantern-river-plum", "ab12")
        'http://192.168.1.20:8321/#/pair/otter-lantern-river-plum/ab12'
    """
    return f"{link}/#/pair/{words}" + (f"/{guard_key}" if guard_key else "")


def inviting_refused(why: Why, whose: Member | None) -> NotLetInError:
    """Tell someone who may not let a screen in what it takes instead.

    Args:
        why: why they may not.
        whose: whose screen it would be.
    """
    name = whose.name if whose is not None else "them"
    if why == "grown-ups only":
        return refused(
            "a screen that may not let another one in",
            "a grown-up's own screen",
            "ask a grown-up who lives here",
        )
    if why == "their guardian":
        return refused(
            f"a screen for {name}, made by someone who is not their guardian",
            f"one of {name}'s guardians",
            "ask one of them",
        )
    return refused(
        f"a screen for {name}, made by someone else",
        f"{name}, since it opens {name}'s own dream book",
        f"let {name} make it, on a screen of their own or at the hub's own machine",
    )


def _named(given: str | None, what: str) -> str:
    return what if given is None else f"{given!r}, {what}"


def _unclear(found: str, expected: str) -> EvenfallError:
    return EvenfallError(Fault(found, Place(), expected, "choose again"))
