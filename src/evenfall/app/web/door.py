"""What guards the door: which hosts, which origins, how much, how often; and what pages may load.

Who may do what is told elsewhere (`guarded`); here stands what nobody may. A page of another origin
can reach nothing: not by a form, not by a script, not by a name that resolves here. How often
anything may be asked is bounded, and only a stop is never counted: neither as a request nor on a
socket (`heard`).
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from html import escape

import msgspec
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenfall.app.reach.ways import (
    Ways,
    answers_to,
    asker_of,
    host_of,
    is_loopback,
    is_own_page,
    prefix_of,
)
from evenfall.app.web.language import language_of, translate_fault
from evenfall.app.web.rate import Rate
from evenfall.formats.errors import Fault, Place

ASKING = "/api/v1/do"
"""Where people ask things of a room: among them the stop, which nothing may hold up."""

HELPING = "/api/v1/help"
"""Where help is called for: counted by itself, so that nothing else that is asked holds it up."""

BODY_MAX = 512 * 1024
BODY_MAX_AT = {
    ASKING: 4 * 1024,
    HELPING: 4 * 1024,
    "/api/v1/acts": 4 * 1024,
    "/api/v1/voices": 2 * 1024 * 1024,
}
"""Where less is ever needed, and where more: a minute of a voice."""

BODIES_MAX, BODIES_MAX_EACH = 64 * 1024 * 1024, 8 * 1024 * 1024
"""How much may be on its way in at once, over all and from one machine: a small hub's memory. What
is asked of a room is small and always taken. This project's own choice."""

LENGTH_DIGITS_MAX = 9  # a length of more digits is too long, and need not be read as a number
ASKS_PER_MIN = 240
"""How many changes one machine may ask for in a minute: this project's own choice."""
HELPS_PER_MIN = 60
"""How often one machine may call for help in a minute, whatever else it asks: more than a child
taps, and adults are told once a minute. This project's own choice."""
READS_PER_MIN = 1_200
"""How much another machine may read in a minute: a page is forty files, a family has a few pages.
This project's own choice."""
SOCKETS_PER_MIN = 60
"""How many sockets another machine may open in a minute: each is shown the whole home at once. This
project's own choice."""
TELL_AGAIN_S = 1.0
"""A socket that asks too often is told so this often at most."""
SURPLUS_MAX = 200
"""A socket is closed once so many asks on end were too many: no hand taps that fast."""

PAGE_HEADER = "x-evenfall"
"""A header no form can send: a change without it did not come from our page."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_IN_A_FRAME = ("frame-ancestors 'none'", "frame-ancestors 'self'")
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
_ELSEWHERE = ("cross-site", "same-site")
"""What a browser says of a request that another origin's page made."""

_TOO_OFTEN = (429, "more asked in one minute than this hub takes")


class _Asked(msgspec.Struct):
    """What of an ask tells whether it is a stop."""

    do: str = ""


_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="color-scheme" content="dark">'
    '<meta name="viewport" content="width=device-width"><title>Evenfall</title><p>{}.<p>{}.'
)
"""What somebody reads who was let in to no page: it can hold no style and no script."""

_READ_ASKED = msgspec.json.Decoder(_Asked)


class Door:
    """ASGI middleware: refuses before anything is read, and marks what goes out.

    Args:
        app: what stands behind the door.
        ways: how this hub is reached, and the names it answers to.
        now_s: a clock for the rate, in seconds.
    """

    def __init__(
        self, app: ASGIApp, ways: Ways, now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self.ways = ways
        self.now_s = now_s
        self._changes = Rate(now_s)
        self._helps = Rate(now_s)
        self._reads = Rate(now_s)
        self._sockets = Rate(now_s)
        self._coming_in: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        out = _marked(send, framed=bool(prefix_of(scope, self.ways)))
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(refusal, scope, receive, out)
        elif scope["type"] == "websocket":
            await self.app(scope, self._heard(scope, receive, send), out)
        elif scope["method"] in _SAFE_METHODS:
            await self.app(scope, receive, out)
        else:
            await self._change(scope, receive, out)

    # --- What is refused unread ----------------------------------------------------------

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if not answers_to(host_of(scope, self.ways), self.ways):
            return 421, "this hub does not answer to that name"
        origin = headers.get("origin")
        if origin is not None and not is_own_page(origin, scope, self.ways):
            return 403, "a page from elsewhere asked"
        if scope["path"].startswith("/api/") and headers.get("sec-fetch-site") in _ELSEWHERE:
            return 403, "a page from elsewhere asked"
        if scope["type"] == "websocket" and origin is None:
            return 403, "a socket without an origin"
        if "transfer-encoding" in headers:
            return 411, "a change that does not say how long it is"
        if scope["type"] == "websocket" or scope["method"] in _SAFE_METHODS:
            return None if self._may_read(scope) else _TOO_OFTEN
        most = _body_max(scope)
        refusal = _change_refusal(headers, scope["method"], most)
        if refusal is None and scope["path"] != ASKING and not self._may_change(scope):
            return _TOO_OFTEN
        return refusal

    def _may_change(self, scope: Scope) -> bool:
        if scope.get("path") == HELPING:
            return self._helps.allows(asker_of(scope, self.ways), HELPS_PER_MIN)
        return self._changes.allows(asker_of(scope, self.ways), ASKS_PER_MIN)

    def _may_read(self, scope: Scope) -> bool:
        asker = asker_of(scope, self.ways)
        if is_loopback(asker):
            return True
        if scope["type"] == "websocket":
            return self._sockets.allows(asker, SOCKETS_PER_MIN)
        return self._reads.allows(asker, READS_PER_MIN)

    # --- What is asked -------------------------------------------------------------------

    async def _change(self, scope: Scope, receive: Receive, out: Send) -> None:
        """Take a change in whole, never more of it than fits, and let it through."""
        asker, most = asker_of(scope, self.ways), _body_max(scope)
        said = int(Headers(scope=scope).get("content-length", "0"))
        length = 0 if scope["path"] in (ASKING, HELPING) else said
        if not self._has_room(asker, length):
            await _refuse(_TOO_OFTEN, scope, receive, out)
            return
        self._coming_in[asker] += length
        try:
            body = await _whole(receive, most)
            if body is None:
                return
            if len(body) > most:
                await _refuse((413, "more than this hub takes at once"), scope, receive, out)
            elif scope["path"] == ASKING and not is_stop(body) and not self._may_change(scope):
                await _refuse(_TOO_OFTEN, scope, receive, out)
            else:
                await self.app(scope, _again(body, receive), out)
        finally:
            self._coming_in[asker] -= length
            self._coming_in += Counter()  # whoever brings nothing now is forgotten

    def _has_room(self, asker: str, length: int) -> bool:
        if not length:
            return True
        each = self._coming_in[asker] + length <= BODIES_MAX_EACH
        return each and self._coming_in.total() + length <= BODIES_MAX

    def _heard(self, scope: Scope, receive: Receive, send: Send) -> Receive:
        """What a socket says, without what it says too often. A stop is always heard."""
        told_s, surplus = float("-inf"), 0

        async def heard() -> Message:
            nonlocal told_s, surplus
            while True:
                message = await receive()
                if message["type"] != "websocket.receive":
                    return message
                await asyncio.sleep(0)  # what waits here already must hold up nobody else
                if is_stop(message.get("text") or b"") or self._may_change(scope):
                    surplus = 0
                    return message
                surplus += 1
                if surplus > SURPLUS_MAX:
                    await send({"type": "websocket.close", "code": 1008, "reason": _TOO_OFTEN[1]})
                    return {"type": "websocket.disconnect", "code": 1008}
                if self.now_s() - told_s >= TELL_AGAIN_S:
                    told_s = self.now_s()
                    fault = _fault(_TOO_OFTEN, language_of(Headers(scope=scope), {}))
                    text = msgspec.json.encode({"errors": [fault.to_dict()]}).decode()
                    await send({"type": "websocket.send", "text": text})

        return heard


def is_stop(asked: bytes | str) -> bool:
    """Whether what is asked of a room is a stop.

    Example:
        >>> is_stop(b'{"do": "stop", "room": "nest"}'), is_stop("stop")
        (True, False)
    """
    try:
        return _READ_ASKED.decode(asked).do == "stop"
    except (msgspec.MsgspecError, UnicodeError):
        return False


async def _whole(receive: Receive, most: int) -> bytes | None:
    """A body, read no further than a little past the most; None where the asker has gone."""
    parts = bytearray()
    more = True
    while more and len(parts) <= most:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts += message.get("body", b"")
        more = message.get("more_body", False)
    return bytes(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more; and then whatever comes after it."""
    unread = True

    async def again() -> Message:
        nonlocal unread
        if not unread:
            return await receive()
        unread = False
        return {"type": "http.request", "body": body, "more_body": False}

    return again


def _body_max(scope: Scope) -> int:
    return BODY_MAX_AT.get(scope["path"], BODY_MAX)


def _change_refusal(headers: Headers, method: str, body_max: int) -> tuple[int, str] | None:
    if headers.get(PAGE_HEADER) is None:
        return 403, "a change that did not come from our page"
    length = headers.get("content-length", "0" if method == "DELETE" else "")
    if not (length.isascii() and length.isdigit()):
        return 411, "a change that does not say how long it is"
    if len(length) > LENGTH_DIGITS_MAX or int(length) > body_max:
        return 413, "more than this hub takes at once"
    return None


async def _refuse(refusal: tuple[int, str], scope: Scope, receive: Receive, out: Send) -> None:
    if scope["type"] == "websocket":
        await out({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        return
    headers = Headers(scope=scope)
    fault = _fault(refusal, language_of(headers, {}))
    answer: Response = JSONResponse({"errors": [fault.to_dict()]}, refusal[0])
    if _is_somebody_looking(scope, headers):
        said = (escape(one[:1].upper() + one[1:]) for one in (fault.found, fault.mend))
        answer = HTMLResponse(_PAGE.format(*said), refusal[0])
    await answer(scope, receive, out)


def _is_somebody_looking(scope: Scope, headers: Headers) -> bool:
    """True where a browser was sent to a page, and a person will read the answer."""
    is_page = scope["method"] in _SAFE_METHODS and not scope["path"].startswith("/api/")
    return is_page and "text/html" in headers.get("accept", "")


def _marked(send: Send, *, framed: bool = False) -> Send:
    """Mark what goes out; an ingress shows the page in a frame of its own origin."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if framed:
                headers["content-security-policy"] = _POLICY.replace(*_IN_A_FRAME)
        await send(message)

    return marked


def _fault(refusal: tuple[int, str], language: str) -> Fault:
    status, found = refusal
    expected, mend = "a page this hub served itself", "open the hub's own address again"
    if status == 429:
        expected, mend = "a little patience; a stop is never counted", "ask again in a moment"
    elif status == 421:
        mend = "open the address that was printed, or start the hub with --name and this one"
    return translate_fault(Fault(found, Place(), expected, mend), language)
