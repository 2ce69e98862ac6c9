"""The simulated Home Assistant: it drives its lamp as asked, and fades it when we fall silent."""

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from evenfall.adapters.devices.background import Background
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.adapters.homeassistant.heartbeat import ENTITY_ID, EVERY_S, RESTING
from evenfall.adapters.homeassistant.home import HomeAssistant
from evenfall.adapters.homeassistant.twin import (
    AUTOMATION,
    FADE_S,
    LIGHT,
    NO_ALARM,
    SILENT_S,
    HomeAssistantTwin,
    fade_asked,
)
from evenfall.adapters.wled.twin import WledTwin
from evenfall.formats.errors import EvenfallError

BLUEPRINT = Path(__file__).resolve().parents[2] / "docs/blueprints/evenfall-heartbeat.yaml"
SOON_S = 10.0  # how long something is waited for before it fails; a bound, not a measure


@pytest.fixture
def lamp() -> Iterator[WledTwin]:
    with WledTwin(on=True, brightness=100) as twin:
        yield twin


@pytest.fixture
def twin(lamp: WledTwin) -> Iterator[HomeAssistantTwin]:
    with HomeAssistantTwin(lamp, safe_step=7, silent_s=0.2, fade_s=0.1) as found:
        yield found


def until(seen: Callable[[], object]) -> None:
    ends_s = time.monotonic() + SOON_S
    while not seen():
        assert time.monotonic() < ends_s
        time.sleep(0.01)


def step(lamp: WledTwin) -> int:
    return round(lamp.glow().share * 255)


def tell(twin: HomeAssistantTwin, state: str) -> None:
    async def told() -> None:
        api = HomeAssistantApi(twin.url, twin.token)
        await api.tell(ENTITY_ID, state, {})
        await api.close()

    asyncio.run(told())


# --- The blueprint's own rule ----------------------------------------------------------------


class _Loader(yaml.SafeLoader):
    """Reads Home Assistant's `!input` as the name that follows it."""


_Loader.add_constructor("!input", lambda _, node: str(node.value))


def blueprint() -> Any:
    return yaml.load(BLUEPRINT.read_text(encoding="utf-8"), _Loader)  # a safe loader


def test_its_rule_is_the_blueprints() -> None:
    written = blueprint()
    silence, back = written["trigger"]
    assert silence["for"] == {"seconds": SILENT_S}
    assert back["from"] == ["unavailable", "unknown"]
    (condition,) = written["condition"]
    assert str(list(NO_ALARM)) in condition["value_template"]
    chosen = written["action"][0]["repeat"]["sequence"][0]["choose"]
    assert [one["sequence"][0]["data"]["transition"] for one in chosen] == [FADE_S, FADE_S]
    assert written["blueprint"]["input"]["heartbeat"]["default"] == ENTITY_ID
    assert RESTING in NO_ALARM
    assert EVERY_S + SILENT_S + FADE_S <= 60


@pytest.mark.parametrize(
    ("shown", "safe_step", "asked"),
    [
        ({"on": True, "bri": 100}, 7, {"on": True, "bri": 7, "tt": 200}),
        ({"on": True, "bri": 100}, 0, {"on": False, "tt": 200}),
        ({"on": True, "bri": 1}, 0, {"on": False, "tt": 200}),
        ({"on": True, "bri": 7}, 7, None),
        ({"on": True, "bri": 3}, 7, None),
        ({"on": False, "bri": 100}, 7, None),
        ({"on": False, "bri": 100}, 0, None),
    ],
)
def test_it_only_ever_makes_darker(
    shown: dict[str, Any], safe_step: int, asked: dict[str, Any] | None
) -> None:
    assert fade_asked(shown, safe_step, FADE_S) == asked


def test_a_heartbeat_that_stops_fades_the_lamp_and_once_only(
    lamp: WledTwin, twin: HomeAssistantTwin
) -> None:
    tell(twin, "beat 1")
    until(lambda: step(lamp) == 7)
    first_s = twin.took_over_s
    lamp.switch_by_hand(True, 90)
    tell(twin, "beat 1")  # said again, it is no change
    until(lambda: step(lamp) == 90)
    assert stays_out(twin, first_s)
    assert step(lamp) == 90
    tell(twin, "beat 2")
    until(lambda: twin.took_over_s != first_s)
    until(lambda: step(lamp) == 7)


def stays_out(twin: HomeAssistantTwin, since_s: float | None, for_s: float = 0.5) -> bool:
    """True where it does not take over (again) for a while that is longer than its silence."""
    ends_s = time.monotonic() + for_s
    while time.monotonic() < ends_s:
        if twin.took_over_s != since_s:
            return False
        time.sleep(0.02)
    return True


@pytest.mark.parametrize("said", [None, *NO_ALARM])
def test_it_leaves_the_lamp_alone_where_silence_means_nothing(
    lamp: WledTwin, twin: HomeAssistantTwin, said: str | None
) -> None:
    if said is not None:
        tell(twin, "beat 1")
        tell(twin, said)
    assert stays_out(twin, None)
    assert step(lamp) == 100


# --- As Evenfall sees it -----------------------------------------------------------------------


def test_evenfall_finds_the_lamp_and_that_it_is_watched(twin: HomeAssistantTwin) -> None:
    background = Background()
    try:
        found = HomeAssistant(twin.url, twin.token, background)
        (light,) = found.entities()
        assert (light.entity_id, light.name, light.available) == (LIGHT, "simulated lamp", True)
        assert found.has_watchdog(LIGHT)
        assert found.has_watchdog("light.other", AUTOMATION)
        assert not found.has_watchdog("light.other")
        found.close()
    finally:
        background.close()


def test_the_lamp_does_as_home_assistant_is_asked(lamp: WledTwin, twin: HomeAssistantTwin) -> None:
    background = Background()
    try:
        found = HomeAssistant(twin.url, twin.token, background)
        light = found.light(LIGHT)
        seen = background.ask(light.read(), SOON_S)
        assert (seen.step, seen.fades, seen.dims) == (100, True, True)
        background.ask(light.send(40, 0.0, ""), SOON_S)
        assert (step(lamp), lamp.glow().rgb) == (40, (255, 40, 0))
        background.ask(light.send(0, 0.0, ""), SOON_S)
        assert step(lamp) == 0
        assert background.ask(light.read(), SOON_S).step == 0
        found.close()
    finally:
        background.close()


@pytest.mark.parametrize("token", ["another", "x" * 32])
def test_it_lets_nobody_in_without_its_token(twin: HomeAssistantTwin, token: str) -> None:
    background = Background()
    try:
        found = HomeAssistant(twin.url, token, background)
        with pytest.raises(EvenfallError, match="refuses the token"):
            found.entities()
        found.close()
    finally:
        background.close()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/api/states/light.nest_lamp", b"{}", 404),
        ("/api/services/light/turn_on", b'{"entity_id": "light.other"}', 404),
        ("/api/services/light/toggle", b'{"entity_id": "light.nest_lamp"}', 404),
        ("/api/services/light/turn_on", b"[", 400),
    ],
)
def test_what_it_does_not_have_it_says(
    twin: HomeAssistantTwin, path: str, body: bytes, status: int
) -> None:
    assert twin.asked(path, body)[0] == status
    assert twin.told("/api/states/light.other")[0] == 404
