"""May someone be distressed? A suspicion from heart and movement, and never an all-clear.

The rules, in order:

1. The person is compared with themselves: with the median and the spread of their own earlier
   nights. With fewer than three of those nothing is known, and nothing is said.
2. Suspected where heart *and* movement have both been far above their usual for five minutes; over
   when either has been near it for five. One suspicion an episode.
3. What is not measured is not known: a gap starts everything over, and is never shown as fine.
4. Only what is worn on the wrist is taken from a child, and nothing at all under twelve months.

This is no monitor: heart rate rises after a nightmare wakes someone and not before, ordinary
wakings look the same, and how many nightmares it would miss is not known (docs/why/emergencies.md).
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from math import isfinite, sqrt
from statistics import fmean, median
from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

from evenfall.records.base import Record
from evenfall.records.recording import CountsUnit, NightWindow, Recording
from evenfall.safety.limits import CHILD_UNDER_YEARS
from evenfall.sense.epochs import EPOCH_S, to_epochs_30s

NIGHTS_MIN, NIGHTS_MAX = 3, 10
"""A baseline is learned over 3 to 10 nights (docs/why/emergencies.md); the latest count."""

LEVEL_EPOCHS = 5 * 60 // EPOCH_S
"""Movement is added up over five minutes, since a night's epochs are mostly still and a median of
zeros tells nothing; and the root is taken, which evens out the spread of counts (Anscombe 1948).
The five minutes are this project's own choice."""

SUSPECTED_EPOCHS = OVER_EPOCHS = 5 * 60 // EPOCH_S
SUSPECTED_Z, OVER_Z = 7.0, 2.0
"""How far, in spreads, and for how long. Iglewicz and Hoaglin (1993) call an outlier what is 3.5
from the median; at that, an ordinary night had more than one suspicion, so it is twice that
(docs/benchmarks.md). Chosen with those nights in view: a description of them, not a test. So great
a rise is that of a sleep terror; a quiet nightmare is missed."""

_MAD, _MEAN_DEVIATION = 1.4826, 1.2533
"""Each makes of it a standard deviation, where values are normal (Iglewicz and Hoaglin 1993)."""

HEART_SPREAD_MIN, MOVEMENT_SPREAD_MIN = 0.05, 0.5
"""The least spread, as a share of the usual heart and in roots of counts: who is steadier than
that is not the more easily alarmed for it. This project's own choice."""

YOUNGEST_YEARS = 1.0
"""No wearable under twelve months (care rule 1)."""

Where = Literal["wrist", "bed"]
Status = Literal["not-known", "not-raised", "raised", "suspected"]
"""`not-raised` says that two numbers are not high, and nothing of how anyone is."""

WORN: dict[CountsUnit, Where] = {
    "actiwatch": "wrist",
    "actigraph": "wrist",
    "watch-smoothed": "wrist",
    "simulated": "wrist",
}
"""Where what gives these counts is; what is not here is taken from nobody."""


class Felt(NamedTuple):
    """What was measured in one 30 s epoch; None where nothing was."""

    heart: float | None
    movement: float | None


NOTHING = Felt(None, None)


class Usual(Record, frozen=True, kw_only=True):
    """What is usual for one person by one device, over their own earlier nights."""

    heart: Annotated[float, Meta(description="the median, in the device's own unit")]
    heart_spread: Annotated[float, Meta(description="the spread about it, in the same", gt=0)]
    movement: Annotated[float, Meta(description="the median of √(counts in five minutes)")]
    movement_spread: Annotated[float, Meta(description="the spread about it, in the same", gt=0)]
    nights: Annotated[int, Meta(description="how many nights it was learned from", ge=1)]
    epochs: Annotated[int, Meta(description="how many 30 s epochs of them had both", ge=1)]


def may_feel(age_years: float, where: Where) -> bool:
    """Whether what is measured there may be taken from someone of this age.

    Args:
        age_years: the person's age, at least.
        where: where the sensor is.

    Example:
        >>> may_feel(4, "wrist"), may_feel(4, "bed"), may_feel(40, "bed"), may_feel(0.5, "wrist")
        (True, False, True, False)
    """
    grown = age_years >= CHILD_UNDER_YEARS
    return age_years >= YOUNGEST_YEARS and (grown or where == "wrist")


# --- What is usual -------------------------------------------------------------------------------


def usual(nights: Sequence[Sequence[Felt]]) -> Usual | None:
    """What is usual for someone, from their own earlier nights.

    Args:
        nights: each night's epochs from lights-out to getting up, the latest night last. A night
            with nothing measured is none.

    Returns:
        None where there are fewer than `NIGHTS_MIN`: then nothing is known.
    """
    levels = [found for found in (_levels(night) for night in nights) if found][-NIGHTS_MAX:]
    return _usual(levels) if len(levels) >= NIGHTS_MIN else None


def usual_of(nights: Sequence[Sequence[Felt]]) -> Usual | None:
    """The same of however few nights, for whoever measures the rule itself; None without any."""
    levels = [found for found in (_levels(night) for night in nights) if found]
    return _usual(levels) if levels else None


def _usual(nights: Sequence[Sequence[tuple[float, float]]]) -> Usual:
    hearts = [heart for night in nights for heart, _ in night]
    movements = [movement for night in nights for _, movement in night]
    heart = median(hearts)
    return Usual(
        heart=heart,
        heart_spread=max(_spread(hearts), HEART_SPREAD_MIN * abs(heart), 1e-9),
        movement=median(movements),
        movement_spread=max(_spread(movements), MOVEMENT_SPREAD_MIN),
        nights=len(nights),
        epochs=len(hearts),
    )


def _spread(values: Sequence[float]) -> float:
    """By the median of the distances from the median, or where most are none, by their mean."""
    middle = median(values)
    away = [abs(value - middle) for value in values]
    return _MAD * median(away) or _MEAN_DEVIATION * fmean(away)


def _levels(night: Iterable[Felt]) -> list[tuple[float, float]]:
    """Heart and movement of each epoch for which both are known."""
    level = _Level()
    return [found for found in map(level.feed, night) if found is not None]


class _Level:
    """Heart now and movement over the last five minutes, once these are whole."""

    def __init__(self) -> None:
        self._counts: deque[float] = deque(maxlen=LEVEL_EPOCHS)

    def feed(self, felt: Felt) -> tuple[float, float] | None:
        """The next epoch's levels; None where anything of them was not measured."""
        heart, movement = felt
        if heart is None or movement is None or not (isfinite(heart) and 0 <= movement < 1e12):
            self._counts.clear()
            return None
        self._counts.append(movement)
        if len(self._counts) < LEVEL_EPOCHS:
            return None
        return heart, sqrt(sum(self._counts))


# --- The watch -----------------------------------------------------------------------------------


class DistressWatch:
    """Held against one person's usual, one 30 s epoch at a time, as they come.

    Args:
        known: what is usual for them, or None where nobody knows.

    Example:
        >>> watch = DistressWatch(None)
        >>> watch.feed(Felt(140.0, 900.0))
        'not-known'
    """

    def __init__(self, known: Usual | None) -> None:
        self.usual = known
        self._level = _Level()
        self._high = self._low = 0
        self._suspected = False

    def feed(self, felt: Felt) -> Status:
        """Take the next epoch.

        Args:
            felt: what was measured in it; `NOTHING` where nothing was.

        Returns:
            suspected for as long as an episode lasts. `not-known` is no better news than that.
        """
        level = self._level.feed(felt)
        if self.usual is None or level is None:
            self._high = self._low = 0
            self._suspected = False
            return "not-known"
        least = min(_away(self.usual, level))
        if self._suspected:
            self._low = self._low + 1 if least < OVER_Z else 0
            self._suspected = self._low < OVER_EPOCHS
            self._high = 0
        else:
            self._high = self._high + 1 if least >= SUSPECTED_Z else 0
            self._suspected = self._high >= SUSPECTED_EPOCHS
            self._low = 0
        if self._suspected:
            return "suspected"
        return "raised" if least >= SUSPECTED_Z else "not-raised"


def _away(known: Usual, level: tuple[float, float]) -> tuple[float, float]:
    """How many spreads above their usual heart and movement are."""
    heart, movement = level
    return (
        (heart - known.heart) / known.heart_spread,
        (movement - known.movement) / known.movement_spread,
    )


def suspected_at(known: Usual | None, night: Iterable[Felt]) -> tuple[int, ...]:
    """The epochs at whose end a suspicion begins, as a running night would have it.

    Args:
        known: what is usual for them.
        night: the epochs, in order, from the first of the night.
    """
    watch = DistressWatch(known)
    said: Iterator[Status] = map(watch.feed, night)
    pairs = pairwise(("not-known", *said))
    return tuple(index for index, (was, now) in enumerate(pairs) if now == "suspected" != was)


# --- From a recording ----------------------------------------------------------------------------


def felt(recording: Recording, age_years: float) -> tuple[Felt, ...]:
    """Heart and movement of a recording, for each 30 s from its start.

    Args:
        recording: any.
        age_years: the age of whose it is, at least.

    Returns:
        Empty where it has not both, or may not be taken from them.
    """
    where = WORN.get(recording.counts_unit) if recording.counts_unit else None
    if where is None or not may_feel(age_years, where):
        return ()
    if recording.heart_rate_feature is None or recording.epoch_s != EPOCH_S:
        return ()
    counts = to_epochs_30s(recording)
    return tuple(map(Felt, recording.heart_rate_feature, counts))


def night_felt(recording: Recording, window: NightWindow, age_years: float) -> tuple[Felt, ...]:
    """The same for the part of a recording that one night covers."""
    return felt(recording, age_years)[window.first_epoch : window.last_epoch]


def is_alike(one: Recording, other: Recording) -> bool:
    """True where two recordings' numbers may be held against each other: one kind of device."""
    return (one.device, one.counts_unit, one.format) == (
        other.device, other.counts_unit, other.format,
    )  # fmt: skip
