"""A hub that is open to the house is not open to the world.

Listening on every address of a machine includes those the internet can reach: IPv6 gives many
machines a public address, and some routers let everyone in. So who asks has to be near.
"""

from collections.abc import Callable, Sequence

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from evenfall.app.reach.addresses import Network, is_near
from evenfall.app.reach.ways import peer_of

ELSEWHERE = "This hub answers to its own house only.\n"


class HouseOnly:
    """ASGI middleware: whoever asks from elsewhere on the internet is told so, and nothing more.

    Args:
        app: what stands behind it.
        networks: the networks that are near, asked anew each time, since a house may be given
            others overnight.
    """

    def __init__(self, app: ASGIApp, networks: Callable[[], Sequence[Network]]) -> None:
        self.app = app
        self.networks = networks

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let it in, or say why not."""
        if scope["type"] not in ("http", "websocket") or is_near(peer_of(scope), self.networks()):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": ELSEWHERE.strip()})
        else:
            await PlainTextResponse(ELSEWHERE, 403)(scope, receive, send)
