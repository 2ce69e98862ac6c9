"""Everything that can happen to a night, with nothing twice.

Two things that no rule can tell apart are one here: stages that no watch tells apart, and a lost
sensor where nothing waits for one. Sleepers that a programme never tells apart may change places,
so of states that differ only by that, one is kept. `tests/rehearse/check` proves on small
programmes that the full alphabet reaches nothing more.
"""

from collections.abc import Callable, Iterator
from itertools import product
from typing import get_args

from msgspec.structs import replace

from evenfall.play.step import GAP_BEATS_MAX
from evenfall.records.night import (
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Cause,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    NightState,
    No,
    OutputLost,
    OutputReturned,
    Override,
    Pause,
    Refused,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
    Up,
    Voice,
)
from evenfall.records.programme import Programme, Watch

STAGES = range(7)
"""Every stage code there is, 0 for unknown."""

Canonical = Callable[[NightState], NightState]


def alphabet(programme: Programme) -> tuple[AnyEvent, ...]:
    """One of each kind of event that the programme can tell apart; beats come first.

    What an emergency comes of, and whom it is about, changes its reason and nothing else.

    A gap no longer than a lease is so many beats, and outputs lost, refusals and getting up are
    only noted: `full_alphabet` has them.
    """
    sleepers = range(programme.sleepers)
    told_apart: tuple[type, ...] = (LightsOut,)
    if any(scene.waits_for_sleep for scene in programme.scenes):
        told_apart = (LightsOut, SensorLost, SensorReturned)
    return (
        *beats(programme),
        *(Begin(), Touch(), Voice()),
        *(Choice(door) for door in _doors(programme)),
        *(Stop(), No(), Pause(), Resume()),
        *(kind(sleeper) for kind in told_apart for sleeper in sleepers),
        *(Dawn(), Dawn(due=False), BeatsMissed(GAP_BEATS_MAX + 1)),
        *(Override(""), Emergency("distress"), Restarted()),
    )


def full_alphabet(programme: Programme) -> tuple[AnyEvent, ...]:
    """Every event there is, told apart or not. For small programmes: it is large."""
    sleepers = range(programme.sleepers)
    by_sleeper = (Touch, Voice, No, LightsOut, SensorLost, SensorReturned, Up)
    return (
        *(Beat(stages) for stages in _readings(programme.sleepers)),
        *(kind(sleeper) for kind in by_sleeper for sleeper in sleepers),
        *(Choice(door) for door in (*_doors(programme), "nowhere")),
        *(BeatsMissed(count) for count in range(1, GAP_BEATS_MAX + 3)),
        *(Begin(), Stop(), Pause(), Resume(), Dawn(), Dawn(due=False), Override(""), Restarted()),
        *(Emergency(cause, one) for cause in get_args(Cause) for one in (-1, *sleepers)),
        *(OutputLost("lamp"), OutputReturned("lamp"), Refused("lamp", "")),
    )


def beats(programme: Programme) -> tuple[Beat, ...]:
    """One beat for each set of watches that may hold at once, the fewest and least first.

    Example:
        >>> from evenfall.records.night import ASLEEP_MASK
        >>> holding((0,), Watch((0,), ASLEEP_MASK, True, 4)), holding((3,), Watch((0,), 8, True, 4))
        (False, True)
    """
    distinct: dict[tuple[bool, ...], Beat] = {}
    for stages in _readings(programme.sleepers):
        holds = tuple(holding(stages, watch) for watch in programme.watches)
        distinct.setdefault(holds, Beat(stages))
        if not programme.watches:
            break
    return tuple(distinct.values())


def holding(stages: tuple[int, ...], watch: Watch) -> bool:
    """True where a reading is what a watch waits for. A sleeper nobody reads is not."""
    seen = [
        sleeper < len(stages) and bool(watch.stages >> stages[sleeper] & 1)
        for sleeper in watch.sleepers
    ]
    return all(seen) if watch.everyone else any(seen)


def canonical(programme: Programme) -> Canonical | None:
    """Of states that differ only in which of like sleepers did what, the one that is kept.

    Returns:
        A function that gives it, or None where no two sleepers are alike. Only whose light is
        out and whose sensor is lost know a sleeper, and what a programme never tells apart it
        treats alike, so that the two states go on alike for ever.
    """
    groups = alike(programme)
    if not groups:
        return None
    known: dict[tuple[int, int], tuple[int, int]] = {}

    def keep(state: NightState) -> NightState:
        masks = state.lights_out, state.lost
        if masks not in known:
            known[masks] = _sorted_masks(masks, groups)
        if known[masks] == masks:
            return state
        lights_out, lost = known[masks]
        return replace(state, lights_out=lights_out, lost=lost)

    return keep


def alike(programme: Programme) -> tuple[tuple[int, ...], ...]:
    """The groups of two sleepers and more whom no watch and no exit tells apart."""
    masks = [sum(1 << one for one in watch.sleepers) for watch in programme.watches]
    masks += [way.lights_out for scene in programme.scenes for way in scene.exits]
    groups: dict[tuple[int, ...], list[int]] = {}
    for sleeper in range(programme.sleepers):
        groups.setdefault(tuple(mask >> sleeper & 1 for mask in masks), []).append(sleeper)
    return tuple(tuple(group) for group in groups.values() if len(group) > 1)


def _sorted_masks(masks: tuple[int, int], groups: tuple[tuple[int, ...], ...]) -> tuple[int, int]:
    lights_out, lost = masks
    for group in groups:
        bits = sorted((lights_out >> one & 1, lost >> one & 1) for one in group)
        for one, (out, gone) in zip(group, bits, strict=True):
            lights_out = lights_out & ~(1 << one) | out << one
            lost = lost & ~(1 << one) | gone << one
    return lights_out, lost


def _readings(sleepers: int) -> Iterator[tuple[int, ...]]:
    """Everything sensors may say of some sleepers: of each a stage, or of the last ones nothing."""
    for heard in range(sleepers, -1, -1):
        yield from product(STAGES, repeat=heard)


def _doors(programme: Programme) -> list[str]:
    return sorted({way.chosen for scene in programme.scenes for way in scene.exits} - {""})
