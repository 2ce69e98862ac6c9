"""A wall clock that is set while a night runs, and the nights in which summer time begins or ends.

The hub and the guard are the real ones, on a machine whose wall clock the test sets under them
(`tests.support.processes.OtherMachine`).
"""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.support.command_line import evenfall
from tests.support.judging import kinds, rows_of
from tests.support.processes import (
    HAS_PROC,
    NIGHT_LIGHT,
    SPEED,
    TOLD,
    RealHome,
    real_home,
    until,
)

from evenfall.play.schedule import time_of
from evenfall.records.night import LogRow
from evenfall.records.programme import BEAT_S, LEASE_S

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="finds processes in /proc")
STOP_S = 5.0
LISBON = ZoneInfo("Europe/Lisbon")
FREE_WAKE, DAWN = (7, 45), timedelta(minutes=30)
"""When the nest's children wake on a Sunday, by the clock on the wall; and how long dawn takes."""

FAST = 1500.0
"""A night from an hour before the change to its dawn in twenty seconds."""


def nest(home: RealHome) -> Sequence[LogRow]:
    """What the log has of the nest's night by now."""
    return rows_of(home.folder / "evenfall.db", "nest")


def beat_of(home: RealHome) -> int:
    return max((row.beat for row in nest(home)), default=-1)


@pytest.mark.safety("H-112")
@pytest.mark.parametrize(
    "by",
    [
        timedelta(hours=6),
        timedelta(hours=-1),
        pytest.param(timedelta(minutes=3), marks=pytest.mark.prove),
        pytest.param(timedelta(days=-40), marks=pytest.mark.prove),
    ],
    ids=str,
)
def test_a_clock_set_under_the_story_wakes_nobody_and_stops_no_stop(
    tmp_path: Path, by: timedelta
) -> None:
    """Six hours forward it is two in the morning; an hour back the evening has not begun."""
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        beat, told = beat_of(home), len(home.lamp.told)
        home.machine.step(by)
        until(lambda: beat_of(home) >= beat + 4, every_s=0.2)
        assert beat_of(home) <= beat + 40
        assert not kinds(nest(home)).keys() & {"dawn", "lightsout"}
        assert max((one.step for one in home.lamp.told[told:]), default=0) <= TOLD
        view = home.nest()
        assert view["morning"] == "not-yet"
        assert "stop" in view["can"]
        assert home.ask("stop") == httpx.codes.OK
        until(lambda: home.lamp.step <= NIGHT_LIGHT, STOP_S)
        assert not home.page.wrong
        signed = [one.signed_as for one in home.page.since(0.0) if one.signed_as]
        assert signed == sorted(signed)


@pytest.mark.safety("H-112")
def test_taken_up_by_a_clock_that_was_set_the_night_is_where_it_was(tmp_path: Path) -> None:
    """Set six hours forward, then killed: it is still this evening, and no dawn is nearer."""
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        home.machine.step(timedelta(hours=6))
        beat = beat_of(home)
        until(lambda: beat_of(home) > beat, every_s=0.2)
        home.kill_hub()
        beat = beat_of(home)
        took_beats = home.serve() * SPEED / BEAT_S
        until(lambda: beat_of(home) > beat, every_s=0.2)
        assert beat_of(home) <= beat + took_beats + 20
        assert home.nest()["morning"] == "not-yet"
        assert "restarted" not in kinds(nest(home))


@pytest.mark.safety("H-112")
@pytest.mark.parametrize(
    "change",
    [
        datetime(2026, 10, 25, 1, 0, tzinfo=UTC),
        pytest.param(datetime(2027, 3, 28, 1, 0, tzinfo=UTC), marks=pytest.mark.prove),
    ],
    ids=["an hour twice", "an hour left out"],
)
def test_on_the_night_of_the_change_dawn_is_at_the_right_time_on_the_wall(
    tmp_path: Path, change: datetime
) -> None:
    wake = datetime(change.year, change.month, change.day, *FREE_WAKE, tzinfo=LISBON)
    dawn_utc = wake.astimezone(UTC) - DAWN
    late_s = 2.0 * FAST  # two real seconds of a busy machine
    with real_home(tmp_path, change - timedelta(hours=1), FAST) as home:
        home.serve()
        until(lambda: "dawn" in kinds(nest(home)), 60.0, every_s=0.2)
        night = nest(home)
        (dawn,) = [row for row in night if row.kind == "dawn"]
        assert timedelta() <= dawn.wall_utc - dawn_utc <= timedelta(seconds=late_s)
        until(lambda: home.lamp.step > TOLD)
        lit_s = next(one.at_s for one in home.lamp.told if one.step > TOLD)
        lit_utc = home.machine.now_utc() - timedelta(seconds=(time.monotonic() - lit_s) * FAST)
        assert lit_utc >= dawn_utc
        _counted_by_real_time(night)


def _counted_by_real_time(night: Sequence[LogRow]) -> None:
    """Every beat is half a minute of real time, whatever the clock on the wall shows."""
    first = night[0]
    for row in night:
        due = time_of(first.wall_utc, row.beat - first.beat)
        assert abs((row.wall_utc - due).total_seconds()) <= 2 * LEASE_S


@pytest.mark.prove
@pytest.mark.safety("H-93")
def test_last_nights_stop_is_not_for_the_next(tmp_path: Path) -> None:
    """The guard holds a stop until noon, and the next evening is planned before that."""
    with real_home(tmp_path, datetime(2026, 11, 21, 4, 0, tzinfo=UTC), FAST) as home:
        home.serve()
        assert evenfall("--home", home.folder, "stop").code == 0
        until(lambda: home.nest()["mode"] == "stopped")
        until(lambda: home.nest()["night"] == "2026-11-21-nest-1", 60.0)
        until(lambda: home.nest()["mode"] != "before", 60.0)
        assert home.nest()["mode"] in ("waiting", "running")
