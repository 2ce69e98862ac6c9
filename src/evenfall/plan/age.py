"""How old someone is on a night, when only the year and month of birth are known.

A birthday may fall on any day of its month, so whatever protects the young is lifted only in the
month after it: nobody loses a protection early.
"""

from datetime import date

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.household import Member
from evenfall.safety.birth import counted_months
from evenfall.safety.limits import CHILD_UNDER_YEARS

AGE_MAX_YEARS = 120  # this project's own choice: older than this is a slip of the pen


def age_months(member: Member, night: date) -> int:
    """Whole months from the month of birth to the month of the night; a baby born early is
    counted from the month it was due.

    Args:
        member: the person.
        night: the local date of the noon before the night.

    Raises:
        EvenfallError: for a birth after the night, or one more than 120 years before it.

    Example:
        >>> noor = Member(id="noor", name="Noor", born="2022-06", room="nest")
        >>> age_months(noor, date(2026, 11, 20))
        53
    """
    months = counted_months(member.born, member.due, night)
    if months < 0:
        raise EvenfallError(_not_born_yet(member, night))
    if months > AGE_MAX_YEARS * 12:
        raise EvenfallError(_too_old(member, months))
    return months


def is_under(months: int, years: int) -> bool:
    """Whether someone may still be younger than this.

    The month of the birthday itself still counts as younger, since the day is not known.

    Example:
        >>> is_under(12, 1), is_under(13, 1)
        (True, False)
    """
    return months <= years * 12


def is_child(months: int) -> bool:
    """Whether someone may still be under 18: the one place where adulthood is decided.

    Example:
        >>> is_child(18 * 12), is_child(18 * 12 + 1)
        (True, False)
    """
    return is_under(months, CHILD_UNDER_YEARS)


def sure_years(months: int) -> float:
    """The age someone has surely reached, in years: through the birthday's month still less.

    What has a youngest age (a dreamscape, a stager, an adult's limits) is held to this.

    Example:
        >>> sure_years(18 * 12) < 18, sure_years(18 * 12 + 1)
        (True, 18.0)
    """
    return max(months - 1, 0) / 12


def _not_born_yet(member: Member, night: date) -> Fault:
    return Fault(
        f"{member.name} ({member.id}) is born {member.born}, after the night of {night}",
        Place(),
        "a year and month of birth no later than the night",
        f"correct born for {member.id}, or plan a later night",
    )


def _too_old(member: Member, months: int) -> Fault:
    return Fault(
        f"{member.name} ({member.id}) is born {member.born}, which makes them {months // 12} years",
        Place(),
        f"an age of at most {AGE_MAX_YEARS} years",
        f"correct born for {member.id}, like 1986-03",
    )
