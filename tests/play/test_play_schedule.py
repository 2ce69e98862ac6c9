"""A plan as events: real time counts, not the clock's face."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from evenfall.plan.tonight import plan_tonight
from evenfall.play.schedule import beat_at, planned_events, time_of
from evenfall.records.household import Household, Member, Room
from evenfall.records.night import Begin, Dawn, LightsOut

LISBON = ZoneInfo("Europe/Lisbon")
HOME = Household(
    household=1,
    name="Gull House",
    zone="Europe/Lisbon",
    rooms=(Room(id="nest", name="The nest"),),
    members=(Member(id="ada", name="Ada", born="1990-01", room="nest", free_wake="07:45"),),
)


@pytest.mark.parametrize("night", [date(2026, 3, 28), date(2026, 10, 24), date(2026, 11, 20)])
def test_the_dawn_begins_half_an_hour_before_the_wake_also_when_clocks_change(night: date) -> None:
    (plan,) = plan_tonight(HOME, night, LISBON).members
    events = planned_events([plan], plan.wind_down)
    (dawn,) = [timed for timed in events if isinstance(timed.event, Dawn)]
    at = time_of(plan.wind_down.astimezone(ZoneInfo("UTC")), dawn.beat).astimezone(LISBON)
    assert f"{at:%H:%M}" == "07:15"


def test_a_beat_is_thirty_real_seconds_across_a_clock_change() -> None:
    start = datetime(2026, 3, 28, 23, 0, tzinfo=LISBON)
    assert beat_at(start, datetime(2026, 3, 29, 3, 0, tzinfo=LISBON)) == 3 * 120


def test_the_plans_lights_out_is_the_plans_word_and_begin_comes_only_where_asked() -> None:
    (plan,) = plan_tonight(HOME, date(2026, 11, 20), LISBON).members
    events = [timed.event for timed in planned_events([plan], plan.wind_down)]
    assert LightsOut(0, "plan") in events
    assert not any(isinstance(event, Begin) for event in events)
