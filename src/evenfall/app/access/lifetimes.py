"""How long a screen stays let in. Every number here is this project's own choice.

A bedside lasts as long as it is used. A grown-up's own screen ends in time even so, a child's with
childhood. A guest's is for one night. And no evening is cut short: whatever would end between 17:00
and 11:00 lasts to 11:00.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo

from evenfall.records.access import Role, ScreenKind

INVITE_LASTS = timedelta(minutes=10)
CHALLENGE_LASTS = timedelta(minutes=5)
SEEN_EVERY = timedelta(hours=1)

DEVICE_UNSEEN = timedelta(days=90)
GROWN_UNSEEN = timedelta(days=30)
GROWN_MAX = timedelta(days=180)
CHILD_MAX = timedelta(days=90)
GUEST_MAX = timedelta(hours=36)
FRESH_FOR = timedelta(minutes=10)
"""So long after it came in a screen may make keys to what is its owner's: who picks up a phone that
lies about has not just shown whose it is."""

OVER_KEPT: dict[ScreenKind, timedelta] = {
    "guest": timedelta(hours=36),
    "device": timedelta(days=30),
    "member": timedelta(days=30),
}
"""So long after its end a screen is still known as one that may stop a night. It stands in the list
for as long, and can be ended there."""

EVENING_FROM = time(17, 0)
MORNING_UNTIL = time(11, 0)


def expires_utc(
    kind: ScreenKind,
    role: Role,
    *,
    made_utc: datetime,
    seen_utc: datetime,
    zone: tzinfo,
) -> datetime:
    """When a screen must be let in again.

    Args:
        kind: what the screen is.
        role: what its member is, where it is a member's own.
        made_utc: when it was let in.
        seen_utc: when it was last here.
        zone: the home's.

    Example:
        >>> made = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
        >>> print(expires_utc("guest", "guest", made_utc=made, seen_utc=made, zone=UTC))
        2026-11-21 12:00:00+00:00
    """
    return not_at_night(_plainly(kind, role, made_utc, seen_utc, zone), zone)


def _plainly(
    kind: ScreenKind,
    role: Role,
    made_utc: datetime,
    seen_utc: datetime,
    zone: tzinfo,
) -> datetime:
    if kind == "device":
        return seen_utc + DEVICE_UNSEEN
    if kind == "guest":
        return min(_noon_after(made_utc, zone), made_utc + GUEST_MAX)
    if role == "child":
        return made_utc + CHILD_MAX
    return min(seen_utc + GROWN_UNSEEN, made_utc + GROWN_MAX)


def known_until_utc(kind: ScreenKind, over_utc: datetime) -> datetime:
    """Until when a screen whose time is over is known at all: it may stop a night, no more.

    Args:
        kind: what the screen is.
        over_utc: when its time was over.
    """
    return over_utc + OVER_KEPT[kind]


def _noon_after(moment_utc: datetime, zone: tzinfo) -> datetime:
    """The noon after the night that begins on the local day of a moment."""
    day = moment_utc.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(day, time(12, 0), zone).astimezone(UTC)


def not_at_night(moment_utc: datetime, zone: tzinfo) -> datetime:
    """A moment, or where it falls between 17:00 and 11:00 on the wall clock, the next 11:00.

    Example:
        >>> print(not_at_night(datetime(2026, 11, 20, 19, 0, tzinfo=UTC), UTC))
        2026-11-21 11:00:00+00:00
    """
    local = moment_utc.astimezone(zone)
    if MORNING_UNTIL <= local.time() < EVENING_FROM:
        return moment_utc
    day = local.date() + timedelta(days=local.time() >= EVENING_FROM)
    return datetime.combine(day, MORNING_UNTIL, zone).astimezone(UTC)
