"""The hub while somebody means it ill: a stop is heard, and nothing of the house is carried off.

A real server on this machine and real sockets; other addresses of this machine (127.0.0.2 …) stand
for other machines of the house.
"""

import asyncio
import json
import logging
import os
import resource
import socket
import ssl
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send
from tests.app.reach.test_reach_served import opened_hub
from tests.app.test_web_hub import PAGE, Served, hub, room
from websockets.exceptions import WebSocketException

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.home import Home, load_household
from evenfall.app.reach.doorstep import Doorstep, Room
from evenfall.app.reach.opening import Opening, Wish
from evenfall.app.reach.sockets import listening_on
from evenfall.app.reach.ways import LOOPBACK_WAYS
from evenfall.app.web import door as door_module
from evenfall.app.web.door import ASKS_PER_MIN, BODY_MAX, READS_PER_MIN, SOCKETS_PER_MIN, Door
from evenfall.app.web.guarded import COOKIES
from evenfall.app.web.serve import House, HubServer

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
SOCKET_KEY = "AAAAAAAAAAAAAAAAAAAAAA=="
NIGHT = "2026-11-20-nest-1"
HEARD_S = 1.0  # a stop is in effect by then, whatever else is asked
SOON_S = 20.0  # how long a test waits for anything else before it fails
TOUCH = b'{"do":"touch","room":"nest","member":"noor"}'
STOP = b'{"do":"stop","room":"nest"}'

Json = dict[str, Any]


def run(story: Callable[[], Awaitable[None]]) -> None:
    async def told() -> None:
        async with asyncio.timeout(60):
            await story()

    asyncio.run(told())


async def until(seen: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON_S):
        while not seen():
            await asyncio.sleep(0.01)


def let_in(server: HubServer, **who: str) -> str:
    """The cookie of a screen that was let in on this machine: of a guest, or of a member."""
    keeper = server.gatekeeper
    if "member" in who:
        _, words = keeper.invite("member", member=who["member"], by=None)
    else:
        _, words = keeper.invite("guest", by=None)
    _, token = keeper.claim(words, origin="here", label="a screen", knocker="test")
    return f"{COOKIES['here']}={token}"


def as_frame(text: bytes) -> bytes:
    """What a page says on its socket, as it goes over the wire."""
    assert len(text) < 126
    return b"\x81" + bytes([0x80 | len(text)]) + b"\0\0\0\0" + text


class Rude:
    """A connection that says what it likes, from any address of this machine."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.heard = bytearray()

    @classmethod
    async def comes(
        cls, served: Served, peer: str = "127.0.0.3", context: ssl.SSLContext | None = None
    ) -> "Rude":
        host, port = served.address.split(":")
        return cls(
            *await asyncio.open_connection(host, int(port), local_addr=(peer, 0), ssl=context)
        )

    async def opens_a_socket(self, served: Served, cookie: str) -> None:
        self.writer.write(
            f"GET /api/v1/socket HTTP/1.1\r\nHost: {served.address}\r\nCookie: {cookie}\r\n"
            f"Origin: http://{served.address}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {SOCKET_KEY}\r\n\r\n".encode()
        )
        await self.reader.readuntil(b"\r\n\r\n")

    async def listens(self) -> None:
        with suppress(OSError):
            while said := await self.reader.read(1 << 16):
                self.heard += said

    async def says(self, frames: bytes, times: int) -> None:
        with suppress(OSError):
            for _ in range(times):
                self.writer.write(frames)
                await self.writer.drain()

    async def status(self, request: bytes) -> int:
        self.writer.write(request)
        line = await self.reader.readline()
        return int(line.split()[1])

    def is_gone(self) -> bool:
        return self.reader.at_eof()

    def goes(self) -> None:
        self.writer.close()


async def stop_from(served: Served, peer: str, cookie: str) -> float:
    """A stop, asked from an address of this machine over a new connection: until it is in effect.

    Returns:
        The seconds that took.
    """
    begun_s = time.monotonic()
    head = (
        f"POST /api/v1/do HTTP/1.1\r\nHost: {served.address}\r\nCookie: {cookie}\r\n"
        f"X-Evenfall: page\r\nContent-Type: application/json\r\nContent-Length: {len(STOP)}\r\n\r\n"
    )
    while time.monotonic() - begun_s < HEARD_S:  # whoever is sent away comes again, as a page does
        person = await Rude.comes(served, peer)
        with suppress(OSError, IndexError):
            assert await person.status(head.encode() + STOP) == 200
            break
        person.goes()
    await until(lambda: room_mode(served) == "stopped")
    took_s = time.monotonic() - begun_s
    person.goes()
    return took_s


def room_mode(served: Served, name: str = "nest") -> str:
    rooms = served.server.served.hub.view().rooms
    return next(one.mode for one in rooms if one.room == name)


# --- A flood of asks -----------------------------------------------------------------------------


@pytest.mark.safety("H-01")
@pytest.mark.safety("H-65")
def test_a_childs_stop_overtakes_twenty_thousand_touches_of_a_guest(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            guest, child = let_in(served.server), let_in(served.server, member="noor")
            await served.do("begin")
            crowd = await Rude.comes(served)
            await crowd.opens_a_socket(served, guest)
            listening = asyncio.create_task(crowd.listens())
            shouting = asyncio.create_task(crowd.says(as_frame(TOUCH) * 50, 400))
            await until(lambda: b"more asked in one minute" in crowd.heard)
            assert await stop_from(served, "127.0.0.2", child) < HEARD_S
            await shouting
            crowd.goes()
            await listening
        log = SqliteNightLog(tmp_path / "evenfall.db")
        touches = [row for row in log.rows(NIGHT) if row.kind == "touch"]
        log.close()
        assert len(touches) <= ASKS_PER_MIN + 60  # a minute's, and what the flood's own time adds

    run(story)


@pytest.mark.safety("H-65")
def test_a_stop_is_heard_from_the_very_socket_that_asked_too_often(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            await served.do("begin")
            page = await Rude.comes(served)
            await page.opens_a_socket(served, let_in(served.server, member="noor"))
            listening = asyncio.create_task(page.listens())
            await page.says(as_frame(TOUCH), ASKS_PER_MIN + 100)
            await page.says(as_frame(STOP), 1)
            await until(lambda: room_mode(served) == "stopped")
            page.goes()
            await listening

    run(story)


def test_a_socket_that_asks_too_often_is_told_so_once_a_second(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served, served.page() as page:
            for _ in range(ASKS_PER_MIN + 60):
                await page.send("what?")
            answers: list[Json] = []
            async with asyncio.timeout(SOON_S):
                while not any("more asked" in str(one) for one in answers):
                    answers.append(json.loads(await page.recv()))
            faults = [one["errors"][0]["mend"] for one in answers if "errors" in one]
            assert faults[-1] == "ask again in a moment"

    run(story)


@pytest.mark.safety("H-65")
def test_only_a_stop_is_never_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door_module, "ASKS_PER_MIN", 3)

    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            asked = [(await served.do("begin", "attic")).status_code for _ in range(3)]
            assert asked == [403, 403, 403]
            refused = await served.do("begin")
            assert refused.status_code == 429
            assert refused.json()["errors"][0]["mend"] == "ask again in a moment"
            assert (await served.do("stop")).status_code == 200

    run(story)


async def answers(door: Door, number: int, peer: str, way: str = "/", **headers: str) -> list[int]:
    transport = httpx.ASGITransport(door, client=(peer, 50123))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as page:
        return [(await page.get(way, headers=headers)).status_code for _ in range(number)]


async def well(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_reading_is_bounded_too_for_every_machine_but_this() -> None:
    async def story() -> None:
        door = Door(well, LOOPBACK_WAYS, lambda: 0.0)
        read = await answers(door, READS_PER_MIN + 1, "192.168.1.9")
        assert read == [200] * READS_PER_MIN + [429]
        assert set(await answers(door, READS_PER_MIN + 1, "127.0.0.1")) == {200}
        assert await answers(door, 1, "192.168.1.10") == [200]

    run(story)


def test_a_machine_that_opens_one_socket_after_another_is_held_back() -> None:
    async def story() -> None:
        door = Door(well, LOOPBACK_WAYS, lambda: 0.0)
        opened = [await socket_opened(door, "192.168.1.9") for _ in range(SOCKETS_PER_MIN + 1)]
        assert opened == [True] * SOCKETS_PER_MIN + [False]
        assert await socket_opened(door, "192.168.1.10")

    run(story)


async def socket_opened(door: Door, peer: str) -> bool:
    sent: list[str] = []

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message["type"])

    headers = [(b"host", b"localhost"), (b"origin", b"http://localhost")]
    scope: Scope = {
        "type": "websocket",
        "scheme": "ws",
        "path": "/api/v1/socket",
        "client": (peer, 50123),
        "headers": headers,
    }
    await door(scope, receive, send)
    return "websocket.close" not in sent


# --- Bodies without an end -----------------------------------------------------------------------


@pytest.mark.parametrize("length", [b"", b"Content-Length: 2\r\n"])
def test_a_body_in_chunks_is_refused_unread(tmp_path: Path, length: bytes) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            stranger = await Rude.comes(served)
            head = (
                f"POST /api/v1/pair HTTP/1.1\r\nHost: {served.address}\r\nX-Evenfall: page\r\n"
                "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n"
            )
            assert await stranger.status(head.encode() + length + b"\r\n") == 411
            stranger.goes()

    run(story)


def test_what_comes_is_counted_whatever_it_says_of_itself() -> None:
    reached: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        reached.append(scope["path"])
        await well(scope, receive, send)

    async def asked(said: int, came: int) -> tuple[int, int]:
        sent: list[Json] = []
        left = came

        async def receive() -> Message:
            nonlocal left
            part = min(left, 65_536)
            left -= part
            return {"type": "http.request", "body": b"a" * part, "more_body": left > 0}

        async def send(message: Message) -> None:
            sent.append(dict(message))

        headers = {"host": "localhost", "x-evenfall": "page", "content-length": str(said)}
        scope: Scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/v1/dreams",
            "scheme": "http",
            "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        await Door(app, LOOPBACK_WAYS)(scope, receive, send)
        return sent[0]["status"], left

    async def story() -> None:
        assert await asked(100_000, 100_000) == (200, 0)
        status, left = await asked(2, 40 * BODY_MAX)
        assert status == 413
        assert left >= 38 * BODY_MAX  # the rest is never read
        assert reached == ["/api/v1/dreams"]

    run(story)


def test_no_machine_fills_the_hubs_memory_with_what_it_brings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door_module, "BODIES_MAX_EACH", 300_000)
    monkeypatch.setattr(door_module, "BODIES_MAX", 500_000)

    async def story() -> None:
        door, arrives = Door(well, LOOPBACK_WAYS), asyncio.Event()

        async def brings(peer: str, way: str = "/api/v1/dreams") -> int:
            async def slowly() -> AsyncIterator[bytes]:
                await arrives.wait()
                yield b"a" * 1_000

            transport = httpx.ASGITransport(door, client=(peer, 50123))
            headers = {**PAGE, "content-length": "200000" if "dreams" in way else "1000"}
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as page:
                answer = await page.post(way, content=slowly(), headers=headers)
                return answer.status_code

        first = asyncio.create_task(brings("192.168.1.9"))
        other = asyncio.create_task(brings("192.168.1.10"))
        await until(lambda: door._coming_in.total() == 400_000)
        assert await brings("192.168.1.9") == 429
        assert await brings("192.168.1.11") == 429
        asked = asyncio.create_task(brings("192.168.1.9", "/api/v1/do"))
        arrives.set()
        assert [await first, await other, await asked] == [200, 200, 200]
        assert not door._coming_in

    run(story)


# --- A crowd at the door -------------------------------------------------------------------------

NARROW = Room(all_max=48, reserve=8, few=4, each_max=16, here_max=24, silent_s=30.0)


@contextmanager
def no_errors(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    with caplog.at_level(logging.WARNING):
        yield
    assert [one.getMessage() for one in caplog.records if one.levelno >= logging.ERROR] == []


@pytest.mark.safety("H-01")
@pytest.mark.safety("H-65")
def test_a_stop_finds_its_way_through_hundreds_who_say_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            served.server.doorstep.room = NARROW
            child = let_in(served.server, member="noor")
            await served.do("begin")
            crowd = [await Rude.comes(served, f"127.0.0.{3 + number % 3}") for number in range(300)]
            assert len(served.server.doorstep) <= NARROW.all_max
            assert await stop_from(served, "127.0.0.2", child) < HEARD_S
            await until(lambda: sum(not one.is_gone() for one in crowd) <= NARROW.all_max)
            for one in crowd:
                one.goes()

    with no_errors(caplog):
        run(story)


@pytest.mark.safety("H-65")
def test_a_stop_finds_its_way_from_the_very_address_of_the_crowd(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            served.server.doorstep.room = NARROW
            child = let_in(served.server, member="noor")
            await served.do("begin")
            crowd = [await Rude.comes(served, "127.0.0.3") for _ in range(100)]
            assert await stop_from(served, "127.0.0.3", child) < HEARD_S
            for one in crowd:
                one.goes()

    run(story)


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTT", b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\nGET"]
)
def test_whoever_says_nothing_or_half_of_it_is_sent_away(tmp_path: Path, said: bytes) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            served.server.doorstep.room = replace(NARROW, silent_s=0.2)
            one = await Rude.comes(served)
            one.writer.write(said)
            async with asyncio.timeout(SOON_S):
                await one.reader.read()
            one.goes()
            await until(lambda: not mine(served.server.doorstep))

    run(story)


def mine(doorstep: Doorstep) -> list[str]:
    return [peer for peer, *_ in doorstep._visits if peer == "127.0.0.3"]


def test_a_body_that_never_comes_is_waited_for_no_longer_than_a_request_may_take(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            served.server.doorstep.room = replace(NARROW, asking_s=0.2)
            one = await Rude.comes(served)
            one.writer.write(
                f"POST /api/v1/pair HTTP/1.1\r\nHost: {served.address}\r\nX-Evenfall: page\r\n"
                "Content-Length: 100\r\n\r\n{".encode()
            )
            async with asyncio.timeout(SOON_S):
                await one.reader.read()
            one.goes()
            await until(lambda: not mine(served.server.doorstep))

    run(story)


def test_whoever_never_begins_to_encrypt_is_sent_away_too(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        async with opened_hub(tmp_path) as server:
            server.doorstep.room = replace(NARROW, silent_s=0.2)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.opening.tls_port)
            async with asyncio.timeout(SOON_S):
                await reader.read()
            writer.close()
            await until(lambda: not len(server.doorstep))

    with no_errors(caplog):
        run(story)


def test_one_machine_opens_no_more_sockets_than_a_house_needs(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            served.server.doorstep.room = replace(NARROW, sockets_here_max=2)
            async with served.page() as one, served.page() as other:
                await one.recv()
                await other.recv()
                with pytest.raises(WebSocketException):
                    await served.page()
            async with asyncio.timeout(SOON_S):
                while True:  # until those two are gone
                    with suppress(WebSocketException):
                        await (await served.page()).close()
                        break

    run(story)


def test_where_no_file_is_left_whoever_comes_is_turned_away_and_none_waits_for_ever() -> None:
    async def story() -> None:
        doorstep = Doorstep(LOOPBACK_WAYS, NARROW)
        plain = listening_on(0)
        listener = doorstep.listening(plain)
        listener.setblocking(False)
        comer = socket.socket()
        comer.settimeout(SOON_S)
        with no_file_left():
            comer.connect(listener.getsockname())
            with pytest.raises(BlockingIOError):
                listener.accept()
            assert comer.recv(1) == b""  # told so, and not left to wait
            with pytest.raises(BlockingIOError):
                listener.accept()
        comer.close()
        listener.close()
        plain.close()

    run(story)


@contextmanager
def no_file_left() -> Iterator[None]:
    """As little as this program may open: not one file more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    highest = max(int(name) for name in os.listdir("/proc/self/fd"))  # noqa: PTH208
    held: list[int] = []
    resource.setrlimit(resource.RLIMIT_NOFILE, (highest + 8, hard))
    try:
        with suppress(OSError):
            while True:
                held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for one in held:
            os.close(one)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# --- Pages from elsewhere ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("site", "way", "status"),
    [
        ("cross-site", "/api/v1/me", 403),
        ("same-site", "/api/v1/me", 403),
        ("same-origin", "/api/v1/me", 200),
        ("none", "/api/v1/me", 200),
        ("cross-site", "/", 200),  # a link to the page itself, from a message or a mail
    ],
)
def test_another_origins_page_reaches_nothing_though_it_asks_only_to_read(
    site: str, way: str, status: int
) -> None:
    async def story() -> None:
        door = Door(well, LOOPBACK_WAYS)
        assert await answers(door, 1, "127.0.0.1", way, **{"sec-fetch-site": site}) == [status]

    run(story)


def test_no_answer_may_be_shown_in_another_origins_page(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path) as served:
            for way in ("/", "/api/v1/me", "/healthz"):
                answer = await served.http.get(way)
                assert answer.headers["cross-origin-resource-policy"] == "same-origin"

    run(story)


# --- The hub's own window ------------------------------------------------------------------------


def test_in_the_hubs_own_window_nobody_tells_a_dream_into_a_childs_book(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub(tmp_path, "19:30") as served:
            screen = httpx.AsyncClient(base_url=f"http://{served.address}", headers=PAGE)
            async with screen:
                told = {"member": "noor", "words": "a boat"}
                assert (await screen.post("/api/v1/dreams", json=told)).status_code in (401, 403)
                rights = set((await screen.get("/api/v1/me")).json()["rights"])
                assert {"evening", "stop", "felt", "voices-hear"} <= rights
                assert "dreams-tell" not in rights
                asked = {"do": "begin", "room": "nest"}
                begun = await screen.post("/api/v1/do", json=asked)
                assert room(begun.json())["mode"] == "running"

    run(story)


# --- Behind an ingress ---------------------------------------------------------------------------

PREFIX = "/api/hassio_ingress/abc123"
NAME = "homeassistant.local"


class Ingress:
    """A small proxy as Home Assistant's: it takes its path off, and says so in headers."""

    def __init__(self, port: int, proto: str) -> None:
        self.port, self.proto = port, proto
        self._talks: list[asyncio.Task[None]] = []
        self._ends: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def open(self) -> AsyncIterator[int]:
        server = await asyncio.start_server(self._hand_on, "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)
            for end in self._ends:
                end.close()
                with suppress(OSError):
                    await end.wait_closed()

    async def _hand_on(self, asker: asyncio.StreamReader, answer: asyncio.StreamWriter) -> None:
        hub_says, to_hub = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=("127.0.0.9", 0)
        )
        self._ends += [answer, to_hub]
        head = (await asker.readuntil(b"\r\n\r\n")).decode("latin-1")
        line, _, rest = head.partition("\r\n")
        method, target, version = line.split(" ")
        assert target.startswith(PREFIX)
        lines = [one for one in rest.split("\r\n") if one]
        to_hub.write(
            "\r\n".join(
                [
                    f"{method} {target.removeprefix(PREFIX) or '/'} {version}",
                    *(one for one in lines if not one.lower().startswith("connection: keep")),
                    f"X-Ingress-Path: {PREFIX}",
                    "X-Forwarded-For: 192.168.1.7",
                    f"X-Forwarded-Host: {NAME}",
                    f"X-Forwarded-Proto: {self.proto}",
                    *([] if "upgrade" in rest.lower() else ["Connection: close"]),
                    "",
                    "",
                ]
            ).encode("latin-1")
        )
        for source, target_writer in ((asker, to_hub), (hub_says, answer)):
            self._talks.append(asyncio.create_task(self._pump(source, target_writer)))

    async def _pump(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while said := await source.read(1 << 16):
                target.write(said)
                await target.drain()
        target.close()


@asynccontextmanager
async def behind_an_ingress(
    folder: Path, proto: str
) -> AsyncIterator[tuple[HubServer, httpx.AsyncClient, int]]:
    listener = listening_on(0)
    opening = Opening(Wish(names=(NAME,), behind=("127.0.0.9",)), [listener])
    clock = SystemClock(1.0, datetime(2026, 11, 20, 19, 20, tzinfo=ZONE))
    house = House(Home(folder), load_household(DEMO).record, ZONE, clock, DEMO)
    server = HubServer(house, listener, opening)
    serving = asyncio.create_task(server.run())
    try:
        async with Ingress(opening.port, proto).open() as port:
            page = httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{port}{PREFIX}/",
                headers={**PAGE, "host": NAME, "origin": f"{proto}://{NAME}"},
                timeout=SOON_S,
            )
            async with page:
                yield server, page, port
    finally:
        server.stop()
        await serving


@pytest.mark.parametrize(
    ("proto", "kind", "cookie"),
    [("https", "member", "__Secure-evenfall"), ("http", "guest", "evenfall-plain")],
)
def test_behind_an_ingress_the_evening_stays_under_its_own_path(
    tmp_path: Path, proto: str, kind: Any, cookie: str
) -> None:
    async def story() -> None:
        async with behind_an_ingress(tmp_path, proto) as (server, page, port):
            assert (await page.get("healthz")).status_code == 200
            moved = await page.get("bedside/nest")
            assert moved.headers["location"] == f"{PREFIX}/#/bedside/nest"
            whole = await page.get("")
            assert 'src="/' not in whole.text and 'href="/' not in whole.text
            assert "frame-ancestors 'self'" in whole.headers["content-security-policy"]

            member = "mara" if kind == "member" else None
            _, words = server.gatekeeper.invite(kind, member=member, by=None)
            come = await page.post("api/v1/pair", json={"code": words, "label": "a phone"})
            assert come.status_code == 200
            name, _, rest = come.headers["set-cookie"].partition("=")
            token = rest.partition(";")[0]
            said = {one.strip().lower() for one in rest.split(";")[1:]}
            assert name == cookie
            assert {f"path={PREFIX}/", "httponly", "samesite=strict"} <= said
            assert ("secure" in said) is (proto == "https")

            sent = {"cookie": f"{name}={token}"}
            page.cookies.clear()
            home = await page.get("api/v1/home", headers=sent)
            assert home.status_code == 200
            assert (await page.get("api/v1/home")).status_code == 401
            elsewhere = {**sent, "origin": f"{'http' if proto == 'https' else 'https'}://{NAME}"}
            assert (await page.get("api/v1/home", headers=elsewhere)).status_code == 403
            assert await first_word(port, f"{proto}://{NAME}", sent["cookie"]) == "101"

    run(story)


async def first_word(port: int, origin: str, cookie: str) -> str:
    """What a socket through the ingress is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(
        f"GET {PREFIX}/api/v1/socket HTTP/1.1\r\nHost: {NAME}\r\nOrigin: {origin}\r\n"
        f"Cookie: {cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {SOCKET_KEY}\r\n\r\n".encode()
    )
    line = await reader.readline()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return line.split()[1].decode()
