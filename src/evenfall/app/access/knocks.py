"""How often someone may be wrong. What is refused here is not looked at, right or wrong, and does
not count again, so that waiting always helps. And nobody's guessing closes the door to a family: at
the hub's own machine only one's own tries count, and an address that erred not at all is heard
though others erred without end.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from evenfall.ports.access import Door, Try
from evenfall.records.access import Origin

# This project's own choices. A code is one in 4,294,967,296 and lives ten minutes. Someone who
# asks from all 254 addresses of a house's network is wrong 314 times an hour at most: a year of it
# against one code that never ended would find it with a chance of 1 in 1,500.
OWN_MAX, OWN_WITHIN = 10, timedelta(minutes=1)
ALL_MAX, ALL_WITHIN = 60, timedelta(hours=1)
EVER_MAX = 600
"""From so many in an hour on, an address that never erred waits too: no house has as many, and what
is counted is bounded."""

PREFIX_V6 = 64
"""One machine has a whole /64 of IPv6 to choose its address from (RFC 4291, 2.5.4), so all of it
counts as one."""


def counted_as(address: str) -> str:
    """What tries from an address are counted together with.

    Example:
        >>> counted_as("192.168.1.7"), counted_as("fd00::1:2:3:4"), counted_as("x")
        ('192.168.1.7', 'fd00::/64', 'x')
    """
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, PREFIX_V6), strict=False))
    return address


def is_counted(one: Try, now_utc: datetime) -> bool:
    """Whether a try still counts. One from the future was told by a clock that was wrong."""
    return now_utc - ALL_WITHIN < one.at_utc <= now_utc


def closed_until(
    tries: Iterable[Try], door: Door, knocker: str, origin: Origin, now_utc: datetime
) -> datetime | None:
    """When a door opens again to someone, or None where it is not closed.

    Args:
        tries: the wrong ones of the last hour, at every door.
        door: the one that is knocked at.
        knocker: from which address, as it is counted.
        origin: how they reached the hub.
        now_utc: the time.
    """
    here = [one for one in tries if one.door == door and is_counted(one, now_utc)]
    own = sorted(one.at_utc for one in here if one.knocker == knocker)
    just_now = [at_utc for at_utc in own if at_utc > now_utc - OWN_WITHIN]
    ends = []
    if len(just_now) >= OWN_MAX:
        ends.append(just_now[-OWN_MAX] + OWN_WITHIN)
    if origin != "here":
        ends += _closed_by_all(sorted(one.at_utc for one in here), own)
    return max(ends, default=None)


def _closed_by_all(everyones: list[datetime], own: list[datetime]) -> list[datetime]:
    """When what all others did stops counting against someone: who erred themself, or everyone."""
    ends = []
    if own and len(everyones) >= ALL_MAX:
        ends.append(min(everyones[-ALL_MAX], own[-1]) + ALL_WITHIN)
    if len(everyones) >= EVER_MAX:
        ends.append(everyones[-EVER_MAX] + ALL_WITHIN)
    return ends
