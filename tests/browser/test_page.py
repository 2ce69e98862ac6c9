"""The family's page in a real browser, and its own parts: its checks are its own, run from here.

`ui/dev/drive.mjs` plays an evening at many times its pace against a hub of its own and tries,
in Chromium, what a family would: begin, read, stop in four ways, a hub that is gone, a page that
stands still, a touch at night, and the accessibility of every state.
"""

import shutil
import subprocess
from pathlib import Path

import build_page
import pytest

UI = Path(__file__).resolve().parents[2] / "ui"
LIES = (
    "other values beside the signed ones",
    "other values in the signed text",
    "a frame that nobody signed",
    "a frame that was heard before, again and again",
    "what was heard before, all of it anew",
    "another room’s frame",
    "a frame that somebody else signed",
    "frames that were kept back for an hour",
    "a longer while than the guard gave",
    "an answer to a touch that nobody made",
)
NEVER_MISSING = (
    "Begin to the first word in two taps",
    "the hub knows",
    "a stop holds without the hub",
    "a hub that is gone: sound and light end with what was told",
    "a page that stands still goes quiet by itself",
    "after lights-out: face down, off the bed",
    "only the red channel at night",
    "axe finds nothing: story",
    "a screen nobody let in sees the door, and nothing of the home",
    "a link claims nothing by itself",
    "a session that ends in a story does not cut it off",
    "a screen whose session is over still stops its rooms",
    "axe finds nothing: the door",
    "interactive within a second at a quarter of the speed",
    "no dropped audio at a quarter of the speed",
    "gaps of 8 ms would have been noticed",
    "no voice by itself",
    "three taps end a voice too",
    "another’s book takes a dream and does not open",
    *(f"a hub that lies gets nothing but dark: {how}" for how in LIES),
    "another guard than the one a screen was let in with lights nothing",
    "letting it in anew says plainly that it is another",
    "a screen whose clock is hours off is held to how far it is off",
    "a child calls for help by keyboard, is told by name who hears",
    "where the house does not hear, nobody is promised",
    "no child is asked to begin anew",
    "an adult begins anew, and nothing runs by it",
    "nothing lies across the moon: called, with voices, 390 × 844",
    "a frame is checked in a fraction of a second at a quarter of the speed",
)


@pytest.fixture(scope="module")
def page() -> Path:
    """The page's folder with what its checks need; skipped, saying so, where node is not."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        pytest.skip("no node here: the page is built without one, but its own checks need it")
    if not (UI / "node_modules").is_dir():
        made = run("npm", "ci", "--no-audit", "--no-fund")
        if made.returncode:
            pytest.skip(f"the page's tools could not be installed: {made.stderr[-300:]}")
    if not build_page.is_built():
        build_page.build()
    return UI


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(words, cwd=UI, capture_output=True, text=True, check=False, timeout=900)


@pytest.mark.usefixtures("page")
def test_its_types_and_its_style() -> None:
    checked = run("npm", "run", "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.usefixtures("page")
@pytest.mark.safety("H-97")
@pytest.mark.safety("H-100")
def test_its_parts() -> None:
    """Both languages have every sentence; no author's word is in any; and the pure parts."""
    tested = run("npm", "test")
    assert tested.returncode == 0, tested.stdout + tested.stderr


@pytest.mark.usefixtures("page")
@pytest.mark.browser
@pytest.mark.safety("H-26")
@pytest.mark.safety("H-06")
@pytest.mark.safety("H-100")
@pytest.mark.safety("H-101")
@pytest.mark.safety("H-103")
def test_an_evening_in_a_real_browser() -> None:
    if shutil.which("chromium") is None:
        pytest.skip("no Chromium here: `apt install chromium`, or tools/prepare-optional")
    driven = run("node", "dev/drive.mjs")
    said = driven.stdout.splitlines()
    assert driven.returncode == 0, driven.stdout + driven.stderr
    assert all(line.startswith("held") for line in said if line.strip()), driven.stdout
    missing = [one for one in NEVER_MISSING if not any(one in line for line in said)]
    assert missing == []
