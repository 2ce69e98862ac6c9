"""Replay one seed's day in one process, and tell its story.

    python tools/whole_night.py 7
    python tools/whole_night.py 7 --from 7.5 --hours 2

Hours count from noon. It ends with 1 where something was found that must not be.
"""

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1])]

from tests.whole.day import Day, run_day  # noqa: E402
from tests.whole.plants import PLANTS  # noqa: E402


def main() -> int:
    """Tell a day; see the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("--from", dest="from_h", type=float, default=0.0, metavar="H")
    parser.add_argument("--hours", type=float, metavar="H", help="until the next noon if not given")
    parser.add_argument("--truly", action="store_true", help="the guard's own signature and pace")
    parser.add_argument("--calm", action="store_true", help="without any trouble")
    parser.add_argument("--plant", metavar="NAME", help="with a known fault, by part of its name")
    given = parser.parse_args()
    hours = given.hours or 24.0 - given.from_h
    more = {"from_h": given.from_h, "truly": given.truly, "calm": given.calm}
    if given.plant is None:
        day = run_day(given.seed, hours, **more)
    else:
        plant = next(one for one in PLANTS if given.plant in one.name)
        with plant.planted():
            day = run_day(given.seed, hours, more=plant.more, **more)
    tell(day)
    return 1 if day.findings else 0


def tell(day: Day) -> None:
    """Its story, what was found, and its digest."""
    print(
        f"Seed {day.seed}: {day.nest} in the nest. True time, and what the clock on the wall said:"
    )
    print("\n".join(f"  {line}" for line in day.story))
    print(f"{day.steps:,} callbacks, {day.rows:,} rows, digest {day.digest}.")
    for one in day.findings:
        print(f"Found at {one.at_s:.0f} s: {one.rule}: {one.words}")
    if not day.findings:
        print("Nothing was found.")


if __name__ == "__main__":
    raise SystemExit(main())
