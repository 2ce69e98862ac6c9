"""The time axis of a night: elapsed time from left to right, labelled in local time.

Rule: positions are counted in UTC, so an hour is as wide as an hour even on the night the
clocks change; only the labels know the wall clock.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from evenfall.formats.errors import EvenfallError, Fault, Place

# A night, its evening and its morning fit in two days; more is a recording filed under the
# wrong date. This project's own choice.
SPAN_MAX = timedelta(hours=48)
MARGIN = timedelta(minutes=15)
_QUARTER = timedelta(minutes=15)  # every zone's offset today is a whole number of quarter hours
_LABEL_STEPS_H = (1, 2, 3, 4, 6, 12)


def in_zone(at: datetime, zone: tzinfo) -> datetime:
    """A time on the home's wall clock. A naive one is taken to be on it already."""
    return at.replace(tzinfo=zone) if at.tzinfo is None else at.astimezone(zone)


def in_utc(at: datetime, zone: tzinfo) -> datetime:
    """A time in UTC, where differences are true even across a change of clocks."""
    return in_zone(at, zone).astimezone(UTC)


def minutes_between(first: datetime, last: datetime) -> float:
    """Elapsed minutes between two aware times.

    Two times of one zone subtract as wall clocks do, so both go through UTC first.
    """
    return (last.astimezone(UTC) - first.astimezone(UTC)).total_seconds() / 60


@dataclass(frozen=True)
class Tick:
    """A full hour on the wall clock. The label is empty where there is no room for it."""

    x: float
    label: str
    midnight: datetime | None = None


@dataclass(frozen=True)
class ClockChange:
    """Where the wall clock jumps, and by how many minutes (forward is positive)."""

    x: float
    minutes: int


@dataclass(frozen=True)
class Axis:
    """Elapsed time from `start` to `end` (UTC), drawn from `left` to `right`."""

    start: datetime
    end: datetime
    left: float
    right: float
    zone: tzinfo

    def x(self, at: datetime) -> float:
        """Where a time stands."""
        share = (in_utc(at, self.zone) - self.start) / (self.end - self.start)
        return self.left + share * (self.right - self.left)


def axis_over(times: Iterable[datetime], zone: tzinfo, left: float, right: float) -> Axis:
    """The axis that holds all these times and a little margin.

    Raises:
        EvenfallError: the times lie more than two days apart.
    """
    instants = sorted(in_utc(at, zone) for at in times)
    first, last = instants[0], instants[-1]
    if last - first > SPAN_MAX:
        raise EvenfallError(_too_long(in_zone(first, zone), in_zone(last, zone)))
    return Axis(first - MARGIN, last + MARGIN, left, right, zone)


def _too_long(first: datetime, last: datetime) -> Fault:
    return Fault(
        f"one night reaches from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}",
        Place("the morning report"),
        f"a plan and a recording within {SPAN_MAX // timedelta(hours=1)} hours of each other",
        "file the recording under the night it belongs to",
    )


def hour_ticks(axis: Axis, label_width: float) -> tuple[Tick, ...]:
    """Every full local hour, labelled as often as there is room."""
    width_per_h = (axis.right - axis.left) * (timedelta(hours=1) / (axis.end - axis.start))
    step_h = next((h for h in _LABEL_STEPS_H if h * width_per_h >= label_width), 24)
    return tuple(
        Tick(
            x=axis.x(at),
            label=f"{local:%H:%M}" if local.hour % step_h == 0 else "",
            midnight=local if local.hour == 0 else None,
        )
        for at in _quarters(axis)
        if (local := in_zone(at, axis.zone)).minute == 0
    )


def clock_changes(axis: Axis) -> tuple[ClockChange, ...]:
    """Where the wall clock jumps within the axis."""
    quarters = tuple(_quarters(axis))
    offsets = [in_zone(at, axis.zone).utcoffset() or timedelta() for at in quarters]
    return tuple(
        ClockChange(axis.x(at), round((after - before).total_seconds() / 60))
        for at, before, after in zip(quarters[1:], offsets, offsets[1:], strict=False)
        if before != after
    )


def _quarters(axis: Axis) -> Iterable[datetime]:
    since_hour = timedelta(
        minutes=axis.start.minute, seconds=axis.start.second, microseconds=axis.start.microsecond
    )
    at = axis.start - since_hour
    while at <= axis.end:
        if at >= axis.start:
            yield at
        at += _QUARTER
