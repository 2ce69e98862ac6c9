"""When the morning comes: the one anchor everything else of the night is counted back from.

The day decides, by its earliest commitment. A day that asks for nothing before noon is free.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo

from evenfall.formats.quantity import duration_s, duration_text
from evenfall.plan.changes import MemberChange
from evenfall.plan.wall_clock import (
    NightFrame,
    WallTime,
    clock_reasons,
    clock_text,
    on_the_clock,
)
from evenfall.records.household import Commitment, Member, Weekday
from evenfall.records.plan import Reason

_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
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
    reason = Reason(
        rule="wake-tonight",
        text=f"Someone at home chose {clock_text(wake.at, frame.zone)} for {member.name} to wake, "
        "just this once.",
        source=TONIGHT,
    )
    late = tuple(_too_late(member, wake, one, frame) for one in asked if one.awake_by < wake.at)
    reasons = (reason, *clock_reasons(wake, frame.zone), *late)
    return Morning(wake.at, "wake-tonight", reasons, late)


def _too_late(member: Member, wake: WallTime, asked: Asked, frame: NightFrame) -> Reason:
    what = asked.commitment.what
    return Reason(
        rule="late-for-the-day",
        text=f"{member.name} wakes at {clock_text(wake.at, frame.zone)}, yet {what} starts at "
        f"{clock_text(asked.starts.at, frame.zone)} and the morning takes "
        f"{_ahead_text(asked.commitment)}. One of them has to move: wake earlier, or let "
        f"{what} begin without {member.name}.",
        source=TONIGHT,
    )


def _skipped(member: Member, free: WallTime, frame: NightFrame) -> Morning:
    reason = Reason(
        rule="skip-wake",
        text=f"The usual waking is skipped this once, so {member.name} wakes at "
        f"{clock_text(free.at, frame.zone)}, as on a free day.",
        source=TONIGHT,
    )
    return Morning(free.at, "skip-wake", (reason, *clock_reasons(free, frame.zone)))


def _free(member: Member, free: WallTime, frame: NightFrame) -> Morning:
    reason = Reason(
        rule="free-wake",
        text=f"{_DAY_NAMES[frame.morning.weekday()]} asks for nothing in the morning, so "
        f"{member.name} wakes at "
        f"{clock_text(free.at, frame.zone)}, as on any free day.",
        source=HOUSEHOLD,
    )
    return Morning(free.at, "free-wake", (reason, *clock_reasons(free, frame.zone)))


def _committed(asked: Asked, frame: NightFrame) -> Morning:
    commitment = asked.commitment
    what = commitment.what[:1].upper() + commitment.what[1:]
    reason = Reason(
        rule="commitment",
        text=f"{what} starts at {clock_text(asked.starts.at, frame.zone)} and the morning takes "
        f"{_ahead_text(commitment)}, so the day begins at "
        f"{clock_text(asked.awake_by, frame.zone)}.",
        source=HOUSEHOLD,
    )
    return Morning(asked.awake_by, "commitment", (reason, *clock_reasons(asked.starts, frame.zone)))


def _ahead_text(commitment: Commitment) -> str:
    return duration_text(duration_s(commitment.from_waking))
