"""Which part of a recording is which night.

A night is filed under the local date of the noon before its middle, so that none is torn at
midnight; it is found whole first and filed after, so that a day sleeper's is not torn at noon
either.
"""

from collections.abc import Iterator
from datetime import timedelta
from itertools import groupby, pairwise

import msgspec

from evenfall.records.recording import Hypnogram, NightWindow, Recording, Stage
from evenfall.sense.epochs import epoch_start

Stretch = tuple[int, int]
"""Unbroken sleep: its first epoch, and the epoch after its last."""

DAY_S = 24 * 3600
# These are this project's own choices, but for the trim, which is the field's custom with the
# day-long hypnograms of Sleep-EDF. Without the shortest stretch, minutes of sitting still join a
# day to its night; the longest sleep keeps a device left on the table from being one. Held
# against one diary of ten nights, an estimated start is 54 min off and an end 6 min (medians).
# The ten minutes, the eight hours and the sixteen were chosen with that recording and six others
# in view: a description of them, not a test.
SCORED_NIGHT_MAX_S = 14 * 3600
SCORED_TRIM_S = 30 * 60
WAKE_GAP_MAX_S = 60 * 60
STRETCH_MIN_S = 10 * 60
STRETCH_MAX_S = 8 * 3600
MAIN_SLEEP_MIN_S = 3 * 3600
MAIN_SLEEP_MAX_S = 16 * 3600


def nights(recording: Recording, hypnogram: Hypnogram) -> tuple[NightWindow, ...]:
    """The nights in a recording, in order.

    Args:
        recording: the recording.
        hypnogram: its stages, from `stage(recording)` or `scored(recording)`. The windows'
            indices count this hypnogram's epochs.

    Returns:
        One window for each night; none where no sleep was found.
    """
    scored_night = recording.scorer is not None
    if _length_s(hypnogram) > DAY_S or not (scored_night or _is_one_night(recording, hypnogram)):
        return _estimated(hypnogram)
    if recording.scorer is not None and _length_s(recording.scorer) > SCORED_NIGHT_MAX_S:
        return _trimmed(recording.scorer, hypnogram)
    how = (
        "the whole recording: a scored night begins at lights-out and ends at lights-on"
        if scored_night
        else "the whole recording: it holds no time of day and is short enough to be one night"
    )
    return (_window(hypnogram, 0, len(hypnogram.stages), scored_night, how),)


def within(hypnogram: Hypnogram, window: NightWindow) -> Hypnogram:
    """The part of a hypnogram that a night covers.

    Args:
        hypnogram: the one the window was found in, or another on the same grid and start.
        window: the night.
    """
    return msgspec.structs.replace(
        hypnogram,
        start=epoch_start(hypnogram.start, window.first_epoch, hypnogram.epoch_s),
        stages=hypnogram.stages[window.first_epoch : window.last_epoch],
    )


def _is_one_night(recording: Recording, hypnogram: Hypnogram) -> bool:
    """A file without a clock, no longer than a night: nobody wears such a thing for a day."""
    return not recording.start_is_known and _length_s(hypnogram) <= SCORED_NIGHT_MAX_S


def _length_s(hypnogram: Hypnogram) -> float:
    return len(hypnogram.stages) * hypnogram.epoch_s


def _trimmed(scorer: Hypnogram, hypnogram: Hypnogram) -> tuple[NightWindow, ...]:
    asleep = _asleep(scorer)
    if not asleep:
        return ()
    trim = round(SCORED_TRIM_S / scorer.epoch_s)
    first = max(asleep[0] - trim, 0)
    last = min(asleep[-1] + 1 + trim, len(hypnogram.stages))
    how = (
        "from 30 min before the first to 30 min after the last epoch a person scored as sleep: "
        "the recording spans the day, and lights-out was not noted"
    )
    return (_window(hypnogram, first, last, False, how),) if first < last else ()


def _estimated(hypnogram: Hypnogram) -> tuple[NightWindow, ...]:
    """The longest sleep of each day from noon to noon."""
    how = (
        "estimated from movement: the longest sleep of the day, of stretches of 10 min to 8 h "
        "with at most 60 min between them, parted at the widest gap until 3 to 16 h long; when "
        "the person was in bed is not known"
    )
    longest: dict[str, NightWindow] = {}
    for first, last in _runs(hypnogram):
        window = _window(hypnogram, first, last, False, how)
        known = longest.get(window.night)
        if known is None or last - first > known.last_epoch - known.first_epoch:
            longest[window.night] = window
    return tuple(sorted(longest.values(), key=lambda window: window.first_epoch))


def _runs(hypnogram: Hypnogram) -> Iterator[tuple[int, int]]:
    """Sleeps of a plausible length, as first epoch and the epoch after the last."""
    gap_max = WAKE_GAP_MAX_S / hypnogram.epoch_s
    joined: list[list[Stretch]] = []
    for stretch in _stretches(hypnogram):
        if joined and stretch[0] - joined[-1][-1][1] <= gap_max:
            joined[-1].append(stretch)
        else:
            joined.append([stretch])
    stretch_max = STRETCH_MAX_S / hypnogram.epoch_s
    for run in joined:
        # Unbroken sleep beyond eight hours is a device nobody wears, and so is what adjoins it.
        if all(last - first <= stretch_max for first, last in run):
            yield from _plausible(run, hypnogram.epoch_s)


def _plausible(run: list[Stretch], epoch_s: float) -> Iterator[tuple[int, int]]:
    """A run as it is, or its parts where it is longer than anyone sleeps.

    A day of sitting still joins on to its night by small gaps; the widest of them parts the two.
    """
    length_s = (run[-1][1] - run[0][0]) * epoch_s
    if length_s < MAIN_SLEEP_MIN_S:
        return
    if length_s <= MAIN_SLEEP_MAX_S:
        yield run[0][0], run[-1][1]
        return
    gaps = [after[0] - before[1] for before, after in pairwise(run)]
    part = gaps.index(max(gaps)) + 1
    yield from _plausible(run[:part], epoch_s)
    yield from _plausible(run[part:], epoch_s)


def _stretches(hypnogram: Hypnogram) -> Iterator[Stretch]:
    """Unbroken sleep of at least ten minutes."""
    first = 0
    for asleep, epochs in groupby(hypnogram.stages, key=_is_sleep):
        last = first + sum(1 for _ in epochs)
        if asleep and (last - first) * hypnogram.epoch_s >= STRETCH_MIN_S:
            yield first, last
        first = last


def _is_sleep(stage: Stage | None) -> bool:
    return stage not in (None, "W")


def _asleep(hypnogram: Hypnogram) -> list[int]:
    return [index for index, stage in enumerate(hypnogram.stages) if _is_sleep(stage)]


def _window(
    hypnogram: Hypnogram, first: int, last: int, bed_times_known: bool, how: str
) -> NightWindow:
    middle = epoch_start(hypnogram.start, (first + last) // 2, hypnogram.epoch_s)
    night = (middle.replace(tzinfo=None) - timedelta(hours=12)).date().isoformat()
    return NightWindow(
        night=night,
        first_epoch=first,
        last_epoch=last,
        bed_times_known=bed_times_known,
        how=how,
    )
