"""How well is sleep told from wake on the watch nights, and does the order of the counts matter?

    python benchmarks/stager_check.py [FOLDER]

For each person: Cohen's κ, sensitivity (sleep called sleep) and specificity (wake called wake)
against a human scorer; κ with the counts shuffled, which must fall to about 0; and κ with the one
fitted number, the scale, fitted again without that person. FOLDER holds the real recordings
(default: EVENFALL_DATA, or ../shared/data beside the checkout).

Seen on 21 adults: held-out κ median 0.41, mean 0.42; in sample 0.41 and 0.43; shuffled 0.00.
"""

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from statistics import mean, median

import msgspec
import numpy as np
from numpy.typing import NDArray

from evenfall.adapters.importers import read_recording
from evenfall.learn.agreement import agreement
from evenfall.records.recording import Agreement, Hypnogram, Recording
from evenfall.sense.epochs import to_epochs_30s
from evenfall.sense.stagers import WATCH_COLE_KRIPKE, WATCH_SCALE, scored, stage, stages

SEEDS = range(5)
SCALES = np.geomspace(0.02, 1.0, 120)


def watch_nights(folder: Path) -> list[Recording]:
    return [read_recording(path) for path in sorted((folder / "watch").glob("*.csv"))]


def shuffled(recording: Recording, seed: int) -> Recording:
    """The same counts in an order that chance chose."""
    order = np.random.default_rng(seed).permutation(len(recording.counts or ()))
    counts = tuple((recording.counts or ())[index] for index in order.tolist())
    return msgspec.structs.replace(recording, counts=counts)


def kappa(recording: Recording) -> float:
    found = agreement(stage(recording), scored(recording)).kappa
    return float("nan") if found is None else found


def kappas_by_scale(recording: Recording) -> NDArray[np.float64]:
    """κ of one person's night for every scale that is tried."""
    counts, truth = to_epochs_30s(recording), scored(recording)
    found = []
    for scale in SCALES.tolist():
        stager = msgspec.structs.replace(WATCH_COLE_KRIPKE, scale=scale)
        test = Hypnogram(
            start=truth.start, epoch_s=truth.epoch_s, stages=stages(stager, counts), source=""
        )
        found.append(agreement(test, truth).kappa)
    return np.array([np.nan if value is None else value for value in found])


def held_out(nights: list[Recording]) -> tuple[list[float], float]:
    """κ of each person with the scale fitted on the others, and the scale fitted on all."""
    table = np.array([kappas_by_scale(night) for night in nights])
    out = []
    for person in range(len(nights)):
        others = np.delete(table, person, axis=0)
        out.append(float(table[person, int(np.nanargmax(np.nanmean(others, axis=0)))]))
    return out, float(SCALES[int(np.nanargmax(np.nanmean(table, axis=0)))])


def known(values: Iterable[float | None]) -> list[float]:
    """Only the people the figure exists for: a night without wake has no specificity."""
    return [value for value in values if value is not None]


def row(name: str, *values: float | None) -> str:
    cells = ("     –" if value is None else f"{value:6.2f}" for value in values)
    return f"{name:<14}" + "  ".join(cells)


def main() -> None:
    fallback = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EVENFALL_DATA", fallback))
    nights = watch_nights(folder)
    if not nights:
        sys.exit(f"no watch nights in {folder / 'watch'}: name the folder of real recordings")
    found: list[Agreement] = [agreement(stage(night), scored(night)) for night in nights]
    by_chance = [median(kappa(shuffled(night, seed)) for seed in SEEDS) for night in nights]
    left_out, scale = held_out(nights)
    print(f"{'person':<14}     κ    sens    spec  shuffled κ, held-out κ")
    table = zip(nights, found, by_chance, left_out, strict=True)
    for night, one, chance, out in table:
        print(row(night.source, one.kappa, one.sensitivity, one.specificity, chance, out))
    columns = [
        known(one.kappa for one in found),
        known(one.sensitivity for one in found),
        known(one.specificity for one in found),
        by_chance,
        left_out,
    ]
    print(row("median", *(median(column) for column in columns)))
    print(row("mean", *(mean(column) for column in columns)))
    print(f"scale in use {WATCH_SCALE:g}; fitted on all {len(nights)} people {scale:.3f}")
    print("one night a person, adults, counts smoothed over ± 285 s: nothing here is truly causal")


if __name__ == "__main__":
    main()
