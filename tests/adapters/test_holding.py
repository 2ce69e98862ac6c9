"""Care rule 4: what is held, what is watched, and what gets only a sleeper's light."""

import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date
from math import inf
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.adapters.devices import keeper as keeper_module
from evenfall.adapters.devices.connected import ConnectedHome
from evenfall.adapters.devices.holding import Holding, all_night
from evenfall.adapters.guard.house import connect, read_house
from evenfall.adapters.homeassistant.player import HomeAssistantPlayer
from evenfall.adapters.homeassistant.twin import LIGHT, HomeAssistantTwin
from evenfall.adapters.wled.twin import WledTwin
from evenfall.safety.limits import ADULT
from evenfall.safety.rooms import house_rules

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
KIND = "        kind: light\n"
TWO_LAMPS = """      - id: loft-lamp
        kind: light
        calibration: {kind: declared, light_at_full: 20 lx mEDI}
      - id: loft-spot
        kind: light
        calibration: {kind: declared, light_at_full: 20 lx mEDI}
"""
ASKED_LX, ASKED_STEP = 8.0, 51  # of the room, and so of each of two lamps of 20 lx mEDI
SLEEPERS_STEP = 6  # half of 1 lx mEDI, which is all that a sleeping room may have


def soon(true: Callable[[], object], within_s: float = 5.0) -> None:
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it never came to be so"
        time.sleep(0.01)


def step(twin: WledTwin) -> int:
    return round(twin.glow().share * 255)


# --- What a device lacks -------------------------------------------------------------------------


def test_what_nobody_has_looked_for_is_not_there() -> None:
    for holds, looked, lack in (
        ("watched", None, "unknown"),
        ("watched", False, "unwatched"),
        ("watched", True, ""),
        ("nothing", True, "unwatched"),
    ):
        one = Holding(holds)  # type: ignore[arg-type]  # a loop forgets which words these are
        one.watched = looked
        assert one.lack == lack
    assert Holding("itself", lapses=lambda: False).lack == "unwatched"


def test_what_the_family_has_seen_of_a_power_cut_counts_more_than_its_settings() -> None:
    assert Holding("itself", "bright").lack == "powers-up"
    seen_dark = Holding("itself", "dark")
    seen_dark.lit_at_power_up = True
    assert seen_dark.lack == ""
    settings = Holding("itself")
    settings.lit_at_power_up = True
    assert settings.lack == "powers-up"


@pytest.mark.safety("H-124")
@given(
    st.sampled_from(["itself", "watched", "nothing"]),
    st.sampled_from([None, "dark", "bright"]),
    st.sampled_from([None, False, True]),
    st.sampled_from([None, False, True]),
    st.booleans(),
)
def test_more_than_a_sleepers_light_is_only_for_what_is_known_to_be_held(
    holds: str, powers_up: str | None, watched: bool | None, lit: bool | None, lapses: bool
) -> None:
    one = Holding(holds, powers_up, lambda: lapses)  # type: ignore[arg-type]
    one.watched, one.lit_at_power_up = watched, lit
    held = (holds == "itself" and lapses) or (holds == "watched" and watched is True)
    comes_back_lit = powers_up == "bright" or (powers_up is None and lit is True)
    most = all_night(one, "light", ADULT), all_night(one, "sound", ADULT)
    if held and not comes_back_lit:
        assert most == (inf, inf)
    else:
        assert most == (ADULT.light_asleep_lx_medi, ADULT.sound_asleep_dba)


# --- In a home -----------------------------------------------------------------------------------


class Loft:
    """The guard's devices of a room of adults: a lamp of a Home Assistant, and one of WLED."""

    def __init__(
        self, folder: Path, there: HomeAssistantTwin, wled: WledTwin, more: str = ""
    ) -> None:
        household = DEMO.read_text(encoding="utf-8")
        one_lamp = "      - id: loft-lamp\n        kind: light\n"
        assert one_lamp in household
        (folder / "household.yaml").write_text(household.replace(one_lamp, TWO_LAMPS))
        (folder / "t").write_text(there.token)
        (folder / "devices.yaml").write_text(
            f'devices: 1\nhome_assistant: {{url: "{there.url}", token_file: t}}\nconnections:\n'
            f"  - {{output: loft-lamp, home_assistant: {LIGHT}}}\n"
            f'  - {{output: loft-spot, wled: "{wled.url}"{more}}}\n'
        )
        house = read_house(folder, folder / "household.yaml")
        rules = house_rules(house[0], date(2026, 11, 20))
        self.home: ConnectedHome = connect(*house, rules, lambda room, output: ASKED_LX)

    def asked(self) -> None:
        self.home.rooms["loft"].apply("light", ASKED_LX, 0.5, "")

    def close(self) -> None:
        self.home.close()

    def lacks(self) -> list[str]:
        return [self.home.lack(one) for one in ("loft-lamp", "loft-spot")]


@pytest.fixture(autouse=True)
def follows_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "FOLLOW_S", 1.0)


@pytest.mark.safety("H-124")
def test_without_its_automation_a_lamp_stays_dim_while_the_others_go_on(
    tmp_path: Path,
) -> None:
    with WledTwin() as bulb, WledTwin() as wled, HomeAssistantTwin(bulb) as house:
        house.switch_automation(False)
        with closing(Loft(tmp_path, house, wled)) as loft:
            loft.asked()
            soon(lambda: step(wled) == ASKED_STEP)
            soon(lambda: step(bulb) == SLEEPERS_STEP)
            assert loft.lacks() == ["unknown", ""]
            loft.home.look_for_watchdogs()
            assert loft.lacks() == ["unwatched", ""]
            words = [one.words for one in loft.home.look()]
            assert "stays dim until Home Assistant's automation watches it" in words[0]
            assert "stays dim" not in words[1]


@pytest.mark.safety("H-124")
def test_watched_it_rises_at_the_next_renewal_and_unwatched_it_fades_down(
    tmp_path: Path,
) -> None:
    with (
        WledTwin() as bulb,
        WledTwin() as wled,
        HomeAssistantTwin(bulb) as house,
        closing(Loft(tmp_path, house, wled)) as loft,
    ):
        loft.asked()
        soon(lambda: step(bulb) == SLEEPERS_STEP)
        loft.home.look_for_watchdogs()
        loft.home.beat()
        soon(lambda: SLEEPERS_STEP < step(bulb) < ASKED_STEP)
        soon(lambda: step(bulb) == ASKED_STEP)
        house.switch_automation(False)
        loft.home.look_for_watchdogs()
        assert step(bulb) == ASKED_STEP
        loft.home.beat()
        soon(lambda: SLEEPERS_STEP < step(bulb) < ASKED_STEP)
        soon(lambda: step(bulb) == SLEEPERS_STEP)
        assert step(wled) == ASKED_STEP


@pytest.mark.safety("H-124")
@pytest.mark.parametrize("how", ["declared", "its own settings"])
def test_what_comes_back_bright_stays_dim(tmp_path: Path, how: str) -> None:
    lit = how == "its own settings"
    more = "" if lit else ", powers_up: bright"
    with (
        WledTwin() as bulb,
        WledTwin(lit_at_power_up=lit) as wled,
        HomeAssistantTwin(bulb) as ha,
        closing(Loft(tmp_path, ha, wled, more)) as loft,
    ):
        loft.home.look_for_watchdogs()
        assert loft.lacks() == ["", "powers-up"]
        loft.asked()
        soon(lambda: step(bulb) == ASKED_STEP)
        soon(lambda: step(wled) == SLEEPERS_STEP)
        assert "come back bright" in loft.home.look()[1].words


def test_a_home_assistant_that_does_not_answer_for_once_takes_nothing_away(
    tmp_path: Path,
) -> None:
    with (
        WledTwin() as bulb,
        WledTwin() as wled,
        HomeAssistantTwin(bulb) as house,
        closing(Loft(tmp_path, house, wled)) as loft,
    ):
        loft.home.look_for_watchdogs()
        vars(house).update({name: lambda *_: (503, {}) for name in ("told", "asked")})
        loft.home.look_for_watchdogs()
        assert loft.lacks() == ["", ""]


@pytest.mark.safety("H-124")
def test_a_speaker_nothing_watches_has_a_sleepers_level_and_goes_to_silence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    held: dict[str, Any] = {
        "hold": lambda self, step: told.append(step),
        "lapses": True,
        "lit_at_power_up": lambda self: None,
    }
    with WledTwin() as bulb, HomeAssistantTwin(bulb) as house:
        for holds_itself in (False, True):
            if holds_itself:
                for name, value in held.items():
                    monkeypatch.setattr(HomeAssistantPlayer, name, value, raising=False)
            (tmp_path / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"))
            (tmp_path / "t").write_text(house.token)
            (tmp_path / "devices.yaml").write_text(
                f'devices: 1\nhome_assistant: {{url: "{house.url}", token_file: t}}\n'
                "connections: [{output: nest-speaker, home_assistant: media_player.bedroom}]\n"
            )
            read = read_house(tmp_path, tmp_path / "household.yaml")
            rules = house_rules(read[0], date(2026, 11, 20))
            with closing(connect(*read, rules, lambda room, output: 45.0)) as home:
                (keeper,) = home.rooms["nest"]._keepers
                driver: Any = keeper.driver
                assert keeper._most() == driver._most() == ADULT.sound_asleep_dba
    assert told == [0]


@pytest.mark.safety("H-124")
@pytest.mark.parametrize(("room", "safe_step"), [("nest", 6), ("loft", 0)])
def test_a_lamp_holds_itself_to_the_night_light_of_its_own_room(
    tmp_path: Path, room: str, safe_step: int
) -> None:
    """Half a lux of 20 in the nest, none in the loft."""
    text = DEMO.read_text(encoding="utf-8")
    declared = "        calibration: {kind: declared, light_at_full: 20 lx mEDI}\n"
    text = text.replace("id: loft-lamp\n        kind: light\n", f"id: loft-lamp\n{KIND}{declared}")
    (tmp_path / "household.yaml").write_text(text)
    (tmp_path / "devices.yaml").write_text(
        f'devices: 1\nconnections: [{{output: {room}-lamp, wled: "http://127.0.0.1:9"}}]\n'
    )
    read = read_house(tmp_path, tmp_path / "household.yaml")
    rules = house_rules(read[0], date(2026, 11, 20))
    with closing(connect(*read, rules, lambda room, output: ASKED_LX)) as home:
        (one,) = home.connected
        driver: Any = one.driver
        assert driver._safe_step == safe_step


def test_nothing_is_left_running() -> None:
    assert not [one for one in threading.enumerate() if one.name == "evenfall-devices"]
