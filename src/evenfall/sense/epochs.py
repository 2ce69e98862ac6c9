"""Counts on the night's own grid of 30 s epochs.

Finer epochs are added up; coarser ones are split evenly over their length, which invents no
movement but loses when it happened. An epoch that touches a gap is None, never zero.
"""

from datetime import UTC, datetime, timedelta
from math import gcd

import numpy as np
from numpy.typing import NDArray

from evenfall.records.recording import Recording

EPOCH_S = 30

Counts = tuple[float | None, ...]


def to_epochs_30s(recording: Recording) -> Counts:
    """The recording's counts on a 30 s grid that begins where the recording begins.

    A recording that ends inside an epoch gives that epoch what it measured of it, as if the
    rest were still: the stagers too take what lies beyond a recording's edges as still.

    Args:
        recording: with counts in its own unit per epoch, or without counts.

    Returns:
        One value for each 30 s, in the same unit; None where any part of it was a gap. Empty
        where the recording has no counts.

    Raises:
        ValueError: if the epoch is not a whole number of seconds.
    """
    if recording.counts is None:
        return ()
    if recording.epoch_s != int(recording.epoch_s):
        raise ValueError(f"an epoch of {recording.epoch_s} s is no whole number of seconds")
    counts = np.array(recording.counts, dtype=np.float64)  # None becomes NaN, which every sum keeps
    return to_counts(_regridded(counts, int(recording.epoch_s)))


def _regridded(counts: NDArray[np.float64], epoch_s: int) -> NDArray[np.float64]:
    if epoch_s == EPOCH_S:
        return counts
    # The longest step that both grids are made of: split to it, then add up.
    step_s = gcd(epoch_s, EPOCH_S)
    parts = epoch_s // step_s
    return summed(np.repeat(counts / parts, parts), EPOCH_S // step_s)


def summed(counts: NDArray[np.float64], group: int) -> NDArray[np.float64]:
    """Sums of each `group` counts; what is missing after the end counts as still."""
    padded = np.concatenate([counts, np.zeros(-len(counts) % group)])
    total: NDArray[np.float64] = padded.reshape(-1, group).sum(axis=1)
    return total


def to_counts(values: NDArray[np.float64]) -> Counts:
    """An array as a record holds it: None for NaN."""
    missing = np.isnan(values)
    return tuple(
        None if gap else value for value, gap in zip(values.tolist(), missing.tolist(), strict=True)
    )


def epoch_start(start: datetime, epoch: int, epoch_s: float) -> datetime:
    """When an epoch begins, in the zone of `start`.

    Where the zone is known the time passes through UTC, so that a night of a clock change
    keeps its length.

    Example:
        >>> epoch_start(datetime(2000, 1, 1, 22, 0), 120, 30)
        datetime.datetime(2000, 1, 1, 23, 0)
    """
    passed = timedelta(seconds=epoch * epoch_s)
    if start.tzinfo is None:
        return start + passed
    return (start.astimezone(UTC) + passed).astimezone(start.tzinfo)
