"""When the morning comes: the one anchor everything else of the night is counted back from.

The day decides, by its earliest commitment. A day that asks for nothing before noon is free.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from evenfall.formats.quantity import duration_s
from evenfall.plan.changes import MemberChange
from evenfall.plan.reasons import because
from evenfall.plan.wall_clock import (
    NightFrame,
    WallTime,
    clock_reasons,
    clock_text,
    on_the_clock,
)
from evenfall.records.household import Commitment, Member, Weekday
from evenfall.records.plan import Reason

_WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOUSEHOLD = "the household"
TONIGHT = "the household, for tonight only"


@dataclass(frozen=True)
class Asked:
    """What one commitment asks of a morning: to be awake by this instant (UTC)."""

    awake_by: datetime
    starts: WallTime
    commitment: Commitment


@dataclass(frozen=True)
class Morning:
    """When someone wakes (UTC), the rule that decided it, why, and what it cost."""

    at: datetime
    binding: str
    reasons: tuple[Reason, ...]
    conflicts: tuple[Reason, ...] = ()


def starting_on(member: Member, day: date, zone: tzinfo) -> tuple[tuple[Commitment, WallTime], ...]:
    """What a day asks of someone, with the instant each thing starts."""
    weekday = _WEEKDAYS[day.weekday()]
    return tuple(
        (commitment, on_the_clock(day, commitment.starts, zone))
        for commitment in member.commitments
        if weekday in commitment.days
    )


def asked_of(member: Member, frame: NightFrame) -> tuple[Asked, ...]:
    """What the day after the night asks of someone, the earliest waking first."""
    asked = [
        Asked(starts.at - timedelta(seconds=duration_s(commitment.from_waking)), starts, commitment)
        for commitment, starts in starting_on(member, frame.morning, frame.zone)
    ]
    return tuple(sorted(asked, key=lambda one: one.awake_by))


def morning_of(member: Member, change: MemberChange, frame: NightFrame) -> Morning:
    """When someone wakes after this night, and why.

    Tonight's own word first, then the earliest commitment of the day, then the free wake. A
    commitment that asks for waking only after noon gives way to an earlier free wake.
    """
    asked = asked_of(member, frame)
    if change.wake is not None:
        chosen = on_the_clock(frame.morning, change.wake, frame.zone)
        return _wake_tonight(member, chosen, asked, frame)
    free = on_the_clock(frame.morning, member.free_wake, frame.zone)
    if change.skip_wake:
        return _skipped(member, free, frame)
    if not asked:
        return _free(member, free, frame)
    first = asked[0]
    if first.awake_by > frame.noon_after and free.at < first.awake_by:
        return _free(member, free, frame)
    return _committed(first, frame)


def _wake_tonight(
    member: Member, wake: WallTime, asked: tuple[Asked, ...], frame: NightFrame
) -> Morning:
    chosen = clock_text(wake.at, frame.zone)
    reason = because("wake-tonight", "wake-tonight", TONIGHT, wake=chosen, name=member.name)
    late = tuple(_too_late(member, wake, one, frame) for one in asked if one.awake_by < wake.at)
    reasons = (reason, *clock_reasons(wake, frame.zone), *late)
    return Morning(wake.at, "wake-tonight", reasons, late)


def _too_late(member: Member, wake: WallTime, asked: Asked, frame: NightFrame) -> Reason:
    return because(
        "late-for-the-day",
        "late-for-the-day",
        TONIGHT,
        name=member.name,
        wake=clock_text(wake.at, frame.zone),
        what=asked.commitment.what,
        starts=clock_text(asked.starts.at, frame.zone),
        ahead_s=duration_s(asked.commitment.from_waking),
    )


def _skipped(member: Member, free: WallTime, frame: NightFrame) -> Morning:
    wake = clock_text(free.at, frame.zone)
    reason = because("skip-wake", "skip-wake", TONIGHT, name=member.name, wake=wake)
    return Morning(free.at, "skip-wake", (reason, *clock_reasons(free, frame.zone)))


def _free(member: Member, free: WallTime, frame: NightFrame) -> Morning:
    reason = because(
        "free-wake",
        "free-wake",
        HOUSEHOLD,
        weekday=frame.morning.weekday(),
        name=member.name,
        wake=clock_text(free.at, frame.zone),
    )
    return Morning(free.at, "free-wake", (reason, *clock_reasons(free, frame.zone)))


def _committed(asked: Asked, frame: NightFrame) -> Morning:
    reason = because(
        "commitment",
        "commitment",
        HOUSEHOLD,
        what=asked.commitment.what,
        starts=clock_text(asked.starts.at, frame.zone),
        ahead_s=duration_s(asked.commitment.from_waking),
        wake=clock_text(asked.awake_by, frame.zone),
    )
    return Morning(asked.awake_by, "commitment", (reason, *clock_reasons(asked.starts, frame.zone)))
