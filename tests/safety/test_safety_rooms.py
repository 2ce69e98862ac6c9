"""What the guard holds a room to, read from the household file."""

from datetime import date
from pathlib import Path

import pytest
from msgspec.structs import replace
from tests.support.guard import RULES

from evenfall.formats.household import read_household
from evenfall.records.household import Commitment
from evenfall.safety import rooms
from evenfall.safety.limits import ADULT, CHILD
from evenfall.safety.rooms import NOTHING, house_rules, is_dawn_time, sure_years

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
TONIGHT = date(2026, 11, 20)
HOUSEHOLD = read_household(DEMO.read_text(encoding="utf-8"), "demo").record


@pytest.mark.safety("H-91")
def test_the_guard_reads_the_limits_from_the_ages_itself() -> None:
    nest, loft = house_rules(HOUSEHOLD, TONIGHT).rooms
    assert (nest.limits, loft.limits) == (CHILD, ADULT)
    assert (nest.safe_light_lx_medi, loft.safe_light_lx_medi) == (0.5, 0.0)
    wakes = [at for one in HOUSEHOLD.members if one.room == "nest" for at in rooms._wakes_min(one)]
    assert len(set(wakes)) > 1
    assert nest.dawn_from_min == min(wakes) - 60
    assert nest.dawn_for_min == max(wakes) - min(wakes) + 180
    assert house_rules(HOUSEHOLD, TONIGHT).speed == 1.0
    assert house_rules(HOUSEHOLD, TONIGHT, 3.0).speed == rooms.HouseRules(rooms=(), speed=3.0).speed
    assert rooms.HouseRules(rooms=()).speed == 1.0


@pytest.mark.safety("H-96")
def test_nothing_shines_or_plays_where_someone_under_twelve_months_sleeps() -> None:
    infant = replace(HOUSEHOLD.members[0], born="2025-12", room="loft")
    household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members[1:], infant))
    loft = house_rules(household, TONIGHT).rooms[1]
    assert loft.limits == NOTHING
    rooms_ = tuple(replace(one, night_light="0.5 lx mEDI") for one in household.rooms)
    lit = house_rules(replace(household, rooms=rooms_), TONIGHT).rooms
    assert [one.safe_light_lx_medi for one in lit] == [0.5, 0.0]
    outputs = ("light_awake_lx_medi", "light_asleep_lx_medi", "light_dawn_lx_medi",
               "sound_awake_dba", "sound_asleep_dba", "voice_asleep_dba")  # fmt: skip
    assert [getattr(NOTHING, one) for one in outputs] == [0.0] * 6
    year_old = replace(infant, born="2025-10")
    household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members[1:], year_old))
    assert house_rules(household, TONIGHT).rooms[1].limits == CHILD


def test_an_empty_room_has_an_adults_limits_and_no_dawn() -> None:
    household = replace(
        HOUSEHOLD, members=tuple(one for one in HOUSEHOLD.members if one.room == "nest")
    )
    loft = house_rules(household, TONIGHT).rooms[1]
    assert (loft.limits, loft.dawn_from_min, loft.dawn_for_min) == (ADULT, 1380, 0)
    assert not any(is_dawn_time(loft, minute) for minute in range(1440))


def test_a_night_light_brighter_than_a_night_may_be_is_none() -> None:
    bright = replace(HOUSEHOLD.rooms[0], night_light="40 lx mEDI")
    household = replace(HOUSEHOLD, rooms=(bright, *HOUSEHOLD.rooms[1:]))
    assert house_rules(household, TONIGHT).rooms[0].safe_light_lx_medi == 1.0


def test_a_waking_time_is_as_long_before_school_as_the_household_says() -> None:
    school = Commitment(what="school", days=("mon",), starts="08:30", from_waking="1 h 15 min")
    pupil = replace(HOUSEHOLD.members[0], free_wake="09:00", commitments=(school,))
    assert list(rooms._wakes_min(pupil)) == [9 * 60, 7 * 60 + 15]


def test_an_age_counts_from_the_month_after() -> None:
    assert sure_years("2008-11", TONIGHT) < 18 <= sure_years("2008-10", TONIGHT)
    assert sure_years("2027-01", TONIGHT) == 0


def test_a_dawn_past_midnight_is_one() -> None:
    rules = replace(RULES.rooms[0], dawn_from_min=1400, dawn_for_min=100)
    assert [is_dawn_time(rules, one) for one in (1399, 1400, 1439, 0, 59, 60)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    """docs/why/how-the-guard-decides.md says them to a parent."""
    assert (rooms.DAWN_BEFORE_MIN, rooms.DAWN_AFTER_MIN, rooms.DAY_MIN) == (60, 120, 1440)
    assert rooms.INFANT_UNDER_YEARS == 1
