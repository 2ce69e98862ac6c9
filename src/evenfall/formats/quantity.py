"""Quantities as people write them, with their unit, as numbers whose name ends in it.

The patterns in `records.base` have already refused anything else, so these only read.
"""

import re
from functools import lru_cache

from evenfall.records.base import Duration, Light, LocalTime, Sound, YearMonth

_DURATION_PART = re.compile(r"([0-9]+) (h|min|s)")
_SECONDS = {"h": 3600, "min": 60, "s": 1}


@lru_cache(maxsize=4096)
def duration_s(text: Duration) -> int:
    """Seconds in a length of time.

    Example:
        >>> duration_s("1 h 15 min")
        4500
    """
    return sum(int(n) * _SECONDS[unit] for n, unit in _DURATION_PART.findall(text))


def duration_text(seconds: float) -> Duration:
    """A length of time as people write it, to the second.

    Example:
        >>> duration_text(4500)
        '1 h 15 min'
    """
    hours, rest = divmod(round(seconds), 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours} h"] * bool(hours) + [f"{minutes} min"] * bool(minutes)
    parts += [f"{left} s"] * bool(left)
    return " ".join(parts) or "0 min"


@lru_cache(maxsize=4096)
def light_lx_medi(text: Light | None) -> float:
    """Melanopic lux in a light's text; no light is 0.

    Example:
        >>> light_lx_medi("0.5 lx mEDI")
        0.5
    """
    return float(text.split(" ", 1)[0]) if text else 0.0


@lru_cache(maxsize=4096)
def sound_dba(text: Sound | None) -> float:
    """The level in a sound's text, in dBA; no sound is 0.

    Example:
        >>> sound_dba("38 dBA")
        38.0
    """
    return float(text.split(" ", 1)[0]) if text else 0.0


def clock_min(text: LocalTime) -> int:
    """Minutes after midnight of a time on the wall clock.

    Example:
        >>> clock_min("07:30")
        450
    """
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


def year_month(text: YearMonth) -> tuple[int, int]:
    """The year and the month.

    Example:
        >>> year_month("2022-06")
        (2022, 6)
    """
    year, month = text.split("-")
    return int(year), int(month)
