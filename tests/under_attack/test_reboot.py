"""A machine that starts anew in the middle of a night, and does not know for sure what time it is.

The boot and the hour are the test's (`tests.support.processes.OtherMachine`); hub and guard are the
real ones, killed as a power cut would and started again.
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.support.command_line import evenfall
from tests.support.judging import judged, kinds, rows_of
from tests.support.processes import (
    EVENING,
    HAS_PROC,
    NIGHT_LIGHT,
    SOON_S,
    RealHome,
    real_home,
    until,
)

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="finds processes in /proc")
NIGHT = "2026-11-20-nest-1"
LONG_AGO = datetime(1970, 1, 1, 0, 2, tzinfo=UTC)


def power_cut(home: RealHome, now: datetime) -> None:
    """Everything is gone at once; what comes back believes that it is now this."""
    home.kill_hub()
    home.kill_guard()
    home.machine.reboot(now)
    home.serve()


@pytest.mark.safety("H-112")
def test_after_a_reboot_the_night_goes_on_in_quiet_and_says_so(tmp_path: Path) -> None:
    """The clock seems right, and only a minute went by: but nobody knows."""
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        power_cut(home, home.machine.now_utc() + timedelta(seconds=20))
        view = home.nest()
        assert (view["night"], view["mode"]) == (NIGHT, "running")
        until(lambda: home.lamp.step <= NIGHT_LIGHT)
        assert "pause" not in home.nest()["can"]  # nothing plays that could be paused
        said = evenfall("--home", home.folder, "why", f"{_shown(home, 'beatsmissed')}").said
        assert "the hub had been away; the night went on in quiet" in said


@pytest.mark.safety("H-112")
def test_a_clock_earlier_than_the_last_row_is_dark_for_the_night_and_says_so(
    tmp_path: Path,
) -> None:
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        power_cut(home, EVENING - timedelta(minutes=9))
        until(lambda: home.nest()["mode"] == "stopped")
        until(lambda: home.lamp.step <= NIGHT_LIGHT)
        rows = rows_of(home.folder / "evenfall.db", "nest")
        (restarted,) = [row for row in rows if row.kind == "restarted"]
        assert b"the clock is earlier than the last row" in restarted.body
        assert home.nest()["can"] == ["touch", "up"]  # and a child's touch still calls


@pytest.mark.safety("H-112")
def test_a_machine_that_believes_it_is_1970_lights_nothing_until_it_knows(tmp_path: Path) -> None:
    """One without a battery: the hub says what is wrong and ends, and is started again and again
    until the network has set the clock; then the night goes on in quiet.
    """
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        back = home.machine.now_utc() + timedelta(minutes=2)
        home.kill_hub()
        home.kill_guard()
        told = len(home.lamp.told)
        home.machine.reboot(LONG_AGO)
        home.start()
        assert home.hub is not None
        assert home.hub.wait(SOON_S) == 2
        assert "a machine whose clock says 01 January 1970" in home.heard()
        assert not home.guards()
        assert len(home.lamp.told) == told
        home.machine.step(back - home.machine.now_utc())
        home.serve()
        assert home.nest()["night"] == NIGHT
        until(lambda: home.lamp.step <= NIGHT_LIGHT)
        assert "beatsmissed" in kinds(rows_of(home.folder / "evenfall.db", "nest"))
        judged(home.folder / "evenfall.db")


def _shown(home: RealHome, kind: str) -> str:
    """When the last row of a kind was written, by the clock on the wall."""
    rows = [row for row in rows_of(home.folder / "evenfall.db", "nest") if row.kind == kind]
    return f"{rows[-1].wall_utc:%H:%M}"
