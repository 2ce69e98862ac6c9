"""A score that is wrong or plainly unsafe is refused for its own reason, and told where.

bad_scores.yaml has one small change of a good score for each way of being wrong; each must give
exactly its one fault, word for word, at its place.
"""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.support.scores import DUET, SOLO

from evenfall.compose.compile import ScoreError, compile_score
from evenfall.compose.plainly import phases
from evenfall.compose.shape import NEAR_AMONG, in_order
from evenfall.formats.errors import Fault
from evenfall.formats.score import read_score
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.safety.limits import ADULT, CHILD

GOOD = {"solo": SOLO, "duet": DUET}
SLEEPERS = {"solo": 1, "duet": 2}
LIMITS = {"child": CHILD, "adult": ADULT}
AGES = {"child": 8, "adult": 40}
BAD = yaml.safe_load((Path(__file__).parent / "bad_scores.yaml").read_text(encoding="utf-8"))


def changed(text: str, *changes: dict[str, str]) -> str:
    for change in changes:
        assert text.count(change["from"]) == 1, f"{change['from']!r} must stand there once"
        text = text.replace(change["from"], change["to"])
    return text


def faults_of(
    text: str, *, sleepers: int = 1, youngest_years: float = 8, limits: str = "child"
) -> tuple[Fault, ...]:
    with pytest.raises(ScoreError) as raised:
        compile_score(
            read_score(text, "bad.yaml"),
            limits=LIMITS[limits],
            sleepers=sleepers,
            youngest_years=youngest_years,
        )
    return raised.value.faults


@pytest.mark.parametrize("good", GOOD)
@pytest.mark.parametrize("limits", LIMITS)
def test_without_the_change_it_compiles(good: str, limits: str) -> None:
    document = read_score(GOOD[good], "good.yaml")
    compile_score(
        document, limits=LIMITS[limits], sleepers=SLEEPERS[good], youngest_years=AGES[limits]
    )


@pytest.mark.safety("H-07")
@pytest.mark.safety("H-08")
@pytest.mark.safety("H-14")
@pytest.mark.parametrize("bad", BAD, ids=[bad["wrong"] for bad in BAD])
def test_a_bad_score_is_told_its_one_fault(bad: dict[str, Any]) -> None:
    text = changed(GOOD[bad["of"]], *bad["change"])
    room = {"sleepers": SLEEPERS[bad["of"]], **bad.get("room", {})}
    (fault,) = faults_of(text, **room)
    assert {
        "place": str(fault.place),
        "found": fault.found,
        "expected": fault.expected,
        "mend": fault.mend,
    } == {key: bad[key] for key in ("place", "found", "expected", "mend")}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        ("come back to where they were", 4),
        ("says where it goes only if something happens", 3),
        ("so it might never end", 4),
        ("scenes that are the night itself", 2),
        ("the longest way to quiet takes", 1),
        ("has more light than", 2),
        ("has more sound than", 2),
    ],
)
def test_no_row_goes_missing_from_the_table(words: str, count: int) -> None:
    assert sum(words in bad["found"] for bad in BAD) == count


@pytest.mark.safety("H-25")
@pytest.mark.parametrize("years", [0.0, 0.5, 0.99])
def test_no_evening_compiles_for_an_infant(years: float) -> None:
    text = changed(SOLO, {"from": "youngest: 4", "to": "youngest: 1"})
    (fault,) = faults_of(text, youngest_years=years)
    assert fault.found == "someone under 12 months sleeps in this room"
    assert "only planning and logging" in fault.mend


def test_every_fault_is_told_and_not_only_the_first() -> None:
    text = SOLO.replace("to: 1 lx mEDI", "to: 2 lx mEDI").replace("[30 s, 90 s]", "[5 s, 90 s]")
    text = text.replace("28 dBA, over: 30 s", "31 dBA, over: 1 s")
    assert [fault.place.line for fault in faults_of(text)] == [10, 35, 40, 40]


def test_names_come_first_then_the_shape_then_the_levels() -> None:
    too_bright = SOLO.replace("110 lx", "900 lx")
    no_stay = too_bright.replace("    stay: [1 min, 4 min]\n", "")
    no_name = no_stay.replace("then: shore", "then: nowhere")
    assert "110" in faults_of(too_bright)[0].expected
    assert [fault.found for fault in faults_of(no_stay)] == [
        "'arrive' has no stay, so it might never end"
    ]
    assert [fault.place.line for fault in faults_of(no_name)] == [23]


def test_who_it_is_for_is_told_beside_what_is_wrong_with_it() -> None:
    text = SOLO.replace("then: shore", "then: nowhere")
    assert [fault.place.line for fault in faults_of(text, sleepers=2)] == [5, 24]


def test_a_room_with_a_sleeper_is_known_to_its_last_breather() -> None:
    text = changed(
        DUET,
        {
            "from": "  whisper:\n    kind: settle\n",
            "to": "  whisper:\n    kind: immerse\n    breather: porch\n    breather_every: 5 min\n",
        },
        {
            "from": "  look-up:\n",
            "to": "  porch:\n    kind: breather\n    stay: [30 s, 90 s]\n  look-up:\n",
        },
    )
    assert phases(read_score(text, "duet.yaml").record) == {
        "both": WINDING_DOWN,
        "whisper": ASLEEP,
        "porch": ASLEEP,
        "look-up": WINDING_DOWN,
        "hush": ASLEEP,
        "night": ASLEEP,
        "morning": DAWN,
    }


def test_a_misspelt_name_is_compared_with_the_first_scenes_only() -> None:
    scene = "  s{}:\n    kind: settle\n    stay: [1 min, 2 min]\n    then: {}\n"
    many = "".join(scene.format(i, f"s{i + 1}") for i in range(NEAR_AMONG + 10))
    text = SOLO.replace("scenes:\n", "scenes:\n" + many)
    (fault,) = faults_of(text)
    assert fault.mend == f"write 's11', or add a scene 's{NEAR_AMONG + 10}'"


def test_an_order_leaves_out_what_has_none() -> None:
    scenes = read_score(SOLO.replace("then: hush", "then: deep"), "s.yaml").record.scenes
    ordered = in_order(scenes)
    assert ordered[-1] == "arrive"
    assert not {"deep", "shore", "hush", "night"} & set(ordered)
