"""What a night is like at an age, as a few numbers with their sources.

Two tables, one for 2 to 20 years and one for adults, and nothing fitted: bands are stepped
through as published, adults are drawn on a straight line between two small groups.
"""

from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Record

YOUNGEST_STAGED_YEARS = 2.0
"""Below this no stages are simulated: the stages of the table begin at 2 years."""


class SleepNorms(Record, frozen=True, kw_only=True):
    """The middle of the road for an age. Shares are of sleep, except the wake share."""

    latency_min: Annotated[float, Meta(description="lights out to sleep, on average")]
    wake_share: Annotated[float, Meta(description="share of the time after onset spent awake")]
    n1_share: Annotated[float, Meta(description="share of sleep that is N1")]
    n3_share: Annotated[float, Meta(description="share of sleep that is N3")]
    rem_share: Annotated[float, Meta(description="share of sleep that is REM")]
    cycle_min: Annotated[float, Meta(description="one cycle, from NREM to the end of its REM")]


def _band(
    latency_min: float, awake_min: float, asleep_min: float, percents: str, cycle_min: float
) -> SleepNorms:
    n1, n3, rem = (float(percent) / 100 for percent in percents.split())
    return SleepNorms(
        latency_min=latency_min,
        wake_share=awake_min / (awake_min + asleep_min),
        n1_share=n1,
        n3_share=n3,
        rem_share=rem,
        cycle_min=cycle_min,
    )


# Kurth et al. 2010, J Neurosci 30:13211, Table 1 (n = 51, laboratory): SOL (to stage 2), WASO,
# TST in min; N1, SWS and REM in % of TST; cycle in min. Each band holds up to the age before it.
_YOUNG = (
    (5.0, _band(24.8, 46.5, 581.9, "4.2 20.4 27.6", 89.8)),
    (8.0, _band(18.5, 43.0, 520.6, "3.5 20.0 24.8", 87.0)),
    (11.0, _band(24.8, 62.1, 444.5, "7.3 27.3 18.8", 94.2)),
    (14.0, _band(22.7, 35.4, 469.5, "7.5 26.4 19.7", 92.7)),
    (17.0, _band(20.6, 23.5, 429.2, "8.6 20.7 18.3", 96.6)),
    (20.0, _band(13.6, 25.7, 363.5, "5.4 17.8 19.2", 95.4)),
)

# PMC4067693 Table 1, young adults (15) and older adults (13): wake and TST in min, N1, N3 and
# REM in %. The ages they stand for here are this project's own choice.
_YOUNG_ADULT_YEARS, _OLDER_ADULT_YEARS = 25.0, 65.0
# The latency of the last band above, then +1.1 min a decade (Boulos 2019, 169 studies). The
# two small groups say the opposite (20.4 then 13.5 min) and are not followed in this.
_LATENCY_AT_20_MIN, _LATENCY_PER_YEAR_MIN = 13.6, 0.11
# The middle of the textbook band, 90–110 min.
_ADULT_CYCLE_MIN = 98.0


def norms_for(age_years: float) -> SleepNorms:
    """What a night is like at this age, on average.

    Args:
        age_years: age in years; below 2 the youngest band stands in, for stillness and
            movement only, since no stages are simulated there.

    Example:
        >>> norms_for(4).cycle_min, norms_for(30).cycle_min
        (89.8, 98.0)
    """
    for below_years, norms in _YOUNG:
        if age_years < below_years:
            return norms
    return _adult(age_years)


def _adult(age_years: float) -> SleepNorms:
    way = (age_years - _YOUNG_ADULT_YEARS) / (_OLDER_ADULT_YEARS - _YOUNG_ADULT_YEARS)
    way = min(max(way, 0.0), 1.0)
    latency_min = _LATENCY_AT_20_MIN + _LATENCY_PER_YEAR_MIN * (age_years - 20)
    young = _band(latency_min, 29.5, 383.0, "7.6 25.7 19.5", _ADULT_CYCLE_MIN)
    older = _band(latency_min, 88.5, 343.8, "16.7 20.6 20.0", _ADULT_CYCLE_MIN)
    return SleepNorms(
        latency_min=latency_min,
        wake_share=_between(young.wake_share, older.wake_share, way),
        n1_share=_between(young.n1_share, older.n1_share, way),
        n3_share=_between(young.n3_share, older.n3_share, way),
        rem_share=_between(young.rem_share, older.rem_share, way),
        cycle_min=_ADULT_CYCLE_MIN,
    )


def _between(start: float, end: float, way: float) -> float:
    return start + (end - start) * way
