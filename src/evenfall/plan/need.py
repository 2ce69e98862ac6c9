"""How much sleep an age needs in 24 h, naps included, and what this person is planned for.

The ranges are consensus statements; the place within them is an average of many children, so a
household that knows its own person says so with sleep_need and wins, inside the range.
"""

from dataclasses import dataclass

from evenfall.formats.quantity import duration_s
from evenfall.plan.reasons import because
from evenfall.records.household import Member
from evenfall.records.plan import Reason

AASM = "AASM consensus 2016 (Paruthi et al.)"
NSF = "National Sleep Foundation 2015 (Hirshkowitz et al.)"
GALLAND = "Galland et al. 2012"
NAPS = "nap cessation: under 2.5 % before 2 y, 94 % by 5 y (PMC9704850)"

_GALLAND_UNTIL_MONTHS = 156  # the formula was fitted to children of 0–12 years
_STEP_H = 0.25  # this project's own choice: models are about 1 h off, so show quarters of an hour
_NAPPING_UNTIL_MONTHS = 24  # under 2.5 % have stopped before 2 y (PMC9704850)


@dataclass(frozen=True)
class NeedBand:
    """The recommended sleep of an age, in hours per 24 h."""

    until_months: int  # up to and including; see age.is_under for why inclusive
    low_h: float
    high_h: float
    source: str


NEED_BANDS = (
    NeedBand(3, 14.0, 17.0, NSF),  # 0–3 months
    NeedBand(12, 12.0, 16.0, AASM),  # 4–12 months
    NeedBand(36, 11.0, 14.0, AASM),  # 1–2 years
    NeedBand(72, 10.0, 13.0, AASM),  # 3–5 years
    NeedBand(156, 9.0, 12.0, AASM),  # 6–12 years
    NeedBand(216, 8.0, 10.0, AASM),  # 13–17 years; AASM says 13–18, NSF has adults from 18
    NeedBand(780, 7.0, 9.0, NSF),  # 18–64 years
    NeedBand(1440, 7.0, 8.0, NSF),  # 65 years and over
)


@dataclass(frozen=True)
class Need:
    """What one person is planned for, in hours per 24 h, and why."""

    need_h: float
    low_h: float
    high_h: float
    reasons: tuple[Reason, ...]


def need_band(months: int) -> NeedBand:
    """The recommended range for an age.

    Example:
        >>> band = need_band(53)
        >>> band.low_h, band.high_h
        (10.0, 13.0)
    """
    return next(band for band in NEED_BANDS if months <= band.until_months)


def typical_need_h(months: int) -> float:
    """Sleep per 24 h usual at this age, to a quarter of an hour and inside the range.

    Up to 12 years by 10.49 − 5.56·((age/10)^0.5 − 0.71) h (Galland et al. 2012), clipped into
    the range; older, the middle of the range (this project's own choice).

    Example:
        >>> typical_need_h(53), typical_need_h(102), typical_need_h(400)
        (10.75, 9.25, 8.0)
    """
    band = need_band(months)
    if months > _GALLAND_UNTIL_MONTHS:
        return (band.low_h + band.high_h) / 2
    galland_h = 10.49 - 5.56 * ((months / 12 / 10) ** 0.5 - 0.71)
    return _clip(round(galland_h / _STEP_H) * _STEP_H, band)


def need_of(member: Member, months: int) -> Need:
    """What this member is planned for: their own sleep_need inside the range, else the typical.

    Example:
        >>> ada = Member(id="ada", name="Ada", born="1990-01", room="attic", sleep_need="6 h")
        >>> need_of(ada, 440).need_h
        7.0
    """
    band = need_band(months)
    if member.sleep_need is None:
        need_h, reason = typical_need_h(months), _typical_reason(months, band)
    else:
        own_h = duration_s(member.sleep_need) / 3600
        need_h = _clip(own_h, band)
        reason = _own_reason(member, months, band, own_h, need_h)
    return Need(need_h, band.low_h, band.high_h, (reason, *_nap_reminder(member, months)))


def _clip(hours: float, band: NeedBand) -> float:
    return min(max(hours, band.low_h), band.high_h)


def _typical_reason(months: int, band: NeedBand) -> Reason:
    by_formula = months <= _GALLAND_UNTIL_MONTHS
    typical_source = GALLAND if by_formula else "the middle: this project's own choice"
    return because(
        "need",
        "need.usual" if by_formula else "need.middle",
        f"{band.source}; {typical_source}",
        age_months=months,
        low_h=band.low_h,
        high_h=band.high_h,
        planned_s=round(typical_need_h(months) * 3600),
    )


def _own_reason(member: Member, months: int, band: NeedBand, own_h: float, need_h: float) -> Reason:
    name, planned_s = member.name, round(need_h * 3600)
    if own_h == need_h:
        source = f"the household; {band.source}"
        return because("need", "need.own", source, name=name, planned_s=planned_s)
    return because(
        "need-clipped",
        "need.clipped",
        band.source,
        age_months=months,
        low_h=band.low_h,
        high_h=band.high_h,
        asked_s=round(own_h * 3600),
        name=name,
        planned_s=planned_s,
    )


def _nap_reminder(member: Member, months: int) -> tuple[Reason, ...]:
    if months >= _NAPPING_UNTIL_MONTHS or duration_s(member.nap) > 0:
        return ()
    return (because("nap-not-told", "nap-not-told", NAPS, age_months=months, name=member.name),)
