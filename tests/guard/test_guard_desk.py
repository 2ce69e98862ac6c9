"""The guard at its socket: a real one, with a simulated lamp, real time and every kind of visitor.

The guard runs in this process here, so that each line of it is seen; `test_guard_process.py` runs
it as the process it is.
"""

import asyncio
import json
import stat
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, suppress
from datetime import UTC, date, datetime, timedelta
from math import inf, nan
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.support.guard import HUB, OTHER, light, sound

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.devices.holding import Lack
from evenfall.adapters.devices.report import Report
from evenfall.adapters.guard import line as line_module
from evenfall.adapters.guard.house import connect, devices_of, files_digest, read_house
from evenfall.adapters.guard.line import listening
from evenfall.adapters.guard.notes import Notes
from evenfall.adapters.wled.twin import WledTwin
from evenfall.formats.household import read_household
from evenfall.formats.wire import LENGTH_BYTES, answer_length, packed, said
from evenfall.guard import desk as desk_module
from evenfall.guard import mind
from evenfall.guard.desk import Desk
from evenfall.guard.signing import Signer
from evenfall.records.guard import (
    Beat,
    Begin,
    Bye,
    Call,
    Claim,
    Denied,
    Done,
    End,
    Hello,
    Message,
    Refused,
    Release,
    Said,
    Status,
    Stop,
    Welcome,
)
from evenfall.records.output import DAWN, WINDING_DOWN
from evenfall.records.programme import Setpoint
from evenfall.safety.rooms import house_rules

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
EVENING = datetime(2026, 11, 20, 20, 0, tzinfo=ZONE)
SOON_S = 10.0
NIGHT_LIGHT, TOLD = 6, 12  # 0.5 and 1 lx mEDI, of 20 at the full 255


@pytest.fixture
def twin() -> Iterator[WledTwin]:
    with WledTwin() as lamp:
        yield lamp


def step(twin: WledTwin) -> int:
    return round(twin.glow().share * 255)


async def until(seen: Callable[[], object]) -> None:
    async with asyncio.timeout(SOON_S):
        while not seen():
            await asyncio.sleep(0.01)


@asynccontextmanager
async def guard(
    folder: Path, twin: WledTwin | None = None, speed: float = 1.0, for_hub: bool = True
) -> AsyncIterator[Desk]:
    """A guard of the made-up home that listens; its hour is eight in the evening."""
    (folder / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    if twin is not None:
        (folder / "devices.yaml").write_text(
            f'devices: 1\nconnections:\n  - {{output: nest-lamp, wled: "{twin.url}"}}\n'
        )
    file = folder / "household.yaml"
    household, document, token = read_house(folder, file)
    desk = Desk(
        house_rules(household, EVENING.date(), speed),
        SystemClock(speed, EVENING),
        ZONE,
        Signer(b"k" * 32, 0),
        Notes(None),
        files=files_digest(file),
        for_hub=for_hub,
        real_s=time.monotonic,
    )
    with closing(connect(household, document, token, desk.rules, desk.most)) as desk.home:
        server = await listening(desk.door.visit, folder / "guard.sock")
        tasks = [asyncio.create_task(desk.keep_time()), asyncio.create_task(desk.look_around())]
        try:
            yield desk
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


class Line:
    """Somebody at the socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer, self.seq = reader, writer, 0
        self.session = HUB

    def head(self) -> dict[str, Any]:
        self.seq += 1
        return {"session": self.session, "seq": self.seq, "issued_s": time.monotonic()}

    def say(self, message: Message) -> None:
        self.writer.write(packed(message))

    async def hear(self) -> Said:
        async with asyncio.timeout(SOON_S):
            length = answer_length(await self.reader.readexactly(LENGTH_BYTES))
            return said(await self.reader.readexactly(length))

    async def until(self, wanted: Callable[[Any], object]) -> Any:
        while not wanted(heard := await self.hear()):
            pass
        return heard

    async def refused(self) -> str:
        heard = await self.until(lambda one: isinstance(one, Refused))
        return str(heard.denied[0].limit)

    async def is_shown_out(self) -> bool:
        async with asyncio.timeout(SOON_S):
            with suppress(ConnectionError):
                while await self.reader.read(4096):
                    pass
            return True

    def claim(self, *points: Setpoint, room: str = "nest", holder: str = "n1") -> None:
        self.say(
            Claim(**self.head(), room=room, holder=holder, phase=WINDING_DOWN, setpoints=points)
        )


@asynccontextmanager
async def at(folder: Path) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_unix_connection(str(folder / "guard.sock"))
    try:
        yield Line(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def a_hub(folder: Path, desk: Desk, session: str = HUB) -> AsyncIterator[Line]:
    async with at(folder) as line:
        line.session = session
        line.say(hello(desk, session))
        assert isinstance(await line.hear(), Welcome)
        yield line


def hello(desk: Desk, session: str = HUB, off_s: float = 0.0, speed: float | None = None) -> Hello:
    now = desk.clock.now_utc() + timedelta(seconds=off_s)
    return Hello(session=session, now_utc=now, speed=speed or desk.clock.speed)


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


def status_of(room: str) -> Callable[[Any], object]:
    return lambda one: isinstance(one, Status) and any(each.room == room for each in one.rooms)


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    """docs/why/how-the-guard-decides.md says them to a parent."""
    said = (
        desk_module.FIRST_WORD_S,
        desk_module.CLOCKS_APART_S, desk_module.OVERRIDE_S, desk_module.CALL_EVERY_S,
        desk_module.CALLS_MAX, desk_module.TICK_S, desk_module.STATUS_S,
    )  # fmt: skip
    assert said == (2.0, 120.0, 300.0, 60.0, 12, 0.25, 1.0)


# --- An evening ----------------------------------------------------------------------------------


@pytest.mark.safety("H-97")
@pytest.mark.parametrize("is_real", [True, False])
def test_a_frame_has_the_machines_own_time_also_where_the_hour_is_made_up(
    tmp_path: Path, is_real: bool
) -> None:
    """A screen compares it with its own, to know a frame that was kept back."""

    async def story() -> None:
        async with guard(tmp_path) as desk:
            if is_real:  # as far as the desk knows
                desk.clock.is_the_machines = True
            began = desk.clock.now_utc() if is_real else datetime.now(UTC)
            async with a_hub(tmp_path, desk) as hub:
                told = await hub.until(status_of("nest"))
            until_utc = json.loads(told.rooms[0].frame.signed)["until_utc"]
            late = datetime.fromisoformat(until_utc) - timedelta(seconds=15) - began
            assert timedelta(0) <= late < timedelta(seconds=SOON_S)

    run(story)


def test_a_hub_claims_the_lamp_follows_and_a_bye_ends_dark(tmp_path: Path, twin: WledTwin) -> None:
    async def story() -> None:
        async with guard(tmp_path, twin, speed=30.0) as desk, a_hub(tmp_path, desk) as hub:
            hub.claim(light(1.0, ramp_s=30.0), sound(40.0))
            lit = await hub.until(
                lambda one: isinstance(one, Status) and one.rooms[0].frame.light_lx_medi == 1.0
            )
            assert lit.rooms[0].frame.sound_what == "waves"
            assert not twin.heard  # its night is not under way
            hub.say(Begin(**hub.head(), room="nest", holder="n1"))
            await until(lambda: step(twin) == TOLD)
            told = await hub.until(
                lambda one: (
                    isinstance(one, Status) and one.rooms[0].devices[0].status == "confirmed"
                )
            )
            assert [one.id for one in told.rooms[0].devices] == ["nest-lamp"]
            assert told.rooms[0].devices[0].lack == ""
            hub.say(Release(**hub.head(), room="nest", holder="n1"))
            await until(lambda: step(twin) == NIGHT_LIGHT)
            hub.say(Bye(**hub.head()))
            done = await hub.until(lambda one: isinstance(one, Done))
            assert "nest" in done.rooms
            assert desk.ended.is_set()
            hub.claim(light(1.0))
            assert await hub.refused() == "not-this-hub"

    run(story)


@pytest.mark.safety("H-94")
def test_a_hub_that_leaves_without_a_word_has_lost_its_leases(
    tmp_path: Path, twin: WledTwin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evenfall.guard.mind.HUB_SILENT_S", 0.5)

    async def story() -> None:
        async with guard(tmp_path, twin) as desk:
            async with a_hub(tmp_path, desk) as hub:
                hub.claim(light(1.0, ramp_s=10.0))
                hub.say(Begin(**hub.head(), room="nest", holder="n1"))
                await until(lambda: desk.state.rooms[0].light.ramp.target == 1.0)
            assert desk.state.hub.session == HUB
            await until(lambda: desk.state.hub.session == "")
            assert desk.state.rooms[0].light.ramp.target == 0.5

    run(story)


def test_frames_are_signed_and_each_is_newer(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            counts = []
            for _ in range(2):
                heard = await hub.until(status_of("nest"))
                counts += [json.loads(one.frame.signed)["count"] for one in heard.rooms]
            assert counts == sorted(set(counts))

    run(story)


@pytest.mark.safety("H-90")
def test_a_newer_hub_is_listened_to_and_the_older_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with (
            guard(tmp_path) as desk,
            a_hub(tmp_path, desk) as older,
            a_hub(tmp_path, desk, OTHER) as newer,
        ):
            assert await older.refused() == "replaced"
            assert await older.is_shown_out()
            newer.session = HUB
            newer.claim(light(1.0))
            assert await newer.refused() == "not-this-hub"
            newer.session = OTHER
            newer.claim(light(1.0))
            await until(lambda: desk.state.rooms[0].light.ramp.target == 1.0)
            newer.session = HUB
            newer.say(Bye(**newer.head()))
            assert await newer.refused() == "not-this-hub"

    run(story)


# --- Stopping ------------------------------------------------------------------------------------


@pytest.mark.safety("H-93")
def test_anyone_of_this_user_may_stop_without_a_session(tmp_path: Path, twin: WledTwin) -> None:
    async def story() -> None:
        async with guard(tmp_path, twin, speed=30.0) as desk, a_hub(tmp_path, desk) as hub:
            hub.claim(light(1.0, ramp_s=30.0))
            hub.say(Begin(**hub.head(), room="nest", holder="n1"))
            await until(lambda: step(twin) == TOLD)
            async with at(tmp_path) as passer_by:
                passer_by.say(Stop(rooms=("nest",)))
                assert await passer_by.hear() == Done(rooms=("nest",))
                assert await passer_by.is_shown_out()
            await until(lambda: step(twin) == NIGHT_LIGHT)
            seen = await hub.until(lambda one: isinstance(one, Status) and one.rooms[0].stopped)
            assert not seen.rooms[1].stopped
            hub.claim(light(1.0))
            assert await hub.refused() == "stopped"
            hub.say(Stop())
            done = await hub.until(lambda one: isinstance(one, Done))
            assert done.rooms == ("loft", "nest")

    run(story)


@pytest.mark.parametrize(
    ("asked", "rule"),
    [
        (timedelta(seconds=299), ""),
        (timedelta(seconds=302), "too-old"),
        (timedelta(seconds=-50), ""),
        (timedelta(seconds=-60.7), "too-old"),
    ],
)
@pytest.mark.safety("H-90")
def test_a_word_from_elsewhere_holds_for_five_minutes(
    tmp_path: Path, asked: timedelta, rule: str
) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, at(tmp_path) as line:
            line.say(Stop(asked_utc=datetime.now(UTC) - asked))
            heard = await line.hear()
            limit = heard.denied[0].limit if isinstance(heard, Refused) else ""
            assert limit == rule
            assert (desk.state.rooms[0].stopped_night > 0) is (rule == "")

    run(story)


def test_a_stop_in_a_room_nobody_has_is_told(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path), at(tmp_path) as line:
            line.say(Stop(rooms=("attic",)))
            assert await line.refused() == "no-such-room"

    run(story)


# --- Who may come in, and who is shown out -------------------------------------------------------


@pytest.mark.parametrize(("late_s", "welcome"), [(2.5, True), (3.5, False)])
def test_a_hello_that_was_heard_too_late_takes_nobodys_place(
    tmp_path: Path, late_s: float, welcome: bool
) -> None:
    """A guard that hung finds the hellos of hubs that have long said it again, or are gone."""

    async def story() -> None:
        async with guard(tmp_path) as desk, at(tmp_path) as hub, at(tmp_path) as late:
            hub.say(hello(desk))
            assert isinstance(await hub.hear(), Welcome)
            late.say(hello(desk, off_s=-late_s))
            heard = await late.hear()
            assert isinstance(heard, Welcome) is welcome
            if isinstance(heard, Refused):
                assert heard.denied[0].limit == "stale"
                assert desk._hub is not None

    run(story)


@pytest.mark.parametrize(
    ("off_s", "speed", "welcome"),
    [(119.0, 1.0, True), (122.0, 1.0, False), (-122.0, 1.0, False), (0.0, 2.0, False)],
)
@pytest.mark.safety("H-92")
def test_a_hub_with_another_clock_is_not_listened_to(
    tmp_path: Path, off_s: float, speed: float, welcome: bool
) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, at(tmp_path) as line:
            line.say(hello(desk, off_s=off_s, speed=speed))
            heard = await line.hear()
            assert isinstance(heard, Welcome) is welcome
            if isinstance(heard, Refused):
                assert heard.denied[0].limit == "another-clock"
                assert await line.is_shown_out()

    run(story)


@pytest.mark.safety("H-90")
@pytest.mark.parametrize(
    "bytes_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x00\x00\x00\x00",
        b"\xff\xff\xff\xff",
        b"\x00\x00\x40\x01" + b"x" * 0x4001,
        b"\x00\x00\x00\x02{}",
        b"\x00\x00\x00\x04null",
        b"\x00\x00\x00\x06\xff\xfe\xfd\xfc\xfb\xfa",
        b"\x00\x00\x27\x10" + b"[" * 10_000,
    ],
)
def test_what_is_no_message_is_shown_out_and_the_next_is_heard(
    tmp_path: Path, bytes_: bytes
) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk:
            async with at(tmp_path) as line:
                line.writer.write(bytes_)
                heard = await line.hear()
                assert isinstance(heard, Refused) and heard.denied[0].limit == "garbled"
                assert await line.is_shown_out()
            async with a_hub(tmp_path, desk) as hub:
                hub.writer.write(bytes_)
                assert await hub.refused() == "garbled"
            async with at(tmp_path) as line:
                line.say(Stop())
                assert isinstance(await line.hear(), Done)

    run(story)


@pytest.mark.safety("H-90")
def test_a_command_before_a_hello_and_a_second_hello_are_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk:
            async with at(tmp_path) as line:
                line.claim(light(1.0))
                assert await line.refused() == "not-this-hub"
                assert await line.is_shown_out()
            async with a_hub(tmp_path, desk) as hub:
                hub.say(hello(desk))
                assert await hub.refused() == "garbled"
                assert await hub.is_shown_out()

    run(story)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "forged": ({"session": OTHER}, "not-this-hub"),
    "replayed": ({"seq": 1}, "replayed"),
    "stale": ({"issued_s": -1.1}, "stale"),
    "from a clock ahead": ({"issued_s": 1.5}, "stale"),
    "without end": ({"setpoints": (light(1.0, lease_s=1e12),)}, "endless-lease"),
    "of no length": ({"setpoints": (light(1.0, lease_s=-1.0),)}, "endless-lease"),
    "a ramp without end": ({"setpoints": (light(1.0, ramp_s=1e12),)}, "endless-ramp"),
    "too bright": ({"setpoints": (light(1000.0),)}, "light_awake_lx_medi"),
    "below dark": ({"setpoints": (light(-1.0),)}, "light_awake_lx_medi"),
    "too loud": ({"setpoints": (sound(90.0),)}, "sound_awake_dba"),
    "a dawn in the evening": (
        {"phase": DAWN, "setpoints": (light(100.0),)},
        "light_asleep_lx_medi",
    ),
    "of no output": ({"setpoints": (Setpoint("heat", 30.0, 60.0, 75.0),)}, "no-such-output"),
    "of no room": ({"room": "attic"}, "no-such-room"),
    "another's room": ({"room": "loft"}, "another-room"),
    "of no phase": ({"phase": 7}, "garbled"),
    "not a number": ({"setpoints": (light(nan),)}, "garbled"),
    "infinite": ({"setpoints": (light(inf),)}, "garbled"),
}


@pytest.mark.safety("H-90")
@pytest.mark.safety("H-91")
@pytest.mark.parametrize("how", WRONG)
def test_a_malicious_hub_is_refused_at_the_socket_with_the_reason(tmp_path: Path, how: str) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            hub.claim(light(0.8))
            await until(lambda: desk.state.rooms[0].light.ramp.target == 0.8)
            before = desk.state.rooms[0].light
            wrong, rule = WRONG[how]
            head = hub.head()
            given: dict[str, Any] = {"room": "nest", "holder": "n1", "phase": WINDING_DOWN}
            given |= {"setpoints": (light(1.0),)} | head | wrong
            if "issued_s" in wrong:
                given["issued_s"] = head["issued_s"] + wrong["issued_s"]
            hub.say(Claim(**given))
            assert await hub.refused() == rule
            after = desk.state.rooms[0].light
            assert after.ramp.target <= max(before.ramp.target, 0.5)
            async with at(tmp_path) as line:
                line.say(Stop())
                assert isinstance(await line.hear(), Done)

    run(story)


@pytest.mark.safety("H-90")
def test_too_much_at_once_is_refused_at_the_socket_and_a_stop_is_heard(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            for _ in range(300):
                hub.claim(light(1.0))
            assert await hub.refused() == "too-often"
            for _ in range(300):
                hub.claim(light(1.0))
            async with at(tmp_path) as line:
                line.say(Stop())
                assert isinstance(await line.hear(), Done)
            await until(lambda: desk.state.rooms[0].light.ramp.target == 0.5)

    run(story)


@pytest.mark.safety("H-90")
def test_whoever_dawdles_is_shown_out_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "FIRST_WORD_S", 0.3)
    monkeypatch.setattr(desk_module, "HUB_SILENT_S", 0.4)

    async def story() -> None:
        async with guard(tmp_path) as desk:
            async with at(tmp_path) as slow, at(tmp_path) as silent:
                slow.writer.write(b"\x00\x00\x00")
                async with at(tmp_path) as line:
                    line.say(Stop())
                    assert isinstance(await line.hear(), Done)
                began_s = time.monotonic()
                assert await slow.is_shown_out() and await silent.is_shown_out()
                assert time.monotonic() - began_s < 5.0
            async with a_hub(tmp_path, desk) as hub:
                assert await hub.is_shown_out()
            await until(lambda: desk.door.visitors == 0)

    run(story)


@pytest.mark.safety("H-90")
def test_more_visitors_than_there_is_room_for_are_shown_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "VISITORS_MAX", 2)

    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk):
            async with at(tmp_path) as idle:
                await until(lambda: desk.door.visitors == 2)
                async with at(tmp_path) as third:
                    assert await third.is_shown_out()
                assert idle.writer.is_closing() is False
            await until(lambda: desk.door.visitors == 1)
            async with at(tmp_path) as line:
                line.say(Stop())
                assert isinstance(await line.hear(), Done)

    run(story)


@pytest.mark.safety("H-90")
def test_a_stranger_on_this_machine_is_shown_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "geteuid", lambda: 12_345)

    async def story() -> None:
        async with guard(tmp_path) as desk, at(tmp_path) as line:
            line.say(Stop())
            assert await line.is_shown_out()
            assert desk.state.rooms[0].stopped_night < 0

    run(story)


def test_the_socket_is_this_users_alone(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path):
            assert stat.S_IMODE((tmp_path / "guard.sock").stat().st_mode) == 0o600

    run(story)


def test_a_hub_that_does_not_read_is_spoken_to_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(line_module, "UNREAD_MAX_BYTES", 10_000)

    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk):
            async with asyncio.timeout(SOON_S):
                while desk._hub is not None:
                    desk.tell_hub()
                    await asyncio.sleep(0)
            desk.tell_hub()

    run(story)


# --- Ending --------------------------------------------------------------------------------------


def test_a_guard_of_its_own_is_ended_by_no_hub(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path, for_hub=False) as desk:
            async with at(tmp_path) as line:
                line.say(End())
                assert await line.refused() == "not-yours"
            async with a_hub(tmp_path, desk) as hub:
                hub.claim(light(1.0))
                hub.say(Bye(**hub.head()))
                await hub.until(lambda one: isinstance(one, Done))
            assert not desk.ended.is_set()
            assert desk.state.rooms[0].light.ramp.target == 0.5

    run(story)


def test_a_hubs_own_guard_ends_when_it_is_asked_or_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "STATUS_S", 0.02)

    async def story() -> None:
        async with guard(tmp_path) as desk:
            async with a_hub(tmp_path, desk):
                alone = asyncio.create_task(desk.end_alone(0.2))
                await asyncio.sleep(0.4)
                assert not alone.done()
            async with asyncio.timeout(SOON_S):
                await alone
            async with at(tmp_path) as line:
                line.say(End())
                assert isinstance(await line.hear(), Done)
            assert desk.ended.is_set()

    run(story)


# --- The heartbeat and the calls -----------------------------------------------------------------


class FakeHome:
    """Devices that only remember what they were told."""

    def __init__(self) -> None:
        self.rooms: dict[str, Any] = {}
        self.felt: list[str] = []
        self.called: list[tuple[str, str]] = []

    def beat(self) -> None:
        self.felt.append("beat")

    def rest(self) -> None:
        self.felt.append("rest")

    def lack(self, output: str) -> Lack:
        return "unwatched" if output == "lamp" else ""

    async def call(self, way: str, text: str) -> str:
        self.called.append((way, text))
        return "" if way == "notify.a" else "nobody took it"

    def reports(self) -> tuple[Report, ...]:
        return ()


@pytest.mark.safety("H-28")
def test_it_beats_for_home_assistant_only_while_a_hub_beats_and_a_night_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "STATUS_S", 0.01)
    monkeypatch.setattr(desk_module, "TICK_S", 0.005)
    monkeypatch.setattr("evenfall.guard.mind.HUB_SILENT_S", 0.4)

    async def story() -> None:
        async with guard(tmp_path) as desk:
            real, home = desk.home, FakeHome()
            desk.home = home  # type: ignore[assignment]  # only what a beat needs
            await asyncio.sleep(0.1)
            assert home.felt == []
            async with a_hub(tmp_path, desk) as hub:
                await until(lambda: home.felt)
                assert set(home.felt) == {"rest"}
                hub.say(Beat(**hub.head(), under_way=True))
                await until(lambda: "beat" in home.felt)
                await until(lambda: desk.state.hub.session == "")
                felt = len(home.felt)
                await asyncio.sleep(0.1)
                assert len(home.felt) == felt  # nobody beats: silence is to be heard
            desk.home = real

    run(story)


def test_an_adult_is_called_by_the_guard_and_not_too_often(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "CALLS_MAX", 2)

    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            real, home = desk.home, FakeHome()
            desk.home = home  # type: ignore[assignment]  # only what a call needs
            faults = []
            for way in ("notify.a", "notify.b", "notify.a"):
                hub.say(Call(**hub.head(), way=way, text="come"))
                done = await hub.until(lambda one: isinstance(one, Done))
                assert done.seq == hub.seq
                faults.append(done.fault)
            assert faults[:2] == ["", "nobody took it"]
            assert "Too much" in faults[2]
            assert home.called == [("notify.a", "come"), ("notify.b", "come")]
            hub.seq -= 1
            hub.say(Call(**hub.head(), way="notify.a", text="come"))
            assert await hub.refused() == "replayed"
            desk._calls = [time.monotonic() - 61.0] * 2
            hub.say(Call(**hub.head(), way="notify.a", text="come"))
            assert (await hub.until(lambda one: isinstance(one, Done))).fault == ""
            desk.home = None
            hub.say(Call(**hub.head(), way="notify.a", text="come"))
            await asyncio.sleep(0.05)
            desk.home = real
            assert len(home.called) == 3

    run(story)


def test_without_devices_there_is_nothing_to_drive_and_nothing_fails(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            real, desk.home = desk.home, None
            hub.say(Begin(**hub.head(), room="nest", holder="n1"))
            heard = await hub.until(status_of("nest"))
            assert heard.rooms[0].devices == ()
            desk._beat()
            desk.for_hub = False
            hub.say(Bye(**hub.head()))
            await hub.until(lambda one: isinstance(one, Done))
            desk.home = real

    run(story)


def test_a_silent_lamp_is_told_of_and_stops_nothing(tmp_path: Path, twin: WledTwin) -> None:
    twin.fall_silent()

    async def story() -> None:
        async with guard(tmp_path, twin) as desk, a_hub(tmp_path, desk) as hub:
            hub.say(Begin(**hub.head(), room="nest", holder="n1"))
            await hub.until(
                lambda one: (
                    isinstance(one, Status) and one.rooms[0].devices[0].status == "unavailable"
                )
            )
            hub.claim(light(1.0))
            await until(lambda: desk.state.rooms[0].light.ramp.target == 1.0)

    run(story)


def test_a_denied_claim_says_why(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            hub.claim(light(5.0))
            heard = await hub.until(lambda one: isinstance(one, Refused))
            (denied,) = heard.denied
            assert isinstance(denied, Denied)
            assert (denied.room, denied.limit) == ("nest", "light_awake_lx_medi")

    run(story)


def test_the_made_up_home_has_the_rooms_these_tests_speak_of() -> None:
    household = read_household(DEMO.read_text(encoding="utf-8"), "demo").record
    assert [room.id for room in household.rooms] == ["nest", "loft"]


# --- What is decided is done ---------------------------------------------------------------------


class FakeRoom:
    """A room's devices that only remember what they were told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def new_night(self) -> None:
        self.told.append("new night")

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        self.told.append((output, target))

    def reports(self) -> tuple[Report, ...]:
        return (
            Report(
                id="lamp",
                kind="light",
                status="differs",
                asked_step=1,
                seen_step=2,
                note="a note",
            ),
        )


def test_what_is_decided_is_done_kept_and_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            await hub.until(status_of("nest"))
            monkeypatch.setattr(desk_module, "STATUS_S", 60.0)
            real, home, room = desk.home, FakeHome(), FakeRoom()
            home.rooms = {"nest": room}
            desk.home = home  # type: ignore[assignment]  # only what is driven
            desk.notes = Notes(tmp_path / "kept.json")
            await asyncio.sleep(1.1)  # until nothing is told any more for its own sake
            hub.say(Begin(**hub.head(), room="nest", holder="n1"))
            hub.claim(light(1.0), sound(40.0))
            heard = await hub.until(
                lambda one: isinstance(one, Status) and one.rooms[0].frame.sound_dba == 40.0
            )
            (device,) = heard.rooms[0].devices
            assert (device.id, device.status, device.lack) == ("lamp", "differs", "unwatched")
            assert (device.kind, device.note) == ("light", "a note")
            assert room.told == [
                "new night", ("light", 0.5), ("sound", 0.0), ("light", 1.0), ("sound", 40.0),
            ]  # fmt: skip
            kept = Notes(tmp_path / "kept.json")
            assert [one.stopped_night for one in (kept.read() or {}).values()] == [-1, -1]
            hub.say(Stop(rooms=("nest",)))
            await until(lambda: (kept.read() or {})["nest"].stopped_night > 0)
            assert room.told[-2:] == [("light", 0.5), ("sound", 0.0)]
            desk.leave()
            assert hub.session and desk.state.hub.session == ""
            desk.home = real

    run(story)


def test_where_nothing_changes_a_hub_is_told_once_a_second_and_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            monkeypatch.setattr(desk_module, "STATUS_S", 60.0)
            while True:
                try:
                    async with asyncio.timeout(1.2):
                        await hub.hear()
                except TimeoutError:
                    break
            hub.claim(light(1.0))
            heard = await hub.hear()
            assert isinstance(heard, Status) and heard.rooms[0].frame.light_lx_medi == 1.0

    run(story)


def test_a_hub_that_is_let_in_is_told_at_once_how_every_room_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk_module, "STATUS_S", 60.0)

    async def story() -> None:
        async with guard(tmp_path) as desk:
            await asyncio.sleep(0.3)  # what it says of its own accord, it has said
            async with a_hub(tmp_path, desk) as hub, asyncio.timeout(5.0):
                assert isinstance(await hub.hear(), Status)

    run(story)


@pytest.mark.safety("H-93")
def test_a_press_of_the_homes_own_button_is_a_stop_of_every_room() -> None:
    class Pressed(FakeHome):
        async def watch_for_stops(self, stop: Callable[[], object]) -> None:
            stop()

    one = bare(StoppedClock(EVENING), Pressed())
    asyncio.run(one.hear_button())
    assert all(mind.is_stopped(room, one.now()) for room in one.state.rooms)


def test_a_call_is_held_until_it_is_over_and_then_let_go(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk, a_hub(tmp_path, desk) as hub:
            real, answered = desk.home, asyncio.Event()

            class Slow(FakeHome):
                async def call(self, way: str, text: str) -> str:
                    await answered.wait()
                    return ""

            desk.home = Slow()  # type: ignore[assignment]  # only what a call needs
            hub.say(Call(**hub.head(), way="notify.a", text="come"))
            await until(lambda: desk._tasks)
            answered.set()
            await hub.until(lambda one: isinstance(one, Done))
            await until(lambda: not desk._tasks)
            desk.home = real

    run(story)


@pytest.mark.parametrize(("speed", "least", "most"), [(1.0, 2, 6), (0.1, 2, 6), (30.0, 20, 400)])
def test_time_is_kept_as_often_as_the_nights_own_pace_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speed: float, least: int, most: int
) -> None:
    ticks: list[float] = []
    real_tick = mind.tick

    def counted(*given: Any) -> Any:
        ticks.append(time.monotonic())
        return real_tick(*given)

    monkeypatch.setattr("evenfall.guard.mind.tick", counted)

    async def story() -> None:
        async with guard(tmp_path, speed=speed):
            await asyncio.sleep(1.0)

    run(story)
    assert least <= len(ticks) <= most


def test_it_looks_whether_something_else_makes_a_device_safe(tmp_path: Path) -> None:
    async def story() -> None:
        async with guard(tmp_path) as desk:
            real, looked = desk.home, []

            class Looking(FakeHome):
                async def watch_for_watchdogs(self) -> None:
                    looked.append(True)

            desk.home = Looking()  # type: ignore[assignment]  # only what looks
            await desk.look_around()
            assert looked == [True]
            desk.home = real

    run(story)


class StoppedClock:
    """A clock that stands where it is put."""

    is_the_machines = False

    def __init__(self, at: datetime, speed: float = 1.0) -> None:
        self.at, self.speed = at, speed

    def now_utc(self) -> datetime:
        return self.at.astimezone(UTC)

    def monotonic_s(self) -> float:
        return 5.0


def bare(clock: StoppedClock, home: Any = None) -> Desk:
    household = read_household(DEMO.read_text(encoding="utf-8"), "demo").record
    rules = house_rules(household, EVENING.date(), clock.speed)
    signer, notes = Signer(b"k" * 32, 0), Notes(None)
    one = Desk(rules, clock, ZONE, signer, notes, files="", for_hub=False, real_s=lambda: 9.0)
    one.home = home
    return one


@pytest.mark.safety("H-92")
@pytest.mark.parametrize(
    ("day", "hour", "minute", "night"),
    [(20, 20, 7, 20), (21, 2, 59, 20), (21, 11, 59, 20), (21, 12, 0, 21), (20, 12, 30, 20)],
)
def test_a_night_is_the_day_of_the_noon_before_it_and_a_minute_the_homes_own(
    day: int, hour: int, minute: int, night: int
) -> None:
    now = bare(StoppedClock(datetime(2026, 7, day, hour, minute, tzinfo=ZONE))).now()
    assert now == mind.Now(5.0, 9.0, date(2026, 7, night).toordinal(), hour * 60 + minute)


def test_a_guard_of_its_own_rests_when_its_hub_ends_in_order() -> None:
    home = FakeHome()
    one = bare(StoppedClock(EVENING), home)
    one.state = mind.welcome(one.rules, one.state, HUB, one.now())
    answer = one._end(Bye(session=HUB, seq=1, issued_s=9.0))
    assert isinstance(answer, Done) and home.felt == ["rest"]


def test_a_socket_an_earlier_guard_left_behind_is_in_nobodys_way(tmp_path: Path) -> None:
    (tmp_path / "guard.sock").write_text("left behind")

    async def story() -> None:
        async with guard(tmp_path), at(tmp_path) as line:
            line.say(Stop())
            assert isinstance(await line.hear(), Done)

    run(story)


@pytest.mark.parametrize(
    ("off_s", "speed", "rule"),
    [(-2.5, 1.0, ""), (-3.2, 1.0, "stale"), (-20.0, 10.0, ""), (-40.0, 10.0, "stale")],
)
def test_a_hello_that_is_heard_late_takes_nobodys_place(
    tmp_path: Path, off_s: float, speed: float, rule: str
) -> None:
    """Its hub has waited long enough, and has said hello anew."""

    async def story() -> None:
        async with guard(tmp_path, speed=speed) as desk, at(tmp_path) as line:
            line.say(hello(desk, off_s=off_s))
            heard = await line.hear()
            assert (heard.denied[0].limit if isinstance(heard, Refused) else "") == rule

    run(story)


@pytest.mark.parametrize(("off_s", "welcome"), [(1100.0, True), (1300.0, False)])
def test_a_made_up_hour_may_be_off_by_as_much_of_its_own_time(
    tmp_path: Path, off_s: float, welcome: bool
) -> None:
    async def story() -> None:
        async with guard(tmp_path, speed=100.0) as desk, at(tmp_path) as line:
            line.say(hello(desk, off_s=off_s))
            assert isinstance(await line.hear(), Welcome) is welcome

    run(story)


def test_what_nothing_else_makes_safe_says_what_it_lacks_and_else_nothing(tmp_path: Path) -> None:
    home = FakeHome()
    home.rooms = {"nest": FakeRoom(), "loft": FakeRoom()}
    one = bare(StoppedClock(EVENING), home)
    assert [device.lack for device in devices_of(one.home, "nest")] == ["unwatched"]
    home.lack = lambda output: ""  # type: ignore[method-assign]
    assert [device.lack for device in devices_of(one.home, "nest")] == [""]
