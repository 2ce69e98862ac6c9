"""The last look before a lamp or speaker: what is really about to be sent, in physical units.

It stands between the device's keeper and its driver and trusts neither. Down is always let
through. Up is held to what the room may be just now, and a light that has just fallen waits before
it rises, so that no pair of opposing changes can come fast enough to be a flash.
"""

import asyncio
import time
from collections.abc import Callable
from math import inf, log10

import msgspec

from evenfall.adapters.devices.driver import Driver, Seen
from evenfall.adapters.devices.levels import (
    WARM_RGB,
    light_at_full_lx_medi,
    sound_at_full_dba,
)
from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Output

FLASH_REST_S = 1.0
"""From a fall to the next rise of a light: at most one flash a second, where WCAG 2.3.1 and
ITU-R BT.1702 allow three (this project's own choice)."""

RED_REST_S = 5.0
"""The same for a saturated red, whose flashing is never shipped: a change that comes back no sooner
than this is none (this project's own choice)."""

RED_SHARE = 0.8
"""R/(R+G+B) from which a red is saturated (WCAG 2.3.1)."""


class Trace(msgspec.Struct, frozen=True):
    """What was last sent to one device, or seen of it."""

    step: int = 0
    fell_s: float = -inf


def is_saturated_red(rgb: tuple[int, int, int]) -> bool:
    """True for a red that the flash rules treat by itself.

    Example:
        >>> is_saturated_red((255, 40, 0)), is_saturated_red((255, 160, 0))
        (True, False)
    """
    return rgb[0] >= RED_SHARE * sum(rgb)


def rest_s(trace: Trace, step: int, now_s: float, rgb: tuple[int, int, int] = WARM_RGB) -> float:
    """How long a change of a light must wait so that it is no part of a flash.

    Args:
        trace: what was last sent.
        step: what is about to be.
        now_s: the machine's own clock.
        rgb: the colour it is sent in.

    Example:
        >>> rest_s(Trace(step=10, fell_s=100.0), 11, 102.0)
        3.0
        >>> rest_s(Trace(step=10, fell_s=100.0), 0, 100.0)
        0.0
    """
    if step <= trace.step:
        return 0.0
    needed_s = RED_REST_S if is_saturated_red(rgb) else FLASH_REST_S
    return max(0.0, trace.fell_s + needed_s - now_s)


def sent(trace: Trace, step: int, now_s: float) -> Trace:
    """What there is to remember of a change."""
    return Trace(step, now_s if step < trace.step else trace.fell_s)


def level(output: Output, step: int, steps: int, sharing: int) -> float:
    """The most a room may get of a kind when one of its devices stands at a step.

    Args:
        output: the device, with its calibration.
        step: where it stands.
        steps: its fullest step.
        sharing: how many of the room's devices give the same together.

    Returns:
        lx mEDI or dBA; 0 is dark, quiet.
    """
    if step <= 0:
        return 0.0
    if output.kind == "light":
        return light_at_full_lx_medi(output.calibration) * step / steps * sharing
    full_dba = sound_at_full_dba(output.calibration)
    return full_dba + 20 * log10(step / steps) + 10 * log10(sharing)


class LastLook:
    """A driver that looks before it sends (`devices.driver.Driver`).

    Args:
        driver: the device's own.
        output: the device as the household has it.
        sharing: how many of the room's devices give the same together.
        most: the most the room may be told now, in the output's unit.
    """

    def __init__(
        self, driver: Driver, output: Output, sharing: int, most: Callable[[], float]
    ) -> None:
        self._driver = driver
        self._output = output
        self._sharing = sharing
        self._most = most
        self._trace = Trace()

    @property
    def steps(self) -> int:
        """The device's."""
        return self._driver.steps

    @property
    def where(self) -> str:
        """The device's."""
        return self._driver.where

    async def read(self) -> Seen:
        """Where it stands now."""
        seen = await self._driver.read()
        self._trace = Trace(seen.step, self._trace.fell_s)
        return seen

    async def send(self, step: int, over_s: float, what: str) -> None:
        """Send it where it may be sent; a rise after a fall waits its time.

        Raises:
            OutputUnavailableError: it would be more than the room may have, or did not arrive.
        """
        if self._output.kind == "light":
            await asyncio.sleep(rest_s(self._trace, step, time.monotonic()))
        allowed = self._most()
        asked = level(self._output, step, self.steps, self._sharing)
        if step > self._trace.step and asked > allowed * (1 + 1e-9):
            raise OutputUnavailableError(_too_much(self.where, asked, allowed))
        self._trace = sent(self._trace, step, time.monotonic())
        await self._driver.send(step, over_s, what)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._driver.close()


def _too_much(where: str, asked: float, allowed: float) -> Fault:
    return Fault(
        found=f"The guard held back {asked:.3g} where {allowed:.3g} is the most.",
        place=Place(where),
        expected="no more than the room may have",
        mend="this is a fault of Evenfall's own, and worth reporting",
    )
