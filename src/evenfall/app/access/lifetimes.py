"""How long a screen stays let in. Every number here is this project's own choice.

A bedside lasts as long as it is used. A grown-up's own screen ends in time even so, and sooner
where others can listen. A guest's is for one night. And no evening is cut short: whatever would
end between 17:00 and 11:00 lasts to 11:00.
"""

from datetime import UTC, datetime, time, timedelta, tzinfo

from evenfall.records.access import Origin, Role, ScreenKind

INVITE_LASTS = timedelta(minutes=10)
CHALLENGE_LASTS = timedelta(minutes=5)
SEEN_EVERY = timedelta(hours=1)

DEVICE_UNSEEN = timedelta(days=90)
GROWN_UNSEEN = timedelta(days=30)
GROWN_MAX = timedelta(days=180)
GROWN_PLAIN = timedelta(days=30)
CHILD_MAX = timedelta(days=90)
GUEST_MAX = timedelta(hours=36)
OVER_KEPT = timedelta(days=365)
"""So long after its end a screen is still known as one that may stop a night."""

EVENING_FROM = time(17, 0)
MORNING_UNTIL = time(11, 0)


def expires_utc(
    kind: ScreenKind,
    role: Role,
    origin: Origin,
    *,
    made_utc: datetime,
    seen_utc: datetime,
    zone: tzinfo,
) -> datetime:
    """When a screen must be let in again.

    Args:
        kind: what the screen is.
        role: what its member is, where it is a member's own.
        origin: how it reached the hub.
        made_utc: when it was let in.
        seen_utc: when it was last here.
        zone: the home's.

    Example:
        >>> made = datetime(2026, 11, 20, 19, 0, tzinfo=UTC)
        >>> print(expires_utc("guest", "guest", "plain", made_utc=made, seen_utc=made, zone=UTC))
        2026-11-21 12:00:00+00:00
    """
    return not_at_night(_plainly(kind, role, origin, made_utc, seen_utc, zone), zone)


def _plainly(
    kind: ScreenKind,
    role: Role,
    origin: Origin,
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
    if origin == "plain":
        return made_utc + GROWN_PLAIN
    return min(seen_utc + GROWN_UNSEEN, made_utc + GROWN_MAX)


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
