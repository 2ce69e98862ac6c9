"""The other commands, and what holds for all of them: one object with --json, words that wrap."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from tests.support.broken_texts import DEMO, SCORE
from tests.support.command_line import CRASHED, demo_home, evenfall, refused
from tests.support.recordings import HEADER
from tests.support.scores import SOLO

from evenfall.app.cli import common, doctor, tonight
from evenfall.app.home import BUILT_IN, exists, write_atomically
from evenfall.formats.errors import EvenfallError
from evenfall.formats.schemas import SCHEMAS

NIGHT = ("--date", "2026-11-20")
WATCH_NIGHT = HEADER + "".join(f"{i},{i % 40 // 38 * 90},0.4,0,0,0,{2 if i > 30 else 0}\n"
                               for i in range(900))  # fmt: skip


# --- tonight -------------------------------------------------------------------------------------


def test_tonight_is_everyones_times_and_why(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    ran = evenfall("--home", home, "tonight", *NIGHT, "--page", tmp_path / "plan.html")
    assert (ran.code, ran.err) == (0, "")
    for words in ("Mara 22:05 22:35 08:00", "Noor 19:05 19:45 07:45", "The nest", "plan.html"):
        assert words in ran.said
    assert (tmp_path / "plan.html").read_text().startswith("<!doctype html>")
    plan = evenfall("--home", home, "tonight", *NIGHT, "--json").json()
    assert [one["member"] for one in plan["members"]] == ["mara", "tomas", "ilay", "noor"]
    assert all(one["reasons"] for one in plan["members"])


def test_tonight_only_changes_tonight(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    before = (home / "household.yaml").read_bytes()
    words = ["--wake", "mara=6:10", "--skip-wake", "noor", "--away", "tomas"]
    plan = evenfall("--home", home, "tonight", *NIGHT, *words, "--json").json()
    assert plan["members"][0]["wake"] == "2026-11-21T06:10:00Z"
    assert (home / "household.yaml").read_bytes() == before
    for option in ("--skip-wake", "--away"):
        said = refused(evenfall("--home", home, "tonight", option, "zed"))
        assert "nobody called 'zed'" in said and "ilay, mara, noor, tomas" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (DEMO.replace("Europe/Lisbon", "Europe/Lisbn"), "write Europe/Lisbon"),
        (DEMO.replace("2022-06", "2199-06"), "born 2199-06, after the night"),
        (DEMO.replace("room: nest", "room: nset"), "write room: nest"),
        (DEMO.replace("household: 1", "household: 2"), "household.yaml:5:"),
        ("", "household.yaml"),
        ("household: [", "household.yaml:"),
        ("&a {k: *a}", "household.yaml:"),
        ("a: &a [*a]", "household.yaml:"),
        ("\x00", "household.yaml"),
    ],
)
def test_a_household_that_does_not_fit_is_told_by_tonight_and_doctor(
    tmp_path: Path, text: str, said: str
) -> None:
    home = demo_home(tmp_path, text)
    assert said in refused(evenfall("--home", home, "tonight"))
    ran = evenfall("--home", home, "doctor")
    assert (ran.code, ran.err) == (1, "")
    assert "look" in ran.out and "mend:" in ran.out
    answer = evenfall("--home", home, "doctor", "--json")
    assert answer.code == 1 and answer.json()["ok"] is False
    assert (home / "household.yaml").read_bytes() == text.encode()


# --- check ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("score", BUILT_IN)
def test_every_built_in_score_is_fine(score: str) -> None:
    ran = evenfall("check", score)
    assert ran.code == 0 and "nothing plainly unsafe" in ran.out
    report = evenfall("check", score, "--json").json()
    assert report["score"] == score and len(report["hash"]) == 32
    assert 0 <= report["immersion_max_min"] <= report["longest_min"]


CYCLE = """\
score: 1
id: round
title: Round and round
evening: told
audience: {youngest: 4}
scenes:
  a: {kind: settle, stay: [1 min, 2 min], then: b}
  b: {kind: settle, stay: [1 min, 2 min], then: a}
  night: {kind: quiet}
"""


@pytest.mark.parametrize(
    "text",
    [
        CYCLE,
        CYCLE.replace("then: b", "then: a"),
        CYCLE.replace("then: a}", "exits: [{to: a, touched: true}], then: night}"),
        "a: &a {b: *a}",
        "- " * 40 + "x",
        SCORE.replace("5 lx mEDI", "500 lx mEDI"),
        "",
    ],
)
def test_a_broken_score_is_told(tmp_path: Path, text: str) -> None:
    file = tmp_path / "dream.yaml"
    file.write_text(text)
    assert f"{file}" in refused(evenfall("check", file))
    (fault, *_) = evenfall("check", file, "--json").json()["errors"]
    assert fault["place"]["file"] == str(file)


def test_a_homes_own_score_is_found_by_its_name(tmp_path: Path) -> None:
    write_atomically(tmp_path / "scores" / "small-solo.yaml", SOLO)
    report = evenfall("--home", tmp_path, "check", "small-solo", "--json").json()
    assert report["score"] == "small-solo"
    assert "no such file" in refused(evenfall("--home", tmp_path, "check", "smaller"))


def test_what_is_no_text_file_is_said(tmp_path: Path) -> None:
    for file in (tmp_path, tmp_path / ("long" * 200), Path("/dev/full"), Path("\udcff.yaml")):
        ran = evenfall("check", file, "--json")
        assert ran.code == 2 and ran.json()["errors"]
    (tmp_path / "vast.yaml").write_bytes(b"#" * 3_000_000)
    assert "more than 1 MB" in refused(evenfall("check", tmp_path / "vast.yaml"))


# --- doctor, schema, demo ------------------------------------------------------------------------


def test_doctor_is_content_with_the_demo_home_and_not_with_nothing(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    assert evenfall("--home", home, "night", *NIGHT).code == 0
    ran = evenfall("--home", home, "doctor", "--json")
    assert ran.code == 0 and ran.json()["ok"] is True
    found = {one["what"]: one["found"] for one in ran.json()["findings"]}
    assert found["tonight in nest"] == "Two boats"
    assert found["night log"].endswith("ok")
    nothing = evenfall("--home", tmp_path / "new", "doctor")
    assert nothing.code == 1 and "evenfall init" in nothing.said
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("body", [b"no database at all, only words", b"SQLite format 3\x00" * 90])
def test_doctor_sees_a_damaged_log(tmp_path: Path, body: bytes) -> None:
    home = demo_home(tmp_path / "odd #1?%20")
    (home / "evenfall.db").write_bytes(body)
    ran = evenfall("--home", home, "doctor")
    assert ran.code == 1 and "move the file aside" in ran.said
    assert "damaged" in refused(evenfall("--home", home, "night"))
    assert (home / "evenfall.db").read_bytes() == body


def test_a_file_where_the_home_should_be_is_said(tmp_path: Path) -> None:
    home, recording = tmp_path / "home", tmp_path / "watch.csv"
    home.write_text("mine")
    recording.write_text(WATCH_NIGHT)
    for words in (["night", "--from", recording], ["import", recording], ["morning"]):
        assert "a file stands where" in refused(evenfall("--home", home, *words))
    assert "a file stands where" in refused(evenfall("demo", "--out", home))
    ran = evenfall("--home", home, "doctor")
    assert ran.code == 1 and "no folder" in ran.said
    assert home.read_text() == "mine"


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may do everything")
def test_a_home_that_may_not_be_written_is_said(tmp_path: Path) -> None:
    home = demo_home(tmp_path / "home")
    home.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        assert "permission" in refused(evenfall("--home", home, "night"))
        assert evenfall("--home", home, "doctor").code == 1
    finally:
        home.chmod(stat.S_IRWXU)


def test_a_folder_that_may_not_be_looked_into_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def barred(path: Path) -> os.stat_result:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "stat", barred)
    with pytest.raises(EvenfallError, match="permission denied"):
        exists(tmp_path)
    assert "permission denied" in refused(evenfall("--home", tmp_path, "tonight"))


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_json_with_or_without_being_asked(name: str) -> None:
    printed = evenfall("schema", name).json()
    assert printed["$schema"].startswith("https://json-schema.org/")
    assert evenfall("schema", name, "--json").json() == printed


def test_a_schema_that_is_not_there_lists_the_others() -> None:
    assert "household, score" in refused(evenfall("schema", "nope"))


@pytest.mark.safety("H-22")
def test_the_demo_shows_everything_and_touches_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVENFALL_HOME", str(tmp_path / "home"))
    ran = evenfall("demo", *NIGHT, "--fast")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.count("[simulated]") == 2
    for line in ("evenfall --home evenfall-demo why 02:13", "evenfall init"):
        assert line in ran.out
    assert [path.name for path in tmp_path.iterdir()] == ["evenfall-demo"]
    made = {path.name for path in Path("evenfall-demo").iterdir()}
    assert {"morning.html", "morning.json", "morning.png", "tonight.html"} <= made
    again = evenfall("demo", *NIGHT, "--json").json()
    assert set(again) == {"plan", "nights", "mornings", "report"}
    assert all(one["simulated"] for one in again["mornings"])
    assert evenfall("--home", "evenfall-demo", "why", "02:13").code == 0


def test_a_demo_household_someone_changed_is_kept(tmp_path: Path) -> None:
    text = DEMO.replace("The Harbour House", "The Reed House")
    demo_home(tmp_path, text)
    assert "The Reed House" in evenfall("demo", "--fast", "--out", tmp_path).out
    assert (tmp_path / "household.yaml").read_text(encoding="utf-8") == text


# --- import --------------------------------------------------------------------------------------


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    file, home = tmp_path / "watch night.csv", tmp_path / "home"
    file.write_text(WATCH_NIGHT)
    first = evenfall("--home", home, "import", file)
    assert first.code == 0 and "taken in" in first.said
    again = f"evenfall --home {home} night --from '{file}'"
    assert "".join(again.split()) in "".join(first.said.split())  # however it was wrapped
    assert "already here; nothing changed" in evenfall("--home", home, "import", file).said
    answer = evenfall("--home", home, "import", file, "--json").json()
    assert answer["known_before"] is True and answer["start"] is None
    assert [set(night) for night in answer["nights"]] == [{"window", "statistics"}]
    assert file.read_text() == WATCH_NIGHT


def test_a_recording_without_a_night_says_so(tmp_path: Path) -> None:
    file, home = tmp_path / "walk.AWD", tmp_path / "home"
    head = "ed\r\n23-Jan-2018\r\n13:58\r\n 4 \r\n00\r\nV664055\r\nX\r\n"
    file.write_text(head + "900\r\n" * 90)
    ran = evenfall("--home", home, "import", file)
    assert ran.code == 0 and "No night in it" in ran.said and "Replay" not in ran.said
    said = refused(evenfall("--home", home, "night", "--from", file))
    assert "no night" in said and f"evenfall import {file}" in said


def test_a_file_of_another_kind_lists_the_kinds_there_are(tmp_path: Path) -> None:
    file = tmp_path / "songs.csv"
    file.write_text("a,b\n1,2\n")
    for words in (["import"], ["night", "--from"]):
        said = refused(evenfall("--home", tmp_path / "home", *words, file))
        assert "AWD" in said and "EDF+" in said


# --- What holds for all of them ------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "darwin", reason="there every file name is text")
def test_a_name_that_is_no_text_harms_nothing(tmp_path: Path) -> None:
    home = demo_home(Path(os.fsdecode(os.fsencode(tmp_path) + b"/h\xff")))
    recording = Path(os.fsdecode(os.fsencode(home) + b"/\xfe.csv"))
    recording.write_text(WATCH_NIGHT)
    for words in (["night"], ["morning"], ["doctor"], ["import", str(recording)],
                  ["night", "--from", str(recording), "--member", "ilay"]):  # fmt: skip
        assert evenfall("--home", home, *words).code == 0
        assert "errors" not in evenfall("--home", home, *words, "--json").json()
    assert "?" in evenfall("--home", home, "night", "--json").json()["report"]
    assert evenfall("demo", "--fast", "--json", "--out", home).code == 0


def test_something_unforeseen_is_said_without_a_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a wheel came off")

    monkeypatch.setattr(tonight, "plan_tonight", broken)
    home = demo_home(tmp_path)
    ran = evenfall("--home", home, "tonight")
    assert (ran.code, ran.out) == (70, "")
    assert CRASHED in ran.err and "a wheel came off" in ran.err and "Traceback" not in ran.err
    assert "EVENFALL_DEBUG=1" in ran.err
    as_json = evenfall("--home", home, "tonight", "--json")
    assert as_json.code == 70 and "wheel" in as_json.json()["errors"][0]["found"]
    monkeypatch.setenv("EVENFALL_DEBUG", "1")
    assert "Traceback" in evenfall("--home", home, "tonight").err


def test_doctor_lists_what_it_cannot_try(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def broken(_: str) -> bytes:
        raise ValueError("no pictures today")

    monkeypatch.setattr(doctor, "png_of", broken)
    ran = evenfall("--home", demo_home(tmp_path), "doctor")
    assert ran.code == 1 and "no pictures today" in ran.said


def test_sentences_wrap_at_words_and_hang(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("CONSOLE", "ASIDE"):
        monkeypatch.setattr(getattr(common, name), "_width", 60)
    home = demo_home(tmp_path)
    for words in (["tonight"], ["night"], ["why", "02:13"]):
        out = evenfall("--home", home, *words).out
        sentences = [line for line in out.splitlines() if "/" not in line]
        assert max(map(len, sentences)) <= 60
    plan = evenfall("--home", home, "tonight", *NIGHT).out.splitlines()
    first = next(i for i, line in enumerate(plan) if line.startswith("  Saturday asks"))
    assert plan[first + 1] == "    at 08:00, as on any free day."


def test_errors_wrap_where_someone_reads_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    aside = Console(stderr=True, force_terminal=True, width=60, highlight=False, no_color=True)
    monkeypatch.setattr(common, "ASIDE", aside)
    ran = evenfall("--home", "here", "tonight")
    lines = ran.err.splitlines()
    assert max(map(len, lines)) <= 60
    assert lines[1].startswith("  expected: ") and lines[2].startswith("    ")


def test_a_file_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "page.html"
    write_atomically(file, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    def key(_: int) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.chdir(tmp_path)
        patched.setattr(os, "fsync", full)
        with pytest.raises(EvenfallError, match="no space left on device"):
            write_atomically(file, "new")
        patched.setattr(os, "fsync", key)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
    monkeypatch.chdir(tmp_path)
    for odd in (Path(), tmp_path, file / "below"):
        with pytest.raises(EvenfallError):
            write_atomically(odd, "new")
    assert list(tmp_path.iterdir()) == [file]


def test_the_installed_program_speaks_to_pipes_and_narrow_terminals(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    program = [sys.executable, "-c", "from evenfall.app.cli import main; main()"]
    plain = {**os.environ, "COLUMNS": "60", "NO_COLOR": "1", "EVENFALL_HOME": str(home)}
    ran = subprocess.run([*program, "tonight"], env=plain, capture_output=True, check=True)
    assert b"\x1b" not in ran.stdout
    assert max(len(line) for line in ran.stdout.decode().splitlines()) <= 60
    answer = subprocess.run(
        [*program, "tonight", "--json"], env=plain, capture_output=True, check=True
    )
    assert json.loads(answer.stdout)["members"]
    letters = {**plain, "PYTHONIOENCODING": "ascii"}
    ran = subprocess.run([*program, "tonight"], env=letters, capture_output=True, check=True)
    assert b"Tom?s" in ran.stdout
    cut = subprocess.Popen([*program, "schema", "household"], env=plain, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)  # fmt: skip
    assert cut.stdout is not None and cut.stderr is not None
    cut.stdout.close()
    with cut.stderr as errors:
        assert errors.read() == b""
    assert cut.wait() in (0, 1, 120)
