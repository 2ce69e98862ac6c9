"""The field's own sleep statistics, from a hypnogram of one time in bed.

Definitions follow the AASM manual (Iber 2007) as YASA computes them, and equal YASA's numbers.
An unscored epoch is neither wake nor sleep: it adds to the time in bed and to the sleep period
it lies in, and to nothing else.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from evenfall.formats.language import say
from evenfall.records.insight import Statistic
from evenfall.records.recording import Hypnogram, Stage

NOT_SCORED = "not measured: no epoch was scored"
NO_SLEEP = "none: no sleep was scored"
BED_UNKNOWN = "not measured: when the light went out is only estimated"
NO_DEPTH = "not measured: sleep was told from wake, its depth was not"
NO_REM = "none: no R was scored"

_DEPTHS: tuple[Stage, ...] = ("N1", "N2", "N3", "R")


class _Night(NamedTuple):
    stages: tuple[Stage | None, ...]
    epoch_min: float
    asleep: tuple[int, ...]
    scored: int

    @property
    def period(self) -> tuple[Stage | None, ...]:
        """From the first to the last epoch of sleep."""
        return self.stages[self.asleep[0] : self.asleep[-1] + 1] if self.asleep else ()

    @property
    def sleep_min(self) -> float:
        return len(self.asleep) * self.epoch_min

    @property
    def bed_min(self) -> float:
        return len(self.stages) * self.epoch_min


class _Found(NamedTuple):
    """A value, or the reason there is none."""

    name: str
    value: float | None
    why: str = ""


def sleep_statistics(hypnogram: Hypnogram, *, bed_times_known: bool) -> tuple[Statistic, ...]:
    """The statistics of one night, always the same sixteen in the same order.

    Args:
        hypnogram: from lights-out to getting up, or as near as anyone knows.
        bed_times_known: true where someone noted when the light went out; where nobody did,
            TIB, SOL and SE have no value, since they would be a guess.

    Returns:
        TIB, SPT, SOL, WASO, TST in minutes; SE in % of TIB; awakenings as a count of times
        awake, where one lasts until the next epoch of sleep; N1, N2, N3 and R in minutes and in
        % of TST; REM latency in minutes from sleep onset. Each with its source, or with no value
        and the reason.
    """
    stages = hypnogram.stages
    asleep = tuple(i for i, stage in enumerate(stages) if stage not in (None, "W"))
    scored = sum(stage is not None for stage in stages)
    night = _Night(stages, hypnogram.epoch_s / 60, asleep, scored)
    return tuple(
        _statistic(found, night, hypnogram.source)
        for found in (*_times(night, bed_times_known), *_depths(night), _rem_latency(night))
    )


def _statistic(found: _Found, night: _Night, source: str) -> Statistic:
    unscored_min = (len(night.stages) - night.scored) * night.epoch_min
    if not night.scored:
        found = _Found(found.name, None, NOT_SCORED)
    how = f"counted from the stages ({source}), as the AASM defines it"
    if unscored_min and found.value is not None:
        how += f"; {unscored_min:g} min were not scored and count as neither wake nor sleep"
    return Statistic(
        name=found.name,
        value=found.value,
        unit=_unit(found.name),
        words=say(f"statistic.{found.name}"),
        source=found.why if found.value is None else how,
    )


def _unit(name: str) -> str:
    if name == "awakenings":
        return "count"
    return "%" if name == "SE" or name.startswith("%") else "min"


def _times(night: _Night, bed_times_known: bool) -> Iterator[_Found]:
    onset_min = night.asleep[0] * night.epoch_min if night.asleep else None
    period = night.period
    yield _if_known("TIB", night.bed_min, bed_times_known)
    yield _Found("SPT", len(period) * night.epoch_min)
    yield _if_known("SOL", onset_min, bed_times_known)
    yield _if_slept("WASO", period.count("W") * night.epoch_min, night)
    yield _Found("TST", night.sleep_min)
    efficiency = 100 * night.sleep_min / night.bed_min if night.stages else None
    yield _if_known("SE", efficiency, bed_times_known)
    yield _if_slept("awakenings", _awakenings(period), night)


def _if_known(name: str, value: float | None, bed_times_known: bool) -> _Found:
    return _Found(name, value, NO_SLEEP) if bed_times_known else _Found(name, None, BED_UNKNOWN)


def _if_slept(name: str, value: float, night: _Night) -> _Found:
    return _Found(name, value) if night.asleep else _Found(name, None, NO_SLEEP)


def _awakenings(period: tuple[Stage | None, ...]) -> int:
    """How often sleep turned to wake. Unscored epochs between neither end nor begin one."""
    scored = [stage for stage in period if stage is not None]
    return sum(before != "W" and after == "W" for before, after in pairwise(scored))


def _depths(night: _Night) -> Iterator[_Found]:
    if "S" in night.stages:
        yield from (_Found(name, None, NO_DEPTH) for name in _DEPTHS)
        yield from (_Found(f"%{name}", None, NO_DEPTH) for name in _DEPTHS)
        return
    epochs = {name: night.stages.count(name) for name in _DEPTHS}
    yield from (_Found(name, epochs[name] * night.epoch_min) for name in _DEPTHS)
    slept = max(len(night.asleep), 1)
    yield from (_if_slept(f"%{name}", 100 * epochs[name] / slept, night) for name in _DEPTHS)


def _rem_latency(night: _Night) -> _Found:
    if "S" in night.stages:
        return _Found("REM latency", None, NO_DEPTH)
    if "R" not in night.stages:
        return _Found("REM latency", None, NO_REM)
    # The AASM counts from sleep onset; YASA's Lat_REM counts from the recording's start.
    return _Found("REM latency", (night.stages.index("R") - night.asleep[0]) * night.epoch_min)
