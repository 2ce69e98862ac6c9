"""Who asks, and whether they may. Every route says which right it needs, or that it needs none.

    @app.get("/api/v1/dreams", **needs("dreams-read"))

An application with a route that says neither does not start (`refuse_unguarded`), so that one
forgotten line opens nothing.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from fastapi import FastAPI, HTTPException, Response
from fastapi.routing import APIRoute
from msgspec.structs import replace
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, WebSocketRoute

from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.app.access.rights import BY_ROLE, rights_of
from evenfall.app.reach.addresses import Network
from evenfall.app.reach.ways import Ways, is_elsewhere, origin_of, prefix_of
from evenfall.formats.errors import Fault, Place
from evenfall.records.access import Caller, Origin, Right

COOKIES: dict[Origin, str] = {
    "here": "evenfall-here",
    "plain": "evenfall-plain",
    "locked": "__Host-evenfall",
}
"""One name for each way in, since a browser sends a host's cookies to all of its ports."""

LOCKED_UNDER_A_PATH = "__Secure-evenfall"
"""The same behind an ingress: `__Host-` wants the whole host, and that is not ours there."""

COOKIE_DAYS = 400
"""As long as browsers keep one at most; the session behind it ends when the hub says."""


class Cookie(NamedTuple):
    """What a token is kept as: its name, and the part of the host that is sent it."""

    name: str
    path: str


def cookie_of(origin: Origin, prefix: str = "") -> Cookie:
    """The cookie of one way in.

    Behind an ingress the host is another program's, with others beside us: the cookie goes to our
    own path only.

    Args:
        origin: how a request reached the hub.
        prefix: the path that the home's own proxy took off, or nothing.

    Example:
        >>> cookie_of("locked")
        Cookie(name='__Host-evenfall', path='/')
        >>> cookie_of("locked", "/api/hassio_ingress/abc")
        Cookie(name='__Secure-evenfall', path='/api/hassio_ingress/abc/')
    """
    name = LOCKED_UNDER_A_PATH if prefix and origin == "locked" else COOKIES[origin]
    return Cookie(name, f"{prefix}/")


ANYONE = "anyone"
_NEEDS = "x-needs"


def needs(right: Right) -> dict[str, Any]:
    """What a route says that only callers with a right may use."""
    return {"openapi_extra": {_NEEDS: right}}


def open_to_anyone() -> dict[str, Any]:
    """What a route says that needs no right: it tells nothing of the home."""
    return {"openapi_extra": {_NEEDS: ANYONE}}


def right_needed(route: BaseRoute) -> Right | str | None:
    """What a route said of itself; None where it said nothing."""
    extra = getattr(route, "openapi_extra", None) or {}
    said = extra.get(_NEEDS)
    return said if isinstance(said, str) else None


def guarded_routes(app: FastAPI) -> Iterator[tuple[str, str, str]]:
    """Every route and socket of an application: method, path, and the right it needs."""
    for route in app.routes:
        path: str = getattr(route, "path", f"({type(route).__name__})")
        if isinstance(route, APIRoute):
            for method in sorted(route.methods or ()):
                yield method, path, right_needed(route) or ""
        elif isinstance(route, WebSocketRoute):
            yield "SOCKET", path, SOCKETS.get(path, "")
        else:
            yield "GET", path, ANYONE if path == app.openapi_url else ""


SOCKETS: dict[str, Right] = {"/api/v1/socket": "evening"}
"""What each socket needs: a socket cannot carry a description of its own."""


def refuse_unguarded(app: FastAPI) -> None:
    """Refuse an application that has a route nobody thought about.

    Raises:
        RuntimeError: with the routes.
    """
    bare = [f"{method} {path}" for method, path, right in guarded_routes(app) if not right]
    if bare:
        raise RuntimeError(f"routes that do not say who may use them: {', '.join(bare)}")


class Guarding:
    """Tells who asks, and lets a cookie be set or taken away.

    Args:
        gatekeeper: who is let in.
        ways: how this hub is reached.
        networks: the networks that are this house's own, asked anew each time.
    """

    def __init__(
        self,
        gatekeeper: Gatekeeper,
        ways: Ways,
        networks: Callable[[], Sequence[Network]] = tuple,
    ) -> None:
        self.gatekeeper = gatekeeper
        self.ways = ways
        self.networks = networks

    def origin(self, asked: HTTPConnection) -> Origin:
        """How a request reached the hub."""
        return origin_of(asked.scope, self.ways)

    def token(self, asked: HTTPConnection) -> str | None:
        """The token a browser sent for this way in, if any."""
        return asked.cookies.get(self._cookie(asked).name)

    def caller(self, asked: HTTPConnection) -> Caller:
        """Who asks."""
        caller = self.gatekeeper.caller(self.token(asked), self.origin(asked))
        return replace(caller, elsewhere=is_elsewhere(asked.scope, self.ways, self.networks()))

    async def check(self, request: HTTPConnection) -> None:
        """Let a request through, or say why not. Every route passes here before its own code.

        Raises:
            HTTPException: 401 for a stranger, 403 for someone without the right.
        """
        if request.scope["type"] != "http":
            return  # a socket asks again each time it speaks
        caller = self.caller(request)
        request.state.caller = caller
        right = right_needed(request.scope["route"])
        if right != ANYONE:
            refuse_without(caller, right)

    def _cookie(self, asked: HTTPConnection) -> Cookie:
        return cookie_of(self.origin(asked), prefix_of(asked.scope, self.ways))

    def keep(self, answer: Response, asked: HTTPConnection, token: str) -> None:
        """Give a browser its token. No script can read it, and no other site can send it."""
        name, path = self._cookie(asked)
        answer.set_cookie(
            name,
            token,
            max_age=COOKIE_DAYS * 24 * 3600,
            path=path,
            secure=self.origin(asked) == "locked",
            httponly=True,
            samesite="strict",
        )

    def forget(self, answer: Response, asked: HTTPConnection) -> None:
        """Take it away again."""
        name, path = self._cookie(asked)
        locked = self.origin(asked) == "locked"
        answer.delete_cookie(name, path=path, secure=locked, httponly=True, samesite="strict")


def refuse_without(caller: Caller, right: str | None) -> None:
    """Refuse a caller who has not got a right.

    Raises:
        HTTPException: 401 where letting them in would help, 403 where it would not.
    """
    if right in rights_of(caller):
        return
    stranger = caller.role == "nobody" or caller.expired
    raise HTTPException(401 if stranger else 403, detail=why_not(caller, str(right)))


def why_not(caller: Caller, right: str) -> Fault:
    """Why a caller may not, and what they can do instead."""
    if caller.expired:
        return Fault(
            "a screen that has to be let in again",
            Place(),
            "a screen that is let in; this one may still stop what plays",
            "type four new words from a screen that is in",
        )
    if caller.role == "nobody":
        return Fault(
            "a screen the house does not know",
            Place(),
            "a screen that was let in",
            "type the four words from a screen that is in, or from the hub's own window",
        )
    if caller.origin == "plain" and right in _PRIVATE:
        return Fault(
            "something private, asked for over an address anyone in the house can read along",
            Place(),
            "the home's locked address, or the hub's own screen",
            "open the address that begins with https",
        )
    if caller.elsewhere and right in BY_ROLE[caller.role]:
        return from_elsewhere()
    return Fault(
        "something this screen may not do",
        Place(),
        "a screen of someone who may",
        "ask from your own screen, signed in as you",
    )


def from_elsewhere() -> Fault:
    """Why something may be asked at home only."""
    return Fault(
        "something asked from outside the home, which is for whoever is there",
        Place(),
        "from outside: to make a room quiet, everything safe, or an invitation",
        "ask someone at home; at home, open the house's own address",
    )


_PRIVATE = (
    "mornings",
    "dreams-tell",
    "dreams-read",
    "voices-keep",
    "screens",
    "secrets",
    "worries",
)
