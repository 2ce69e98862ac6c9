"""Which night a stop at the guard itself is for."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from tests.support.nights import START, night

from evenfall.adapters.clocks import VirtualClock
from evenfall.app.guarding import HubGuard


@pytest.mark.safety("H-93")
def test_a_stop_is_for_the_night_that_is_and_not_for_the_one_planned_before_noon() -> None:
    guard = HubGuard.__new__(HubGuard)  # a hub's view of a guard that holds a stop until noon
    clock = VirtualClock(START - timedelta(hours=8))
    guard._clock, guard._stopped = clock, set()  # type: ignore[assignment]
    guard.client = SimpleNamespace(rooms={"nest": SimpleNamespace(stopped=True)})  # type: ignore[assignment]
    assert not guard.is_newly_stopped(night())
    clock.move_to(START)
    assert guard.is_newly_stopped(night())
    assert not guard.is_newly_stopped(night())  # told once
