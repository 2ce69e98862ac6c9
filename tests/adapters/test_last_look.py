"""The last look before a lamp: nothing brighter than the room may have, and no flash."""

import asyncio
import time
from contextlib import suppress
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.devices import last_look
from evenfall.adapters.devices.driver import Seen
from evenfall.adapters.devices.last_look import (
    LastLook,
    Trace,
    level,
    rest_s,
    seen_at,
    sent,
)
from evenfall.adapters.devices.levels import WARM_RGB
from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Calibration, Output
from evenfall.safety.flash import (
    FLASH_REST_S,
    RED_REST_S,
    Point,
    is_calm,
    is_saturated_red,
    most_flashes,
)

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
        await look.read()
        await look.send(12, 1.0, "")
        with pytest.raises(OutputUnavailableError, match="held back"):
            await look.send(13, 1.0, "")
        assert [one for _, one in lamp.told] == [12]
        assert (look.steps, look.where) == (255, "the lamp")
        await look.close()
        assert not lamp.open

    asyncio.run(story())


def test_down_is_always_let_through_even_from_what_a_hand_made_too_bright(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def story() -> None:
        lamp = Lamp(200)
        look = looked(lamp, 0.0)
        assert (await look.read()).step == 200
        for step in (199, 100, 100, 0):
            await look.send(step, 1.0, "")
        assert lamp.step == 0
        monkeypatch.setattr(last_look, "RED_REST_S", 0.0)
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
    assert rest_s(Trace(10, fell_s=100.0), 11, 100.0) == RED_REST_S == 5.0
    assert rest_s(Trace(10, fell_s=100.0), 11, 100.0, (255, 255, 255)) == FLASH_REST_S == 1.0
    assert rest_s(Trace(10, fell_s=100.0), 11, 105.5) == 0.0
    assert rest_s(Trace(10, fell_s=100.0), 10, 100.0) == 0.0
    assert rest_s(Trace(10, fell_s=100.0), 9, 100.0) == 0.0
    assert rest_s(Trace(10), 11, 0.0) == 0.0


def test_on_its_way_it_may_be_anywhere_between_and_a_step_there_is_both_up_and_down() -> None:
    """A fade of three minutes that is cut short goes down where its end would have it go up."""
    dimming = sent(Trace(100), 0, 50.0, 180.0)
    assert dimming == Trace(0, low=0, high=100, until_s=230.0, fell_s=50.0)
    assert (dimming.lowest(229.9), dimming.highest(229.9)) == (0, 100)
    assert (dimming.lowest(230.0), dimming.highest(230.0)) == (0, 0)
    between = sent(dimming, 50, 60.0)
    assert between == Trace(50, low=0, high=100, until_s=60.0, fell_s=60.0)
    assert rest_s(between, 51, 60.0) == 5.0
    assert rest_s(dimming, 1, 51.0) == 4.0
    risen = sent(Trace(10, fell_s=1.0), 100, 5.0, 10.0)
    assert risen == Trace(100, low=10, high=100, until_s=15.0, fell_s=1.0)
    assert (risen.lowest(14.9), risen.lowest(15.0)) == (10, 100)
    assert sent(risen, 100, 6.0).fell_s == 1.0
    assert sent(risen, 99, 6.0).fell_s == 6.0
    assert sent(Trace(10, fell_s=1.0), 9, 5.0) == Trace(9, 9, 10, 5.0, 5.0)


def test_a_look_says_where_it_is_once_it_has_arrived_and_no_less_than_may_be_before() -> None:
    dimming = sent(Trace(100), 20, 50.0, 10.0)
    assert seen_at(dimming, 60, 55.0) == dimming
    assert seen_at(dimming, 110, 55.0) == Trace(20, 20, 110, 60.0, 50.0)
    assert seen_at(dimming, 10, 55.0) == Trace(20, 10, 100, 60.0, 50.0)
    assert seen_at(dimming, 30, 60.0) == Trace(30, fell_s=50.0)
    lost = sent(Trace(100), 20, 50.0, inf)
    assert seen_at(lost, 100, 51.0) == Trace(100, fell_s=50.0)


class Clock:
    """Time that passes only where someone waits."""

    def __init__(self) -> None:
        self.s = 1000.0

    def monotonic(self) -> float:
        return self.s

    async def sleep(self, seconds: float) -> None:
        self.s += seconds


class TracedLamp(Lamp):
    """A lamp that draws where its light really was: it fades, or jumps at once, or at the end."""

    def __init__(self, clock: Clock, how: str, loses: set[int], heard: bool) -> None:
        super().__init__()
        self.clock, self.how, self.loses, self.heard = clock, how, loses, heard
        self.points = [Point(clock.s, 0.0, WARM_RGB)]
        self.ways: tuple[float, float, float, float] = (clock.s, clock.s, 0.0, 0.0)
        self.count = 0

    def level(self, at_s: float) -> float:
        begin_s, end_s, before, after = self.ways
        if at_s >= end_s or self.how == "at once":
            return after
        if self.how == "at the end":
            return before
        return before + (after - before) * (at_s - begin_s) / (end_s - begin_s)

    def draw(self, at_s: float) -> None:
        end_s = self.ways[1]
        if self.points[-1].at_s < end_s <= at_s:
            before = self.level(end_s - 1e-9)
            self.points += [Point(end_s, one, WARM_RGB) for one in (before, self.ways[3])]
        self.points.append(Point(at_s, self.level(at_s), WARM_RGB))

    async def send(self, step: int, over_s: float, what: str) -> None:
        self.count += 1
        if self.count not in self.loses or self.heard:
            now_s = self.clock.s
            self.draw(now_s)
            self.ways = (now_s, now_s + over_s, self.points[-1].level, float(step))
            self.draw(now_s)
        if self.count in self.loses:
            raise OutputUnavailableError(Fault("no answer", Place("lamp"), "one", "plug it in"))


WISHES = st.lists(
    st.tuples(
        st.integers(0, 255),
        st.sampled_from([0.0, 0.5, 3.0, 60.0]),
        st.sampled_from([0.0, 0.01, 0.4, 1.0, 4.9, 30.0]),
    ),
    max_size=40,
)


@pytest.mark.safety("H-98")
@given(
    WISHES,
    st.sampled_from(["fades", "at once", "at the end"]),
    st.sets(st.integers(1, 40), max_size=8),
    st.booleans(),
)
def test_nothing_it_lets_out_is_ever_a_flash(
    wishes: list[tuple[int, float, float]], how: str, loses: set[int], heard: bool
) -> None:
    """Whatever is asked, by an analyser that knows nothing of this: one in five seconds at most."""
    clock = Clock()
    lamp = TracedLamp(clock, how, loses, heard)

    async def story() -> None:
        look = looked(lamp, inf)
        for step, over_s, pause_s in wishes:
            with suppress(OutputUnavailableError):
                await look.send(step, over_s, "")
            clock.s += pause_s

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(last_look, "time", clock)
        patched.setattr(last_look, "asyncio", clock)
        asyncio.run(story())
    lamp.draw(clock.s + 100.0)
    assert is_calm(lamp.points)
    assert most_flashes(lamp.points, RED_REST_S, red=True) <= 1


@pytest.mark.safety("H-98")
def test_without_it_the_same_lamp_would_flash() -> None:
    """The property above can fail."""
    clock = Clock()
    lamp = TracedLamp(clock, "at once", set(), heard=True)

    async def story() -> None:
        for step in (100, 0, 100, 0, 100):
            await lamp.send(step, 0.0, "")
            clock.s += 0.1

    asyncio.run(story())
    assert most_flashes(lamp.points, red=True) == 2
    assert not is_calm(lamp.points)


@pytest.mark.safety("H-98")
def test_before_anyone_has_looked_it_may_be_at_its_fullest() -> None:
    async def story() -> None:
        clock, lamp = Clock(), Lamp(255)
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(last_look, "time", clock)
            patched.setattr(last_look, "asyncio", clock)
            look = looked(lamp, 20.0)
            await look.send(0, 0.0, "")
            await look.send(1, 0.0, "")
        assert clock.s == 1000.0 + RED_REST_S
        with pytest.raises(OutputUnavailableError, match="held back"):
            await looked(Lamp(255), 1.0).send(13, 0.0, "")
        with pytest.raises(OutputUnavailableError, match="held back"):
            await looked(Lamp(0), 0.0).send(1, 0.0, "")

    asyncio.run(story())


@pytest.mark.safety("H-91")
def test_a_rise_cut_short_on_its_way_is_held_to_what_the_room_may_have_now() -> None:
    """It stands lower than it was told to, so that what sounds like less would be more."""

    async def story() -> None:
        clock, allowed = Clock(), [20.0]
        lamp = TracedLamp(clock, "fades", set(), heard=True)
        look = LastLook(lamp, LAMP, 1, lambda: allowed[0])
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(last_look, "time", clock)
            await look.read()
            await look.send(100, 60.0, "")
            clock.s += 59.9
            allowed[0] = 1.0
            with pytest.raises(OutputUnavailableError, match="held back"):
                await look.send(80, 0.0, "")
            clock.s += 0.2
            await look.send(80, 0.0, "")  # now it is a fall

    asyncio.run(story())


@pytest.mark.safety("H-91")
def test_a_word_that_failed_may_have_arrived_and_what_is_then_too_much_is_held_back() -> None:
    async def story() -> None:
        clock, allowed = Clock(), [20.0]
        lamp = TracedLamp(clock, "at once", {2, 3}, heard=False)
        look = LastLook(lamp, LAMP, 1, lambda: allowed[0])
        await look.read()
        await look.send(50, 0.0, "")
        with pytest.raises(OutputUnavailableError, match="no answer"):
            await look.send(100, 0.0, "")
        allowed[0] = 1.0
        with pytest.raises(OutputUnavailableError, match="held back"):
            await look.send(80, 0.0, "")
        await look.read()

    asyncio.run(story())


@pytest.mark.safety("H-98")
def test_a_rise_after_a_fall_really_waits_and_a_fall_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(last_look, "RED_REST_S", 1.0)

    async def story() -> None:
        lamp = Lamp()
        look = looked(lamp, 20.0)
        for step in (100, 50, 100, 0):
            await look.send(step, 0.0, "")
        up, down, again, off = (at_s for at_s, _ in lamp.told)
        assert down - up < 0.9 and off - again < 0.9
        assert again - down >= 1.0

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
