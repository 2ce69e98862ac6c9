"""Score text to record, with the one rule that belongs to the text itself.

Whether an evening is safe is asked of its compiled programme, elsewhere; here it only has to
be readable and to say of each exit, in exactly one way, when it opens.
"""

from evenfall.formats.decode import Document, decode
from evenfall.formats.errors import Fault, FormatError
from evenfall.formats.located import Path, in_reading_order
from evenfall.formats.words import listing
from evenfall.records.score import Exit, Score

CONDITIONS = ("asleep_for", "touched", "chosen", "lights_out")


def read_score(text: str, file: str) -> Document[Score]:
    """Read the text of an evening.

    Args:
        text: YAML.
        file: what the text is called, for the errors.

    Returns:
        The score and the place of every part of it.

    Raises:
        FormatError: with every fault found, in the order of the text.
    """
    document = decode(text, file, Score)
    faults = [
        fault
        for name, scene in document.record.scenes.items()
        for index, way in enumerate(scene.exits)
        if (fault := _exit_fault(document, way, ("scenes", name, "exits", index)))
    ]
    if faults:
        raise FormatError(*faults)
    return document


def _exit_fault(document: Document[Score], way: Exit, path: Path) -> Fault | None:
    """What is wrong where an exit has no condition, or more than one."""
    given = [name for name in CONDITIONS if getattr(way, name)]
    if len(given) == 1:
        return None
    expected = f"exactly one of {listing(CONDITIONS)}"
    if not given:
        found = f"an exit to {way.to} that says nothing of when it opens"
        return Fault(found, document.place(*path), expected, "add one, like touched: true")
    # The second in the text is the one too many, whatever order the record lists them in.
    places = sorted((document.key_place(*path, name) for name in given), key=in_reading_order)
    return Fault(
        f"an exit to {way.to} with both {listing(given, 'and')}",
        places[1],
        expected,
        "keep one; for either of two reasons, write two exits",
    )
