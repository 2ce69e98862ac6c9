"""The conformance suite: every driver of ours holds, and every planted fault is named."""

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from tests.support import home_assistant as support
from tests.support.home_assistant import RunningHomeAssistant

import evenfall.adapters
from evenfall.adapters.devices.conformance import RULES, Bench, conform
from evenfall.adapters.devices.driver import Driver, Seen, silent_fault
from evenfall.adapters.devices.quality import HOLDS, LEVELS, Quality, declared
from evenfall.adapters.homeassistant.api import HomeAssistantApi
from evenfall.adapters.homeassistant.light import HomeAssistantLight
from evenfall.adapters.homeassistant.twin import LIGHT, HomeAssistantTwin
from evenfall.adapters.wled.lamp import WledLamp
from evenfall.adapters.wled.twin import WledTwin
from evenfall.ports.outputs import OutputUnavailableError

home_assistant = support.home_assistant  # the fixture

FULL = 255
DEMO_LIGHT = "light.bed_light"


def broken_by(bench: Bench, api: HomeAssistantApi | None = None) -> list[str]:
    async def tried() -> list[str]:
        try:
            return [f"{one.rule}: {one.seen}" for one in await conform(bench)]
        finally:
            if api is not None:
                await api.close()

    return asyncio.run(tried())


# --- Our own drivers ---------------------------------------------------------------------------


@dataclass
class WledBench:
    """A simulated WLED lamp on the table."""

    twin: WledTwin
    driver: Driver
    what: str = ""
    settle_s: float = 0.05

    async def shows(self) -> int:
        return round(self.twin.glow().share * FULL)

    async def set_by_hand(self, step: int) -> None:
        self.twin.switch_by_hand(step > 0, step)

    async def unplug(self) -> None:
        self.twin.fall_silent()

    async def plug_in(self) -> None:
        self.twin.recover()


class HomeAssistantBench(WledBench):
    """The same lamp behind a simulated Home Assistant, which can be gone."""

    house: HomeAssistantTwin

    async def unplug(self) -> None:
        gone: dict[str, Any] = {name: lambda *_: (503, {}) for name in ("told", "asked")}
        vars(self.house).update(gone)

    async def plug_in(self) -> None:
        for name in ("told", "asked"):
            vars(self.house).pop(name)


@pytest.fixture
def lamp() -> Iterator[WledTwin]:
    with WledTwin() as twin:
        yield twin


@pytest.mark.safety("H-126")
def test_the_wled_driver_conforms(lamp: WledTwin) -> None:
    assert broken_by(WledBench(lamp, WledLamp(lamp.url))) == []


@pytest.mark.safety("H-126")
def test_the_home_assistant_light_conforms(lamp: WledTwin) -> None:
    with HomeAssistantTwin(lamp) as house:
        api = HomeAssistantApi(house.url, house.token)
        bench = HomeAssistantBench(lamp, HomeAssistantLight(api, LIGHT))
        bench.house = house
        assert broken_by(bench, api) == []


@dataclass
class DemoBench:
    """A demonstration light of a real Home Assistant: it can only be said to be unavailable."""

    house: RunningHomeAssistant
    driver: Driver
    what: str = ""
    settle_s: float = 0.3

    async def shows(self) -> int:
        said = await asyncio.to_thread(self.house.state, DEMO_LIGHT)
        return 0 if said["state"] == "off" else int(said["attributes"]["brightness"])

    async def set_by_hand(self, step: int) -> None:
        await asyncio.to_thread(
            self.house.call, "light/turn_on", entity_id=DEMO_LIGHT, brightness=step
        )

    async def unplug(self) -> None:
        await asyncio.to_thread(self.house.set_state, DEMO_LIGHT, "unavailable")

    async def plug_in(self) -> None:
        await asyncio.to_thread(self.house.set_state, DEMO_LIGHT, "on")


@pytest.mark.prove
def test_the_light_conforms_with_home_assistant_itself(
    home_assistant: RunningHomeAssistant,
) -> None:
    """A demonstration light that is called unavailable still hears what it is told: that a word
    to it is lost is left to the twin. Its players don't begin to play once they are off, so they
    are tried in test_homeassistant.py instead."""
    api = HomeAssistantApi(home_assistant.url, home_assistant.token)
    bench = DemoBench(home_assistant, HomeAssistantLight(api, DEMO_LIGHT))
    told_all_the_same = ["silence-is-told: unplugged, sending went well"]
    assert [one for one in broken_by(bench, api) if one not in told_all_the_same] == []


# --- What the suite sees -----------------------------------------------------------------------


class Table:
    """A lamp in memory with one fault planted in its driver, or none; it is its own bench."""

    what = ""
    settle_s = 0.0
    where = "a lamp in memory"
    steps = 10

    def __init__(self, fault: str = "") -> None:
        self.fault, self.step, self.said, self.gone = fault, 0, 0, False
        if fault == "has-steps":
            self.steps = 0
        if fault == "names-itself":
            self.where = "http://mara:secret@lamp"

    @property
    def driver(self) -> "Table":
        return self

    async def read(self) -> Seen:
        self._answer("read")
        if self.fault == "reads":
            return Seen(self.steps + 5)
        return Seen(self.said if self.fault == "sees-hands" else self.step)

    async def send(self, step: int, over_s: float, what: str) -> None:
        self._answer("send")
        if over_s > 1 and self.fault == "does-not-wait":
            await asyncio.sleep(60)
        if self.fault == "goes-where-told" and step == self.steps:
            step = self.steps // 2
        if self.fault == "zero-is-off" and step == 0 and self.step == self.steps:
            step = 1
        if self.fault == "starts-low" and step == 1 and self.step == 0:
            step = self.steps
        if self.fault == "same-again" and step == self.step > 0:
            step = max(1, step - 2)
        self.step = self.said = step

    async def close(self) -> None:
        if self.fault == "closes":
            raise RuntimeError("closed twice")

    async def shows(self) -> int:
        return self.step

    async def set_by_hand(self, step: int) -> None:
        self.step = step

    async def unplug(self) -> None:
        self.gone = True

    async def plug_in(self) -> None:
        self.gone = self.fault == "comes-back"

    def _answer(self, asked: str) -> None:
        if self.gone and not (self.fault == "silence-is-told" and asked == "send"):
            raise OutputUnavailableError(
                silent_fault("light", self.where, "no power", "plug it in")
            )


def test_a_lamp_without_a_fault_conforms() -> None:
    assert broken_by(Table()) == []


@pytest.mark.safety("H-126")
@pytest.mark.parametrize("rule", RULES)
def test_a_planted_fault_is_named(rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evenfall.adapters.devices.conformance.ANSWER_S", 0.05)
    monkeypatch.setattr("evenfall.adapters.devices.conformance.LATE_S", 0.05)
    assert rule in [one.split(":")[0] for one in broken_by(Table(rule))]


# --- What a driver declares --------------------------------------------------------------------


def driver_classes() -> list[type]:
    """Every class of the adapters that can be sent a step; what only looks is its driver's."""
    found = []
    for module in pkgutil.walk_packages(evenfall.adapters.__path__, "evenfall.adapters."):
        for name, thing in vars(importlib.import_module(module.name)).items():
            if not inspect.isclass(thing) or thing.__module__ != module.name:
                continue
            if {"steps", "where", "read", "send"} <= set(dir(thing)) and name not in NOT_DEVICES:
                found.append(thing)
    return found


NOT_DEVICES = ("Driver", "LastLook")


@pytest.mark.safety("H-126")
def test_every_driver_declares_what_it_was_tried_with() -> None:
    classes = driver_classes()
    assert {one.__name__ for one in classes} >= {"WledLamp", "HomeAssistantLight"}
    for one in classes:
        said = declared(one)
        assert said.level in LEVELS and said.level != "undeclared", one
        assert said.holds in HOLDS
        assert said.tried_with in said.words


def test_an_undeclared_driver_is_called_so() -> None:
    assert declared(Table).level == "undeclared"
    assert "Nobody has said" in declared(Table).words


def test_a_level_is_told_with_what_holds_the_device() -> None:
    quality = Quality(
        level="device", reads_back=False, holds="itself", tried_with="an X1, 2.0, 2026-11-20"
    )
    assert quality.words == (
        "Tried with an X1, 2.0, 2026-11-20; it can't say where it stands; the device goes to safe "
        "by itself when it is told nothing more."
    )
