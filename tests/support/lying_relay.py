"""A hub that lies: stands between a page and its real hub, and alters what rooms are told to be.

It is everything a malicious hub is to a page that is already open: it carries each word, and may
change, keep or repeat any of them. It has not got the guard's key.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

Lie = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes another lease of one."""

_OURS = {"host", "origin", "content-length", "connection", "accept-encoding", "transfer-encoding"}


class LyingRelay:
    """Relays to a hub on this machine. Set `lie` to have it lie, and to None to end that.

    Args:
        port: the hub's.
        own_port: where it listens itself.
    """

    def __init__(self, port: int, own_port: int) -> None:
        self.hub, self.port = f"localhost:{port}", own_port
        self.lie: Lie | None = None
        self.app = Starlette(
            routes=[
                WebSocketRoute("/api/v1/socket", self._socket),
                Route("/{path:path}", self._page, methods=["GET", "POST", "DELETE"]),
            ]
        )

    def told(self, text: str) -> str:
        """What a page is told in place of this."""
        said = json.loads(text)
        if self.lie is None or not isinstance(said, dict) or "rooms" not in said:
            return text
        lie = self.lie
        said["rooms"] = [{**one, "lease": lie(one["lease"])} for one in said["rooms"]]
        return json.dumps(said)

    async def _page(self, request: Request) -> Response:
        kept = {name: value for name, value in request.headers.items() if name not in _OURS}
        url = f"http://{self.hub}{request.url.path}"
        async with httpx.AsyncClient(trust_env=False) as client:
            said = await client.request(
                request.method,
                url,
                params=request.query_params,
                headers={**kept, "origin": f"http://{self.hub}"},
                content=await request.body(),
            )
        is_json = "json" in said.headers.get("content-type", "")
        body = self.told(said.text).encode() if is_json else said.content
        answer = Response(body, said.status_code)
        for name, value in said.headers.multi_items():
            if name not in (*_OURS, "content-encoding"):
                answer.headers.append(name, value)
        return answer

    async def _socket(self, page: WebSocket) -> None:
        await page.accept()
        headers = {
            "origin": f"http://{self.hub}",
            "cookie": page.headers.get("cookie", ""),
        }
        url = f"ws://{self.hub}/api/v1/socket?{page.url.query}"
        origin = headers.pop("origin")
        async with connect(url, origin=origin, additional_headers=headers, proxy=None) as hub:  # type: ignore[arg-type]
            with suppress(ConnectionClosed, RuntimeError):
                async for text in hub:
                    await page.send_text(self.told(str(text)))


@contextmanager
def relayed(port: int, own_port: int) -> Iterator[LyingRelay]:
    """A relay that runs, in a thread of its own, until the end of the block."""
    relay = LyingRelay(port, own_port)
    config = uvicorn.Config(
        relay.app, host="127.0.0.1", port=own_port, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.should_exit = server.force_exit = True
        thread.join(10)
