"""How often the watch for distress suspects in nights of which nothing of the kind is told.

    python benchmarks/distress.py FOLDER    # watch nights as CSV, with a human's stages

One night a person, so that no earlier nights are there: each hour is held against the rest of the
same night. From the first to the last epoch that a person scored as sleep.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

from evenfall.adapters.importers import read_recording
from evenfall.records.recording import Recording
from evenfall.sense import distress
from evenfall.sense.distress import DistressWatch, Felt, felt, usual_of

HOUR, HOURS_MIN = 120, 2
THRESHOLDS = (3.5, 5.0, distress.SUSPECTED_Z, 8.0)


class Night(NamedTuple):
    """One person's night: what was felt, and which epochs a person scored as wake."""

    felt: tuple[Felt, ...]
    awake: tuple[bool, ...]


def night_of(recording: Recording) -> Night | None:
    """The part of it between the first and the last sleep; None where there is too little."""
    if recording.scorer is None:
        return None
    stages = recording.scorer.stages
    asleep = [i for i, stage in enumerate(stages) if stage not in (None, "W")]
    if len(asleep) < HOURS_MIN * HOUR:
        return None
    part = slice(asleep[0], asleep[-1] + 1)
    return Night(felt(recording, 35.0)[part], tuple(one == "W" for one in stages[part]))


def suspicions(night: Night) -> Iterator[bool]:
    """Each suspicion, and whether the person was awake when it began."""
    watch, before = DistressWatch(None), ""
    for epoch, one in enumerate(night.felt):
        if epoch % HOUR == 0:
            watch.usual = usual_of([night.felt[:epoch], night.felt[epoch + HOUR :]])
        status = watch.feed(one)
        if status == "suspected" != before:
            yield night.awake[epoch]
        before = status


def main() -> None:
    """Print how many a night, for a few thresholds."""
    files = sorted(Path(sys.argv[1]).glob("*.csv"))
    nights = [one for one in map(night_of, map(read_recording, files)) if one is not None]
    hours = sum(len(one.felt) for one in nights) / HOUR
    print(f"{len(nights)} nights, {hours:.0f} h\n")
    print("spreads   a night   median   most   nights without   begun while awake")
    for threshold in THRESHOLDS:
        distress.SUSPECTED_Z = threshold
        found = [list(suspicions(one)) for one in nights]
        counts = [len(one) for one in found]
        awake = sum(map(sum, found))
        print(
            f"{threshold:7.1f}   {sum(counts) / len(nights):7.2f}   {median(counts):6g}"
            f"   {max(counts):4}   {counts.count(0):9} of {len(nights)}   {awake} of {sum(counts)}"
        )


if __name__ == "__main__":
    main()
