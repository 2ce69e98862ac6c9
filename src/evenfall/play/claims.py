"""What a night's state claims of its room: whether a dreamscape runs, and in which phase.

The runner leases by this, and the checker proves by the very same.
"""

from evenfall.records.night import ENDED, RUNNING, STOPPED, NightState
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import Programme


def is_immersed(programme: Programme, state: NightState) -> bool:
    """True while a dreamscape runs: not in a breather, not paused, not after a no."""
    running = state.mode == RUNNING and not state.breather_age_beats
    return running and programme.scenes[state.scene].kind == "immerse"


def phase_of(programme: Programme, state: NightState) -> int:
    """The phase a night's leases are for: asleep from the first lights-out, dawn only in it."""
    kind = programme.scenes[state.scene].kind
    if state.mode == RUNNING and kind == "wake":
        return DAWN
    if state.lights_out or kind == "quiet" or state.mode in (STOPPED, ENDED):
        return ASLEEP
    return WINDING_DOWN
