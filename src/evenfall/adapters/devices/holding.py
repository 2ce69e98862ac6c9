"""What brings a device to safe if this machine stops, and what it may have where nothing does.

Care rule 4: an output that cannot hold its own lease, or powers up bright, receives only what is
safe all night. What nobody has looked for yet is not there.
"""

from collections.abc import Callable
from math import inf
from typing import Literal

from evenfall.adapters.devices.quality import Holds
from evenfall.records.devices import PowersUp
from evenfall.records.household import OutputKind
from evenfall.records.limits import Limits

Lack = Literal["", "unknown", "unwatched", "powers-up"]
"""What a device lacks to be told more than is safe all night; '' is nothing."""


class Holding:
    """One device's: written by whoever looks, read wherever something is about to be sent.

    Args:
        holds: what its adapter says becomes of it (`quality.HOLDS`).
        powers_up: what the family says of it, if anything; that counts more than what it says.
        lapses: whether a device that holds itself has never been seen not to.

    Example:
        >>> Holding("itself").lack, Holding("watched").lack, Holding("nothing").lack
        ('', 'unknown', 'unwatched')
    """

    def __init__(
        self,
        holds: Holds,
        powers_up: PowersUp | None = None,
        lapses: Callable[[], bool] = lambda: True,
    ) -> None:
        self.watched: bool | None = None
        """Whether something else brings it to safe; None before anyone has looked."""

        self.lit_at_power_up: bool | None = None
        """What it says of itself, where it says that."""

        self._holds = holds
        self._powers_up = powers_up
        self._lapses = lapses

    @property
    def lack(self) -> Lack:
        """What keeps it from being told more than is safe all night."""
        if self._comes_back_lit:
            return "powers-up"
        if self._holds == "itself":
            return "" if self._lapses() else "unwatched"
        if self._holds == "watched" and self.watched is None:
            return "unknown"
        return "" if self._holds == "watched" and self.watched else "unwatched"

    @property
    def _comes_back_lit(self) -> bool:
        if self._powers_up is not None:
            return self._powers_up == "bright"
        return bool(self.lit_at_power_up)


def all_night(holding: Holding, kind: OutputKind, limits: Limits) -> float:
    """The most a device may ever be told, in its output's unit; without end where it is held.

    Args:
        holding: the device's.
        kind: light or sound.
        limits: those of its room, the strictest of everyone in it.

    Example:
        >>> from evenfall.safety.limits import CHILD
        >>> all_night(Holding("nothing"), "light", CHILD), all_night(Holding("itself"), "light",
        ... CHILD)
        (1.0, inf)
    """
    if not holding.lack:
        return inf
    return limits.light_asleep_lx_medi if kind == "light" else limits.sound_asleep_dba
