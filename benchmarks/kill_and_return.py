"""How long a home takes to be live again after kill −9, judged as `make prove` judges it.

    python benchmarks/kill_and_return.py --kills 100 --seed 7

It serves a made-up home by the real hub and the real guard with a simulated lamp, kills them at
moments drawn from the seed, judges log, lamp and page after each, and prints what it took.
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.killing import Killer, summary
from tests.support.processes import real_home


def main() -> None:
    """Kill, judge and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, real_home(Path(folder), dreamscape=True) as home:
        home.serve()
        print(summary(Killer(home, random.Random(given.seed)).kill(given.kills)))


if __name__ == "__main__":
    main()
