"""The text of an evening: what it says, and the one rule of its exits."""

import pytest

from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.score import CONDITIONS, read_score
from evenfall.records.score import Exit

EVENING = """\
score: 1
id: two-boats
title: Two boats
evening: immersive
audience: {youngest: 4, sleepers: 2}
scenes:
  shore:
    kind: settle
    stay: [2 min, 8 min]
    exits:
      - to: night
        touched: true
      - {to: night, asleep_for: 5 min, who: younger}
      - {to: night, chosen: home}
      - {to: night, lights_out: elder}
    then: night
  night:
    kind: quiet
"""


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FormatError) as raised:
        read_score(text, "boats.yaml")
    return raised.value.faults


def test_a_score_is_read_with_the_place_of_every_scene() -> None:
    document = read_score(EVENING, "boats.yaml")
    assert list(document.record.scenes) == ["shore", "night"]
    assert document.key_place("scenes", "shore") == Place("boats.yaml", 7, 3)
    assert document.place("scenes", "shore", "exits", 2) == Place("boats.yaml", 14, 9)


def test_an_exit_without_a_condition_is_told_where_it_stands() -> None:
    (fault,) = faults_in(EVENING.replace("        touched: true\n", ""))
    assert fault.place == Place("boats.yaml", 11, 9)
    assert "says nothing of when" in fault.found
    assert fault.expected == "exactly one of asleep_for, touched, chosen or lights_out"
    assert "touched: true" in fault.mend


def test_a_condition_that_is_off_is_none() -> None:
    (fault,) = faults_in(EVENING.replace("touched: true", "touched: false"))
    assert fault.place == Place("boats.yaml", 11, 9)


def test_an_exit_with_two_conditions_is_told_at_the_second() -> None:
    (fault,) = faults_in(EVENING.replace("lights_out: elder", "lights_out: elder, touched: true"))
    assert fault.place == Place("boats.yaml", 15, 40)
    assert fault.found == "an exit to night with both touched and lights_out"
    assert "two exits" in fault.mend


def test_every_wrong_exit_is_told() -> None:
    text = EVENING.replace(", chosen: home", "").replace(", lights_out: elder", "")
    assert [fault.place.line for fault in faults_in(text)] == [14, 15]


def test_every_condition_is_a_field_of_an_exit() -> None:
    assert set(Exit.__struct_fields__) == {"to", "who", *CONDITIONS}
