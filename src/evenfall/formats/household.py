"""Household text to record and back, with the checks that no single field can make.

Every fault of a text is told at once, in the order of the text. What is written reads back
equal; there is no clock here, so nothing depends on today.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from evenfall.formats.decode import Document, decode
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.located import Path, in_reading_order
from evenfall.formats.quantity import duration_s, duration_text, light_lx_medi, year_month
from evenfall.formats.words import listing, nearest, shown
from evenfall.formats.written import record_text
from evenfall.records.household import Household, Member, Output, Room

NIGHT_LIGHT_MAX_LX_MEDI = 1.0
"""While asleep, at most 1 lx mEDI. Brown et al. 2022, PLoS Biology 20(3):e3001571."""

# Durations beyond these are slips of the pen, not plans: this project's own choices.
RITUAL_MAX_S = 4 * 3600
FROM_WAKING_MAX_S = 6 * 3600
SLEEP_NEED_MAX_S = 20 * 3600
NAP_MAX_S = 12 * 3600
BORN_FROM_YEAR = 1900
EARLY_MAX_MONTHS = 5

COMMENTS = {
    "household": "A home, as Evenfall reads it. Lines that begin with # are for people.",
    "zone": "The time zone all times here are in.",
    "rooms": "The rooms people sleep in, and their lamps and speakers.",
    "members": "Who lives here: where they sleep, their evening, and what their days ask for.",
    "immersion_allowance": "Dreamscape time a night, as the family agreed.",
    "wishes": "Where a guardian wishes otherwise. The more protective holds.",
}


def read_household(text: str, file: str) -> Document[Household]:
    """Read the text of a home.

    Args:
        text: YAML.
        file: what the text is called, for the errors.

    Returns:
        The household and the place of every part of it.

    Raises:
        FormatError: with every fault found, in the order of the text.
    """
    document = decode(text, file, Household)
    faults = [*_room_faults(document), *_member_faults(document), *_wish_faults(document)]
    if faults:
        raise FormatError(*sorted(faults, key=lambda fault: in_reading_order(fault.place)))
    return document


def write_household(household: Household) -> str:
    """Write a home as text, with a short comment before each part.

    Args:
        household: the home.

    Returns:
        YAML that `read_household` reads back equal.

    Raises:
        FormatError: the record is none that could be read back, such as one with a control
            character in a name; the places are those in the text that would have been written.
    """
    text = record_text(household, COMMENTS)
    read_household(text, "household.yaml")
    return text


def _room_faults(document: Document[Household]) -> Iterator[Fault]:
    rooms = document.record.rooms
    placed: list[tuple[Room, Path]] = [(room, ("rooms", i)) for i, room in enumerate(rooms)]
    yield from _repeated(document, "room", [(room.id, path) for room, path in placed])
    outputs: list[tuple[Output, Path]] = [
        (output, (*path, "outputs", index))
        for room, path in placed
        for index, output in enumerate(room.outputs)
    ]
    yield from _repeated(document, "output", [(output.id, path) for output, path in outputs])
    for output, path in outputs:
        yield from _calibration_faults(document, output, path)
    for room, path in placed:
        if light_lx_medi(room.night_light) > NIGHT_LIGHT_MAX_LX_MEDI:
            yield Fault(
                f"a night light of {room.night_light}",
                document.place(*path, "night_light"),
                "at most 1 lx mEDI at the eye of someone asleep (Brown et al. 2022)",
                "write 1 lx mEDI or less, and dim the night light to it; or leave it out for dark",
            )


def _repeated(
    document: Document[Household], noun: str, named: Iterable[tuple[str, Path]]
) -> Iterator[Fault]:
    """Tell of short names that stand twice."""
    first: dict[str, Place] = {}
    for name, path in named:
        place = document.place(*path, "id")
        if name not in first:
            first[name] = place
            continue
        yield Fault(
            f"{name} for a second {noun}; the first is in line {first[name].line}",
            place,
            f"a short name of its own for each {noun} in the home",
            f"give one of the two another id, like {name[:38]}-2",
        )


def _calibration_faults(
    document: Document[Household], output: Output, path: Path
) -> Iterator[Fault]:
    """Tell of a level in the wrong unit, and of a level that is claimed but not given."""
    fits, other = ("light_at_full", "sound_at_full")
    if output.kind == "sound":
        fits, other = other, fits
    where = (*path, "calibration")
    if getattr(output.calibration, other) is not None:
        yield Fault(
            f"{other} for {output.id}, which gives {output.kind}",
            document.key_place(*where, other),
            f"{fits} for an output of kind {output.kind}",
            f"write {fits} instead, or correct the output's kind",
        )
    elif output.calibration.kind != "assumed" and getattr(output.calibration, fits) is None:
        yield Fault(
            f"a {output.calibration.kind} calibration without its level",
            document.place(*where, "kind"),
            f"{fits}: what {output.id} gives at its fullest",
            f"add {fits}, or write kind: assumed",
        )


class _Home(NamedTuple):
    """What a member may refer to."""

    document: Document[Household]
    rooms: list[str]
    members: list[str]


def _member_faults(document: Document[Household]) -> Iterator[Fault]:
    household = document.record
    home = _Home(document, [r.id for r in household.rooms], [m.id for m in household.members])
    placed: list[tuple[Member, Path]] = [
        (member, ("members", index)) for index, member in enumerate(household.members)
    ]
    yield from _repeated(document, "member", [(member.id, path) for member, path in placed])
    for member, path in placed:
        yield from _room_fault(home, member, path)
        yield from _people_faults(home, member, path)
        yield from _evening_fault(document, member, path)
        yield from _birth_fault(document, member, path)
        yield from _duration_faults(document, member, path)


def _wish_faults(document: Document[Household]) -> Iterator[Fault]:
    """Tell of wishes by someone who is not the child's guardian, empty ones, and second ones."""
    guardians = {one.id: one.guardians for one in document.record.members}
    told: set[tuple[str, str]] = set()
    for index, wish in enumerate(document.record.wishes):
        if wish.by not in guardians.get(wish.child, ()):
            children = [one for one, theirs in guardians.items() if wish.by in theirs]
            yield Fault(
                f"{wish.by} wishes something for {wish.child}, and is no guardian of theirs",
                document.place("wishes", index, "child"),
                "a child who names them among their guardians",
                f"write child: {listing(children)}" if children else f"take {wish.by}'s wish out",
            )
        if (wish.evening, wish.lights_out, wish.immersion_allowance) == (None, None, None):
            yield Fault(
                f"a wish of {wish.by} for {wish.child} that says nothing",
                document.place("wishes", index),
                "evening, lights_out or immersion_allowance",
                "add what is wished, or take it out",
            )
        if (wish.by, wish.child) in told:
            yield Fault(
                f"a second wish of {wish.by} for {wish.child}",
                document.place("wishes", index),
                "one wish of a guardian for a child, with everything in it",
                "put the two into one",
            )
        told.add((wish.by, wish.child))


def _room_fault(home: _Home, member: Member, path: Path) -> Iterator[Fault]:
    if member.room in home.rooms:
        return
    meant = nearest(member.room, home.rooms)
    yield Fault(
        f"{member.id} sleeps in {shown(member.room)}, which is no room of this home",
        home.document.place(*path, "room"),
        f"a room that is listed under rooms: {listing(home.rooms)}",
        f"write room: {meant or listing(home.rooms)}, or add that room under rooms",
    )


def _people_faults(home: _Home, member: Member, path: Path) -> Iterator[Fault]:
    """Tell of guardians and tellers who do not live here, or are the member themself."""
    others = [name for name in home.members if name != member.id]
    for role in ("guardians", "tellers"):
        for index, name in enumerate(getattr(member, role)):
            if name in others:
                continue
            what = f"{name} is among the {role} of {member.id}"
            found = (
                f"{what}, but nobody is their own {role[:-1]}"
                if name == member.id
                else f"{what}, but is no member of this home"
            )
            mend = f"write {nearest(name, others) or listing(others)}, or take {name} out"
            yield Fault(
                found,
                home.document.place(*path, role, index),
                f"another member of this home: {listing(others)}",
                mend if others else f"take {name} out",
            )


def _evening_fault(document: Document[Household], member: Member, path: Path) -> Iterator[Fault]:
    if member.evening != "immersive" or member.score:
        return
    yield Fault(
        f"an immersive evening for {member.id} without a score",
        document.place(*path, "evening"),
        "score: the short name of the dreamscape that was chosen",
        "add a line like score: two-boats, or write evening: told",
    )


def _birth_fault(document: Document[Household], member: Member, path: Path) -> Iterator[Fault]:
    yield from _due_fault(document, member, path)
    year, _ = year_month(member.born)
    if year >= BORN_FROM_YEAR:
        return
    yield Fault(
        f"{member.id} was born in {year}",
        document.place(*path, "born"),
        f"a year and month from {BORN_FROM_YEAR}-01 on, like 2018-03",
        "correct the year",
    )


def _due_fault(document: Document[Household], member: Member, path: Path) -> Iterator[Fault]:
    """Tell of a birth that was due before it came, or longer after than any baby comes early."""
    if member.due is None:
        return
    born_year, born_month = year_month(member.born)
    due_year, due_month = year_month(member.due)
    early_months = (due_year - born_year) * 12 + due_month - born_month
    if 0 <= early_months <= EARLY_MAX_MONTHS:
        return
    yield Fault(
        f"{member.id} was born {member.born} and due {member.due}",
        document.place(*path, "due"),
        f"for a baby born early: at most {EARLY_MAX_MONTHS} months after the birth",
        "correct due, or leave it out for a baby that came on time or late",
    )


def _duration_faults(document: Document[Household], member: Member, path: Path) -> Iterator[Fault]:
    """Tell of lengths of time that no one can mean."""
    ritual_s = sum(duration_s(step.takes) for step in member.ritual)
    need_s = duration_s(member.sleep_need or "0 min")
    lengths: list[tuple[Path, str, int, int]] = [
        (("ritual",), "the whole ritual takes", ritual_s, RITUAL_MAX_S),
        (("nap",), "a nap is", duration_s(member.nap), NAP_MAX_S),
        (("sleep_need",), "the sleep needed is", need_s, SLEEP_NEED_MAX_S),
    ]
    for index, commitment in enumerate(member.commitments):
        from_s = duration_s(commitment.from_waking)
        field: Path = ("commitments", index, "from_waking")
        lengths.append((field, "from waking to being there is", from_s, FROM_WAKING_MAX_S))
    for where, what, length_s, most_s in lengths:
        if length_s > most_s:
            yield Fault(
                f"{what} {duration_text(length_s)} for {member.id}",
                document.place(*path, *where),
                f"at most {duration_text(most_s)}",
                "check the figures and their units: h, min or s",
            )
