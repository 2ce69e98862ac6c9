"""The API and the pages: a thin skin over the hub. Nothing is decided here."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol
from urllib.parse import quote

import msgspec
from fastapi import Body, FastAPI, WebSocket, WebSocketDisconnect
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse

from evenfall import __version__
from evenfall.app.web.door import Door
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.ports.night_log import LogUnavailableError
from evenfall.records.insight import Morning
from evenfall.records.view import Ask, HomeView
from evenfall.runtime.hub import AskRefusedError, Hub

RENEW_S = 5.0
"""Pages are told again this often even where nothing changed: a third of a page's lease."""

FAULTS_MAX = 10
LOOPBACK = ("127.0.0.1", "localhost", "::1")

Felt = Literal["rough", "all-right", "good"]


class MorningBook(Protocol):
    """Where mornings and what people say of them are kept."""

    def mornings(self) -> list[Morning]:
        """The latest night's mornings."""

    def felt(self, member: str, how: str) -> None:
        """Keep how a night felt."""

    def dream(self, member: str, words: str, drawing: str) -> None:
        """Keep a dream in its owner's book."""


@dataclass
class Served:
    """What the server shows: tonight's hub, which changes from night to night, and the book."""

    hub: Hub
    book: MorningBook


class AskBody(BaseModel):
    """What a page asks the hub to do."""

    model_config = ConfigDict(extra="forbid")
    do: Literal[
        "begin", "stop", "no", "pause", "resume", "touch", "choose", "lights-out", "up", "skip-wake"
    ]
    room: Annotated[str, Field(max_length=40)]
    member: Annotated[str | None, Field(max_length=40)] = None
    door: Annotated[str | None, Field(max_length=40)] = None


class FeltBody(BaseModel):
    """How a night felt."""

    model_config = ConfigDict(extra="forbid")
    member: Annotated[str, Field(max_length=40)]
    felt: Felt


class DreamBody(BaseModel):
    """A dream, told or drawn. It is kept as it is and never interpreted."""

    model_config = ConfigDict(extra="forbid")
    member: Annotated[str, Field(max_length=40)]
    words: Annotated[str, Field(max_length=20_000)] = ""
    drawing: Annotated[
        str, Field(max_length=400_000, pattern=r"^(data:image/png;base64,[A-Za-z0-9+/=]*)?$")
    ] = ""


def make_app(served: Served, hosts: tuple[str, ...] = LOOPBACK) -> FastAPI:
    """The application.

    Args:
        served: the hub and the book it shows.
        hosts: the names it answers to.
    """
    app = FastAPI(
        title="Evenfall",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.add_middleware(Door, hosts=hosts)
    app.add_exception_handler(EvenfallError, _told)
    app.add_exception_handler(RequestValidationError, _unclear)
    _api(app, served)
    _socket(app, served)
    _pages(app)
    _describe_records(app)
    return app


def _api(app: FastAPI, served: Served) -> None:
    @app.get("/healthz")
    async def healthz() -> dict[str, object]:
        """Whether the hub is up, and which night it keeps. No names."""
        return {"ok": True, "night": served.hub.plan.night, "version": __version__}

    @app.get("/api/v1/home", responses=_shows(HomeView))
    async def home() -> Response:
        """The home as it is now."""
        return _json(served.hub.view())

    @app.post("/api/v1/do", responses={**_shows(HomeView), **_REFUSALS})
    async def do(ask: Annotated[AskBody, Body()]) -> Response:
        """Ask for something, at once; the answer is the home as it is after."""
        served.hub.ask(Ask(**ask.model_dump()), who="page")
        await asyncio.sleep(0.05)
        return _json(served.hub.view())

    @app.get("/api/v1/mornings")
    async def mornings() -> Response:
        """The latest night's mornings."""
        return _json({"mornings": served.book.mornings()})

    @app.post("/api/v1/mornings/felt", responses=_REFUSALS)
    async def felt(body: Annotated[FeltBody, Body()]) -> dict[str, bool]:
        """Keep how a night felt, as its owner says."""
        _known(served.hub, body.member)
        served.book.felt(body.member, body.felt)
        return {"kept": True}

    @app.get("/api/v1/dreams", responses=_REFUSALS)
    async def dreams() -> Response:
        """A dream book opens for its owner only, and nobody can say who they are here yet."""
        return JSONResponse(_errors(_OWNERS_ONLY), 403)

    @app.post("/api/v1/dreams", responses=_REFUSALS)
    async def dream(body: Annotated[DreamBody, Body()]) -> dict[str, bool]:
        """Keep a dream in its owner's book."""
        _known(served.hub, body.member)
        served.book.dream(body.member, body.words, body.drawing)
        return {"kept": True}


def _socket(app: FastAPI, served: Served) -> None:
    @app.websocket("/api/v1/socket")
    async def socket(page: WebSocket) -> None:
        await page.accept()
        talk = {
            asyncio.create_task(_listen(page, served)),
            asyncio.create_task(_show(page, served)),
        }
        _, unfinished = await asyncio.wait(talk, return_when=asyncio.FIRST_COMPLETED)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*talk, return_exceptions=True)


async def _show(page: WebSocket, served: Served) -> None:
    """Tell a page how the home is: at every change, and as often as its lease needs it."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            await _show_tonight(page, served, served.hub)


async def _show_tonight(page: WebSocket, served: Served, tonight: Hub) -> None:
    """The same, until another night's hub takes over."""
    with tonight.watching() as bell:
        while served.hub is tonight:
            bell.clear()
            await page.send_text(_text(tonight.view()))
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it can swallow that the page has gone.
                async with asyncio.timeout(RENEW_S):
                    await bell.wait()


async def _listen(page: WebSocket, served: Served) -> None:
    """Take what a page asks for as long as it is there; its own lease outlives it."""
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            try:
                ask = msgspec.json.decode(await page.receive_text(), type=Ask)
                served.hub.ask(ask, who="page")
            except (msgspec.MsgspecError, KeyError):  # KeyError: bytes where text belongs
                await page.send_text(_text(_errors(_UNCLEAR)))
            except EvenfallError as error:
                await page.send_text(_text(_errors(*error.faults)))


def _pages(app: FastAPI) -> None:
    folder = Path(str(files("evenfall.app.web") / "static"))

    @app.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        """A file of the built page; any other way is the page itself, which knows the rest."""
        index = folder / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        wanted = _file_in(folder, path)
        if wanted is not None:
            return FileResponse(wanted)
        if path.startswith("api/") or "." in path.rsplit("/", 1)[-1]:
            return JSONResponse(_errors(_NOTHING_HERE), 404)
        if path:
            return RedirectResponse(f"/#/{quote(path)}")
        return FileResponse(index, headers={"cache-control": "no-cache"})


def _file_in(folder: Path, path: str) -> Path | None:
    """A file of the built page; none where the way leads nowhere, out, or is no way at all."""
    try:
        wanted = (folder / path).resolve()
        inside = bool(path) and wanted.is_relative_to(folder.resolve())
        return wanted if inside and wanted.is_file() else None
    except (OSError, ValueError):
        return None


_NOT_BUILT = (
    "The page is not built yet.\n\nIn the project's folder: cd ui && npm ci && npm run build\n"
    "An installed Evenfall has it; install it again if you see this there.\n"
)
_UNCLEAR = Fault("something this hub does not understand", Place(), "what to do, and where",
                 "load the page again")  # fmt: skip
_OWNERS_ONLY = Fault(
    "a dream book, which opens for its owner only",
    Place(),
    "someone who has signed in",
    "what is told is kept; it can be read once people can sign in here",
)
_NOTHING_HERE = Fault("nothing by that name", Place(), "a page of this hub", "go to its front page")
_RECORD_AT = "#/components/schemas/{name}"
_REFUSALS: dict[int | str, dict[str, Any]] = {
    409: {"description": "It cannot be done now; the faults say why and what can."},
    403: {"description": "It did not come from this hub's own page."},
    411: {"description": "It does not say how long it is."},
    413: {"description": "It is too long."},
    422: {"description": "It does not fit; the faults say what was expected."},
    429: {"description": "Too many changes in a minute."},
}


def _shows(record: type) -> dict[int | str, dict[str, Any]]:
    """A record as an answer, for the API's description of itself."""
    (schema,), _ = msgspec.json.schema_components([record], ref_template=_RECORD_AT)
    return {200: {"content": {"application/json": {"schema": schema}}}}


def _describe_records(app: FastAPI) -> None:
    """Add the records that answers are made of to the API's description of itself."""
    plain = app.openapi
    _, records = msgspec.json.schema_components([HomeView], ref_template=_RECORD_AT)

    def described() -> dict[str, Any]:
        document = plain()
        document["components"]["schemas"].update(records)
        return document

    app.openapi = described  # type: ignore[method-assign]


def _known(hub: Hub, member: str) -> None:
    if member not in {one.id for one in hub.household.members}:
        raise EvenfallError(
            Fault("a name nobody here has", Place(), "a member of this home", "load the page again")
        )


async def _told(_: Request, error: Exception) -> Response:
    """A fault in words. Where things stand on this machine's disk is no page's business."""
    assert isinstance(error, EvenfallError)
    if isinstance(error, LogUnavailableError):
        told = (Fault(one.found, Place(), one.expected, one.mend) for one in error.faults)
        return JSONResponse(_errors(*told), 503)
    return JSONResponse(_errors(*error.faults), 409 if isinstance(error, AskRefusedError) else 422)


async def _unclear(_: Request, error: Exception) -> Response:
    """What does not fit, without what was sent: that may be a child's words, or no text at all."""
    assert isinstance(error, RequestValidationError)
    faults = [
        Fault("something that does not fit", Place(_plain(one["loc"])), one["msg"], _UNCLEAR.mend)
        for one in error.errors()[:FAULTS_MAX]
    ]
    return JSONResponse(_errors(*faults), 422)


def _plain(loc: Sequence[object]) -> str:
    """Where in a request, as plain letters and not too many of them."""
    return ".".join(map(str, loc))[:80].encode("ascii", "backslashreplace").decode()


def _errors(*faults: Fault) -> dict[str, object]:
    return {"errors": [fault.to_dict() for fault in faults]}


def _json(data: object) -> Response:
    return Response(msgspec.json.encode(data), media_type="application/json")


def _text(data: object) -> str:
    return msgspec.json.encode(data).decode()
