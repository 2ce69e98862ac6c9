"""A room's own lamps and speakers, behind the one port every room has.

`apply` only leaves word and comes back at once; keepers on the background thread do the rest.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from math import inf

import msgspec

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import Driver
from evenfall.adapters.devices.keeper import Keeper, Pace, Wish
from evenfall.adapters.devices.levels import (
    lamp_step,
    light_at_full_lx_medi,
    sound_at_full_dba,
    speaker_step,
)
from evenfall.adapters.devices.report import Report
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Output
from evenfall.records.programme import VOICE

CLOSE_WITHIN_S = 3.0
"""How long closing may wait for a last word to arrive (this project's own choice)."""


class Fixture(msgspec.Struct, frozen=True):
    """A lamp or speaker of the household, and how it is spoken to."""

    output: Output
    driver: Driver
    most: Callable[[], float] = lambda: inf  # it may be told, in the output's unit


class RoomDevices:
    """The `Outputs` of one room.

    Args:
        fixtures: its lamps and speakers. Those of one kind share what is asked of the room.
        background: the thread that talks to them; it may serve several rooms.
        speed: how many of the night's seconds pass in a real one.
        pace: how patient to be with them.
    """

    def __init__(
        self,
        fixtures: Sequence[Fixture],
        background: Background,
        speed: float = 1.0,
        pace: Pace | None = None,
    ) -> None:
        self._background = background
        self._speed = speed
        self._keepers = [
            Keeper(
                fixture.output,
                fixture.driver,
                _step_for(fixture, [one.output for one in fixtures]),
                pace or Pace(),
                fixture.most,
            )
            for fixture in fixtures
        ]

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Leave word for every output of a kind, and come back at once (`ports.outputs`).

        Raises:
            OutputUnavailableError: one of them has fallen silent since the last time. Said once;
                word was left all the same, and it is tried again for as long as this stands.
        """
        keepers = [keeper for keeper in self._keepers if keeper.output.kind == output]
        faults = [fault for keeper in keepers if (fault := keeper.take_fault()) is not None]
        if what == VOICE:  # the page has the family's voices; a speaker of the house has none
            target, what = 0.0, ""
        wish = Wish(target, ramp_s / self._speed, what, time.monotonic())
        for keeper in keepers:
            self._background.post(keeper.ask, wish)
        if faults:
            raise OutputUnavailableError(*faults)

    def reports(self) -> tuple[Report, ...]:
        """Every device as last known."""
        return tuple(keeper.report() for keeper in self._keepers)

    def new_night(self) -> None:
        """A night begins: what was done by hand last night no longer binds."""
        for keeper in self._keepers:
            self._background.post(keeper.new_night)

    def renew(self) -> None:
        """Whoever decides about this room lives: what lapses by itself is told again in time.

        Call it once a second while a night is kept. Where it is not called, devices that hold
        their own lease go to safe by themselves.
        """
        for keeper in self._keepers:
            self._background.post(keeper.renew)

    def close(self) -> None:
        """Give the last word to be darker or quieter its chance, 3 s at most, and let go."""
        with suppress(TimeoutError):
            self._background.ask(self._finish_all(), CLOSE_WITHIN_S)
        with suppress(TimeoutError):
            self._background.ask(self._let_go(), CLOSE_WITHIN_S)

    async def _finish_all(self) -> None:
        words = [keeper.finish() for keeper in self._keepers]
        await asyncio.gather(*words, return_exceptions=True)

    async def _let_go(self) -> None:
        doors = [keeper.driver.close() for keeper in self._keepers]
        await asyncio.gather(*doors, return_exceptions=True)


def _step_for(fixture: Fixture, outputs: Sequence[Output]) -> Callable[[float], int]:
    kind, calibration = fixture.output.kind, fixture.output.calibration
    sharing = sum(1 for output in outputs if output.kind == kind)
    steps = fixture.driver.steps
    if kind == "light":
        at_full_lx_medi = light_at_full_lx_medi(calibration)
        return lambda target: lamp_step(target, at_full_lx_medi, steps, sharing)
    at_full_dba = sound_at_full_dba(calibration)
    return lambda target: speaker_step(target, at_full_dba, steps, sharing)
