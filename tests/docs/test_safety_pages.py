"""The safety case and the threat model as readers have them: whole, linked, true to the data."""

import re
from pathlib import Path
from typing import Any

import pytest
import reference
import yaml

DOCS = Path(__file__).resolve().parents[2] / "docs"
CASE = yaml.safe_load((DOCS / "safety-case.yaml").read_text(encoding="utf-8"))
THREATS = (DOCS / "why" / "threat-model.md").read_text(encoding="utf-8")
BY_ID: dict[str, dict[str, Any]] = {one["id"]: one for one in CASE["hazards"]}
LINKED = re.compile(r"\[(H-[0-9]{2,3})\]\(\.\./reference/safety-case\.md#(h-[0-9]{2,3})\)")


def test_every_hazard_stands_on_the_page_with_its_control_and_its_tests() -> None:
    page = reference.safety_case_page()
    for name, hazard in BY_ID.items():
        section = page.split(f"### {name}\n")[1].split("\n### ")[0]
        assert reference.cell(hazard["hazard"]) in section, name
        assert section.count("](../../tests/") >= len(hazard.get("tests", ())), name
        said = str(hazard.get("control") or hazard.get("later"))
        assert reference.cell(said[1:]) in section, name


def test_what_is_for_later_says_what_it_waits_for() -> None:
    last = reference.safety_case_page().split("## What is for later")[1]
    later = {name for name, hazard in BY_ID.items() if "later" in hazard}
    assert {row.split(" | ")[0].strip("| ") for row in last.splitlines() if "| H-" in row} == later


def threats() -> list[list[str]]:
    """The rows of the threat model's table: who, what they can, what they cannot, what is left."""
    table = THREATS.split("## Who could do it")[1].split("\n## ")[0]
    rows = [line.strip("|").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [[part.strip() for part in row] for row in rows[2:]]


def test_every_hazard_a_threat_is_answered_by_is_held_today() -> None:
    found = LINKED.findall(THREATS)
    assert len(found) > 20
    for name, anchor in found:
        assert anchor == name.lower()
        assert name in BY_ID
    answered = {name for row in threats() for name, _ in LINKED.findall(row[2])}
    assert [name for name in sorted(answered) if "later" in BY_ID[name]] == []


@pytest.mark.parametrize("row", threats(), ids=lambda row: row[0])
def test_every_threat_says_what_is_left_and_is_answered_by_what_is_tested(row: list[str]) -> None:
    who, can, cannot, left = row
    assert who and can and left
    assert LINKED.search(cannot) or "](../../tests/" in cannot


def test_every_hazard_named_in_words_is_linked() -> None:
    assert re.findall(r"(?<!\[)\bH-[0-9]{2,3}\b", THREATS) == []
