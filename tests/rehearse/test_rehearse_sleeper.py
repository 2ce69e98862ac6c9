from functools import cache
from time import perf_counter

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from evenfall.formats.errors import EvenfallError
from evenfall.records.night import (
    No,
    Pause,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
)
from evenfall.rehearse.norms import norms_for
from evenfall.rehearse.sleeper import (
    SimulatedSleeper,
    SleeperProfile,
    simulate_sleeper,
    typical,
)

LIGHTS_OUT, BEATS = 60, 1200
# A usual time in bed by age, in beats: 9 h 10 min, 9 h, 7 h 30 min, 7 h 30 min.
WAKE = {4: LIGHTS_OUT + 1100, 8: LIGHTS_OUT + 1080, 30: LIGHTS_OUT + 900, 65: LIGHTS_OUT + 900}
CODES = {"W": 0, "N1": 1, "N2": 2, "N3": 3, "R": 4}
N3, REM = CODES["N3"], CODES["R"]


def night_of(profile: SleeperProfile, seed: int = 1, wake_beat: int = 1140) -> SimulatedSleeper:
    return simulate_sleeper(
        profile, seed, lights_out_beat=LIGHTS_OUT, wake_beat=wake_beat, beats=BEATS
    )


def codes_of(night: SimulatedSleeper) -> NDArray[np.int64]:
    return np.array([CODES[stage] for stage in night.stages if stage is not None])


def sleep_period(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    asleep = np.flatnonzero(codes > 0)
    return codes[asleep[0] : asleep[-1] + 1]


def cycles_in(codes: NDArray[np.int64]) -> int:
    """REM episodes more than 20 min apart, counted only when they last 3 min."""
    rem = np.flatnonzero(codes == REM)
    episodes = np.split(rem, np.flatnonzero(np.diff(rem) > 40) + 1)
    return sum(episode.size >= 6 for episode in episodes)


@cache
def hundred_nights(age: int) -> tuple[NDArray[np.int64], ...]:
    return tuple(codes_of(night_of(typical("noor", age), seed, WAKE[age])) for seed in range(100))


AGES = pytest.mark.parametrize("age", [4, 8, 30, 65])


@AGES
def test_deep_sleep_comes_early_and_rem_late(age: int) -> None:
    thirds = [np.array_split(sleep_period(codes), 3) for codes in hundred_nights(age)]
    early, late = ([night[third] for night in thirds] for third in (0, 2))
    n3_early, n3_late = (np.array([np.sum(t == N3) for t in part]) for part in (early, late))
    rem_early, rem_late = (np.array([np.sum(t == REM) for t in part]) for part in (early, late))
    assert np.mean(n3_early > n3_late) >= 0.95
    assert np.mean(rem_late > rem_early) >= 0.95
    # The ratios a later, faithful sleeper must hold to as well.
    assert n3_early.sum() >= 2 * n3_late.sum()
    assert rem_late.sum() >= 1.5 * rem_early.sum()


@AGES
def test_a_night_has_three_to_six_cycles(age: int) -> None:
    cycles = [cycles_in(codes) for codes in hundred_nights(age)]
    assert 3 <= np.median(cycles) <= 6
    assert np.mean([3 <= count <= 6 for count in cycles]) >= 0.9
    assert max(cycles) <= 7


@AGES
def test_the_averages_are_in_a_wide_band_around_the_published(age: int) -> None:
    norms = norms_for(age)
    nights = hundred_nights(age)
    latencies_min = [(np.flatnonzero(codes > 0)[0] - LIGHTS_OUT) / 2 for codes in nights]
    periods = [sleep_period(codes) for codes in nights]
    assert np.mean(latencies_min) == pytest.approx(norms.latency_min, rel=0.35)
    assert np.mean([np.mean(period == 0) for period in periods]) == pytest.approx(
        norms.wake_share, abs=0.05
    )
    shares = {1: norms.n1_share, N3: norms.n3_share, REM: norms.rem_share}
    for code, share in shares.items():
        found = np.mean([np.mean(period[period > 0] == code) for period in periods])
        assert found == pytest.approx(share, abs=0.06), code


@AGES
def test_people_wake_for_good_near_the_planned_wake(age: int) -> None:
    last_asleep = [int(np.flatnonzero(codes > 0)[-1]) for codes in hundred_nights(age)]
    assert abs(np.mean(last_asleep) - WAKE[age]) < 20  # 10 min
    assert all(abs(beat - WAKE[age]) < 120 for beat in last_asleep)


@AGES
def test_counts_tell_sleep_from_wake_as_well_as_a_wrist_does(age: int) -> None:
    # Oakley's weights for 30 s epochs, wake above 40: the centre counts twice, each side less.
    weights = np.array([0.04, 0.04, 0.2, 0.2, 2, 0.2, 0.2, 0.04, 0.04])
    found_asleep, found_awake = [], []
    for seed in range(30):
        night = night_of(typical("noor", age), seed, WAKE[age])
        awake = codes_of(night) == 0
        counts = np.array([count for count in night.counts if count is not None])
        assert counts[awake].mean() > 5 * counts[~awake].mean()
        called_awake = np.convolve(counts, weights, "same") > 40
        found_asleep.append(np.mean(~called_awake[~awake]))
        in_bed = slice(LIGHTS_OUT, WAKE[age])
        found_awake.append(np.mean(called_awake[in_bed][awake[in_bed]]))
        assert 0.6 < np.mean(counts[~awake] == 0) < 0.98
    assert np.mean(found_asleep) > 0.9
    # In bed and awake it is harder, as it is in life, but better than a coin.
    assert 0.5 < np.mean(found_awake) < 0.95


def test_before_lights_out_and_after_waking_everyone_is_awake() -> None:
    night = night_of(typical("noor", 8))
    assert set(night.stages[: LIGHTS_OUT + 1]) == {"W"}
    assert set(night.stages[-20:]) == {"W"}


def test_under_two_years_there_is_movement_and_no_stage() -> None:
    night = night_of(typical("baby", 1.5))
    assert set(night.stages) == {None}
    counts = [count for count in night.counts if count is not None]
    assert len(counts) == BEATS
    assert np.mean(counts[:LIGHTS_OUT]) > 5 * np.mean(counts[200:1000])


def test_under_twelve_months_nothing_measures_anyone() -> None:
    profile = typical("baby", 0.5)
    assert not profile.has_sensor
    night = night_of(msgspec.structs.replace(profile, sensor_gaps=((100, 200),)))
    assert set(night.counts) == {None}
    assert night.events == ()


def test_the_same_seed_gives_the_same_night_and_another_member_another() -> None:
    assert night_of(typical("noor", 8)) == night_of(typical("noor", 8))
    mine = night_of(typical("noor", 8))
    theirs = night_of(typical("ilse", 8))
    assert mine.stages != theirs.stages
    assert mine.counts != theirs.counts
    assert mine.stages != night_of(typical("noor", 8), seed=2).stages


def test_what_someone_does_becomes_events_in_order() -> None:
    profile = msgspec.structs.replace(
        typical("noor", 4),
        touch_beats=(700, 20),
        says_no_beat=30,
        stops_beat=800,
        pauses=((10, 14), (900, None)),
        sensor_gaps=((40, 50), (45, 70), (1190, 1300)),
    )
    events = [(timed.beat, timed.event) for timed in night_of(profile).events]
    assert events == [
        (10, Pause()),
        (14, Resume()),
        (20, Touch(sleeper=0)),
        (30, No(sleeper=0)),
        (40, SensorLost(sleeper=0)),
        (70, SensorReturned(sleeper=0)),
        (700, Touch(sleeper=0)),
        (800, Stop(by="noor")),
        (900, Pause()),
        (1190, SensorLost(sleeper=0)),
    ]


def test_a_gap_hides_the_counts_and_leaves_the_truth() -> None:
    whole = night_of(typical("noor", 4))
    gappy = night_of(msgspec.structs.replace(typical("noor", 4), sensor_gaps=((300, 420),)))
    assert set(gappy.counts[300:420]) == {None}
    assert gappy.counts[:300] == whole.counts[:300]
    assert gappy.counts[420:] == whole.counts[420:]
    assert gappy.stages == whole.stages


def test_a_touch_in_the_night_is_a_waking_and_changes_nothing_far_from_it() -> None:
    plain = night_of(typical("noor", 4))
    touched = night_of(msgspec.structs.replace(typical("noor", 4), touch_beats=(600,)))
    assert set(touched.stages[599:608]) == {"W"}
    assert touched.stages[:599] == plain.stages[:599]
    assert touched.stages[633:] == plain.stages[633:]
    twice = night_of(msgspec.structs.replace(typical("noor", 4), touch_beats=(600, 900)))
    assert twice.stages[:899] == touched.stages[:899]


def test_a_restless_sleeper_is_awake_and_moves_more() -> None:
    calm, restless = (
        typical("noor", 8),
        msgspec.structs.replace(typical("noor", 8), restlessness=2.5),
    )
    awake_calm = awake_restless = 0
    for seed in range(20):
        awake_calm += night_of(calm, seed).stages.count("W")
        awake_restless += night_of(restless, seed).stages.count("W")
    assert awake_restless > 1.2 * awake_calm


@st.composite
def any_nights(draw: st.DrawFn) -> SimulatedSleeper:
    beats = draw(st.integers(1, 1500))
    lights_out_beat = draw(st.integers(0, beats))
    wake_beat = draw(st.integers(lights_out_beat, beats))
    beat = st.integers(-20, beats + 20)
    profile = SleeperProfile(
        member="noor",
        age_years=draw(st.floats(0, 120)),
        settles_min=draw(st.floats(0.1, 300)),
        restlessness=draw(st.floats(0, 20)),
        has_sensor=draw(st.booleans()),
        touch_beats=tuple(draw(st.lists(beat, max_size=5))),
        says_no_beat=draw(st.none() | beat),
        stops_beat=draw(st.none() | beat),
        pauses=tuple(draw(st.lists(st.tuples(beat, st.none() | beat), max_size=2))),
        sensor_gaps=tuple(draw(st.lists(st.tuples(beat, beat), max_size=3))),
    )
    return simulate_sleeper(
        profile,
        draw(st.integers(0, 2**32)),
        lights_out_beat=lights_out_beat,
        wake_beat=wake_beat,
        beats=beats,
    )


@settings(max_examples=150)
@given(any_nights())
def test_any_night_is_whole(night: SimulatedSleeper) -> None:
    beats = len(night.counts)
    assert len(night.stages) == beats
    staged = set(night.stages) <= {"W", "N1", "N2", "N3", "R"}
    assert staged if night.profile.age_years >= 2 else set(night.stages) == {None}
    assert all(count is None or (count >= 0 and count.is_integer()) for count in night.counts)
    at = [timed.beat for timed in night.events]
    assert at == sorted(at)
    assert all(0 <= beat < beats for beat in at)


def test_times_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="not in order: 0, 100, 90, 1200"):
        simulate_sleeper(typical("noor", 4), 1, lights_out_beat=100, wake_beat=90, beats=1200)


def test_a_seed_below_0_is_refused() -> None:
    with pytest.raises(EvenfallError, match="the seed is -3"):
        night_of(typical("noor", 4), seed=-3)


def test_a_night_takes_well_under_fifty_milliseconds() -> None:
    night_of(typical("noor", 4))
    spent_s = []
    for seed in range(10):
        started = perf_counter()
        night_of(typical("noor", 4), seed)
        spent_s.append(perf_counter() - started)
    assert min(spent_s) < 0.05
