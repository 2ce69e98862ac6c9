"""What a night's state claims of its room: whether a dreamscape runs, and in which phase.

The runner leases by this, and the checker proves by the very same.
"""

from evenfall.play.step import GAP_BEATS_MAX
from evenfall.records.night import (
    ENDED,
    RUNNING,
    STOPPED,
    AnyEvent,
    BeatsMissed,
    Emergency,
    NightState,
)
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


def is_still_awake(
    programme: Programme, before: NightState, event: AnyEvent, after: NightState, was: bool
) -> bool:
    """True where the evening broke off before anyone was asleep, until a light goes out.

    The quiet that an emergency or a gap leads to is not yet anyone's sleep. What a room once
    claimed for a sleeper it keeps all night (the guard's rule), so an adult who begins anew would
    find it dark.

    Args:
        programme: what runs.
        before: the state the event was taken in.
        event: what happened.
        after: the state it led to.
        was: whether it was so before.
    """
    if after.mode != RUNNING or after.lights_out or after.scene != programme.quiet_scene:
        return False
    broke = isinstance(event, Emergency) or (
        isinstance(event, BeatsMissed) and event.beats > GAP_BEATS_MAX
    )
    return was or (broke and phase_of(programme, before) == WINDING_DOWN)
