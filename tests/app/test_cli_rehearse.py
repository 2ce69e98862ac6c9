"""`evenfall rehearse` as a person or a program meets it."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from tests.support.command_line import demo_home, evenfall, refused
from tests.support.rehearsed import setting

from evenfall.app.cli import rehearse as command
from evenfall.app.cli.rehearse import all_nights
from evenfall.records.limits import Limits
from evenfall.records.programme import Setpoint
from evenfall.rehearse.nights.faults import FAULTS
from evenfall.rehearse.nights.room import Room, Tell
from evenfall.rehearse.nights.run import Setting, night_seed, run_night
from evenfall.rehearse.nights.summary import summed_up
from evenfall.rehearse.nights.tally import NightResult, judge

FIGURES = ["breathers", "light-against-limit", "sound-against-limit", "time-to-quiet", "wakings"]


def test_a_rehearsal_is_told_in_a_few_lines_and_leaves_with_0() -> None:
    ran = evenfall("rehearse", "tidepool", "--nights", "12", "--faults", "stop,hub-killed")
    assert (ran.code, ran.err) == (0, "")
    assert "12 nights rehearsed, seed 7 [simulated]" in ran.said
    assert "No rule was broken." in ran.said
    found = re.search(r"--faults stop,hub-killed --night (\d+)`", ran.said)
    assert found, ran.said
    one = evenfall(
        "rehearse", "tidepool", "--faults", "stop,hub-killed", "--night", found[1], "--seed", "7"
    )
    assert one.code == 0 and f"night {found[1]} of seed 7 [simulated]" in one.said


@pytest.mark.safety("H-80")
def test_two_workers_give_the_same_bytes_as_one() -> None:
    kinds = tuple(FAULTS)
    alone = all_nights(setting("tidepool"), 7, kinds, 24, 1)
    shared = all_nights(setting("tidepool"), 7, kinds, 24, 2)
    assert shared == alone
    words = ("rehearse", "tidepool", "--nights", "24", "--json", "--workers")
    first, second = evenfall(*words, "1"), evenfall(*words, "2")
    assert first.out == second.out
    data = first.json()
    assert data["simulated"] is True and data["nights"] == 24 and data["models"]
    summary = summed_up(setting("tidepool"), 7, kinds, alone)
    assert data["log_rows"] == summary.log_rows


def test_none_and_all_are_two_things() -> None:
    words = ("rehearse", "two-boats", "--nights", "8", "--json", "--faults")
    none, everything = evenfall(*words, "none").json(), evenfall(*words, "all").json()
    assert (none["faults"], none["happenings"], none["hub_starts"]) == ([], 0, 0)
    assert everything["faults"] == list(FAULTS) and everything["happenings"] > 8


def test_pages_pictures_and_data_are_written_where_they_are_asked_for(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert evenfall("rehearse", "two-boats", "--nights", "4", "--out", out).code == 0
    assert evenfall("rehearse", "two-boats", "--night", "2", "--out", out).code == 0
    names = sorted(path.name for path in out.iterdir())
    pairs = [f"{name}.{end}" for name in [*FIGURES, "night-2"] for end in ("json", "svg")]
    assert names == sorted(["index.html", "rehearsal.json", *pairs])
    for name in [*FIGURES, "night-2"]:
        svg = Xml.fromstring((out / f"{name}.svg").read_text(encoding="utf-8"))
        assert "Simulated." in svg.attrib["aria-label"]
        inside = svg.find("{http://www.w3.org/2000/svg}metadata")
        assert inside is not None and inside.text
        assert json.loads(inside.text) == json.loads((out / f"{name}.json").read_text())
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "No rule was broken" in page and "simulated" in page and "http://" not in page
    whole = json.loads((out / "rehearsal.json").read_text())
    assert len(whole["light"]["highest"]) == len(whole["light"]["limit"])


def test_a_household_brings_its_own_people_and_times(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    words = ("--nights", "3", "--json", "--date", "2026-11-20")
    file = home / "household.yaml"
    ran = evenfall("rehearse", "two-boats", "--household", file, "--room", "nest", *words)
    assert ran.code == 0, ran
    assert ran.json()["where"].startswith("the room nest of ")
    no_room = refused(evenfall("rehearse", "two-boats", "--household", file, "--room", "attic"))
    assert "attic" in no_room and "nest" in no_room


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tidepool", "--faults", "stopp"], "write --faults stop"),
        (["nowhere.yaml"], "nowhere.yaml"),
        (["tidepool", "--seed", "-1", "--nights", "1"], "the seed is -1"),
        (["tidepool", "--household", "nowhere.yaml"], "no household yet"),
    ],
)
def test_what_cannot_be_rehearsed_is_told_with_its_mend(words: list[str], said: str) -> None:
    assert said in refused(evenfall("rehearse", *words))


@pytest.mark.parametrize("words", [["--nights", "0"], ["--night", "0"], ["--workers", "0"]])
def test_numbers_out_of_range_are_a_wrong_use(words: list[str]) -> None:
    ran = evenfall("rehearse", "tidepool", *words)
    assert ran.code == 2 and words[0] in ran.said


# --- A violation ---------------------------------------------------------------------------------


class TooBright(Room):
    """A room that tells its lamp and page more than was granted."""

    def __init__(self, limits: Limits, safe: Sequence[Setpoint], tell: Tell) -> None:
        def brighter(output: str, target: float, ramp_s: float, now_s: float) -> bool:
            return tell(output, target * 1.4, ramp_s, now_s)

        super().__init__(limits, safe, brighter)


def planted(
    setting: Setting, seed: int, kinds: Sequence[str], first: int, last: int
) -> list[NightResult]:
    """Nights in a room that is too bright."""
    return [
        judge(run_night(setting, night_seed(seed, one), kinds, make_room=TooBright), one)
        for one in range(first, last + 1)
    ]


@pytest.mark.safety("H-80")
def test_a_broken_rule_leaves_with_1_and_names_the_night_and_its_seed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(command, "rehearse_nights", planted)
    words = ("rehearse", "tidepool", "--nights", "3", "--out", tmp_path / "out")
    ran = evenfall(*words)
    assert ran.code == 1
    assert "over the limit" in ran.said and f"seed {night_seed(7, 1)}" in ran.said
    data = evenfall(*words, "--json")
    assert (data.code, data.json()["broken"][0]["night"]) == (1, 1)
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "rules were broken" in page and str(night_seed(7, 1)) in page


# --- Ctrl-C --------------------------------------------------------------------------------------


def children_of(process: int) -> list[int]:
    """Who was started by a process."""
    tasks = Path(f"/proc/{process}/task").glob("*/children")
    return [int(word) for path in tasks for word in path.read_text().split()]


def is_there(process: int) -> bool:
    """True while a process runs."""
    try:
        state = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for children in /proc")
def test_ctrl_c_leaves_no_process_and_no_file(tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = "from evenfall.app.cli import main; main()"
    words = ["rehearse", "tidepool", "--nights", "100000", "--workers", "2", "--out", str(out)]
    process = subprocess.Popen(
        [sys.executable, "-c", line, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "EVENFALL_HOME": str(tmp_path / "home")},
    )
    try:
        ends_s = time.monotonic() + 30
        while len(children_of(process.pid)) < 2 and time.monotonic() < ends_s:
            time.sleep(0.05)
        children = children_of(process.pid)
        assert len(children) >= 2
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 130, said
    assert b"Interrupted" in said and b"Traceback" not in said
    ends_s = time.monotonic() + 10  # a helper of the pool's ends by itself when it is left alone
    while any(map(is_there, children)) and time.monotonic() < ends_s:
        time.sleep(0.05)
    assert [one for one in children if is_there(one)] == []
    assert list(tmp_path.iterdir()) == []
