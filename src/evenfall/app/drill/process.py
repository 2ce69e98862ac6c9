"""The hub of a drill as whoever holds the drill has it: started, asked as a page asks, and killed.

Ended in any way, it leaves the home's rooms safe and no process behind.
"""

import os
import select
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import IO

import httpx
import msgspec

from evenfall.adapters.guard.process import (
    ask,
    end_if_ours,
    is_running,
    running_pid,
    wait_for_end,
)
from evenfall.app.drill.hub import Call, Called, News
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.formats.wire import GarbledError
from evenfall.records.guard import Stop
from evenfall.records.view import Act, HomeView, RoomView

UP_WITHIN_S = 20.0
END_WITHIN_S = 10.0
CALL_WITHIN_S = 20.0
ANSWER_WITHIN_S = 2.0
LOG_LINES = 6


@dataclass(frozen=True)
class Evening:
    """The evening that is rehearsed.

    Attributes:
        folder: the home's.
        household_file: its household.
        kept: where the drill's own night is kept.
        room: where.
        at: the made-up hour.
        port: where the pages are; 0 for any that is free.
        to_the_house: true to open the pages to the house.
        speed: how many of its seconds pass in a real one; another than 1 is for tests.
    """

    folder: Path
    household_file: Path
    kept: Path
    room: str
    at: datetime
    port: int = 0
    to_the_house: bool = False
    speed: float = 1.0


class DrillHub:
    """A hub that keeps a drill's evening. Close it."""

    def __init__(self, evening: Evening) -> None:
        self.evening = evening
        self.links: tuple[str, ...] = ()
        self._process: subprocess.Popen[bytes] | None = None
        self._pages: tuple[httpx.Client, ...] = ()

    # --- Its life ----------------------------------------------------------------------------

    def start(self) -> None:
        """Start it, with a guard of its hour, and wait until both are up.

        Raises:
            FormatError: the home's files do not fit.
            EvenfallError: it did not come up.
        """
        one = self.evening
        kept = mkdtemp(dir=one.kept)  # a night of its own each time: none is ever taken up again
        command = [
            sys.executable, "-m", "evenfall.app.drill.hub", "--folder", str(one.folder),
            "--household", str(one.household_file), "--kept", kept, "--room", one.room,
            "--at", one.at.isoformat(), "--port", str(one.port), "--speed", repr(one.speed),
            *(["--house"] if one.to_the_house else []),
        ]  # fmt: skip
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(  # noqa: S603  # our own program and our own words
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log,
                start_new_session=True,  # a Ctrl-C is ours to answer: it ends in order
            )  # fmt: skip
        news = self._news(UP_WITHIN_S)
        if news.faults:
            raise FormatError(*(msgspec.convert(fault, type=Fault) for fault in news.faults))
        if not news.ready:
            raise EvenfallError(self._did_not_come_up())
        self.links = news.links
        self._pages = tuple(_page(news.ready) for _ in range(2))
        self._until_it_answers()

    def end(self) -> None:
        """End it in order: its rooms are safe, and its guard is gone."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(END_WITHIN_S)
        self.kill()
        self.end_guard()

    def kill(self) -> None:
        """Stop its heart: it is asked nothing and can do nothing."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        for page in self._pages:
            page.close()
        self._process, self._pages = None, ()

    def kill_all(self) -> None:
        """End it and its guard as a power cut would."""
        guard = running_pid(self.evening.folder)
        if guard is not None:
            with suppress(ProcessLookupError):
                os.kill(guard, signal.SIGKILL)
        self.kill()
        wait_for_end(self.evening.folder)

    def end_guard(self) -> None:
        """End a guard that its hub has left behind; its rooms are safe before it is gone."""
        if is_running(self.evening.folder) and end_if_ours(self.evening.folder):
            wait_for_end(self.evening.folder)

    # --- What pages and people do ------------------------------------------------------------

    def view(self, page: int = 0) -> RoomView | None:
        """The room as a page sees it; None where the hub does not answer."""
        with suppress(httpx.HTTPError, msgspec.MsgspecError, IndexError):
            answer = self._pages[page].get("/api/v1/home")
            rooms = msgspec.json.decode(answer.content, type=HomeView).rooms
            return next((one for one in rooms if one.room == self.evening.room), None)
        return None

    def press(self, do: Act, page: int = 0) -> bool:
        """Do something as a page does; True where the hub took it."""
        with suppress(httpx.HTTPError, IndexError):
            asked = {"do": do, "room": self.evening.room}
            return self._pages[page].post("/api/v1/do", json=asked).is_success
        return False

    def stop_at_the_guard(self) -> bool:
        """Do what `evenfall stop` does; True where the guard took it."""
        with suppress(OSError, GarbledError):
            ask(self.evening.folder, Stop(rooms=(self.evening.room,)))
            return True
        return False

    def call(self, member: str, text: str) -> tuple[Called, ...]:
        """Tell an adult something, the way a night does."""
        assert self._process is not None and self._process.stdin is not None
        self._process.stdin.write(msgspec.json.encode(Call(member=member, text=text)) + b"\n")
        self._process.stdin.flush()
        return self._news(CALL_WITHIN_S).called

    # --- Small things ------------------------------------------------------------------------

    @property
    def _log(self) -> Path:
        return self.evening.kept / "hub.log"

    def _until_it_answers(self) -> None:
        ends_s = time.monotonic() + UP_WITHIN_S
        while self.view() is None:
            if time.monotonic() > ends_s:
                raise EvenfallError(self._did_not_come_up())
            time.sleep(0.05)

    def _news(self, within_s: float) -> News:
        assert self._process is not None and self._process.stdout is not None
        stream: IO[bytes] = self._process.stdout
        ready, _, _ = select.select([stream], [], [], within_s)
        line = stream.readline() if ready else b""
        return msgspec.json.decode(line, type=News) if line else News()

    def _did_not_come_up(self) -> Fault:
        lines = self._log.read_text(encoding="utf-8", errors="replace").splitlines()
        said = "; ".join(lines[-LOG_LINES:]) or "nothing"
        return Fault(
            found="a hub that did not come up for the drill",
            place=Place(str(self.evening.folder)),
            expected=f"its pages within {UP_WITHIN_S:g} s",
            mend=f"see `evenfall doctor`; what it said last: {said}",
        )


def _page(port: int) -> httpx.Client:
    return httpx.Client(
        base_url=f"http://127.0.0.1:{port}",
        headers={"x-evenfall": "drill"},
        timeout=ANSWER_WITHIN_S,
        trust_env=False,
    )
