"""The whole of it: explore a programme, hold every property against it, and say what came of it."""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import msgspec
import numpy as np

from evenfall.formats.decode import Document
from evenfall.play.fold import programme_hash
from evenfall.play.step import KERNEL_VERSION
from evenfall.records.household import Output
from evenfall.records.output import PHASE_NAMES
from evenfall.records.programme import Programme
from evenfall.records.proof import Finding, Proof, WorstPath
from evenfall.records.score import Score
from evenfall.rehearse.check.explore import STATES_MAX, Explored, explore
from evenfall.rehearse.check.ground import OUTPUTS, Ground
from evenfall.rehearse.check.levels import UNITS
from evenfall.rehearse.check.properties import PROPERTIES
from evenfall.rehearse.check.story import Told, finite, steps_of
from evenfall.rehearse.check.times import Times, Worst
from evenfall.safety.gate import ceiling

FINDINGS_MAX = 3
"""At most so many places of one property are told: mending the first often mends the rest."""

OnStates = Callable[[int, int], None]


def prove(
    programme: Programme,
    *,
    document: Document[Score] | None = None,
    outputs: Sequence[Output] = (),
    states_max: int = STATES_MAX,
    on_states: OnStates | None = None,
) -> Proof:
    """Prove a programme safe, or tell how it is not.

    Args:
        programme: the compiled score.
        document: the text it comes from, for lines and columns.
        outputs: the room's lamps and speakers. Whatever they are calibrated by is an upper
            bound of what they give, so that no more than its target reaches the pillow.
        states_max: the most states to look at.
        on_states: told now and then how many states were looked at, and how many are known.

    Returns:
        What was proven, or every finding with a shortest way to it.

    Raises:
        TooManyStatesError: the programme has more states than `states_max`.
    """
    explored = explore(programme, states_max=states_max, on_states=on_states)
    return judge(explored, document=document, outputs=outputs)


def judge(
    explored: Explored,
    *,
    document: Document[Score] | None = None,
    outputs: Sequence[Output] = (),
) -> Proof:
    """Hold every property against what was explored."""
    programme = explored.programme
    ground = Ground(explored)
    times, told = Times(ground), Told(explored, document)
    findings: list[Finding] = []
    for one in PROPERTIES:
        for broken, _ in zip(one.find(ground, times), range(FINDINGS_MAX), strict=False):
            findings.append(told.finding(one, broken))
    broken_names = {finding.property for finding in findings}
    return Proof(
        programme_hash=programme_hash(programme),
        kernel_version=KERNEL_VERSION,
        limits=programme.limits,
        audience=audience_words(programme),
        sleepers=programme.sleepers,
        calibration=calibration_digest(outputs),
        states=len(explored.states),
        transitions=explored.transitions,
        reached=explored.digest(),
        worst=(*_longest_ways(ground, times), *_highest(ground)),
        findings=tuple(findings),
        proven=tuple(one.name for one in PROPERTIES if one.name not in broken_names),
    )


def audience_words(programme: Programme) -> str:
    """Whom a programme is for, in words."""
    people = "1 person" if programme.sleepers == 1 else f"{programme.sleepers} people"
    return f"{people} of {programme.youngest_years} and over"


def calibration_digest(outputs: Sequence[Output]) -> str:
    """Sixteen hex digits for what a room's outputs give; without any, for the worst case.

    Example:
        >>> calibration_digest(()) == calibration_digest([])
        True
    """
    body = msgspec.json.encode(sorted(outputs, key=lambda one: one.id), order="deterministic")
    return blake2b(body, digest_size=8).hexdigest()


def _longest_ways(ground: Ground, times: Times) -> tuple[WorstPath, ...]:
    ways = (
        times.quiet_in_time(), times.immersed(), times.light_dose(), times.sound_dose(),
        times.sound_asleep(),
    )  # fmt: skip
    return tuple(_written(ground, one) for one in ways)


def _written(ground: Ground, worst: Worst) -> WorstPath:
    way: list[int] = []
    if worst.state >= 0:
        way = [*ground.explored.way_to(worst.state), *(state for _, state in worst.onward)]
    path = steps_of(ground.programme, ground.explored.replayed(way)) if way else ()
    return WorstPath(
        what=worst.what,
        value=finite(round(worst.value, 6)),
        limit=worst.limit,
        unit=worst.unit,
        path=path,
    )


def _highest(ground: Ground) -> tuple[WorstPath, ...]:
    """The most light and sound in each phase, with a shortest way to it."""
    found = []
    for phase, name in enumerate(PHASE_NAMES):
        inside = ground.explored.phase == phase
        for output in OUTPUTS:
            level = np.where(inside, ground.level(output), -1.0)
            state = int(np.argmax(level))
            if level[state] < 0.0:
                continue
            found.append(
                WorstPath(
                    what=f"{output}-{name.replace(' ', '-')}",
                    value=float(level[state]),
                    limit=ceiling(output, ground.programme.limits, phase),
                    unit=UNITS[output],
                    path=steps_of(
                        ground.programme, ground.explored.replayed(ground.explored.way_to(state))
                    ),
                )
            )
    return tuple(found)
