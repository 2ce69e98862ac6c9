"""The errors a person can mend.

Each says what was found, where, what was expected and what to do about it, so that the same
error reads well in a terminal, on a page and in JSON.
"""

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Place:
    """Where something stands in a text. Lines and columns count from 1; 0 is unknown."""

    file: str = ""
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        if not self.line:
            return self.file
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True)
class Fault:
    """One thing wrong with what someone wrote or brought.

    Example:
        >>> print(Fault("'noor' sleeps in 'nset'", Place("home.yaml", 12, 11), "a room that is "
        ...             "listed under rooms", "write room: nest"))
        home.yaml:12:11: 'noor' sleeps in 'nset'
          expected: a room that is listed under rooms
          mend: write room: nest
    """

    found: str
    place: Place
    expected: str
    mend: str

    def __str__(self) -> str:
        where = f"{self.place}: " if str(self.place) else ""
        return f"{where}{self.found}\n  expected: {self.expected}\n  mend: {self.mend}"

    def to_dict(self) -> dict[str, object]:
        """The fault as plain data, for `--json`."""
        return asdict(self)


class EvenfallError(Exception):
    """Any error a person can mend. It carries one fault or more.

    Args:
        faults: what is wrong, at least one.
    """

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class FormatError(EvenfallError):
    """A text that is not what its format asks for."""


class RecordingError(EvenfallError):
    """A recording that cannot be read."""
