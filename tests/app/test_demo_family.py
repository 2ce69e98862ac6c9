"""`evenfall demo family`: a real hub, really killed; what the lamp shows is read from the lamp."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from rich.console import Console
from tests.support.command_line import evenfall, refused

from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.cli import family as command
from evenfall.app.cli.family import bar, drawn, show_family
from evenfall.app.demo import home as made_up
from evenfall.app.demo.family import AT, Invitation, Pace, Picture
from evenfall.app.demo.home import ROOM, SAFE_STEP, household_text, make_home
from evenfall.app.demo.hub import HubProcess
from evenfall.app.home import load_household
from evenfall.app.reach.sockets import listening_on
from evenfall.formats.errors import EvenfallError
from evenfall.formats.household import read_household
from evenfall.plan.tonight import plan_tonight

SOON_S = 20.0  # how long something is waited for before it fails; a bound, not a measure
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
SAFE_SHARE = (SAFE_STEP + 0.5) / 255
QUICK = Pace(
    speed=60.0,
    wait_s=10.0,
    story_s=4.0,
    story_min_s=4.0,
    silent_s=11.0,  # a heartbeat comes every 10 s
    fade_s=2.0,
    after_s=1.5,
    whole_s=40.0,
)


class Guest:
    """Someone who joins: their page asks over HTTP as any page does, and presses Begin."""

    def __init__(self, lamp: list[WledTwin]) -> None:
        self.lamp = lamp
        self.said: list[str] = []
        self.seen: list[tuple[Picture, float]] = []
        self.let_in: dict[str, Any] | None = None
        self._pressed = False

    def invite(self, invitation: Invitation) -> None:
        address = invitation.here.partition("/#")[0]
        self.page = httpx.Client(base_url=address, headers={"x-evenfall": "page"}, trust_env=False)
        if invitation.words is not None:
            assert invitation.house is not None
            link, _, key = invitation.house.rpartition("/")
            assert link.endswith(f"/#/pair/{invitation.words}")
            body = {"code": invitation.words, "label": "Mara's phone"}
            self.let_in = self.page.post("/api/v1/pair", json=body).raise_for_status().json()
            assert self.let_in["guard_key"] == key, "the link and the guard that runs agree"

    def say(self, text: str) -> None:
        self.said.append(text)

    def look(self, picture: Picture) -> None:
        self.seen.append((picture, self.lamp[-1].glow().share))
        if not self._pressed:
            self._pressed = True
            self.page.post("/api/v1/do", json={"do": "begin", "room": ROOM}).raise_for_status()


@pytest.fixture
def lamps(monkeypatch: pytest.MonkeyPatch) -> list[WledTwin]:
    """Every lamp a demo makes, to be looked at from outside."""
    made: list[WledTwin] = []

    class Watched(WledTwin):
        def __init__(self, on: bool = False, brightness: int = 128) -> None:
            super().__init__(on, brightness)
            made.append(self)

    monkeypatch.setattr(command, "WledTwin", Watched)
    return made


@pytest.mark.safety("H-06")
def test_the_lamp_goes_down_with_the_story_and_is_safe_though_the_hub_is_killed(
    tmp_path: Path, lamps: list[WledTwin]
) -> None:
    guest = Guest(lamps)
    summary = show_family(tmp_path, guest, to_the_house=True, unattended=False, pace=QUICK)
    guest.page.close()

    gone_from = next(at for at, (one, _) in enumerate(guest.seen) if one.hub == "gone")
    back_from = next(
        at for at, (one, _) in enumerate(guest.seen) if at > gone_from and one.hub == "up"
    )
    shares = [share for _, share in guest.seen]
    before, gone, back = shares[:gone_from], shares[gone_from:back_from], shares[back_from:]
    assert before[-1] < before[len(before) // 2], "it went down with the story"
    assert gone[0] > SAFE_SHARE, "it was lit when the hub was killed"
    assert gone == sorted(gone, reverse=True), "and nothing made it brighter"
    assert gone[-1] <= SAFE_SHARE
    assert max(back) <= SAFE_SHARE
    assert lamps[0].glow().share <= SAFE_SHARE

    assert summary.begun_by == "somebody"
    assert summary.begin_to_lamp_s is not None
    assert summary.lamp_at_begin_lx_medi > summary.lamp_at_kill_lx_medi > summary.safe_lx_medi
    assert summary.lamp_safe_lx_medi <= summary.safe_lx_medi
    assert summary.kill_to_fading_s < summary.kill_to_safe_s <= 60
    assert summary.resumed_in_quiet and summary.simulated
    if guest.let_in is not None:
        assert (guest.let_in["role"], guest.let_in["room"]) == ("device", ROOM)
        assert any("Mara's phone" in one.screens for one, _ in guest.seen)


def test_the_made_up_evening_is_the_same_on_every_day_and_fits_its_story() -> None:
    seen = set()
    for hours in range(0, 400 * 24, 263):
        now = datetime(2026, 1, 3, tzinfo=UTC) + timedelta(hours=hours)
        household = read_household(household_text(now), "family.yaml").record
        zone = ZoneInfo(household.zone)
        assert now.astimezone(zone).hour < 23, "no midnight comes before it is over"
        plan = plan_tonight(household, now.astimezone(zone).date(), zone)
        (nest,) = (one for one in plan.rooms if one.room == ROOM)
        assert (nest.kind, nest.score) == ("immersive", made_up.SCORE)
        children = [one for one in plan.members if one.room == ROOM]
        begins = min(f"{one.wind_down:%H:%M}" for one in children)
        ends = min(f"{one.lights_out:%H:%M}" for one in children)
        seen.add((begins, ends))
    ((begins, ends),) = seen
    assert begins < AT
    told_at_most_min = (Pace().wait_s + Pace().story_s) * Pace().speed / 60
    told_until = datetime.strptime(AT, "%H:%M") + timedelta(minutes=told_at_most_min)  # noqa: DTZ007
    assert ends > f"{told_until:%H:%M}"


# --- What is in the way --------------------------------------------------------------------------


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with listening_on(0) as held:
        port = str(held.getsockname()[1])
        ran = evenfall("demo", "family", "--here", "--port", port, "--out", tmp_path / "home")
    assert "something already listens" in refused(ran)


def test_another_home_is_never_written_over(tmp_path: Path) -> None:
    (tmp_path / "household.yaml").write_text("household: 1\nname: Ours\n")
    ran = evenfall("demo", "family", "--here", "--out", tmp_path)
    assert "another home" in refused(ran)
    assert (tmp_path / "household.yaml").read_text() == "household: 1\nname: Ours\n"
    assert [path.name for path in tmp_path.iterdir()] == ["household.yaml"]


def test_options_of_the_night_are_not_lost_before_family(tmp_path: Path) -> None:
    ran = evenfall("demo", "--out", tmp_path / "home", "family")
    assert "--out before family" in refused(ran)


def test_the_home_is_the_demos_own_and_may_be_made_again(tmp_path: Path) -> None:
    born_in = {
        2026: {"ilay": "2018-05", "noor": "2021-05"},
        2031: {"ilay": "2022-08", "noor": "2025-08"},
    }
    for today in (NOW, datetime(2031, 2, 1, tzinfo=UTC)):
        home = make_home(tmp_path, today)
        household = load_household(home.household_file).record
        born = {one.id: one.born for one in household.members}
        assert born == {"mara": "1988-04", "tomas": "1986-09"} | born_in[today.year]
        assert "made up" in household.name
        (nest,) = (one for one in household.rooms if one.id == ROOM)
        assert nest.night_light == f"{made_up.NIGHT_LIGHT_LX_MEDI:g} lx mEDI"
        lamp = nest.outputs[0].calibration
        assert lamp.light_at_full == f"{made_up.LIGHT_AT_FULL_LX_MEDI:g} lx mEDI"


def test_a_hub_that_does_not_come_up_says_why(tmp_path: Path) -> None:
    home = make_home(tmp_path, NOW)
    (tmp_path / "devices.yaml").write_text("devices: 1\nlamps: []\n")
    with HubProcess(home, 0, False, 30.0) as hub:
        with pytest.raises(EvenfallError, match="did not come up") as told:
            hub.start(AT)
        assert "devices.yaml:2:1" in told.value.faults[0].mend
        assert not hub.is_running()


# --- Nothing is left -----------------------------------------------------------------------------


@pytest.fixture
def started(tmp_path: Path) -> Iterator["subprocess.Popen[str]"]:
    """The demo as a process of its own, in a session of its own."""
    words = ["demo", "family", "--here", "--out", str(tmp_path)]
    demo = subprocess.Popen(
        [sys.executable, "-c", "from evenfall.app.cli import main; main()", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )
    try:
        yield demo
    finally:
        with suppress(ProcessLookupError):
            os.killpg(demo.pid, signal.SIGKILL)
        demo.communicate()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_ended_in_the_middle_it_leaves_no_process(
    started: "subprocess.Popen[str]", how: signal.Signals
) -> None:
    assert started.stdout is not None
    found = None
    while found is None:
        line = started.stdout.readline()
        assert line, "it ended before its hub was up"
        found = re.search(r"http://localhost:(\d+)/", line)
    page = f"http://127.0.0.1:{found[1]}/healthz"
    httpx.get(page, trust_env=False).raise_for_status()
    started.send_signal(how)  # to the demo alone: its hub is its own to end
    said, _ = started.communicate(timeout=SOON_S)
    assert started.returncode == 130, said
    assert "Traceback" not in said
    with pytest.raises(httpx.TransportError):
        httpx.get(page, trust_env=False)
    with pytest.raises(ProcessLookupError):
        os.killpg(started.pid, 0)


# --- The picture -----------------------------------------------------------------------------


def a_picture(**more: Any) -> Picture:
    shown: dict[str, Any] = {
        "hour": "19:31",
        "part": "The last ferry: crossing",
        "hub": "up",
        "screens": "",
        "light_lx_medi": 0.5,
        "share_of_most": 0.5,
        "rgb": (255, 40, 0),
        "says": "The story goes on.",
        "next": "the hub loses power",
        "left_s": None,
        "silent_s": 3.0,
    }
    return Picture(**(shown | more))


def as_text(picture: Picture) -> str:
    console = Console(width=80, record=True, file=StringIO())
    console.print(drawn(picture))
    return console.export_text()


@pytest.mark.parametrize(
    ("more", "shown"),
    [
        ({}, "0.50 lx mEDI"),
        ({}, "19:31 (made up) The last ferry: crossing"),
        ({}, "in the house: nobody yet"),
        ({"screens": "Mara's phone"}, "in the house: Mara's phone"),
        ({"left_s": 31.2}, "(31 s, then the demo does)"),
        ({"hub": "gone", "silent_s": 21.4}, "gone, last heard 21 s ago"),
    ],
)
def test_the_picture_fits_a_narrow_terminal_and_says(more: dict[str, Any], shown: str) -> None:
    text = as_text(a_picture(**more))
    assert shown in text
    assert len(text.splitlines()) == 6


def test_the_bar_never_leaves_its_place() -> None:
    assert {len(bar(share / 100)) for share in range(-10, 130)} == {40}


# --- The whole -------------------------------------------------------------------------------


@pytest.mark.prove
@pytest.mark.safety("H-06")
def test_the_whole_evening_at_its_real_pace(tmp_path: Path) -> None:
    ran = evenfall("demo", "family", "--unattended", "--json", "--out", tmp_path)
    summary = ran.json()
    assert ran.code == 0
    assert summary["simulated"] and summary["resumed_in_quiet"]
    assert summary["begun_by"] == "the demo"
    assert 20 <= summary["kill_to_fading_s"] <= 31
    assert summary["kill_to_safe_s"] <= 60
    assert summary["took_s"] <= 120


@pytest.mark.prove
def test_where_nobody_comes_it_begins_by_itself_and_stays_within_two_minutes(
    tmp_path: Path,
) -> None:
    ran = evenfall("demo", "family", "--here", "--out", tmp_path)
    assert ran.code == 0
    assert "Nobody came, so the demo presses Begin itself." in ran.said
    took = re.search(r"It took (\d+) s", ran.said)
    assert took is not None and int(took[1]) <= 120
