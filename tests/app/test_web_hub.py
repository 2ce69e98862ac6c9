"""The hub as its pages meet it: a real server on this machine, real sockets, a quick clock."""

import asyncio
import json
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.support.let_in import guardians_cookie
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.home import Home, load_household
from evenfall.app.reach.ways import LOOPBACK_WAYS
from evenfall.app.web.door import ASKS_PER_MIN, BODY_MAX, Door
from evenfall.app.web.serve import House, HubServer, listening_on
from evenfall.formats.errors import EvenfallError

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
PAGE = {"x-evenfall": "page"}
SOON_S = 20.0  # how long a test waits for something before it fails; a bound, not a measure
FAMILY_NEVER_READS = ("score", "lease", "setpoint", "epoch", "reliance")

Json = dict[str, Any]


class Served:
    """A hub that is up: its address, and how to talk to it."""

    def __init__(self, port: int, server: HubServer) -> None:
        self.server = server
        self.address = f"127.0.0.1:{port}"
        self.cookie = guardians_cookie(server)
        self.http = httpx.AsyncClient(
            base_url=f"http://{self.address}", timeout=SOON_S, headers=self.cookie
        )

    async def home(self) -> Json:
        answer: Json = (await self.http.get("/api/v1/home")).json()
        return answer

    async def do(self, do: str, room: str = "nest", **more: str) -> httpx.Response:
        ask = {"do": do, "room": room, **more}
        return await self.http.post("/api/v1/do", json=ask, headers=PAGE)

    def page(self) -> connect:
        return connect(
            f"ws://{self.address}/api/v1/socket",
            origin=f"http://{self.address}",  # type: ignore[arg-type]
            additional_headers=self.cookie,
        )

    async def until(self, seen: Callable[[Json], bool]) -> Json:
        """The first view for which something is so."""
        async with asyncio.timeout(SOON_S):
            while True:
                view = await self.home()
                if seen(view):
                    return view
                await asyncio.sleep(0.02)


@asynccontextmanager
async def hub(folder: Path, at: str = "19:20", speed: float = 1.0) -> AsyncIterator[Served]:
    """A hub serving the made-up home, its clock begun at a time of the evening."""
    home = Home(folder)
    household = load_household(DEMO).record
    shutil.copy(DEMO, folder / "household.yaml")  # which the guard reads for itself
    hour, minute = (int(part) for part in at.split(":"))
    start = datetime(2026, 11, 20, hour, minute, tzinfo=ZONE)
    clock = SystemClock(speed, start)
    listener = listening_on(0)
    port = listener.getsockname()[1]
    server = HubServer(House(home, household, ZONE, clock), listener)
    serving = asyncio.create_task(server.run())
    served = Served(port, server)
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


def room(view: Json, name: str = "nest") -> Json:
    found: Json = next(one for one in view["rooms"] if one["room"] == name)
    return found


async def next_view(page: ClientConnection) -> Json:
    async with asyncio.timeout(SOON_S):
        answer: Json = json.loads(await page.recv())
        return answer


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        await story()

    asyncio.run(told())


def test_the_evening_as_a_page_sees_it(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            view = await served.home()
            assert view["light"] == "night"
            assert room(view)["mode"] == "waiting"
            assert "begin" in room(view)["can"]
            assert room(view)["say"] == []
            begun = (await served.do("begin")).json()
            assert room(begun)["mode"] == "running"
            assert len(room(begun)["say"]) >= 2
            assert room(begun)["lease"]["sound_what"] == "waves"
            assert room(begun)["lease"]["lease_s"] <= 15

    run(story)


def test_no_family_page_is_told_an_authors_word(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            view = (await served.do("begin")).json()
            words = json.dumps(_texts(view)).casefold()
            assert not [word for word in FAMILY_NEVER_READS if word in words]

    run(story)


def _texts(value: object) -> list[str]:
    """Every value a page may show; names of fields are not shown."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    if isinstance(value, list):
        return [text for one in value for text in _texts(one)]
    return [value] if isinstance(value, str) else []


@pytest.mark.safety("H-01")
def test_a_stop_from_one_page_is_seen_by_every_page(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served, served.page() as one, served.page() as other:
            await next_view(one)
            await next_view(other)
            await served.do("begin")
            await one.send(json.dumps({"do": "stop", "room": "nest"}))
            for page in (one, other):
                view = await next_view(page)
                while room(view)["mode"] != "stopped" or room(view)["lease"]["sound_dba"]:
                    view = await next_view(page)  # the guard's word comes a moment after
                lease = room(view)["lease"]
                assert (lease["sound_dba"], lease["light_lx_medi"]) == (0.0, 0.5)
                assert lease["sound_ramp_s"] <= 5

    run(story)


@pytest.mark.safety("H-05")
def test_a_no_ends_the_machines_part_and_can_only_be_followed_by_the_evening(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            await served.do("begin")
            after = room((await served.do("no", member="noor")).json())
            assert after["mode"] == "told"
            assert after["lease"]["sound_dba"] == 0.0
            assert after["lease"]["light_lx_medi"] > 0.0
            refused = await served.do("begin")
            assert refused.status_code == 409
            assert refused.json()["errors"][0]["expected"].startswith("one of: stop")

    run(story)


def test_what_cannot_be_asked_is_refused_with_its_mend(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served, served.page() as page:
            assert (await served.do("begin", room="attic")).status_code == 403
            assert (await served.do("dance")).status_code == 422
            await next_view(page)
            await page.send("what?")
            answer = await next_view(page)
            while "errors" not in answer:
                answer = await next_view(page)
            assert answer["errors"][0]["mend"] == "load the page again"

    run(story)


def test_a_touch_at_night_glows_and_a_skipped_wake_lets_everyone_sleep(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20", speed=3000.0) as served:
            await served.do("begin")
            await served.do("skip-wake")
            await served.until(lambda view: room(view)["scene"] == "night")
            touched = room((await served.do("touch")).json())
            assert touched["glow"]
            assert 0.0 < touched["lease"]["light_lx_medi"] <= 1.0
            morning = await served.until(lambda view: room(view)["morning"] == "yes")
            assert room(morning)["mode"] == "running"
            assert room(morning)["lease"]["light_lx_medi"] <= 1.0

    run(story)


def test_is_it_morning_yet(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20", speed=3600.0) as served:
            seen = []
            async with asyncio.timeout(SOON_S * 2):
                while "yes" not in seen:
                    answer = room(await served.home())["morning"]
                    seen += [answer] if answer not in seen else []
            assert seen in (["not-yet", "nearly", "yes"], ["not-yet", "yes"])

    run(story)


def test_a_night_served_to_its_end_is_given_back(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, speed=3600.0) as served:
            await served.do("begin")
            async with asyncio.timeout(SOON_S * 3):
                mornings: list[Json] = []
                while len(mornings) < 2:
                    mornings = (await served.http.get("/api/v1/mornings")).json()["mornings"]
                    await asyncio.sleep(0.1)
            names = [one["name"] for morning in mornings for one in morning["members"]]
            assert sorted(names) == ["Ilay", "Mara", "Noor"]  # hers and her children's
            assert all(one["measured"] == "not measured" for m in mornings for one in m["members"])
            felt = {"member": "noor", "felt": "good"}
            kept = await served.http.post("/api/v1/mornings/felt", json=felt, headers=PAGE)
            assert kept.json() == {"kept": True}

    run(story)


@pytest.mark.safety("H-06")
def test_a_hub_that_is_gone_and_back_takes_the_night_up(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20") as served:
            await served.do("begin")
        async with hub(tmp_path, at="19:21") as served:
            view = await served.until(lambda view: room(view)["mode"] == "running")
            assert room(view)["scene"] == "moorings"
        async with hub(tmp_path, at="19:40") as served:
            view = await served.until(lambda view: room(view)["scene"] == "night")
            assert room(view)["lease"]["sound_dba"] == 0.0
        log = SqliteNightLog(tmp_path / "evenfall.db")
        rows = log.rows("2026-11-20-nest-1")
        assert [row.seq for row in rows] == list(range(len(rows)))
        assert {row.writer_epoch for row in rows} >= {1, 3}

    run(story)


def test_a_port_that_is_taken_is_told_with_its_mend() -> None:
    held = listening_on(0)
    held.listen()
    with pytest.raises(EvenfallError, match="already listens") as told:
        listening_on(held.getsockname()[1])
    assert "--port" in told.value.faults[0].mend
    held.close()


# --- The door --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"x-evenfall": "page", "origin": "http://elsewhere.example"}, 403),
        ({"x-evenfall": "page", "host": "elsewhere.example"}, 421),
        ({"x-evenfall": "page", "host": "127.0.0.1.elsewhere.example"}, 421),
    ],
)
def test_the_door_keeps_out(tmp_path: Path, headers: dict[str, str], status: int) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            ask = json.dumps({"do": "begin", "room": "nest"})
            kind = {"content-type": "application/json"}
            answer = await served.http.post("/api/v1/do", content=ask, headers={**kind, **headers})
            assert answer.status_code == status
            assert answer.json()["errors"][0]["mend"]
            assert room(await served.home())["mode"] == "waiting"

    run(story)


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "<p>This hub does not answer to that name.<p>Open the address"),
        ("pt", "<p>Esta casa"),
    ],
)
def test_somebody_at_a_wrong_name_reads_a_sentence_and_a_program_gets_data(
    tmp_path: Path, language: str, said: str
) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            wrong = {"host": "<b>elsewhere</b>.example", "accept-language": language}
            looked = await served.http.get("/", headers={**wrong, "accept": "text/html,*/*"})
            assert looked.status_code == 421
            assert said in looked.text and "<b>" not in looked.text
            asked = await served.http.get("/api/v1/home", headers={**wrong, "accept": "text/html"})
            assert asked.status_code == 421 and asked.json()["errors"]

    run(story)


def test_more_than_the_hub_takes_at_once_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            answer = await served.http.post(
                "/api/v1/do", content=b"x" * (BODY_MAX + 1), headers=PAGE
            )
            assert answer.status_code == 413

    run(story)


@pytest.mark.parametrize("origin", [None, "http://elsewhere.example"])
def test_a_socket_from_elsewhere_is_not_opened(tmp_path: Path, origin: str | None) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            with pytest.raises(WebSocketException):
                async with connect(f"ws://{served.address}/api/v1/socket", origin=origin) as page:  # type: ignore[arg-type]
                    await page.recv()

    run(story)


def test_every_answer_says_what_a_page_may_load(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            for way in ("/healthz", "/api/v1/home", "/", "/no/such.png", "/../../etc/passwd"):
                answer = await served.http.get(way)
                assert answer.status_code < 500 or answer.status_code == 503
                assert "default-src 'none'" in answer.headers["content-security-policy"]
                assert "root:" not in answer.text

    run(story)


def test_more_asks_than_a_minute_holds_are_refused() -> None:
    now_s = 0.0

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    door = Door(app, LOOPBACK_WAYS, lambda: now_s)
    transport = httpx.ASGITransport(door)

    async def story() -> None:
        nonlocal now_s
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as page:
            answers = [await page.post("/", json={}, headers=PAGE) for _ in range(ASKS_PER_MIN + 1)]
            assert [one.status_code for one in answers] == [200] * ASKS_PER_MIN + [429]
            now_s = 61.0
            assert (await page.post("/", json={}, headers=PAGE)).status_code == 200

    run(story)


@pytest.mark.safety("H-31")
def test_a_room_whose_log_fails_is_dark_and_says_why_and_the_others_go_on(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="22:10") as served:
            await served.do("begin", room="loft")
            await served.do("begin", room="nest")
            taken = SqliteNightLog(tmp_path / "evenfall.db")
            taken.connection.execute("UPDATE writers SET epoch = 99 WHERE night LIKE '%-nest-%'")
            await served.do("stop", room="nest")
            view = await served.until(lambda view: bool(room(view, "nest")["faults"]))
            assert "so nothing plays here tonight" in room(view, "nest")["faults"][0]
            assert room(view, "nest")["lease"]["sound_dba"] == 0.0
            assert room(view, "nest")["can"] == []
            assert room(view, "loft")["mode"] == "running"
            assert (await served.do("pause", room="loft")).status_code == 200
            taken.close()

    run(story)


def test_a_skipped_wake_is_known_to_every_page_and_outlives_the_hub(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="19:20") as served:
            await served.do("skip-wake")
            view = await served.until(lambda view: bool(room(view)["wake_skipped"]))
            assert not room(view, "loft")["wake_skipped"]
        async with hub(tmp_path, at="19:21") as served:
            assert room(await served.home())["wake_skipped"]

    run(story)


def test_a_made_up_hour_says_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            assert (await served.home())["simulated"]
            moved = await served.http.get("/bedside/nest")
            assert moved.status_code in (307, 503)

    run(story)


def test_an_ask_for_someone_of_another_room_is_refused(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            assert (await served.do("lights-out", member="mara")).status_code == 409
            assert not [one for one in (await served.home())["sleepers"] if one["dark"]]

    run(story)


@pytest.mark.safety("H-22")
def test_a_rehearsal_is_marked_and_begun_earlier_is_a_new_one(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="20:26") as served:
            await served.do("stop")
        async with hub(tmp_path, at="19:20") as served:
            assert room(await served.home())["mode"] == "waiting"
        nights = SqliteNightLog(tmp_path / "evenfall.db").nights()
        assert all(one.simulated for one in nights)
        assert [one.id for one in nights if one.room == "nest"] == [
            "2026-11-20-nest-1",
            "2026-11-20-nest-2",
        ]

    run(story)


@pytest.mark.safety("H-31")
def test_a_fault_of_our_own_in_one_room_is_no_other_rooms(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from evenfall.runtime.night_runner import NightRunner

    take = NightRunner.handle

    def breaks_in_the_nest(self: NightRunner, beat: int, event: Any) -> Any:
        if self.night.room == "nest" and type(event).__name__ == "Touch":
            raise ZeroDivisionError("a fault of our own")
        return take(self, beat, event)

    monkeypatch.setattr(NightRunner, "handle", breaks_in_the_nest)

    async def story() -> None:
        async with hub(tmp_path, at="22:10") as served:
            await served.do("stop", room="nest")
            await served.do("begin", room="loft")
            await served.do("touch", room="nest")
            view = await served.until(lambda view: bool(room(view, "nest")["faults"]))
            assert "something in Evenfall went wrong" in room(view, "nest")["faults"][0]
            assert room(view, "nest")["can"] == []
            assert (await served.do("touch", room="nest")).status_code == 409
            assert room(view, "loft")["mode"] == "running"

    run(story)


def test_a_page_is_never_told_where_things_stand_on_the_disk(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            holder = SqliteNightLog(tmp_path / "evenfall.db")
            holder.connection.execute("BEGIN IMMEDIATE")
            felt = {"member": "noor", "felt": "good"}
            answer = await served.http.post("/api/v1/mornings/felt", json=felt, headers=PAGE)
            holder.connection.execute("ROLLBACK")
            holder.close()
            assert answer.status_code == 503
            assert str(tmp_path) not in answer.text

    run(story)


def test_a_hub_begun_in_the_middle_of_the_night_keeps_the_night_light(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, at="23:30") as served:
            assert room(await served.home())["lease"]["light_lx_medi"] == 0.5

    run(story)


def test_the_page_is_sent_compressed_to_whoever_takes_it_so(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            taken = await served.http.get("/", headers={"accept-encoding": "gzip"})
            if taken.status_code == 503:
                pytest.skip("the page is not built here")
            plain = await served.http.get("/", headers={"accept-encoding": "identity"})
            assert taken.headers["content-encoding"] == "gzip"
            assert "content-encoding" not in plain.headers
            assert taken.text == plain.text

    run(story)
