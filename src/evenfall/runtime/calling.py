"""What an adult is told when a child calls: who, and when, and whether it was only tried out."""

from collections.abc import Sequence
from datetime import datetime

from evenfall.formats.words import listing
from evenfall.records.plan import MemberPlan

ANYONE = -1
"""A touch on a page that several children share, by none of them in particular."""


def touched(sleepers: Sequence[MemberPlan], sleeper: int, now: datetime, rehearsed: bool) -> str:
    """A touch at night, for a guardian's phone.

    Args:
        sleepers: whose room it is, in order.
        sleeper: whose page was touched, by index; `ANYONE` where nobody can tell.
        now: when, aware; said in the home's own time.
        rehearsed: true where the hour is made up.

    Example:
        >>> touched((), ANYONE, datetime(2026, 11, 21, 2, 13), False)
        'Someone touched the bedside page. They may want you.'
    """
    if not sleepers:
        return "Someone touched the bedside page. They may want you."
    known = sleepers[sleeper : sleeper + 1] if sleeper >= 0 else sleepers
    who = listing([one.name for one in known or sleepers])
    at = now.astimezone(sleepers[0].wake.tzinfo)
    told = f"{who} touched the page at {at:%H:%M}."
    return f"In a rehearsal, {told}" if rehearsed else told
