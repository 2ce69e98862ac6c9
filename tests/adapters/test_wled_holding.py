"""A WLED lamp holds its own lease, by its own nightlight (care rule 4)."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import httpx
import pytest
from tests.adapters.test_conformance import WledBench, broken_by

from evenfall.adapters.devices import keeper as keeper_module
from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.keeper import Pace
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.adapters.wled import lamp as lamp_module
from evenfall.adapters.wled.lamp import LAPSES_S, WledLamp
from evenfall.adapters.wled.twin import WledTwin
from evenfall.records.household import Calibration, Output

QUICK = Pace(first_retry_s=0.05, longest_retry_s=0.1, step_s=0.1, settle_s=(0.02, 0.05, 0.05))
FULL_255 = Calibration(kind="measured", light_at_full="255 lx mEDI")
SAFE, STORY = 6, 100


class Clock:
    """Our time, which can be made to pass like a lamp's."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic(self) -> float:
        return time.monotonic() + self.ahead_s


class Table:
    """A WLED lamp that is asked to hold its lease, its keeper, and time for both."""

    def __init__(self, twin: WledTwin, clock: Clock) -> None:
        self.twin, self.clock = twin, clock
        self.driver = WledLamp(twin.url, timeout_s=0.5)
        self.driver.hold(SAFE)
        self.background = Background()
        output = Output(id="nest-lamp", kind="light", calibration=FULL_255)
        fixture = Fixture(output, self.driver)
        self.room = RoomDevices([fixture], self.background, pace=QUICK)

    def lit(self) -> None:
        self.room.apply("light", float(STORY), 0.2, "")
        soon(lambda: self.status == "confirmed" and step(self.twin) == STORY)

    def time_passes(self, seconds: float) -> None:
        self.clock.ahead_s += seconds
        self.twin.pass_time(seconds)

    def renewed(self) -> None:
        before = self.wins
        self.comes_to(lambda: self.wins > before)
        soon(lambda: self.status == "confirmed")

    def comes_to(self, true: Callable[[], object]) -> None:
        """Wait for something while whoever decides about the room lives."""

        def renewed_until() -> object:
            self.room.renew()
            return true()

        soon(renewed_until)

    @property
    def wins(self) -> int:
        return sum("win" in one for one in self.twin.heard)

    @property
    def status(self) -> str:
        return self.room.reports()[0].status

    def close(self) -> None:
        self.room.close()
        self.background.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    ours = Clock()
    monkeypatch.setattr(lamp_module, "time", ours)
    monkeypatch.setattr(keeper_module, "time", ours)
    return ours


@pytest.fixture
def table(clock: Clock) -> Iterator[Table]:
    with WledTwin() as twin:
        twin.use_its_nightlight(0, target=3)  # off, and set as this family likes it
        one = Table(twin, clock)
        yield one
        one.close()


def soon(true: Callable[[], object], within_s: float = 5.0) -> None:
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.01)


def step(twin: WledTwin) -> int:
    return round(twin.glow().share * 255)


def nightlight(twin: WledTwin) -> dict[str, object]:
    return dict(httpx.get(f"{twin.url}/json/state").json()["nl"])


# --- A WLED lamp holds its own lease -------------------------------------------------------------


@pytest.mark.safety("H-124")
def test_told_nothing_more_it_is_safe_within_61_s_and_not_before_59(table: Table) -> None:
    table.lit()
    table.time_passes(58.0)
    assert step(table.twin) == STORY
    table.time_passes(3.0)
    assert step(table.twin) == SAFE
    assert nightlight(table.twin)["on"] is False


@pytest.mark.safety("H-124")
def test_it_is_armed_before_it_is_brighter_than_safe_and_not_for_less(table: Table) -> None:
    table.room.apply("light", float(SAFE), 0.2, "")
    soon(lambda: table.status == "confirmed")
    assert table.wins == 0
    table.lit()
    heard = table.twin.heard
    first = next(i for i, one in enumerate(heard) if "win" in one)
    assert all(one.get("bri", 0) <= SAFE for one in heard[:first])
    assert heard[first] == {"win": f"NL=1&NT={SAFE}&NF=0", "v": True}


def test_a_renewal_begins_its_minute_anew_and_nothing_is_seen_of_it(table: Table) -> None:
    table.lit()
    for _ in range(6):
        table.time_passes(25.0)
        table.renewed()
        assert step(table.twin) == STORY
        rem = nightlight(table.twin)["rem"]
        assert isinstance(rem, int) and rem >= 58
    assert table.status == "confirmed"


def test_it_is_renewed_no_more_often_than_it_must_be(table: Table) -> None:
    table.lit()
    before = len(table.twin.heard)
    table.time_passes(LAPSES_S / 3 - 5.0)
    for _ in range(5):
        table.room.renew()
    time.sleep(0.1)
    assert len(table.twin.heard) == before


def test_the_documented_words_alone_would_not_begin_it_anew(table: Table) -> None:
    """Why `win` is used; so says WLED's source, and so does the twin."""
    table.lit()
    table.time_passes(30.0)
    again = {"nl": {"on": True, "dur": 1, "mode": 0, "tbri": SAFE}}
    httpx.post(f"{table.twin.url}/json/state", json=again).raise_for_status()
    rem = nightlight(table.twin)["rem"]
    assert isinstance(rem, int) and rem <= 30


def test_a_lease_that_lapsed_is_nobodys_hand_and_it_rises_again_slowly(table: Table) -> None:
    table.lit()
    table.time_passes(70.0)
    assert step(table.twin) == SAFE
    table.comes_to(lambda: step(table.twin) == STORY)
    soon(lambda: table.status == "confirmed")
    told = [one["bri"] for one in table.twin.heard[-20:] if "bri" in one]
    assert any(SAFE < one < STORY for one in told), "it jumped"


@pytest.mark.safety("H-124")
def test_a_long_fade_is_left_to_it_for_a_third_of_its_minute_at_most(table: Table) -> None:
    table.lit()
    before = len(table.twin.heard)
    table.room.apply("light", 20.0, 600.0, "")
    soon(lambda: len(table.twin.heard) > before)
    told = table.twin.heard[-1]
    assert told["tt"] <= 200
    assert STORY - 5 <= told["bri"] < STORY
    table.time_passes(61.0)
    assert step(table.twin) == SAFE


def test_dark_gives_its_nightlight_back_as_the_family_had_it(table: Table) -> None:
    table.lit()
    assert nightlight(table.twin)["on"] is True
    table.room.apply("light", 0.0, 0.2, "")
    soon(lambda: step(table.twin) == 0)
    light = nightlight(table.twin)
    assert (light["on"], light["dur"], light["mode"], light["tbri"]) == (False, 60, 1, 3)
    table.time_passes(120.0)
    assert step(table.twin) == 0


@pytest.mark.parametrize("by_hand", [20, 200])
def test_a_hand_on_it_wins_and_our_minute_does_not_end_what_it_set(
    table: Table, by_hand: int
) -> None:
    table.lit()
    table.twin.switch_by_hand(True, by_hand)
    table.time_passes(LAPSES_S / 3)
    table.comes_to(lambda: table.status == "manual")
    soon(lambda: nightlight(table.twin)["on"] is False)
    table.time_passes(120.0)
    table.room.renew()
    assert step(table.twin) == by_hand
    assert table.status == "manual"


def test_a_nightlight_the_family_begins_is_theirs(table: Table) -> None:
    table.lit()
    table.twin.use_its_nightlight(30, target=0)
    table.time_passes(LAPSES_S / 3)
    table.comes_to(lambda: table.status == "manual")
    table.time_passes(600.0)
    light = nightlight(table.twin)
    assert (light["on"], light["dur"], light["mode"]) == (True, 30, 1)
    assert SAFE < step(table.twin) < STORY


def test_off_and_on_again_at_its_button_is_a_hand(table: Table) -> None:
    table.lit()
    table.twin.use_its_nightlight(0)
    table.time_passes(LAPSES_S / 3)
    table.comes_to(lambda: table.status == "manual")
    assert step(table.twin) == STORY


@pytest.mark.safety("H-124")
def test_a_wled_too_old_to_begin_it_anew_is_found_out_before_it_is_lit(clock: Clock) -> None:
    with WledTwin(begins_anew=False) as twin, closing(Table(twin, clock)) as table:
        assert table.driver.lapses
        table.room.apply("light", float(STORY), 0.2, "")
        soon(lambda: not table.driver.lapses)
        assert step(twin) <= SAFE


@pytest.mark.safety("H-126")
def test_the_wled_driver_conforms_while_it_holds() -> None:
    with WledTwin() as twin:
        driver = WledLamp(twin.url)
        driver.hold(SAFE)
        assert broken_by(WledBench(twin, driver)) == []


@pytest.mark.parametrize(
    ("config", "lit"),
    [
        ({"def": {"on": True, "bri": 128, "ps": 0}}, True),
        ({"def": {"on": True, "bri": SAFE, "ps": 0}}, False),
        ({"def": {"on": False, "bri": 128, "ps": 0}}, False),
        ({"def": {"on": False, "bri": 128, "ps": 2}}, True),
        ({"def": {}}, True),  # what a new one has
        ({}, None),
        ({"error": 404}, None),
    ],
)
def test_what_it_does_after_a_power_cut_is_read_from_its_settings(
    table: Table, config: dict[str, object], lit: bool | None
) -> None:
    vars(table.twin)["_cfg"] = lambda: config
    assert table.background.ask(table.driver.lit_at_power_up(), 5.0) is lit
    table.twin.fall_silent()
    assert table.background.ask(table.driver.lit_at_power_up(), 5.0) is None
