"""The morning, given back, and what tomorrow may learn from it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, LocalDate, Name, Record
from evenfall.records.plan import MemberPlan
from evenfall.records.recording import Agreement, Hypnogram, MovementTrack


class Statistic(Record, frozen=True, kw_only=True):
    """One of the field's own sleep statistics, or why there is none."""

    name: Annotated[str, Meta(description="the field's abbreviation: TIB, SOL, WASO, TST, SE …")]
    value: Annotated[float | None, Meta(description="the value; none is not measured")]
    unit: Annotated[str, Meta(description="min, %, or a count")]
    words: Annotated[str, Meta(description="what it is, for someone who has never heard of it")]
    source: Annotated[str, Meta(description="how it is known, or why it is not")]


class Moment(Record, frozen=True, kw_only=True):
    """Something that happened in the night, with the reason."""

    at: Annotated[datetime, Meta(description="when, in the home's zone")]
    beat: Annotated[int, Meta(description="the night's count of 30 s beats")]
    what: Annotated[str, Meta(description="what happened, in plain words")]
    why: Annotated[str, Meta(description="the rule behind it, in plain words")] = ""


class Insight(Record, frozen=True, kw_only=True):
    """One thing learned, for tomorrow's plan: an estimate with its doubt, never a verdict."""

    member: Annotated[Id, Meta(description="whom it is about")]
    night: Annotated[LocalDate, Meta(description="the night it was learned from")]
    about: Annotated[
        Literal["sleep-latency", "sleep-duration", "wake-time"],
        Meta(description="what it is about"),
    ]
    value_min: Annotated[float, Meta(description="the estimate, in minutes (a time: after noon)")]
    doubt_min: Annotated[float, Meta(description="half-width of the plausible range, in minutes")]
    nights: Annotated[int, Meta(description="how many nights it rests on", ge=1)]
    source: Annotated[str, Meta(description="how it is known")]
    simulated: Annotated[bool, Meta(description="true where the night was simulated")] = False


class MemberMorning(Record, frozen=True, kw_only=True):
    """What one person gets back in the morning."""

    member: Annotated[Id, Meta(description="whose morning it is")]
    name: Annotated[Name, Meta(description="what they are called")]
    plan: Annotated[MemberPlan, Meta(description="what was planned")]
    wind_down_actual: Annotated[
        datetime | None, Meta(description="when the evening began, if anyone noted it")
    ]
    lights_out_actual: Annotated[
        datetime | None, Meta(description="when the light went out, if anyone noted it")
    ]
    wake_actual: Annotated[
        datetime | None, Meta(description="when the night was ended, if anyone noted it")
    ]
    measured: Annotated[str, Meta(description="how this night was measured, or 'not measured'")]
    hypnogram: Annotated[
        Hypnogram | None, Meta(description="the stages, only for someone a stager was tested on")
    ] = None
    reference: Annotated[
        Hypnogram | None,
        Meta(description="a human scorer's stages, or the simulated sleeper's own"),
    ] = None
    movement: Annotated[
        MovementTrack | None, Meta(description="still or moving, where stages cannot be told")
    ] = None
    statistics: Annotated[tuple[Statistic, ...], Meta(description="the field's statistics")] = ()
    agreement: Annotated[Agreement | None, Meta(description="the stager against the reference")] = (
        None
    )
    insights: Annotated[tuple[Insight, ...], Meta(description="for tomorrow's plan")] = ()


class Morning(Record, frozen=True, kw_only=True):
    """A room's night, given back."""

    night: Annotated[LocalDate, Meta(description="the local date of the noon before the night")]
    night_id: Annotated[str, Meta(description="the night's id in the log")]
    household: Annotated[Name, Meta(description="what the home is called")]
    room: Annotated[Name, Meta(description="the room's name")]
    kind: Annotated[str, Meta(description="the kind of evening it was")]
    title: Annotated[str, Meta(description="the title of the told evening or dreamscape")]
    simulated: Annotated[bool, Meta(description="true where sleepers and rooms were simulated")]
    source: Annotated[str, Meta(description="what stood in for the sensors")]
    immersion_min: Annotated[float, Meta(description="minutes of immersion used")]
    allowance_min: Annotated[float, Meta(description="minutes the family agreed")]
    members: Annotated[tuple[MemberMorning, ...], Meta(description="each sleeper's morning")]
    moments: Annotated[tuple[Moment, ...], Meta(description="the night, in order")]
    notes: Annotated[tuple[str, ...], Meta(description="what should be known about this page")]
