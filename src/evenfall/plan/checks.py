"""What must be true of a household and tonight's changes before anything can be planned.

Reading a file has usually refused all of this already; a record built by hand has not been read.
"""

from collections import Counter
from collections.abc import Iterable

import msgspec

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.changes import Changes
from evenfall.records.household import Household


def check_input(household: Household, changes: Changes) -> None:
    """Refuse what cannot be planned, with every fault at once.

    Raises:
        EvenfallError: for a malformed value, a name used twice, or a name nobody answers to.
    """
    malformed = (*_malformed(household, Household), *_malformed(changes, Changes))
    if malformed:
        raise EvenfallError(*malformed)
    faults = (*_repeated(household, changes), *_unknown(household, changes), *_both_wakes(changes))
    if faults:
        raise EvenfallError(*faults)


def _malformed(record: msgspec.Struct, kind: type[msgspec.Struct]) -> tuple[Fault, ...]:
    try:
        msgspec.convert(msgspec.to_builtins(record), kind)
    except (msgspec.ValidationError, TypeError) as error:
        what = kind.__name__.lower()
        mend = f"correct that value of the {what}"
        return (Fault(f"the {what} has a value that cannot be: {error}", Place(), what, mend),)
    return ()


def _repeated(household: Household, changes: Changes) -> tuple[Fault, ...]:
    named = (
        ("room", (room.id for room in household.rooms)),
        ("member", (member.id for member in household.members)),
        ("change for", (change.member for change in changes.members)),
    )
    return tuple(
        Fault(
            f"there is more than one {what} {name!r}",
            Place(),
            "one of each name",
            "rename one, or take one away",
        )
        for what, names in named
        for name in _twice(names)
    )


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]


def _unknown(household: Household, changes: Changes) -> tuple[Fault, ...]:
    rooms = [room.id for room in household.rooms]
    people = [member.id for member in household.members]
    rooms_named = [(f"{m.id!r} sleeps in {m.room!r}", m.room) for m in household.members]
    people_named = [
        *((f"{m.id!r} hears stories from {t!r}", t) for m in household.members for t in m.tellers),
        *((f"tonight changes for {c.member!r}", c.member) for c in changes.members),
        *((f"{name!r} is away tonight", name) for name in changes.tellers_away),
    ]
    return (
        *(_stranger(text, "a room", rooms) for text, name in rooms_named if name not in rooms),
        *(_stranger(text, "a member", people) for text, name in people_named if name not in people),
    )


def _stranger(text: str, what: str, known: list[str]) -> Fault:
    return Fault(f"{text}, which this home does not list", Place(), what, "use " + ", ".join(known))


def _both_wakes(changes: Changes) -> tuple[Fault, ...]:
    return tuple(
        Fault(
            f"tonight {change.member!r} both wakes at {change.wake} and skips waking",
            Place(),
            "one or the other",
            "leave out wake, or skip_wake",
        )
        for change in changes.members
        if change.wake is not None and change.skip_wake
    )
