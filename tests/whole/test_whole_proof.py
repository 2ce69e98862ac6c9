"""The long proofs of a whole house: hundreds of seeds, every planted fault, and its memory."""

import tracemalloc

import pytest
from tests.whole.day import run_day
from tests.whole.plants import PLANTS, Plant
from tests.whole.test_whole_days import find, said

pytestmark = pytest.mark.prove

DAYS, EVENINGS = range(1000, 1040), range(2000, 2200)
FOUND_WITHIN = 8


@pytest.mark.safety("H-109")
@pytest.mark.parametrize("seed", DAYS)
def test_forty_days_of_faults_break_nothing(seed: int) -> None:
    day = run_day(seed)
    assert not day.findings, said(day)


@pytest.mark.safety("H-109")
@pytest.mark.parametrize("seed", EVENINGS)
def test_two_hundred_evenings_of_faults_break_nothing(seed: int) -> None:
    """From before the first wind-down to lights-out, where most is done at once."""
    day = run_day(seed, 4.0, from_h=6.5)
    assert not day.findings, said(day)


@pytest.mark.safety("H-109")
@pytest.mark.parametrize("seed", range(3000, 3002))
def test_days_with_the_guards_own_signature_and_pace_break_nothing(seed: int) -> None:
    day = run_day(seed, truly=True)
    assert not day.findings, said(day)


@pytest.mark.safety("H-109")
@pytest.mark.parametrize("plant", PLANTS, ids=lambda one: one.name)
def test_every_planted_fault_is_found(plant: Plant) -> None:
    assert find(plant, FOUND_WITHIN)


def test_nothing_holds_more_memory_at_noon_than_at_four() -> None:
    """Without trouble a day's own memory is what its programs hold: it does not grow."""
    tracemalloc.start()
    try:
        day = run_day(3, calm=True, traced=True)
    finally:
        tracemalloc.stop()
    assert not day.findings, said(day)
    early, late = day.sizes["bytes"]
    assert early and late - early < 512_000
