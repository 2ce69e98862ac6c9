"""What guards the door: which hosts, which origins, how much, how often; and what pages may load.

Until people sign in, the hub answers on this machine only. A page of another origin can reach
nothing: not by a form, not by a script, not by a name that resolves here.
"""

import time
from collections import deque
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

BODY_MAX = 512 * 1024
LENGTH_DIGITS_MAX = 9  # a length of more digits is too long, and need not be read as a number
ASKS_PER_MIN = 240
"""How many changes one machine may ask for in a minute: this project's own choice."""

NEVER_LIMITED = "/api/v1/do"
"""What people ask of a room: among it the stop, which nothing may hold up."""

PAGE_HEADER = "x-evenfall"
"""A header no form can send: a change without it did not come from our page."""

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; "
    "img-src 'self' data: blob:; connect-src 'self'; manifest-src 'self'; worker-src 'self' blob:; "
    "media-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
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
        hosts: the names this hub answers to, without a port.
        now_s: a clock for the rate, in seconds.
    """

    def __init__(
        self, app: ASGIApp, hosts: Sequence[str], now_s: Callable[[], float] = time.monotonic
    ) -> None:
        self.app = app
        self.hosts = frozenset(hosts)
        self.now_s = now_s
        self._asked: deque[float] = deque()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is None:
            await self.app(scope, receive, _marked(send))
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refusal[1]})
        else:
            status, found = refusal
            await JSONResponse(_faults(found), status)(scope, receive, _marked(send))

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = Headers(scope=scope)
        if _host_of(f"//{headers.get('host', '')}") not in self.hosts:
            return 421, "this hub does not answer to that name"
        origin = headers.get("origin")
        if origin is not None and _place_of(origin) != headers.get("host"):
            return 403, "a page from elsewhere asked"
        if scope["type"] == "websocket":
            return None if origin is not None else (403, "a socket without an origin")
        if scope["method"] in _SAFE_METHODS:
            return None
        refusal = self._change_refusal(headers)
        if refusal is not None or scope["path"] == NEVER_LIMITED or self._in_rate():
            return refusal
        return 429, "many changes in one minute"

    def _change_refusal(self, headers: Headers) -> tuple[int, str] | None:
        if headers.get(PAGE_HEADER) is None:
            return 403, "a change that did not come from our page"
        length = headers.get("content-length", "")
        if not (length.isascii() and length.isdigit()):
            return 411, "a change that does not say how long it is"
        if len(length) > LENGTH_DIGITS_MAX or int(length) > BODY_MAX:
            return 413, "more than this hub takes at once"
        return None

    def _in_rate(self) -> bool:
        """Whether one more change fits this minute; what is refused does not count."""
        now_s = self.now_s()
        while self._asked and now_s - self._asked[0] > 60.0:
            self._asked.popleft()
        if len(self._asked) >= ASKS_PER_MIN:
            return False
        self._asked.append(now_s)
        return True


def _host_of(address: str) -> str:
    """The name in an address; none where it is no address."""
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _place_of(address: str) -> str:
    """The name and port in an address; none where it is no address."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _marked(send: Send) -> Send:
    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
        await send(message)

    return marked


def _faults(found: str) -> dict[str, object]:
    return {
        "errors": [
            {
                "found": found,
                "place": {},
                "expected": "a page this hub served itself",
                "mend": "open the hub's own address again",
            }
        ]
    }
