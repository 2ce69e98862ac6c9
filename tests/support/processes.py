"""A home kept by real processes, on a machine whose clock the test holds; seen only from outside.

The hub is `evenfall serve` and the guard is its own; the lamp is a real HTTP server that writes
down everything it is told, the page a real WebSocket that follows what the guard signs. Nothing
here looks inside a process: what is judged is the log, the lamp's record and what the page was
told.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Origin

from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.reach.sockets import listening_on

REPOSITORY = Path(__file__).resolve().parents[2]
DEMO = REPOSITORY / "src/evenfall/app/demo/household.yaml"
OTHER_MACHINE = REPOSITORY / "tests/support/other_machine"
EVENING = datetime(2026, 11, 20, 19, 25, tzinfo=UTC)
"""A Friday in the demo home's zone: the nest's evening has turned towards sleep, nothing begun."""

SPEED = 30.0
"""A beat is a second, and a lease two and a half."""

SOON_S = 30.0
NIGHT_LIGHT, TOLD = 7, 12
"""The nest's lamp, of 255 steps for 20 lx mEDI: 0.5 lx asleep, with the step a device may round
by, and a child's most, 1 lx."""

TOLD_EVENING = ("score: two-boats", "score: lamp-and-page")
RUN_HUB = "from evenfall.app.cli import main; main()"
HAS_PROC = Path("/proc/self/cmdline").exists()


def until(
    seen: Callable[[], object],
    within_s: float = SOON_S,
    every_s: float = 0.01,
    what: Callable[[], str] = lambda: "it",
) -> float:
    """Wait for something, and say how long it took.

    Raises:
        AssertionError: it did not come.
    """
    began_s = time.monotonic()
    while not seen():
        late = time.monotonic() - began_s > within_s
        assert not late, f"{what()} did not come within {within_s:g} s"
        time.sleep(every_s)
    return time.monotonic() - began_s


class OtherMachine:
    """A machine's clock, held by the test (`other_machine/sitecustomize.py` has what it models).

    Args:
        file: where it is told; not in a home whose disk is tampered with.
        now: what time its wall clock shows first.
        speed: how many of its seconds pass in a real one.
    """

    def __init__(self, file: Path, now: datetime = EVENING, speed: float = SPEED) -> None:
        self.file, self.speed = file, speed
        self._began_utc, self._began_s = now, time.monotonic()
        self._set_by_s = 0.0
        self._boot_id = uuid4().hex
        self._tell()

    def now_utc(self) -> datetime:
        """What its wall clock shows."""
        passed_s = (time.monotonic() - self._began_s) * self.speed
        return self._began_utc + timedelta(seconds=passed_s + self._set_by_s)

    def step(self, by: timedelta) -> None:
        """Set the wall clock, under the running processes; its own seconds go on."""
        self._set_by_s += by.total_seconds()
        self._tell()

    def reboot(self, now: datetime) -> None:
        """Another boot, which believes it is this time. Kill everything first."""
        self._boot_id = uuid4().hex
        self._began_utc, self._began_s, self._set_by_s = now, time.monotonic(), 0.0
        self._tell()

    def env(self) -> dict[str, str]:
        """The environment of a process on this machine."""
        kept = os.environ.get("PYTHONPATH", "")
        path = os.pathsep.join(one for one in (str(OTHER_MACHINE), kept) if one)
        return os.environ | {"PYTHONPATH": path, "OTHER_MACHINE": str(self.file)}

    def _tell(self) -> None:
        told = {
            "began_utc": self._began_utc.isoformat(),
            "began_s": self._began_s,
            "speed": self.speed,
            "set_by_s": self._set_by_s,
            "boot_id": self._boot_id,
        }
        partial = self.file.with_suffix(".part")
        partial.write_text(json.dumps(told))
        partial.replace(self.file)


class Told(NamedTuple):
    """What the lamp was told, and when."""

    at_s: float
    step: int


class RecordingLamp(WledTwin):
    """A simulated lamp that writes down every level it is told, with the moment."""

    def __init__(self) -> None:
        self.told: list[Told] = []
        super().__init__()
        self._server.handle_error = _leave_it  # type: ignore[assignment]  # who asked was killed

    def hear(self, asked: dict[str, Any]) -> dict[str, Any]:
        """Also write it down."""
        off = asked.get("on") is False or asked.get("bri") == 0
        if "on" not in asked:  # only its nightlight
            return super().hear(asked)
        self.told.append(Told(time.monotonic(), 0 if off else int(asked.get("bri", -1))))
        return super().hear(asked)

    @property
    def step(self) -> int:
        """Where it stands now, a fade under way considered."""
        return round(self.glow().share * 255)


def _leave_it(*_: object) -> None:
    """Say nothing on the terminal of somebody who is gone."""


class Shown(NamedTuple):
    """What the page was told of the nest, and when."""

    at_s: float
    mode: str
    night: str
    can: tuple[str, ...]
    faults: tuple[str, ...]
    light_lx_medi: float
    sound_dba: float
    signed_as: int  # the guard's own count of what it signed; 0 where it signed nothing


class Page:
    """A page that follows the nest over the WebSocket, and believes only what the guard signed.

    Args:
        port: the hub's.
        key_file: the guard's key, for its public half.
    """

    def __init__(self, port: int, key_file: Path) -> None:
        self.shown: list[Shown] = []
        self.wrong: list[str] = []
        self._url, self._key_file = f"ws://127.0.0.1:{port}/api/v1/socket", key_file
        self._origin = Origin(f"http://127.0.0.1:{port}")
        self._key: Ed25519PublicKey | None = None
        self._closing = Event()
        self._lock = Lock()
        self._thread = Thread(target=self._follow, daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Close the page."""
        self._closing.set()
        self._thread.join(SOON_S)

    def since(self, at_s: float) -> list[Shown]:
        """What was shown since a moment."""
        with self._lock:
            return [one for one in self.shown if one.at_s >= at_s]

    def _follow(self) -> None:
        while not self._closing.is_set():
            with (
                suppress(OSError, WebSocketException, EOFError),
                connect(
                    self._url, origin=self._origin, open_timeout=2, close_timeout=0.1, proxy=None
                ) as line,
            ):
                while not self._closing.is_set():
                    with suppress(TimeoutError):
                        self._see(json.loads(line.recv(timeout=0.2)))
            self._closing.wait(0.05)

    def _see(self, view: dict[str, Any]) -> None:
        room = next((one for one in view.get("rooms", ()) if one["room"] == "nest"), None)
        if room is None:
            return
        frame = room["lease"]
        count = self._believed(frame)
        shown = Shown(
            time.monotonic(), room["mode"], room["night"], tuple(room["can"]),
            tuple(room["faults"]), frame["light_lx_medi"], frame["sound_dba"], count,
        )  # fmt: skip
        with self._lock:
            self.shown.append(shown)

    def _believed(self, frame: dict[str, Any]) -> int:
        """The count of a frame the guard signed for this room; whatever else is written down."""
        if not frame["signature"]:
            if frame["light_lx_medi"] or frame["sound_dba"]:
                self.wrong.append(f"unsigned and not safe: {frame}")
            return 0
        try:
            self._guards_key().verify(bytes.fromhex(frame["signature"]), frame["signed"].encode())
        except InvalidSignature:
            self.wrong.append(f"not the guard's: {frame}")
            return 0
        signed = msgspec.json.decode(frame["signed"].encode(), type=dict[str, Any])
        same = all(signed[one] == frame[one] for one in ("light_lx_medi", "sound_dba", "seq"))
        if signed["room"] != "nest" or not same:
            self.wrong.append(f"not what was signed: {frame}")
        return int(signed["count"])

    def _guards_key(self) -> Ed25519PublicKey:
        if self._key is None:
            private = Ed25519PrivateKey.from_private_bytes(self._key_file.read_bytes())
            self._key = private.public_key()
        return self._key


class RealHome:
    """A home, its hub and guard, its lamp and a page; whatever runs is ended with it.

    Args:
        folder: where the home is.
        machine: the clock it lives by.
        dreamscape: whether the nest's evening is one, whose proof takes some seconds; else told.
    """

    def __init__(self, folder: Path, machine: OtherMachine, dreamscape: bool = False) -> None:
        self.folder, self.machine = folder, machine
        with listening_on(0) as held:
            self.port = int(held.getsockname()[1])
        self.lamp = RecordingLamp()
        self.hub: subprocess.Popen[bytes] | None = None
        self.said = machine.file.with_name("hub.log")
        url = f"http://127.0.0.1:{self.port}"
        headers = {"x-evenfall": "page"}
        self._asks = httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=5.0)
        folder.mkdir(exist_ok=True)
        household = DEMO.read_text() if dreamscape else DEMO.read_text().replace(*TOLD_EVENING)
        (folder / "household.yaml").write_text(household)
        (folder / "devices.yaml").write_text(
            f'devices: 1\nconnections:\n  - {{output: nest-lamp, wled: "{self.lamp.url}"}}\n'
        )
        self.page = Page(self.port, folder / "guard" / "guard.key")

    # --- Its processes -----------------------------------------------------------------------

    def start(self) -> None:
        """Start the hub, and wait for nothing."""
        command = [sys.executable, "-c", RUN_HUB, "--home", str(self.folder)]
        command += ["serve", "--port", str(self.port)]
        with self.said.open("ab") as said:
            self.hub = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, env=self.machine.env()
            )

    def serve(self) -> float:
        """Start the hub, wait until every night is live, and say how long that took."""
        began_s = time.monotonic()
        self.start()
        assert self.hub is not None
        while not self.is_live():
            assert self.hub.poll() is None, self.heard()
            assert time.monotonic() - began_s < SOON_S, self.heard()
            time.sleep(0.005)
        return time.monotonic() - began_s

    def heard(self) -> str:
        """What the hub has said on its terminal, in one line."""
        return " ".join(self.said.read_text(errors="replace").split())

    def is_live(self) -> bool:
        """True where every room's page is led by the guard's own word."""
        rooms = self.rooms()
        return bool(rooms) and all(one["lease"]["signature"] for one in rooms)

    def kill_hub(self) -> None:
        """kill −9, and gone."""
        assert self.hub is not None
        self.hub.kill()
        self.hub.wait()

    def kill_guard(self) -> None:
        """kill −9, and gone."""
        for guard in self.guards():
            os.kill(guard, signal.SIGKILL)
        until(lambda: not self.guards())

    def guards(self) -> list[int]:
        """The guards of this home that run."""
        return running(self.folder, "evenfall.guard")

    def hubs(self) -> list[int]:
        """The hubs of this home that run."""
        return running(self.folder, "serve")

    def end(self) -> None:
        """End the hub in order: it leaves by itself, and its guard with it.

        Raises:
            AssertionError: it did not.
        """
        if self.hub is not None and self.hub.poll() is None:
            self.hub.terminate()
            assert self.hub.wait(SOON_S) == 0, self.heard()
            assert not self.guards()

    def close(self) -> None:
        """End everything, at once where it does not end in order."""
        self.page.close()
        self._asks.close()
        with suppress(AssertionError, subprocess.TimeoutExpired):
            self.end()
        if self.hub is not None:
            self.kill_hub()
        self.kill_guard()
        self.lamp.close()

    # --- Asked and seen ----------------------------------------------------------------------

    def rooms(self) -> list[dict[str, Any]]:
        """What the pages are told of every room; nothing where the hub does not answer."""
        with suppress(httpx.HTTPError, ValueError):
            rooms: list[dict[str, Any]] = self._asks.get("/api/v1/home").json()["rooms"]
            return rooms
        return []

    def nest(self) -> dict[str, Any]:
        """What the pages are told of the nest; waits until the hub answers."""
        until(self.rooms)
        return next(one for one in self.rooms() if one["room"] == "nest")

    def ask(self, do: str, **more: str) -> int:
        """Ask the nest for something; the answer's status, or 0 where none came."""
        body = {"do": do, "room": "nest"} | more
        with suppress(httpx.HTTPError):
            return self._asks.post("/api/v1/do", json=body).status_code
        return 0

    def begin(self) -> None:
        """Press Begin, and see the lamp at the story's level."""
        assert self.ask("begin") == httpx.codes.OK
        until(lambda: self.lamp.step >= TOLD - 1)


def running(folder: Path, word: str) -> list[int]:
    """The processes whose command names a home's folder and a word."""
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes().split(b"\0")
            if word.encode() in words and str(folder).encode() in words:
                found.append(int(entry.name))
    return found


@contextmanager
def real_home(
    folder: Path,
    now: datetime = EVENING,
    speed: float = SPEED,
    *,
    home: Path | None = None,
    dreamscape: bool = False,
) -> Iterator[RealHome]:
    """A home below a folder, or in a place of its own, with nothing started yet."""
    machine = OtherMachine(folder / "machine.json", now, speed)
    one = RealHome(home or folder / "home", machine, dreamscape)
    try:
        yield one
    finally:
        one.close()
