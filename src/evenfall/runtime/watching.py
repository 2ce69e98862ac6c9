"""Watching the sleepers of a live room, from whatever gives heart and movement while it runs.

One epoch at a time, as it comes; only whose light is out and whose dawn has not come is watched,
since anyone else moves about. What is lost is fed as nothing, which starts everything over.
"""

from collections.abc import Callable, Sequence

from evenfall.play.claims import phase_of
from evenfall.records.night import ENDED
from evenfall.records.output import ASLEEP
from evenfall.records.recording import CountsUnit
from evenfall.runtime.night_runner import NightRunner
from evenfall.sense.distress import NOTHING, WORN, DistressWatch, Felt, Usual, may_feel

Known = Callable[[int, CountsUnit], Usual | None]
"""What is usual for a sleeper, by place, in the counts of one kind of device."""

NOTICED_BY = "heart and movement"


class Watching:
    """The watches of one room's night.

    Args:
        ages_years: how old each sleeper is, at least.
        known: what is usual for each of them; asked once for each kind of device.
    """

    def __init__(self, ages_years: Sequence[float], known: Known) -> None:
        self._ages_years, self._known = ages_years, known
        self._watches: dict[tuple[int, CountsUnit], DistressWatch] = {}
        self._suspected: set[tuple[int, CountsUnit]] = set()

    def feel(self, runner: NightRunner, sleeper: int, felt: Felt, unit: CountsUnit) -> bool:
        """Take what was measured of a sleeper in one 30 s epoch.

        Args:
            runner: the room's night.
            sleeper: whose, by place.
            felt: what was measured; None in it where nothing was.
            unit: whose counts its movement is in.

        Returns:
            True where a suspicion begins, once an episode.
        """
        where = WORN.get(unit)
        if where is None or not may_feel(self._ages_years[sleeper], where):
            return False
        key = (sleeper, unit)
        if key not in self._watches:
            self._watches[key] = DistressWatch(self._known(*key))
        is_now = self._watches[key].feed(felt if is_watched(runner, sleeper) else NOTHING)
        begins = is_now == "suspected" and key not in self._suspected
        (self._suspected.add if is_now == "suspected" else self._suspected.discard)(key)
        return begins


def is_watched(runner: NightRunner, sleeper: int) -> bool:
    """True for who is in bed with the light out, until the dawn, and by a sensor that is there."""
    state = runner.state
    in_bed = bool(state.lights_out >> sleeper & 1) and sleeper not in runner.up
    night = state.mode != ENDED and phase_of(runner.programme, state) == ASLEEP
    return in_bed and night and not state.lost >> sleeper & 1
