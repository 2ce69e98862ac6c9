"""How often one machine may ask: a bucket each, filled evenly, never fuller than a minute's asks.

Whoever asks in haste is held back for a moment and not for the rest of the minute: a child who taps
a hundred times has the next tap a quarter of a second later.
"""

from collections import OrderedDict
from collections.abc import Callable

MACHINES_MAX = 256
"""How many machines are counted at once; the one that was quiet longest is forgotten first."""


class Rate:
    """Counts what each machine asks for.

    Args:
        now_s: a clock, in seconds.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.now_s = now_s
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, asker: str, per_min: int) -> bool:
        """Whether one more fits; what is refused counts not.

        Args:
            asker: which machine, by its address.
            per_min: how many it may ask for in a minute, all of them at once if need be.
        """
        now_s = self.now_s()
        left, seen_s = self._left.pop(asker, (float(per_min), now_s))
        left = min(float(per_min), left + (now_s - seen_s) * per_min / 60.0)
        allowed = left >= 1.0
        self._left[asker] = (left - 1.0 if allowed else left, now_s)
        if len(self._left) > MACHINES_MAX:
            self._left.popitem(last=False)
        return allowed
