"""The last look before a lamp or speaker: what is really about to be sent, in physical units.

It stands between the device's keeper and its driver and trusts neither. Down is always let
through. Up is held to what the room may be just now, and a light that has just fallen waits before
it rises, so that what comes of it is calm by `safety.flash`, whatever is asked.
"""

import asyncio
import time
from collections.abc import Callable
from math import inf, log10

import msgspec
from msgspec.structs import replace

from evenfall.adapters.devices.driver import Driver, Seen
from evenfall.adapters.devices.levels import (
    WARM_RGB,
    light_at_full_lx_medi,
    sound_at_full_dba,
)
from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Output
from evenfall.safety.flash import FLASH_REST_S, RED_REST_S, is_saturated_red


class Trace(msgspec.Struct, frozen=True):
    """What was last sent to one device, or seen of it.

    On the way to a step it may be anywhere between: some devices fade, some jump, some say where
    they go and not where they are; and a word that failed may have arrived all the same.
    """

    step: int = 0
    low: int = 0
    high: int = 0
    until_s: float = -inf  # from here on it stands at its step
    fell_s: float = -inf

    def lowest(self, now_s: float) -> int:
        """The lowest step it may stand at."""
        return self.low if now_s < self.until_s else self.step

    def highest(self, now_s: float) -> int:
        """The highest."""
        return self.high if now_s < self.until_s else self.step


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
    if step <= trace.lowest(now_s):
        return 0.0
    needed_s = RED_REST_S if is_saturated_red(rgb) else FLASH_REST_S
    return max(0.0, trace.fell_s + needed_s - now_s)


def sent(trace: Trace, step: int, now_s: float, over_s: float = 0.0) -> Trace:
    """What there is to remember of a change.

    Args:
        trace: what was sent before.
        step: what is sent.
        now_s: the machine's own clock.
        over_s: how long the device may take for it; without end where it may not have heard.
    """
    low, high = trace.lowest(now_s), trace.highest(now_s)
    fell_s = now_s if step < high else trace.fell_s
    return Trace(step, min(low, step), max(high, step), now_s + over_s, fell_s)


def seen_at(trace: Trace, step: int, now_s: float) -> Trace:
    """What there is to remember of a look.

    Args:
        trace: what was sent before.
        step: where the device says it is.
        now_s: the machine's own clock.
    """
    if now_s < trace.until_s < inf:
        return replace(trace, low=min(trace.low, step), high=max(trace.high, step))
    return Trace(step, fell_s=trace.fell_s)


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
        self._trace = Trace(high=driver.steps, until_s=inf)  # nobody has looked yet

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
        self._trace = seen_at(self._trace, seen.step, time.monotonic())
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
        now_s = time.monotonic()
        if step > self._trace.lowest(now_s) and asked > allowed * (1 + 1e-9):
            raise OutputUnavailableError(_too_much(self.where, asked, allowed))
        self._trace = sent(self._trace, step, now_s, inf)
        await self._driver.send(step, over_s, what)
        self._trace = replace(self._trace, until_s=time.monotonic() + over_s)

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
