"""Where guardians disagree the more protective holds: by law, and on the plan that comes of it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evenfall.formats.errors import FormatError
from evenfall.formats.household import read_household, write_household
from evenfall.formats.language import said
from evenfall.formats.quantity import duration_s
from evenfall.plan.agreement import (
    Side,
    allowance_s,
    clock_rank,
    evening_rank,
    more_protective,
)
from evenfall.plan.changes import Changes, MemberChange
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import GuardianWish, Household, Member, Room
from evenfall.records.plan import Plan

ZONE = ZoneInfo("Europe/Lisbon")
NIGHT = date(2026, 11, 20)
MARA = Member(id="mara", name="Mara", born="1988-04", room="loft")
TOMAS = Member(id="tomas", name="Tomás", born="1986-09", room="loft")
NOOR = Member(
    id="noor", name="Noor", born="2018-06", room="nest", guardians=("mara", "tomas"),
    evening="immersive", score="tidepool", tellers=("mara",),
)  # fmt: skip
HOME = Household(
    household=1,
    name="The Lindens",
    zone="Europe/Lisbon",
    rooms=(Room(id="nest", name="the nest"), Room(id="loft", name="the loft")),
    members=(MARA, TOMAS, NOOR),
)
USUAL = plan_tonight(HOME, NIGHT, ZONE)
LIGHT = next(one.lights_out for one in USUAL.members if one.member == "noor")


def wish(by: str, **what: str) -> GuardianWish:
    return GuardianWish(by=by, child="noor", **what)  # type: ignore[arg-type]


def planned(*wishes: GuardianWish, changes: Changes = Changes()) -> Plan:  # noqa: B008
    return plan_tonight(replace(HOME, wishes=wishes), NIGHT, ZONE, changes)


def kind(plan: Plan) -> str:
    return next(one.kind for one in plan.rooms if one.room == "nest")


def light(plan: Plan) -> str:
    return f"{next(one.lights_out for one in plan.members if one.member == 'noor'):%H:%M}"


def told(plan: Plan, language: str = "en") -> list[str]:
    return [said(one, language) for one in plan.conflicts if one not in USUAL.conflicts]


sides = st.lists(
    st.builds(Side, st.sampled_from(["", "Mara", "Tomás", "Rosa"]), st.integers(0, 5)), min_size=1
)


@pytest.mark.safety("H-108")
@given(sides)
def test_what_holds_is_never_less_protective_than_anyones_wish(sides: list[Side]) -> None:
    held, furthest = more_protective(sides)
    assert held in sides
    assert all(held.rank <= one.rank for one in sides)
    assert furthest is None or (furthest.rank > held.rank and furthest.who not in ("", held.who))


@pytest.mark.safety("H-108")
@given(sides, st.randoms())
def test_nobody_wins_by_being_named_first(sides: list[Side], shuffled: object) -> None:
    again = list(sides)
    shuffled.shuffle(again)  # type: ignore[attr-defined]
    assert more_protective(sides).held.rank == more_protective(again).held.rank


@pytest.mark.safety("H-108")
def test_of_two_kinds_of_evening_the_plainer_holds_with_both_names_and_no_blame() -> None:
    for order in (1, -1):
        wishes = (wish("mara", evening="immersive"), wish("tomas", evening="told"))[::order]
        plan = planned(*wishes)
        assert kind(plan) == "told"
        assert told(plan) == [
            "Mara would like a dreamscape for Noor, and Tomás a told evening. Tonight is told: the "
            "more careful wish holds until you agree on another."
        ]
        assert told(plan, "pt")[0].startswith("Mara gostava de um mundo de sonho para Noor")


@pytest.mark.safety("H-108")
def test_one_wish_for_more_care_holds_alone() -> None:
    plan = planned(wish("tomas", evening="unplugged"))
    assert kind(plan) == "unplugged"
    assert told(plan) == ["Tomás would like a paper evening for Noor, and so it is."]


@pytest.mark.safety("H-108")
def test_a_wish_for_less_care_than_was_agreed_changes_nothing_and_is_said() -> None:
    careful = replace(HOME, members=(MARA, TOMAS, replace(NOOR, evening="told")),
                      wishes=(wish("mara", evening="immersive"),))  # fmt: skip
    plan = plan_tonight(careful, NIGHT, ZONE)
    assert kind(plan) == "told"
    assert any("holds until you change it together" in one.text for one in plan.conflicts)


@pytest.mark.safety("H-108")
def test_tonights_change_gives_way_to_a_more_careful_wish() -> None:
    changes = Changes(members=(MemberChange(member="noor", evening="immersive"),))
    assert kind(planned(wish("tomas", evening="told"), changes=changes)) == "told"
    changes = Changes(members=(MemberChange(member="noor", evening="unplugged"),))
    assert kind(planned(wish("tomas", evening="told"), changes=changes)) == "unplugged"


@pytest.mark.safety("H-108")
def test_of_two_lights_out_the_earlier_holds() -> None:
    early, late = f"{LIGHT.hour - 1:02}:{LIGHT.minute:02}", f"{LIGHT.hour:02}:59"
    plan = planned(wish("mara", lights_out=late), wish("tomas", lights_out=early))
    assert light(plan) == early
    assert told(plan) == [
        f"Mara would like Noor's light out at {late}, and Tomás at {early}. Tonight it is {early}: "
        "the more careful wish holds until you agree on another."
    ]


@pytest.mark.safety("H-108")
def test_no_wish_puts_a_light_out_later_than_it_would_be() -> None:
    late = f"{LIGHT.hour + 2:02}:30"
    plan = planned(wish("mara", lights_out=late))
    assert light(plan) == f"{LIGHT:%H:%M}"
    assert told(plan)[0].startswith("Mara would like Noor's light out later than")


@pytest.mark.safety("H-108")
def test_of_two_allowances_the_shorter_holds_for_every_child() -> None:
    longer, shorter = (
        wish("mara", immersion_allowance="40 min"),
        wish("tomas", immersion_allowance="10 min"),
    )
    home = replace(HOME, wishes=(longer, shorter))
    assert allowance_s(home) == 600
    assert told(planned(longer, shorter)) == [
        "Mara would like up to 40 min of dreamscape a night, and Tomás up to 10 min. It is 10 min, "
        "the same for every child: the more careful wish holds until you agree on another."
    ]
    assert allowance_s(replace(HOME, wishes=(longer,))) == duration_s(HOME.immersion_allowance)
    assert allowance_s(HOME) == 20 * 60


def test_where_all_agree_nothing_is_said_and_nothing_changes() -> None:
    agreed = wish("mara", evening="immersive", immersion_allowance="20 min")
    plan = planned(agreed, replace(agreed, by="tomas"))
    assert plan == USUAL
    assert plan_tonight(HOME, NIGHT, ZONE) == USUAL


def test_evenings_and_clocks_are_ordered_as_people_mean_them() -> None:
    assert evening_rank("unplugged") < evening_rank("told") < evening_rank("immersive")
    assert clock_rank("20:00") < clock_rank("23:30") < clock_rank("00:30")


# --- In the household's file -----------------------------------------------------------------


def test_a_wish_is_written_and_read_back() -> None:
    home = replace(HOME, wishes=(wish("mara", lights_out="19:30"),))
    assert read_household(write_household(home), "home.yaml").record == home


@pytest.mark.parametrize(
    ("wishes", "found"),
    [
        ((GuardianWish(by="noor", child="noor", evening="told"),), "is no guardian of theirs"),
        ((GuardianWish(by="mara", child="tomas", evening="told"),), "is no guardian of theirs"),
        ((GuardianWish(by="mara", child="noor"),), "that says nothing"),
        ((wish("mara", evening="told"), wish("mara", lights_out="19:00")), "a second wish of mara"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_told_with_its_place(
    wishes: tuple[GuardianWish, ...], found: str
) -> None:
    with pytest.raises(FormatError) as told:
        write_household(replace(HOME, wishes=wishes))
    (fault,) = told.value.faults
    assert found in fault.found and fault.place.line > 0
