"""The figures of the first night: one step, and a night of ten hours, engine and log and all.

    python benchmarks/first_night.py [--json]

Prints each figure beside its budget. The step is timed alone, event by event, over a whole
night; the night is timed from the first event to the last row durable in SQLite (WAL, FULL).
"""

import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean, median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.support.nights import eventful, virtual

from evenfall.app.home import builtin_score
from evenfall.compose.compile import compile_score
from evenfall.play.step import begin, step
from evenfall.records.night import AnyEvent, Beat, Begin
from evenfall.records.programme import Programme
from evenfall.runtime.drivers import run_virtual
from evenfall.safety.limits import limits_for

STEP_MEAN_BUDGET_US, STEP_P99_BUDGET_US, NIGHT_BUDGET_S = 5.0, 50.0, 0.1
ROUNDS = 30


def duet() -> Programme:
    """The largest built-in evening: two sleepers, two watches each beat."""
    return compile_score(
        builtin_score("two-boats"), limits=limits_for(4), sleepers=2, youngest_years=4
    )


def step_us(programme: Programme, events: list[AnyEvent]) -> list[float]:
    """Microseconds of every step, over many rounds, the quickest first."""
    taken = []
    for _ in range(ROUNDS):
        state = begin(programme)
        for event in events:
            before = time.perf_counter_ns()
            state = step(programme, state, event).state
            taken.append((time.perf_counter_ns() - before) / 1000)
    return sorted(taken)


def night_s(batch_rows: int) -> list[float]:
    """Seconds of whole ten-hour nights in virtual time."""
    taken = []
    for _ in range(ROUNDS // 3):
        with tempfile.TemporaryDirectory() as folder:
            kept = virtual(Path(folder), batch_rows=batch_rows)
            kept.runner.start()
            events = eventful()
            before = time.perf_counter()
            run_virtual(kept.runner, events, kept.clock, kept.room)
            taken.append(time.perf_counter() - before)
    return taken


def main() -> None:
    """Measure and print."""
    night = [timed.event for timed in eventful()]
    steps, story = step_us(duet(), night), step_us(duet(), [Begin(), *[Beat((3, 1))] * 60])
    nights, each = night_s(64), night_s(1)
    figures = {
        "step mean, µs": (round(mean(steps), 2), STEP_MEAN_BUDGET_US),
        "step p99, µs": (round(steps[int(len(steps) * 0.99)], 2), STEP_P99_BUDGET_US),
        "step mean in the story, µs": (round(mean(story), 2), STEP_MEAN_BUDGET_US),
        "step p99 in the story, µs": (round(story[int(len(story) * 0.99)], 2), STEP_P99_BUDGET_US),
        "night of 10 h, s (median)": (round(median(nights), 4), NIGHT_BUDGET_S),
        "the same, a commit each row, s": (round(median(each), 4), None),
    }
    if "--json" in sys.argv:
        print(json.dumps(figures, ensure_ascii=False))
        return
    for name, (value, budget) in figures.items():
        beside = "" if budget is None else f"  budget {budget:g}  ratio {value / budget:.2f}"
        print(f"{name:<32}{value:>9}{beside}")


if __name__ == "__main__":
    main()
