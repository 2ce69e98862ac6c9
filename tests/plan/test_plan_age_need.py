"""Ages, needs and efficiencies, against the tables they come from."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plan.test_plan_family import NOOR, SAM, but

from evenfall.formats.errors import EvenfallError
from evenfall.plan.age import age_months, is_child, is_under, sure_years
from evenfall.plan.efficiency import expected_efficiency
from evenfall.plan.need import NEED_BANDS, need_band, need_of, typical_need_h
from evenfall.safety.limits import ADULT, CHILD, limits_for
from evenfall.sense.movement import may_stage
from evenfall.sense.stagers import ACTIWATCH_OAKLEY_30S


def test_age_is_whole_months_from_birth_month_to_night_month() -> None:
    assert age_months(NOOR, date(2022, 6, 1)) == 0
    assert age_months(NOOR, date(2023, 5, 31)) == 11
    assert age_months(NOOR, date(2026, 11, 20)) == 53


def test_a_birth_after_the_night_is_refused_by_name_with_a_mend() -> None:
    with pytest.raises(EvenfallError) as refused:
        age_months(NOOR, date(2022, 5, 31))
    (fault,) = refused.value.faults
    assert "Noor" in fault.found
    assert "2022-06" in fault.found
    assert "correct born for noor" in fault.mend


def test_120_years_is_the_oldest_age() -> None:
    assert age_months(but(SAM, born="1906-11"), date(2026, 11, 20)) == 1440
    with pytest.raises(EvenfallError, match="at most 120 years"):
        age_months(but(SAM, born="1906-10"), date(2026, 11, 20))


def test_a_protection_holds_until_the_birthday_has_surely_passed() -> None:
    assert is_under(216, 18)
    assert not is_under(217, 18)


@pytest.mark.safety("H-30")
def test_adulthood_begins_for_every_rule_in_the_month_after_the_birthday() -> None:
    assert is_child(216) and not is_child(217)
    assert limits_for(sure_years(216)) == CHILD and limits_for(sure_years(217)) == ADULT
    assert not may_stage(sure_years(216), ACTIWATCH_OAKLEY_30S)
    assert may_stage(sure_years(217), ACTIWATCH_OAKLEY_30S)


@pytest.mark.parametrize(
    ("months", "low_h", "high_h", "who"),
    [
        (0, 14, 17, "National"),
        (3, 14, 17, "National"),
        (4, 12, 16, "AASM"),
        (12, 12, 16, "AASM"),
        (13, 11, 14, "AASM"),
        (40, 10, 13, "AASM"),
        (80, 9, 12, "AASM"),
        (170, 8, 10, "AASM"),
        (216, 8, 10, "AASM"),
        (217, 7, 9, "National"),
        (780, 7, 9, "National"),
        (781, 7, 8, "National"),
        (1440, 7, 8, "National"),
    ],
)
def test_the_range_for_an_age(months: int, low_h: float, high_h: float, who: str) -> None:
    band = need_band(months)
    assert (band.low_h, band.high_h) == (low_h, high_h)
    assert band.source.startswith(who)


@pytest.mark.parametrize(
    ("months", "hours"),
    [
        (0, 14.5),  # 10.49 − 5.56 · (0 − 0.71) = 14.44
        (48, 11.0),  # 10.92
        (96, 9.5),  # 9.46
        (150, 9.0),  # 8.22, below the range
        (180, 9.0),  # the middle of 8–10
        (480, 8.0),
        (900, 7.5),
    ],
)
def test_the_typical_need(months: int, hours: float) -> None:
    assert typical_need_h(months) == hours


@given(st.integers(0, 1440))
def test_the_typical_need_lies_inside_the_range_and_never_rises(months: int) -> None:
    band = need_band(months)
    assert band.low_h <= typical_need_h(months) <= band.high_h
    assert months == 0 or typical_need_h(months) <= typical_need_h(months - 1)


def test_the_bands_leave_no_age_out() -> None:
    ends = [band.until_months for band in NEED_BANDS]
    assert ends == sorted(set(ends))
    assert ends[-1] == 1440


@pytest.mark.parametrize(
    ("own", "planned_h", "rule"),
    [
        ("11 h 30 min", 11.5, "need"),
        ("10 h", 10.0, "need"),
        ("9 h", 10.0, "need-clipped"),
        ("20 h", 13.0, "need-clipped"),
    ],
)
def test_a_homes_own_need_wins_inside_the_range(own: str, planned_h: float, rule: str) -> None:
    need = need_of(but(NOOR, sleep_need=own), 53)
    assert need.need_h == planned_h
    assert need.reasons[0].rule == rule


def test_a_baby_without_a_nap_written_down_is_asked_about_it() -> None:
    assert [reason.rule for reason in need_of(NOOR, 23).reasons] == ["need", "nap-not-told"]
    assert [reason.rule for reason in need_of(but(NOOR, nap="1 h"), 23).reasons] == ["need"]
    assert [reason.rule for reason in need_of(NOOR, 24).reasons] == ["need"]


@pytest.mark.parametrize(
    ("years", "share"),
    [
        (1, 0.850),
        (2, 0.896),
        (5, 0.898),
        (8, 0.844),
        (11, 0.897),
        (14, 0.911),
        (17, 0.911),
        (18, 0.870),
        (30, 0.870),
        (40, 0.849),
        (60, 0.807),
        (61, 0.797),
        (120, 0.797),
    ],
)
def test_the_expected_efficiency(years: int, share: float) -> None:
    efficiency = expected_efficiency(years * 12)
    assert efficiency.share == pytest.approx(share)
    assert efficiency.source


def test_no_source_was_read_under_two_and_it_says_so() -> None:
    assert "this project's own choice" in expected_efficiency(12).source
