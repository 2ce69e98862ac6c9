"""Still or moving, and who may be staged at all."""

from datetime import UTC, datetime

import pytest

from evenfall.records.recording import CountsUnit, Recording
from evenfall.sense.movement import may_stage, movement
from evenfall.sense.stagers import ACTIGRAPH_COLE_KRIPKE, ACTIWATCH_OAKLEY_30S, STAGERS


def recording(counts: tuple[float | None, ...] | None, unit: CountsUnit | None) -> Recording:
    return Recording(
        id="0",
        device="",
        format="",
        source="",
        start=datetime(2026, 11, 20, 22, tzinfo=UTC),
        start_is_known=True,
        epoch_s=30,
        counts=counts,
        counts_unit=unit,
    )


@pytest.mark.parametrize("age_years", [0.5, 4, 9, 17.9])
def test_no_child_is_staged(age_years: float) -> None:
    assert not any(may_stage(age_years, stager) for stager in STAGERS)


def test_the_ages_hold_to_the_end_of_the_last_year() -> None:
    assert may_stage(18, ACTIWATCH_OAKLEY_30S)
    assert may_stage(65.9, ACTIGRAPH_COLE_KRIPKE)
    assert not may_stage(66, ACTIGRAPH_COLE_KRIPKE)
    assert not may_stage(34.9, ACTIGRAPH_COLE_KRIPKE)


def test_moving_still_and_not_measured() -> None:
    track = movement(recording((0.0, 1.9, 2.0, None, 50.0), "actiwatch"))
    assert track.moving == (False, False, True, None, True)


def test_without_counts_nothing_is_measured() -> None:
    track = movement(recording(None, None))
    assert track.moving == ()
    assert "not measured" in track.source
