"""Numbers in words people use.

Rule: exact clock times stand beside every rounded phrase, so a phrase may be short; nothing
here praises, blames or scores.
"""

from datetime import date, datetime, timedelta, tzinfo

from evenfall.app.report.axis import in_zone, minutes_between

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
STAGE_WORDS = {
    "W": "awake",
    "R": "REM",
    "N1": "N1, light sleep",
    "N2": "N2, light sleep",
    "N3": "N3, deep sleep",
    "S": "asleep",
}
_UP_TO_TWELVE = (
    *("no", "one", "two", "three", "four", "five", "six"),
    *("seven", "eight", "nine", "ten", "eleven", "twelve"),
)
_FIVES = {
    15: "fifteen",
    20: "twenty",
    25: "twenty-five",
    35: "thirty-five",
    40: "forty",
    45: "forty-five",
    50: "fifty",
    55: "fifty-five",
}
_SPELT = dict(enumerate(_UP_TO_TWELVE)) | _FIVES
_PARTS_OF_AN_HOUR = {15: "a quarter", 30: "a half", 45: "three quarters"}


def clock(at: datetime, zone: tzinfo) -> str:
    """A time on the wall clock; in the hour that clocks repeat, the second pass says so.

    Example:
        >>> from datetime import UTC
        >>> clock(datetime(2026, 11, 21, 6, 58, tzinfo=UTC), UTC)
        '06:58'
    """
    local = in_zone(at, zone)
    again = " (second time)" if local.fold else ""
    return f"{local:%H:%M}{again}"


def exact_clock(at: datetime, zone: tzinfo) -> str:
    """A time on the wall clock, with its seconds where it has any.

    Example:
        >>> from datetime import UTC
        >>> exact_clock(datetime(2026, 11, 21, 3, 11, 30, tzinfo=UTC), UTC)
        '03:11:30'
    """
    local = in_zone(at, zone)
    seconds = f":{local.second:02}" if local.second else ""
    again = " (second time)" if local.fold else ""
    return f"{local:%H:%M}{seconds}{again}"


def length(minutes: float) -> str:
    """A length of time, exact to the second.

    Example:
        >>> length(412), length(0.5), length(60)
        ('6 h 52 min', '30 s', '1 h')
    """
    hours, rest = divmod(round(minutes * 60), 3600)
    whole, seconds = divmod(rest, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{whole} min"] * bool(whole)
    parts += [f"{seconds} s"] * bool(seconds)
    return " ".join(parts) or "0 min"


def about(minutes: int) -> str:
    """Minutes as people say them: exact up to twelve, to the nearest five beyond.

    Example:
        >>> about(3), about(17), about(31), about(92)
        ('three minutes', 'about fifteen minutes', 'about half an hour', 'about an hour and a half')
    """
    if minutes == 1:
        return "a minute"
    if minutes <= 12:
        return f"{_SPELT[minutes]} minutes"
    hours, rest = divmod(5 * round(minutes / 5), 60)
    if not hours:
        return "about half an hour" if rest == 30 else f"about {_SPELT[rest]} minutes"
    whole = "an hour" if hours == 1 else f"{_SPELT.get(hours, hours)} hours"
    if not rest:
        return f"about {whole}"
    return f"about {whole} and {_PARTS_OF_AN_HOUR.get(rest) or _SPELT[rest] + ' minutes'}"


def difference(planned: datetime, happened: datetime | None) -> str:
    """How far what happened was from the plan.

    Example:
        >>> from datetime import UTC
        >>> difference(datetime(2026, 1, 1, 20, tzinfo=UTC), datetime(2026, 1, 1, 20, 17,
        ...     tzinfo=UTC))
        'about fifteen minutes later'
    """
    if happened is None:
        return "we don’t know"
    minutes = round(minutes_between(planned, happened))
    if not minutes:
        return "as planned"
    return f"{about(abs(minutes))} {'later' if minutes > 0 else 'earlier'}"


def day(of: date) -> str:
    """A date with its weekday, like Friday 20 November 2026."""
    return f"{WEEKDAYS[of.weekday()]} {of.day} {MONTHS[of.month - 1]} {of.year}"


def night_of(night: str) -> str:
    """A night by its two dates, from the local date of the noon before it.

    Example:
        >>> night_of("2026-11-20")
        'Friday 20 to Saturday 21 November 2026'
        >>> night_of("2026-12-31")
        'Thursday 31 December 2026 to Friday 1 January 2027'
    """
    first = date.fromisoformat(night)
    last = first + timedelta(days=1)
    beginning = f"{WEEKDAYS[first.weekday()]} {first.day}"
    if first.month != last.month:
        beginning += f" {MONTHS[first.month - 1]}"
    if first.year != last.year:
        beginning += f" {first.year}"
    return f"{beginning} to {day(last)}"


def plain(value: float, places: int = 1) -> str:
    """A number without needless zeros, its minus a true one.

    Example:
        >>> plain(91.24), plain(412.0), plain(-0.04)
        ('91.2', '412', '0')
    """
    text = f"{value:.{places}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "−")


def short_name(source: str) -> str:
    """What a source is called, without its citation, which stands in the page once.

    Example:
        >>> short_name("Oakley, medium threshold (Oakley 1997, technical report)")
        'Oakley, medium threshold'
    """
    return source.split(" (", maxsplit=1)[0]


def counted(number: int, one: str, many: str) -> str:
    """A count with its noun.

    Example:
        >>> counted(1, "night", "nights"), counted(3, "night", "nights")
        ('1 night', '3 nights')
    """
    return f"{number} {one if number == 1 else many}"
