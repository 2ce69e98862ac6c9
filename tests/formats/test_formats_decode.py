"""Records from text: every kind of misfit, told in plain words at its exact place."""

from typing import Annotated

import pytest
from msgspec import Meta

from evenfall.formats.decode import decode
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.explain import FAULTS_MAX
from evenfall.formats.words import SHOWN_MAX, shown
from evenfall.records.base import Record
from evenfall.records.household import Household, Member, Room
from evenfall.records.recording import Hypnogram
from evenfall.records.score import Score

HOME = """\
household: 1
name: Home
zone: Europe/Lisbon
rooms:
  - id: nest
    name: The nest
    night_light: 0.5 lx mEDI
members:
  - id: noor
    name: Noor
    born: 2022-06
    room: nest
    ritual:
      - what: story
        takes: 15 min
        with_teller: true
    commitments:
      - what: school
        days: [mon, tue]
        starts: 08:30
        from_waking: 1 h
"""

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
    light: {to: 5 lx mEDI, over: 60 s}
    then: night
  night:
    kind: quiet
"""


def faults_in(text: str, type_: type[object] = Household) -> tuple[Fault, ...]:
    with pytest.raises(FormatError) as raised:
        decode(text, "home.yaml", type_)
    return raised.value.faults


# Each: what to replace in the home, by what, the place of the fault, and its three parts.
MISFITS = {
    "quantity": (
        "0.5 lx mEDI",
        "4lx",
        (7, 18),
        'night_light is "4lx"',
        "melanopic light at the eye, like 0.5 lx mEDI",
        "write it like 0.5 lx mEDI",
    ),
    "quantity without its unit": (
        "15 min",
        "15",
        (15, 16),
        "takes is 15",
        "a length of time with its unit, like 40 s, 8 min or 1 h 15 min",
        "write it like 40 s, 8 min or 1 h 15 min",
    ),
    "short name": (
        "id: nest",
        "id: The Nest",
        (5, 9),
        'id is "The Nest"',
        "a short name for machines: small letters, digits and hyphens",
        "write the-nest",
    ),
    "short name that has no letters": (
        "id: noor",
        "id: नूर",
        (9, 9),
        'id is "नूर"',
        "a short name for machines: small letters, digits and hyphens",
        "begin with a small letter, then small letters, digits and hyphens, at most 40",
    ),
    "time": (
        "08:30",
        "8.30",
        (20, 17),
        "starts is 8.3",
        "a time on the wall clock, 24 hours, like 07:00",
        "write it like 07:00",
    ),
    "zone": (
        "Europe/Lisbon",
        "../etc/passwd",
        (3, 7),
        'zone is "../etc/passwd"',
        "the IANA time zone, like Europe/Lisbon",
        "write it like Europe/Lisbon",
    ),
    "choice": (
        "[mon, tue]",
        "[mon, Tuesday]",
        (19, 21),
        'entry 2 of days is "Tuesday"',
        "one of mon, tue, wed, thu, fri, sat or sun",
        "write tue",
    ),
    "version": (
        "household: 1",
        "household: 2",
        (1, 12),
        "household is 2",
        "1: the version of this format",
        "write household: 1",
    ),
    "truth": (
        "with_teller: true",
        "with_teller: no",
        (16, 22),
        'with_teller is "no"',
        "true or false: true where someone tells or reads, and so cannot be elsewhere",
        "write with_teller: false",
    ),
    "number where a name stands": (
        "name: Noor",
        "name: 7",
        (10, 11),
        "name is 7",
        "a name as people say it, in any script (1 to 80 characters)",
        'put it in quotes: "7"',
    ),
    "nothing where a name stands": (
        "name: Noor",
        "name:",
        (10, 10),
        "name is nothing",
        "a name as people say it, in any script (1 to 80 characters)",
        "write something after the colon",
    ),
    "name too long": (
        "name: Noor",
        f"name: {'x' * 81}",
        (10, 11),
        f'name is "{"x" * SHOWN_MAX}…"',
        "a name as people say it, in any script (1 to 80 characters)",
        "shorten it",
    ),
    "empty name": (
        "name: Noor",
        "name: ''",
        (10, 11),
        'name is ""',
        "a name as people say it, in any script (1 to 80 characters)",
        "write something here",
    ),
    "list where a name stands": (
        "name: Noor",
        "name: [Noor]",
        (10, 11),
        "name is a list",
        "a name as people say it, in any script (1 to 80 characters)",
        "write it in one line, in quotes if it holds a colon",
    ),
    "unknown field, nearly right": (
        "night_light:",
        "nightlight:",
        (7, 5),
        '"nightlight", which is no field of a room',
        "one of id, name, night_light or outputs",
        "write night_light",
    ),
    "unknown field": (
        "night_light: 0.5 lx mEDI",
        "zzz: 1",
        (7, 5),
        '"zzz", which is no field of a room',
        "one of id, name, night_light or outputs",
        "take it out, or write one of these instead",
    ),
    "missing field": (
        "    room: nest\n",
        "",
        (9, 5),
        "a member without room",
        "room: the room they sleep in",
        "add a line to the member that begins here: room: …",
    ),
    "missing field of a kind with an example": (
        "        takes: 15 min\n",
        "",
        (14, 9),
        "a ritual step without takes",
        "takes: how long it takes",
        "add a line to the ritual step that begins here: takes: 40 s, 8 min or 1 h 15 min",
    ),
    "text where a list stands": (
        "[mon, tue]",
        "mon",
        (19, 15),
        'days is "mon"',
        "a list: the weekdays it happens on",
        "write each entry in a line of its own, beginning with - and a space",
    ),
    "empty list": (
        "[mon, tue]",
        "[]",
        (19, 15),
        "days with no entries",
        "at least 1: the weekdays it happens on",
        "add what is missing",
    ),
    "list too long": (
        "    room: nest\n",
        f"    room: nest\n    guardians: [{', '.join('abcdefghi')}]\n",
        (13, 16),
        "guardians with 9 entries",
        "at most 8 entries: the adults who may act for this child",
        "take out what is too much",
    ),
    "text where a record stands": (
        "      - what: story\n        takes: 15 min\n        with_teller: true\n",
        "      - story\n",
        (14, 9),
        'entry 1 of ritual is "story"',
        "the fields of a ritual step",
        "write its fields in lines of their own, indented: what, takes and with_teller",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "at", "found", "expected", "mend"), MISFITS.values(), ids=MISFITS
)
def test_a_misfit_says_what_where_and_the_mend(
    old: str, new: str, at: tuple[int, int], found: str, expected: str, mend: str
) -> None:
    assert HOME.count(old) == 1
    faults = faults_in(HOME.replace(old, new))
    assert faults == (Fault(found, Place("home.yaml", *at), expected, mend),)


SCORE_MISFITS = {
    "inside a named scene": ("5 lx mEDI", "5 lux", (10, 17), 'to is "5 lux"', "like 0.5 lx mEDI"),
    "name of a scene": ("  night:", "  The Night:", (12, 3), '"The Night" as a name', "the-night"),
    "kind of a scene": ("quiet", "silence", (13, 11), 'kind is "silence"', "quiet"),
    "field of a scene": ("    then:", "    than:", (11, 5), '"than", which is no', "write then"),
    "one where two belong": ("[2 min, 8 min]", "[8 min]", (9, 11), "stay with 1 entry", "missing"),
    "three where two belong": (
        "[2 min, 8 min]",
        "[1 min, 2 min, 3 min]",
        (9, 11),
        "stay with 3 entries",
        "too much",
    ),
    "number out of range": ("sleepers: 2", "sleepers: 9", (5, 35), "sleepers is 9", "from 1 to 4"),
    "half a person": ("sleepers: 2", "sleepers: 1.5", (5, 35), "sleepers is 1.5", "whole number"),
    "number in quotes": ("sleepers: 2", "sleepers: '2'", (5, 35), 'is "2"', "without quotes"),
    "record missing its only field": ("kind: quiet", "say: []", (13, 5), "a scene without", "kind"),
    "text where light stands": (
        "{to: 5 lx mEDI, over: 60 s}",
        "5 lx mEDI",
        (10, 12),
        'light is "5 lx mEDI"',
        "to and over",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "at", "found", "mend"), SCORE_MISFITS.values(), ids=SCORE_MISFITS
)
def test_a_misfit_in_a_score_is_found_through_names_and_choices(
    old: str, new: str, at: tuple[int, int], found: str, mend: str
) -> None:
    assert EVENING.count(old) == 1
    (fault,) = faults_in(EVENING.replace(old, new), Score)
    assert (fault.place.line, fault.place.column) == at
    assert found in fault.found
    assert mend in fault.mend


@pytest.mark.parametrize("scenes", ["[]", "5", "shore"])
def test_scenes_that_are_no_names_are_told(scenes: str) -> None:
    text = EVENING[: EVENING.index("scenes:")] + f"scenes: {scenes}\n"
    (fault,) = faults_in(text, Score)
    assert fault.place == Place("home.yaml", 6, 9)
    assert "names, each with its own fields" in fault.expected


def test_a_score_without_scenes_is_told() -> None:
    (fault,) = faults_in(EVENING[: EVENING.index("scenes:")] + "scenes: {}\n", Score)
    assert fault.found == "scenes with no entries"
    assert "at least 1" in fault.expected


@pytest.mark.parametrize("text", ["home", "[1, 2]", "7", "true"])
def test_a_text_that_is_no_record_at_all_is_told(text: str) -> None:
    (fault,) = faults_in(text)
    assert fault.place == Place("home.yaml", 1, 1)
    assert fault.found.startswith("the file is ")
    assert "household" in fault.expected


def test_every_fault_is_told_in_the_order_of_the_text() -> None:
    text = HOME.replace("0.5 lx mEDI", "4lx").replace("2022-06", "June").replace("1 h", "an hour")
    faults = faults_in(text)
    assert [fault.place.line for fault in faults] == [7, 11, 21]


def test_a_misspelt_required_field_is_told_once() -> None:
    (fault,) = faults_in(HOME.replace("born:", "bron:"))
    assert fault.mend == "write born"


def test_the_faults_told_at_once_are_bounded() -> None:
    many = "\n".join(f"  - {{id: R{i}, name: x}}" for i in range(32))
    outputs = ", ".join("{id: A, kind: x}" for _ in range(32))
    text = f"household: 1\nname: x\nzone: x\nrooms:\n{many}\nmembers: []\n"
    assert 1 < len(faults_in(text)) <= FAULTS_MAX
    assert (
        len(faults_in(text.replace("name: x}", f"name: x, outputs: [{outputs}]}}"))) == FAULTS_MAX
    )


def test_no_fault_speaks_of_the_machinery() -> None:
    everything = "\n".join(
        str(fault)
        for old, new, *_ in MISFITS.values()
        for fault in faults_in(HOME.replace(old, new))
    ).lower()
    for word in ("python", "msgspec", "regex", "struct", "`str`", "int ", "none", "[0-9]"):
        assert word not in everything


def test_a_document_knows_the_place_of_what_is_written_and_what_is_not() -> None:
    document = decode(HOME, "home.yaml", Household)
    assert document.record.members[0].nap == "0 min"
    assert document.place("members", 0, "nap") == Place("home.yaml", 9, 5)
    assert document.place("members", 0, "born") == Place("home.yaml", 11, 11)
    assert document.key_place("members", 0, "born") == Place("home.yaml", 11, 5)
    assert document.key_place("members", 0) == Place("home.yaml", 9, 5)


def test_nothing_may_stand_where_nothing_is_allowed() -> None:
    room = decode("{id: nest, name: Nest, night_light: ~}", "room.yaml", Room).record
    assert room.night_light is None
    assert faults_in("{id: nest, name: Nest, outputs: ~}", Room)


def test_what_is_shown_hides_nothing_and_steers_nothing() -> None:
    (fault,) = faults_in('{id: "x\\u202ey\\nz", name: Nest}', Room)
    assert fault.found == 'id is "x\\u202ey\\nz"'
    assert shown("x" * 1000).endswith('…"')


def test_kinds_that_no_household_has_are_still_told() -> None:
    text = "{start: yesterday, epoch_s: 0, stages: [W, X, ~], source: 7}"
    faults = faults_in(text, Hypnogram)
    assert [fault.place.column for fault in faults] == [9, 29, 44, 59]
    assert faults[1].expected == "a number above 0: the length of an epoch"
    assert all(fault.expected and fault.mend for fault in faults)


def test_a_member_alone_can_be_read() -> None:
    member = decode("{id: noor, name: no, born: 2022-06, room: nest}", "m.yaml", Member).record
    assert member.name == "no"
    assert member.born == "2022-06"


class _Odd(Record, frozen=True, kw_only=True):
    """A record with the kinds the others lack."""

    sizes: Annotated[list[float], Meta(description="sizes")]
    either: int | str = 0


def test_lists_and_choices_between_kinds_are_told() -> None:
    assert decode("{sizes: [1, 2.5], either: x}", "odd.yaml", _Odd).record.sizes == [1.0, 2.5]
    faults = faults_in("{sizes: [1, x], either: [1]}", _Odd)
    assert [fault.found for fault in faults] == ['entry 2 of sizes is "x"', "either is a list"]
