"""The one function that decides what a shared output does.

Rule: the lowest wins, and on the way there too: the output never goes above any one claim's own
way. A claim the gate refuses counts as safe, so a stop from anyone quiets the output, a dawn
waits for every sleeper, and the limits are those of the strictest in the room.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease, Merged
from evenfall.records.programme import Setpoint
from evenfall.safety.gate import ceiling, ramp_floor_s, refusal

FALL_MAX_S = 180.0
"""The longest an output may stay above the limit of a phase that has just begun: a fade of 3 min
at lights-out (this project's own choice)."""


def room_phase(leases: Sequence[Lease]) -> int:
    """The phase that binds a room: asleep if anyone is; dawn only when it is dawn for everyone.

    Example:
        >>> room_phase([])  # nobody claims anything: treat the room as a sleeper's
        0
    """
    phases = {lease.phase for lease in leases}
    if not phases or ASLEEP in phases:
        return ASLEEP
    return WINDING_DOWN if WINDING_DOWN in phases else DAWN


def merge(leases: Sequence[Lease], limits: Limits, safe: Setpoint, current: float = 0.0) -> Merged:
    """What one output does, all claims on it considered.

    Args:
        leases: every claim on this output that has not lapsed, at most one a night.
        limits: the strictest limits of everyone in the room.
        safe: what the output does when nobody may ask for more.
        current: where the output is now, in its unit, so that a rise can be told from a fall.

    Returns:
        The winning setpoint, whose it is, and every refusal. Its target is never above any
        granted claim's and never above the room's limit; a rise takes at least the shortest
        time the limits allow, a fall no longer than the quickest claim that wants one.
    """
    phase = room_phase(leases)
    refusals = tuple(r for lease in leases if (r := refusal(lease, limits, phase)) is not None)
    refused = {r.holder for r in refusals}
    granted = [lease for lease in leases if lease.holder not in refused]
    winner = min(granted, key=_lowest, default=None)
    if winner is None or (refused and safe.target <= winner.setpoint.target):
        chosen, holder = safe, ""
    else:
        chosen, holder = winner.setpoint, winner.holder
    points = [lease.setpoint for lease in granted]
    if len(points) < len(leases) or not leases:
        points.append(safe)
    if chosen.target > current:
        ramp_s = _rise_s(points, ramp_floor_s(safe.output, limits, phase))
    else:
        ramp_s = _fall_s(points, chosen, current, ceiling(safe.output, limits, phase))
    return Merged(setpoint=replace(chosen, ramp_s=ramp_s), holder=holder, refusals=refusals)


def _lowest(lease: Lease) -> tuple[float, str]:
    """The lowest level first; among equals by name, so that the order of claims is nothing."""
    return lease.setpoint.target, lease.holder


def _rise_s(points: Sequence[Setpoint], floor_s: float) -> float:
    """As slow as the slowest claim, and never faster than the floor."""
    return max(floor_s, *(point.ramp_s for point in points))


def _fall_s(points: Sequence[Setpoint], chosen: Setpoint, current: float, most: float) -> float:
    """As quick as the quickest claim that wants less; what is over the limit may not linger."""
    falling = [point.ramp_s for point in points if point.target < current]
    ramp_s = min(falling, default=chosen.ramp_s)
    return min(ramp_s, FALL_MAX_S) if current > most else ramp_s
