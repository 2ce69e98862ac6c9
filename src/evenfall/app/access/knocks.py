"""How often someone may be wrong. What is refused here is not looked at, right or wrong, and does
not count again, so that waiting always helps.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from evenfall.ports.access import Door, Try

# This project's own choices. A code is one in 4,294,967,296 and lives ten minutes: at this rate a
# year of guessing at every code there could ever be finds one with a chance of 1 in 1,600.
OWN_MAX, OWN_WITHIN = 10, timedelta(minutes=1)
ALL_MAX, ALL_WITHIN = 60, timedelta(hours=1)


def is_counted(one: Try, now_utc: datetime) -> bool:
    """Whether a try still counts. One from the future was told by a clock that was wrong."""
    return now_utc - ALL_WITHIN < one.at_utc <= now_utc


def closed_until(
    tries: Iterable[Try], door: Door, knocker: str, now_utc: datetime
) -> datetime | None:
    """When a door opens again to someone, or None where it is not closed.

    Args:
        tries: the wrong ones of the last hour, at every door.
        door: the one that is knocked at.
        knocker: from which address.
        now_utc: the time.
    """
    here = [one for one in tries if one.door == door and is_counted(one, now_utc)]
    everyones = sorted(one.at_utc for one in here)
    own = [
        at_utc
        for at_utc in sorted(one.at_utc for one in here if one.knocker == knocker)
        if at_utc > now_utc - OWN_WITHIN
    ]
    ends = []
    if len(own) >= OWN_MAX:
        ends.append(own[-OWN_MAX] + OWN_WITHIN)
    if len(everyones) >= ALL_MAX:
        ends.append(everyones[-ALL_MAX] + ALL_WITHIN)
    return max(ends, default=None)
