"""The last word to a lamp that is on its way up: it is no brighter than safe when all is let go."""

import asyncio
import time

import pytest

from evenfall.adapters.devices.driver import Seen
from evenfall.adapters.devices.keeper import Keeper, Pace, Wish
from evenfall.records.household import Calibration, Output


class Lamp:
    """A lamp in memory that fades by itself."""

    steps, where = 255, "a lamp in memory"

    def __init__(self) -> None:
        self.step = 0
        self.sent = asyncio.Event()

    async def read(self) -> Seen:
        return Seen(self.step, fades=True)

    async def send(self, step: int, over_s: float, what: str) -> None:
        self.step = step
        if step > 0:
            self.sent.set()

    async def close(self) -> None:
        """Nothing is held."""


@pytest.mark.safety("H-104")
@pytest.mark.parametrize("safe", [0, 6])
def test_a_lamp_on_its_way_up_is_safe_when_its_home_closes(safe: int) -> None:
    async def main() -> None:
        lamp = Lamp()
        output = Output(id="nest-lamp", kind="light", calibration=Calibration())
        keeper = Keeper(output, lamp, int, Pace(step_s=0.05))
        keeper.ask(Wish(200.0, 20.0, "", time.monotonic()))
        while lamp.step <= safe:
            await lamp.sent.wait()
            lamp.sent.clear()
        keeper.ask(Wish(float(safe), 3.0, "", time.monotonic()))
        await keeper.finish()
        assert lamp.step == safe

    asyncio.run(main())
