"""A service on loopback that takes notices and keeps them: what an adult's phone would show."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


class Doorbell:
    """What came, and how it answers.

    Args:
        port: where it listens.
    """

    def __init__(self, port: int) -> None:
        self.address = f"json://nobody:hush-hush@127.0.0.1:{port}/notices"
        self.heard: list[dict[str, Any]] = []
        self.answers = 200

    @property
    def messages(self) -> list[str]:
        """The texts, in order."""
        return [str(one["message"]) for one in self.heard]


@contextmanager
def doorbell() -> Iterator[Doorbell]:
    """One that is up for as long as it is needed."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            bell.heard.append(json.loads(body))
            self.send_response(bell.answers)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    bell = Doorbell(server.server_address[1])
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield bell
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
