"""A button of Home Assistant: every press is heard once, and nothing else is one."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some
from tests.support import home_assistant as support
from tests.support.home_assistant import RunningHomeAssistant

from evenfall.adapters.homeassistant import button as module
from evenfall.adapters.homeassistant.button import (
    JUST_NOW,
    MISSED_FOR,
    StopButton,
    is_still_meant,
    moment_of,
    state_in,
)
from evenfall.adapters.homeassistant.twin import BUTTON, HomeAssistantTwin
from evenfall.adapters.wled.twin import WledTwin
from evenfall.formats.devices import read_devices
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.formats.household import read_household

home_assistant = support.home_assistant  # the fixture

SOON_S = 10.0  # how long something is waited for before it fails; a bound, not a measure
NOW = datetime(2026, 11, 20, 19, tzinfo=UTC)


@pytest.fixture
def twin() -> Iterator[HomeAssistantTwin]:
    with WledTwin() as lamp, HomeAssistantTwin(lamp) as found:
        yield found


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "AGAIN_S", (0.01,))


async def soon(true: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_S):
        while not true():
            await asyncio.sleep(0.005)


def has(presses: list[None], count: int) -> bool:
    return len(presses) == count


@asynccontextmanager
async def watched(button: StopButton) -> AsyncIterator[list[None]]:
    """Presses as they are heard."""
    presses: list[None] = []
    watching = asyncio.create_task(button.watch(lambda: presses.append(None)))
    try:
        await soon(lambda: button.heard)
        yield presses
    finally:
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching


@pytest.mark.safety("H-104")
def test_every_press_is_heard_and_heard_once(twin: HomeAssistantTwin) -> None:
    async def main() -> None:
        async with watched(StopButton(twin.url, twin.token, BUTTON)) as presses:
            for count in (1, 2, 3):
                await asyncio.sleep(0.05)
                twin.press()
                await soon(partial(has, presses, count))
            await asyncio.sleep(0.1)
            assert len(presses) == 3

    asyncio.run(main())


@pytest.mark.safety("H-104")
def test_a_press_while_the_line_was_down_is_heard_when_it_is_back(
    twin: HomeAssistantTwin,
) -> None:
    async def main() -> None:
        button = StopButton(twin.url, twin.token, BUTTON)
        async with watched(button) as presses:
            await asyncio.sleep(0.05)
            twin.press()
            await soon(lambda: len(presses) == 1)
            twin.hang_up()
            await soon(lambda: not button.heard)
            twin.press()
            await asyncio.sleep(0.05)
            assert len(presses) == 1
            twin.recover()
            await soon(lambda: len(presses) == 2)

    asyncio.run(main())


def test_whoever_says_something_odd_presses_nothing_and_ends_nothing(
    twin: HomeAssistantTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        button = StopButton(twin.url, twin.token, BUTTON)
        talked = twin.news
        monkeypatch.setattr(twin, "news", lambda heard, seen: iter([{"type": [], "event": 7}]))
        pressed: list[None] = []
        watching = asyncio.create_task(button.watch(lambda: pressed.append(None)))
        await asyncio.sleep(0.2)
        assert not pressed and not watching.done() and not button.heard
        monkeypatch.setattr(twin, "news", talked)
        await soon(lambda: button.heard)
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    asyncio.run(main())


@pytest.mark.parametrize(
    ("ago", "known", "meant"),
    [
        (timedelta(seconds=5), False, True),
        (JUST_NOW + timedelta(seconds=1), False, False),
        (timedelta(minutes=4), True, True),
        (MISSED_FOR + timedelta(seconds=1), True, False),
        (-timedelta(minutes=4), True, True),
        (-MISSED_FOR - timedelta(seconds=1), True, False),
    ],
)
def test_which_press_nobody_heard_is_still_meant(ago: timedelta, known: bool, meant: bool) -> None:
    assert is_still_meant(NOW - ago, NOW, known=known) is meant


@pytest.mark.parametrize("state", ["unknown", "unavailable", "", "on", "2026-11-20T19:00:00"])
def test_what_is_no_moment_is_no_press(state: str) -> None:
    assert moment_of(state) is None


@given(some.recursive(some.none() | some.integers() | some.text(max_size=5), some.lists))
def test_whatever_a_message_holds_it_is_a_state_or_none(event: object) -> None:
    for kind in ("a", "c"):
        text = module._said({"event": {kind: event}, "type": "event"})
        assert state_in(text, BUTTON) is None


def test_a_wrong_address_or_token_is_said() -> None:
    for url, token in (("ftp://x", "abc"), ("http://x", "two words")):
        with pytest.raises(EvenfallError):
            StopButton(url, token, BUTTON)


def test_the_devices_file_names_a_button_and_nothing_else() -> None:
    household = read_household(Path(__file__).resolve().parents[2].joinpath(
        "src/evenfall/app/demo/household.yaml").read_text(), "household.yaml").record  # fmt: skip

    def devices(entity: str) -> str | None:
        text = (
            'devices: 1\nhome_assistant: {url: "http://h", token_file: t, '
            f"stop_button: {entity}}}\n"
        )
        access = read_devices(text, "devices.yaml", household).record.home_assistant
        return access.stop_button if access else None

    for entity in ("input_button.stop", "button.wall", "event.remote"):
        assert devices(entity) == entity
    with pytest.raises(FormatError, match="stop_button"):
        devices("light.bed_light")


@pytest.mark.homeassistant
@pytest.mark.safety("H-104")
def test_a_real_home_assistants_button_is_heard(home_assistant: RunningHomeAssistant) -> None:
    async def main() -> None:
        entity = "input_button.evenfall_stop"
        async with watched(StopButton(home_assistant.url, home_assistant.token, entity)) as presses:
            await asyncio.sleep(0.2)
            before = len(presses)  # one of just now counts, whoever pressed it
            for count in (before + 1, before + 2):
                await asyncio.to_thread(home_assistant.call, "input_button/press", entity_id=entity)
                await soon(partial(has, presses, count))

    asyncio.run(main())


@pytest.mark.homeassistant
def test_the_blueprint_hands_a_press_on_and_a_letting_go_not(
    home_assistant: RunningHomeAssistant,
) -> None:
    wall, stop = "binary_sensor.movement_backyard", "input_button.evenfall_stop"
    chosen = {"pressed": [wall], "stop": stop}
    use = {"path": "evenfall/evenfall-stop-button.yaml", "input": chosen}
    home_assistant.set_state(wall, "off")
    home_assistant.add_automation("evenfall-stop", {"alias": "Stop", "use_blueprint": use})

    async def main() -> None:
        async with watched(StopButton(home_assistant.url, home_assistant.token, stop)) as presses:
            await asyncio.sleep(0.5)
            before = len(presses)  # one of just now counts, whoever pressed it
            for count, state in ((1, "on"), (1, "off"), (1, "unavailable"), (1, "off"), (2, "on")):
                await asyncio.to_thread(home_assistant.set_state, wall, state)
                await asyncio.sleep(0.3)
                await soon(partial(has, presses, before + count))

    try:
        asyncio.run(main())
    finally:
        home_assistant.remove_automation("evenfall-stop")
