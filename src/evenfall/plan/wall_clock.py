"""Times on the wall clock, made into instants, on any night of any zone.

Instants are kept in UTC until the very end: two aware datetimes of one zone compare by their
wall clocks, which is wrong across a clock change. A skipped time moves forward by the gap; a
time that happens twice is its first.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Literal

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.quantity import clock_min
from evenfall.plan.reasons import because
from evenfall.records.base import LocalTime
from evenfall.records.plan import Reason

_NOON = "12:00"
_YEARS = range(1900, 2200)  # this project's own choice: no zone data means anything beyond
_CLOCKS = "the zone's own clock changes (IANA time zone data); this project's own choice"
_STEP_MIN = 5  # lights-out is said in steps of five minutes: this project's own choice


@dataclass(frozen=True)
class WallTime:
    """A wall-clock time of a day, as an instant."""

    at: datetime  # UTC
    clock: LocalTime
    how: Literal["plain", "skipped", "doubled"]


@dataclass(frozen=True)
class NightFrame:
    """The night that is planned: its date, its zone, and the noons it lies between (UTC)."""

    night: date
    morning: date
    zone: tzinfo
    noon: datetime
    noon_after: datetime


def on_the_clock(day: date, clock: LocalTime, zone: tzinfo) -> WallTime:
    """The instant at which a day's wall clock shows a time.

    Example:
        >>> on_the_clock(date(2026, 11, 20), "07:15", UTC).at.isoformat()
        '2026-11-20T07:15:00+00:00'
    """
    hour, minute = divmod(clock_min(clock), 60)
    shown = datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  zone comes next
    first, second = (shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None, fold=0) != shown:
        return WallTime(at, clock, "skipped")
    doubled = first.utcoffset() != second.utcoffset()
    return WallTime(at, clock, "doubled" if doubled else "plain")


def frame_night(night: date, zone: tzinfo) -> NightFrame:
    """The frame of a night: from its noon to the noon of the next day there is.

    Raises:
        EvenfallError: for a date the zone left out (crossing the date line), or beyond 1900–2199.
    """
    if night.year not in _YEARS:
        raise EvenfallError(_no_such_night(night, f"the year {night.year} is out of reach"))
    noon = on_the_clock(night, _NOON, zone).at
    if noon.astimezone(zone).date() != night:
        raise EvenfallError(_no_such_night(night, "this zone left that day out of its calendar"))
    noon_after = on_the_clock(night + timedelta(days=1), _NOON, zone).at
    return NightFrame(night, noon_after.astimezone(zone).date(), zone, noon, noon_after)


def last_before(frame: NightFrame, clock: LocalTime, before: datetime) -> WallTime | None:
    """The last time, from the night's noon on, that the clock shows this before an instant."""
    days = (frame.night, frame.morning)
    times = [on_the_clock(day, clock, frame.zone) for day in days]
    fitting = [time for time in times if frame.noon <= time.at < before]
    return max(fitting, key=lambda time: time.at, default=None)


def clock_text(at: datetime, zone: tzinfo) -> LocalTime:
    """What the wall clock shows at an instant, like 07:15."""
    return f"{at.astimezone(zone):%H:%M}"


def earlier_step(at: datetime, zone: tzinfo) -> datetime:
    """The last five minutes of the wall clock at or before an instant."""
    local = at.astimezone(zone)
    past = timedelta(
        minutes=local.minute % _STEP_MIN, seconds=local.second, microseconds=local.microsecond
    )
    return at - past


def later_step(at: datetime, zone: tzinfo) -> datetime:
    """The first five minutes of the wall clock at or after an instant."""
    earlier = earlier_step(at, zone)
    return earlier if earlier == at else earlier + timedelta(minutes=_STEP_MIN)


def clock_reasons(time: WallTime, zone: tzinfo) -> tuple[Reason, ...]:
    """Why an instant is not quite the time someone wrote, if it is not."""
    if time.how == "plain":
        return ()
    rule = f"clock-{time.how}"
    return (because(rule, rule, _CLOCKS, written=time.clock, shown=clock_text(time.at, zone)),)


def _no_such_night(night: date, why: str) -> Fault:
    return Fault(
        f"there is no night of {night} here: {why}",
        Place(),
        "the date of a day that has a noon in the home's zone, between 1900 and 2199",
        "choose the day before or after, or check the home's zone",
    )
