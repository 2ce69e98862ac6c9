"""Six questions make a household; nothing is written before the last answer."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from tests.support.command_line import evenfall, refused

from evenfall.app.cli import questions
from evenfall.formats.household import read_household
from evenfall.records.household import Household

ANSWERS = ["The Reed House", "Europe/Lisbon", "Ada 2018-03, Eli 2021-05, Bo 1988-11",
           "Ada and Eli", "Ada 08:30", "Bo"]  # fmt: skip


def answered(*changed: tuple[int, str]) -> str:
    answers = list(ANSWERS)
    for number, answer in changed:
        answers[number - 1] = answer
    return "\n".join([*answers, ""])


def household(home: Path) -> Household:
    file = home / "household.yaml"
    return read_household(file.read_text(encoding="utf-8"), str(file)).record


def asked(home: Path, *changed: tuple[int, str]) -> Household:
    ran = evenfall("--home", home, "init", typed=answered(*changed))
    assert ran.code == 0, ran.said
    assert f"evenfall --home {home} tonight" in ran.said
    return household(home)


@pytest.mark.safety("H-12")
def test_six_answers_make_a_home_in_which_people_tell(tmp_path: Path) -> None:
    made = asked(tmp_path)
    assert (made.name, made.zone) == ("The Reed House", "Europe/Lisbon")
    assert [room.name for room in made.rooms] == ["Ada and Eli's room", "Bo's room"]
    ada, eli, bo = made.members
    assert (ada.id, ada.room, ada.guardians, ada.tellers) == ("ada", "room-1", ("bo",), ("bo",))
    assert ada.commitments[0].starts == "08:30" and not eli.commitments
    assert (bo.guardians, bo.room) == ((), "room-2")
    assert {one.evening for one in made.members} == {"told"}
    plan = evenfall("--home", tmp_path, "tonight", "--json").json()
    assert [room["kind"] for room in plan["rooms"]] == ["told", "told"]
    nights = evenfall("--home", tmp_path, "night", "--json").json()["nights"]
    assert {night["programme"] for night in nights} == {"lamp-and-page"}


@pytest.mark.parametrize(
    "people",
    [
        "ada 2018-3; ELI 2021/05 ;Bo   1988-11-30",
        "Ada, 2018-03, Eli, 05/2021, Bo, 1988.11",
        "Ada (2018-03), Eli: 2021-05, Bo 1988 11",
    ],
)
def test_answers_are_taken_as_people_write_them(tmp_path: Path, people: str) -> None:
    made = asked(tmp_path, (2, " europe/LISBON "), (3, people), (4, " ELI & ada "),
                 (5, "ada and eli 8.30, bo at 9:05"), (6, "  bo "))  # fmt: skip
    assert made.zone == "Europe/Lisbon"
    assert {one.id: one.born for one in made.members} == {
        "ada": "2018-03", "eli": "2021-05", "bo": "1988-11"
    }  # fmt: skip
    starts = {one.id: one.commitments[0].starts for one in made.members}
    assert starts == {"ada": "08:30", "eli": "08:30", "bo": "09:05"}


def test_enter_is_an_answer_and_a_city_a_zone(tmp_path: Path) -> None:
    made = asked(tmp_path, (1, ""), (2, "lisbon"), (4, ""), (5, "nobody"), (6, "-"))
    assert (made.name, made.zone, len(made.rooms)) == ("Our home", "Europe/Lisbon", 3)
    assert made.members[0].tellers == ()


def test_commas_part_groups_that_each_have_their_and(tmp_path: Path) -> None:
    people = (3, "Ada 2018-03, Eli 2021-05, Bo 1988-11, Cy 1986-01")
    pairs = asked(tmp_path / "a", people, (4, "Ada and Eli, Bo and Cy"))
    assert [one.room for one in pairs.members] == ["room-1", "room-1", "room-2", "room-2"]
    all_three = asked(tmp_path / "b", people, (4, "Ada, Eli and Bo"))
    assert [one.room for one in all_three.members] == ["room-1", "room-1", "room-1", "room-2"]


def test_any_script_gets_an_id(tmp_path: Path) -> None:
    made = asked(tmp_path, (3, "Noé 2018-03, نور 2021-05, Мария 1988-11, 3CPO 1990-01"), (4, ""),
                 (5, ""), (6, "мария"))  # fmt: skip
    assert [one.id for one in made.members] == ["noe", "member", "member-2", "member-3cpo"]
    assert made.members[0].tellers == ("member-2",)


WRONG = [
    ((1, "x" * 81), "1 to 80 characters"),
    ((2, "Europe/Lisbn"), "write Europe/Lisbon"),
    ((3, "Ada 2018"), "'Ada 2018'"),
    ((3, "2018-03"), "a name, then"),
    ((3, "Ada 2018-13"), "'Ada 2018-13'"),
    ((3, "Ada 2999-01"), "from 1900-01 to"),
    ((3, "Ada 1899-12"), "from 1900-01 to"),
    ((3, "Ada 2018-03, ADA 1990-01"), "two people called ADA"),
    ((3, ", ,"), "at least one person"),
    ((3, ", ".join(f"A{i} 1990-01" for i in range(33))), "33 people"),
    ((4, "Ada and Zed"), "'Zed'"),
    ((4, "Ada and Bo; Ada and Eli"), "ada in two rooms"),
    ((5, "Ada"), "a name and a time"),
    ((5, "Ada 25:00"), "a name and a time"),
    ((5, "Zed 08:30"), "one of Ada, Eli, Bo"),
    ((6, "Ada, Zed"), "question 6: 'Zed'"),
]


@pytest.mark.parametrize(("change", "said"), WRONG)
def test_what_cannot_be_read_is_said_and_nothing_is_written(
    tmp_path: Path, change: tuple[int, str], said: str
) -> None:
    home = tmp_path / "home"
    typed = answered(change)
    words = refused(evenfall("--home", home, "init", typed=typed))
    assert said in words and f"question {change[0]}" in words
    as_json = evenfall("--home", home, "init", "--json", typed=typed)
    assert as_json.code == 2 and as_json.json()["errors"]
    assert not home.exists()


def test_answers_that_end_early_write_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert "question 3: no answer" in refused(evenfall("--home", home, "init", typed="A\nUTC\n"))
    assert not home.exists()


def test_a_household_is_replaced_only_when_told_so(tmp_path: Path) -> None:
    asked(tmp_path)
    before = (tmp_path / "household.yaml").read_bytes()
    said = refused(evenfall("--home", tmp_path, "init", typed=answered((1, "Other"))))
    assert "already here" in said and f"evenfall --home {tmp_path} init --force" in said
    assert (tmp_path / "household.yaml").read_bytes() == before
    ran = evenfall("--home", tmp_path, "init", "--force", "--json", typed=answered((1, "Other")))
    assert ran.json()["household"]["name"] == household(tmp_path).name == "Other"
    assert [path.name for path in tmp_path.iterdir()] == ["household.yaml"]


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    home = tmp_path / "file" / "home"
    said = refused(evenfall("--home", home, "init", typed=answered()))
    assert "a file stands where a folder should be" in said and "nothing was changed" in said
    assert (tmp_path / "file").read_text() == "mine"


def test_another_household_file_is_the_one_that_is_made(tmp_path: Path) -> None:
    file = tmp_path / "winter.yaml"
    assert evenfall("--household", file, "init", typed=answered()).code == 0
    assert [path.name for path in tmp_path.iterdir()] == ["winter.yaml"]


# --- Where a person answers ------------------------------------------------------------------


@pytest.fixture
def typist(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Someone at a terminal: the answers they will type, in order."""
    answers: list[str] = []
    asked_: list[str] = []

    def prompt(question: str, **said: object) -> str:
        asked_.append(question)
        answer = answers.pop(0)
        if answer == "^C":
            raise typer.Abort
        return answer or str(said["default"])

    monkeypatch.setattr(questions, "someone_answers", lambda: True)
    monkeypatch.setattr(typer, "prompt", prompt)
    yield answers
    assert answers == []


def test_a_person_is_asked_that_question_again(tmp_path: Path, typist: list[str]) -> None:
    typist += ["Home", "nowhere/x", "UTC", "Ada", "Ada 2018-03, Bo 1990-01", "Ada and Zed",
               "Ada and Bo", "Ada at dawn", "Ada 8:30", "", ]  # fmt: skip
    ran = evenfall("--home", tmp_path, "init")
    assert ran.code == 0
    assert ran.err.count("mend:") == 4
    assert "'Zed'" in ran.err
    assert household(tmp_path).members[0].commitments[0].starts == "08:30"


def test_leaving_in_the_middle_writes_nothing(tmp_path: Path, typist: list[str]) -> None:
    typist += ["Home", "UTC", "^C"]
    ran = evenfall("--home", tmp_path, "init")
    assert (ran.code, ran.out) == (130, "")
    assert "nothing was written" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_the_machines_own_zone_is_offered() -> None:
    zone = questions.system_zone()
    assert zone and not zone.startswith("/")
    assert questions.someone_answers() == sys.stdin.isatty()
