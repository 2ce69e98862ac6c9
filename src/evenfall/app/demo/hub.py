"""The hub as a process of its own, so that it can really be killed; asked as a page asks it."""

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType

import httpx
import msgspec

from evenfall.adapters.guard.process import running_pid
from evenfall.app.home import Home
from evenfall.app.reach.opening import REACH_FILE
from evenfall.app.reach.sockets import EVERY_V4, THIS_MACHINE, listening_on
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.view import HomeView

UP_WITHIN_S = 20.0
"""A hub that is not up by then is not coming (own choice: ten times what it takes)."""

END_WITHIN_S = 8.0
ANSWER_WITHIN_S = 2.0
LOOK_AGAIN_S = 0.05
LOG_LINES = 12
_RUN = "from evenfall.app.cli import main; main()"


class HubProcess:
    """A hub that is served by a process of its own. Use it in a `with`: none is left behind.

    Args:
        home: which home.
        port: where its plain pages are; 0 for any that is free.
        to_the_house: true to open it to the house's network.
        speed: how many of its seconds pass in a real one.

    Raises:
        EvenfallError: the port is taken.
    """

    def __init__(self, home: Home, port: int, to_the_house: bool, speed: float) -> None:
        with listening_on(port, EVERY_V4 if to_the_house else THIS_MACHINE) as held:
            self.port = int(held.getsockname()[1])
        self.home, self.to_the_house, self.speed = home, to_the_house, speed
        self.process: subprocess.Popen[bytes] | None = None
        self._page = httpx.Client(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"x-evenfall": "demo"},
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
        )

    @property
    def here(self) -> str:
        """Its address for a browser on this machine."""
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        """What it said."""
        return self.home.folder / "hub.log"

    def start(self, at: str) -> float:
        """Start it at a made-up hour, and wait until it answers.

        Args:
            at: hours and minutes, like 19:20.

        Returns:
            How long it took, in seconds.

        Raises:
            EvenfallError: it did not come up; the fault says what it said last.
        """
        began_s = time.monotonic()
        command = [
            sys.executable, "-c", _RUN, "--home", str(self.home.folder), "serve",
            "--at", at, "--speed", f"{self.speed:g}", "--port", str(self.port),
            *(["--home", "--no-tls"] if self.to_the_house else []),
        ]  # fmt: skip
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(  # noqa: S603  # our own program and our own words
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
        while self.process.poll() is None and time.monotonic() - began_s < UP_WITHIN_S:
            if self.view() is not None:
                return time.monotonic() - began_s
            time.sleep(LOOK_AGAIN_S)
        raise EvenfallError(self._did_not_come_up())

    def view(self) -> HomeView | None:
        """The home as a page on this machine sees it; None where the hub does not answer."""
        with suppress(httpx.HTTPError, msgspec.MsgspecError):
            answer = self._page.get("/api/v1/home")
            if answer.status_code == httpx.codes.OK:
                return msgspec.json.decode(answer.content, type=HomeView)
        return None

    def begin(self, room: str) -> None:
        """Press Begin, as a page would."""
        with suppress(httpx.HTTPError):
            self._page.post("/api/v1/do", json={"do": "begin", "room": room})

    def house_link(self) -> str | None:
        """The best link for another machine in the house; None where there is none."""
        with suppress(OSError, ValueError, KeyError):
            said = json.loads((self.home.folder / REACH_FILE).read_text(encoding="utf-8"))
            links = [str(one) for one in said["links"] if "//localhost" not in one]
            return links[0] if links else None
        return None

    def is_running(self) -> bool:
        """Whether there is such a process."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End it and its guard as a power cut would: they are asked nothing and can do nothing."""
        guard = running_pid(self.home.folder)
        if guard is not None:
            with suppress(ProcessLookupError):
                os.kill(guard, signal.SIGKILL)
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def close(self) -> None:
        """End it in order if it runs, and otherwise at once; no process is left."""
        try:
            if self.process is not None and self.process.poll() is None:
                self.process.send_signal(signal.SIGTERM)
                self.process.wait(END_WITHIN_S)
        except subprocess.TimeoutExpired:
            pass
        finally:
            self.kill()
            self._page.close()

    def __enter__(self) -> "HubProcess":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _did_not_come_up(self) -> Fault:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = "\n    ".join(lines[-LOG_LINES:]) or "nothing"
        return Fault(
            found="a hub that did not come up",
            place=Place(str(self.log)),
            expected=f"an answer on port {self.port} within {UP_WITHIN_S:g} s",
            mend=f"what it said last:\n    {said}",
        )
