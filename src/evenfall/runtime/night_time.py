"""What time it is for one night, by the machine's clocks (`play.reckoning` has the rule)."""

from datetime import datetime, timedelta

from evenfall.play.reckoning import Reckoning, ahead_s, night_s
from evenfall.ports.clock import Clock
from evenfall.records.night import LogRow, Night
from evenfall.records.programme import BEAT_S


class NightTime:
    """A night's own time.

    Args:
        night: the night.
        clock: the machine's.
    """

    def __init__(self, night: Night, clock: Clock) -> None:
        self._start_utc, self._clock = night.start_utc, clock
        self.believe()

    def believe(self) -> None:
        """Take the wall clock at its word, as before anything has happened in the night."""
        self._reckoning = Reckoning(self._wall_s(), self._clock.monotonic_s())

    def take_up(self, last: LogRow) -> float:
        """Go on as the log does: a clock that was set by then is as far off as its last row says.

        Args:
            last: the last row.

        Returns:
            How long ago that was, in seconds; below zero where the clock was set back since.
        """
        self.believe()
        last_s = (last.wall_utc - self._start_utc).total_seconds()
        self._reckoning = self._reckoning._replace(ahead_s=ahead_s(last.beat, last_s))
        return self._wall_s() - last_s

    def now_utc(self) -> datetime:
        """The night's own time of day, aware."""
        return self._start_utc + timedelta(seconds=self._night_s())

    def beat(self) -> int:
        """The beat it is; below zero before the night begins."""
        return int(self._night_s() // BEAT_S)

    def left_s(self, beat: int) -> float:
        """How long until a beat begins; zero or less where it has."""
        return beat * BEAT_S - self._night_s()

    def is_due_by_every_clock(self, beat: int) -> bool:
        """True where the night's time and the wall clock both say that a beat has come."""
        return self.left_s(beat) <= 0 and beat * BEAT_S <= self._wall_s()

    def _night_s(self) -> float:
        return night_s(self._reckoning, self._wall_s(), self._clock.monotonic_s())

    def _wall_s(self) -> float:
        return (self._clock.now_utc() - self._start_utc).total_seconds()
