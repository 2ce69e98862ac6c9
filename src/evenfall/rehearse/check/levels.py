"""What a room is asked for, held against the limits by the gate, the merge and the ramp themselves.

What is asked depends on few things, so each different asking is put to the safety functions once:
everything a state says with the phase the runner would claim for it, and every change from one to
another. Beside each stands a neighbour who wants as much as anyone may, in any phase.
"""

from collections.abc import Iterator
from math import inf

import numpy as np
from msgspec.structs import replace

from evenfall.records.limits import Limits
from evenfall.records.night import MODE_NAMES
from evenfall.records.output import ASLEEP, DAWN, PHASE_NAMES, WINDING_DOWN, Lease, Refusal
from evenfall.records.programme import Setpoint
from evenfall.rehearse.check.ground import OUTPUTS, Broken, Ground
from evenfall.rehearse.check.longest import NEAR
from evenfall.safety.gate import ceiling, ramp_floor_s, refusal
from evenfall.safety.merge import FALL_MAX_S, merge
from evenfall.safety.ramp import Ramp

STOP_WITHIN_S = 5.0
"""Stop is safe within 5 s from anywhere (DESIGN.md)."""

FLASH_MIN_S = 1.0
"""A rise no quicker than this cannot flash more than once a second (facts: WCAG 2.3.1 allows 3)."""

UNITS = {"light": "lx mEDI", "sound": "dBA"}
NOUNS = {"light": "the lamp", "sound": "the sound"}
_WHEN = {ASLEEP: "while someone sleeps", WINDING_DOWN: "while winding down", DAWN: "at dawn"}
_LEASES = ("endless-ramp", "endless-lease")


def delivered(ground: Ground, point: Setpoint) -> Setpoint:
    """What a setpoint may come to at the pillow, by the upper bound of the room's outputs."""
    if point.output == "light":
        return replace(point, target=point.target * ground.light_gain)
    if point.output == "sound" and point.target > 0.0:
        return replace(point, target=point.target + ground.sound_gain_db)
    return point


def limits_kept(ground: Ground, outputs: tuple[str, ...]) -> Iterator[Broken]:
    """Levels within the limit of the phase the runner claims, by the gate."""
    for state, phase, point in _asked(ground):
        refused = refusal(_lease(delivered(ground, point), phase), ground.programme.limits, phase)
        known = refused is not None and refused.limit not in (*_LEASES, "unknown-output")
        if refused is not None and known and point.output in outputs:
            yield _too_much(ground, state, point, refused, _WHEN[phase])


def asleep_limits_kept(ground: Ground) -> Iterator[Broken]:
    """After anyone's lights-out no more than a sleeper may have, whatever phase is claimed."""
    asleep = (ground.column("lights_out") != 0) & ~ground.dawn
    limits = ground.programme.limits
    for state, _phase, point in _asked(ground, asleep):
        refused = refusal(_lease(delivered(ground, point), ASLEEP), limits, ASLEEP)
        if refused is not None and refused.limit not in (*_LEASES, "unknown-output"):
            yield _too_much(ground, state, point, refused, "after lights-out")


def outputs_known(ground: Ground) -> Iterator[Broken]:
    """Light and sound and nothing else: no warmth, no scent, nothing without a limit."""
    for state, _phase, point in _asked(ground):
        if point.output not in OUTPUTS:
            yield Broken(
                state, -1, ground.sounding(state), "", point.target, 0.0, "",
                f"the room is asked for {point.output}",
                "light and sound are all that has a limit", "take it out",
            )  # fmt: skip


def leases_bounded(ground: Ground) -> Iterator[Broken]:
    """Everything asked is a lease: it has an end, and whoever asks says all of it each time."""
    limits = ground.programme.limits
    for state, phase, point in _asked(ground):
        refused = refusal(_lease(replace(point, target=0.0), phase), limits, phase)
        if refused is not None and refused.limit in _LEASES:
            yield _lapsing(ground, state, point.output, refused.asked, refused.allowed)
    wanted = set(OUTPUTS)
    for number, said in enumerate(ground.explored.sayings):
        missing = sorted(wanted - {point.output for point in said})
        if missing:
            state = int(np.flatnonzero(ground.explored.says == number)[0])
            yield _lapsing(ground, state, missing[0], 0.0, 0.0)


def changes_gentle(ground: Ground, what: str) -> Iterator[Broken]:
    """Every change of a level: rises slow enough, falls quick enough, merged alone and shared.

    Args:
        ground: what was explored.
        what: ramp, flash, fade, gone, merge or stop: which of these to look at.
    """
    limits = ground.programme.limits
    safe = {point.output: point for point in ground.programme.safe}
    levels = {output: ground.level(output) for output in OUTPUTS}
    most = {output: float(level.max()) for output, level in levels.items()}
    looked_at = {"stop": ground.stops, "gone": ground.endings}.get(what, ground.changes)
    for here, event, there in looked_at:
        phase = int(ground.explored.phase[there])
        for point in ground.explored.sayings[ground.explored.says[there]]:
            if point.output not in safe or point.output not in OUTPUTS:
                continue
            currents = [float(levels[point.output][here])]
            if what in ("gone", "stop"):
                # It may still be fading from anything before, above this phase's limit or not.
                limit = ceiling(point.output, limits, phase)
                currents += [most[point.output], min(most[point.output], limit)]
            for current in dict.fromkeys(currents):
                change = Change(point, phase, current, limits, safe[point.output])
                found = _LOOKS[what](change)
                if found is not None:
                    yield _change_broken(ground, here, event, there, point, found)
                    break


# --- Looking at one change ---------------------------------------------------------------------


class Change:
    """One output's way from a level to what is asked of it now, alone and with neighbours."""

    def __init__(
        self, point: Setpoint, phase: int, current: float, limits: Limits, safe: Setpoint
    ) -> None:
        self.point, self.phase, self.current = point, phase, current
        self.limits, self.safe = limits, safe

    def shared(self) -> Iterator[tuple[int, Setpoint]]:
        """The room's phase and what the output does: alone, and beside each neighbour."""
        own = _lease(self.point, self.phase)
        yield self.phase, merge([own], self.limits, self.safe, self.current).setpoint
        for phase in range(len(PHASE_NAMES)):
            for wants in (ceiling(self.point.output, self.limits, phase), 1e6):
                other = _lease(replace(self.point, target=wants, ramp_s=600.0, what=""), phase)
                other = Lease("neighbour", other.setpoint, phase, other.until_s)
                room = min(self.phase, phase)
                yield room, merge([own, other], self.limits, self.safe, self.current).setpoint


Found = tuple[float, float, str, str, str]
"""What was found and allowed, in which unit, and both as clauses."""


def _from_dark(change: Change) -> Change:
    """The same from no more than safe: whoever acts twice at once acts before the first ramp."""
    current = min(change.current, change.safe.target)
    return Change(change.point, change.phase, current, change.limits, change.safe)


def _rises_slowly(change: Change) -> Found | None:
    change = _from_dark(change)
    asked, point = change.point.ramp_s, change.point
    floor_s = ramp_floor_s(point.output, change.limits, change.phase)
    for _, merged in change.shared():
        if merged.target > change.current:
            asked = min(asked, merged.ramp_s)
    if point.target <= change.current or asked >= floor_s:
        return None
    noun = NOUNS[point.output]
    return asked, floor_s, "s", f"{noun} rises within {asked:g} s", f"{floor_s:g} s is the quickest"


def _never_flashes(change: Change) -> Found | None:
    change = _from_dark(change)
    for _, merged in change.shared():
        if merged.target > change.current and merged.ramp_s < FLASH_MIN_S:
            found = (
                f"{NOUNS[change.point.output]} can come up in {merged.ramp_s:g} s, over and over"
            )
            return (
                merged.ramp_s,
                FLASH_MIN_S,
                "s",
                found,
                "more than one flash a second is too many",
            )
    return None


def _fades_in_time(change: Change) -> Found | None:
    for room, merged in change.shared():
        most = ceiling(change.point.output, change.limits, room)
        way = Ramp(change.current, merged.target, 0.0, merged.ramp_s)
        later = way.value_at(FALL_MAX_S)
        if later > most + NEAR:
            unit, noun = UNITS[change.point.output], NOUNS[change.point.output]
            found = f"{noun} is still at {later:g} {unit} when 3 min have passed"
            return later, most, unit, found, f"{_WHEN[room]} {most:g} {unit} is the most"
    return None


def _gone_in_time(change: Change) -> Found | None:
    """What is over is gone, and does not linger: only a light that is still asked for stays."""
    if change.point.target > change.safe.target:
        return None
    later = max(
        Ramp(change.current, merged.target, 0.0, merged.ramp_s).value_at(FALL_MAX_S)
        for _, merged in change.shared()
    )
    if later <= change.safe.target + NEAR:
        return None
    unit, noun = UNITS[change.point.output], NOUNS[change.point.output]
    found = f"{noun} is still at {later:.3g} {unit} when 3 min have passed"
    return later, change.safe.target, unit, found, "what is over is gone by then"


def lowest_wins(change: Change) -> Found | None:
    """What a neighbour could bring up, or None."""
    most = max(change.point.target, change.safe.target)
    for _, merged in change.shared():
        if merged.target > most + NEAR:
            unit = UNITS[change.point.output]
            found = (
                f"beside a neighbour {NOUNS[change.point.output]} is at {merged.target:g} {unit}"
            )
            return merged.target, most, unit, found, "the lowest of two wishes wins"
    return None


def _stops_at_once(change: Change) -> Found | None:
    for _, merged in change.shared():
        later = Ramp(change.current, merged.target, 0.0, merged.ramp_s).value_at(STOP_WITHIN_S)
        if later > change.safe.target + NEAR:
            unit, noun = UNITS[change.point.output], NOUNS[change.point.output]
            found = f"{noun} is still at {later:.3g} {unit} when 5 s have passed"
            return later, change.safe.target, unit, found, "a stop is dark and quiet within 5 s"
    return None


_LOOKS = {
    "ramp": _rises_slowly,
    "flash": _never_flashes,
    "fade": _fades_in_time,
    "gone": _gone_in_time,
    "merge": lowest_wins,
    "stop": _stops_at_once,
}


# --- What is asked, each once ------------------------------------------------------------------


def _asked(
    ground: Ground, among: np.ndarray[tuple[int], np.dtype[np.bool_]] | None = None
) -> Iterator[tuple[int, int, Setpoint]]:
    """Everything asked in each scene and phase, with the first state that asks it."""
    explored = ground.explored
    key = (explored.says * 8 + explored.phase).astype(np.int64) * 4096 + ground.column("scene")
    if among is not None:
        key = np.where(among, key, -1)
    _, firsts = np.unique(key, return_index=True)
    for state in sorted(int(first) for first in firsts):
        if key[state] < 0:
            continue
        for point in explored.sayings[explored.says[state]]:
            yield state, int(explored.phase[state]), point


def _lease(point: Setpoint, phase: int) -> Lease:
    return Lease("night", point, phase, point.lease_s)


def _too_much(ground: Ground, state: int, point: Setpoint, refused: Refusal, when: str) -> Broken:
    unit = UNITS[point.output]
    asked, most = refused.asked, refused.allowed
    mode = MODE_NAMES[ground.explored.states[state].mode]
    waits = " before anything has begun" if mode == "waiting" else ""
    return Broken(
        state, -1, ground.sounding(state), point.output, asked, most, unit,
        f"{NOUNS[point.output]} is at {asked:g} {unit}{waits}",
        f"{when} {most:g} {unit} is the most", f"write {most:g} {unit} or less",
    )  # fmt: skip


def _lapsing(ground: Ground, state: int, output: str, found: float, most: float) -> Broken:
    return Broken(
        state, -1, ground.sounding(state), output, found, 0.0 if most == inf else most, "s",
        f"what is asked of the {output} has no end of its own",
        "everything asked of a room lapses within 75 s unless it is asked again",
        "compile the score again",
    )  # fmt: skip


def _change_broken(
    ground: Ground, here: int, event: int, there: int, point: Setpoint, found: Found
) -> Broken:
    value, most, unit, what, rule = found
    mend = f"write over: {most:g} s or longer" if unit == "s" else "make the change quicker"
    return Broken(
        here, event, ground.sounding(there), point.output, value, most, unit, what, rule, mend
    )
