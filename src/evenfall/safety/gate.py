"""The gate: may this output be so bright or so loud, for these people, now?

A handful of predicates with no state and no settings. What is not allowed is refused with the
limit that refused it; no level is clamped, so that an author or a fault never hides behind a
quieter number. What is not a number, or has no end, is refused like what is too much.
"""

from math import inf

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease, Refusal
from evenfall.records.programme import LEASE_S, VOICE, Setpoint

_CEILINGS: dict[tuple[str, int], str] = {
    ("light", ASLEEP): "light_asleep_lx_medi",
    ("light", WINDING_DOWN): "light_awake_lx_medi",
    ("light", DAWN): "light_dawn_lx_medi",
    ("sound", ASLEEP): "sound_asleep_dba",
    ("sound", WINDING_DOWN): "sound_awake_dba",
    ("sound", DAWN): "sound_awake_dba",
}
_RAMP_FLOORS: dict[tuple[str, int], str] = {
    ("light", ASLEEP): "light_ramp_min_s",
    ("light", WINDING_DOWN): "light_ramp_min_s",
    ("light", DAWN): "dawn_ramp_min_s",
    ("sound", ASLEEP): "sound_ramp_min_s",
    ("sound", WINDING_DOWN): "sound_ramp_min_s",
    ("sound", DAWN): "sound_ramp_min_s",
}


def ceiling_name(output: str, phase: int) -> str:
    """Which limit caps an output in a phase. An output nobody knows has none, and is refused."""
    return _CEILINGS.get((output, phase), "")


def ceiling(output: str, limits: Limits, phase: int) -> float:
    """The most an output may do in a phase, in its unit; 0 for an output nobody knows."""
    name = ceiling_name(output, phase)
    return float(getattr(limits, name)) if name else 0.0


def fits(setpoint: Setpoint, limits: Limits, phase: int) -> bool:
    """True where the setpoint's target is within the limits of a phase.

    Example:
        >>> from evenfall.safety.limits import CHILD
        >>> fits(Setpoint("light", 5.0, 60.0, 75.0), CHILD, WINDING_DOWN)
        False
    """
    name = _binding(setpoint, limits, phase)
    return bool(name) and 0.0 <= setpoint.target <= getattr(limits, name)


def _binding(setpoint: Setpoint, limits: Limits, phase: int) -> str:
    """The lowest of the limits that cap a setpoint: a voice keeps its own beside the phase's."""
    name = ceiling_name(setpoint.output, phase)
    is_voice = setpoint.output == "sound" and setpoint.what == VOICE
    if name and is_voice and limits.voice_asleep_dba < getattr(limits, name):
        return "voice_asleep_dba"
    return name


def ramp_floor_s(output: str, limits: Limits, phase: int) -> float:
    """The shortest time in which an output may rise, in seconds."""
    name = _RAMP_FLOORS.get((output, phase), "")
    return float(getattr(limits, name)) if name else 0.0


def refusal(lease: Lease, limits: Limits, phase: int) -> Refusal | None:
    """Why a lease may not hold in a room's phase, or None where it may.

    Args:
        lease: the claim.
        limits: the strictest limits of everyone in the room.
        phase: the strictest phase of everyone in the room.
    """
    point = lease.setpoint
    if not fits(point, limits, phase):
        name = _binding(point, limits, phase)
        allowed = float(getattr(limits, name)) if name else 0.0
        return Refusal(lease.holder, point.output, point.target, allowed, name or "unknown-output")
    if not 0.0 <= point.ramp_s < inf:
        return Refusal(lease.holder, point.output, point.ramp_s, inf, "endless-ramp")
    if not 0.0 < point.lease_s <= LEASE_S:
        return Refusal(lease.holder, point.output, point.lease_s, LEASE_S, "endless-lease")
    return None
