"""A ramp: a straight line that starts where it was, ends where it goes, and never passes it."""

from hypothesis import given
from hypothesis import strategies as st

from evenfall.safety.ramp import Ramp

LEVELS = st.floats(0.0, 120.0)
TIMES = st.floats(0.0, 1e5)
ramps = st.builds(Ramp, LEVELS, LEVELS, TIMES, st.floats(0.0, 4000.0))


@given(ramps, TIMES)
def test_a_ramp_stays_between_its_ends(ramp: Ramp, now_s: float) -> None:
    low, high = sorted((ramp.start_value, ramp.target))
    assert low - 1e-9 <= ramp.value_at(now_s) <= high + 1e-9


@given(ramps, TIMES, st.floats(0.0, 100.0))
def test_a_ramp_only_ever_comes_nearer(ramp: Ramp, now_s: float, wait_s: float) -> None:
    before = abs(ramp.target - ramp.value_at(now_s))
    assert abs(ramp.target - ramp.value_at(now_s + wait_s)) <= before + 1e-9


@given(ramps)
def test_a_ramp_is_there_when_its_time_is_over(ramp: Ramp) -> None:
    assert ramp.value_at(ramp.start_s + ramp.ramp_s) == ramp.target


@given(ramps, st.floats(0.0, 1e5))
def test_a_clock_that_went_back_changes_nothing_yet(ramp: Ramp, early_s: float) -> None:
    if ramp.ramp_s >= 0.001:
        assert ramp.value_at(ramp.start_s - early_s) == ramp.start_value


def test_halfway_is_half() -> None:
    assert Ramp(10.0, 20.0, 100.0, 40.0).value_at(120.0) == 15.0


def test_no_time_at_all_is_there_at_once() -> None:
    assert Ramp(10.0, 20.0, 100.0, 0.0).value_at(0.0) == 20.0
