"""When what fails is an emergency, and no longer something a night goes on without.

A lamp that does not answer is noted, and the story goes on. Where nobody drives the room at all for
longer than a lease, or what is asked is refused again and again for as long, the house cannot keep
what it promised: that is told to an adult, once, and the room is left to itself.
"""

from collections.abc import Iterable

from evenfall.records.night import ENDED, WAITING, NightState
from evenfall.records.output import Refusal
from evenfall.records.programme import LEASE_S

REFUSALS_MIN = 3
"""How often one thing must be refused, over more than a lease: this project's own choice. Three
beats in a row are a minute, so that a room whose limits change for a moment is none."""

GONE, REFUSED = "the guard is gone", "the guard refuses"
"""What noticed it, as the event's `by` says it."""

_QUIET_ANYHOW = ("stopped", "too-often")
"""Refusals that are meant: someone stopped the room, or asked too much at once."""


class Failing:
    """Watches one night's outputs for what does not pass.

    Example:
        >>> watch, running = Failing(), NightState(mode=0)
        >>> [watch.look(running, at_s, gone=True) for at_s in (0.0, 60.0, 90.0, 120.0)]
        ['', '', 'the guard is gone', '']
    """

    def __init__(self) -> None:
        self._gone_since_s: float | None = None
        self._refused: dict[tuple[str, str], tuple[int, float, float]] = {}
        self._told = False

    def hear(self, refusals: Iterable[Refusal], now_s: float) -> None:
        """Take in what was refused.

        Args:
            refusals: each with its output and limit.
            now_s: the room's clock.
        """
        for one in refusals:
            if one.limit in _QUIET_ANYHOW:
                continue
            key = (one.output, one.limit)
            count, first_s, last_s = self._refused.get(key, (0, now_s, now_s))
            if now_s - last_s > LEASE_S:  # it passed in between
                count, first_s = 0, now_s
            self._refused[key] = (count + 1, first_s, now_s)

    def look(self, state: NightState, now_s: float, *, gone: bool) -> str:
        """Whether it has become an emergency, said once.

        Args:
            state: where the night is: before it has begun, and when it is over, nothing is lost.
            now_s: the room's clock.
            gone: true where nobody drives the room's outputs.

        Returns:
            What noticed it, or nothing.
        """
        if not gone:
            self._gone_since_s = None
        elif self._gone_since_s is None:
            self._gone_since_s = now_s
        if self._told or state.mode in (WAITING, ENDED):
            return ""
        why = GONE if self._is_gone(now_s) else REFUSED if self._is_refused() else ""
        self._told = bool(why)
        return why

    def _is_gone(self, now_s: float) -> bool:
        return self._gone_since_s is not None and now_s - self._gone_since_s > LEASE_S

    def _is_refused(self) -> bool:
        return any(
            count >= REFUSALS_MIN and last_s - first_s > LEASE_S
            for count, first_s, last_s in self._refused.values()
        )
