"""How long does each way of stopping take, from the act to the fade and to silence?

    .venv/bin/python benchmarks/stops.py [--count 10] [--ways command,key] [--real]

Real processes: a hub, a guard, two bedside pages in a real Chromium, `evenfall stop --on-key`. The
lamp is a simulated WLED lamp, in a simulated Home Assistant that has the button and watches the
heartbeat; with --real the button is that of a real Home Assistant, and its lamp the one of its
demo (.venv-homeassistant; tests/support/home_assistant.py says how).
Safe is dark in this home, so that dark is dark. Leaves with 1 where a stop took over 5 s.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from evenfall.adapters.guard.process import running_pid
from evenfall.adapters.homeassistant.button import JUST_NOW
from evenfall.adapters.homeassistant.twin import BUTTON, LIGHT, HomeAssistantTwin
from evenfall.adapters.keys.evdev import DOWN, EV_KEY, EVENT
from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.drill.house import begins_at, drill_room
from evenfall.app.drill.process import DrillHub, Evening
from evenfall.app.home import load_household
from evenfall.app.reach.sockets import listening_on
from evenfall.formats.errors import EvenfallError

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for tests.support

SAFE_WITHIN_S = 5.0
STOPS = ("page-escape", "page-hold", "second-page", "command", "key", "button")
ENDS = ("hub-killed", "guard-killed", "both-killed")
LIT_S = 4.0
TRIES = 4
WAIT_S = {"hub-killed": 40.0, "both-killed": 75.0}

HOUSEHOLD = """\
household: 1
name: The Harbour House (made up)
zone: Europe/Lisbon
rooms:
  - id: nest
    name: The nest
    outputs:
      - id: nest-lamp
        kind: light
        calibration: {kind: declared, light_at_full: 20 lx mEDI}
members:
  - {id: mara, name: Mara, born: 1988-04, room: nest}
"""
DEVICES = """\
devices: 1
home_assistant: {{url: "{url}", token_file: t.token, stop_button: {button}}}
connections:
  - {{output: nest-lamp, home_assistant: {light}}}
"""


class Lamp(Protocol):
    """The lamp, and the Home Assistant it is in."""

    url: str
    token: str
    light: str
    button: str

    def level(self) -> float:
        """What it shows now; 0 is dark."""

    def press(self) -> None:
        """Press the button."""


class SimulatedLamp:
    """A simulated one, at the blueprint's own pace."""

    def __init__(self, lamp: WledTwin, home: HomeAssistantTwin) -> None:
        self._lamp, self._home = lamp, home
        self.url, self.token, self.light, self.button = home.url, home.token, LIGHT, BUTTON

    def level(self) -> float:
        return self._lamp.glow().share

    def press(self) -> None:
        self._home.press()


class RealLamp:
    """That of a real Home Assistant's demo; it cannot fade by itself."""

    light, button = "light.bed_light", "input_button.evenfall_stop"

    def __init__(self, home: Any) -> None:
        self._home = home
        self.url, self.token = home.url, home.token

    def level(self) -> float:
        state = self._home.state(self.light)
        return float(state["attributes"].get("brightness") or 0) if state["state"] == "on" else 0.0

    def press(self) -> None:
        self._home.call("input_button/press", entity_id=self.button)


class Pages:
    """Two bedside pages in a real Chromium (ui/dev/stops.mjs)."""

    def __init__(self) -> None:
        self._node = subprocess.Popen(
            ["node", "dev/stops.mjs"],
            cwd=ROOT / "ui",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._line()

    def do(self, do: str, **more: object) -> Any:
        """Have something done there.

        Raises:
            RuntimeError: it could not be.
        """
        assert self._node.stdin is not None
        self._node.stdin.write(json.dumps({"do": do, **more}) + "\n")
        self._node.stdin.flush()
        answer = self._line()
        if "why" in answer:
            raise RuntimeError(f"{do}: {answer['why']}")
        return answer.get("is")

    def close(self) -> None:
        """Close the browser."""
        assert self._node.stdin is not None
        with suppress(OSError):
            self._node.stdin.write('{"do": "close"}\n')
            self._node.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._node.wait(10.0)
        self._node.kill()

    def _line(self) -> dict[str, Any]:
        assert self._node.stdout is not None
        return dict(json.loads(self._node.stdout.readline() or '{"why": "the browser has gone"}'))


@dataclass
class LampWatch:
    """When the lamp began to go, and when it was dark, by the wall clock."""

    level: Callable[[], float]
    first: float = 0.0
    falls_s: float = 0.0
    dark_s: float = 0.0
    _ends: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.first = self.level()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()

    def _look(self) -> None:
        highest = self.first
        while not self._ends.wait(0.005):
            level, now_s = self.level(), time.time()
            highest = max(highest, level)
            if not self.falls_s and level < highest:
                self.falls_s = now_s
            self.dark_s = 0.0 if level > 0.002 else self.dark_s or now_s

    def end(self) -> None:
        """Look no more."""
        self._ends.set()
        self._thread.join()


@dataclass(frozen=True)
class Took:
    """Seconds from an act to what was seen of it."""

    lamp_falls_s: float
    lamp_dark_s: float
    page_falls_s: float
    page_quiet_s: float


class Bench:
    """A home, its pages and its key; each stop is made in an evening of its own."""

    def __init__(self, folder: Path, lamp: Lamp, pages: Pages) -> None:
        self.folder, self.lamp, self.pages = folder, lamp, pages
        (folder / "household.yaml").write_text(HOUSEHOLD)
        (folder / "t.token").write_text(lamp.token)
        (folder / "devices.yaml").write_text(
            DEVICES.format(url=lamp.url, button=lamp.button, light=lamp.light)
        )
        self.kept = folder / "kept"
        self.kept.mkdir()
        self.key = folder / "key"
        os.mkfifo(self.key)
        household = load_household(folder / "household.yaml").record
        zone = ZoneInfo(household.zone)
        night = (datetime.now(zone) - timedelta(hours=12)).date()
        room = drill_room(household, "nest", night, zone)
        with listening_on(0) as free:
            port = int(free.getsockname()[1])
        at = begins_at(household, room, night, zone)
        self.evening = Evening(folder, folder / "household.yaml", self.kept, "nest", at, port)

    def once(self, way: str) -> Took | float:
        """Stop an evening that is lit and sounds, in one way."""
        hub = DrillHub(self.evening)
        try:
            self._light(hub)
            if way == "guard-killed":
                return self._guard_again(hub)
            return self._stopped(hub, way)
        finally:
            self.pages.do("shut")
            hub.end()
            if way == "button":
                time.sleep(JUST_NOW.total_seconds())  # else the next guard takes the press up

    def _light(self, hub: DrillHub) -> None:
        """Have it lit; what goes wrong before there is anything to stop is tried again."""
        for left in reversed(range(TRIES)):
            try:
                hub.start()
                self.pages.do("open", url=f"http://localhost:{self.evening.port}/#/bedside/nest")
                return self._until_lit()
            except (RuntimeError, EvenfallError) as error:
                self.pages.do("shut")
                hub.end()
                if not left:
                    raise
                print(f"tried again: {error}", file=sys.stderr, flush=True)
                time.sleep(10.0)
        return None

    def _until_lit(self) -> None:
        ends_s = time.monotonic() + 30.0
        time.sleep(LIT_S)
        while self.lamp.level() <= 0.0 or self.pages.do("look")["sound"] < 1e-5:
            if time.monotonic() > ends_s:
                raise RuntimeError(f"no light or no sound: {self.pages.do('look')}")
            time.sleep(0.1)

    def _stopped(self, hub: DrillHub, way: str) -> Took:
        with self._acting(hub, way) as act:
            self.pages.do("watch")
            lamp = LampWatch(self.lamp.level)
            at_s = act()
            ends_s = at_s + WAIT_S.get(way, 12.0)
            seen = self.pages.do("seen")
            while not (lamp.dark_s and seen["dark_ms"] and seen["silent_ms"]):
                if time.time() > ends_s:
                    break
                time.sleep(0.1)
                seen = self.pages.do("seen")
            lamp.end()
        page_s = max(seen["dark_ms"], seen["silent_ms"]) / 1000
        page_s = page_s if seen["dark_ms"] and seen["silent_ms"] else float("inf")
        return Took(
            (lamp.falls_s or float("inf")) - at_s,
            (lamp.dark_s or float("inf")) - at_s,
            (seen["falls_ms"] / 1000 or float("inf")) - at_s,
            page_s - at_s,
        )

    def _guard_again(self, hub: DrillHub) -> float:
        """From a guard's death until another has signed for the page."""
        before = running_pid(self.folder)
        assert before is not None
        at_s = time.time()
        os.kill(before, signal.SIGKILL)
        while True:
            view = hub.view()
            if running_pid(self.folder) not in (None, before) and view and view.lease.signature:
                return time.time() - at_s
            time.sleep(0.01)

    @contextmanager
    def _acting(self, hub: DrillHub, way: str) -> Iterator[Callable[[], float]]:
        """What is to be done, ready; it says when it was done."""

        def at(act: Callable[[], object]) -> Callable[[], float]:
            def acted() -> float:
                now_s = time.time()
                act()
                return now_s

            return acted

        def on_page(do: str, page: int) -> Callable[[], float]:
            return lambda: float(self.pages.do(do, page=page)["at_ms"]) / 1000

        if way == "key":
            with self._waiting_for_the_key() as line:
                yield at(lambda: os.write(line, EVENT.pack(0, 0, EV_KEY, 1, DOWN)))
            return
        yield {
            "page-escape": on_page("escape", 0),
            "page-hold": on_page("hold", 0),
            "second-page": on_page("hold", 1),
            "command": at(self._command),
            "button": at(self.lamp.press),
            "hub-killed": at(hub.kill),
            "both-killed": at(hub.kill_all),
        }[way]

    def _command(self) -> None:
        """`evenfall stop` as typed: the program's own start counts."""
        subprocess.run(self._words("stop"), stdout=subprocess.DEVNULL, check=True)

    def _words(self, *words: str) -> list[str]:
        program = [sys.executable, "-c", "from evenfall.app.quick import main; main()"]
        return [*program, "--home", str(self.folder), *words]

    @contextmanager
    def _waiting_for_the_key(self) -> Iterator[int]:
        words = self._words("stop", "--on-key", str(self.key))
        waiting = subprocess.Popen(words, stdout=subprocess.DEVNULL)
        line = os.open(self.key, os.O_WRONLY)  # comes back once it is read
        try:
            yield line
        finally:
            os.close(line)
            waiting.kill()
            waiting.wait()


@contextmanager
def simulated() -> Iterator[Lamp]:
    """The simulated lamp and its Home Assistant."""
    with WledTwin() as lamp, HomeAssistantTwin(lamp) as home:
        yield SimulatedLamp(lamp, home)


@contextmanager
def real(folder: Path) -> Iterator[Lamp]:
    """A real Home Assistant."""
    from tests.support.home_assistant import home_assistant_python, running_home_assistant

    folder.mkdir()
    with running_home_assistant(home_assistant_python(), folder) as home:
        yield RealLamp(home)


def shown(name: str, values: list[float]) -> str:
    """Median, 95th percentile and most, in seconds."""
    ordered = sorted(values)
    p95 = ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]
    return f"{name:>26} {statistics.median(ordered):7.2f} {p95:7.2f} {ordered[-1]:7.2f}"


def main() -> None:
    """Measure each way."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10)
    parser.add_argument("--ways", default=",".join((*STOPS, *ENDS)))
    parser.add_argument("--real", action="store_true")
    given = parser.parse_args()
    late = 0
    with ExitStack() as held:
        folder = Path(held.enter_context(tempfile.TemporaryDirectory()))
        lamp = held.enter_context(real(folder / "ha") if given.real else simulated())
        pages = Pages()
        held.callback(pages.close)
        (folder / "home").mkdir()
        bench = Bench(folder / "home", lamp, pages)
        print(f"{'seconds':>26} {'median':>7} {'p95':>7} {'most':>7}", flush=True)
        for way in given.ways.split(","):
            found = [bench.once(way) for _ in range(given.count)]
            print(f"{way}, {len(found)} times", flush=True)
            if way == "guard-killed":
                print(shown("another guard", [one for one in found if isinstance(one, float)]))
                continue
            took = [one for one in found if isinstance(one, Took)]
            print(shown("the lamp begins to go", [one.lamp_falls_s for one in took]))
            print(shown("the lamp is dark", [one.lamp_dark_s for one in took]))
            print(shown("the page begins to go", [one.page_falls_s for one in took]))
            print(shown("the page is dark and silent", [one.page_quiet_s for one in took]))
            sys.stdout.flush()
            if way in STOPS:
                late += sum(max(one.lamp_dark_s, one.page_quiet_s) > SAFE_WITHIN_S for one in took)
    raise SystemExit(1 if late else 0)


if __name__ == "__main__":
    main()
