"""What an adult is told when a child calls or something is wrong: who, when, and whether it was
only tried out.
"""

from collections.abc import Sequence
from datetime import datetime

from evenfall.formats.language import say
from evenfall.formats.words import listing
from evenfall.records.night import Emergency
from evenfall.records.plan import MemberPlan

ANYONE = -1
"""A touch on a page that several children share, by none of them in particular."""


def touched(
    sleepers: Sequence[MemberPlan],
    sleeper: int,
    now: datetime,
    rehearsed: bool,
    language: str = "en",
) -> str:
    """A touch at night, for a guardian's phone.

    Args:
        sleepers: whose room it is, in order.
        sleeper: whose page was touched, by index; `ANYONE` where nobody can tell.
        now: when, aware; said in the home's own time.
        rehearsed: true where the hour is made up.
        language: what it is said in.

    Example:
        >>> touched((), ANYONE, datetime(2026, 11, 21, 2, 13), False)
        'Someone touched the bedside page. They may want you.'
    """
    if not sleepers:
        return say("call.touched.someone", language)
    known = sleepers[sleeper : sleeper + 1] if sleeper >= 0 else sleepers
    who = listing([one.name for one in known or sleepers], say("call.or", language))
    at = f"{now.astimezone(sleepers[0].wake.tzinfo):%H:%M}"
    text = say("call.touched", language, who=who, at=at)
    return say("call.rehearsed", language, text=text) if rehearsed else text


def alarmed(
    sleepers: Sequence[MemberPlan],
    emergency: Emergency,
    now: datetime,
    rehearsed: bool,
    language: str = "en",
) -> str:
    """An emergency, for an adult's phone: what is known, what was done, and no more.

    Args:
        sleepers: whose room it is, in order.
        emergency: what happened, and to whom where that is known.
        now: when, aware; said in the home's own time.
        rehearsed: true where the hour is made up.
        language: what it is said in.

    Example:
        >>> at = datetime(2026, 11, 21, 2, 13)
        >>> alarmed((), Emergency("call"), at, False)[:34]
        'Someone called for help at 02:13 w'
    """
    here = sleepers[0].wake.tzinfo if sleepers else now.tzinfo
    known = sleepers[emergency.sleeper : emergency.sleeper + 1] if emergency.sleeper >= 0 else ()
    key = f"emergency.{emergency.cause}"
    if emergency.cause == "call" and not known:
        key = "emergency.call.someone"
    somebody = say("emergency.somebody", language)
    names = tuple(one.name for one in known or sleepers) or (somebody,)
    dark = say("emergency.dark", language)
    at = f"{now.astimezone(here):%H:%M}" if here else f"{now:%H:%M}"
    text = say(key, language, names=names, at=at, dark=dark)
    return say("emergency.rehearsed", language, text=text) if rehearsed else text
