"""A simulated heart: the same from a seed, slower in deep sleep, and high in a fright."""

from datetime import UTC, datetime

import numpy as np
import pytest
from msgspec.structs import replace

from evenfall.records.night import N3, REM, WAKE
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.heart import heart_bpm
from evenfall.rehearse.recordings import simulated_recording
from evenfall.rehearse.sleeper import SimulatedSleeper, SleeperProfile, simulate_sleeper, typical

START = datetime(2026, 11, 20, 19, tzinfo=UTC)
FRIGHT = (400, 430)


def night(profile: SleeperProfile, seed: int = 7) -> SimulatedSleeper:
    return simulate_sleeper(profile, seed, lights_out_beat=60, wake_beat=1180, beats=1200)


def heart(sleeper: SimulatedSleeper) -> tuple[float | None, ...]:
    found = simulated_recording(sleeper, START, "a test").heart_rate_feature
    assert found is not None
    return found


@pytest.mark.parametrize("age_years", [1, 4, 9, 16, 40, 80])
def test_a_heart_is_slower_in_deep_sleep_and_slower_in_the_grown(age_years: float) -> None:
    def mean(code: int, age: float = age_years) -> float:
        codes = np.full(2000, code, np.int64)
        return float(heart_bpm(codes, age, (), Chance(1), "noor").mean())

    assert mean(N3) < mean(REM) < mean(WAKE)
    assert mean(N3) > 45 and mean(WAKE) < 130
    assert mean(WAKE) <= mean(WAKE, 0.5) + 0.5


def test_the_same_seed_is_the_same_heart_and_a_fright_changes_nothing_else() -> None:
    plain = typical("noor", 4)
    scared = replace(plain, frights=(FRIGHT,))
    calm, high = heart(night(plain)), heart(night(scared))
    assert calm == heart(night(plain)) != heart(night(plain, 8))
    first, last = FRIGHT
    assert calm[:first] == high[:first]
    assert min(one for one in high[first:last] if one) > max(one for one in calm if one)
    moved = night(scared).counts[first:last]
    assert min(one for one in moved if one is not None) > 100
    assert night(scared).counts[:first] == night(plain).counts[:first]


def test_who_wears_nothing_has_no_heart_and_a_gap_is_none() -> None:
    infant = simulated_recording(night(typical("ada", 0.5)), START, "a test")
    assert infant.heart_rate_feature is None
    gone = heart(night(replace(typical("noor", 4), sensor_gaps=((100, 140),))))
    assert set(gone[100:140]) == {None} and gone[99] is not None and gone[140] is not None


def test_a_fright_that_reaches_past_the_night_ends_with_it() -> None:
    late = night(replace(typical("noor", 4), frights=((1190, 1300),)))
    assert len(late.counts) == len(heart(late)) == 1200
