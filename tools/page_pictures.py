"""Every state of the pages, pictured at three sizes from the real hub; writes docs/pages.md too.

    python tools/page_pictures.py                    # all of it; some ten minutes
    python tools/page_pictures.py --to /tmp/look --only bedside-story   # an hour, to look at
    python tools/page_pictures.py --measure          # only what stands at the page's foot
    python tools/page_pictures.py --page-only        # only its sentences

A made-up home is made with `evenfall demo`, `evenfall serve --home` runs at made-up hours, screens
come in by `evenfall pair`, and Chromium shows what they show. It needs the built page, Chromium,
node and ui's packages, and it is no part of the tests. What is pictured is data, in page_story.py.
"""

import argparse
import json
import os
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import page_story as story
from page_story import Act, Hour, Picture
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images" / "pages"
PAGE = ROOT / "docs" / "pages.md"
HOUSEHOLD = ROOT / "src" / "evenfall" / "app" / "demo" / "household.yaml"
FONT = ROOT / "src" / "evenfall" / "app" / "report" / "fonts" / "evenfall-sans-regular.ttf"
ZONE = ZoneInfo("Europe/Lisbon")

NAME = "harbour.home.arpa"  # RFC 8375: a name for homes, and for no real one
PORT = 8321
PREPARED_AT = "10:30"
UP_WITHIN_S, SCENE_WITHIN_S = 30.0, 400.0
TIMES_SLOWER, LOADS = 4, 5

SIZES = {"phone": "390 × 844", "tablet": "820 × 1180", "desktop": "1280 × 900"}
GAP_PX, LABEL_PX = 20, 34
GROUND, EDGE, LABEL = (24, 24, 24), (52, 52, 52), (140, 140, 140)
BYTES_MAX = 60_000
SHAPES = (
    (560, 64),
    (520, 64),
    (560, 32),
    (480, 64),
    (520, 32),
    (480, 32),
    (560, 16),
    (480, 16),
    (440, 16),
    (400, 16),
    (360, 16),
    (320, 16),
)
"""How high a picture is and how many colours it has: the first of these that is small enough."""

RUI = """
  - id: rui
    name: Rui
    born: 1994-02
    room: loft
    evening: told
    score: lamp-and-page
    ritual:
      - {what: read, takes: 20 min}
"""
ATTIC = """\
  - id: attic
    name: The attic
    outputs:
      - id: attic-lamp
        kind: light
"""


# --- A made-up home ----------------------------------------------------------------------------


def household_of(home: str) -> str:
    """The demo household, as one home of the pictures has it.

    Args:
        home: `new` and `harbour` have it as it is; `roles` has an adult more, who is nobody's
            guardian; in `lighthouse` the elder child has a room and an evening of their own.
    """
    text = HOUSEHOLD.read_text(encoding="utf-8")
    # Every day asks for the same, so that the pictures do not depend on the day they are taken.
    text = re.sub(r"days: \[[a-z, ]+\]", "days: [mon, tue, wed, thu, fri, sat, sun]", text)
    if home == "roles":
        return text.replace("\n  - id: ilay", f"{RUI}\n  - id: ilay")
    if home == "lighthouse":
        before, ilay = text.split("  - id: ilay", 1)
        before = before.replace(
            "\n# Everyone who lives here.", f"{ATTIC}\n# Everyone who lives here."
        )
        ilay = ilay.replace("room: nest", "room: attic", 1)
        ilay = ilay.replace("score: two-boats", "score: lighthouse", 1)
        return f"{before}  - id: ilay{ilay.replace('score: two-boats', 'score: tidepool', 1)}"
    return text


def evenfall(*words: str) -> list[str]:
    """The command, of the very code this file belongs to."""
    return [sys.executable, "-c", "from evenfall.app.cli import main; main()", *words]


def run(*words: str) -> str:
    """Have a command run to its end."""
    done = subprocess.run(
        evenfall(*words), env=_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"evenfall {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT / "src")}


def make_home(folder: Path, home: str, phone: int) -> None:
    """Write a home's files and simulate last night in it.

    Args:
        folder: where.
        home: which.
        phone: the port where a call to Mara's phone is taken.
    """
    folder.mkdir(parents=True)
    (folder / "household.yaml").write_text(household_of(home), encoding="utf-8")
    last_night = (datetime.now(ZONE) - timedelta(days=1)).date()
    run("demo", "--out", str(folder), "--fast", "--date", last_night.isoformat())
    if home != "lighthouse":
        notices = "devices: 1\nnotices:\n  - {member: mara, apprise_file: mara.apprise}\n"
        (folder / "devices.yaml").write_text(notices, encoding="utf-8")
        called = folder / "mara.apprise"
        called.write_text(f"json://127.0.0.1:{phone}/\n", encoding="utf-8")
        called.chmod(0o600)


class _Phone(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@contextmanager
def a_phone() -> Iterator[int]:
    """A phone that takes every call: the port it is called at."""
    server = HTTPServer(("127.0.0.1", 0), _Phone)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port
    finally:
        server.shutdown()


# --- The hub -------------------------------------------------------------------------------------


class Hub:
    """`evenfall serve --home` as a process of its own."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._running: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._speed = 1.0

    def url(self, way: str) -> str:
        """Where a screen finds it."""
        return {
            "here": f"http://localhost:{self.port}/",
            "plain": f"http://{NAME}:{self.port}/",
            "locked": f"https://{NAME}:{self.port + 1}/",
        }[way]

    def start(self, folder: Path, at: str, speed: float = 1.0) -> None:
        """Have it begin at a made-up hour, and wait until it answers.

        Raises:
            SystemExit: it does not.
        """
        self._folder, self._speed = folder, speed
        words = ["--home", str(folder), "serve", "--home", "--port", str(self.port)]
        more = ["--name", NAME, "--at", at, "--speed", str(speed)]
        with (folder / "hub.txt").open("ab") as said:
            self._running = subprocess.Popen(
                evenfall(*words, *more), env=_environment(), stdout=said, stderr=said
            )
        ends_s = time.monotonic() + UP_WITHIN_S
        while time.monotonic() < ends_s and self._running.poll() is None:
            with suppress(httpx.HTTPError):
                httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2.0)
                return
            time.sleep(0.1)
        raise SystemExit(f"the hub did not come up:\n{(folder / 'hub.txt').read_text()}")

    def again(self, at: str) -> None:
        """Start the one that was killed."""
        self.start(self._folder, at, self._speed)

    def kill(self) -> None:
        """As if its machine had lost power."""
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def end(self) -> None:
        """In order."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait(20)

    def words(self, folder: Path, invited: Sequence[str]) -> str:
        """Four words for a screen."""
        told = json.loads(run("--home", str(folder), "pair", "--json", *invited))
        return str(told["words"])

    def wait_for_scene(self, scene: str, room: str) -> None:
        """Wait until a room's story is there.

        Raises:
            RuntimeError: it does not come there.
        """
        ends_s = time.monotonic() + SCENE_WITHIN_S
        while time.monotonic() < ends_s:
            view = httpx.get(f"http://localhost:{self.port}/api/v1/home", timeout=5.0).json()
            if any(one["scene"] == scene for one in view["rooms"] if one["room"] == room):
                return
            time.sleep(0.25)
        raise RuntimeError(f"{room} never came to {scene}")


# --- The browser -----------------------------------------------------------------------------


class Browser:
    """Every screen of the home, worked through ui/dev/page-pictures.mjs."""

    def __init__(self, rules: str) -> None:
        self._node = subprocess.Popen(
            ["node", "dev/page-pictures.mjs", rules],
            cwd=ROOT / "ui",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def do(self, do: str, name: str = "", **more: Any) -> Any:
        """Have something done on a screen.

        Raises:
            RuntimeError: it could not be.
        """
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps({"do": do, "name": name, **more}) + "\n")
        self._node.stdin.flush()
        told = json.loads(self._node.stdout.readline() or '{"why": "the browser has gone"}')
        if "why" in told:
            raise RuntimeError(f"{do} {more} on {name}: {told['why']}")
        return told["answer"]

    def end(self) -> None:
        """Close it."""
        assert self._node.stdin is not None
        self._node.stdin.write('{"do": "end"}\n')
        self._node.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._node.wait(15)
        if self._node.poll() is None:
            self._node.kill()


WORDS_OF = {
    "press": ("text",),
    "choose": ("selector",),
    "fill": ("label", "text"),
    "see": ("text",),
    "until": ("selector",),
    "key": ("key",),
    "touch": (),
    "read": (),
    "draw": (),
}
"""What the browser's acts call their words."""


class World:
    """The homes, the hub and the browser, and what can be done with them."""

    def __init__(self, folder: Path, phone: int) -> None:
        self.folder = folder
        self.phone = phone
        self.hub = Hub(_free_pair())
        self.browser = Browser(f"{NAME}={_own_address()}")
        self.found: list[str] = []
        self._open: set[str] = set()
        self._here = Path()

    def prepare(self, home: str) -> None:
        """Make a home, and let in the screens it has from the start."""
        folder = self.folder / home
        make_home(folder, home, self.phone)
        if not story.LET_IN[home]:
            return
        self.hub.start(folder, PREPARED_AT)
        for name in story.LET_IN[home]:
            screen = story.SCREENS[name]
            words = self.hub.words(folder, screen.invited)
            self.browser.do("screen", f"{home}/{name}")
            url = f"{self.hub.url(screen.way)}#/pair/{words}"
            self.browser.do("go", f"{home}/{name}", url=url)
            label = "What this screen is called"
            self.browser.do("fill", f"{home}/{name}", label=label, text=screen.label)
            self.browser.do("choose", f"{home}/{name}", selector="form button.begin")
            self.browser.do("until", f"{home}/{name}", selector="nav .begin, h1.unseen")
            self.browser.do("keep", f"{home}/{name}")
        if home == "harbour":
            for act in story.RECORDED:
                self._act(f"{home}/mara", story.SCREENS["mara"].way, act)
        for name in story.LET_IN[home]:
            self.browser.do("close", f"{home}/{name}")
        self.hub.end()

    def begin(self, hour: Hour) -> None:
        """Start the hub at an hour, in a home as it was prepared."""
        self._here = self.folder / f"{hour.home}-{hour.at.replace(':', '')}-{time.monotonic_ns()}"
        shutil.copytree(self.folder / hour.home, self._here)
        self.hub.start(self._here, hour.at, hour.speed)

    def end(self) -> None:
        """End the hub, and close the screens."""
        for name in self._open:
            self.browser.do("close", name)
        self._open.clear()
        self.hub.end()

    def take(self, hour: Hour, picture: Picture, raw: Path) -> None:
        """Do what leads to a picture, and take it at three sizes."""
        screen = story.SCREENS[picture.screen]
        name = f"{hour.home}/{picture.screen}"
        if name not in self._open:
            self._screen(name)
        for act in picture.do:
            self._act(name, screen.way, act)
        if not picture.quick:
            self._act(name, screen.way, story.FADED)
        told = self.browser.do("shoot", name, file=str(raw / picture.name), to=picture.to)
        self.found += [f"{picture.name}: {one}" for one in told["found"]]
        if told["light"] == "night":
            self.found += [f"{picture.name}: {one}" for one in not_red(raw, picture.name)]

    def _screen(self, name: str) -> None:
        home, of = name.split("/")
        screen = story.SCREENS[of]
        like = f"{home}/{screen.like or of}"
        self.browser.do("screen", name, locale=screen.locale, like=like)
        self._open.add(name)

    def _act(self, name: str, way: str, act: Act) -> None:
        verb, *words = act
        if verb == "go":
            self.browser.do("go", name, url=self.hub.url(way) + words[0])
        elif verb == "wait":
            self.browser.do("wait", name, ms=int(words[0]))
        elif verb == "again":
            self._screen(name)
        elif verb == "invited":
            code = self.hub.words(self._here, story.SCREENS[name.split("/")[1]].invited)
            self.browser.do("go", name, url=f"{self.hub.url(way)}#/pair/{code}")
        elif verb == "hub":
            self.hub.wait_for_scene(words[0], words[1])
        elif verb == "kill":
            self.hub.kill()
        elif verb == "serve":
            self.hub.again(words[0])
        else:
            self.browser.do(verb, name, **dict(zip(WORDS_OF[verb], words, strict=True)))

    def measure(self) -> dict[str, float]:
        """How soon Tonight can be used, and how long Begin takes, on a phone a quarter as fast."""
        usable_ms = []
        name = "harbour/slow"
        for _ in range(LOADS):
            self.browser.do("screen", name, like="harbour/nest", throttle=TIMES_SLOWER)
            self.browser.do("go", name, url=f"{self.hub.url('plain')}#/")
            usable_ms.append(float(self.browser.do("interactive", name)))
        script = self.browser.do("bytes", name)
        from_ms = self.browser.do("now", name)
        for text in ("Begin", "Begin the story"):
            self.browser.do("press", name, text=text)
        self.browser.do("until", name, selector=".prompter .now")
        begun_s = (self.browser.do("now", name) - from_ms) / 1000
        self.browser.do("close", name)
        return {
            "usable_ms": statistics.median(usable_ms),
            "usable_ms_max": max(usable_ms),
            "script_kb": script / 1000,
            "taps": 2,
            "begun_s": begun_s,
        }


def _free_pair() -> int:
    """The hub's own port where it and the next are free, else two that are."""
    others: list[int] = list(range(8421, 8500, 2))
    for port in [PORT, *others]:
        if _is_free(port) and _is_free(port + 1):
            return port
    raise SystemExit("no two ports are free")


def _is_free(port: int) -> bool:
    with socket.socket() as listening:
        try:
            listening.bind(("", port))
        except OSError:
            return False
    return True


def _own_address() -> str:
    """An address of this machine that is not its loopback; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.connect(("198.51.100.1", 9))
        return str(asking.getsockname()[0])


# --- The pictures --------------------------------------------------------------------------------


def not_red(raw: Path, name: str) -> Iterator[str]:
    """Say where a picture at night has another channel than the red one."""
    for size in SIZES:
        with Image.open(raw / f"{name}-{size}.png") as image:
            _, *others = image.convert("RGB").split()
            green, blue = (max(at for at, n in enumerate(one.histogram()) if n) for one in others)
        if green or blue:
            yield f"{size}: green up to {green}, blue up to {blue}, at night"


def beside_each_other(raw: Path, name: str, height_px: int) -> Image.Image:
    """A state's three sizes beside each other, at one height, on a neutral ground."""
    shots = []
    for size in SIZES:
        with Image.open(raw / f"{name}-{size}.png") as image:
            wide = round(image.width * height_px / image.height)
            scaled = image.convert("RGB").resize((wide, height_px), Image.Resampling.LANCZOS)
            shots.append(scaled)
    total = sum(one.width for one in shots) + GAP_PX * (len(shots) + 1)
    sheet = Image.new("RGB", (total, height_px + LABEL_PX + 2 * GAP_PX), GROUND)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(str(FONT), 17)
    left = GAP_PX
    for (size, pixels), shot in zip(SIZES.items(), shots, strict=True):
        sheet.paste(shot, (left, GAP_PX))
        frame = (left - 1, GAP_PX - 1, left + shot.width, GAP_PX + height_px)
        pen.rectangle(frame, outline=EDGE)
        label = f"{size}  {pixels}"
        pen.text((left, GAP_PX + height_px + 12), label, fill=LABEL, font=font)
        left += shot.width + GAP_PX
    return sheet


def write_small(raw: Path, name: str, to: Path) -> int:
    """Write a state's picture as large, and in as many colours, as fit; give back its bytes.

    Raises:
        RuntimeError: it is too large at the smallest.
    """
    file = to / f"{name}.png"
    for height_px, colours in SHAPES:
        sheet = beside_each_other(raw, name, height_px)
        few = sheet.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        few.save(file, optimize=True)
        size: int = file.stat().st_size
        if size <= BYTES_MAX:
            return size
    raise RuntimeError(f"{file.name} is larger than {BYTES_MAX} bytes")


# --- The page ------------------------------------------------------------------------------------

TOP = """\
# The pages, in pictures
<!-- Written by tools/page_pictures.py from tools/page_story.py: change what it says there. -->

Every state of the family's pages in the order of an evening, each on a phone, a tablet and a
desktop. The home is [the made-up one](tutorials/first-night.md) and so are its hours; the hub, the
pages and the ways in are real. Each picture says whose screen it is.

Before wind-down the pages are dusk-coloured. From wind-down to waking only the red channel is lit,
so these pictures look as a screen at the bed does.

To make them again:

```sh
(cd ui && npm ci && npm run build)
python tools/page_pictures.py
```
"""

FOOT = """\
## Measured

On a phone's size, 390 × 844, with the processor slowed to a quarter and nothing cached, by
`python tools/page_pictures.py`:

| what | measured | budget |
| --- | --- | --- |
| Tonight can be used (median of {loads} loads) | {usable_ms:.0f} ms | 1,000 ms |
| … the slowest of them | {usable_ms_max:.0f} ms | |
| its script, as it travels | {script_kb:.1f} kB | 60 kB |
| Begin to the first word of the story | {taps:.0f} taps, {begun_s:.1f} s | 3 taps, 20 s |
"""


def page_text(hours: Sequence[Hour], measured: dict[str, float] | None, before: str) -> str:
    """The page that shows them all.

    Args:
        hours: what was pictured.
        measured: what was measured; None keeps what the page said before.
        before: the page as it was.
    """
    parts = [TOP]
    for hour in hours:
        if hour.section:
            parts.append(f"## {hour.section}\n")
        for one in hour.pictures:
            parts += [f"### {one.title}\n", f"{one.says}\n"]
            parts.append(f"![{one.title}](images/pages/{one.name}.png)\n")
    if measured is not None:
        parts.append(FOOT.format(loads=LOADS, **measured))
    elif "## Measured" in before:
        parts.append(before[before.index("## Measured") :])
    return "\n".join(parts)


def main() -> int:
    """Take the pictures; 1 where something about them is wrong."""
    reading = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    reading.add_argument("--to", type=Path, default=PICTURES, help="the pictures' folder")
    reading.add_argument("--only", default="", help="pictures whose name has this in it")
    reading.add_argument("--measure", action="store_true", help="measure, and take no picture")
    reading.add_argument("--page-only", action="store_true", help="write docs/pages.md alone")
    asked = reading.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that the hub ends with it
    before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
    if asked.page_only:
        PAGE.write_text(page_text(story.HOURS, None, before), encoding="utf-8")
        return 0
    hours = [one for one in story.HOURS if any(asked.only in p.name for p in one.pictures)]
    if asked.measure:
        hours = []
    asked.to.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="evenfall-pages-") as folder, a_phone() as phone:
        world = World(Path(folder), phone)
        try:
            measured = take_all(world, hours, asked.to, whole=not asked.only)
        finally:
            world.hub.kill()
            world.browser.end()
    for one in world.found:
        print(f"  look: {one}")
    if measured is not None:
        print(" ".join(f"{name} {value:.1f}" for name, value in measured.items()))
    if measured is not None and asked.to.resolve() == PICTURES:
        PAGE.write_text(page_text(story.HOURS, measured, before), encoding="utf-8")
    return 1 if world.found else 0


def take_all(world: World, hours: Sequence[Hour], to: Path, whole: bool) -> dict[str, float] | None:
    """Take every picture of these hours; measure, where it is all of them."""
    raw = world.folder / "raw"
    raw.mkdir()
    for home in dict.fromkeys([*(one.home for one in hours), *(["harbour"] if whole else [])]):
        world.prepare(home)
    for hour in hours:
        world.begin(hour)
        for picture in hour.pictures:
            try:
                world.take(hour, picture, raw)
                size = write_small(raw, picture.name, to)
            except RuntimeError as error:
                world.found.append(f"{picture.name} was not taken: {_short(str(error))}")
                continue
            print(f"{picture.name:<30}{size / 1000:5.1f} kB", flush=True)
        world.end()
    if not whole:
        return None
    world.begin(Hour(at="18:57", pictures=()))
    measured = world.measure()
    world.end()
    return measured


def _short(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:300]


if __name__ == "__main__":
    raise SystemExit(main())
