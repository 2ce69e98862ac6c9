"""The household: what no single field can know, and that what is written reads back equal."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.household import read_household, write_household
from evenfall.formats.quantity import year_month
from evenfall.records.household import (
    Calibration,
    Commitment,
    Household,
    Member,
    Output,
    RitualStep,
    Room,
)

DEMO = Path(__file__).parents[2] / "src" / "evenfall" / "app" / "demo" / "household.yaml"

HOME = """\
household: 1
name: Home
zone: Europe/Lisbon
rooms:
  - id: nest
    name: The nest
    night_light: 1 lx mEDI
    outputs:
      - id: lamp
        kind: light
        calibration: {kind: declared, light_at_full: 20 lx mEDI}
      - id: horn
        kind: sound
        calibration: {kind: measured, sound_at_full: 62 dBA}
  - id: loft
    name: The loft
members:
  - id: mara
    name: Mara
    born: 1988-04
    room: loft
    sleep_need: 20 h
  - id: noor
    name: Noor
    born: 1900-01
    room: nest
    guardians: [mara]
    tellers: [mara]
    evening: immersive
    score: two-boats
    nap: 12 h
    ritual:
      - {what: bath, takes: 3 h}
      - {what: song, takes: 60 min}
    commitments:
      - what: school
        days: [mon]
        starts: 08:30
        from_waking: 6 h
"""


def faults_in(text: str) -> tuple[Fault, ...]:
    with pytest.raises(FormatError) as raised:
        read_household(text, "home.yaml")
    for fault in raised.value.faults:
        assert fault.found
        assert fault.expected
        assert fault.mend
    return raised.value.faults


def test_a_home_at_the_very_edge_of_everything_is_read() -> None:
    home = read_household(HOME, "home.yaml")
    assert [member.id for member in home.record.members] == ["mara", "noor"]
    assert home.place("members", 1, "room") == Place("home.yaml", 26, 11)


# Each: what to replace in the home, by what, the fault's place, and words of its three parts.
CHECKS = {
    "room twice": ("id: loft", "id: nest", (15, 9), "in line 5", "of its own", "nest-2"),
    "member twice": ("id: noor", "id: mara", (23, 9), "in line 18", "of its own", "mara-2"),
    "output twice": ("id: horn", "id: lamp", (12, 13), "in line 9", "of its own", "lamp-2"),
    "no such room": (
        "room: nest",
        "room: nset",
        (26, 11),
        'noor sleeps in "nset"',
        "listed under rooms: nest or loft",
        "write room: nest",
    ),
    "no such guardian": (
        "guardians: [mara]",
        "guardians: [mara, maar]",
        (27, 23),
        "maar is among the guardians of noor, but is no member",
        "another member",
        "write mara",
    ),
    "no such teller": (
        "tellers: [mara]",
        "tellers: [zz]",
        (28, 15),
        "zz is among the tellers of noor, but is no member",
        "another member of this home: mara",
        "take zz out",
    ),
    "own guardian": (
        "guardians: [mara]",
        "guardians: [noor]",
        (27, 17),
        "nobody is their own guardian",
        "another member",
        "take noor out",
    ),
    "own teller": (
        "tellers: [mara]",
        "tellers: [mara, noor]",
        (28, 21),
        "nobody is their own teller",
        "another member",
        "take noor out",
    ),
    "sound for a lamp": (
        "light_at_full: 20 lx mEDI",
        "sound_at_full: 62.5 dBA",
        (11, 39),
        "sound_at_full for lamp, which gives light",
        "light_at_full",
        "correct the output's kind",
    ),
    "light for a speaker": (
        "sound_at_full: 62 dBA",
        "light_at_full: 9 lx mEDI",
        (14, 39),
        "light_at_full for horn, which gives sound",
        "sound_at_full",
        "correct the output's kind",
    ),
    "level missing": (
        ", light_at_full: 20 lx mEDI",
        "",
        (11, 29),
        "a declared calibration without its level",
        "light_at_full",
        "write kind: assumed",
    ),
    "night light too bright": (
        "1 lx mEDI",
        "1.001 lx mEDI",
        (7, 18),
        "a night light of 1.001 lx mEDI",
        "Brown et al. 2022",
        "1 lx mEDI or less",
    ),
    "no score": (
        "    score: two-boats\n",
        "",
        (29, 14),
        "an immersive evening for noor without a score",
        "the dreamscape",
        "score: two-boats",
    ),
    "born too long ago": ("1900-01", "1899-12", (25, 11), "born in 1899", "1900-01", "correct"),
    "ritual too long": (
        "60 min",
        "61 min",
        (33, 7),
        "the whole ritual takes 4 h 1 min for noor",
        "at most 4 h",
        "units",
    ),
    "way too long": (
        "from_waking: 6 h",
        "from_waking: 6 h 1 s",
        (39, 22),
        "is 6 h 1 s for noor",
        "at most 6 h",
        "units",
    ),
    "too much sleep": ("20 h", "20 h 1 min", (22, 17), "sleep needed", "at most 20 h", "units"),
    "too long a nap": (
        "nap: 12 h",
        "nap: 13 h",
        (31, 10),
        "a nap is 13 h",
        "at most 12 h",
        "units",
    ),
}


@pytest.mark.parametrize(
    ("old", "new", "at", "found", "expected", "mend"), CHECKS.values(), ids=CHECKS
)
def test_a_check_says_what_where_and_the_mend(
    old: str, new: str, at: tuple[int, int], found: str, expected: str, mend: str
) -> None:
    assert HOME.count(old) == 1
    # A room or member that goes by another name leaves others astray too: the first is ours.
    at_fault = [
        f for f in faults_in(HOME.replace(old, new)) if (f.place.line, f.place.column) == at
    ]
    (fault,) = at_fault
    assert found in fault.found
    assert expected in fault.expected
    assert mend in fault.mend


def test_all_faults_are_told_at_once_in_the_order_of_the_text() -> None:
    text = HOME
    for old, new in (("1 lx mEDI", "3 lx mEDI"), ("room: nest", "room: attic"), ("1988", "1888")):
        text = text.replace(old, new, 1)
    assert [fault.place.line for fault in faults_in(text)] == [7, 20, 26]


def test_someone_who_lives_alone_is_told_to_take_a_guardian_out() -> None:
    text = HOME[: HOME.index("  - id: noor")] + "    guardians: [mara]\n"
    (fault,) = faults_in(text)
    assert fault.mend == "take mara out"


def test_the_demo_home_is_the_one_the_tutorial_tells_of() -> None:
    home = read_household(DEMO.read_text(encoding="utf-8"), "household.yaml").record
    assert (home.name, home.zone) == ("The Harbour House (made up)", "Europe/Lisbon")
    nest, loft = home.rooms
    assert (nest.id, nest.night_light, loft.id) == ("nest", "0.5 lx mEDI", "loft")
    assert [
        (o.kind, o.calibration.light_at_full, o.calibration.sound_at_full) for o in nest.outputs
    ] == [
        ("light", "20 lx mEDI", None),
        ("sound", None, "62 dBA"),
    ]
    assert [output.kind for output in loft.outputs] == ["light"]
    people = {member.id: member for member in home.members}
    assert {name: member.room for name, member in people.items()} == {
        "mara": "loft",
        "tomas": "loft",
        "ilay": "nest",
        "noor": "nest",
    }
    ages = {name: _age_on(member, 2026, 11) for name, member in people.items()}
    assert ages == {"mara": 38, "tomas": 40, "ilay": 8, "noor": 4}
    for name in ("ilay", "noor"):
        child = people[name]
        assert (child.evening, child.score) == ("immersive", "two-boats")
        assert child.guardians == child.tellers == ("mara", "tomas")
        assert [step.what for step in child.ritual] == ["bath", "teeth", "story", "song"]
        assert child.ritual[2].with_teller
    for name in ("mara", "tomas"):
        assert (people[name].evening, people[name].score) == ("told", "lamp-and-page")
    school, kindergarten = people["ilay"].commitments[0], people["noor"].commitments[0]
    assert (school.starts, school.from_waking) == ("08:30", "1 h 15 min")
    assert (kindergarten.starts, kindergarten.from_waking) == ("09:00", "1 h 30 min")


def _age_on(member: Member, year: int, month: int) -> int:
    born_year, born_month = year_month(member.born)
    return (year * 12 + month - born_year * 12 - born_month) // 12


def test_the_demo_home_survives_being_written() -> None:
    home = read_household(DEMO.read_text(encoding="utf-8"), "household.yaml").record
    text = write_household(home)
    assert read_household(text, "written.yaml").record == home
    assert text.count("\n# ") >= 3


IDS = st.from_regex(r"[a-z][a-z0-9-]{0,39}", fullmatch=True)
NAMES = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"),
    min_size=1,
    max_size=80,
) | st.sampled_from(
    [
        "no",
        "null",
        "~",
        "07:30",
        "12:30:45",
        "1e5",
        "2022-06-01",
        "0x1F",
        "- a: b",
        "a: b # c",
        "#",
        "'\"\\",
        "<script>alert(1)</script>",
        "{{ name }}",
        "[b]x[/b]",
        "line\nbreak\tand tab",
        " space ",
        "مريم \u202eنور\u202c",
        "\u2028\u2029",
        "👩‍👩‍👧‍👦 🏴󠁧󠁢󠁳󠁣󠁴󠁿",
        "\ufeffname",
        "---",
        "...",
        "!tag",
        "&a",
        "*a",
        "%",
        "@",
        "? x",
        "|",
    ]
)
TIMES = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
MINUTES = st.integers(0, 12).map(lambda minutes: f"{minutes} min")
DAYS = st.lists(
    st.sampled_from(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]), min_size=1, max_size=7
).map(tuple)
STEPS = st.builds(RitualStep, what=NAMES, takes=MINUTES, with_teller=st.booleans())
COMMITMENTS = st.builds(Commitment, what=NAMES, days=DAYS, starts=TIMES, from_waking=MINUTES)
LAMPS = st.builds(
    Calibration,
    kind=st.just("measured"),
    light_at_full=st.sampled_from(["20 lx mEDI", "0.125 lx mEDI"]),
)


@st.composite
def households(draw: st.DrawFn) -> Household:
    ids = draw(st.lists(IDS, min_size=4, max_size=4, unique=True))
    rooms = tuple(
        Room(
            id=name,
            name=draw(NAMES),
            night_light=draw(st.sampled_from([None, "0.5 lx mEDI"])),
            outputs=(Output(id=name, kind="light", calibration=draw(LAMPS)),)
            * draw(st.integers(0, 1)),
        )
        for name in ids[:2]
    )
    members = tuple(
        Member(
            id=name,
            name=draw(NAMES),
            born=draw(st.sampled_from(["1900-01", "1988-04", "2022-06"])),
            room=draw(st.sampled_from(ids[:2])),
            guardians=(other,) * draw(st.integers(0, 1)),
            tellers=(other,) * draw(st.integers(0, 1)),
            evening=draw(st.sampled_from(["unplugged", "told"])),
            score=draw(st.none() | IDS),
            ritual=tuple(draw(st.lists(STEPS, max_size=2))),
            commitments=tuple(draw(st.lists(COMMITMENTS, max_size=2))),
            free_wake=draw(TIMES),
            evening_from=draw(st.none() | TIMES),
            sleep_need=draw(st.sampled_from([None, "9 h 30 min"])),
        )
        for name, other in (ids[2:], ids[:1:-1])
    )
    return Household(household=1, name=draw(NAMES), zone="Asia/Tokyo", rooms=rooms, members=members)


@settings(max_examples=120)
@given(households())
def test_what_is_written_reads_back_equal(household: Household) -> None:
    text = write_household(household)
    assert read_household(text, "written.yaml").record == household
    assert not set("\u202e\u2028\ufeff") & set(text)


@pytest.mark.parametrize("name", ["a\0b", "\x1b[2J", "half \ud800", ""])
def test_a_name_that_could_not_be_read_back_is_not_written(name: str) -> None:
    home = read_household(HOME, "home.yaml").record
    with pytest.raises(FormatError):
        write_household(
            Household(household=1, name=name, zone="UTC", rooms=home.rooms, members=home.members)
        )
