"""The morning, given back: what was planned, what was noted, what was measured, and how.

What nobody noted stays empty, what nothing measured is *not measured*, and someone outside the
ages a stager was tested on gets still or moving and never a stage.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.learn.agreement import agreement
from evenfall.learn.statistics import sleep_statistics
from evenfall.records.base import Record
from evenfall.records.insight import Insight, MemberMorning, Statistic
from evenfall.records.plan import MemberPlan
from evenfall.records.recording import Hypnogram, MovementTrack

NOT_MEASURED = "not measured"

About = Literal["sleep-latency", "sleep-duration", "wake-time"]

_ABOUT: dict[str, About] = {"SOL": "sleep-latency", "TST": "sleep-duration"}
_DOUBT_MIN = {"SOL": 15.0, "TST": 30.0}
"""How far one night of actigraphy may be off, roughly: this project's own choice, kept wide."""


class Measured(Record, frozen=True, kw_only=True):
    """What the sensors gave of one person's night, already told apart by what may be told."""

    how: Annotated[str, Meta(description="how it was measured, in a sentence")] = NOT_MEASURED
    hypnogram: Annotated[Hypnogram | None, Meta(description="stages in bed, where allowed")] = None
    reference: Annotated[
        Hypnogram | None, Meta(description="a scorer's stages of the same epochs")
    ] = None
    movement: Annotated[MovementTrack | None, Meta(description="still or moving")] = None
    bed_times_known: Annotated[bool, Meta(description="true where someone noted lights out")] = (
        False
    )
    simulated: Annotated[bool, Meta(description="true for a simulated sensor")] = False


class Noted(Record, frozen=True, kw_only=True):
    """The times people gave."""

    wind_down: Annotated[datetime | None, Meta(description="when the evening began")] = None
    lights_out: Annotated[datetime | None, Meta(description="when the light went out")] = None
    up: Annotated[datetime | None, Meta(description="when they were up")] = None


def member_morning(plan: MemberPlan, noted: Noted, measured: Measured, night: str) -> MemberMorning:
    """One person's morning.

    Args:
        plan: what was planned.
        noted: the times people gave; None where nobody did.
        measured: what the sensors gave.
        night: the local date of the noon before, for the insights.
    """
    statistics: tuple[Statistic, ...] = ()
    if measured.hypnogram is not None:
        statistics = sleep_statistics(measured.hypnogram, bed_times_known=measured.bed_times_known)
    compared = (
        agreement(measured.hypnogram, measured.reference)
        if measured.hypnogram is not None and measured.reference is not None
        else None
    )
    return MemberMorning(
        member=plan.member,
        name=plan.name,
        plan=plan,
        wind_down_actual=noted.wind_down,
        lights_out_actual=noted.lights_out,
        wake_actual=noted.up,
        measured=measured.how,
        hypnogram=measured.hypnogram,
        reference=measured.reference,
        movement=measured.movement,
        statistics=statistics,
        agreement=compared,
        insights=_insights(plan, noted, measured, statistics, night),
    )


def _insights(
    plan: MemberPlan,
    noted: Noted,
    measured: Measured,
    statistics: Sequence[Statistic],
    night: str,
) -> tuple[Insight, ...]:
    def insight(about: About, value_min: float, doubt_min: float, source: str) -> Insight:
        return Insight(
            member=plan.member,
            night=night,
            about=about,
            value_min=value_min,
            doubt_min=doubt_min,
            nights=1,
            source=source,
            simulated=measured.simulated,
        )

    found = [
        insight(_ABOUT[one.name], one.value, _DOUBT_MIN[one.name], one.source)
        for one in statistics
        if one.name in _ABOUT and one.value is not None
    ]
    if noted.up is not None:
        found.append(insight("wake-time", _after_noon_min(noted.up), 5.0, "the time someone gave"))
    return tuple(found)


def _after_noon_min(moment: datetime) -> float:
    """Minutes on the wall clock since the noon before: a time of day that passes midnight."""
    return (moment.hour * 60 + moment.minute - 12 * 60) % (24 * 60)
