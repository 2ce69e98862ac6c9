"""How many states does an evening have? Every one that any events can reach, by the kernel's step.

    .venv/bin/python benchmarks/count_states.py

It prints states, transitions and seconds for each built-in evening, for as many sleepers as it
is for but no more than two: each one more multiplies whose light is out and whose sensor is lost.
"""

from collections.abc import Iterator
from importlib.resources import files
from itertools import product
from time import perf_counter

from evenfall.compose.compile import compile_score
from evenfall.formats.score import read_score
from evenfall.play.step import GAP_BEATS_MAX, begin, step
from evenfall.records.night import (
    N2,
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    No,
    Override,
    Pause,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.programme import Programme
from evenfall.safety.limits import limits_for

BUILT_IN = ("lamp-and-page", "tidepool", "lighthouse", "two-boats")


def built_in(name: str) -> Programme:
    """A built-in evening for the youngest it is for, and as many as two."""
    text = (files("evenfall.compose") / "scores" / f"{name}.yaml").read_text(encoding="utf-8")
    document = read_score(text, f"{name}.yaml")
    audience = document.record.audience
    return compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=min(audience.sleepers, 2),
        youngest_years=audience.youngest,
    )


def alphabet(programme: Programme) -> Iterator[AnyEvent]:
    """Everything that can move a night. What is left out is only noted, or two of these."""
    # A watch reads asleep or not: unknown and awake are the same to it.
    for stages in product((0, N2), repeat=programme.sleepers):
        yield Beat(stages)
    for sleeper in range(programme.sleepers):
        yield from (SensorLost(sleeper), SensorReturned(sleeper), LightsOut(sleeper))
    for option in sorted({way.chosen for one in programme.scenes for way in one.exits} - {""}):
        yield Choice(option)
    yield from (Begin(), Touch(), Voice(), Stop(), No(), Pause(), Resume(), Dawn(), Dawn(due=False))
    yield from (BeatsMissed(GAP_BEATS_MAX + 1), Override(""), Emergency("call"), Restarted())


def count(programme: Programme) -> tuple[int, int]:
    """States and transitions from the beginning on, each state stepped by every event once."""
    events = tuple(alphabet(programme))
    first = begin(programme)
    reached, waiting = {first}, [first]
    while waiting:
        state = waiting.pop()
        for event in events:
            after = step(programme, state, event).state
            if after not in reached:
                reached.add(after)
                waiting.append(after)
    return len(reached), len(reached) * len(events)


def main() -> None:
    """Count each built-in evening."""
    print(f"{'evening':16}{'sleepers':>9}{'states':>10}{'transitions':>13}{'seconds':>9}")
    for name in BUILT_IN:
        programme = built_in(name)
        begun = perf_counter()
        states, transitions = count(programme)
        spent_s = perf_counter() - begun
        print(f"{name:16}{programme.sleepers:9}{states:10}{transitions:13}{spent_s:9.1f}")


if __name__ == "__main__":
    main()
