"""The guard as the process it is: hubs and guards that are really killed and really hang."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.support.command_line import evenfall

from evenfall.adapters.guard.process import is_running, socket_path
from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.reach.sockets import listening_on

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
SOON_S = 30.0
NIGHT_LIGHT, TOLD = 6, 12  # 0.5 and 1 lx mEDI, of 20 at the full 255
LEASE_S = 75.0
SPEED = 10.0  # a minute's fade takes six seconds, and a lease seven and a half


def until(seen: Callable[[], object], within_s: float = SOON_S) -> float:
    """Wait for something, and say how long it took."""
    began_s = time.monotonic()
    while not seen():
        assert time.monotonic() - began_s < within_s, "it did not come"
        time.sleep(0.01)
    return time.monotonic() - began_s


class House:
    """A home that is served by real processes, with a simulated lamp."""

    def __init__(self, folder: Path, lamp: WledTwin) -> None:
        self.folder, self.lamp = folder, lamp
        with listening_on(0) as held:
            self.port = int(held.getsockname()[1])
        self.hub: subprocess.Popen[bytes] | None = None
        self.page = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", trust_env=False)
        shutil.copy(DEMO, folder / "household.yaml")
        (folder / "devices.yaml").write_text(
            f'devices: 1\nconnections:\n  - {{output: nest-lamp, wled: "{lamp.url}"}}\n'
        )

    def serve(self, at: str = "19:25") -> None:
        command = [
            sys.executable, "-c", "from evenfall.app.cli import main; main()",
            "--home", str(self.folder), "serve", "--at", at, "--speed", str(SPEED),
            "--port", str(self.port),
        ]  # fmt: skip
        self.hub = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until(lambda: self.view() is not None)

    def view(self) -> dict[str, Any] | None:
        with suppress(httpx.HTTPError):
            rooms = self.page.get("/api/v1/home", timeout=2.0).json()["rooms"]
            found: dict[str, Any] = next(one for one in rooms if one["room"] == "nest")
            return found
        return None

    def lease(self) -> dict[str, Any]:
        view = self.view()
        assert view is not None
        lease: dict[str, Any] = view["lease"]
        return lease

    def begin(self) -> None:
        """Press Begin, and see the lamp at the story's level."""
        ask = {"do": "begin", "room": "nest"}
        self.page.post("/api/v1/do", json=ask, headers={"x-evenfall": "page"}).raise_for_status()
        until(lambda: step(self.lamp) >= TOLD - 1)

    def guard(self) -> int:
        """The process that keeps this home's lamps."""
        for entry in Path("/proc").iterdir():
            with suppress(OSError, ValueError):
                words = (entry / "cmdline").read_bytes().split(b"\0")
                if b"evenfall.guard" in words and str(self.folder).encode() in words:
                    return int(entry.name)
        return 0

    def close(self) -> None:
        self.page.close()
        if self.hub is not None:
            self.hub.send_signal(signal.SIGCONT)
            self.hub.terminate()
            with suppress(subprocess.TimeoutExpired):
                self.hub.wait(15.0)
            self.hub.kill()
            self.hub.wait()
        guard = self.guard()
        if guard:
            os.kill(guard, signal.SIGCONT)
            os.kill(guard, signal.SIGTERM)
            until(lambda: not is_running(self.folder))


def step(lamp: WledTwin) -> int:
    return round(lamp.glow().share * 255)


@contextmanager
def house(folder: Path) -> Iterator[House]:
    with WledTwin() as lamp:
        one = House(folder, lamp)
        try:
            yield one
        finally:
            one.close()


@pytest.mark.safety("H-28")
@pytest.mark.safety("H-94")
def test_a_hub_that_is_killed_leaves_a_guard_that_makes_the_room_safe(tmp_path: Path) -> None:
    with house(tmp_path) as one:
        one.serve()
        one.begin()
        assert one.hub is not None
        guard = one.guard()
        one.hub.kill()
        one.hub.wait()
        took_s = until(lambda: step(one.lamp) == NIGHT_LIGHT)
        assert took_s < LEASE_S
        assert one.guard() == guard
        one.serve(at="19:26")  # the next hub finds the same guard, or one of its own hour
        assert is_running(tmp_path)
    assert not is_running(tmp_path)


@pytest.mark.safety("H-93")
@pytest.mark.safety("H-94")
def test_a_hub_that_hangs_is_stopped_past_and_its_room_is_safe(tmp_path: Path) -> None:
    with house(tmp_path) as one:
        one.serve()
        one.begin()
        assert one.hub is not None
        one.hub.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        ran = evenfall("--home", tmp_path, "stop", "nest")
        assert ran.code == 0, ran.said
        assert "nest goes dark and quiet" in ran.said
        until(lambda: step(one.lamp) == NIGHT_LIGHT, 5.0)
        assert time.monotonic() - began_s < 5.0
        one.hub.send_signal(signal.SIGCONT)
        until(lambda: (one.view() or {"mode": ""})["mode"] == "stopped")
        assert step(one.lamp) == NIGHT_LIGHT


@pytest.mark.prove
@pytest.mark.safety("H-94")
def test_a_hub_that_hangs_unnoticed_loses_its_room_by_itself(tmp_path: Path) -> None:
    with house(tmp_path) as one:
        one.serve()
        one.begin()
        assert one.hub is not None
        one.hub.send_signal(signal.SIGSTOP)
        assert until(lambda: step(one.lamp) == NIGHT_LIGHT) < LEASE_S


@pytest.mark.safety("H-94")
def test_a_guard_that_is_killed_leaves_pages_safe_and_is_started_anew(tmp_path: Path) -> None:
    with house(tmp_path) as one:
        one.serve()
        one.begin()
        guard = one.guard()
        assert one.lease()["signature"]
        os.kill(guard, signal.SIGKILL)
        until(lambda: one.lease()["signature"] == "" or one.guard() not in (0, guard))
        until(lambda: one.guard() not in (0, guard))
        until(lambda: one.lease()["signature"] != "")
        until(lambda: step(one.lamp) >= TOLD - 1)


@pytest.mark.safety("H-95")
def test_the_hub_never_opens_the_token_or_a_lamp(tmp_path: Path) -> None:
    """Seen by the system itself: which process has read the file, and which has a connection."""
    with house(tmp_path) as one:
        one.serve()
        one.begin()
        assert one.hub is not None
        one.lamp.slow_down(0.3)  # so that who speaks to it can be seen
        ask = {"do": "stop", "room": "nest"}
        one.page.post("/api/v1/do", json=ask, headers={"x-evenfall": "page"}).raise_for_status()
        theirs = {one.hub.pid: False, one.guard(): False}
        port = int(one.lamp.url.rsplit(":", 1)[1])
        for _ in range(300):
            for process in theirs:
                theirs[process] = theirs[process] or _speaks_to(process, port)
            time.sleep(0.01)
        assert theirs == {one.hub.pid: False, one.guard(): True}


def _speaks_to(process: int, port: int) -> bool:
    """True where a process has a connection to a port of this machine."""
    inodes = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(OSError):
            target = str(link.readlink())
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    table = Path("/proc/net/tcp").read_text().splitlines()[1:]
    rows = [line.split() for line in table]
    return any(row[9] in inodes and int(row[2].rsplit(":", 1)[1], 16) == port for row in rows)


def test_stop_without_a_guard_says_so_and_json_says_how_long(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    assert "no guard that answers" in evenfall("--home", tmp_path, "stop").said
    with guard_alone(tmp_path):
        plain = evenfall("--home", tmp_path, "stop", "--all", "--json").json()
        assert plain["stopped"] == ["loft", "nest"]
        assert plain["answered_ms"] < 1000
        wrong = evenfall("--home", tmp_path, "stop", "attic")
        assert (wrong.code, "no such room" in wrong.said) == (2, True)
        tried = evenfall("--home", tmp_path, "lamps", "--try", "nest-lamp")
        assert "a guard that runs" in tried.said


@contextmanager
def guard_alone(home: Path, *words: str) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "evenfall.guard", "--home", str(home), *words]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    try:
        process.first = process.stdout.readline()  # type: ignore[attr-defined]
        yield process
    finally:
        process.terminate()
        process.wait(15.0)
        process.stdout.close()


@pytest.mark.safety("H-93")
def test_a_stop_outlives_the_guard_itself(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    with guard_alone(tmp_path) as guard:
        assert json.loads(guard.first) == {"ready": True}  # type: ignore[attr-defined]
        assert evenfall("--home", tmp_path, "stop", "nest").code == 0
        guard.kill()
        guard.wait()
    kept = json.loads((tmp_path / "guard" / "tonight.json").read_text())
    assert kept["nest"]["stopped_night"] > 700_000 > kept["loft"]["stopped_night"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_however_it_is_told_to_end_it_ends_in_order(tmp_path: Path, how: signal.Signals) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    at = ["--speed", "2", "--at", datetime.now(UTC).isoformat(), str(time.monotonic())]
    with guard_alone(tmp_path, "--for-hub", *at) as guard:
        assert socket_path(tmp_path).exists()
        guard.send_signal(how)
        assert guard.wait(10.0) == 0
        assert not socket_path(tmp_path).exists()


def test_a_second_guard_of_a_home_leaves_with_2(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    with guard_alone(tmp_path), guard_alone(tmp_path) as second:
        (fault,) = json.loads(second.first)["faults"]  # type: ignore[attr-defined]
        assert fault["found"] == "a guard that runs already"
        assert second.wait(10.0) == 2
