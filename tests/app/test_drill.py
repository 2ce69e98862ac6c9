"""`evenfall drill`: what it does with a home's own devices, what it says, and what it leaves."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.support.command_line import demo_home, evenfall, refused
from tests.support.drilled import DEMO, NIGHT_LIGHT, Furnished, furnished

from evenfall.adapters.devices.report import STAYS_LOW
from evenfall.adapters.guard.process import is_running
from evenfall.app.cli import drill as command
from evenfall.app.cli.common import CONSOLE, Here
from evenfall.app.devices import HomeDevices, load_devices
from evenfall.app.drill.house import asleep_now, begins_at, drill_household, drill_room
from evenfall.app.drill.kept import devices_digest, keep, last_drill, why_again
from evenfall.app.drill.process import DrillHub, Evening
from evenfall.app.drill.steps import DrillSteps
from evenfall.app.home import Home, load_household, load_zone
from evenfall.formats.errors import EvenfallError
from evenfall.formats.household import read_household
from evenfall.records.drill import Drill, DrillStep, Outcome
from evenfall.records.household import Household

SOON_S = 30.0  # how long something is waited for before it fails; a bound, not a measure
QUICK = 10.0
DAY = datetime(2026, 11, 20, 13, tzinfo=UTC)


def until(seen: Callable[[], object], within_s: float = SOON_S) -> None:
    ends_s = time.monotonic() + within_s
    while not seen():
        assert time.monotonic() < ends_s, "it did not come"
        time.sleep(0.02)


def here(folder: Path) -> Here:
    household = load_household(folder / "household.yaml").record
    zone = load_zone(household.zone)
    return Here(Home(folder), household, zone, folder / "household.yaml")


class Answers:
    """A person who says what they see of a lamp, and does what they are told."""

    is_there = True

    def __init__(self, sees: Callable[[str], bool]) -> None:
        self.sees = sees
        self.asked: list[str] = []
        self.told: list[str] = []

    @contextmanager
    def doing(self, title: str) -> Iterator[None]:
        yield

    def ask(self, question: str) -> bool | None:
        self.asked.append(question)
        return self.sees(question)

    def tell(self, words: str) -> None:
        self.told.append(words)


@contextmanager
def steps_in(
    home: Furnished, person: Answers | None, kept: Path
) -> Iterator[tuple[DrillSteps, DrillHub]]:
    """The steps of a drill in the nest, at ten times the pace; finished at the end."""
    where = here(home.folder)
    night = (datetime.now(where.zone) - timedelta(hours=12)).date()
    room = drill_room(where.household, "nest", night, where.zone)
    at = begins_at(where.household, room, night, where.zone)
    kept.mkdir()
    hub = DrillHub(Evening(home.folder, where.household_file, kept, "nest", at, speed=QUICK))
    devices = HomeDevices(where.home, where.household)
    nest = next(one for one in where.household.rooms if one.id == "nest")
    button = devices.stop_button.entity_id if devices.stop_button else ""
    who = person or command.NOBODY
    steps = DrillSteps(hub, devices, where.household, nest, who, button, QUICK)
    try:
        yield steps, hub
    finally:
        steps.finish()
        devices.close()
        assert not is_running(home.folder)


# --- What it does ---------------------------------------------------------------------------------


@pytest.mark.safety("H-104")
def test_the_light_comes_up_an_adult_is_told_and_it_is_dark_by_the_button(tmp_path: Path) -> None:
    with furnished(tmp_path) as home, steps_in(home, None, tmp_path / "kept") as (steps, _):
        (looked,) = steps.first_looks()
        assert (looked.id, looked.outcome) == ("answers-nest-lamp", "held")
        begun = steps.evening()
        assert begun.outcome == "held" and "nest-lamp: on" in begun.found
        until(lambda: home.step > NIGHT_LIGHT)
        (told,) = steps.calls()
        assert (told.id, told.outcome) == ("call-mara", "held")
        (notice,) = home.home_assistant.phone
        assert "A drill from Evenfall" in notice and "Nothing is wrong" in notice
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("evenfall.app.drill.steps.JUST_NOW", timedelta(0))
            stopped = steps.stop_by_button()
        assert stopped.outcome == "held" and stopped.took_s is not None
        until(lambda: home.step <= NIGHT_LIGHT)


@pytest.mark.safety("H-104")
def test_what_does_not_hold_is_said_with_its_mend(tmp_path: Path) -> None:
    """A lamp that hears nothing more, and a person who sees what the lamp does not say."""
    sees = Answers(lambda question: "dark and quiet" not in question)
    with unwatched(tmp_path) as home, steps_in(home, sees, tmp_path / "kept") as (steps, hub):
        stopped = steps._stop("stop-page", "Stop", lambda: steps._at(lambda: hub.press("stop")))
        assert stopped.outcome == "failed"
        assert stopped.found == "It says that it is, and somebody sees that it is not."
        assert stopped.mend
        home.lamp.fall_silent()
        (looked,) = steps.first_looks()
        assert (looked.outcome, "does not answer" in looked.found) == ("failed", True)
        home.lamp.recover()


@pytest.mark.prove
@pytest.mark.safety("H-94")
@pytest.mark.safety("H-104")
def test_a_hub_whose_heart_stops_and_a_power_cut_leave_the_lamp_safe(tmp_path: Path) -> None:
    with furnished(tmp_path) as home:
        with steps_in(home, None, tmp_path / "kept") as (steps, _):
            gone = steps.hub_gone()
            assert gone.outcome == "held", gone
            until(lambda: home.step <= NIGHT_LIGHT)
        heard = home.home_assistant.heard
        assert heard is not None and heard.state == "resting"


def test_a_watchdog_that_does_nothing_is_found_out_by_pulling_the_plug(tmp_path: Path) -> None:
    """An automation that is there and switched on, and never does what it is for."""
    with furnished(tmp_path, silent_s=3600.0) as home, pytest.MonkeyPatch.context() as patch:
        patch.setattr("evenfall.app.drill.steps.POWER_GONE_WITHIN_S", 1.0)
        with steps_in(home, None, tmp_path / "kept") as (steps, _):
            cut = steps.power_cut()
            assert cut.outcome == "failed"
            assert cut.found == "Nothing has faded nest-lamp in 1 s."
        until(lambda: home.step <= NIGHT_LIGHT)  # the drill itself has seen to it


def test_a_lamp_nothing_watches_is_said_to_stay_low_and_the_plug_is_left_in(
    tmp_path: Path,
) -> None:
    with unwatched(tmp_path) as home, steps_in(home, None, tmp_path / "kept") as (steps, _):
        cut = steps.power_cut()
        assert cut.outcome == "know"
        assert cut.found == f"nest-lamp: {STAYS_LOW['light', 'powers-up']}"
        (call,) = steps.calls()
        assert (call.outcome, "calls nobody" in call.found) == ("know", True)


@contextmanager
def unwatched(folder: Path) -> Iterator[Furnished]:
    """The same lamp, on its own, and bright after a power cut."""
    with furnished(folder) as home:
        (folder / "devices.yaml").write_text(
            f'devices: 1\nconnections:\n  - {{output: nest-lamp, wled: "{home.lamp.url}", '
            "powers_up: bright}\n"
        )
        yield home


@pytest.mark.prove
@pytest.mark.safety("H-104")
def test_a_whole_drill_at_its_own_pace_holds_and_is_kept(tmp_path: Path) -> None:
    with furnished(tmp_path, silent_s=30.0) as home:
        ran = evenfall("--home", tmp_path, "drill", "--yes", "--json")
        held = ran.json()
        assert ran.code == 0, ran.out
        outcomes = {one["id"]: one["outcome"] for one in held["steps"]}
        assert outcomes == {
            "answers-nest-lamp": "held",
            "evening": "held",
            "call-mara": "held",
            "stop-page": "held",
            "stop-screen": "held",
            "stop-command": "held",
            "stop-hand": "left-out",
            "stop-key": "left-out",
            "hub-gone": "held",
            "power-cut": "held",
            "stop-button": "held",
        }
        assert all(
            one["took_s"] <= 5.0 for one in held["steps"] if one["id"].startswith("stop-")
            and one["outcome"] == "held"
        )  # fmt: skip
        until(lambda: home.step <= NIGHT_LIGHT)
        found = evenfall("--home", tmp_path, "doctor", "--json").json()["findings"]
        (kept,) = (one for one in found if one["what"] == "drill")
        assert kept["ok"] and "everything held" in kept["found"]


@pytest.mark.prove
def test_a_home_without_devices_drills_its_pages(tmp_path: Path) -> None:
    ran = evenfall("--home", demo_home(tmp_path), "drill", "--yes", "--room", "loft")
    assert ran.code == 0, ran.said
    assert "A page lights up gently." in ran.said
    assert "The page was told within" in ran.said
    assert not (tmp_path / "evenfall.db").exists()


# --- When it is not held --------------------------------------------------------------------------


def test_beside_a_guard_it_refuses_and_says_why(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    guard = subprocess.Popen(
        [sys.executable, "-m", "evenfall.guard", "--home", str(home)], stdout=subprocess.PIPE
    )
    try:
        assert guard.stdout is not None
        guard.stdout.readline()
        with pytest.raises(EvenfallError, match="one guard only"):
            command.refuse_at_night(here(home), DAY)
    finally:
        guard.terminate()
        guard.communicate(timeout=SOON_S)


@pytest.mark.parametrize(("hour", "asleep"), [(13, False), (18, False), (2, True), (22, True)])
def test_while_anyone_is_to_sleep_it_refuses(tmp_path: Path, hour: int, asleep: bool) -> None:
    where = here(demo_home(tmp_path))
    now = datetime(2026, 11, 20, hour, tzinfo=where.zone)
    one = asleep_now(where.household, now, where.zone)
    assert (one is not None) is asleep
    if one is not None:
        with pytest.raises(EvenfallError, match=f"{one.name} is to sleep until"):
            command.refuse_at_night(where, now)


def test_nobody_at_the_terminal_is_asked_once_and_nothing_happens(tmp_path: Path) -> None:
    with patched_day() as patch:
        patch.setattr(command, "refuse_at_night", lambda *_: None)
        ran = evenfall("--home", demo_home(tmp_path), "drill")
        assert ran.code == 2
        assert "nobody to ask" in ran.said and "--yes" in ran.said
        said_no = evenfall("--home", tmp_path, "drill", typed="perhaps\nn\n")
        assert said_no.code == 130
        assert "no drill was held" in said_no.said
    assert not (tmp_path / "drill.json").exists()
    assert not is_running(tmp_path)


@contextmanager
def patched_day() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


def test_a_room_nobody_has_and_one_where_an_infant_sleeps(tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(command, "refuse_at_night", lambda *_: None)
        ran = evenfall("--home", demo_home(tmp_path), "drill", "--room", "attic", "--yes")
        assert "no room 'attic'" in refused(ran)
    household = made(re.sub(r"born: 20\d\d-\d\d", "born: 2026-09", DEMO.read_text()))
    with pytest.raises(EvenfallError, match="infant"):
        drill_room(household, "nest", DAY.date(), ZoneInfo(household.zone))
    other = drill_room(household, None, DAY.date(), ZoneInfo(household.zone))
    assert other.room == "loft"


def made(text: str) -> Household:
    return read_household(text, "household.yaml").record


def test_only_the_drills_room_has_an_evening_and_it_is_told() -> None:
    household = drill_household(made(DEMO.read_text()), "nest")
    kinds = {one.room: one.evening for one in household.members}
    assert kinds == {"nest": "told", "loft": "unplugged"}


# --- Ended in the middle --------------------------------------------------------------------------


@pytest.mark.safety("H-104")
@pytest.mark.parametrize(
    "how", [pytest.param(signal.SIGINT, marks=pytest.mark.prove), signal.SIGKILL]
)
def test_ended_in_the_middle_the_lamp_is_safe_and_nothing_runs(
    tmp_path: Path, how: signal.Signals
) -> None:
    with furnished(tmp_path, silent_s=60.0) as home:
        script = (
            "from evenfall.app.cli import drill, main; drill.refuse_at_night = lambda *_: None; "
            "main()"
        )
        words = ["--home", str(tmp_path), "drill", "--yes"]
        held = subprocess.Popen(
            [sys.executable, "-c", script, *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        until(lambda: home.step > NIGHT_LIGHT)
        held.send_signal(how)
        said, _ = held.communicate(timeout=SOON_S)
        if how is signal.SIGINT:
            assert held.returncode == 130, said
            assert b"everything is dark and quiet" in said
        until(lambda: home.step <= NIGHT_LIGHT)
        until(lambda: not is_running(tmp_path))
        until(lambda: not processes_about(tmp_path))
    assert not (tmp_path / "drill.json").exists()


def processes_about(folder: Path) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with suppress(OSError, ValueError):
            words = (entry / "cmdline").read_bytes()
            if int(entry.name) != os.getpid() and str(folder).encode() in words:
                found.append(int(entry.name))
    return found


# --- What is said ---------------------------------------------------------------------------------


def test_the_end_says_how_many_held_or_each_mend_of_what_did_not() -> None:
    step = DrillStep(
        id="stop-page",
        title="Stop on the page",
        outcome="failed",
        found="It stayed on.",
        mend="Mend",
    )
    left = DrillStep(id="stop-key", title="A key", outcome="left-out", found="", mend="by hand")
    drill = Drill(at_utc=DAY, room="nest", devices="", steps=(step, left), took_s=200.0)
    with CONSOLE.capture() as shown:
        for one in drill.steps:
            command.print_step(one)
        command._print_end(drill)
    said = shown.get()
    assert "look  Stop on the page" in said and "left  A key" in said
    assert "1 of 1 did not hold." in said and "Stop on the page: Mend" in said
    assert "1 left out, for a person to try." in said
    with CONSOLE.capture() as shown:
        command._print_end(a_drill(DAY, ""))
    assert "All 1 held. It took 3 min 20 s." in shown.get()


def test_a_person_is_asked_until_it_is_a_yes_or_a_no(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", StringIO("hm\n Yes \nN\n"))
    somebody = command._Somebody(quiet=False)
    assert somebody.ask("Is it dark?") is True
    assert somebody.ask("Is it dark?") is False
    with pytest.raises(EvenfallError, match="nobody to ask"):
        somebody.ask("Is it dark?")
    capsys.readouterr()


# --- What is kept ---------------------------------------------------------------------------------


def a_drill(at: datetime, devices: str, outcome: Outcome = "held") -> Drill:
    step = DrillStep(id="stop-page", title="Stop on the page", outcome=outcome, found="")
    return Drill(at_utc=at, room="nest", devices=devices, steps=(step,), took_s=200.0)


@pytest.mark.parametrize(
    ("days", "devices", "outcome", "why"),
    [
        (1, "same", "held", ""),
        (90, "same", "held", ""),
        (91, "same", "held", "the last was 91 days ago"),
        (1, "others", "held", "the lamps or phones are others"),
        (1, "same", "failed", "this did not hold: Stop on the page"),
        (1, "same", "know", ""),
    ],
)
def test_when_the_next_drill_is_due(days: int, devices: str, outcome: Outcome, why: str) -> None:
    last = a_drill(DAY - timedelta(days=days), "same", outcome)
    said = why_again(last, devices, DAY)
    assert (why in said) if why else said == ""


def test_doctor_reminds_and_calls_only_what_did_not_hold_a_fault(tmp_path: Path) -> None:
    home = Home(demo_home(tmp_path))
    household = here(tmp_path).household

    def found() -> tuple[bool, str]:
        shown = evenfall("--home", tmp_path, "doctor", "--json").json()["findings"]
        (one,) = (each for each in shown if each["what"] == "drill")
        return one["ok"], one["found"]

    assert found() == (True, "no drill was ever held")
    digest = devices_digest(household, None)
    keep(home, a_drill(datetime.now(UTC), digest))
    assert found()[0] and "everything held" in found()[1]
    keep(home, a_drill(datetime.now(UTC), digest, "failed"))
    assert found()[0] is False
    (tmp_path / "drill.json").write_text("{")
    assert found()[0] is False
    assert (tmp_path / "drill.json").stat().st_mode & 0o077 in (0, 0o044)


def test_it_is_kept_for_this_user_alone_and_read_again(tmp_path: Path) -> None:
    home = Home(tmp_path)
    assert last_drill(home) is None
    drill = a_drill(DAY, "same")
    keep(home, drill)
    assert last_drill(home) == drill
    assert (tmp_path / "drill.json").stat().st_mode & 0o077 == 0
    assert msgspec.json.decode((tmp_path / "drill.json").read_bytes())["drill"] == 1


def test_another_lamp_is_another_home_and_another_ritual_is_not(tmp_path: Path) -> None:
    shutil.copy(DEMO, tmp_path / "household.yaml")
    household = here(tmp_path).household
    assert load_devices(Home(tmp_path), household) is None
    bath = made(DEMO.read_text().replace("what: bath", "what: wash"))
    lamp = made(DEMO.read_text().replace("light_at_full: 20", "light_at_full: 30"))
    assert devices_digest(bath, None) == devices_digest(household, None)
    assert devices_digest(lamp, None) != devices_digest(household, None)
