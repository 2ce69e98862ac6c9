"""The one function that decides what a shared output does.

Rule: the lowest wins. A claim the gate refuses counts as safe, so a stop from anyone quiets the
output, a dawn waits for every sleeper, and the limits are those of the strictest in the room.
"""

from collections.abc import Sequence

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease, Merged
from evenfall.records.programme import Setpoint
from evenfall.safety.gate import ramp_floor_s, refusal


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
        time the limits allow.
    """
    if not leases:
        return Merged(setpoint=safe, holder="")
    phase = room_phase(leases)
    refusals = tuple(r for lease in leases if (r := refusal(lease, limits, phase)) is not None)
    refused = {r.holder for r in refusals}
    granted = [lease for lease in leases if lease.holder not in refused]
    winner = min(granted, key=lambda lease: lease.setpoint.target, default=None)
    if winner is None or (refused and safe.target <= winner.setpoint.target):
        return Merged(setpoint=safe, holder="", refusals=refusals)
    chosen = _unhurried(winner.setpoint, current, ramp_floor_s(safe.output, limits, phase))
    return Merged(setpoint=chosen, holder=winner.holder, refusals=refusals)


def _unhurried(setpoint: Setpoint, current: float, floor_s: float) -> Setpoint:
    """The same setpoint, its rise no faster than the floor; a fall is never slowed."""
    if setpoint.target <= current or setpoint.ramp_s >= floor_s:
        return setpoint
    return Setpoint(setpoint.output, setpoint.target, floor_s, setpoint.lease_s, setpoint.what)
