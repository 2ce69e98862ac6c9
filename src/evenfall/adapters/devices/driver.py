"""What a lamp or speaker must be able to do, whatever it speaks.

A driver knows steps, not units: 0 is dark or quiet, `steps` its fullest. It decides nothing.
"""

from math import inf
from typing import Literal, Protocol, runtime_checkable

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
    holds_s: float = inf  # then it goes to safe by itself, unless it is told again
    moved_by: Literal["", "hand", "itself"] = ""  # since it was last told, where that is known


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


@runtime_checkable
class HoldsItself(Protocol):
    """A device that goes to safe by itself when it is told nothing more (care rule 4).

    Its driver arms that with every command and with each renewal, from the moment it is asked to.
    """

    def hold(self, safe_step: int) -> None:
        """From here on, what it is told above `safe_step` lapses to that by itself."""

    @property
    def lapses(self) -> bool:
        """False once the device itself has shown that it does not do so."""

    async def lit_at_power_up(self) -> bool | None:
        """Whether power that comes back makes it more than safe; None where it doesn't say."""


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
