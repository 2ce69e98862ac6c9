"""The safety case has no orphan: from promise to test, and from test to promise.

docs/safety-case.yaml is data; a promise nobody guards, a control nobody tests and a test nobody
listed each fail here. Every rule is tried on a planted fault as well.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
CASE = yaml.safe_load((REPOSITORY / "docs" / "safety-case.yaml").read_text())
PACKAGE = REPOSITORY / "src" / "evenfall"

Marks = dict[str, set[str]]
"""Every test by its id, with the hazards it is marked for."""


def is_safety(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "safety"


def hazards_of(decorators: list[ast.expr]) -> set[str]:
    """The ids in a function's safety marks."""
    calls = [d for d in decorators if isinstance(d, ast.Call) and is_safety(d.func)]
    return {str(ast.literal_eval(argument)) for call in calls for argument in call.args}


def marks_in(tree: ast.AST, prefix: str) -> Iterator[tuple[str, set[str]]]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.ClassDef):
            yield from marks_in(node, f"{prefix}::{node.name}")
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            yield f"{prefix}::{node.name}", hazards_of(node.decorator_list)


def read_marks(root: Path) -> Marks:
    """Every test below root/tests, by its id.

    Raises:
        AssertionError: a safety mark stands anywhere but on a test function itself.
    """
    marks: Marks = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text())
        found = dict(marks_in(tree, path.relative_to(root).as_posix()))
        used = sum(is_safety(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
        placed = sum(
            is_safety(decorator.func)
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
            for decorator in node.decorator_list
            if isinstance(decorator, ast.Call)
        )
        assert used == placed, f"{path}: put each safety mark on a test function itself"
        marks |= found
    return marks


def orphans(case: dict[str, Any], marks: Marks, told: set[int]) -> list[str]:
    """Everything in the safety case that leads nowhere.

    Args:
        case: the safety case.
        marks: the tests, and the hazards they are marked for.
        told: the issues that already have their news.
    """
    hazards = case["hazards"]
    faults = [f"{one}: the id is given twice" for one in repeated(h["id"] for h in hazards)]
    for key, rules in (("promise", case["promises"]), ("care_rule", case["care_rules"])):
        named = {hazard[key] for hazard in hazards if key in hazard}
        faults += [f"{key} {number} has no hazard" for number in sorted(rules.keys() - named)]
        faults += [f"there is no {key} {number}" for number in sorted(named - rules.keys())]
    for hazard in hazards:
        faults += [f"{hazard['id']}: {words}" for words in hazard_faults(hazard, marks, told)]
    listed = {(hazard["id"], test) for hazard in hazards for test in hazard.get("tests", ())}
    marked = {(one, test) for test, ids in marks.items() for one in ids}
    faults += [f"{one}: {test} is marked for it, but not listed" for one, test in marked - listed]
    return faults


def repeated(ids: Iterator[str]) -> list[str]:
    seen = list(ids)
    return sorted({one for one in seen if seen.count(one) > 1})


def hazard_faults(hazard: dict[str, Any], marks: Marks, told: set[int]) -> Iterator[str]:
    """What is wrong with one entry."""
    if not re.fullmatch(r"H-[0-9]{2,3}", hazard["id"]):
        yield "an id is H- and a number, like H-07"
    if ("promise" in hazard) == ("care_rule" in hazard):
        yield "give one of promise and care_rule"
    if not hazard.get("hazard"):
        yield "say what could happen"
    if "later" in hazard:
        yield from later_faults(hazard, told)
        return
    yield from control_faults(hazard)
    if not hazard.get("tests"):
        yield "no test proves its control"
    for test in hazard.get("tests", ()):
        if test not in marks:
            yield f"{test} does not exist"
        elif hazard["id"] not in marks[test]:
            yield f'{test} is not marked @pytest.mark.safety("{hazard["id"]}")'


def later_faults(hazard: dict[str, Any], told: set[int]) -> Iterator[str]:
    if hazard.get("tests"):
        yield "it has tests, so it is not for later"
    if not hazard["later"]:
        yield "say which work brings it"
    for number in re.findall(r"#([0-9]+)", str(hazard["later"])):
        if int(number) in told:
            yield f"it was for issue {number}, which is here: attach its tests"


def control_faults(hazard: dict[str, Any]) -> Iterator[str]:
    if not hazard.get("control"):
        yield "no control"
    if not hazard.get("where"):
        yield "say where in src/evenfall its control is"
    for path in hazard.get("where", ()):
        if not (PACKAGE / path).exists():
            yield f"its control is said to be in {path}, which does not exist"


def told_issues() -> set[int]:
    """The issues with a fragment of news."""
    names = (path.name.split(".")[0] for path in (REPOSITORY / "changelog").glob("*.*.md"))
    return {int(name) for name in names if name.isdigit()}


def test_the_safety_case_has_no_orphan() -> None:
    assert orphans(CASE, read_marks(REPOSITORY), told_issues()) == []


SOUND: dict[str, Any] = {
    "id": "H-01",
    "promise": 1,
    "hazard": "something happens",
    "where": ["records/"],
    "control": "it is kept from happening",
    "tests": ["tests/test_a.py::test_b"],
}
SOUND_MARKS: Marks = {"tests/test_a.py::test_b": {"H-01"}, "tests/test_a.py::test_c": set()}
LATER = {"id": "H-01", "promise": 1, "hazard": "something happens", "later": "the guard (#4)"}


def case_of(*hazards: dict[str, Any]) -> dict[str, Any]:
    return {"promises": {1: "One"}, "care_rules": {}, "hazards": list(hazards)}


def test_a_sound_case_has_no_orphan() -> None:
    assert orphans(case_of(SOUND), SOUND_MARKS, {4}) == []
    assert orphans(case_of(LATER), {}, {2}) == []


@pytest.mark.parametrize(
    ("case", "marks", "words"),
    [
        (case_of(), {}, "promise 1 has no hazard"),
        (case_of(SOUND, SOUND), SOUND_MARKS, "given twice"),
        (case_of(SOUND | {"promise": 2}), SOUND_MARKS, "there is no promise 2"),
        (case_of(SOUND | {"care_rule": 1}), SOUND_MARKS, "one of promise and care_rule"),
        (case_of(SOUND | {"id": "H1"}), SOUND_MARKS, "an id is"),
        (case_of(SOUND | {"hazard": ""}), SOUND_MARKS, "say what could happen"),
        (case_of(SOUND | {"control": ""}), SOUND_MARKS, "no control"),
        (case_of(SOUND | {"where": []}), SOUND_MARKS, "say where"),
        (case_of(SOUND | {"where": ["attic.py"]}), SOUND_MARKS, "attic.py, which does not exist"),
        (case_of(SOUND | {"tests": []}), SOUND_MARKS, "no test proves"),
        (case_of(SOUND), {}, "test_b does not exist"),
        (case_of(SOUND), {"tests/test_a.py::test_b": set()}, "is not marked"),
        (case_of(SOUND), {**SOUND_MARKS, "tests/test_a.py::test_c": {"H-01"}}, "not listed"),
        (case_of(SOUND), {**SOUND_MARKS, "tests/test_a.py::test_c": {"H-99"}}, "not listed"),
        (case_of(LATER | {"later": ""}), {}, "say which work"),
        (case_of(LATER), {}, "attach its tests"),
        (case_of(SOUND | {"later": "the guard"}), SOUND_MARKS, "not for later"),
    ],
)
def test_a_planted_orphan_is_seen(case: dict[str, Any], marks: Marks, words: str) -> None:
    assert any(words in fault for fault in orphans(case, marks, {4}))


def test_marks_are_read_from_functions_and_classes_and_nowhere_else(tmp_path: Path) -> None:
    page = tmp_path / "tests" / "test_a.py"
    page.parent.mkdir()
    page.write_text(
        "import pytest\n\nclass TestA:\n    @pytest.mark.safety('H-01')\n"
        "    def test_b(self): ...\n\ndef test_c(): ...\n"
    )
    assert read_marks(tmp_path) == {
        "tests/test_a.py::TestA::test_b": {"H-01"},
        "tests/test_a.py::test_c": set(),
    }
    page.write_text("import pytest\n\npytestmark = pytest.mark.safety('H-01')\n")
    with pytest.raises(AssertionError, match="on a test function itself"):
        read_marks(tmp_path)
