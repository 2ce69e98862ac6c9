"""Agreement on sleep and wake, and what cannot be known of it."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.learn.agreement import agreement
from evenfall.records.recording import Hypnogram, Stage

START = datetime(2026, 11, 20, 22, tzinfo=UTC)
stages_strategy = st.lists(st.sampled_from(["W", "N1", "N2", "N3", "R", "S", None]), max_size=60)


def hypnogram(*stages: Stage | None, epoch_s: float = 30) -> Hypnogram:
    return Hypnogram(start=START, epoch_s=epoch_s, stages=stages, source="the scorer")


def test_by_hand() -> None:
    test = hypnogram("W", "W", "S", "S", "S", "S", None, "S")
    reference = hypnogram("W", "N1", "N2", "R", "W", "N3", "N2", None, "N2")
    found = agreement(test, reference)
    assert found.epochs == 6
    assert found.accuracy == pytest.approx(4 / 6)
    assert found.sensitivity == pytest.approx(3 / 4)
    assert found.specificity == pytest.approx(1 / 2)
    # By chance: 4/6 × 4/6 + 2/6 × 2/6 = 20/36, so κ = (24 − 20) / (36 − 20).
    assert found.kappa == pytest.approx(0.25)
    assert found.reference == "the scorer"


def test_what_cannot_be_known_is_none() -> None:
    nothing = agreement(hypnogram(None), hypnogram("W"))
    assert (nothing.epochs, nothing.accuracy, nothing.kappa) == (0, None, None)
    all_asleep = agreement(hypnogram("S", "S"), hypnogram("N2", "R"))
    assert (all_asleep.accuracy, all_asleep.sensitivity) == (1, 1)
    assert all_asleep.specificity is None
    assert all_asleep.kappa is None


def test_other_epochs_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be held against"):
        agreement(hypnogram("W"), hypnogram("W", epoch_s=60))


@given(stages_strategy, stages_strategy)
def test_kappa_is_symmetric_and_at_most_one(
    first: list[Stage | None], second: list[Stage | None]
) -> None:
    forward = agreement(hypnogram(*first), hypnogram(*second)).kappa
    assert forward == agreement(hypnogram(*second), hypnogram(*first)).kappa
    assert forward is None or -1 <= forward <= 1


@given(stages_strategy)
def test_a_scorer_agrees_with_itself(stages: list[Stage | None]) -> None:
    found = agreement(hypnogram(*stages), hypnogram(*stages))
    assert found.accuracy in (None, 1)
    assert found.kappa in (None, 1)
