"""`check` as people and programs meet it: a story, a mend, a picture, SARIF, a code."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.support.command_line import demo_home, evenfall
from tests.support.scores import SOLO

from evenfall.rehearse.check.properties import PROPERTIES

LOUDER = SOLO.replace(
    "  night:\n    kind: quiet\n",
    "  later:\n    kind: quiet\n    stay: [2 min, 5 min]\n"
    "    sound: {play: rain, to: 30 dBA, over: 30 s}\n    then: night\n"
    "  night:\n    kind: quiet\n",
).replace("then: night\n  later", "then: later\n  later")


@pytest.fixture
def unsafe(tmp_path: Path) -> Path:
    """A score that nothing is plainly wrong with, and whose second quiet is louder."""
    file = tmp_path / "louder.yaml"
    file.write_text(LOUDER)
    return file


@pytest.mark.safety("H-70")
def test_what_is_found_is_told_with_its_place_its_mend_and_code_1(unsafe: Path) -> None:
    assert evenfall("check", unsafe, "--quick").code == 0
    ran = evenfall("check", unsafe, "--fix-hint")
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert f"{unsafe}:" in ran.out.replace("\n    ", "") and "the sound goes up to 30 dBA" in said
    assert "it was at 28 dBA" in said and "mend: write 28 dBA or less" in said
    assert "sound: {play: rain, to: 28 dBA, over: 30 s}" in said


def test_for_programs_it_is_one_object_with_the_proof(unsafe: Path) -> None:
    ran = evenfall("check", unsafe, "--json")
    report = ran.json()
    assert ran.code == 1 and report["proven"] is False
    (one,) = report["proofs"]
    assert [finding["property"] for finding in one["proof"]["findings"]] == [
        "night-grows-no-louder"
    ]
    assert report["checked"] == "every reachable state"


def test_the_picture_draws_every_scene_and_the_way(unsafe: Path, tmp_path: Path) -> None:
    file = tmp_path / "way.svg"
    evenfall("check", unsafe, "--picture", file)
    root = ElementTree.parse(file).getroot()
    words = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"arrive", "deep", "shore", "look-up", "hush", "later", "night", "morning"} <= {*words}
    assert any(word.startswith("found here") for word in words)


def test_sarif_says_what_its_standard_asks_for(unsafe: Path, tmp_path: Path) -> None:
    file = tmp_path / "found.sarif"
    evenfall("check", unsafe, "--sarif", file)
    log = json.loads(file.read_text(encoding="utf-8"))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    assert [rule["id"] for rule in rules] == [one.name for one in PROPERTIES]
    (result,) = run["results"]
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] and result["level"] == "error"
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == str(unsafe)
    assert place["region"]["startLine"] > 1 and result["message"]["text"]


def test_a_household_is_checked_by_its_rooms_and_ages(tmp_path: Path) -> None:
    home = demo_home(tmp_path)
    ran = evenfall("check", "lamp-and-page", "--household", home / "household.yaml", "--json")
    report = ran.json()
    assert ran.code == 0 and report["proven"]
    assert all(one["room"] and one["proof"]["sleepers"] >= 1 for one in report["proofs"])
