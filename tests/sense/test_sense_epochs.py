"""Counts on the 30 s grid: nothing invented, nothing lost, gaps kept."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.records.recording import Recording
from evenfall.sense.epochs import epoch_start, to_epochs_30s


def recording(counts: tuple[float | None, ...] | None, epoch_s: float) -> Recording:
    return Recording(
        id="0",
        device="",
        format="",
        source="",
        start=datetime(2026, 11, 20, 22, tzinfo=UTC),
        start_is_known=True,
        epoch_s=epoch_s,
        counts=counts,
        counts_unit="actiwatch",
    )


@pytest.mark.parametrize(
    ("counts", "epoch_s", "expected"),
    [
        ((1, 2, 3, 4, 5, 6), 10, [6, 15]),
        ((1, None, 3, 4, 5, 6), 10, [None, 15]),
        ((1, 2, 3, 4), 10, [6, 4]),
        ((10, None, 0), 60, [5, 5, None, None, 0, 0]),
        ((2, 4, 6), 20, [4, 8]),
        ((1.5, None), 30, [1.5, None]),
        ((), 30, []),
        (None, 30, []),
    ],
)
def test_known_grids(
    counts: tuple[float | None, ...] | None, epoch_s: float, expected: list[float | None]
) -> None:
    assert list(to_epochs_30s(recording(counts, epoch_s))) == expected


def test_part_of_a_second_is_refused() -> None:
    with pytest.raises(ValueError, match="whole number of seconds"):
        to_epochs_30s(recording((1.0,), 0.5))


@given(
    st.lists(st.integers(0, 10_000), max_size=200),
    st.sampled_from([1, 2, 5, 10, 15, 20, 25, 30, 60, 120]),
)
def test_no_movement_is_lost_or_invented(counts: list[int], epoch_s: int) -> None:
    found = to_epochs_30s(recording(tuple(counts), epoch_s))
    assert len(found) == -(-len(counts) * epoch_s // 30)
    assert sum(value or 0 for value in found) == pytest.approx(sum(counts))


def test_a_night_of_a_clock_change_keeps_its_length() -> None:
    start = datetime(2026, 10, 24, 22, 0, tzinfo=ZoneInfo("Europe/Zurich"))
    after_six_hours = epoch_start(start, 720, 30)
    assert (after_six_hours.hour, after_six_hours.minute) == (3, 0)
