import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.rehearse.norms import norms_for


@given(st.floats(0, 120))
def test_every_age_has_a_possible_night(age_years: float) -> None:
    norms = norms_for(age_years)
    assert 5 < norms.latency_min < 30
    assert 0 < norms.wake_share < 0.3
    assert 0.3 < 1 - norms.n1_share - norms.n3_share - norms.rem_share < 0.7
    assert 85 < norms.cycle_min < 110


def test_a_band_holds_up_to_the_age_before_the_next() -> None:
    assert norms_for(4.99).latency_min == 24.8
    assert norms_for(5.0).latency_min == 18.5
    assert norms_for(19.9).cycle_min == 95.4
    assert norms_for(20.0).cycle_min == 98.0


def test_adults_lie_on_a_line_between_the_two_groups() -> None:
    young, middle, older = norms_for(25), norms_for(45), norms_for(65)
    assert middle.n1_share == pytest.approx((young.n1_share + older.n1_share) / 2)
    assert young.n1_share == pytest.approx(0.076)
    assert older.n1_share == pytest.approx(0.167)
    assert norms_for(90).wake_share == older.wake_share
    assert norms_for(30).latency_min == pytest.approx(13.6 + 1.1)
