"""Make the golden numbers that this project's sleep statistics must equal: YASA's own.

YASA is large, so it lives in an environment of its own. From the top of the project:

    python3 -m venv yasa-venv
    yasa-venv/bin/pip install yasa edfio
    yasa-venv/bin/python benchmarks/peer_statistics.py [FOLDER]

It writes tests/golden/yasa_sleep_statistics.json. FOLDER holds the real recordings (default:
EVENFALL_DATA, or ../shared/data beside the checkout): of those only numbers are kept, under the
file's name. The synthetic nights are kept whole, made from the seed below; in their strings . is
an epoch nobody scored and R is REM.
"""

import csv
import importlib
import itertools
import json
import math
import os
import sys
from pathlib import Path

import edfio
import numpy as np

yasa = importlib.import_module("yasa")  # never a dependency of the project itself

SEED = 20451120
NIGHTS = 30
EPOCH_S = 30
LETTERS = {".": "UNS", "W": "WAKE", "1": "N1", "2": "N2", "3": "N3", "R": "REM"}
EDF = {
    "Sleep stage W": "W",
    "Sleep stage 1": "1",
    "Sleep stage 2": "2",
    "Sleep stage 3": "3",
    "Sleep stage 4": "3",
    "Sleep stage R": "R",
    "Sleep stage ?": ".",
    "Movement time": ".",
}
PYDYNAMO = {0: ".", 1: "3", 2: "2", 3: "1", 4: "R", 5: "W"}
KEPT = ["TIB", "SPT", "SOL", "WASO", "TST", "SE", "SFI", "Lat_REM"]
KEPT += ["N1", "N2", "N3", "REM", "%N1", "%N2", "%N3", "%REM"]


def synthetic(rng: np.random.Generator) -> str:
    """One night as runs of stages, of any plausible and some implausible make."""
    letters = rng.choice(["W123R", "W123R.", "W2", "W12.", "W23R"])
    length = int(rng.integers(1, 1200))
    night = "W" * int(rng.integers(0, 60))
    while len(night) < length:
        night += str(rng.choice(list(letters))) * int(rng.geometric(0.05))
    return night[:length]


def by_hand() -> list[str]:
    """The edges: never asleep, always asleep, ends asleep, one epoch, unscored at either end."""
    return ["W" * 40, "2" * 40, "WW" + "2" * 40, "W", "2", "R", "W.2", "2.W", "..22WW22..", "W.W2"]


def edf_night(path: Path) -> str:
    night = ""
    for annotation in edfio.read_edf(path).annotations:
        if annotation.text in EDF:
            night += "." * (round(annotation.onset / EPOCH_S) - len(night))
            night += EDF[annotation.text] * round((annotation.duration or EPOCH_S) / EPOCH_S)
    return night


def pydynamo_night(path: Path) -> str:
    """A transition list in seconds, sampled on a 30 s grid from its first entry."""
    with path.open() as file:
        rows = [(float(row["Time"]), PYDYNAMO[int(row["Stage"])]) for row in csv.DictReader(file)]
    night = ""
    for (start, letter), (end, _) in itertools.pairwise(rows):
        night += letter * (
            round((end - rows[0][0]) / EPOCH_S) - round((start - rows[0][0]) / EPOCH_S)
        )
    return night


def statistics(night: str) -> dict[str, float | None]:
    hypnogram = yasa.Hypnogram([LETTERS[letter] for letter in night], freq=f"{EPOCH_S}s")
    found = hypnogram.sleep_statistics()
    return {name: None if math.isnan(found[name]) else float(found[name]) for name in KEPT}


def main() -> None:
    checkout = Path(__file__).resolve().parents[1]
    fallback = checkout.parent / "shared" / "data"
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EVENFALL_DATA", fallback))
    rng = np.random.default_rng(SEED)
    nights = by_hand() + [synthetic(rng) for _ in range(NIGHTS)]
    real = {path.name: edf_night(path) for path in sorted(folder.glob("sleep-edf/*-Hypnogram.edf"))}
    pydynamo = folder / "hypnograms" / "pydynamo_night_stages.csv"
    real[pydynamo.name] = pydynamo_night(pydynamo)
    golden = {
        "made_by": f"benchmarks/peer_statistics.py with yasa {yasa.__version__}",
        "seed": SEED,
        "epoch_s": EPOCH_S,
        "synthetic": [{"night": night, **statistics(night)} for night in nights],
        "real": {name: statistics(night) for name, night in real.items()},
    }
    target = checkout / "tests" / "golden" / "yasa_sleep_statistics.json"
    target.write_text(json.dumps(golden, indent=1) + "\n", encoding="utf-8")
    print(f"{len(nights)} synthetic and {len(real)} real nights → {target.name}")


if __name__ == "__main__":
    main()
