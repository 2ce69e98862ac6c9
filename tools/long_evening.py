"""One evening of forty real minutes: a hub, a real Home Assistant, a real browser, and mishaps.

    python tools/long_evening.py                 # 40 minutes; writes docs/long-evening
    python tools/long_evening.py --minutes 6 --to /tmp/evening    # to try it out

It needs .venv-homeassistant (tests/support/home_assistant.py says how), Chromium, node and ui's
packages, and it is no part of the tests. What happens and what must come of it is data, in
evening_story.py. Leaves with 1 where something did not hold, and says what.
"""

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import evening_story as story
import httpx
from evening_picture import picture, table
from evening_story import Done, Event, Sample, Verdict
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from websockets.sync.client import connect

from evenfall.adapters.guard.process import running_pid

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # for tests.support

from tests.support.home_assistant import (  # noqa: E402
    MAKE_IT,
    RunningHomeAssistant,
    free_port,
    home_assistant_python,
    running_home_assistant,
)

SAMPLE_S = 2.0
ANSWER_WITHIN_S = 150.0
NOTIFY = "notify.persistent_notification"

HOUSEHOLD = """\
household: 1
name: The Harbour House (made up)
zone: Europe/Lisbon
rooms:
  - id: nest
    name: The nest
    night_light: 0.5 lx mEDI
    outputs:
      - id: nest-lamp
        kind: light
        calibration: {{kind: declared, light_at_full: {full:g} lx mEDI}}
  - {{id: loft, name: The loft}}
members:
  - {{id: mara, name: Mara, born: 1988-04, room: loft, evening: unplugged}}
  - id: ilay
    name: Ilay
    born: 2018-03
    room: nest
    guardians: [mara]
    tellers: [mara]
    evening: immersive
    score: two-boats
    ritual: [{{what: bath, takes: 30 min}}, {{what: story, takes: 30 min, with_teller: true}}]
    free_wake: 07:45
  - id: noor
    name: Noor
    born: 2022-06
    room: nest
    guardians: [mara]
    tellers: [mara]
    evening: immersive
    score: two-boats
    ritual: [{{what: bath, takes: 30 min}}, {{what: story, takes: 30 min, with_teller: true}}]
    free_wake: 08:15
immersion_allowance: 20 min
"""
DEVICES = """\
devices: 1
home_assistant: {{url: "{url}", token_file: home-assistant.token}}
connections:
  - {{output: nest-lamp, home_assistant: {lamp}}}
notices:
  - {{member: mara, home_assistant: {notify}}}
"""


# --- The world ---------------------------------------------------------------------------------


class Hub:
    """`evenfall serve` as a process of its own, and its API as a page would ask it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self._http = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=1.5)
        self._running: subprocess.Popen[bytes] | None = None

    def start(self, at: str) -> None:
        """Have it begin at a made-up hour."""
        said = (self.folder / "hub.txt").open("ab")
        words = ["--home", str(self.folder), "serve", "--port", str(self.port), "--at", at]
        evenfall = Path(sys.executable).with_name("evenfall")
        self._running = subprocess.Popen([evenfall, *words], stdout=said, stderr=said)
        said.close()

    def kill(self) -> None:
        """As if its machine had lost power: the guard goes with it."""
        guard = running_pid(self.folder)
        if guard is not None:
            with suppress(ProcessLookupError):
                os.kill(guard, signal.SIGKILL)
        if self._running is not None:
            self._running.kill()
            self._running.wait()

    def end(self) -> None:
        """In order."""
        if self._running is not None and self._running.poll() is None:
            self._running.terminate()
            self._running.wait(20)
        self._http.close()

    def nest(self) -> dict[str, Any] | None:
        """The nest as the hub tells it; None where it does not answer."""
        try:
            view = self._http.get("/api/v1/home").raise_for_status().json()
        except httpx.HTTPError:
            return None
        room = next(one for one in view["rooms"] if one["room"] == "nest")
        kept = {name: room[name] for name in ("mode", "scene", "breather", "faults", "call")}
        lease = room["lease"]
        return kept | {
            "light_lx": lease["light_lx_medi"],
            "sound_dba": lease["sound_dba"],
            "says": len(room["say"]),
        }


class Page:
    """The bedside page, worked through ui/dev/long-evening.mjs."""

    def __init__(self) -> None:
        self.latest: dict[str, Any] | None = None
        self._seen: dict[str, Any] | None = None
        self._waiting: dict[int, asyncio.Future[str]] = {}
        self._number = 0

    async def start(self) -> None:
        """Have the browser."""
        self._node = await asyncio.create_subprocess_exec(
            "node",
            "dev/long-evening.mjs",
            cwd=ROOT / "ui",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read())

    async def do(self, do: str, **more: str) -> str:
        """Have something done there; '' where it was, else what went wrong."""
        self._number += 1
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._waiting[self._number] = answer
        assert self._node.stdin is not None
        line = json.dumps({"do": do, "id": self._number, **more})
        self._node.stdin.write(f"{line}\n".encode())
        with suppress(TimeoutError):
            return await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        return "no answer from the page"

    async def end(self) -> None:
        """Close the browser."""
        assert self._node.stdin is not None
        self._node.stdin.write(b'{"do": "close"}\n')
        with suppress(TimeoutError):
            await asyncio.wait_for(self._node.wait(), 15.0)
        if self._node.returncode is None:
            self._node.kill()
        self._reading.cancel()

    async def _read(self) -> None:
        assert self._node.stdout is not None
        async for line in self._node.stdout:
            told: dict[str, Any] = json.loads(line)
            if "page" in told:  # a look of its own, every second
                self._take(told["page"])
                continue
            answer = self._waiting.pop(told.get("done") or told["failed"])
            if not answer.done():  # nobody waits for one that came too late
                answer.set_result(told.get("why", ""))

    def _take(self, seen: dict[str, Any] | None) -> None:
        if seen is not None and self._seen is not None:
            seen["ticked"] = seen["ticks"] - self._seen["ticks"]
            if seen["audio_s"] == self._seen["audio_s"]:
                seen["rms"] = 0.0  # no sound leaves a page whose audio clock stands still
        self.latest = seen
        self._seen = seen or self._seen


class World:
    """Everything an evening has, and what can be done in it."""

    def __init__(self, folder: Path, home: RunningHomeAssistant) -> None:
        self.home = home
        self._house = httpx.Client(
            base_url=home.url, headers={"authorization": f"Bearer {home.token}"}, timeout=5.0
        )
        self.hub = Hub(folder)
        self.page = Page()
        self.back_min = 0

    async def do(self, event: Event) -> str:
        """Let an event happen; '' where it did, else what went wrong."""
        if event.do in ("begin", "freeze", "thaw", "touch"):
            return await self.page.do(event.do)
        if event.do in ("out", "last-out"):
            return await self.page.do("out", **event.more)
        if event.do == "kill":
            self.hub.kill()
        elif event.do == "restart":
            self.hub.start(story.hour_at(self.back_min))
        elif event.do == "hand":
            call = self.home.call
            await asyncio.to_thread(
                call, "light/turn_on", entity_id=story.LAMP, brightness=story.BY_HAND
            )
        return ""

    async def sample(self, at_s: float) -> Sample:
        """Look at everything once."""
        lamp, hub, notices = await asyncio.gather(
            asyncio.to_thread(self._lamp),
            asyncio.to_thread(self.hub.nest),
            asyncio.to_thread(self._notices),
        )
        return Sample(at_s, lamp, hub, self.page.latest, notices)

    async def read_on(self) -> None:
        """Turn to the next line as whoever reads aloud would; the story itself is in no hurry."""
        page = self.page.latest
        if page is not None and page["face"] == "story" and page["line"] < page["lines"] - 1:
            await self.page.do("turn")

    def _lamp(self) -> int | None:
        try:
            answer = self._house.get(f"/api/states/{story.LAMP}").raise_for_status()
        except httpx.HTTPError:
            return None
        state = answer.json()
        return int(state["attributes"].get("brightness") or 0) if state["state"] == "on" else 0

    def _notices(self) -> int:
        """How many of our notices Home Assistant shows."""
        with connect(self.home.url.replace("http", "ws") + "/api/websocket") as socket:
            socket.recv(timeout=5.0)
            socket.send(json.dumps({"type": "auth", "access_token": self.home.token}))
            socket.recv(timeout=5.0)
            socket.send(json.dumps({"id": 1, "type": "persistent_notification/get"}))
            shown = json.loads(socket.recv(timeout=5.0))["result"]
        return sum("touched the page" in str(one["message"]) for one in shown)


def furnish(folder: Path, home: RunningHomeAssistant) -> None:
    """Write the home's files, and have Home Assistant watch its heartbeat."""
    household = HOUSEHOLD.format(full=story.LIGHT_AT_FULL)
    (folder / "household.yaml").write_text(household, encoding="utf-8")
    devices = DEVICES.format(url=home.url, lamp=story.LAMP, notify=NOTIFY)
    (folder / "devices.yaml").write_text(devices, encoding="utf-8")
    token = folder / "home-assistant.token"
    token.write_text(home.token, encoding="utf-8")
    token.chmod(0o600)
    used = {"path": "evenfall/evenfall-heartbeat.yaml", "input": {"lights": [story.LAMP]}}
    home.add_automation("evening", {"alias": "Evenfall heartbeat", "use_blueprint": used})
    home.call("light/turn_off", entity_id=story.LAMP)


# --- The evening ---------------------------------------------------------------------------------


async def evening(world: World, minutes: float) -> tuple[list[Done], list[Sample]]:
    """Let it all happen, in real time."""
    plan = story.planned(minutes)
    world.back_min = round(next(at_s for one, at_s in plan if one.do == "restart") / 60)
    done: list[Done] = []
    samples: list[Sample] = []
    began_s = time.monotonic()
    world.hub.start(story.AT)
    await world.page.start()
    await until_up(world)
    fault = await world.page.do("open", url=f"{world.hub.url}/#/bedside/nest")
    if fault:
        raise SystemExit(f"the page could not be opened: {fault}")
    reading = asyncio.create_task(read_aloud(world, story.line_every_s(minutes)))
    looking = asyncio.create_task(look_on(world, samples, began_s))
    try:
        await happen(world, plan, done, began_s)
    finally:
        reading.cancel()
        looking.cancel()
    return done, samples


async def happen(
    world: World, plan: Sequence[tuple[Event, float]], done: list[Done], began_s: float
) -> None:
    """Each event at its time, with a bar that says which comes next."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=plan[-1][1])
        for event, at_s in plan:
            bar.update(task, description=f"next: {event.name.lower()}")
            while (left_s := at_s - (time.monotonic() - began_s)) > 0:
                bar.update(task, completed=time.monotonic() - began_s)
                await asyncio.sleep(min(left_s, 1.0))
            fault = await world.do(event)
            happened_s = time.monotonic() - began_s
            done.append(Done(event, happened_s, fault))
            bar.console.print(f"{_minute(happened_s)}  {event.name}{f': {fault}' if fault else ''}")


async def look_on(world: World, samples: list[Sample], began_s: float) -> None:
    """Sample every two seconds; what goes wrong with one look is no look."""
    while True:
        at_s = time.monotonic() - began_s
        with suppress(OSError, TimeoutError, httpx.HTTPError):
            samples.append(await world.sample(at_s))
        await asyncio.sleep(max(0.1, at_s + SAMPLE_S - (time.monotonic() - began_s)))


async def read_aloud(world: World, every_s: float) -> None:
    """Turn the page, line by line."""
    while True:
        await asyncio.sleep(every_s)
        await world.read_on()


async def until_up(world: World) -> None:
    """Wait until the hub answers.

    Raises:
        SystemExit: it does not within 30 s.
    """
    for _ in range(300):
        if await asyncio.to_thread(world.hub.nest) is not None:
            return
        await asyncio.sleep(0.1)
    raise SystemExit(f"the hub did not come up:\n{(world.hub.folder / 'hub.txt').read_text()}")


def _minute(at_s: float) -> str:
    return f"{int(at_s // 60):3d}:{int(at_s % 60):02d}"


# --- What is left of it --------------------------------------------------------------------------


def write(
    folder: Path, minutes: float, done: Sequence[Done], samples: Sequence[Sample]
) -> tuple[Verdict, ...]:
    """Write the timeline, its picture and its table; give back what held and what did not."""
    verdicts = story.judged(done, samples)
    folder.mkdir(parents=True, exist_ok=True)
    plain = {
        "minutes": minutes,
        "made_up_hour": story.AT,
        "events": [
            {"at_s": round(d.at_s, 2), "event": d.event.name, "fault": d.fault} for d in done
        ],
        "samples": [_plain(one) for one in samples],
    }
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    lines = text.replace('{"at_s"', '\n{"at_s"')
    (folder / "timeline.json").write_text(lines + "\n", encoding="utf-8")
    title = f"One evening of {minutes:g} real minutes, begun at a made-up {story.AT}"
    svg = picture(samples, done, minutes * 60.0, title)
    (folder / "timeline.svg").write_text(svg, encoding="utf-8")
    (folder / "README.md").write_text(_page(title, verdicts, done), encoding="utf-8")
    return verdicts


def _plain(sample: Sample) -> dict[str, object]:
    page = sample.page and {
        **{name: sample.page[name] for name in ("face", "line", "lines", "ticks", "shown", "said")},
        "ember": round(sample.page["ember"], 4),
        "rms": round(sample.page["rms"], 7),
    }
    return {
        "at_s": round(sample.at_s, 1),
        "lamp": sample.lamp,
        "hub": sample.hub,
        "page": page,
        "notices": sample.notices,
    }


def _page(title: str, verdicts: Sequence[Verdict], done: Sequence[Done]) -> str:
    held = sum(one.held for one in verdicts)
    return f"""# {title}

`python tools/long_evening.py` made this page: `evenfall serve` at real speed, a real Home Assistant
whose light is the nest's lamp and whose automation watches the heartbeat, and the bedside page in
a real Chromium. The minutes are real; the hour, the home and the lamp, which is a demo light of
Home Assistant's said to give 5 lx mEDI at its fullest, are made up.

Everything was looked at every {SAMPLE_S:g} s, and the page every second: a measured time may be
3 s longer than the truth, or a second shorter. The page's sound is what leaves its audio graph;
a frozen page's is stopped by the browser, its ember by the fade the page had planned.

{held} of {len(verdicts)} expectations held.

![The evening as a timeline](timeline.svg)

{table(verdicts, done)}
All samples are in [timeline.json](timeline.json).
"""


def main() -> int:
    """Run it. The number of the exit says whether all of it held."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    asked.add_argument("--minutes", type=float, default=story.WHOLE_MIN)
    asked.add_argument("--to", type=Path, default=ROOT / "docs" / "long-evening")
    given = asked.parse_args()
    if given.minutes < story.SHORTEST_MIN:
        asked.error(f"an evening takes {story.SHORTEST_MIN:g} minutes at least")
    python = home_assistant_python()
    if not python.exists():
        asked.error(f"no Home Assistant at {python}; make one with: {MAKE_IT}")
    with tempfile.TemporaryDirectory(prefix="long-evening-") as name:
        folder = Path(name)
        (folder / "ha").mkdir()
        (folder / "home").mkdir()
        with running_home_assistant(python, folder / "ha") as home:
            furnish(folder / "home", home)
            done, samples = asyncio.run(_whole(World(folder / "home", home), given.minutes))
        said = (folder / "home" / "hub.txt").read_text(encoding="utf-8", errors="replace")
    verdicts = write(given.to, given.minutes, done, samples)
    failed = [one for one in verdicts if not one.held]
    for one in verdicts:
        after = "" if one.after_s is None else f" ({one.after_s:.1f} s)"
        how = "held  " if one.held else "FAILED"
        print(f"{how} {one.expectation.after}: {one.expectation.what}{after} {one.why}".rstrip())
    if failed:
        print(f"\nWhat the hub said:\n{said}", file=sys.stderr)
    return 1 if failed else 0


async def _whole(world: World, minutes: float) -> tuple[list[Done], list[Sample]]:
    try:
        return await evening(world, minutes)
    finally:
        await world.page.end()
        await asyncio.to_thread(world.hub.end)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that nothing is left running
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    sys.exit(main())
