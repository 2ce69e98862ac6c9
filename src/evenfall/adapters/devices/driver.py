"""What a lamp or speaker must be able to do, whatever it speaks.

A driver knows steps, not units: 0 is dark or quiet, `steps` its fullest. It decides nothing.
"""

from typing import Protocol

import msgspec

from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import OutputKind

NOUNS: dict[OutputKind, str] = {"light": "lamp", "sound": "speaker"}


class Seen(msgspec.Struct, frozen=True):
    """What a device says of itself."""

    step: int
    fades: bool = False  # it can change over time by itself
    dims: bool = True  # it knows more than on and off


class Driver(Protocol):
    """One lamp or speaker.

    Both calls take 2 s at most, and raise OutputUnavailableError where nothing came of them.
    """

    @property
    def steps(self) -> int:
        """The number of its fullest step."""

    @property
    def where(self) -> str:
        """Its name and address, for whoever mends it."""

    async def read(self) -> Seen:
        """Where it stands now."""

    async def send(self, step: int, over_s: float, what: str) -> None:
        """Tell it where to go and how long to take.

        Args:
            step: 0 to `steps`.
            over_s: how long the change takes, in seconds, where it can do that.
            what: which soundscape, if any.
        """

    async def close(self) -> None:
        """Let go of the connection."""


class GivesUpError(OutputUnavailableError):
    """Asking again would do no good until someone has mended it."""


def silent_fault(kind: OutputKind, where: str, why: str, mend: str) -> Fault:
    """The fault of a device that does not answer, in the words of the house.

    Example:
        >>> print(silent_fault("light", "the nest lamp", "no power", "plug it in").found)
        The lamp doesn't answer. The story goes on.
    """
    return Fault(
        found=f"The {NOUNS[kind]} doesn't answer. The story goes on.",
        place=Place(where),
        expected=f"an answer within 2 s, and there was {why}",
        mend=mend,
    )
