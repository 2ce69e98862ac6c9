"""A real guard, a real hub, a relay that lies, a real page: it does only what the guard signed."""

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import build_page
import pytest
from tests.support.command_line import demo_home, evenfall
from tests.support.lying_relay import LyingRelay, relayed

from evenfall.app.access.guard_key import guard_key
from evenfall.app.demo.hub import HubProcess
from evenfall.app.home import Home
from evenfall.app.reach.sockets import listening_on

UI = Path(__file__).resolve().parents[2] / "ui"
SOON_S = 45.0  # how long something is waited for before it fails; a bound, not a measure
LAPSED_S = 25.0  # one renewal, a frame's own while, and some for a busy machine
WATCHED_S = 8.0  # longer than the hub waits with telling again
DARK, SILENT = 0.01, 1e-4
Json = dict[str, Any]


class Screen:
    """What a page in Chromium tells of itself, as it comes."""

    def __init__(self) -> None:
        self.seen: list[tuple[float, Json]] = []
        self._ended = False

    def read(self, lines: IO[str]) -> None:
        """Take what it tells, to its end."""
        for line in lines:
            self.seen.append((time.monotonic(), json.loads(line)))
        self._ended = True

    def until(self, is_so: Callable[[Json], bool]) -> Json:
        """The first look, from now on, at which something is so."""
        began_s = time.monotonic()
        while time.monotonic() - began_s < SOON_S:
            for at_s, look in list(self.seen):
                if at_s >= began_s and is_so(look):
                    return look
            assert not self._ended, "the browser ended"
            time.sleep(0.1)
        raise AssertionError(f"never so; the last look was {self.seen[-1:]}")

    def since(self, began_s: float) -> list[Json]:
        """Every look since then."""
        return [look for at_s, look in list(self.seen) if at_s >= began_s]


@contextmanager
def screen(link: str) -> Iterator[Screen]:
    node = shutil.which("node")
    assert node is not None
    process = subprocess.Popen(
        [node, "dev/lit.mjs", link],
        cwd=UI,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    shown = Screen()
    reading = threading.Thread(target=shown.read, args=(process.stdout,), daemon=True)
    reading.start()
    try:
        yield shown
    finally:
        process.stdin.close()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        reading.join()
        process.stdout.close()


@contextmanager
def evening(folder: Path) -> Iterator[tuple[Path, LyingRelay]]:
    """The made-up home at its story, its hub behind a relay that may lie."""
    home = demo_home(folder)
    with listening_on(0) as held:
        own_port = int(held.getsockname()[1])
    with HubProcess(Home(home), 0, to_the_house=False, speed=1.0) as hub:
        hub.start("19:20")
        hub.begin("nest")
        with relayed(hub.port, own_port) as relay:
            yield home, relay


def brightened(lease: Json) -> Json:
    """Other values beside the guard's word, and within it."""
    word = json.loads(lease["signed"]) if lease["signed"] else {}
    louder = {"light_lx_medi": 90.0, "light_ramp_s": 1.0, "sound_dba": 60.0, "sound_what": "waves"}
    signed = json.dumps({**word, **louder, "holds_s": 3600.0}, separators=(",", ":"))
    return {**lease, **louder, "lease_s": 3600.0, "signed": signed}


@pytest.fixture(scope="module", autouse=True)
def page() -> None:
    if shutil.which("node") is None or not (UI / "node_modules").is_dir():
        pytest.skip("no node here, or none of the page's tools: tests/browser/test_page.py")
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium here: `apt install chromium`, or tools/prepare-optional")
    if not build_page.is_built():
        build_page.build()


@pytest.mark.browser
@pytest.mark.safety("H-100")
@pytest.mark.safety("H-97")
def test_a_hub_that_lies_to_a_page_gets_nothing_but_dark(tmp_path: Path) -> None:
    with evening(tmp_path / "home") as (home, relay):
        address = f"http://localhost:{relay.port}"
        made = evenfall(
            "--home", home, "pair", "--bedside", "nest", "--address", address, "--json"
        ).json()
        with screen(made["links"][0]) as tablet:
            lit = tablet.until(lambda look: look["light"] > DARK and look["sound"] > SILENT)
            assert lit["key"] == guard_key(home), "pinned by the link, as the terminal read it"

            heard: list[Json] = []

            def repeated(lease: Json) -> Json:
                if lease["signed"] and '"nest"' in lease["signed"]:
                    heard.append(lease)
                return heard[0] if heard else lease

            for lie in (brightened, repeated):
                began_s, relay.lie = time.monotonic(), lie
                tablet.until(lambda look: look["light"] < DARK and look["sound"] < SILENT)
                dark_s = time.monotonic()
                assert dark_s - began_s < LAPSED_S
                time.sleep(WATCHED_S)
                tablet.until(lambda look: "can’t be sure" in look["said"])
                looks = tablet.since(dark_s)
                assert max(look["light"] for look in looks) < DARK
                assert max(look["sound"] for look in looks) < SILENT
                relay.lie = None
                tablet.until(lambda look: look["light"] > DARK)
                tablet.until(lambda look: "can’t be sure" not in look["said"])
