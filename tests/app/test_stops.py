"""Every way of stopping, with real processes: a lamp that is lit is safe within five seconds.

From a page, a second screen and the command line see also tests/app/test_devices_served.py and
tests/guard/test_guard_process.py; with a browser, tests/browser.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.support.command_line import evenfall, refused
from tests.support.drilled import DEMO, NIGHT_LIGHT, Furnished, furnished

from evenfall.adapters.guard.process import is_running, running_pid
from evenfall.adapters.keys.evdev import DOWN, EV_KEY, EVENT
from evenfall.app.drill.house import begins_at, drill_room
from evenfall.app.drill.process import DrillHub, Evening
from evenfall.app.home import load_household
from evenfall.app.quick import SAID, plain_stop

SAFE_WITHIN_S = 5.0
SOON_S = 30.0  # how long something is waited for before it fails; a bound, not a measure


def until(seen: Callable[[], object], within_s: float = SOON_S) -> float:
    began_s = time.monotonic()
    while not seen():
        assert time.monotonic() - began_s < within_s, "it did not come"
        time.sleep(0.01)
    return time.monotonic() - began_s


@contextmanager
def lit(home: Furnished, kept: Path) -> Iterator[DrillHub]:
    """An evening in the nest, its lamp brighter than safe; it is ended in order."""
    household = load_household(home.folder / "household.yaml").record
    zone = ZoneInfo(household.zone)
    night = (datetime.now(zone) - timedelta(hours=12)).date()
    room = drill_room(household, "nest", night, zone)
    kept.mkdir()
    at = begins_at(household, room, night, zone)
    hub = DrillHub(Evening(home.folder, home.folder / "household.yaml", kept, "nest", at))
    try:
        hub.start()
        until(lambda: hub.press("begin") or mode(hub) == "running")
        until(lambda: home.step > NIGHT_LIGHT)
        yield hub
    finally:
        hub.end()
        assert not is_running(home.folder)


def mode(hub: DrillHub) -> str:
    view = hub.view()
    return view.mode if view is not None else ""


def told_safe(hub: DrillHub) -> bool:
    """Whether the room's pages are told to be no brighter than safe."""
    view = hub.view()
    return view is not None and view.lease.light_lx_medi <= 0.5 and view.lease.sound_dba == 0


@pytest.mark.safety("H-01")
@pytest.mark.safety("H-104")
def test_the_home_assistants_button_makes_lamp_and_page_safe(tmp_path: Path) -> None:
    with furnished(tmp_path, silent_s=60.0) as home, lit(home, tmp_path / "kept") as hub:
        began_s = time.monotonic()
        home.home_assistant.press()
        until(lambda: home.step <= NIGHT_LIGHT, SAFE_WITHIN_S)
        until(lambda: told_safe(hub), SAFE_WITHIN_S)
        assert time.monotonic() - began_s < SAFE_WITHIN_S
        until(lambda: mode(hub) == "stopped")


@pytest.mark.safety("H-01")
@pytest.mark.safety("H-104")
def test_a_key_makes_lamp_and_page_safe_though_the_hub_hangs(tmp_path: Path) -> None:
    device = tmp_path / "event7"
    os.mkfifo(device)
    with (
        furnished(tmp_path, silent_s=60.0) as home,
        lit(home, tmp_path / "kept") as hub,
        waiting_for(device, tmp_path),
        device.open("wb", buffering=0) as key,
    ):
        assert hub._process is not None
        hub._process.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        key.write(EVENT.pack(0, 0, EV_KEY, 1, DOWN))
        until(lambda: home.step <= NIGHT_LIGHT, SAFE_WITHIN_S)
        assert time.monotonic() - began_s < SAFE_WITHIN_S
        hub._process.send_signal(signal.SIGCONT)
        until(lambda: mode(hub) == "stopped" and told_safe(hub))


@contextmanager
def waiting_for(device: Path, home: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`evenfall stop --on-key`, as a process of its own, ready for a press."""
    run = "from evenfall.app.cli import main; main()"
    words = ["--home", str(home), "stop", "--on-key", str(device), "--key", "esc"]
    waiting = subprocess.Popen([sys.executable, "-c", run, *words], stdout=subprocess.PIPE)
    try:
        assert waiting.stdout is not None
        said = b""
        while b"ends this." not in said:
            said += waiting.stdout.readline()
            assert waiting.poll() is None
        yield waiting
    finally:
        waiting.send_signal(signal.SIGINT)
        waiting.communicate(timeout=SOON_S)


@pytest.mark.safety("H-104")
def test_a_button_needs_no_hub_and_no_begun_night(tmp_path: Path) -> None:
    with furnished(tmp_path) as home, guard_alone(tmp_path):
        kept = tmp_path / "guard" / "tonight.json"

        def stopped() -> bool:
            home.home_assistant.press()
            with suppress(OSError, ValueError):
                rooms = json.loads(kept.read_text())
                return all(one["stopped_night"] > 0 for one in rooms.values())
            return False

        until(stopped)


@contextmanager
def guard_alone(home: Path) -> Iterator[None]:
    command = [sys.executable, "-m", "evenfall.guard", "--home", str(home)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline()) == {"ready": True}
        assert running_pid(home) == process.pid
        yield
    finally:
        process.terminate()
        process.communicate(timeout=15.0)


@pytest.mark.prove
@pytest.mark.safety("H-01")
@pytest.mark.safety("H-104")
@pytest.mark.parametrize("way", ["page", "second screen", "command"])
def test_pages_and_the_command_line_make_lamp_and_page_safe(tmp_path: Path, way: str) -> None:
    with furnished(tmp_path, silent_s=60.0) as home, lit(home, tmp_path / "kept") as hub:
        began_s = time.monotonic()
        if way == "command":
            assert evenfall("--home", tmp_path, "stop", "nest").code == 0
        else:
            assert hub.press("stop", page=int(way != "page"))
        until(lambda: home.step <= NIGHT_LIGHT and told_safe(hub), SAFE_WITHIN_S)
        assert time.monotonic() - began_s < SAFE_WITHIN_S


@pytest.mark.safety("H-104")
def test_a_plain_stop_is_done_before_anything_else_is_loaded(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    quick = (
        "import sys; from evenfall.app.quick import main; main(); "
        "print([one for one in ('typer', 'rich', 'evenfall.app.cli') if one in sys.modules])"
    )
    with guard_alone(tmp_path):
        words = [sys.executable, "-c", quick, "--home", str(tmp_path), "stop"]
        ran = subprocess.run(words, capture_output=True, text=True, check=True)
        *said, loaded = ran.stdout.splitlines()
        assert said == [SAID.format(room=one) for one in ("loft", "nest")]
        assert loaded == "[]"
        wrong = subprocess.run([*words, "attic"], capture_output=True, text=True, check=False)
        assert (wrong.returncode, "no such room" in wrong.stderr) == (2, True)
    gone = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (gone.returncode, "no guard that answers" in gone.stderr) == (2, True)


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        (["stop"], (None, ())),
        (["stop", "--all"], (None, ())),
        (["--home", "cabin", "stop", "nest", "loft"], (Path("cabin"), ("nest", "loft"))),
        (["stop", "--json"], None),
        (["stop", "-h"], None),
        (["stop", "--on-key", "/dev/input/event7"], None),
        (["--household", "other.yaml", "stop"], None),
        (["--home", "stop"], None),
        (["tonight"], None),
        ([], None),
    ],
)
def test_what_is_no_plain_stop_goes_to_the_whole_command_line(
    words: list[str], plain: tuple[Path | None, tuple[str, ...]] | None
) -> None:
    assert plain_stop(words) == plain


def test_a_key_without_a_device_or_a_guard_says_what_is_missing(tmp_path: Path) -> None:
    assert "--key without a device" in refused(evenfall("--home", tmp_path, "stop", "--key", "esc"))
    ran = evenfall("--home", tmp_path, "stop", "--on-key", tmp_path / "no-such", "--key", "esc")
    assert ran.code == 2
    assert "no such key on this machine" in ran.said
    wrong = evenfall("--home", tmp_path, "stop", "--on-key", tmp_path / "x", "--key", "any")
    assert "'any' as a key" in refused(wrong)
