"""Lights, players and the heartbeat, against a real Home Assistant with its demo devices."""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

import httpx
import pytest
from tests.support import home_assistant as support
from tests.support.home_assistant import RunningHomeAssistant

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.keeper import Pace
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.adapters.homeassistant.heartbeat import ENTITY_ID
from evenfall.adapters.homeassistant.home import HomeAssistant
from evenfall.adapters.homeassistant.light import HomeAssistantLight
from evenfall.adapters.homeassistant.player import HomeAssistantPlayer
from evenfall.formats.errors import EvenfallError
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.household import Calibration, Output

home_assistant = support.home_assistant  # the fixture

PACE = Pace(first_retry_s=0.1, longest_retry_s=0.3, step_s=0.3, settle_s=(0.2, 0.3, 0.5))
LAMP = Output(
    id="nest-lamp",
    kind="light",
    calibration=Calibration(kind="measured", light_at_full="255 lx mEDI"),
)
SPEAKER = Output(
    id="nest-speaker",
    kind="sound",
    calibration=Calibration(kind="measured", sound_at_full="60 dBA"),
)
BED, PLAYER = "light.bed_light", "media_player.bedroom"


@pytest.fixture
def background() -> Iterator[Background]:
    thread = Background()
    yield thread
    thread.close()


@pytest.fixture
def home(home_assistant: RunningHomeAssistant, background: Background) -> Iterator[HomeAssistant]:
    ours = HomeAssistant(home_assistant.url, home_assistant.token, background)
    yield ours
    ours.close()


@pytest.fixture
def lamp(
    home: HomeAssistant, home_assistant: RunningHomeAssistant, background: Background
) -> Iterator[RoomDevices]:
    home_assistant.call("light/turn_off", entity_id=BED)
    room = RoomDevices([Fixture(LAMP, home.light(BED))], background, pace=PACE)
    yield room
    room.close()


def soon(true: Callable[[], object], within_s: float = 10.0) -> None:
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.05)


def status(devices: RoomDevices) -> str:
    return devices.reports()[0].status


# --- Without one ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bed_light", "light.", "switch.bed", "light.bed/../../x", ""])
def test_what_is_no_lights_name_says_what_one_looks_like(name: str) -> None:
    api = HomeAssistantApi("http://127.0.0.1:9", "a-token")
    with pytest.raises(EvenfallError, match="where a light of Home Assistant belongs"):
        HomeAssistantLight(api, name)
    with pytest.raises(EvenfallError, match="where a media_player of Home Assistant belongs"):
        HomeAssistantPlayer(api, name)


@pytest.mark.parametrize("token", ["", "hush hush", "hüsh", "hush\nhush"])
def test_what_is_no_token_is_said_without_showing_it(token: str) -> None:
    with pytest.raises(EvenfallError, match="copy the long-lived access token again") as caught:
        HomeAssistantApi("http://127.0.0.1:9", token)
    assert not {"hush", "hüsh"} & set(str(caught.value).split())


def test_resting_is_said_again_until_it_is_known_and_keeps_nobody(background: Background) -> None:
    home = HomeAssistant("http://127.0.0.1:9", "a-token", background)
    heartbeat = home.heartbeat()
    began_s = time.monotonic()
    heartbeat.beat()
    heartbeat.rest()
    assert time.monotonic() - began_s < 0.3
    heartbeat.close()
    assert time.monotonic() - began_s < 5.0
    home.close()


def test_nothing_there_is_a_silent_lamp_and_keeps_the_token_to_itself(
    background: Background,
) -> None:
    home = HomeAssistant("http://127.0.0.1:9", "hush-hush", background)
    room = RoomDevices([Fixture(LAMP, home.light(BED))], background, pace=PACE)
    room.apply("light", 5.0, 0.0, "")
    soon(lambda: status(room) == "unavailable")
    with pytest.raises(OutputUnavailableError, match="no connection") as caught:
        room.apply("light", 0.0, 0.0, "")
    assert "hush" not in str(caught.value) + repr(caught.value.faults) + repr(vars(home.api))
    room.close()
    home.close()


# --- With one ------------------------------------------------------------------------------------


@pytest.mark.homeassistant
@pytest.mark.parametrize("target", [1.0, 12.0, 200.0])
def test_read_back_is_what_was_asked(
    lamp: RoomDevices, home_assistant: RunningHomeAssistant, target: float
) -> None:
    lamp.apply("light", target, 0.0, "")
    soon(lambda: status(lamp) == "confirmed")
    found = home_assistant.state(BED)
    assert (found["state"], found["attributes"]["brightness"]) == ("on", int(target))
    red, green, blue = found["attributes"]["rgb_color"]
    assert red > 240
    assert green < 60
    assert blue < 20
    lamp.apply("light", 0.0, 0.0, "")
    soon(lambda: home_assistant.state(BED)["state"] == "off")


@pytest.mark.homeassistant
def test_a_lamp_that_cannot_fade_is_faded_all_the_same(
    lamp: RoomDevices, home_assistant: RunningHomeAssistant
) -> None:
    home_assistant.call("light/turn_on", entity_id=BED, brightness=120)
    lamp.apply("light", 0.0, 2.4, "")
    seen = set()
    ends_s = time.monotonic() + 6.0
    while home_assistant.state(BED)["state"] == "on" and time.monotonic() < ends_s:
        seen.add(home_assistant.state(BED)["attributes"].get("brightness"))
        time.sleep(0.05)
    soon(lambda: status(lamp) == "confirmed")
    assert len(seen) >= 5


@pytest.mark.homeassistant
def test_what_somebody_does_by_hand_is_kept(
    lamp: RoomDevices, home_assistant: RunningHomeAssistant
) -> None:
    lamp.apply("light", 60.0, 0.0, "")
    soon(lambda: status(lamp) == "confirmed")
    home_assistant.call("light/turn_on", entity_id=BED, brightness=20)
    lamp.apply("light", 80.0, 0.0, "")
    soon(lambda: status(lamp) == "manual")
    assert home_assistant.state(BED)["attributes"]["brightness"] == 20
    lamp.apply("light", 0.0, 0.0, "")
    soon(lambda: home_assistant.state(BED)["state"] == "off")


@pytest.mark.homeassistant
def test_a_lamp_without_power_is_told_of_and_taken_up_again(
    lamp: RoomDevices, home_assistant: RunningHomeAssistant
) -> None:
    home_assistant.set_state(BED, "unavailable")
    lamp.apply("light", 40.0, 0.0, "")
    soon(lambda: status(lamp) == "unavailable")
    with pytest.raises(OutputUnavailableError, match="calling it unavailable"):
        lamp.apply("light", 30.0, 0.0, "")
    lamp.apply("light", 20.0, 0.0, "")
    home_assistant.set_state(BED, "off")
    soon(lambda: status(lamp) == "confirmed")
    assert home_assistant.state(BED)["attributes"]["brightness"] == 20


@pytest.mark.homeassistant
def test_a_lamp_nobody_has_is_told_of(
    home: HomeAssistant, home_assistant: RunningHomeAssistant, background: Background
) -> None:
    room = RoomDevices([Fixture(LAMP, home.light("light.gone"))], background, pace=PACE)
    room.apply("light", 5.0, 0.0, "")
    soon(lambda: status(room) == "unavailable")
    with pytest.raises(OutputUnavailableError, match=r"knows no light\.gone"):
        room.apply("light", 0.0, 0.0, "")
    room.close()


@pytest.mark.homeassistant
def test_a_speaker_is_set_and_read_back_and_stopped(
    home: HomeAssistant, home_assistant: RunningHomeAssistant, background: Background
) -> None:
    home_assistant.call("media_player/turn_on", entity_id=PLAYER)
    home_assistant.call("media_player/volume_set", entity_id=PLAYER, volume_level=0.5)
    player = home.player(PLAYER, {"waves": "waves-by-night"})
    room = RoomDevices([Fixture(SPEAKER, player)], background, pace=PACE)
    room.apply("sound", 40.0, 1.0, "waves")
    soon(lambda: status(room) == "confirmed")
    shown = home_assistant.state(PLAYER)["attributes"]
    assert shown["volume_level"] == pytest.approx(0.1)
    assert shown["media_content_id"] == "waves-by-night"
    room.apply("sound", 0.0, 1.0, "")
    soon(lambda: home_assistant.state(PLAYER)["state"] == "off")
    soon(lambda: status(room) == "confirmed")
    room.close()


@pytest.mark.homeassistant
def test_a_wrong_token_says_how_to_make_a_right_one(
    home_assistant: RunningHomeAssistant, background: Background
) -> None:
    home = HomeAssistant(home_assistant.url, "hush-hush", background)
    with pytest.raises(OutputUnavailableError, match="refuses the token") as caught:
        home.entities()
    assert "make a new long-lived access token" in str(caught.value)
    assert "hush" not in str(caught.value)
    home.close()


@pytest.mark.homeassistant
def test_what_could_be_an_output_is_found(home: HomeAssistant) -> None:
    found = {one.entity_id: one for one in home.entities()}
    assert (found[BED].name, found[BED].kind, found[BED].available) == ("Bed Light", "light", True)
    assert found[PLAYER].kind == "sound"
    assert {one.split(".")[0] for one in found} == {"light", "media_player"}


# --- The heartbeat -------------------------------------------------------------------------------


@pytest.mark.homeassistant
def test_the_heartbeat_beats_only_while_somebody_says_so(
    home: HomeAssistant, home_assistant: RunningHomeAssistant, background: Background
) -> None:
    heartbeat = home.heartbeat()
    heartbeat.beat()
    soon(lambda: _beat(home_assistant) is not None)
    first = _beat(home_assistant)
    heartbeat.beat()  # at once again: not yet
    time.sleep(1.2)
    assert _beat(home_assistant) == first
    heartbeat.rest()
    soon(lambda: _beat(home_assistant) == "resting")
    heartbeat.beat()
    soon(lambda: _beat(home_assistant) not in ("resting", first))
    moment = datetime.fromisoformat(str(_beat(home_assistant)))
    assert moment.tzinfo is not None
    heartbeat.close()
    assert _beat(home_assistant) == "resting"


@pytest.mark.homeassistant
def test_a_watchdog_is_found_where_the_blueprint_is_used_for_the_lamp(
    home: HomeAssistant, home_assistant: RunningHomeAssistant
) -> None:
    assert not home.has_watchdog(BED)
    with _watchdog(home_assistant, [BED], [PLAYER]):
        assert home.has_watchdog(BED)
        assert home.has_watchdog(PLAYER)
        assert not home.has_watchdog("light.kitchen_lights")
        assert home.has_watchdog("light.kitchen_lights", "automation.evenfall_heartbeat_trial")
        home_assistant.call("automation/turn_off", entity_id="automation.evenfall_heartbeat_trial")
        assert not home.has_watchdog(BED)
        assert not home.has_watchdog(BED, "automation.evenfall_heartbeat_trial")


@pytest.mark.homeassistant
@pytest.mark.prove
def test_the_blueprint_fades_the_lamp_within_a_minute_of_the_last_beat(
    home: HomeAssistant, home_assistant: RunningHomeAssistant
) -> None:
    heartbeat = home.heartbeat()
    dimmer, kitchen = "light.ceiling_lights", "light.kitchen_lights"
    home_assistant.call("light/turn_on", entity_id=[BED, dimmer, kitchen], brightness=100)
    home_assistant.call("light/turn_on", entity_id=dimmer, brightness=1)
    home_assistant.call("media_player/turn_on", entity_id=PLAYER)
    with _watchdog(home_assistant, [BED, dimmer], [PLAYER], safe_brightness=2):
        ends_s = time.monotonic() + 45.0
        while time.monotonic() < ends_s:  # alive for longer than the silence that counts
            heartbeat.beat()
            time.sleep(0.5)
            assert _brightness(home_assistant, BED) == 100
        last_s = heartbeat.last_sent_s
        soon(lambda: _brightness(home_assistant, BED) == 2, within_s=60.0)
        took_s = time.monotonic() - last_s
        soon(lambda: home_assistant.state(PLAYER)["state"] == "off")
    print(f"faded {took_s:.1f} s after the last beat")
    assert 25.0 < took_s < 60.0
    assert _brightness(home_assistant, dimmer) == 1  # never brighter than it was
    assert _brightness(home_assistant, kitchen) == 100  # not one of ours


@pytest.mark.homeassistant
@pytest.mark.prove
def test_a_lamp_that_comes_back_while_the_hub_is_still_gone_is_faded_too(
    home: HomeAssistant, home_assistant: RunningHomeAssistant
) -> None:
    heartbeat = home.heartbeat()
    home_assistant.call("light/turn_on", entity_id=BED, brightness=100)
    with _watchdog(home_assistant, [BED], [], safe_brightness=2):
        heartbeat.beat()
        soon(lambda: _beat(home_assistant) is not None)
        home_assistant.set_state(BED, "unavailable")
        time.sleep(40.0)  # the silence is noticed, and the lamp is not there to hear of it
        home_assistant.set_state(BED, "on")
        soon(lambda: _brightness(home_assistant, BED) == 2, within_s=40.0)


@pytest.mark.homeassistant
@pytest.mark.prove
def test_a_night_that_ended_fades_nothing(
    home: HomeAssistant, home_assistant: RunningHomeAssistant
) -> None:
    heartbeat = home.heartbeat()
    home_assistant.call("light/turn_on", entity_id=BED, brightness=100)
    with _watchdog(home_assistant, [BED], []):
        heartbeat.beat()
        soon(lambda: _beat(home_assistant) is not None)
        heartbeat.rest()
        time.sleep(35.0)
        assert _brightness(home_assistant, BED) == 100


class _watchdog:  # reads as the statement it is
    """An automation of the blueprint, as the editor in the browser makes one."""

    def __init__(
        self,
        home_assistant: RunningHomeAssistant,
        lights: list[str],
        speakers: list[str],
        safe_brightness: int = 0,
    ) -> None:
        self._home_assistant = home_assistant
        given = {"lights": lights, "speakers": speakers, "safe_brightness": safe_brightness}
        path = "evenfall/evenfall-heartbeat.yaml"
        self._written: dict[str, object] = {
            "alias": "Evenfall heartbeat trial",
            "use_blueprint": {"path": path, "input": given},
        }

    def __enter__(self) -> None:
        self._home_assistant.add_automation("evenfall-trial", self._written)
        soon(lambda: self._state() == "on", within_s=60.0)

    def __exit__(self, *_: object) -> None:
        self._home_assistant.remove_automation("evenfall-trial")
        soon(lambda: self._state() != "on")

    def _state(self) -> str:
        try:
            return str(self._home_assistant.state("automation.evenfall_heartbeat_trial")["state"])
        except httpx.HTTPStatusError:
            return "none"


def _beat(home_assistant: RunningHomeAssistant) -> str | None:
    try:
        return str(home_assistant.state(ENTITY_ID)["state"])
    except httpx.HTTPStatusError:
        return None


def _brightness(home_assistant: RunningHomeAssistant, entity_id: str) -> int:
    found = home_assistant.state(entity_id)
    return 0 if found["state"] == "off" else int(found["attributes"]["brightness"])
