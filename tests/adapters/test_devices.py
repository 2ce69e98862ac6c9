"""What holds for every lamp and speaker: levels never too high, delivery that waits for nobody."""

import asyncio
import math
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import GivesUpError, Seen, silent_fault
from evenfall.adapters.devices.json_http import checked_url
from evenfall.adapters.devices.keeper import Pace
from evenfall.adapters.devices.levels import (
    lamp_step,
    light_at_full_lx_medi,
    sound_at_full_dba,
    speaker_step,
    volume,
)
from evenfall.adapters.devices.report import Report
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.formats.errors import EvenfallError
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Calibration, Output

QUICK = Pace(first_retry_s=0.02, longest_retry_s=0.05, step_s=0.02, settle_s=(0.01, 0.01, 0.01))
LAMP = Output(id="nest-lamp", kind="light")
FULL_255 = Calibration(kind="measured", light_at_full="255 lx mEDI")  # a lux for every step
WHAT = ""


class FakeDriver:
    """A lamp in memory that can hang, fail, go deaf, and be switched by hand."""

    steps = 255
    where = "a lamp in memory"

    def __init__(self, step: int = 0, fades: bool = True, dims: bool = True) -> None:
        self.step, self.fades, self.dims = step, fades, dims
        self.sent: list[tuple[int, float]] = []
        self.reads = 0
        self.error: Exception | None = None
        self.mute = False
        self.hangs_above: int | None = None
        self.hangs_reading = False
        self.deaf = False

    async def read(self) -> Seen:
        self.reads += 1
        if self.hangs_reading:
            await asyncio.sleep(30)
        if self.error is not None or self.mute:
            raise self.error or silence()
        return Seen(self.step, self.fades, self.dims)

    async def send(self, step: int, over_s: float, what: str) -> None:
        self.sent.append((step, over_s))
        if self.hangs_above is not None and step > self.hangs_above:
            await asyncio.sleep(30)
        if self.error is not None:
            raise self.error
        if not self.deaf:
            self.step = step

    async def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


def silence() -> OutputUnavailableError:
    return OutputUnavailableError(silent_fault("light", "a lamp", "no power", "plug it in"))


def room(background: Background, *drivers: FakeDriver) -> RoomDevices:
    outputs = [
        Output(id=f"lamp-{index}", kind="light", calibration=FULL_255)
        for index, _ in enumerate(drivers)
    ]
    fixtures = [Fixture(one, driver) for one, driver in zip(outputs, drivers, strict=True)]
    return RoomDevices(fixtures, background, pace=QUICK)


def soon(true: Callable[[], object], within_s: float = 3.0) -> None:
    """Wait until something is so."""
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.005)


def status(devices: RoomDevices) -> str:
    return devices.reports()[0].status


# --- Levels --------------------------------------------------------------------------------------

lux = st.floats(0.001, 400.0)


@given(lux, lux, st.integers(1, 255), st.integers(1, 6))
def test_a_rooms_lamps_together_never_give_more_than_was_asked(
    target: float, at_full: float, steps: int, lamps: int
) -> None:
    step = lamp_step(target, at_full, steps, lamps)
    assert 0 <= step <= steps
    assert lamps * step * at_full / steps <= target * (1 + 1e-9)


@given(st.floats(1.0, 90.0), st.floats(40.0, 110.0), st.integers(1, 6))
def test_a_rooms_speakers_together_are_never_louder_than_was_asked(
    target: float, at_full: float, speakers: int
) -> None:
    share = speaker_step(target, at_full, 100, speakers) / 100
    if share > 0:
        each_dba = at_full + 20 * math.log10(share)
        assert each_dba + 10 * math.log10(speakers) <= target + 1e-6


@given(st.floats(0.0, 300.0), st.floats(0.0, 300.0), lux)
def test_a_dimmer_wish_is_never_a_brighter_step(one: float, other: float, at_full: float) -> None:
    low, high = sorted((one, other))
    assert lamp_step(low, at_full, 255) <= lamp_step(high, at_full, 255)


@pytest.mark.parametrize("nonsense", [math.nan, math.inf, -1.0, 0.0])
def test_what_is_no_level_is_dark_and_quiet(nonsense: float) -> None:
    assert lamp_step(nonsense, 20.0, 255) == 0
    assert volume(nonsense, 60.0) == 0.0


def test_nobody_knows_means_the_worst() -> None:
    guess = Calibration(kind="assumed", light_at_full="5 lx mEDI", sound_at_full="40 dBA")
    nothing = Calibration(kind="measured", light_at_full="0 lx mEDI", sound_at_full="0 dBA")
    for unknown in (Calibration(), guess, nothing):
        assert light_at_full_lx_medi(unknown) == 150.0
        assert sound_at_full_dba(unknown) == 100.0
    brighter = Calibration(kind="assumed", light_at_full="400 lx mEDI")
    assert light_at_full_lx_medi(brighter) == 400.0


def test_an_unknown_lamp_gives_a_child_less_than_a_hundredth() -> None:
    assert lamp_step(1.0, light_at_full_lx_medi(Calibration()), 255) / 255 < 0.01


# --- Delivery ------------------------------------------------------------------------------------


def test_asking_returns_at_once_however_the_lamp_hangs(background: Background) -> None:
    lamp = FakeDriver()
    lamp.hangs_reading, lamp.hangs_above = True, -1
    devices = room(background, lamp)
    began_s = time.monotonic()
    for level in (5.0, 3.0, 0.0):
        devices.apply("light", level, 10.0, WHAT)
    assert time.monotonic() - began_s < 0.3


def test_dark_waits_for_no_brightening_and_no_reading(background: Background) -> None:
    lamp = FakeDriver(step=0)
    lamp.hangs_above = 0
    devices = room(background, lamp)
    devices.apply("light", 100.0, 0.0, WHAT)
    soon(lambda: lamp.sent == [(100, 0.0)])
    lamp.step, lamp.hangs_reading = 100, True
    began_s = time.monotonic()
    devices.apply("light", 0.0, 3.0, WHAT)
    soon(lambda: lamp.step == 0)
    assert time.monotonic() - began_s < 1.0
    assert [step for step, _ in lamp.sent] == [100, 0]


def test_only_the_latest_of_many_wishes_arrives(background: Background) -> None:
    lamp = FakeDriver()
    lamp.error = silence()
    devices = room(background, lamp)
    for level in range(10, 30):
        try:
            devices.apply("light", float(level), 0.0, WHAT)
        except OutputUnavailableError:
            continue
    soon(lambda: devices.reports()[0].asked_step == 29)
    lamp.error = None
    soon(lambda: status(devices) == "confirmed")
    assert lamp.step == 29
    assert [step for step, _ in lamp.sent] == [29]


def test_a_fade_down_is_handed_over_whole(background: Background) -> None:
    lamp = FakeDriver(step=200, fades=True)
    devices = room(background, lamp)
    devices.apply("light", 2.0, 2400.0, WHAT)
    soon(lambda: status(devices) == "confirmed")
    ((step, over_s),) = lamp.sent
    assert step == 2
    assert over_s == pytest.approx(2400.0, abs=0.5)


@pytest.mark.parametrize("fades", [True, False])
def test_a_rise_goes_by_small_steps_and_stops_where_we_stop(
    background: Background, fades: bool
) -> None:
    lamp = FakeDriver(step=0, fades=fades)
    devices = room(background, lamp)
    devices.apply("light", 100.0, 0.5, WHAT)
    soon(lambda: lamp.step >= 30)
    devices.close()
    steps = [step for step, _ in lamp.sent]
    assert steps == sorted(steps)
    assert max(b - a for a, b in zip([0, *steps], steps, strict=False)) < 30
    assert lamp.step < 100
    assert all(over_s < 0.1 for _, over_s in lamp.sent)


def test_a_lamp_that_cannot_fade_is_faded_by_steps(background: Background) -> None:
    lamp = FakeDriver(step=100, fades=False)
    devices = room(background, lamp)
    devices.apply("light", 0.0, 0.4, WHAT)
    soon(lambda: status(devices) == "confirmed")
    steps = [step for step, _ in lamp.sent]
    assert steps == sorted(steps, reverse=True)
    assert len(steps) > 4
    assert steps[-1] == lamp.step == 0


def test_a_stop_never_lights_a_lamp_nobody_knows(background: Background) -> None:
    lamp = FakeDriver(step=0, fades=False)
    lamp.hangs_reading = True
    devices = room(background, lamp)
    devices.apply("light", 0.0, 3.0, WHAT)
    soon(lambda: lamp.sent)
    assert lamp.sent[0][0] == 0


def test_a_lamp_that_knows_only_on_and_off_stays_off(background: Background) -> None:
    lamp = FakeDriver(step=0, dims=False)
    devices = room(background, lamp)
    devices.apply("light", 200.0, 0.0, WHAT)
    soon(lambda: status(devices) == "confirmed")
    assert lamp.step == 0
    assert "stays dark" in devices.reports()[0].words


def test_the_night_may_run_faster_than_the_lamp(background: Background) -> None:
    lamp = FakeDriver(step=200)
    fixture = Fixture(Output(id="lamp", kind="light", calibration=FULL_255), lamp)
    devices = RoomDevices([fixture], background, speed=30.0, pace=QUICK)
    devices.apply("light", 1.0, 300.0, WHAT)
    soon(lambda: lamp.sent)
    assert lamp.sent[0][1] == pytest.approx(10.0, abs=0.5)


def test_two_lamps_share_and_a_rooms_other_kind_is_left_alone(background: Background) -> None:
    one, other, speaker = FakeDriver(), FakeDriver(), FakeDriver()
    calibrated = [Output(id=name, kind="light", calibration=FULL_255) for name in ("a", "b")]
    fixtures = [
        Fixture(calibrated[0], one),
        Fixture(calibrated[1], other),
        Fixture(Output(id="c", kind="sound"), speaker),
    ]
    devices = RoomDevices(fixtures, background, pace=QUICK)
    devices.apply("light", 20.0, 0.0, WHAT)
    soon(lambda: (one.step, other.step) == (10, 10))
    assert speaker.sent == []
    devices.apply("warmth", 20.0, 0.0, WHAT)


# --- By hand -------------------------------------------------------------------------------------


def test_what_somebody_does_by_hand_is_kept_and_only_ever_dimmed(background: Background) -> None:
    lamp = FakeDriver(step=0)
    devices = room(background, lamp)
    devices.apply("light", 50.0, 0.0, WHAT)
    soon(lambda: status(devices) == "confirmed")
    lamp.step = 20
    devices.apply("light", 40.0, 0.0, WHAT)
    soon(lambda: status(devices) == "manual")
    devices.apply("light", 30.0, 0.0, WHAT)
    soon(lambda: lamp.reads >= 4)
    assert lamp.step == 20
    devices.apply("light", 5.0, 0.0, WHAT)
    soon(lambda: lamp.step == 5)
    devices.apply("light", 60.0, 0.0, WHAT)
    soon(lambda: status(devices) == "manual")
    assert lamp.step == 5
    devices.new_night()
    devices.apply("light", 60.0, 0.0, WHAT)
    soon(lambda: lamp.step == 60)


@pytest.mark.parametrize("by_hand", [0, 250])
def test_a_hand_on_the_switch_ends_a_fade_under_way(background: Background, by_hand: int) -> None:
    lamp = FakeDriver(step=200, fades=False)
    devices = room(background, lamp)
    devices.apply("light", 10.0, 60.0, WHAT)
    soon(lambda: len(lamp.sent) >= 1)
    lamp.step = by_hand
    soon(lambda: status(devices) == "manual")
    assert lamp.step == by_hand


def test_a_lamp_that_rounds_or_is_slow_to_say_so_is_nobodys_doing(background: Background) -> None:
    lamp = FakeDriver(step=100)
    devices = room(background, lamp)
    devices.apply("light", 60.0, 0.0, WHAT)
    soon(lambda: status(devices) == "confirmed")
    lamp.step = 61
    lamp.deaf = True
    devices.apply("light", 90.0, 0.0, WHAT)
    soon(lambda: status(devices) == "differs")
    lamp.step, lamp.deaf = 90, False
    devices.apply("light", 95.0, 0.0, WHAT)
    soon(lambda: status(devices) == "confirmed")
    assert lamp.step == 95


def test_a_lamp_that_did_not_hear_is_told_again(background: Background) -> None:
    lamp = FakeDriver(step=100)
    lamp.deaf = True
    devices = room(background, lamp)
    devices.apply("light", 0.0, 0.0, WHAT)
    soon(lambda: lamp.sent)
    lamp.deaf = False
    soon(lambda: status(devices) == "confirmed")
    assert lamp.step == 0


def test_its_dimmest_step_is_not_dark(background: Background) -> None:
    lamp = FakeDriver(step=1)
    lamp.deaf = True
    devices = room(background, lamp)
    devices.apply("light", 0.0, 0.0, WHAT)
    soon(lambda: status(devices) == "differs")


# --- Silence -------------------------------------------------------------------------------------


def test_silence_is_told_once_until_the_lamp_has_been_back(background: Background) -> None:
    lamp = FakeDriver()
    lamp.error = silence()
    devices = room(background, lamp)
    devices.apply("light", 5.0, 0.0, WHAT)
    soon(lambda: status(devices) == "unavailable")
    with pytest.raises(OutputUnavailableError, match=r"The lamp doesn.t answer\. The story"):
        devices.apply("light", 6.0, 0.0, WHAT)
    reads = lamp.reads
    soon(lambda: lamp.reads > reads + 2)
    devices.apply("light", 7.0, 0.0, WHAT)
    lamp.error = None
    soon(lambda: status(devices) == "confirmed")
    assert lamp.step == 7
    lamp.error = silence()
    devices.apply("light", 8.0, 0.0, WHAT)
    soon(lambda: status(devices) == "unavailable")
    with pytest.raises(OutputUnavailableError):
        devices.apply("light", 0.0, 0.0, WHAT)
    lamp.error = None
    soon(lambda: lamp.step == 0 and status(devices) == "confirmed")


def test_a_hub_that_hears_for_a_dead_lamp_is_no_answer(background: Background) -> None:
    lamp = FakeDriver(step=5)
    devices = room(background, lamp)
    lamp.mute = True
    taken: list[str] = []
    for _ in range(4):
        try:
            devices.apply("light", 0.0, 0.0, WHAT)
        except OutputUnavailableError:
            taken.append("told")
        soon(lambda: status(devices) == "unavailable")
        sent = len(lamp.sent)
        soon(lambda sent=sent: len(lamp.sent) > sent + 1)  # type: ignore[misc]
    assert taken == ["told"]


def test_a_driver_that_breaks_is_a_silent_lamp_and_is_tried_again(background: Background) -> None:
    lamp = FakeDriver()
    lamp.error = ZeroDivisionError("a slip")
    devices = room(background, lamp)
    devices.apply("light", 5.0, 0.0, WHAT)
    soon(lambda: status(devices) == "unavailable")
    lamp.error = None
    soon(lambda: lamp.step == 5)


def test_what_only_a_person_can_mend_is_not_asked_again_and_again(background: Background) -> None:
    lamp = FakeDriver()
    lamp.error = GivesUpError(*silence().faults)
    devices = room(background, lamp)
    devices.apply("light", 5.0, 0.0, WHAT)
    soon(lambda: status(devices) == "unavailable")
    time.sleep(0.1)
    assert lamp.reads == 1
    lamp.error = None
    with pytest.raises(OutputUnavailableError):
        devices.apply("light", 6.0, 0.0, WHAT)
    soon(lambda: lamp.step == 6)


def test_a_lamp_back_late_rises_gently_and_does_not_jump(background: Background) -> None:
    lamp = FakeDriver(step=0)
    lamp.error = silence()
    devices = room(background, lamp)
    devices.apply("light", 100.0, 0.3, WHAT)
    time.sleep(0.4)
    lamp.error = None
    soon(lambda: status(devices) == "confirmed")
    steps = [step for step, _ in lamp.sent]
    assert len(steps) > 4
    assert steps[0] < 40


def test_closing_says_the_last_dark_word(background: Background) -> None:
    lamp = FakeDriver(step=200, fades=False)
    devices = room(background, lamp)
    devices.apply("light", 0.0, 600.0, WHAT)
    soon(lambda: lamp.sent)
    devices.close()
    assert lamp.step == 0


def test_closing_waits_three_seconds_at_most(background: Background) -> None:
    lamps = [FakeDriver(step=200) for _ in range(4)]
    for lamp in lamps:
        lamp.hangs_above = -1
    devices = room(background, *lamps)
    devices.apply("light", 0.0, 1.0, WHAT)
    soon(lambda: all(lamp.sent for lamp in lamps))
    began_s = time.monotonic()
    devices.close()
    assert time.monotonic() - began_s < 5.0


def test_after_closing_nothing_is_done_and_closing_twice_does_no_harm() -> None:
    thread = Background()
    thread.close()
    thread.close()
    thread.post(lambda: pytest.fail("it was done"))


# --- Words ---------------------------------------------------------------------------------------


def test_what_stays_low_says_why_and_the_mend() -> None:
    watched = Report(id="a", kind="light", status="unasked", asked_step=None, seen_step=None)
    assert "stays" not in watched.words
    alone = Report(
        id="a",
        kind="sound",
        status="manual",
        asked_step=1,
        seen_step=9,
        lack="unwatched",
        note="Hm.",
    )
    assert alone.words == (
        "Someone set the speaker by hand. It stays that way, and tonight only gets less. Hm. "
        "This speaker stays quiet until Home Assistant's automation watches it: nothing else would "
        "hush it if Evenfall stopped."
    )


@pytest.mark.parametrize(
    "address",
    [
        "",
        "lamp.local",
        "ftp://lamp",
        "http://",
        "http://a?b=c",
        "http://me:word@lamp",
        "http://[",
        "http://a:x",
    ],
)
def test_what_is_no_address_says_what_one_looks_like(address: str) -> None:
    with pytest.raises(EvenfallError, match=r"like http://homeassistant\.local") as caught:
        checked_url(address)
    assert "word" not in str(caught.value) or "password" in str(caught.value)
    assert "me:" not in str(caught.value)
