"""A family's lamp and speaker, driven by a hub that is served: simulated lamps, real sockets.

What brings a lamp to safe when the hub's own loop hangs is not here: that is the page's and Home
Assistant's to do (tests/adapters/test_homeassistant.py, where the blueprint is timed).
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.support import home_assistant as support
from tests.support.command_line import Ran, demo_home, evenfall, refused
from tests.support.home_assistant import RunningHomeAssistant
from tests.support.let_in import guardians_cookie

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.room import RoomDevices
from evenfall.adapters.homeassistant.heartbeat import ENTITY_ID
from evenfall.adapters.notices.room import NOBODY
from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.cli import lamps as lamps_command
from evenfall.app.devices import HomeDevices, TonightsDevices
from evenfall.app.home import Home, load_household
from evenfall.app.web.serve import House, HubServer, listening_on
from evenfall.formats.errors import FormatError
from evenfall.records.household import Household
from evenfall.records.programme import Setpoint
from evenfall.runtime import hub as hub_module
from evenfall.runtime.hub import Hub

home_assistant = support.home_assistant  # the fixture

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
DARK_NIGHTS = "    night_light: 0.5 lx mEDI\n"  # taken out of the made-up home for a dark one
NIGHT_LIGHT, TOLD = 6, 12  # 0.5 and 1 lx mEDI, of 20 at the full 255
SILENT = "The lamp doesn't answer. The story goes on."
BY_HAND = "Someone set the lamp by hand. It stays that way, and tonight only gets less."
UNWATCHED = (
    "This lamp stays dim until Home Assistant's automation watches it: nothing else would fade it "
    "if Evenfall stopped."
)
COMES_BACK_BRIGHT = (
    "This lamp stays dim until its own settings keep it dark after a power cut: now it would come "
    "back bright."
)
SOON_S = 20.0  # how long a test waits for something before it fails; a bound, not a measure

Json = dict[str, Any]


class Served:
    """A hub that is up, and what a page sees of it."""

    def __init__(self, port: int, cookie: dict[str, str]) -> None:
        address = f"http://127.0.0.1:{port}"
        self.http = httpx.AsyncClient(base_url=address, timeout=SOON_S, headers=cookie)

    async def room(self, name: str = "nest") -> Json:
        return _room((await self.http.get("/api/v1/home")).json(), name)

    async def do(self, do: str, room: str = "nest", **more: str) -> Json:
        ask = {"do": do, "room": room, **more}
        answer = await self.http.post("/api/v1/do", json=ask, headers={"x-evenfall": "page"})
        assert answer.status_code == 200, answer.text
        return _room(answer.json(), room)

    async def until(self, seen: Callable[[Json], object]) -> Json:
        """The nest as it is once something is so."""
        async with asyncio.timeout(SOON_S):
            while not seen(view := await self.room()):
                await asyncio.sleep(0.05)
            return view


def _room(view: Json, name: str) -> Json:
    found: Json = next(one for one in view["rooms"] if one["room"] == name)
    return found


def household_of(folder: Path, without: str = "") -> Household:
    """The made-up home, or a variant of it, kept in a folder."""
    text = DEMO.read_text(encoding="utf-8")
    assert without in text
    (folder / "household.yaml").write_text(text.replace(without, ""), encoding="utf-8")
    return load_household(folder / "household.yaml").record


def connect_wled(folder: Path, url: str, output: str = "nest-lamp") -> None:
    text = f'devices: 1\nconnections:\n  - {{output: {output}, wled: "{url}"}}\n'
    (folder / "devices.yaml").write_text(text, encoding="utf-8")


@asynccontextmanager
async def hub(
    folder: Path, at: str = "19:20", speed: float = 30.0, without: str = "", days: int = 0
) -> AsyncIterator[Served]:
    """A hub serving a home with its devices, its clock begun at a time of the evening."""
    hour, minute = (int(part) for part in at.split(":"))
    clock = SystemClock(speed, datetime(2026, 11, 20 + days, hour, minute, tzinfo=ZONE))
    listener = listening_on(0)
    port = listener.getsockname()[1]
    house = House(Home(folder), household_of(folder, without), ZONE, clock)
    server = HubServer(house, listener)
    serving = asyncio.create_task(server.run())
    served = Served(port, guardians_cookie(server))
    try:
        async with asyncio.timeout(SOON_S):
            while True:
                with suppress(httpx.TransportError):
                    await served.http.get("/healthz")
                    break
                await asyncio.sleep(0.02)
        yield served
    finally:
        await served.http.aclose()
        server.stop()
        await serving


@pytest.fixture
def twin() -> Iterator[WledTwin]:
    with WledTwin() as lamp:
        yield lamp


def step(twin: WledTwin) -> int:
    return round(twin.glow().share * 255)


async def comes_to(twin: WledTwin, wanted: int) -> None:
    async with asyncio.timeout(SOON_S):
        while step(twin) != wanted:
            await asyncio.sleep(0.02)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


# --- An evening ------------------------------------------------------------------------------


@pytest.mark.safety("H-01")
def test_the_lamp_follows_the_evening_and_a_stop_is_dark(tmp_path: Path, twin: WledTwin) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path, without=DARK_NIGHTS) as served:
            await comes_to(twin, TOLD)
            assert (await served.do("begin"))["mode"] == "running"
            assert twin.glow().rgb == (255, 40, 0)
            began_s = time.monotonic()
            await served.do("stop")
            await comes_to(twin, 0)
            assert time.monotonic() - began_s < 5.0
            assert twin.heard[-1]["on"] is False

    run(story)


@pytest.mark.safety("H-04")
def test_at_lights_out_the_lamp_is_the_night_light_and_no_more(
    tmp_path: Path, twin: WledTwin
) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path, speed=120.0) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
            await served.do("lights-out", member="noor")
            await served.do("lights-out", member="ilay")
            await served.until(lambda view: view["scene"] == "night")
            await comes_to(twin, NIGHT_LIGHT)
            heard = len(twin.heard)
            await served.do("touch")
            await asyncio.sleep(1.0)
            assert all(one.get("bri", 0) <= TOLD for one in twin.heard[heard:])

    run(story)


def test_a_bright_lamp_is_faded_at_wind_down_and_left_alone_before(
    tmp_path: Path, twin: WledTwin
) -> None:
    connect_wled(tmp_path, twin.url)
    twin.switch_by_hand(True, 200)

    async def story() -> None:
        async with hub(tmp_path, at="18:00", speed=600.0) as served:
            await served.do("skip-wake")
            assert (await served.room())["mode"] == "before"
            assert not twin.heard
            await comes_to(twin, TOLD)

    run(story)


# --- What goes wrong -------------------------------------------------------------------------


def test_a_silent_lamp_is_told_of_the_evening_goes_on_and_it_is_taken_up_again(
    tmp_path: Path, twin: WledTwin
) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
            assert SILENT not in (await served.room())["faults"]
            twin.fall_silent()
            await served.do("pause")
            told = await served.until(lambda view: SILENT in view["faults"])
            assert told["faults"] == [SILENT]
            assert (await served.do("resume"))["mode"] == "running"
            assert (await served.room())["say"]
            twin.recover()
            await served.until(lambda view: view["faults"] == [])
            await comes_to(twin, TOLD)

    run(story)


def test_what_somebody_sets_by_hand_is_kept_and_said(tmp_path: Path, twin: WledTwin) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
            await asyncio.sleep(3.0)  # until it has been read back, and is known to stand there
            twin.switch_by_hand(True, 3)
            await served.do("pause")
            await comes_to(twin, 3)
            assert BY_HAND in (await served.until(lambda view: view["faults"]))["faults"]
            await served.do("resume")
            await asyncio.sleep(1.0)
            assert step(twin) == 3

    run(story)


def test_a_lamp_that_stays_dim_says_why_before_the_story_and_not_in_it(
    tmp_path: Path, twin: WledTwin
) -> None:
    twin.set_power_up(lit=True)
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path) as served:
            said = await served.until(lambda view: COMES_BACK_BRIGHT in view["faults"])
            assert said["faults"] == [COMES_BACK_BRIGHT, NOBODY]
            assert COMES_BACK_BRIGHT not in (await served.do("begin"))["faults"]
            assert (await served.room("loft"))["faults"] == []

    run(story)


def test_a_lamp_that_may_be_too_bright_stays_dark_and_says_so(
    tmp_path: Path, twin: WledTwin
) -> None:
    """Without a calibration, 0.5 lx mEDI is less than anyone can promise of a lamp."""
    connect_wled(tmp_path, twin.url)
    calibration = (  # of the nest's lamp
        "        calibration:\n          kind: declared\n          light_at_full: 20 lx mEDI\n"
    )

    async def story() -> None:
        async with hub(tmp_path, without=calibration) as served:
            await comes_to(twin, 1)
            await served.do("begin")
            await served.do("stop")
            said = await served.until(lambda view: view["faults"])
            assert said["faults"] == [
                "The lamp stays dark: even its dimmest may be too bright for now."
            ]
            await comes_to(twin, 0)

    run(story)


def test_a_lamp_out_of_reach_keeps_no_home_from_being_served(tmp_path: Path) -> None:
    connect_wled(tmp_path, "http://127.0.0.1:9")

    async def story() -> None:
        async with hub(tmp_path) as served:
            said = await served.until(lambda view: SILENT in view["faults"])
            assert (await served.do("begin"))["mode"] == "running"
            assert said["lease"]["light_lx_medi"] > 0

    run(story)


# --- The hub goes and comes ------------------------------------------------------------------


@pytest.mark.safety("H-06")
def test_a_hub_that_ends_in_order_leaves_its_lamp_safe(tmp_path: Path, twin: WledTwin) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path, without=DARK_NIGHTS) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
        await comes_to(twin, 0)

    run(story)


@pytest.mark.safety("H-06")
def test_a_lamp_a_killed_hub_left_lit_is_safe_once_the_hub_is_back(
    tmp_path: Path, twin: WledTwin
) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
        twin.switch_by_hand(True, 200)  # as if it had been left there
        async with hub(tmp_path, at="20:50", speed=1.0) as served:
            assert (await served.room())["scene"] == "night"
            await comes_to(twin, NIGHT_LIGHT)

    run(story)


def test_a_hub_started_after_breakfast_leaves_the_lamp_to_the_family(
    tmp_path: Path, twin: WledTwin
) -> None:
    connect_wled(tmp_path, twin.url)

    async def story() -> None:
        async with hub(tmp_path) as served:
            await comes_to(twin, TOLD)
            await served.do("begin")
        twin.switch_by_hand(True, 200)
        heard = len(twin.heard)
        async with hub(tmp_path, at="09:30", speed=1.0, days=1) as served:
            await asyncio.sleep(1.5)
            assert (await served.room())["morning"] == "yes"
        assert step(twin) == 200
        assert len(twin.heard) == heard

    run(story)


def test_what_is_to_be_is_told_when_the_night_is_under_way_and_not_before(twin: WledTwin) -> None:
    background = Background()
    try:
        room = RoomDevices([], background)
        told: list[tuple[str, float]] = []
        with patch.object(room, "apply", lambda output, target, *_: told.append((output, target))):
            safe = (Setpoint("light", 0.5, 3.0, 75.0), Setpoint("sound", 0.0, 3.0, 75.0))
            tonight = TonightsDevices(room, lambda _: "", safe)
            tonight.apply("light", 1.0, 60.0, "")
            assert told == []
            tonight.begin()
            tonight.begin()
            assert told == [("light", 1.0), ("sound", 0.0)]
            tonight.apply("light", 0.2, 60.0, "")
            assert told[2:] == [("light", 0.2)]
    finally:
        background.close()


# --- The heartbeat ---------------------------------------------------------------------------


class FakePulse:
    """Whoever watches, in memory."""

    def __init__(self) -> None:
        self.felt: list[str] = []

    def beat(self) -> None:
        self.felt.append("beat")

    def rest(self) -> None:
        self.felt.append("rest")


def test_the_heart_beats_while_a_night_is_kept_and_rests_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub_module, "PULSE_S", 0.02)

    async def story() -> None:
        async with kept_hub(tmp_path, at="19:03", speed=120.0) as (hub_, pulse):
            async with asyncio.timeout(SOON_S):
                while "beat" not in pulse.felt:
                    await asyncio.sleep(0.02)
            first = pulse.felt.index("beat")
            assert first > 0
            assert set(pulse.felt[:first]) == {"rest"}
            assert hub_.clock.now_utc() >= datetime(2026, 11, 20, 19, 5, tzinfo=ZONE)
            await asyncio.sleep(0.2)
            assert set(pulse.felt[first:]) == {"beat"}

    run(story)


@asynccontextmanager
async def kept_hub(folder: Path, at: str, speed: float) -> AsyncIterator[tuple[Hub, FakePulse]]:
    """A hub without a server, and who feels its pulse."""

    hour, minute = (int(part) for part in at.split(":"))
    clock = SystemClock(speed, datetime(2026, 11, 20, hour, minute, tzinfo=ZONE))
    listener = listening_on(0)
    server = HubServer(House(Home(folder), household_of(folder), ZONE, clock), listener)
    pulse = FakePulse()
    server.served.hub.pulse = pulse
    keeping = asyncio.create_task(server.served.hub.run())
    try:
        yield server.served.hub, pulse
    finally:
        keeping.cancel()
        with suppress(asyncio.CancelledError):
            await keeping
        server.guard.close()
        server.log.close()
        server.library.close()
        listener.close()


@pytest.mark.homeassistant
def test_a_lamp_of_a_real_home_assistant_follows_and_the_heartbeat_beats_and_rests(
    tmp_path: Path, home_assistant: RunningHomeAssistant
) -> None:
    connect_home_assistant(tmp_path, home_assistant)
    home_assistant.call("light/turn_off", entity_id="light.bed_light")

    async def story() -> None:
        async with hub(tmp_path) as served:
            said = await served.until(lambda view: UNWATCHED in view["faults"])
            assert said["mode"] == "waiting"
            await until_true(lambda: brightness(home_assistant) == TOLD)
            moment = home_assistant.state(ENTITY_ID)["state"]
            assert datetime.fromisoformat(moment) > datetime.now(UTC) - timedelta(seconds=30)
            await served.do("begin")
            await served.do("stop")
            await until_true(lambda: brightness(home_assistant) == NIGHT_LIGHT)
        assert home_assistant.state(ENTITY_ID)["state"] == "resting"

    run(story)


@pytest.mark.homeassistant
def test_a_lamp_the_blueprint_watches_need_not_stay_dim(
    tmp_path: Path, home_assistant: RunningHomeAssistant
) -> None:
    connect_home_assistant(tmp_path, home_assistant)
    given = {"lights": ["light.bed_light"], "speakers": []}
    path = "evenfall/evenfall-heartbeat.yaml"
    used = {"path": path, "input": given}
    automation: dict[str, object] = {"alias": "Served trial", "use_blueprint": used}
    with closing(HomeDevices(Home(tmp_path), household_of(tmp_path))) as devices:
        assert not devices.is_advice("nest-lamp")  # nobody has asked yet
        assert devices.look()[0].lack == "unwatched"
        home_assistant.add_automation("served-trial", automation)
        try:
            ends_s = time.monotonic() + SOON_S
            while devices.look()[0].lack and time.monotonic() < ends_s:
                time.sleep(0.2)
            assert not devices.is_advice("nest-lamp")
        finally:
            home_assistant.remove_automation("served-trial")


async def until_true(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_S):
        while not await asyncio.to_thread(seen):
            await asyncio.sleep(0.1)


def brightness(home_assistant: RunningHomeAssistant) -> int:
    found = home_assistant.state("light.bed_light")
    return 0 if found["state"] == "off" else int(found["attributes"]["brightness"])


def connect_home_assistant(folder: Path, there: RunningHomeAssistant) -> None:
    token = folder / "home-assistant.token"
    token.write_text(there.token + "\n")
    token.chmod(0o600)
    (folder / "devices.yaml").write_text(
        "devices: 1\n"
        f'home_assistant: {{url: "{there.url}", token_file: home-assistant.token}}\n'
        "connections:\n"
        "  - {output: nest-lamp, home_assistant: light.bed_light}\n"
    )


# --- What cannot be right --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("devices: 2\n", "devices is 2"),
        ("connections: []\n", "without devices"),
        ('devices: 1\nconnections: [{output: attic, wled: "http://a.local"}]\n', "no output"),
        (
            'devices: 1\nconnections: [{output: nest-lamp, wled: "http://999.1.1.1:99999"}]\n',
            "where a device's address belongs",
        ),
        (
            'devices: 1\nhome_assistant: {url: "http://h.local", token_file: no-such.token}\n',
            "no file",
        ),
    ],
)
def test_broken_devices_keep_a_home_from_being_served(
    tmp_path: Path, text: str, found: str
) -> None:
    household = household_of(tmp_path)
    (tmp_path / "devices.yaml").write_text(text)
    with listening_on(0) as listener:
        with pytest.raises(FormatError, match=found) as told:
            HubServer(House(Home(tmp_path), household, ZONE, SystemClock()), listener)
        assert all(fault.place.line and fault.mend for fault in told.value.faults)


def test_a_token_that_is_none_is_told_without_showing_it(tmp_path: Path) -> None:
    household = household_of(tmp_path)
    text = 'devices: 1\nhome_assistant: {url: "http://h.local", token_file: t}\n'
    (tmp_path / "devices.yaml").write_text(text)
    (tmp_path / "t").write_text("hush hush")
    with pytest.raises(FormatError, match="where a token of Home Assistant belongs") as told:
        HomeDevices(Home(tmp_path), household)
    assert "hush" not in str(told.value)
    assert told.value.faults[0].place.file == str(tmp_path / "t")


def test_serve_says_what_is_broken_and_leaves_with_2(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    (home / "devices.yaml").write_text("devices: 1\nlamps: []\n")
    ran = evenfall("--home", home, "serve", "--port", "8399")
    assert ran.code == 2
    assert "devices.yaml:2:1" in ran.said
    assert "mend:" in ran.said


# --- The command -----------------------------------------------------------------------------


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lamps_command, "TRY_S", 0.2)
    monkeypatch.setattr(lamps_command, "FADE_S", 0.1)


def lamps(home: Path, *words: str) -> Ran:
    return evenfall("--home", home, "lamps", *words)


def test_lamps_shows_each_connection_and_whether_it_answers(tmp_path: Path, twin: WledTwin) -> None:
    home = demo_home(tmp_path)
    assert "No lamp or speaker is connected yet" in lamps(home).said
    connect_wled(home, twin.url)
    twin.switch_by_hand(True, 40)
    ran = lamps(home)
    assert (ran.code, ran.err) == (0, "")
    assert f"nest-lamp, in nest: {twin.url}" in ran.said
    assert "The lamp answers. It is at step 40 of 255." in ran.said
    assert "stays dim" not in ran.said
    twin.fall_silent()
    (shown,) = lamps(home, "--json").json()["lamps"]
    assert (shown["output"], shown["answers"], shown["step"]) == ("nest-lamp", False, None)
    assert shown["fault"]["mend"]
    assert not twin.heard


def test_a_lamp_is_tried_at_its_dimmest_and_is_then_as_it_was(
    tmp_path: Path, twin: WledTwin, quick: None
) -> None:
    home = demo_home(tmp_path)
    connect_wled(home, twin.url)
    twin.switch_by_hand(True, 40)
    ran = lamps(home, "--try", "nest-lamp")
    assert ran.code == 0
    assert "nest-lamp goes to step 1 of 255" in ran.err
    assert "The lamp says it did as asked." in ran.out
    assert [one["bri"] for one in twin.heard] == [1, 40]
    twin.switch_by_hand(False)
    tried = lamps(home, "--try", "nest-lamp", "--json").json()["tried"]
    assert (tried["status"], tried["seen_step"]) == ("confirmed", 1)
    assert twin.heard[-1]["on"] is False


def test_ctrl_c_in_the_middle_of_a_try_leaves_the_lamp_dark(
    tmp_path: Path, twin: WledTwin, quick: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_: float) -> None:
        raise KeyboardInterrupt

    home = demo_home(tmp_path)
    connect_wled(home, twin.url)
    twin.switch_by_hand(True, 40)
    monkeypatch.setattr("evenfall.app.cli.lamps.time.sleep", interrupted)
    ran = lamps(home, "--try", "nest-lamp")
    assert ran.code == 130
    assert "nest-lamp is dark" in ran.said
    assert twin.heard[-1]["on"] is False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--try", "attic"], "no connection for 'attic'"),
        (["--find"], "no Home Assistant to look in"),
        (["--find", "--try", "nest-lamp"], "more than one of --find, --try"),
    ],
)
def test_what_lamps_cannot_do_is_told_with_its_mend(
    tmp_path: Path, twin: WledTwin, words: Sequence[str], said: str
) -> None:
    home = demo_home(tmp_path)
    connect_wled(home, twin.url)
    assert said in refused(lamps(home, *words))


@pytest.mark.homeassistant
def test_find_lists_what_home_assistant_offers(
    tmp_path: Path, home_assistant: RunningHomeAssistant
) -> None:
    home = demo_home(tmp_path)
    connect_home_assistant(home, home_assistant)
    ran = lamps(home, "--find")
    assert "light.bed_light" in ran.out
    assert "Bed Light" in ran.out
    found = lamps(home, "--find", "--json").json()["found"]
    assert "media_player.bedroom" in {one["entity_id"] for one in found}
    assert home_assistant.token not in ran.out + ran.err + str(found)


# --- The doctor ------------------------------------------------------------------------------


def findings(home: Path) -> dict[str, Json]:
    shown = evenfall("--home", home, "doctor", "--json").json()["findings"]
    return {one["what"]: one for one in shown}


def test_the_doctor_says_what_keeps_a_lamp_from_being_driven(
    tmp_path: Path, twin: WledTwin
) -> None:
    home = demo_home(tmp_path)
    assert "the pages are the lamp" in findings(home)["lamps"]["found"]
    twin.set_power_up(lit=True)
    connect_wled(home, twin.url)
    lamp = findings(home)["output nest-lamp"]
    assert lamp["ok"]
    assert COMES_BACK_BRIGHT in lamp["found"]
    assert "connect-a-lamp" in lamp["mend"]
    twin.fall_silent()
    assert not findings(home)["output nest-lamp"]["ok"]
    (home / "devices.yaml").write_text("devices: 1\nlamps: []\n")
    assert "devices.yaml:2:1" in findings(home)["lamps"]["found"]


def test_the_doctor_sees_a_token_that_others_may_read(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    text = 'devices: 1\nhome_assistant: {url: "http://127.0.0.1:9", token_file: t}\n'
    (home / "devices.yaml").write_text(text)
    token = home / "t"
    token.write_text("hush-hush")
    token.chmod(0o644)
    seen = findings(home)
    assert not seen["token"]["ok"]
    assert seen["token"]["mend"].endswith(f"chmod 600 {token}")
    assert not seen["Home Assistant"]["ok"]
    token.chmod(0o600)
    assert findings(home)["token"]["ok"]
    assert "hush" not in str(findings(home))
