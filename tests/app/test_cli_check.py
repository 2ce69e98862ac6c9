"""`check` as people and programs meet it: a story, a mend, a picture, SARIF, a code."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from tests.support.command_line import demo_home, evenfall
from tests.support.scores import SOLO

from evenfall.rehearse.check.properties import PROPERTIES

LONG_DAWN = SOLO.replace("stay: [30 min, 40 min]", "stay: [30 min, 3 h]")


@pytest.fixture
def unsafe(tmp_path: Path) -> Path:
    """A score that nothing is plainly wrong with, and whose dawn may take three hours."""
    file = tmp_path / "dawn.yaml"
    file.write_text(LONG_DAWN)
    return file


@pytest.mark.safety("H-70")
def test_what_is_found_is_told_with_its_place_its_mend_and_code_1(unsafe: Path) -> None:
    assert evenfall("check", unsafe, "--quick").code == 0
    ran = evenfall("check", unsafe, "--fix-hint")
    assert ran.code == 1
    said = " ".join(ran.out.split())
    assert f"{unsafe}:46:11:" in ran.out.replace("\n    ", "")
    assert "120.5 min into *morning*" in said and "the dawn still goes on; 120 min is the" in said
    assert "mend: shorten its longest stay" in said and "46: stay: [30 min, 2 h]" in said


def test_for_programs_it_is_one_object_with_the_proof(unsafe: Path) -> None:
    ran = evenfall("check", unsafe, "--json")
    report = ran.json()
    assert ran.code == 1 and report["proven"] is False
    (one,) = report["proofs"]
    assert [finding["property"] for finding in one["proof"]["findings"]] == ["modes-lapse"]
    assert report["checked"] == "every reachable state"


def test_the_picture_draws_every_scene_and_the_way(unsafe: Path, tmp_path: Path) -> None:
    file = tmp_path / "way.svg"
    evenfall("check", unsafe, "--picture", file)
    root = ElementTree.parse(file).getroot()
    words = [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]
    assert {"arrive", "deep", "shore", "look-up", "hush", "night", "morning"} <= {*words}
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
