"""A room as a model: the leases on it, and the page and lamp that do as they are told.

`Room` is what the hub's own room keeper does (`runtime/room.py`), for one night and without a
port: leases in, `safety.merge` decides, ramps and lapses out. A test holds the two side by side.
The devices are a model (`Device`): a straight line to what was told, from wherever it stands.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, Lease, Refusal
from evenfall.records.programme import Setpoint
from evenfall.safety.gate import ramp_floor_s
from evenfall.safety.merge import merge
from evenfall.safety.ramp import Ramp

Tell = Callable[[str, float, float, float], bool]
"""Tells an output (name, target, ramp_s, now_s); False where it does not answer."""


class Room:
    """Holds one night's leases on a room's outputs and tells the outputs what comes of them.

    Args:
        limits: the limits of the strictest person who sleeps here.
        safe: what each output does when nobody may ask for more.
        tell: the lamps and speakers.
    """

    def __init__(self, limits: Limits, safe: Sequence[Setpoint], tell: Tell) -> None:
        self.limits = limits
        self.safe = {point.output: point for point in safe}
        self.unavailable: set[str] = set()
        self._tell = tell
        self._leases: dict[str, Lease] = {}
        self._ramps = {name: Ramp(p.target, p.target, 0.0, 0.0) for name, p in self.safe.items()}
        self._playing = dict.fromkeys(self.safe, "")
        self._renewed: tuple[Sequence[Setpoint], int] | None = None
        self._renewed_until_s = 0.0
        self._settled_s = 0.0

    def claim(self, setpoints: Sequence[Setpoint], phase: int, now_s: float) -> tuple[Refusal, ...]:
        """Take or renew the night's leases; its refusals come back, each with its reason."""
        if self._is_renewal(setpoints, phase, now_s):
            self._renewed_until_s = now_s + min(point.lease_s for point in setpoints)
            return ()
        self._write_renewed()
        for point in setpoints:
            self._leases[point.output] = Lease("night", point, phase, now_s + point.lease_s)
        refusals: list[Refusal] = []
        for output in dict.fromkeys(point.output for point in setpoints):
            refusals += self._settle(output, now_s)
        whole = {point.output for point in setpoints} == set(self._leases)
        self._renewed = (setpoints, phase) if whole and not refusals else None
        self._renewed_until_s = min(lease.until_s for lease in self._leases.values())
        self._settled_s = max(ramp.start_s + ramp.ramp_s for ramp in self._ramps.values())
        return tuple(refusals)

    def _is_renewal(self, setpoints: Sequence[Setpoint], phase: int, now_s: float) -> bool:
        """True where the very same is asked, all of it has been reached, and nothing would move."""
        held = self._renewed
        same = held is not None and held[0] is setpoints and held[1] == phase
        held_still = self._settled_s <= now_s <= self._renewed_until_s
        return same and held_still and not self.unavailable

    def _write_renewed(self) -> None:
        """Put the time that renewals gained into the leases themselves."""
        if self._renewed is not None:
            self._leases = {
                name: Lease(one.holder, one.setpoint, one.phase, self._renewed_until_s)
                for name, one in self._leases.items()
            }
            self._renewed = None

    @property
    def lapses_s(self) -> float:
        """When the first lease is over, if nobody renews it; never, where there is none."""
        if self._renewed is not None:
            return self._renewed_until_s
        return min((lease.until_s for lease in self._leases.values()), default=float("inf"))

    def tick(self, now_s: float) -> None:
        """Let what is over lapse."""
        self._write_renewed()
        lapsed = [name for name, lease in self._leases.items() if lease.until_s < now_s]
        for name in lapsed:
            del self._leases[name]
        for name in lapsed:
            self._settle(name, now_s)

    def release(self, now_s: float) -> None:
        """The night is over: its claims are gone."""
        self._renewed = None
        self._leases.clear()
        for name in self.safe:
            self._settle(name, now_s)

    def level(self, output: str, now_s: float) -> float:
        """Where an output was told to be now, its ramp considered."""
        return self._ramps[output].value_at(now_s)

    def _settle(self, output: str, now_s: float) -> tuple[Refusal, ...]:
        lease = self._leases.get(output)
        claims = [lease] if lease is not None and lease.until_s >= now_s else []
        current = self.level(output, now_s)
        merged = merge(claims, self.limits, self.safe[output], current)
        point = merged.setpoint
        ramp_s, changes = point.ramp_s, self._changes(output, point, current, now_s)
        if changes:
            self._ramps[output] = Ramp(current, point.target, now_s, ramp_s)
            self._playing[output] = point.what
        elif output in self.unavailable:
            # Said again, with what is left of its way: one begun anew each time never arrives.
            ramp = self._ramps[output]
            least_s = min(ramp_s, ramp_floor_s(output, self.limits, ASLEEP))
            ramp_s = max(ramp.start_s + ramp.ramp_s - now_s, least_s)
        if changes or output in self.unavailable:
            heard = self._tell(output, point.target, ramp_s, now_s)
            (self.unavailable.discard if heard else self.unavailable.add)(output)
        return merged.refusals

    def _changes(self, output: str, point: Setpoint, current: float, now_s: float) -> bool:
        ramp = self._ramps[output]
        if (point.target, point.what) != (ramp.target, self._playing[output]):
            return True
        sooner = now_s + point.ramp_s < ramp.start_s + ramp.ramp_s
        return sooner and point.target < current


class Device:
    """A lamp or speaker as a line of levels over time, in its output's unit.

    Args:
        value: where it stands at the beginning.
    """

    def __init__(self, value: float) -> None:
        self.at_s: list[float] = [0.0]
        self.levels: list[float] = [value]
        self.rises: list[tuple[float, float, float, float]] = []

    def level(self, now_s: float) -> float:
        """Where it stands."""
        after = bisect_right(self.at_s, now_s)
        if after == len(self.at_s):
            return self.levels[-1]
        start_s, end_s = self.at_s[after - 1], self.at_s[after]
        low, high = self.levels[after - 1], self.levels[after]
        return low + (high - low) * (now_s - start_s) / (end_s - start_s)

    def move(self, target: float, ramp_s: float, now_s: float) -> None:
        """Go to a level in a straight line; whatever was still to come is dropped."""
        level = self.level(now_s)
        keep = bisect_right(self.at_s, now_s)
        del self.at_s[keep:], self.levels[keep:]
        self._add(now_s, level)
        self._add(now_s + max(ramp_s, 0.001), target)
        if target > level:
            self.rises.append((now_s, level, target, ramp_s))

    def hold(self, now_s: float) -> None:
        """Stay where it stands."""
        self.move(self.level(now_s), 0.0, now_s)

    def _add(self, at_s: float, level: float) -> None:
        if at_s <= self.at_s[-1]:
            self.levels[-1] = level
        else:
            self.at_s.append(at_s)
            self.levels.append(level)
