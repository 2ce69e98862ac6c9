"""The API describes itself truly, and whatever is thrown at it, the night goes on.

Every route is asked in this process, against the app that is really served, with bodies made from
its own description and then broken; sockets too. Everything random comes from a seed.
"""

import asyncio
import json
import logging
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from starlette.routing import Route, WebSocketRoute
from tests.support.let_in import guardians_cookie

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.home import Home, load_household
from evenfall.app.keeping import steps_of
from evenfall.app.web import door
from evenfall.app.web.serve import House, HubServer, listening_on

ZONE = ZoneInfo("Europe/Lisbon")
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
DESCRIPTION = "/api/v1/openapi.json"
UNDESCRIBED = {DESCRIPTION, "/{path:path}"}
"""The description itself, and the family's page with its files."""
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
HOST = "127.0.0.1"
GOOD = {"host": "localhost", "x-evenfall": "page", "content-type": "application/json"}
REQUESTS, SOCKETS = 6_000, 200
SIGN_OUT = "/api/v1/sign-out"
NEEDS_MORE = {
    "/house-ca.crt",
    "/api/v1/pair",
    "/api/v1/sign-in",
    "/api/v1/passphrase",
    "/api/v1/acts",
    "/api/v1/acts/key",
    "/api/v1/passkeys",
    "/api/v1/passkeys/sign-in",
    "/api/v1/voices",
}
"""What no chance request is answered 200: it needs a code, a key or a recording that is right."""
PATIENCE_S = 10.0
TOGETHER = 30

Json = dict[str, Any]
App = Callable[[Json, Callable[[], Awaitable[Json]], Callable[[Json], Awaitable[None]]], Any]


# --- The app that is served ----------------------------------------------------------------------


@dataclass
class Fuzzed:
    """What a storm of requests met."""

    statuses: Counter[int] = field(default_factory=Counter)
    reached: Counter[tuple[str, int]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def served_app(server: HubServer) -> App:
    return cast(App, server._server.config.app)


async def with_hub(folder: Path, story: Callable[[HubServer], Awaitable[None]]) -> None:
    """A home's hub on a made-up clock, five minutes a second, while something is done to it."""
    start = datetime(2026, 11, 20, 19, 20, tzinfo=ZONE)
    clock = SystemClock(300.0, start)
    shutil.copy(DEMO, folder / "household.yaml")  # which the guard reads for itself
    house = House(Home(folder), load_household(DEMO).record, ZONE, clock)
    server = HubServer(house, listening_on(0))
    serving = asyncio.create_task(server.run())
    try:
        await asyncio.sleep(0.3)
        await story(server)
    finally:
        server.stop()
        await serving


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> tuple[Json, list[Any]]:
    """The API's description of itself, and its routes."""
    found: list[tuple[Json, list[Any]]] = []

    async def story(server: HubServer) -> None:
        answer = await ask(served_app(server), "GET", DESCRIPTION, {"host": HOST})
        found.append((json.loads(answer.body), list(cast(Any, served_app(server)).routes)))

    asyncio.run(with_hub(tmp_path_factory.mktemp("described"), story))
    return found[0]


@dataclass
class Answer:
    """What came back, and what went wrong inside."""

    status: int
    body: bytes
    error: BaseException | None = None


async def ask(app: App, method: str, target: str, headers: Json, body: bytes = b"") -> Answer:
    """One request, handed to the app as a server does it."""
    raw, _, query = target.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode("ascii", "replace"),
        "root_path": "",
        "query_string": query.encode("ascii", "replace"),
        "headers": as_headers(headers),
        "client": (HOST, 5555),
        "server": (HOST, 8321),
    }
    sent: list[Json] = []
    parts = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Json:
        if parts:
            return parts.pop(0)
        await asyncio.sleep(PATIENCE_S * 2)
        return {"type": "http.disconnect"}

    async def send(message: Json) -> None:
        sent.append(message)

    try:
        await asyncio.wait_for(app(scope, receive, send), PATIENCE_S)
    except Exception as error:  # whatever it is, it is a fault of ours
        return Answer(_status(sent), b"", error)
    return Answer(_status(sent), b"".join(one.get("body", b"") for one in sent))


def _status(sent: list[Json]) -> int:
    return next((one["status"] for one in sent if one["type"] == "http.response.start"), 0)


def as_headers(headers: Json) -> list[tuple[bytes, bytes]]:
    return [(k.encode("latin-1"), str(v).encode("latin-1", "replace")) for k, v in headers.items()]


# --- What it says of itself ----------------------------------------------------------------------


def test_every_route_is_described_and_every_description_is_a_route(
    described: tuple[Json, list[Any]],
) -> None:
    document, routes = described
    asked = {
        (route.path, method.lower())
        for route in routes
        if isinstance(route, Route) and route.path not in UNDESCRIBED
        for method in route.methods or ()
        if method != "HEAD"
    }
    told = {(way, one) for way, item in document["paths"].items() for one in item if one in METHODS}
    assert told == asked and ("/healthz", "get") in told
    assert [one.path for one in routes if isinstance(one, WebSocketRoute)] == ["/api/v1/socket"]


def test_the_description_is_valid(described: tuple[Json, list[Any]]) -> None:
    """OpenAPI 3.1: what every operation must say, every reference, every schema."""
    document, _ = described
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] and document["info"]["version"]
    names = []
    for way, item in document["paths"].items():
        assert way.startswith("/")
        for operation in (item[method] for method in METHODS if method in item):
            names.append(operation["operationId"])
            assert operation["responses"] and operation["summary"]
            assert all("description" in one for one in operation["responses"].values())
    assert len(set(names)) == len(names)
    for schema in schemas_in(document):
        Draft202012Validator.check_schema(schema)


def test_every_reference_in_the_description_leads_somewhere(
    described: tuple[Json, list[Any]],
) -> None:
    document, _ = described
    references = {one["$ref"] for one in nodes(document) if isinstance(one.get("$ref"), str)}
    assert references
    assert [one for one in sorted(references) if resolved(document, one) is None] == []


def nodes(value: object) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
    for inside in value.values() if isinstance(value, dict) else value:  # type: ignore[attr-defined]
        if isinstance(inside, dict | list):
            yield from nodes(inside)


def schemas_in(document: Json) -> Iterator[Json]:
    yield from document.get("components", {}).get("schemas", {}).values()
    yield from (one["schema"] for one in nodes(document) if isinstance(one.get("schema"), dict))


def resolved(document: Json, reference: str) -> Json | None:
    found: Any = document
    for part in reference.removeprefix("#/").split("/"):
        found = found.get(part) if isinstance(found, dict) else None
    return cast("Json | None", found)


# --- Making requests out of the description ------------------------------------------------------

WORDS = ("nest", "loft", "noor", "ilay", "mara", "tomas", "attic", "", "2026-11-20-nest-1")
WEIRD: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 10**400, [], {}, [[]], {"a": 1}, "", " ", "\x00", "\ud800", "\u202e",
    "é" * 41, "a" * 100_000, "../../etc/passwd", "<script>", "'; DROP TABLE rows; --", "𝒳", "\n",
    "data:image/png;base64,AAAA", "data:image/png;base64,%%%", "NaN", "nest\n",
)  # fmt: skip
RAW_BODIES = (
    b"", b"null", b"[]", b"{", b'"', b"NaN", b'{"do": NaN}', b'{"felt": Infinity}', b"\xff\xfe",
    b"\x00" * 9, b'{"do": "begin", "do": "stop", "room": "nest"}', b"[" * 50_000, b'{"a":' * 9_999,
    b'{"do": "\\ud800", "room": "nest"}', b"9" * 9_999, b'{"member": "noor", "words": "\\ud83d"}',
    b"do=begin&room=nest", b"\xef\xbb\xbf{}", b"x" * (door.BODY_MAX + 1),
)  # fmt: skip
HEADERS = (
    ("host", "["), ("host", "[::1"), ("host", ""), ("host", "127.0.0.1:x"), ("host", "\xff"),
    ("host", "localhost:99999999"), ("host", "a@127.0.0.1"), ("host", "localhost."),
    ("origin", "http://["), ("origin", "null"), ("origin", ""), ("origin", "http://127.0.0.1:1"),
    ("origin", "\xff"), ("content-length", "-1"), ("content-length", "²"), ("content-length", ""),
    ("content-length", "9" * 5_000), ("content-length", "1e3"), ("content-length", "0x10"),
    ("content-type", "text/plain"), ("content-type", "application/json; charset=utf-16"),
    ("content-type", "multipart/form-data"), ("content-type", "/;;="), ("content-type", "\xff"),
    ("x-evenfall", ""), ("range", "bytes=9-1"), ("range", "bytes=0-0,1-1,-5"), ("range", "x"),
    ("if-none-match", "*"), ("if-modified-since", "yesterday"), ("cookie", "a=" + "b" * 9_000),
    ("accept", "\xff"), ("authorization", "Bearer \xff"), ("x-forwarded-host", "elsewhere.example"),
    ("transfer-encoding", "chunked"), ("upgrade", "websocket"), ("accept-encoding", "gzip;q=x"),
)  # fmt: skip
WAYS = (
    "/", "//", "/.", "/..", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%00", "/a%00.js",
    "/%ff", "/\\..\\x", "/" + "a" * 9_000, "/" + "a/" * 3_000, "/api/v1", "/api/v1/",
    "/api/v2/home", "/api/v1/home/", "/healthz/", "/HEALTHZ", "/index.html", "/sw.js", "/assets",
    "/assets/",
    "/manifest.webmanifest", "/" + quote("𝒳\u202e\n"), "/%F0%9F", "/x?" + "a=b&" * 2_000,
    "/.made-from", "/api/v1/socket", "/docs", "/redoc", "/C:/x", "/~root", "/%2f%2fetc",
)  # fmt: skip


class Storm:
    """Requests made from a description, then broken; the same seed, the same storm.

    Most come from a guardian's screen, the rest from one that nobody knows.
    """

    cookie = ""

    def __init__(self, document: Json, seed: int) -> None:
        self.document = document
        self.chance = random.Random(seed)
        self.operations = [
            (method.upper(), way, item[method])
            for way, item in document["paths"].items()
            for method in METHODS
            if method in item
        ]

    def request(self) -> tuple[str, str, Json, bytes]:
        """A method, a target, headers and a body."""
        if self.chance.random() < 0.2:
            method = self.chance.choice(["GET", "HEAD", "GET", "POST", "PUT", "X" * 99, "get"])
            return method, self.chance.choice(WAYS), self.headers(b"x"), b"x"
        method, way, operation = self.chance.choice(self.operations)
        body = self.body(operation)
        target = "/".join(
            quote(str(self.chance.choice(WORDS))) if part.startswith("{") else part
            for part in way.split("/")
        )
        if self.chance.random() < 0.1:
            method = self.chance.choice([name.upper() for name in METHODS])
        headers = self.headers(body)
        if way != SIGN_OUT and self.chance.random() < 0.8:
            headers.setdefault("cookie", self.cookie)
        return method, target, headers, body

    def headers(self, body: bytes) -> Json:
        headers: Json = {**GOOD, "content-length": str(len(body))}
        if self.chance.random() < 0.25:
            headers.update([self.chance.choice(HEADERS)])
        if self.chance.random() < 0.05:
            headers.pop(self.chance.choice(list(headers)))
        return headers

    def body(self, operation: Json) -> bytes:
        content = operation.get("requestBody", {}).get("content", {})
        if not content or self.chance.random() < 0.15:
            return self.chance.choice(RAW_BODIES)
        value = self.value(next(iter(content.values()))["schema"])
        if self.chance.random() < 0.4 and isinstance(value, dict):
            value[self.chance.choice([*value, "more"])] = self.chance.choice(WEIRD)
        text = json.dumps(value).encode()
        if self.chance.random() < 0.1:
            at = self.chance.randrange(len(text))
            text = text[:at] + self.chance.randbytes(1) + text[at + 1 :]
        return text

    def value(self, schema: Json) -> Any:
        """Something a schema allows, from this home where it fits."""
        if "$ref" in schema:
            return self.value(resolved(self.document, schema["$ref"]) or {})
        if "enum" in schema:
            return self.chance.choice(schema["enum"])
        if "const" in schema:
            return schema["const"]
        if "anyOf" in schema:
            return self.value(self.chance.choice(schema["anyOf"]))
        kind = schema.get("type")
        if kind == "object":
            asked = set(schema.get("required", ()))
            return {
                name: self.value(inside)
                for name, inside in schema.get("properties", {}).items()
                if name in asked or self.chance.random() < 0.6
            }
        if kind == "array":
            return [self.value(schema.get("items", {})) for _ in range(self.chance.randrange(3))]
        if kind == "string":
            return self.chance.choice(WORDS)
        if kind in ("integer", "number"):
            return self.chance.choice([0, 1, -1, 7])
        return self.chance.choice([True, False]) if kind == "boolean" else None

    def message(self) -> Json:
        """Something a page may say on its socket, or something nobody should."""
        body = self.body(self.chance.choice([op for _, _, op in self.operations]))
        if self.chance.random() < 0.2:
            return {"type": "websocket.receive", "bytes": body}
        return {"type": "websocket.receive", "text": body.decode("utf-8", "replace")}


# --- The storm -----------------------------------------------------------------------------------


async def storm_of_requests(app: App, storm: Storm, number: int, met: Fuzzed) -> None:
    """Ask, some at once, and keep whatever should never be."""
    for _ in range(number // TOGETHER):
        requests = [storm.request() for _ in range(TOGETHER)]
        answers = await asyncio.gather(*(ask(app, *one) for one in requests))
        for (method, target, headers, body), answer in zip(requests, answers, strict=True):
            met.statuses[answer.status] += 1
            met.reached[target.partition("?")[0], answer.status] += 1
            bad = answer.error is not None or answer.status < 100 or answer.status >= 500
            unbuilt = answer.status == 503 and b"not built" in answer.body
            if bad and not unbuilt:
                met.faults.append(
                    f"{answer.status} {answer.error!r}: {method} {target[:60]!r} "
                    f"{ {k: v[:40] for k, v in headers.items()} } {body[:60]!r}"
                )
            if b"Traceback" in answer.body or b"/site-packages/" in answer.body:
                met.faults.append(f"{method} {target[:60]!r} tells what is inside")


async def one_socket(app: App, storm: Storm, met: Fuzzed) -> None:
    """A page that says strange things and goes."""
    headers: Json = {"host": HOST, "origin": f"http://{HOST}", "x": "y"}
    if storm.chance.random() < 0.4:
        headers.update([storm.chance.choice(HEADERS)])
    if storm.chance.random() < 0.7:
        headers["cookie"] = storm.cookie
    messages = [{"type": "websocket.connect"}]
    messages += [storm.message() for _ in range(storm.chance.randrange(6))]
    scope = {
        "type": "websocket",
        "asgi": {"version": "3.0", "spec_version": "2.4"},
        "http_version": "1.1",
        "scheme": "ws",
        "path": "/api/v1/socket" if storm.chance.random() < 0.9 else "/api/v1/other",
        "raw_path": b"",
        "root_path": "",
        "query_string": b"",
        "headers": as_headers(headers),
        "client": (HOST, 5555),
        "server": (HOST, 8321),
        "subprotocols": [],
    }
    sent: list[str] = []
    gone: list[bool] = []

    async def receive() -> Json:
        await asyncio.sleep(0.002)
        if messages:
            return messages.pop(0)
        gone.append(True)
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(message: Json) -> None:
        if gone:
            raise OSError("the page is gone")  # as a server does, ASGI 2.4
        sent.append(message["type"])

    try:
        await asyncio.wait_for(app(scope, receive, send), PATIENCE_S)
    except Exception as error:
        met.faults.append(f"socket {headers}: {error!r}")
    if not sent:
        met.faults.append(f"socket {headers}: neither opened nor refused")
    met.statuses[101 if sent[:1] == ["websocket.accept"] else 403] += 1


def test_whatever_is_thrown_at_it_the_night_goes_on(
    described: tuple[Json, list[Any]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    document, _ = described
    monkeypatch.setattr(door, "ASKS_PER_MIN", 10**9)  # what stands behind it is to be met too
    storm, met = Storm(document, seed=20261120), Fuzzed()

    async def story(server: HubServer) -> None:
        app = served_app(server)
        storm.cookie = guardians_cookie(server)["cookie"]
        await storm_of_requests(app, storm, REQUESTS // 2, met)
        await asyncio.gather(*(one_socket(app, storm, met) for _ in range(SOCKETS)))
        await storm_of_requests(app, storm, REQUESTS // 2, met)
        answer = await ask(app, "GET", "/api/v1/home", {"host": HOST})
        assert answer.status == 200 and json.loads(answer.body)["rooms"]

    with caplog.at_level(logging.WARNING):
        asyncio.run(with_hub(tmp_path, story))
    assert sorted(set(met.faults)) == []
    assert [one.getMessage()[:200] for one in caplog.records if one.levelno >= logging.ERROR] == []
    assert not [one for one in caplog.records if one.exc_info]
    assert sum(met.statuses.values()) >= REQUESTS
    paths = document["paths"].items()
    everywhere = {way for way, item in paths if item and "{" not in way} - NEEDS_MORE
    assert {way for way, status in met.reached if status == 200} >= everywhere
    assert {101, 200, 403, 405, 409, 411, 413, 421, 422} <= met.statuses.keys()
    the_night_is_whole(tmp_path)


def the_night_is_whole(folder: Path) -> None:
    """Every row in its place, and every step on the way the one its row names."""
    log = SqliteNightLog(folder / "evenfall.db")
    nights = log.nights()
    assert len(log.rows("2026-11-20-nest-1")) > 10
    for night in nights:
        rows = log.rows(night.id)
        assert [row.seq for row in rows] == list(range(len(rows)))
        assert "restarted" not in {row.kind for row in rows}
        programme = log.programme(night.programme_hash)
        assert programme is not None
        assert len(steps_of(log, night, programme)) == len(rows)
    log.close()
