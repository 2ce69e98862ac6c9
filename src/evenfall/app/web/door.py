"""What guards the door: which hosts, which origins, how much, how often; and what pages may load.

Who may do what is told elsewhere (`guarded`); here stands what nobody may. A page of another origin
can reach nothing: not by a form, not by a script, not by a name that resolves here.
"""

import time
from collections import OrderedDict, deque
from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evenfall.app.reach.ways import Ways, answers_to, asker_of, host_of, prefix_of
from evenfall.app.web.language import language_of, translate_fault
from evenfall.formats.errors import Fault, Place

BODY_MAX = 512 * 1024
BODY_MAX_AT = {"/api/v1/voices": 2 * 1024 * 1024}
"""Where more may come: a minute of a voice."""

LENGTH_DIGITS_MAX = 9  # a length of more digits is too long, and need not be read as a number
ASKS_PER_MIN = 240
"""How many changes one machine may ask for in a minute: this project's own choice."""
MACHINES_MAX = 256
"""How many machines are counted at once; the one that was quiet longest is forgotten first."""

NEVER_LIMITED = "/api/v1/do"
"""What people ask of a room: among it the stop, which nothing may hold up."""

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
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
}
_SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


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
        self._asked: OrderedDict[str, deque[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, _marked(send, framed=bool(prefix_of(scope, self.ways))))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        else:
            status, found = refusal
            await JSONResponse(_faults(found, Headers(scope=scope)), status)(
                scope, receive, _marked(send)
            )

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        host = host_of(scope, self.ways)
        if not answers_to(host, self.ways):
            return 421, "this hub does not answer to that name"
        origin = headers.get("origin")
        if origin is not None and _place_of(origin) != host:
            return 403, "a page from elsewhere asked"
        if scope["type"] == "websocket":
            return None if origin is not None else (403, "a socket without an origin")
        if scope["method"] in _SAFE_METHODS:
            return None
        most = BODY_MAX_AT.get(scope["path"], BODY_MAX)
        refusal = _change_refusal(headers, scope["method"], most)
        if (
            refusal is not None
            or scope["path"] == NEVER_LIMITED
            or self._in_rate(asker_of(scope, self.ways))
        ):
            return refusal
        return 429, "many changes in one minute"

    def _in_rate(self, peer: str) -> bool:
        """Whether one more change of this machine fits the minute; what is refused counts not."""
        now_s = self.now_s()
        asked = self._asked.setdefault(peer, deque())
        self._asked.move_to_end(peer)
        if len(self._asked) > MACHINES_MAX:
            self._asked.popitem(last=False)
        while asked and now_s - asked[0] > 60.0:
            asked.popleft()
        if len(asked) >= ASKS_PER_MIN:
            return False
        asked.append(now_s)
        return True


def _change_refusal(headers: Headers, method: str, body_max: int) -> tuple[int, str] | None:
    if headers.get(PAGE_HEADER) is None:
        return 403, "a change that did not come from our page"
    bodiless = method == "DELETE" and headers.get("transfer-encoding") is None
    length = headers.get("content-length", "0" if bodiless else "")
    if not (length.isascii() and length.isdigit()):
        return 411, "a change that does not say how long it is"
    if len(length) > LENGTH_DIGITS_MAX or int(length) > body_max:
        return 413, "more than this hub takes at once"
    return None


def _place_of(address: str) -> str:
    """The name and port in an address; none where it is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


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


def _faults(found: str, headers: Headers) -> dict[str, object]:
    fault = Fault(
        found, Place(), "a page this hub served itself", "open the hub's own address again"
    )
    return {"errors": [translate_fault(fault, language_of(headers, {})).to_dict()]}
