"""Nights from the command line: simulated, live, cut off and gone on with, given back."""

import asyncio
import json
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from tests.support.broken_texts import DEMO
from tests.support.command_line import demo_home, evenfall, refused

from evenfall.adapters.clocks import SystemClock
from evenfall.app import keeping
from evenfall.app.cli import live
from evenfall.app.cli.night import run_nights
from evenfall.app.evening import live_night
from evenfall.app.home import Home, load_zone
from evenfall.formats.household import read_household
from evenfall.plan.tonight import plan_tonight
from evenfall.records.night import (
    AnyEvent,
    Beat,
    Begin,
    LightsOut,
    No,
    Pause,
    Resume,
    Stop,
    TimedEvent,
    Touch,
    Up,
)
from evenfall.rehearse.household import PRESETS
from evenfall.runtime.night_runner import NightRunner

NIGHT = ("--date", "2026-11-20")
INFANT = DEMO.replace("born: 2022-06", "born: 2026-03")
UNPLUGGED = re.sub(r"evening: (told|immersive)", "evening: unplugged", DEMO)


def rows(home: Path, night: str) -> list[tuple[object, ...]]:
    """What the log holds of a night, but for which opening of it wrote each row."""
    with closing(sqlite3.connect(home / "evenfall.db")) as log:
        wanted = "seq, beat, kind, body, digest"
        found = log.execute(f"SELECT {wanted} FROM rows WHERE night = ? ORDER BY seq", (night,))
        return found.fetchall()


@pytest.mark.parametrize("script", PRESETS)
def test_every_script_runs_and_is_marked_simulated(tmp_path: Path, script: str) -> None:
    home = demo_home(tmp_path)
    ran = evenfall("--home", home, "night", *NIGHT, "--script", script, "--room", "nest", "--json")
    assert (ran.code, ran.err) == (0, "")
    answer = ran.json()
    assert set(answer) == {"nights", "mornings", "report"}
    (night,), (morning,) = answer["nights"], answer["mornings"]
    assert night["night"] == morning["night_id"] == "2026-11-20-nest-1"
    assert night["simulated"] and morning["simulated"]
    assert len(rows(home, night["night"])) == night["rows"]
    assert Path(answer["report"]).is_file()


@pytest.mark.safety("H-22")
def test_a_simulated_night_is_marked_wherever_it_is_shown(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    for words in (["night", *NIGHT], ["morning"], ["why", "02:13"]):
        ran = evenfall("--home", home, *words)
        assert ran.out.count("[simulated]") == 2, ran.out
    report = json.loads((home / "reports" / "2026-11-20" / "morning.json").read_text())
    assert all(morning["simulated"] for morning in report["mornings"])
    moments = evenfall("--home", home, "why", "02:13", "--json").json()["moments"]
    assert [moment["simulated"] for moment in moments] == [True, True]


@pytest.mark.safety("H-12")
def test_a_dreamscape_runs_only_where_a_members_own_entry_chose_it(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    mornings = evenfall("--home", home, "night", *NIGHT, "--json").json()["mornings"]
    assert {one["room"]: one["kind"] for one in mornings} == {
        "The nest": "immersive",
        "The loft": "told",
    }
    demo_home(tmp_path, re.sub(r"\n    evening: immersive", "", DEMO))
    mornings = evenfall("--home", home, "night", *NIGHT, "--json").json()["mornings"]
    assert {one["kind"] for one in mornings} == {"told"}
    assert [one["immersion_min"] for one in mornings] == [0, 0]


def test_without_a_household_it_says_what_to_do_and_makes_nothing(tmp_path: Path) -> None:
    for words in (["night"], ["night", "--live"], ["tonight"]):
        said = refused(evenfall("--home", tmp_path / "new", *words))
        assert "evenfall init" in said and "evenfall demo" in said
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--script", "nope"], "one of plain, restless"),
        (["--room", "attic"], "one of nest, loft"),
        (["--seed", "-1"], "0 or more"),
        (["--date", "soon"], "like 2026-11-20"),
        (["--date", "0001-01-01"], "between 1900 and 2199"),
        (["--date", "2020-01-01"], "born"),
        (["--resume", "2020-01-01-nest-1"], "no night kept yet"),
        (["--from", "away.csv"], "away.csv"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, words: list[str], said: str) -> None:
    assert said in refused(evenfall("--home", demo_home(tmp_path), "night", *words))
    ran = evenfall("--home", tmp_path, "night", *words, "--json")
    assert (ran.code, ran.err) == (2, "")
    for fault in ran.json()["errors"]:
        assert fault["found"] and fault["expected"] and fault["mend"]
        assert set(fault["place"]) == {"file", "line", "column"}


@pytest.mark.safety("H-25")
def test_nothing_runs_where_an_infant_sleeps(tmp_path: Path) -> None:
    home = demo_home(tmp_path, INFANT)
    ran = evenfall("--home", home, "night", *NIGHT)
    assert ran.code == 0
    assert "Nothing runs in the room nest" in ran.err and "safe-sleep guidance" in ran.said
    assert "Two boats" not in ran.out and "The nest" not in ran.out
    for words in (["--room", "nest"], ["--room", "nest", "--live"]):
        said = refused(evenfall("--home", home, "night", *NIGHT, *words))
        assert "first birthday" in said
    assert rows(home, "2026-11-20-loft-1") and not rows(home, "2026-11-20-nest-1")
    assert evenfall("--home", home, "doctor").code == 0


def test_an_unplugged_evening_stays_so(tmp_path: Path) -> None:
    home = demo_home(tmp_path, UNPLUGGED)
    for words in ([], ["--live"]):
        said = refused(evenfall("--home", home, "night", *NIGHT, *words))
        assert "paper only" in said and "evenfall tonight" in said


# --- Cut off, and gone on with -----------------------------------------------------------------


class KeyPressed:
    """Ctrl-C in the middle of the first night, at a beat."""

    def __init__(self, beat: int) -> None:
        self.beat = beat
        self.taken = 0

    def __call__(
        self, log: Any, ready: Any, told: Callable[[NightRunner, TimedEvent], None]
    ) -> keeping.Kept:
        def on_event(runner: NightRunner, timed: TimedEvent) -> None:
            told(runner, timed)
            if timed.beat == self.beat and isinstance(timed.event, Beat):
                raise KeyboardInterrupt

        return keeping.keep_virtual(log, ready, on_event)


@pytest.mark.parametrize("beat", [0, 63, 400, 1549])
def test_a_night_cut_off_is_gone_on_with_to_the_same_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, beat: int
) -> None:
    whole, home = demo_home(tmp_path / "whole"), demo_home(tmp_path / "cut")
    assert evenfall("--home", whole, "night", *NIGHT).code == 0
    with monkeypatch.context() as patched:
        patched.setitem(run_nights.__globals__, "keep_virtual", KeyPressed(beat))
        cut = evenfall("--home", home, "night", *NIGHT)
    assert (cut.code, cut.out) == (130, "")
    again = re.findall(r"`evenfall ([^`]+)`", cut.said)
    assert again == [
        f"--home {home} night --resume 2026-11-20-nest-1",
        f"--home {home} night --room loft --date 2026-11-20 --script plain --seed 3",
    ]
    for line in again:
        assert evenfall(*line.split()).code == 0
    for night in ("2026-11-20-nest-1", "2026-11-20-loft-1"):
        assert rows(home, night) == rows(whole, night) != []


def test_an_interruption_is_one_object_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(run_nights.__globals__, "keep_virtual", KeyPressed(9))
    ran = evenfall("--home", demo_home(tmp_path), "night", "--json")
    assert (ran.code, ran.err) == (130, "")
    assert "night --resume" in ran.json()["errors"][0]["mend"]


def test_a_finished_night_is_only_given_back_again(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    first = evenfall("--home", home, "night", *NIGHT, "--room", "nest", "--json").json()
    before = rows(home, "2026-11-20-nest-1")
    demo_home(tmp_path, DEMO.replace("score: two-boats", "score: tidepool"))
    again = evenfall("--home", home, "night", "--resume", "2026-11-20-nest-1", "--json").json()
    assert rows(home, "2026-11-20-nest-1") == before
    assert again["mornings"] == first["mornings"]
    assert {**again["nights"][0], "notices": []} == first["nights"][0]


def test_a_night_whose_room_is_gone_says_so(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    assert evenfall("--home", home, "night", *NIGHT, "--room", "loft").code == 0
    demo_home(tmp_path, DEMO.replace("loft", "attic"))
    said = refused(evenfall("--home", home, "night", "--resume", "2026-11-20-loft-1"))
    assert "no longer in the household" in said


# --- Live --------------------------------------------------------------------------------------

LIVE = ("night", *NIGHT, "--live", "--speed", "600", "--room", "loft")


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Live nights as fast as they go: a clock that is moved instead of one that is waited on."""

    def fast(speed: float = 1.0, start_utc: datetime | None = None) -> SystemClock:
        return SystemClock(speed * 100, start_utc)

    monkeypatch.setattr(live, "SystemClock", fast)


@pytest.mark.usefixtures("at_once")
@pytest.mark.safety("H-21")
def test_a_live_night_without_sensors_measures_nothing(tmp_path: Path) -> None:
    ran = evenfall("--home", demo_home(tmp_path), *LIVE, "--json")
    assert ran.code == 0
    assert "Nobody can type here" in ran.err and "dawn" in ran.err
    (night,), (morning,) = ran.json()["nights"], ran.json()["mornings"]
    assert not night["simulated"] and not morning["simulated"]
    for member in morning["members"]:
        assert member["measured"] == "not measured"
        assert member["hypnogram"] is member["movement"] is member["agreement"] is None
        measured = [one for one in member["statistics"] if one["name"] != "TIB"]
        assert all(one["value"] is None for one in measured)


@pytest.mark.usefixtures("at_once")
@pytest.mark.safety("H-22")
def test_a_live_night_never_takes_up_what_was_simulated_for_its_id(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = demo_home(tmp_path)
    with monkeypatch.context() as patched:
        patched.setitem(run_nights.__globals__, "keep_virtual", KeyPressed(9))
        assert evenfall("--home", home, "night", *NIGHT).code == 130
    ran = evenfall("--home", home, *LIVE, "--json")
    (morning,) = ran.json()["mornings"]
    assert morning["night_id"] == "2026-11-20-loft-1"
    again = evenfall("--home", home, "night", "--resume", "2026-11-20-loft-1", "--json").json()
    assert [one["measured"] for one in again["mornings"][0]["members"]] == ["not measured"] * 2


def listened(typed: str) -> tuple[list[AnyEvent], str]:
    """What typed lines become, and what is said to the ones nobody understands."""
    household = read_household(DEMO, "demo").record
    zone = load_zone(household.zone)
    plan = plan_tonight(household, date(2026, 11, 20), zone)
    home, nest = Home(Path("home")), plan.rooms[0]
    ready = live_night(home, household, plan, nest, zone=zone, night_id="2026-11-20-nest-1")
    people: asyncio.Queue[AnyEvent] = asyncio.Queue()
    out = StringIO()
    listener = live.Listener(people, ready, Console(file=out, width=200))
    for line in typed.split("\n"):
        listener.hear(line)
    return [people.get_nowait() for _ in range(people.qsize())], out.getvalue()


def test_typed_words_are_what_people_do() -> None:
    events, said = listened(
        "begin\n  STOP \nno\ntouch Ilay\npause\nresume\nlights  out noor\nup ILAY\n\n \nhelp\n"
    )
    assert events == [
        Begin(), Stop("someone here"), No(0), Touch(1), Pause(), Resume(), LightsOut(0), Up(1)
    ]  # fmt: skip
    assert "Not understood: help. Type begin, stop" in said and said.count("Not") == 1


# --- Morning and why -----------------------------------------------------------------------------


@pytest.mark.safety("H-21")
def test_times_people_gave_are_kept_and_nothing_else_is_pretended(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    given = ("--lights-out", "noor=19:45", "--up", "noor=6:50")
    ran = evenfall("--home", home, "morning", *NIGHT, *given, "--json")
    (morning,) = ran.json()["mornings"]
    (noor,) = morning["members"]
    assert noor["lights_out_actual"] == "2026-11-20T19:45:00Z"
    assert noor["wake_actual"] == "2026-11-21T06:50:00Z"
    assert noor["measured"] == "not measured"
    assert noor["hypnogram"] is noor["movement"] is noor["reference"] is None
    values = {one["name"]: one["value"] for one in noor["statistics"]}
    assert values.pop("TIB", 665.0) == 665.0
    assert set(values.values()) <= {None}
    assert (morning["immersion_min"], morning["allowance_min"]) == (0, 20)
    shown = evenfall("--home", home, "morning")
    assert "not measured" in shown.out and " 0 min" not in shown.out and "▂" not in shown.out


def test_what_was_said_before_is_kept(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    evenfall("--home", home, "morning", *NIGHT, "--lights-out", "mara=23:40", "--up", "ilay=7:00")
    evenfall("--home", home, "morning", *NIGHT, "--up", "mara=07:05", "--up", "tomas=07:10")
    mornings = evenfall("--home", home, "morning", *NIGHT, "--json").json()["mornings"]
    told = {one["member"]: one for morning in mornings for one in morning["members"]}
    assert set(told) == {"mara", "tomas", "ilay"}
    assert told["mara"]["lights_out_actual"] == "2026-11-20T23:40:00Z"
    assert told["mara"]["wake_actual"] == "2026-11-21T07:05:00Z"
    assert told["tomas"]["lights_out_actual"] is None


@pytest.mark.parametrize("said", ["zed=7:00", "mara", "mara=7", "mara=25:00", "mara=²:²", "=7:00"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, said: str) -> None:
    home = demo_home(tmp_path)
    for option in ("--up", "--lights-out"):
        words = refused(evenfall("--home", home, "morning", option, said))
        assert f"{option} mara=07:05" in words
    said_of_wake = refused(evenfall("--home", home, "tonight", "--wake", said))
    assert "--wake noor=07:30" in said_of_wake or "lives here" in said_of_wake


def test_a_morning_that_is_not_there_is_said_and_nothing_made(tmp_path: Path) -> None:
    new = tmp_path / "new"
    for words in (["morning"], ["morning", *NIGHT], ["why", "02:13"], ["night", "--resume", "x"]):
        assert "no night kept yet" in refused(evenfall("--home", new, *words))
    assert not new.exists()
    home = demo_home(tmp_path)
    assert evenfall("--home", home, "night", *NIGHT, "--room", "loft").code == 0
    assert "no morning of 2026-11-19" in refused(
        evenfall("--home", home, "morning", "--date", "2026-11-19")
    )
    assert "like 2026-11-20" in refused(evenfall("--home", home, "morning", "--date", "x"))
    there = tmp_path / "elsewhere"
    assert evenfall("--home", home, "morning", "--date", "20261120", "--to", there).code == 0
    assert sorted(path.name for path in there.iterdir()) == [
        "morning.html", "morning.json", "morning.png", "morning.svg"
    ]  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with the night of 20 November, and the one in which the clocks go back."""
    home = demo_home(tmp_path_factory.mktemp("kept"))
    for night in ("2026-10-24", "2026-11-20"):
        evenfall("--home", home, "night", "--date", night, "--script", "two-am")
    return home


@pytest.mark.parametrize(
    ("at", "rooms"),
    [
        ("19:05", ["nest"]),
        ("19:40", ["nest"]),
        ("23:59", ["nest", "loft"]),
        ("00:00", ["nest", "loft"]),
        ("2:13", ["nest", "loft"]),
        ("08:05", ["loft"]),
    ],
)
def test_why_explains_every_room_that_ran_then(kept: Path, at: str, rooms: list[str]) -> None:
    moments = evenfall("--home", kept, "why", at, "--json").json()["moments"]
    assert [moment["room"] for moment in moments] == rooms
    day = "2026-11-20" if at.zfill(5) > "12" else "2026-11-21"
    for moment in moments:
        assert moment["moment"].startswith(f"{day}T{at.zfill(5)}")
        assert moment["at"] == at.zfill(5)
        for output in moment["outputs"]:
            assert output["target"] <= output["limit"] and output["source"]
    text = evenfall("--home", kept, "why", at)
    assert (text.code, text.err) == (0, "")


def test_why_knows_a_time_that_comes_twice(kept: Path) -> None:
    """In Lisbon, 01:00 to 02:00 comes again on 25 October 2026."""
    ran = evenfall("--home", kept, "why", "01:30", "--night", "2026-10-24-nest-1", "--json")
    first, second = (moment["moment"] for moment in ran.json()["moments"])
    assert (first, second) == ("2026-10-25T01:30:59+01:00", "2026-10-25T01:30:59Z")
    text = evenfall("--home", kept, "why", "01:30", "--night", "2026-10-24-nest-1")
    assert text.out.count("(the second time)") == 1
    other = evenfall("--home", kept, "why", "02:30", "--night", "2026-10-24-nest-1", "--json")
    assert len(other.json()["moments"]) == 1


@pytest.mark.parametrize("at", ["12:00", "19:04", "08:45"])
def test_why_says_when_the_nights_were(kept: Path, at: str) -> None:
    said = refused(evenfall("--home", kept, "why", at))
    assert f"no night was running at {at}" in said
    assert re.search(r"from 19:05 to 0[78]:\d\d in the room nest", said)


@pytest.mark.parametrize("at", ["25:00", "noon", "²:²", "", "2:13:00", "-1:00"])
def test_why_wants_a_time(kept: Path, at: str) -> None:
    assert "like 02:13" in refused(evenfall("--home", kept, "why", "--", at))


def test_why_lists_the_nights_there_are(kept: Path) -> None:
    said = refused(evenfall("--home", kept, "why", "02:13", "--night", "2026-11-20-attic-1"))
    assert "2026-11-20-nest-1" in said
