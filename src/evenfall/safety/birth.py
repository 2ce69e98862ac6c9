"""From which month an age is counted: a baby born early is as young as the day it was due.

The correction holds until two years by the corrected age (American Academy of Pediatrics, Age
Terminology During the Perinatal Period, 2004); after that the birth counts for everyone.
"""

from datetime import date

from evenfall.formats.quantity import year_month

CORRECTED_UNDER_MONTHS = 24


def counted_months(born: str, due: str | None, on: date) -> int:
    """Whole months of age in a month, corrected for an early birth; negative before the birth.

    Args:
        born: year and month of birth.
        due: year and month the birth was due, where it came early.
        on: the local date.

    Example:
        >>> counted_months("2025-11", "2026-02", date(2026, 12, 1))
        10
        >>> counted_months("2025-11", None, date(2026, 12, 1))
        13
    """
    lived = _months_between(born, on)
    if due is None or lived < 0:
        return lived
    corrected = max(_months_between(due, on), 0)
    return min(lived, corrected) if corrected < CORRECTED_UNDER_MONTHS else lived


def _months_between(month: str, on: date) -> int:
    year, number = year_month(month)
    return (on.year - year) * 12 + on.month - number
