"""Help teaches by example, usage errors leave with 2, and the shell completes what it can."""

import re
from pathlib import Path

import pytest
import typer
from tests.support.command_line import demo_home, evenfall

from evenfall import __version__
from evenfall.app.cli import app, completing
from evenfall.app.cli.common import State

COMMANDS = [
    "init",
    "tonight",
    "night",
    "morning",
    "import",
    "why",
    "check",
    "rehearse",
    "serve",
    "stop",
    "drill",
    "reboot",
    "pair",
    "people",
    "lamps",
    "backup",
    "restore",
    "export",
    "doctor",
    "schema",
    "demo",
]


def test_every_command_is_tried_here() -> None:
    group = typer.main.get_command(app)
    assert list(getattr(group, "commands", {})) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_help_shows_examples_each_on_its_own_line(command: str) -> None:
    ran = evenfall(command, "-h")
    assert (ran.code, ran.err) == (0, "")
    lines = [line.rstrip() for line in ran.out.splitlines()]
    assert " Examples" in lines
    shown = [line for line in lines if re.match(r"^   evenfall (--home \S+ )?[a-z]", line)]
    assert shown and all(line.count("evenfall ") == 1 for line in shown)
    assert any(command in line for line in shown)
    assert "[bold]" not in ran.out
    assert evenfall(command, "--help").out == ran.out


@pytest.mark.parametrize("command", ["night", "demo"])
def test_help_says_what_each_script_does(command: str) -> None:
    lines = [" ".join(line.split()) for line in evenfall(command, "-h").out.splitlines()]
    assert "two-am the youngest wakes at 2 a.m. and touches the bedside page" in lines


def test_the_version_and_the_way_in() -> None:
    assert evenfall("--version").out == f"evenfall {__version__}\n"
    bare = evenfall()
    assert "evenfall demo" in bare.said and "evenfall init" in bare.said
    for command in COMMANDS:
        assert command in bare.said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tonight", "--soon"], "No such option: --soon"),
        (["nap"], "No such command 'nap'"),
        (["why"], "Missing argument"),
        (["night", "--seed", "x"], "--seed"),
        (["night", "--speed", "0"], "--speed"),
        (["night", "--age", "111"], "--age"),
    ],
)
def test_a_wrong_use_leaves_with_2_and_names_the_help(words: list[str], said: str) -> None:
    ran = evenfall(*words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.said and "-h" in ran.said
    as_json = evenfall(*words, "--json")
    (fault,) = as_json.json()["errors"]
    assert (as_json.code, as_json.err) == (2, "")
    assert said in fault["found"] and "-h" in fault["mend"]


def test_the_shell_can_be_taught(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = demo_home(tmp_path)
    assert evenfall("--home", home, "night", "--room", "loft").code == 0

    def offered(*words: str) -> list[str]:
        line = ["evenfall", "--home", str(home), *words]
        monkeypatch.setenv("_EVENFALL_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", " ".join(line))
        monkeypatch.setenv("COMP_CWORD", str(len(line) - 1))
        return evenfall().out.split()

    assert offered("night", "--member", "t") == ["tomas"]
    assert offered("night", "--room", "n") == ["nest"]
    assert offered("night", "--script", "le") == ["left-paused"]
    (night,) = offered("why", "--night", "2")
    assert re.fullmatch(r"20..-..-..-loft-1", night)
    assert offered("check", "li") == ["lighthouse"]
    assert offered("schema", "h") == ["household"]
    assert offered("tonight", "--away", "m") == ["mara"]


def test_where_anything_is_amiss_nothing_is_offered_and_nothing_made(tmp_path: Path) -> None:
    group = typer.main.get_command(app)
    context = typer.Context(group)  # type: ignore[arg-type,unused-ignore]
    context.params = {"home": tmp_path / "away"}
    command = typer.Context(group, parent=context)  # type: ignore[arg-type,unused-ignore]
    assert completing.members(command, "") == completing.nights(command, "") == []
    demo_home(tmp_path / "away", "household: [")
    assert completing.rooms(command, "") == []
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["away", "household.yaml"]


def test_a_command_to_copy_names_the_same_home() -> None:
    said = State(Path("my cabin"), Path("other.yaml"))
    assert said.again("why 02:13") == "evenfall --home 'my cabin' --household other.yaml why 02:13"
