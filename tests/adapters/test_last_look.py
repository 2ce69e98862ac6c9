"""The last look before a lamp: nothing brighter than the room may have, and no flash."""

import asyncio
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.devices import last_look
from evenfall.adapters.devices.driver import Seen
from evenfall.adapters.devices.last_look import (
    FLASH_REST_S,
    RED_REST_S,
    LastLook,
    Trace,
    is_saturated_red,
    level,
    rest_s,
    sent,
)
from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Calibration, Output

LAMP = Output(
    id="lamp", kind="light", calibration=Calibration(kind="measured", light_at_full="20 lx mEDI")
)
SPEAKER = Output(
    id="box", kind="sound", calibration=Calibration(kind="measured", sound_at_full="60 dBA")
)


class Lamp:
    """A device in memory."""

    steps, where = 255, "the lamp"

    def __init__(self, step: int = 0) -> None:
        self.step, self.told, self.open = step, [(0.0, step)][:0], True

    async def read(self) -> Seen:
        return Seen(self.step)

    async def send(self, step: int, over_s: float, what: str) -> None:
        self.told.append((time.monotonic(), step))
        self.step = step

    async def close(self) -> None:
        self.open = False


def looked(lamp: Lamp, most: float, output: Output = LAMP, sharing: int = 1) -> LastLook:
    return LastLook(lamp, output, sharing, lambda: most)


def test_what_the_room_may_have_is_sent_and_a_step_more_is_not() -> None:
    async def story() -> None:
        lamp = Lamp()
        look = looked(lamp, 1.0)
        await look.send(12, 1.0, "")
        with pytest.raises(OutputUnavailableError, match="held back"):
            await look.send(13, 1.0, "")
        assert [one for _, one in lamp.told] == [12]
        assert (look.steps, look.where) == (255, "the lamp")
        await look.close()
        assert not lamp.open

    asyncio.run(story())


def test_down_is_always_let_through_even_from_what_a_hand_made_too_bright() -> None:
    async def story() -> None:
        lamp = Lamp(200)
        look = looked(lamp, 0.0)
        assert (await look.read()).step == 200
        for step in (199, 100, 100, 0):
            await look.send(step, 1.0, "")
        assert lamp.step == 0
        with pytest.raises(OutputUnavailableError):
            await look.send(1, 1.0, "")

    asyncio.run(story())


def test_lamps_that_share_a_room_share_its_light_and_speakers_its_level() -> None:
    assert level(LAMP, 0, 255, 1) == 0.0
    assert level(LAMP, 255, 255, 1) == 20.0
    assert level(LAMP, 51, 255, 3) == pytest.approx(12.0)
    assert level(SPEAKER, 0, 100, 1) == level(SPEAKER, -1, 100, 1) == 0.0
    assert level(SPEAKER, 100, 100, 1) == 60.0
    assert level(SPEAKER, 10, 100, 1) == pytest.approx(40.0)
    assert level(SPEAKER, 10, 100, 10) == pytest.approx(50.0)


def test_a_speaker_is_held_to_its_level_and_waits_for_no_flash() -> None:
    async def story() -> None:
        box = Lamp()
        box.steps = 100
        look = looked(box, 40.0, SPEAKER)
        await look.send(10, 0.0, "waves")
        await look.send(0, 0.0, "")
        began_s = time.monotonic()
        await look.send(9, 0.0, "waves")
        assert time.monotonic() - began_s < 1.0
        with pytest.raises(OutputUnavailableError):
            await look.send(11, 0.0, "waves")

    asyncio.run(story())


def test_what_is_asked_of_it_is_red_and_red_never_flashes() -> None:
    assert is_saturated_red(WARM_RGB)
    assert is_saturated_red((80, 20, 0)) and not is_saturated_red((79, 20, 1))
    assert rest_s(Trace(10, 100.0), 11, 100.0) == RED_REST_S == 5.0
    assert rest_s(Trace(10, 100.0), 11, 100.0, (255, 255, 255)) == FLASH_REST_S == 1.0
    assert rest_s(Trace(10, 100.0), 11, 105.5) == 0.0
    assert rest_s(Trace(10, 100.0), 10, 100.0) == 0.0
    assert rest_s(Trace(10, 100.0), 9, 100.0) == 0.0
    assert rest_s(Trace(10), 11, 0.0) == 0.0
    assert sent(Trace(10, 1.0), 9, 5.0) == Trace(9, 5.0)
    assert sent(Trace(10, 1.0), 10, 5.0) == Trace(10, 1.0)
    assert sent(Trace(10, 1.0), 11, 5.0) == Trace(11, 1.0)


@pytest.mark.safety("H-98")
@given(st.lists(st.tuples(st.integers(0, 255), st.floats(0.0, 3.0)), max_size=60))
def test_no_pair_of_opposing_changes_comes_as_fast_as_a_flash(
    wanted: list[tuple[int, float]],
) -> None:
    """Whatever is asked, a fall and the rise after it are a rest apart."""
    trace, now_s, fell_s = Trace(), 0.0, float("-inf")
    for step, pause_s in wanted:
        now_s += pause_s + rest_s(trace, step, now_s + pause_s)
        if step > trace.step:
            assert now_s - fell_s >= RED_REST_S - 1e-9
        elif step < trace.step:
            fell_s = now_s
        trace = sent(trace, step, now_s)


@pytest.mark.safety("H-98")
def test_a_rise_after_a_fall_really_waits_and_a_fall_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(last_look, "RED_REST_S", 0.3)

    async def story() -> None:
        lamp = Lamp()
        look = looked(lamp, 20.0)
        for step in (100, 50, 100, 0):
            await look.send(step, 0.0, "")
        up, down, again, off = (at_s for at_s, _ in lamp.told)
        assert down - up < 0.25 and off - again < 0.25
        assert again - down >= 0.3

    asyncio.run(story())


@pytest.mark.safety("H-98")
def test_a_reading_makes_nobody_forget_a_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(last_look, "RED_REST_S", 0.3)

    async def story() -> None:
        lamp = Lamp()
        look = looked(lamp, 20.0)
        await look.send(100, 0.0, "")
        await look.send(50, 0.0, "")
        await look.read()
        await look.send(100, 0.0, "")
        assert lamp.told[2][0] - lamp.told[1][0] >= 0.3

    asyncio.run(story())
