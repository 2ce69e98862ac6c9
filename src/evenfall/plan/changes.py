"""What is different tonight, and tonight only.

A change is the household's own word, so it wins over what is usual; it touches nothing that is
kept. The one thing it cannot do is take sleep from a child below the range of their age.
"""

from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Id, LocalTime, Record
from evenfall.records.household import EveningKind


class MemberChange(Record, frozen=True, kw_only=True):
    """One person's tonight, where it differs from their usual."""

    member: Annotated[Id, Meta(description="whose night changes")]
    wake: Annotated[
        LocalTime | None, Meta(description="wake at this time, whatever the day asks")
    ] = None
    lights_out: Annotated[LocalTime | None, Meta(description="lights out at this time")] = None
    evening: Annotated[
        EveningKind | None, Meta(description="the kind of evening wished for tonight")
    ] = None
    skip_wake: Annotated[
        bool,
        Meta(description="true: set the morning's commitments aside and wake as on a free day"),
    ] = False


class Changes(Record, frozen=True, kw_only=True):
    """Tonight's changes for a whole home."""

    members: Annotated[
        tuple[MemberChange, ...], Meta(description="changes by member", max_length=32)
    ] = ()
    tellers_away: Annotated[
        tuple[Id, ...], Meta(description="who is not home to tell tonight", max_length=32)
    ] = ()
    worried_about: Annotated[
        tuple[Id, ...],
        Meta(description="for whom no dreamscape runs until a doctor was asked", max_length=32),
    ] = ()


def change_of(changes: Changes, member: Id) -> MemberChange:
    """Tonight's change for one member, or one that changes nothing.

    Example:
        >>> change_of(Changes(), "ada").wake is None
        True
    """
    found = (change for change in changes.members if change.member == member)
    return next(found, MemberChange(member=member))
