"""Wall clocks that skip, repeat, and leave whole days out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest
from tests.plan.test_plan_family import SAM, but, home, night_of, rules_of, weekday_thing

from evenfall.formats.errors import EvenfallError
from evenfall.plan.tonight import plan_tonight
from evenfall.plan.wall_clock import (
    clock_text,
    earlier_step,
    frame_night,
    last_before,
    later_step,
    on_the_clock,
)

NEW_YORK = ZoneInfo("America/New_York")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
TROLL = ZoneInfo("Antarctica/Troll")
APIA = ZoneInfo("Pacific/Apia")
KATHMANDU = ZoneInfo("Asia/Kathmandu")


@pytest.mark.parametrize(
    ("zone", "day", "clock", "shown", "how"),
    [
        (NEW_YORK, date(2026, 3, 8), "02:30", "03:30", "skipped"),
        (NEW_YORK, date(2026, 3, 8), "03:00", "03:00", "plain"),
        (NEW_YORK, date(2026, 11, 1), "01:30", "01:30", "doubled"),
        (LORD_HOWE, date(2026, 10, 4), "02:10", "02:40", "skipped"),
        (LORD_HOWE, date(2026, 4, 5), "01:45", "01:45", "doubled"),
        (TROLL, date(2026, 3, 29), "01:30", "03:30", "skipped"),
        (KATHMANDU, date(2026, 3, 29), "01:30", "01:30", "plain"),
    ],
)
def test_skipped_times_move_on_and_doubled_ones_are_their_first(
    zone: ZoneInfo, day: date, clock: str, shown: str, how: str
) -> None:
    time = on_the_clock(day, clock, zone)
    assert (clock_text(time.at, zone), time.how) == (shown, how)
    assert time.at.astimezone(zone).fold == 0


def test_a_doubled_time_is_its_first() -> None:
    time = on_the_clock(date(2026, 11, 1), "01:30", NEW_YORK)
    assert time.at == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_the_night_before_a_day_that_never_was_ends_on_the_next_there_is() -> None:
    frame = frame_night(date(2011, 12, 29), APIA)
    assert frame.morning == date(2011, 12, 31)
    assert frame.noon_after - frame.noon == timedelta(hours=24)
    plan = plan_tonight(home(SAM), date(2011, 12, 29), APIA)
    assert f"{night_of(plan, 'sam').wake:%Y-%m-%d %H:%M}" == "2011-12-31 08:00"


@pytest.mark.parametrize("night", [date(2011, 12, 30)])
def test_a_day_that_never_was_has_no_night(night: date) -> None:
    with pytest.raises(EvenfallError, match="left that day out"):
        frame_night(night, APIA)


@pytest.mark.parametrize("night", [date.min, date.max, date(1899, 12, 31), date(2200, 1, 1)])
def test_nights_out_of_reach_are_refused(night: date) -> None:
    with pytest.raises(EvenfallError, match="out of reach"):
        frame_night(night, UTC)


def test_steps_of_five_minutes_are_the_wall_clocks() -> None:
    at = datetime(2026, 11, 20, 20, 17, 30, tzinfo=UTC)
    assert clock_text(earlier_step(at, KATHMANDU), KATHMANDU) == "02:00"
    assert clock_text(later_step(at, KATHMANDU), KATHMANDU) == "02:05"
    on_step = datetime(2026, 11, 20, 20, 15, tzinfo=UTC)
    assert earlier_step(on_step, UTC) == later_step(on_step, UTC) == on_step


def test_the_last_time_before_an_instant_stays_inside_the_night() -> None:
    frame = frame_night(date(2026, 11, 20), UTC)
    wake = datetime(2026, 11, 21, 7, tzinfo=UTC)
    found = [last_before(frame, clock, wake) for clock in ("20:00", "06:00", "12:00", "07:30")]
    shown = [time and f"{time.at:%d %H:%M}" for time in found]
    assert shown == ["20 20:00", "21 06:00", "20 12:00", None]


@pytest.mark.parametrize(
    ("night", "rule", "wake"),
    [
        (date(2026, 3, 7), "clock-skipped", "03:30"),
        (date(2026, 10, 31), "clock-doubled", "01:30"),
    ],
)
def test_a_wake_the_clock_disturbs_is_explained(night: date, rule: str, wake: str) -> None:
    clock = "02:30" if rule == "clock-skipped" else "01:30"
    baker = but(SAM, commitments=(), free_wake=clock)
    plan = night_of(plan_tonight(home(baker), night, NEW_YORK), "sam")
    assert f"{plan.wake:%H:%M}" == wake
    assert rule in rules_of(plan)
    assert f"wakes at {wake}" in plan.reasons[0].text


def test_a_commitment_the_clock_skips_keeps_the_length_of_the_morning() -> None:
    ferry = weekday_thing("ferry", "02:30", "2 h")
    sailor = but(SAM, commitments=(msgspec.structs.replace(ferry, days=("sun",)),))
    plan = night_of(plan_tonight(home(sailor), date(2026, 3, 7), NEW_YORK), "sam")
    # 02:30 does not exist, so the ferry leaves at 03:30, which is one real hour after 01:30.
    assert f"{plan.wake:%H:%M}" == "00:30"
    assert rules_of(plan)[:2] == ["commitment", "clock-skipped"]
