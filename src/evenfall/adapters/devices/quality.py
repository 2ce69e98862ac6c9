"""How far an output adapter has been tried: declared by itself, and shown wherever it is used.

No level is a promise about somebody's own lamp. A calibration says how bright that gets, and the
guard looks at what it says of itself; a level says only what this adapter was ever tried with.
"""

from typing import Literal

import msgspec

Level = Literal["undeclared", "simulated", "twin", "program", "device"]
Holds = Literal["itself", "watched", "nothing"]

LEVELS: dict[Level, str] = {
    "undeclared": "nobody has said what this adapter was tried with",
    "simulated": "there is nothing real behind it",
    "twin": "the conformance suite holds against a twin, written from the maker's documents",
    "program": "it was tried with the maker's own program and its demonstration devices",
    "device": "the conformance suite holds with a real device, which is named with the day",
}
"""What each level asks for, the least first."""

HOLDS: dict[Holds, str] = {
    "itself": "the device goes to safe by itself when it is told nothing more",
    "watched": "something else can be set to bring it to safe if this machine stops",
    "nothing": "nothing brings it to safe if this machine stops",
}
"""What becomes of the device when this machine stops, the best first."""


class Quality(msgspec.Struct, frozen=True, kw_only=True):
    """What an adapter says of itself.

    Args:
        level: what it was tried with (`LEVELS`).
        reads_back: true where the device says where it really stands, by hand included.
        holds: what becomes of the device if this machine stops (`HOLDS`).
        tried_with: what exactly, in words; for a real device its model, its firmware and the day.
    """

    level: Level
    reads_back: bool
    holds: Holds
    tried_with: str

    @property
    def words(self) -> str:
        """All of it, in a line for whoever connects a lamp.

        Example:
            >>> print(UNDECLARED.words)
            Nobody has said what this adapter was tried with.
        """
        if self.level == "undeclared":
            return f"{LEVELS['undeclared'].capitalize()}."
        reads = "it says where it stands" if self.reads_back else "it can't say where it stands"
        return f"Tried with {self.tried_with}; {reads}; {HOLDS[self.holds]}."


UNDECLARED = Quality(level="undeclared", reads_back=False, holds="nothing", tried_with="")


def declared(driver: object) -> Quality:
    """What a driver's class declares as QUALITY; undeclared where it does not.

    Args:
        driver: a driver, or its class.

    Example:
        >>> declared(object()).level
        'undeclared'
    """
    found = getattr(driver, "QUALITY", UNDECLARED)
    return found if isinstance(found, Quality) else UNDECLARED
