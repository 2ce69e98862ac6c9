"""Text to record: the one way every format here is read.

The text becomes plain data with places, the data becomes a record, and whatever does not fit
is told with the line and column where it stands.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.explain import explain
from evenfall.formats.located import Located, read_located

T = TypeVar("T")


@dataclass(frozen=True)
class Document(Generic[T]):
    """A record, and where each part of it stands in its text."""

    record: T
    located: Located

    def place(self, *path: str | int) -> Place:
        """Where a value stands, or else the nearest part around it that is written.

        Args:
            path: keys and indices from the top, like `"members", 0, "room"`.
        """
        return self.located.place(*path)

    def key_place(self, *path: str | int) -> Place:
        """Where the name before a value stands: for a scene, the line it is named in."""
        return self.located.key_place(*path)


def decode(text: str, file: str, type_: type[T]) -> Document[T]:
    """Read a text as a record.

    Args:
        text: YAML.
        file: what the text is called, for the errors.
        type_: the record's type.

    Returns:
        The record and its places.

    Raises:
        FormatError: with every fault found, in the order of the text.

    Example:
        >>> from evenfall.records.household import Room
        >>> decode("{id: nest, name: The nest}", "room.yaml", Room).record.id
        'nest'
        >>> try:
        ...     decode("{id: nest, name: Nest, night_light: 4lx}", "room.yaml", Room)
        ... except FormatError as problem:
        ...     print(problem)
        room.yaml:1:37: night_light is "4lx"
          expected: melanopic light at the eye, like 0.5 lx mEDI
          mend: write it like 0.5 lx mEDI
    """
    located = read_located(text, file)
    try:
        record = msgspec.convert(located.data, type_)
    except msgspec.ValidationError as problem:
        faults = explain(located, type_) or [_unexplained(located)]
        raise FormatError(*faults) from problem
    return Document(record, located)


def _unexplained(located: Located) -> Fault:
    return Fault(
        "something in this file that does not fit its format",
        located.place(),
        "the fields that the reference page of this format lists",
        "compare it with the example, part by part",
    )
