"""WLED against its twin, which is a real server that can be slow, silent and switched by hand."""

import time
from collections.abc import Callable, Iterator

import httpx
import pytest

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.keeper import Pace
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.adapters.wled.lamp import WledLamp
from evenfall.adapters.wled.twin import WledTwin
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Calibration, Output

QUICK = Pace(first_retry_s=0.05, longest_retry_s=0.1, step_s=0.1, settle_s=(0.02, 0.05, 0.05))
FULL_255 = Calibration(kind="measured", light_at_full="255 lx mEDI")


@pytest.fixture
def twin() -> Iterator[WledTwin]:
    with WledTwin() as lamp:
        yield lamp


@pytest.fixture
def devices(twin: WledTwin) -> Iterator[RoomDevices]:
    background = Background()
    lamp = Output(id="nest-lamp", kind="light", calibration=FULL_255)
    driver = WledLamp(twin.url, timeout_s=0.5)
    room = RoomDevices([Fixture(lamp, driver)], background, pace=QUICK)
    yield room
    room.close()
    background.close()


def soon(true: Callable[[], object], within_s: float = 5.0) -> None:
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.01)


def status(devices: RoomDevices) -> str:
    return devices.reports()[0].status


def state(twin: WledTwin) -> dict[str, object]:
    return dict(httpx.get(f"{twin.url}/json/state").json())


def test_read_back_is_what_was_asked_and_it_is_warm(twin: WledTwin, devices: RoomDevices) -> None:
    devices.apply("light", 40.0, 0.0, "")
    soon(lambda: status(devices) == "confirmed")
    assert (state(twin)["on"], state(twin)["bri"]) == (True, 40)
    report = devices.reports()[0]
    assert (report.asked_step, report.seen_step, report.lack) == (40, 40, "")
    soon(lambda: twin.glow().rgb == (255, 40, 0) and twin.glow().share == 40 / 255)


def test_a_fade_down_is_the_lamps_own_and_leaves_its_default(
    twin: WledTwin, devices: RoomDevices
) -> None:
    twin.switch_by_hand(True, 200)
    soon(lambda: twin.glow().share == 200 / 255)
    devices.apply("light", 0.0, 60.0, "")
    soon(lambda: status(devices) == "confirmed")
    assert twin.heard == ({"on": False, "tt": pytest.approx(600, abs=10)},)
    assert twin.glow().share > 0.6
    assert state(twin)["transition"] == 7


def test_a_stop_is_dark_within_five_seconds_even_in_a_long_fade(
    twin: WledTwin, devices: RoomDevices
) -> None:
    twin.switch_by_hand(True, 200)
    devices.apply("light", 100.0, 600.0, "")
    soon(lambda: status(devices) == "confirmed")
    began_s = time.monotonic()
    devices.apply("light", 0.0, 1.0, "")
    soon(lambda: twin.glow().share == 0.0)
    assert time.monotonic() - began_s < 5.0


def test_a_hand_on_the_switch_wins(twin: WledTwin, devices: RoomDevices) -> None:
    devices.apply("light", 40.0, 0.0, "")
    soon(lambda: status(devices) == "confirmed")
    twin.switch_by_hand(False)
    devices.apply("light", 50.0, 0.0, "")
    soon(lambda: status(devices) == "manual")
    assert state(twin)["on"] is False
    twin.switch_by_hand(True, 90)
    devices.apply("light", 10.0, 0.0, "")
    soon(lambda: state(twin)["bri"] == 10)


def test_out_of_reach_is_told_once_and_mended_when_it_is_back(
    twin: WledTwin, devices: RoomDevices
) -> None:
    twin.switch_by_hand(True, 200)
    twin.fall_silent()
    devices.apply("light", 30.0, 0.0, "")
    soon(lambda: status(devices) == "unavailable")
    with pytest.raises(OutputUnavailableError, match=r"The lamp doesn.t answer\. The story"):
        devices.apply("light", 0.0, 0.0, "")
    devices.apply("light", 0.0, 0.0, "")
    twin.recover()
    soon(lambda: status(devices) == "confirmed")
    assert twin.glow().share == 0.0


def test_a_slow_lamp_keeps_nobody_waiting(twin: WledTwin, devices: RoomDevices) -> None:
    twin.slow_down(5.0)
    began_s = time.monotonic()
    devices.apply("light", 30.0, 0.0, "")
    devices.apply("light", 0.0, 0.0, "")
    assert time.monotonic() - began_s < 0.3
    soon(lambda: status(devices) == "unavailable", within_s=4.0)


def test_something_else_at_that_address_is_said(twin: WledTwin) -> None:
    background = Background()
    lamp = WledLamp(f"{twin.url}/elsewhere")
    with pytest.raises(OutputUnavailableError, match="an error, 404"):
        background.ask(lamp.read(), 5.0)
    background.ask(lamp.close(), 5.0)
    background.close()


# --- The twin itself -----------------------------------------------------------------------------


def test_the_twin_keeps_its_brightness_while_it_is_off(twin: WledTwin) -> None:
    httpx.post(f"{twin.url}/json/state", json={"on": True, "bri": 77, "tt": 0})
    shown = httpx.post(f"{twin.url}/json/state", json={"bri": 0, "v": True}).json()
    assert (shown["on"], shown["bri"]) == (False, 77)
    assert httpx.post(f"{twin.url}/json", json={"on": True}).json() == {"success": True}
    assert state(twin)["bri"] == 77


def test_the_twin_fades_in_its_own_time(twin: WledTwin) -> None:
    httpx.post(f"{twin.url}/json/state", json={"on": True, "bri": 255, "tt": 10})
    began_s = time.monotonic()
    soon(lambda: twin.glow().share == 1.0)
    assert time.monotonic() - began_s > 0.7


def test_the_twin_says_that_it_is_simulated(twin: WledTwin) -> None:
    assert httpx.get(f"{twin.url}/json/info").json()["name"].startswith("simulated")
    assert set(httpx.get(f"{twin.url}/json").json()) == {"state", "info"}


def test_the_twin_refuses_what_it_cannot_read(twin: WledTwin) -> None:
    assert httpx.post(f"{twin.url}/json/state", content=b"not json").status_code == 400
    assert httpx.post(f"{twin.url}/elsewhere", json={}).status_code == 404
