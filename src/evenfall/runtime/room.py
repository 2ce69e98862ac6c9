"""One room's outputs: leases in, merged, one level out.

A hub that is served has the guard here, a process of its own. A night that is only rehearsed has
`RoomKeeper`, which does in memory what the guard does: leases lapse, the lowest wins, the gate
refuses, and whatever is in doubt goes to safe.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import Protocol

from msgspec.structs import replace

from evenfall.ports.outputs import Outputs, OutputUnavailableError
from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, Lease, Refusal
from evenfall.records.programme import Setpoint
from evenfall.safety.gate import ramp_floor_s
from evenfall.safety.merge import merge
from evenfall.safety.ramp import Ramp


class Room(Protocol):
    """What a night asks of its room's outputs."""

    limits: Limits

    @property
    def unavailable(self) -> AbstractSet[str]:
        """The kinds of output that do not answer."""

    @property
    def gone(self) -> bool:
        """True where nobody drives them at all."""

    def claim(
        self, holder: str, setpoints: Sequence[Setpoint], phase: int, now_s: float
    ) -> tuple[Refusal, ...]:
        """Take or renew a night's leases; what is known to be refused comes back."""

    def tick(self, now_s: float) -> None:
        """Let what is over lapse."""

    def release(self, holder: str, now_s: float) -> None:
        """A night is over: its claims are gone."""


class RoomKeeper:
    """Holds every lease on a room's outputs and tells the outputs what comes of them.

    Args:
        limits: the limits of the strictest person who sleeps here.
        safe: what each output does when nobody may ask for more.
        outputs: the lamps and speakers.
    """

    def __init__(self, limits: Limits, safe: Sequence[Setpoint], outputs: Outputs) -> None:
        self.limits = limits
        self.safe = {setpoint.output: setpoint for setpoint in safe}
        self.outputs = outputs
        self._unavailable: set[str] = set()
        self._leases: dict[tuple[str, str], Lease] = {}
        self._ramps = {
            name: Ramp(point.target, point.target, 0.0, 0.0) for name, point in self.safe.items()
        }
        self._playing = dict.fromkeys(self.safe, "")

    @property
    def unavailable(self) -> AbstractSet[str]:
        """The kinds of output that do not answer."""
        return self._unavailable

    @property
    def gone(self) -> bool:
        """Never: it is here, in memory."""
        return False

    def claim(
        self, holder: str, setpoints: Sequence[Setpoint], phase: int, now_s: float
    ) -> tuple[Refusal, ...]:
        """Take or renew a night's leases.

        Args:
            holder: the night, by id.
            setpoints: what it asks for.
            phase: its sleepers' phase (`records.output`).
            now_s: the room's clock.

        Returns:
            This holder's refusals, each with its reason; a refused claim counts as safe.
        """
        for point in setpoints:
            lease = Lease(holder, point, phase, now_s + point.lease_s)
            self._leases[holder, point.output] = lease
        refusals: list[Refusal] = []
        for output in dict.fromkeys(point.output for point in setpoints):
            refusals += [r for r in self._settle(output, now_s) if r.holder == holder]
        return tuple(refusals)

    def tick(self, now_s: float) -> None:
        """Let what is over lapse. Called at least once a second when a night is live."""
        lapsed = [key for key, lease in self._leases.items() if lease.until_s < now_s]
        for key in lapsed:
            del self._leases[key]
        for output in {output for _, output in lapsed}:
            self._settle(output, now_s)

    def release(self, holder: str, now_s: float) -> None:
        """A night is over: its claims are gone."""
        for key in [key for key in self._leases if key[0] == holder]:
            del self._leases[key]
        for output in self.safe:
            self._settle(output, now_s)

    def level(self, output: str, now_s: float) -> float:
        """Where an output is now, its ramp considered, in its unit."""
        return self._ramps[output].value_at(now_s)

    def _settle(self, output: str, now_s: float) -> tuple[Refusal, ...]:
        """Merge the claims on one output and, where that changes anything, tell it."""
        safe = self.safe.get(output)
        if safe is None:
            claims = [lease for (_, name), lease in self._leases.items() if name == output]
            return merge(claims, self.limits, Setpoint(output, 0.0, 0.0, 0.0)).refusals
        claims = [
            lease
            for (_, name), lease in self._leases.items()
            if name == output and lease.until_s >= now_s
        ]
        current = self.level(output, now_s)
        merged = merge(claims, self.limits, safe, current)
        if self._changes(output, merged.setpoint, current, now_s):
            point = merged.setpoint
            self._ramps[output] = Ramp(current, point.target, now_s, point.ramp_s)
            self._playing[output] = point.what
            self._tell(output, point)
        elif output in self.unavailable:
            # Said again, with what is left of its way: one begun anew each time never arrives.
            point, ramp = merged.setpoint, self._ramps[output]
            left_s = ramp.start_s + ramp.ramp_s - now_s
            least_s = min(point.ramp_s, ramp_floor_s(output, self.limits, ASLEEP))
            self._tell(output, replace(point, ramp_s=max(left_s, least_s)))
        return merged.refusals

    def _changes(self, output: str, point: Setpoint, current: float, now_s: float) -> bool:
        """True for another level or sound, and for a quicker way down to the same one.

        A renewal asks for what is already under way and must not start its ramp anew; a stop in
        the middle of a long fade must not wait for the fade.
        """
        ramp = self._ramps[output]
        if (point.target, point.what) != (ramp.target, self._playing[output]):
            return True
        sooner = now_s + point.ramp_s < ramp.start_s + ramp.ramp_s
        return sooner and point.target < current

    def _tell(self, output: str, point: Setpoint) -> None:
        try:
            self.outputs.apply(output, point.target, point.ramp_s, point.what)
            self._unavailable.discard(output)
        except OutputUnavailableError:
            self._unavailable.add(output)  # the night goes on; the runner notes it
