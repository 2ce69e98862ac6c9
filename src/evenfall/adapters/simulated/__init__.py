"""Outputs and notices of a simulated room: they remember what they were told."""

from collections.abc import Sequence

import msgspec


class Applied(msgspec.Struct, frozen=True):
    """One thing a simulated output was told."""

    output: str
    target: float
    ramp_s: float
    what: str


class SimulatedOutputs:
    """A room's lamps and speakers that do as they are told and remember it."""

    def __init__(self) -> None:
        self.applied: list[Applied] = []

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Remember it."""
        self.applied.append(Applied(output, target, ramp_s, what))

    def level(self, output: str) -> float:
        """Where an output was last sent."""
        return next((a.target for a in reversed(self.applied) if a.output == output), 0.0)


class SimulatedNotices:
    """Notices that nobody gets, kept so that a report can show them."""

    def __init__(self) -> None:
        self.told: list[tuple[tuple[str, ...], str]] = []

    def tell(self, guardians: Sequence[str], text: str) -> None:
        """Remember it."""
        self.told.append((tuple(guardians), text))
