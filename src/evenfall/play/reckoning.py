"""A night's own time: the wall clock, for as long as the machine's own seconds agree with it.

A wall clock may be set under a night: by a person, by a network that is right, by one that is not,
and nobody can tell which. The machine's own seconds only go on. Where the two part by more than a
beat, the night goes on by the machine's own, until the clock agrees again: no beat is lost or
counted twice, and nobody is put to bed or woken by a clock that was set.

Wall seconds are what the wall clock shows since the night began, own seconds since any moment.
"""

from typing import NamedTuple

from evenfall.records.programme import BEAT_S, LEASE_S

APART_S = float(BEAT_S)
"""The clocks of a machine stay closer than this all night, corrected or not: a crystal is off by
seconds a day, and a clock that is slewed goes at most 0.05 % faster or slower. A beat that comes
later by as much is still within its lease. This project's own choice."""


class Reckoning(NamedTuple):
    """When both clocks were last compared."""

    wall_s: float
    own_s: float
    ahead_s: float = 0.0  # the wall clock, of the night


def night_s(reckoning: Reckoning, wall_s: float, own_s: float) -> float:
    """How far the night is.

    Args:
        reckoning: when both clocks were last compared.
        wall_s: what the wall clock shows now.
        own_s: the machine's own seconds now.

    Returns:
        Seconds since it began; below zero before.

    Example:
        >>> night_s(Reckoning(wall_s=600.0, own_s=50.0), wall_s=670.0, own_s=110.0)
        670.0
        >>> night_s(Reckoning(wall_s=600.0, own_s=50.0), wall_s=4260.0, own_s=110.0)
        660.0
    """
    reckoned_s = reckoning.wall_s + own_s - reckoning.own_s
    agree = abs(wall_s - reckoned_s) <= APART_S
    return (wall_s if agree else reckoned_s) - reckoning.ahead_s


def ahead_s(beat: int, wall_s: float) -> float:
    """How far the wall clock was ahead of a night by a row of its log; 0 where it was not set.

    Args:
        beat: the row's.
        wall_s: when it was written, by the wall clock.

    Example:
        >>> ahead_s(100, 3040.0), ahead_s(100, 6640.0), ahead_s(100, -560.0)
        (0.0, 3640.0, -3560.0)
    """
    apart_s = wall_s - beat * BEAT_S
    return apart_s if abs(apart_s) > LEASE_S else 0.0  # a row may stand a beat or two after its own
