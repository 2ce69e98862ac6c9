"""A room's night made ready: what may run, what the kernel is told, what the morning counts."""

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.evening import RoomNight, recorded_nights, room_programme, simulated_night
from evenfall.app.home import Home, load_household
from evenfall.app.keeping import give_back, keep_virtual, steps_of
from evenfall.app.report import morning_page
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.insight import Morning
from evenfall.records.night import RUNNING, Beat
from evenfall.records.plan import Plan, RoomEvening
from evenfall.rehearse.household import PRESETS

ZONE = ZoneInfo("Europe/Lisbon")
NIGHT = date(2026, 11, 19)
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"


@pytest.fixture(scope="module")
def household() -> Household:
    return load_household(DEMO).record


def evening_of(plan: Plan, room: str) -> RoomEvening:
    return next(one for one in plan.rooms if one.room == room)


def ready(household: Household, home: Home, room: str = "nest", script: str = "plain") -> RoomNight:
    plan = plan_tonight(household, NIGHT, ZONE)
    return simulated_night(
        home,
        household,
        plan,
        evening_of(plan, room),
        zone=ZONE,
        seed=3,
        script=script,
        night_id=f"{plan.night}-{room}-1",
    )


def kept(household: Household, folder: Path, room: str, script: str) -> tuple[RoomNight, Morning]:
    night = ready(household, Home(folder), room, script)
    log = SqliteNightLog(folder / "evenfall.db")
    keep_virtual(log, night)
    return night, give_back(log, household, night, ZONE)


@pytest.mark.safety("H-13")
def test_more_immersion_than_the_family_agreed_becomes_a_told_evening(
    household: Household, tmp_path: Path
) -> None:
    plan = plan_tonight(household, NIGHT, ZONE)
    nest = evening_of(plan, "nest")
    agreed, no_notes = room_programme(Home(tmp_path), household, plan, nest)
    assert (agreed.id, no_notes) == ("two-boats", ())
    stricter = replace(household, immersion_allowance="5 min")
    told, notes = room_programme(Home(tmp_path), stricter, plan, nest)
    assert told.evening == "told"
    assert told.immersion_max_beats == 0
    assert "the family agreed on 5" in notes[0]


def test_a_score_that_may_not_run_here_becomes_a_told_evening_and_says_why(
    household: Household, tmp_path: Path
) -> None:
    plan = plan_tonight(household, NIGHT, ZONE)
    alone = replace(evening_of(plan, "nest"), score="tidepool")
    told, notes = room_programme(Home(tmp_path), household, plan, alone)
    assert told.evening == "told"
    assert "2 people sleep in this room" in notes[0]


@pytest.mark.safety("H-19")
def test_the_morning_counts_the_minutes_really_immersed(
    household: Household, tmp_path: Path
) -> None:
    night, morning = kept(household, tmp_path, "nest", "plain")
    log = SqliteNightLog(tmp_path / "evenfall.db")
    beats = 0
    for row, step in steps_of(log, night.night, night.programme):
        here = night.programme.scenes[step.state.scene]
        immersed = step.state.mode == RUNNING and here.kind == "immerse"
        beats += row.kind == "beat" and immersed and not step.state.breather_age_beats
    assert morning.immersion_min == beats / 2 > 0
    assert morning.allowance_min == 20
    page = morning_page((morning,), night.plan)
    assert f"{morning.immersion_min:g} minutes used of the 20 agreed" in page


@pytest.mark.safety("H-24")
def test_the_kernel_is_told_no_stage_of_a_child(household: Household, tmp_path: Path) -> None:
    for timed in ready(household, Home(tmp_path), "nest").events:
        if isinstance(timed.event, Beat):
            assert not any(timed.event.stages)


def test_the_kernel_is_told_an_adults_stages_as_late_as_the_stager_is(
    household: Household, tmp_path: Path
) -> None:
    night = ready(household, Home(tmp_path), "loft")
    told = [timed.event.stages for timed in night.events if isinstance(timed.event, Beat)]
    assert told[0] == (0, 0)
    assert {code for stages in told for code in stages} == {0, 1, 6}


@pytest.mark.parametrize("script", PRESETS)
@pytest.mark.parametrize("room", ["nest", "loft"])
def test_every_script_runs_in_every_room_to_a_morning(
    household: Household, tmp_path: Path, room: str, script: str
) -> None:
    night, morning = kept(household, tmp_path, room, script)
    assert morning.simulated
    assert [one.member for one in morning.members] == [one.member for one in night.sleepers]
    assert morning.moments
    expected = {
        "a-no": "a no",
        "stopped": "stopped",
        "two-am": "a touch in the night",
        "sensor-lost": "a sensor was lost",
        "paused": "paused",
    }
    if script in expected:
        assert any(expected[script] in moment.what for moment in morning.moments)


@pytest.mark.realdata
def test_every_real_recording_has_a_night(data_folder: Path) -> None:
    from evenfall.adapters.importers import read_recording

    files = [*data_folder.glob("watch/*.csv"), *data_folder.glob("sleep-edf/*-Hypnogram.edf")]
    assert len(files) == 33
    for file in files:
        windows = recorded_nights(read_recording(file))
        assert len(windows) >= 1, file.name
