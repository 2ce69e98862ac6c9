"""How long a screen stays let in, by the wall clock of the home, in every zone."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.access.lifetimes import OVER_KEPT, expires_utc, known_until_utc, not_at_night
from evenfall.records.access import Role, ScreenKind

LISBON = ZoneInfo("Europe/Lisbon")
ZONES = st.sampled_from(
    ["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC",
     "Pacific/Kiritimati", "Pacific/Marquesas", "America/St_Johns", "Pacific/Chatham"]
).map(ZoneInfo)  # fmt: skip
MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
KINDS = st.sampled_from(get_args(ScreenKind))
ROLES = st.sampled_from(get_args(Role))
HOUR = timedelta(hours=1)


def lisbon(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LISBON)


@pytest.mark.parametrize(
    ("kind", "role", "made", "seen", "until"),
    [
        # A bedside: 90 days of 24 hours after it was last here, so 14:00 is 15:00 by summer time.
        ("device", "device", "2026-01-10 14:00", "2026-01-10 14:00", "2026-04-10 15:00"),
        ("device", "device", "2026-01-10 14:00", "2027-01-10 12:30", "2027-04-10 13:30"),
        # In an evening or a night nothing ends: 11:00.
        ("device", "device", "2026-06-10 14:00", "2026-06-10 17:00", "2026-09-09 11:00"),
        ("device", "device", "2026-06-10 14:00", "2026-06-10 03:00", "2026-09-08 11:00"),
        # A grown-up's own, locked or here: 30 days after it was last here, 180 in all.
        ("member", "adult", "2026-01-10 14:00", "2026-01-20 14:00", "2026-02-19 14:00"),
        ("member", "guardian", "2026-01-10 14:00", "2026-07-01 14:00", "2026-07-09 15:00"),
        # A child's: 90 days in all.
        ("member", "child", "2026-01-10 14:00", "2026-02-01 14:00", "2026-04-10 15:00"),
        ("member", "child", "2026-01-10 14:00", "2026-02-01 14:00", "2026-04-10 15:00"),
        # A guest: noon of the day after, whether they come early, late or after midnight.
        ("guest", "guest", "2026-11-20 19:00", "2026-11-20 19:00", "2026-11-21 12:00"),
        ("guest", "guest", "2026-11-20 00:00", "2026-11-20 22:00", "2026-11-21 12:00"),
        ("guest", "guest", "2026-11-20 23:59", "2026-11-20 23:59", "2026-11-21 12:00"),
        # A night of 25 hours: noon is 37 hours off, so an hour less.
        ("guest", "guest", "2026-10-25 00:00", "2026-10-25 00:00", "2026-10-26 11:00"),
    ],
)  # fmt: skip
def test_each_kind_of_screen_lasts_as_long_as_is_said(
    kind: ScreenKind, role: Role, made: str, seen: str, until: str
) -> None:
    found = expires_utc(
        kind, role, made_utc=lisbon(made).astimezone(UTC),
        seen_utc=lisbon(seen).astimezone(UTC), zone=LISBON,
    )  # fmt: skip
    assert found.astimezone(LISBON).replace(tzinfo=None) == datetime.fromisoformat(until)


@given(KINDS, ROLES, ZONES, MOMENTS, st.floats(0, 400))
def test_no_screen_ends_in_an_evening_or_a_night(
    kind: ScreenKind, role: Role, zone: ZoneInfo, made: datetime, seen_days: float
) -> None:
    seen = made + timedelta(days=seen_days)
    until = expires_utc(kind, role, made_utc=made, seen_utc=seen, zone=zone)
    assert time(11) <= until.astimezone(zone).time() < time(17)


@given(KINDS, ROLES, ZONES, MOMENTS, st.floats(0, 400))
def test_every_screen_lasts_through_the_night_and_has_its_longest(
    kind: ScreenKind, role: Role, zone: ZoneInfo, made: datetime, seen_days: float
) -> None:
    seen = made + timedelta(days=seen_days)
    until = expires_utc(kind, role, made_utc=made, seen_utc=seen, zone=zone)
    assert until - made > 10 * HOUR
    night = 19 * HOUR  # what 17:00 to 11:00 adds at most, a night of 25 hours included
    if kind == "guest":
        assert until - made <= 36 * HOUR
    elif kind == "member":
        assert until - made <= timedelta(days=180) + night
        assert until - seen <= timedelta(days=90) + night
    else:
        assert until - seen <= timedelta(days=90) + night


@given(ZONES, MOMENTS)
def test_the_night_only_ever_adds_and_less_than_a_day(zone: ZoneInfo, moment: datetime) -> None:
    moved = not_at_night(moment, zone)
    assert timedelta(0) <= moved - moment <= 19 * HOUR
    assert not_at_night(moved, zone) == moved


def test_to_be_seen_later_never_means_to_end_earlier() -> None:
    made = datetime(2026, 1, 1, 13, tzinfo=UTC)
    for kind, role in (("device", "device"), ("member", "adult")):
        ends = [
            expires_utc(kind, role, made_utc=made, seen_utc=made + n * HOUR, zone=LISBON)  # type: ignore[arg-type]
            for n in range(0, 24 * 200, 5)
        ]
        assert all(one <= other for one, other in pairwise(ends))


@given(KINDS, MOMENTS)
def test_what_is_over_is_known_for_a_while_and_then_by_nobody(
    kind: ScreenKind, over: datetime
) -> None:
    assert timedelta(hours=36) <= known_until_utc(kind, over) - over <= timedelta(days=30)
    assert OVER_KEPT["guest"] == timedelta(hours=36)
