"""A measured calibration, written into a household's own text; every other word of it stays.

The text is changed as little as can be, then read again: what comes of it must be the household
it was with this one calibration, or nothing is written.
"""

from msgspec.structs import replace

from evenfall.formats.decode import Document
from evenfall.formats.errors import FormatError
from evenfall.formats.household import read_household
from evenfall.records.household import Calibration, Household, Output, Room


def with_calibration(
    text: str, document: Document[Household], output: str, measured: Calibration
) -> str | None:
    """The text with another calibration for one output.

    Args:
        text: the household's, as `document` was read from.
        document: the household and its places.
        output: which lamp or speaker, by id.
        measured: what it gives.

    Returns:
        The new text; None where it is written in a way that is not safely changed by a machine.
    """
    room, place = _where(document.record, output)
    path = ("rooms", room, "outputs", place)
    lines = text.splitlines(keepends=True)
    key = document.key_place(*path, "id")
    indent = " " * (key.column - 1)
    new = [f"{indent}{line}\n" for line in calibration_lines(measured)]
    if document.record.rooms[room].outputs[place].calibration != Calibration():
        first = document.key_place(*path, "calibration").line - 1
        last = _end_of_block(lines, first, len(indent))
    else:
        first = last = document.place(*path, "kind").line
    changed = "".join([*lines[:first], *new, *lines[last:]])
    return changed if _is(changed, _wanted(document.record, output, measured)) else None


def calibration_lines(measured: Calibration) -> list[str]:
    """A calibration as it is written, to be copied.

    Example:
        >>> calibration_lines(Calibration(kind="measured", light_at_full="20 lx mEDI"))
        ['calibration:', '  kind: measured', '  light_at_full: 20 lx mEDI']
    """
    given = {
        "kind": measured.kind,
        "light_at_full": measured.light_at_full,
        "sound_at_full": measured.sound_at_full,
    }
    return ["calibration:", *(f"  {name}: {value}" for name, value in given.items() if value)]


def _where(household: Household, output: str) -> tuple[int, int]:
    return next(
        (room, place)
        for room, one in enumerate(household.rooms)
        for place, each in enumerate(one.outputs)
        if each.id == output
    )


def _end_of_block(lines: list[str], first: int, indent: int) -> int:
    """The line after what belongs to a key; blank lines and notes after it are not its own."""
    last = first + 1
    for place in range(first + 1, len(lines)):
        words = lines[place].strip()
        if not words or words.startswith("#"):
            continue
        if len(lines[place]) - len(lines[place].lstrip(" ")) <= indent:
            break
        last = place + 1
    return last


def _wanted(household: Household, output: str, measured: Calibration) -> Household:
    def output_as(one: Output) -> Output:
        return replace(one, calibration=measured) if one.id == output else one

    def room_as(one: Room) -> Room:
        return replace(one, outputs=tuple(output_as(each) for each in one.outputs))

    return replace(household, rooms=tuple(room_as(one) for one in household.rooms))


def _is(text: str, wanted: Household) -> bool:
    try:
        return read_household(text, "household.yaml").record == wanted
    except FormatError:
        return False
