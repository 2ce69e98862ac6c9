"""What a guardian's phone says, and that a call is not lost with the hub that made it."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from tests.support.nights import START, Kept, virtual

from evenfall.adapters.clocks import VirtualClock
from evenfall.app.home import load_household
from evenfall.plan.tonight import plan_tonight
from evenfall.records.night import LightsOut, Touch
from evenfall.runtime.calling import ANYONE, touched

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
ZONE = ZoneInfo("America/Sao_Paulo")
PLAN = plan_tonight(load_household(DEMO).record, date(2026, 11, 20), ZONE)
CHILDREN = tuple(one for one in PLAN.members if one.room == "nest")
AT = datetime(2026, 11, 21, 5, 13, tzinfo=UTC)  # three hours behind in São Paulo
UNNAMED = "Someone touched the bedside page. They may want you."


def test_who_is_said_by_name_and_when_by_the_homes_own_clock() -> None:
    first, second = (one.name for one in CHILDREN)
    assert touched(CHILDREN, 1, AT, False) == f"{second} touched the page at 02:13."
    assert touched(CHILDREN, ANYONE, AT, False) == f"{first} or {second} touched the page at 02:13."
    assert touched(CHILDREN, 7, AT, False) == touched(CHILDREN, ANYONE, AT, False)
    assert touched((), 0, AT, False) == UNNAMED


def test_a_rehearsal_says_that_it_is_one() -> None:
    assert touched(CHILDREN, 0, AT, True).startswith("In a rehearsal, ")


@pytest.mark.safety("H-29")
@pytest.mark.parametrize(
    ("gap", "told"),
    [
        (timedelta(seconds=20), 1),
        (timedelta(minutes=4), 1),
        (timedelta(minutes=6), 0),
        (timedelta(seconds=-60), 0),  # a clock that went back
    ],
)
def test_a_call_the_hub_died_in_the_middle_of_is_made_again(
    tmp_path: Path, gap: timedelta, told: int
) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, LightsOut(0))
    kept.clock.move_to(START + timedelta(minutes=5))
    kept.runner.handle(10, Touch(0))
    clock = VirtualClock(START)
    clock.move_to(kept.clock.now_utc() + gap)
    again = Kept(kept.log, clock)
    again.runner.start()
    assert len(again.notices.told) == told


def test_a_touch_in_a_story_calls_nobody_then_or_later(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Touch(0))
    again = Kept(kept.log, VirtualClock(START))
    again.runner.start()
    assert kept.notices.told == again.notices.told == []
