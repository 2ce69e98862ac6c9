"""Lamps and speakers, as what they are to be and how long the change takes."""

from typing import Protocol

from evenfall.formats.errors import EvenfallError


class OutputUnavailableError(EvenfallError):
    """A lamp or speaker does not answer. The evening goes on."""


class Outputs(Protocol):
    """The outputs of one room. Absolute and idempotent: saying a thing twice does no harm."""

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Bring every output of a kind to a level.

        Args:
            output: light or sound.
            target: lx mEDI at the eye, or dBA at the pillow; 0 is dark, quiet.
            ramp_s: how long the change takes, in seconds.
            what: which soundscape, if any.

        Raises:
            OutputUnavailableError: it does not answer.
        """
