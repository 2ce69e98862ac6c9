"""The API and the pages: a thin skin over the hub. Nothing is decided here."""

import asyncio
import gzip
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal, Protocol
from urllib.parse import quote

import msgspec
from fastapi import Body, Depends, FastAPI, HTTPException, WebSocket, WebSocketDisconnect
from fastapi.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import Request

from evenfall import __version__
from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.app.access.rights import rights_of
from evenfall.app.acts import Acts, is_call
from evenfall.app.emergencies import Emergencies
from evenfall.app.reach.addresses import Network
from evenfall.app.reach.ways import LOOPBACK_WAYS, Ways, prefix_of
from evenfall.app.voices import Voices
from evenfall.app.web.acting import acting
from evenfall.app.web.answers import (
    REFUSALS,
    UNCLEAR,
    answer_faults,
    describe_records,
    errors,
    json,
    shows,
    text,
)
from evenfall.app.web.book import DreamPage
from evenfall.app.web.coming_in import caller_of, coming_in
from evenfall.app.web.door import Door
from evenfall.app.web.emergency import emergency
from evenfall.app.web.guarded import (
    SOCKETS,
    Guarding,
    from_elsewhere,
    needs,
    open_to_anyone,
    refuse_unguarded,
    why_not,
)
from evenfall.app.web.language import language_of, translate_fault
from evenfall.app.web.mornings import mornings
from evenfall.app.web.seen import NotYoursError, in_their_name, seen_by
from evenfall.app.web.worries import worries
from evenfall.app.worries import Worries
from evenfall.formats.errors import EvenfallError
from evenfall.records.access import Caller, InviteView, Me
from evenfall.records.act import ActAnswer
from evenfall.records.insight import Morning
from evenfall.records.reboot import Rebooted
from evenfall.records.view import Ask, HomeView
from evenfall.runtime.hub import Hub

RENEW_S = 5.0
"""Pages are told again this often even where nothing changed: a third of a page's lease."""

LET_IN_AGAIN = 4401
"""What a socket closes with where its screen has to be let in (again)."""


class MorningBook(Protocol):
    """Where mornings and what people say of them are kept."""

    def mornings(self) -> list[Morning]:
        """The latest night's mornings."""

    def felt(self, member: str, how: str) -> None:
        """Keep how a night felt."""

    def dream(self, member: str, words: str, drawing: str) -> None:
        """Keep a dream in its owner's book."""

    def dreams(self, member: str) -> list[DreamPage]:
        """A dream book, the newest first: for its owner only."""

    def forget_dream(self, member: str, dream_id: str) -> bool:
        """Take a page out of a dream book."""


@dataclass
class Served:
    """What the server shows: tonight's hub, which changes from night to night, and the rest."""

    hub: Hub
    book: MorningBook
    gatekeeper: Gatekeeper
    acts: Acts
    voices: Voices
    worries: Worries
    emergencies: Emergencies
    links: Callable[[], tuple[str, ...]]
    guarding: Guarding = field(init=False)
    guard_key: Callable[[], str] = lambda: ""  # its public half; nothing until it was heard

    def __post_init__(self) -> None:
        self.guarding = Guarding(self.gatekeeper, LOOPBACK_WAYS)


class AskBody(BaseModel):
    """What a page asks the hub to do."""

    model_config = ConfigDict(extra="forbid")
    do: Literal[
        "begin",
        "stop",
        "no",
        "pause",
        "resume",
        "touch",
        "choose",
        "lights-out",
        "up",
        "skip-wake",
        "voice",
    ]
    room: Annotated[str, Field(max_length=40)]
    member: Annotated[str | None, Field(max_length=40)] = None
    door: Annotated[str | None, Field(max_length=40)] = None


def make_app(
    served: Served,
    ways: Ways = LOOPBACK_WAYS,
    ca_certificate: Callable[[], bytes | None] | None = None,
    networks: Callable[[], Sequence[Network]] = tuple,
) -> FastAPI:
    """The application.

    Args:
        served: the hub and the rest it shows.
        ways: how it is reached, and by which names.
        ca_certificate: the home's own certificate authority in PEM, where it has one.
        networks: the networks that are this house's own, asked anew each time.

    Raises:
        RuntimeError: a route does not say who may use it.
    """
    served.guarding = Guarding(served.gatekeeper, ways, networks)
    app = FastAPI(
        title="Evenfall",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(served.guarding.check)],
        responses=REFUSALS,
    )
    app.add_middleware(Door, ways=ways)
    answer_faults(app)
    _evening(app, served)
    coming_in(app, served)
    acting(app, served)
    mornings(app, served)
    worries(app, served)
    emergency(app, served)
    _socket(app, served)
    _pages(app, ways, ca_certificate or (lambda: None))
    describe_records(app, [HomeView, Me, InviteView, ActAnswer, Rebooted])
    refuse_unguarded(app)
    return app


def _evening(app: FastAPI, served: Served) -> None:
    @app.get("/healthz", **open_to_anyone())
    async def healthz() -> dict[str, object]:
        """Whether the hub is up, and which night it keeps. No names."""
        return {"ok": True, "night": served.hub.plan.night, "version": __version__}

    @app.get("/api/v1/home", **needs("evening"), responses=shows(HomeView))
    async def home(request: Request) -> Response:
        """The home as it is now, as far as this screen sees it."""
        return json(_view(served, caller_of(request), _language(request)))

    @app.post("/api/v1/do", **needs("stop"), responses=shows(HomeView))
    async def do(request: Request, ask: Annotated[AskBody, Body()]) -> Response:
        """Ask for something, at once; the answer is the home as it is after.

        Whoever may come in at all may stop; every other act has its own right (`web.seen`).
        """
        caller = caller_of(request)
        _ask(served, Ask(**ask.model_dump()), caller)
        await asyncio.sleep(0.05)
        if "evening" not in rights_of(caller):
            return Response(status_code=204)
        return json(_view(served, caller, _language(request)))


def _ask(served: Served, ask: Ask, caller: Caller) -> None:
    ask = in_their_name(ask, caller, served.gatekeeper.household())
    if caller.elsewhere and ask.do == "touch":
        _call_from_elsewhere(served, ask, caller)
        return
    served.hub.ask(ask, who=caller.member or caller.role)
    if caller.elsewhere and ask.do == "stop":
        served.acts.stopped_from_elsewhere(caller, ask.room, served.hub)


def _call_from_elsewhere(served: Served, ask: Ask, caller: Caller) -> None:
    """A touch that would call an adult calls one, wherever its screen is; it lights nothing.

    Nobody can tell a bedside that reaches the house by a tunnel from one that is far away: the
    child at it is not to be left alone, nor a room lit from afar.
    """
    if not is_call(served.hub, ask.room):
        raise NotYoursError(from_elsewhere())
    served.emergencies.call(ask.room, ask.member, caller.member or caller.role)


def _view(served: Served, caller: Caller, language: str) -> HomeView:
    view = served.acts.shown(served.hub.view(language))
    return seen_by(view, caller, served.gatekeeper.household())


def _language(asked: Request | WebSocket) -> str:
    return language_of(asked.headers, asked.query_params)


# --- The socket ----------------------------------------------------------------------------


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
    """Tell a page how the home is: at every change, and as often as its lease needs it.

    Who it is is asked anew each time, so that a screen that was ended hears nothing more.
    """
    with suppress(WebSocketDisconnect, RuntimeError):
        while await _show_tonight(page, served, served.hub):
            pass


async def _show_tonight(page: WebSocket, served: Served, tonight: Hub) -> bool:
    """The same, until another night's hub takes over; false where the screen is in no more."""
    language = _language(page)
    with tonight.watching() as bell:
        while served.hub is tonight:
            bell.clear()
            caller = served.guarding.caller(page)
            if SOCKETS["/api/v1/socket"] not in rights_of(caller):
                fault = translate_fault(why_not(caller, "evening"), language)
                await page.send_text(text(errors(fault)))
                await page.close(LET_IN_AGAIN)
                return False
            await page.send_text(text(_view(served, caller, language)))
            with suppress(TimeoutError):
                # Not wait_for: before Python 3.12 it can swallow that the page has gone.
                async with asyncio.timeout(RENEW_S):
                    await bell.wait()
    return True


async def _listen(page: WebSocket, served: Served) -> None:
    """Take what a page asks for as long as it is there; its own lease outlives it."""
    language = _language(page)
    with suppress(WebSocketDisconnect, RuntimeError):
        while True:
            try:
                ask = msgspec.json.decode(await page.receive_text(), type=Ask)
                _ask(served, ask, served.guarding.caller(page))
            except (msgspec.MsgspecError, KeyError):  # KeyError: bytes where text belongs
                await page.send_text(text(errors(translate_fault(UNCLEAR, language))))
            except EvenfallError as error:
                told = (translate_fault(fault, language) for fault in error.faults)
                await page.send_text(text(errors(*told)))


# --- The pages -----------------------------------------------------------------------------


def _pages(app: FastAPI, ways: Ways, ca_certificate: Callable[[], bytes | None]) -> None:
    folder = Path(str(files("evenfall.app.web") / "static"))

    @app.get("/house-ca.crt", **open_to_anyone())
    def house_ca() -> Response:
        """The home's own certificate authority, to be trusted by the family's screens."""
        certificate = ca_certificate()
        if certificate is None:
            raise HTTPException(404)
        return Response(certificate, media_type="application/x-x509-ca-cert")

    @app.get("/{path:path}", **open_to_anyone(), include_in_schema=False)
    def page(request: Request, path: str) -> Response:
        """A file of the built page; any other way is the page itself, which knows the rest."""
        index = folder / "index.html"
        if not index.is_file():
            return PlainTextResponse(_NOT_BUILT, 503)
        wanted = _file_in(folder, path)
        if wanted is not None:
            return _sent(wanted, request)
        if path.startswith("api/") or "." in path.rsplit("/", 1)[-1]:
            raise HTTPException(404)
        if path:
            return RedirectResponse(f"{prefix_of(request.scope, ways)}/#/{quote(path)}")
        return _sent(index, request, {"cache-control": "no-cache"})


def _sent(file: Path, request: Request, headers: dict[str, str] | None = None) -> Response:
    """A file of the built page, its text compressed for whoever takes it so."""
    takes = "gzip" in request.headers.get("accept-encoding", "")
    if file.suffix not in _COMPRESSES or not takes or "range" in request.headers:
        return FileResponse(file, headers=headers)
    body = _compressed(file, file.stat().st_mtime_ns)
    said = {"content-encoding": "gzip", "vary": "accept-encoding", **(headers or {})}
    return Response(body, media_type=_COMPRESSES[file.suffix], headers=said)


@lru_cache(maxsize=64)
def _compressed(file: Path, _changed_ns: int) -> bytes:
    return gzip.compress(file.read_bytes(), mtime=0)


_COMPRESSES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


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
