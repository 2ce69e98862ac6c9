"""A change over time: from where an output was to where it is to be, in a straight line."""

import msgspec


class Ramp(msgspec.Struct, frozen=True):
    """One output's movement. Times are on the room's own clock, in seconds."""

    start_value: float
    target: float
    start_s: float
    ramp_s: float

    def value_at(self, now_s: float) -> float:
        """Where the output is at a moment.

        Example:
            >>> Ramp(10.0, 0.0, 0.0, 20.0).value_at(5.0)
            7.5
        """
        if self.ramp_s <= 0.0 or now_s >= self.start_s + self.ramp_s:
            return self.target
        share = max(0.0, now_s - self.start_s) / self.ramp_s
        return self.start_value + (self.target - self.start_value) * share
