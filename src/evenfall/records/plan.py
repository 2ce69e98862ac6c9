"""When: wind-down, lights out and wake for each member, with the reason for each."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta, field

from evenfall.records.base import Id, LocalDate, Name, Record
from evenfall.records.household import EveningKind

Value = str | int | float | tuple[str, ...]
"""What stands in a sentence: text, a number in the unit of its name, or a list of names."""


class Reason(Record, frozen=True, kw_only=True):
    """Why something is as it is, in plain words, and where that is known from.

    `text` is the English sentence. With `key` and `values` it can be said in another language;
    a reason kept by an earlier version has neither, and stays English.
    """

    rule: Annotated[str, Meta(description="the rule's short name, for looking up")]
    text: Annotated[str, Meta(description="a sentence a child could follow")]
    source: Annotated[
        str, Meta(description="where it comes from: a citation, the household, or this project")
    ] = ""
    key: Annotated[
        str, Meta(description="which sentence it is, for saying it in another language")
    ] = ""
    values: Annotated[
        dict[str, Value], Meta(description="what stands in that sentence, by name")
    ] = field(default_factory=dict)


class MemberPlan(Record, frozen=True, kw_only=True):
    """One person's night. The times are aware datetimes in the home's zone."""

    member: Annotated[Id, Meta(description="whose night it is")]
    name: Annotated[Name, Meta(description="what they are called")]
    room: Annotated[Id, Meta(description="where they sleep")]
    age_months: Annotated[int, Meta(description="age on the night, in whole months")]
    wind_down: Annotated[datetime, Meta(description="when the evening turns towards sleep")]
    lights_out: Annotated[datetime, Meta(description="when the light goes out")]
    wake: Annotated[datetime, Meta(description="when the morning comes")]
    sleep_need_h: Annotated[float, Meta(description="sleep per 24 h planned for, naps included")]
    sleep_need_low_h: Annotated[float, Meta(description="the low end of the range for the age")]
    sleep_need_high_h: Annotated[float, Meta(description="the high end of that range")]
    nap_h: Annotated[float, Meta(description="sleep expected by day")]
    expected_efficiency: Annotated[
        float, Meta(description="share of the time in bed that is usually sleep at this age")
    ]
    teller: Annotated[Id | None, Meta(description="who tells the story, if anyone")]
    binding: Annotated[str, Meta(description="the rule that decided these times")]
    reasons: Annotated[tuple[Reason, ...], Meta(description="why, in the order it was decided")]


class RoomEvening(Record, frozen=True, kw_only=True):
    """What one room does tonight, and for whom."""

    room: Annotated[Id, Meta(description="the room")]
    name: Annotated[
        str, Meta(description="what the family calls it; empty in a plan of an earlier version")
    ] = ""
    sleepers: Annotated[tuple[Id, ...], Meta(description="who sleeps there, the youngest first")]
    kind: Annotated[EveningKind, Meta(description="unplugged, told or immersive")]
    score: Annotated[Id | None, Meta(description="the dreamscape or told evening that runs")]
    teller: Annotated[Id | None, Meta(description="who is with them")]
    begins: Annotated[datetime | None, Meta(description="when the story or dreamscape is to begin")]
    reasons: Annotated[tuple[Reason, ...], Meta(description="why this evening")]


class Plan(Record, frozen=True, kw_only=True):
    """Tonight for a whole home."""

    night: Annotated[LocalDate, Meta(description="the local date of the noon before the night")]
    zone: Annotated[str, Meta(description="the IANA time zone the times are in")]
    household: Annotated[Name, Meta(description="what the home is called")]
    members: Annotated[tuple[MemberPlan, ...], Meta(description="everyone's night")]
    rooms: Annotated[tuple[RoomEvening, ...], Meta(description="every room's evening")]
    conflicts: Annotated[
        tuple[Reason, ...],
        Meta(description="what could not all be had, and what would mend it"),
    ] = ()
