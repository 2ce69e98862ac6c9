"""The allowance: set aside before a night, settled after it, given back by one that never began."""

from collections.abc import Iterator
from dataclasses import replace as with_
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.allowance import Left, has_reserved, left_for
from evenfall.app.cli.common import Here, State
from evenfall.app.cli.night import live_in_terminal
from evenfall.app.evening import RoomNight, live_night, room_programme, simulated_night
from evenfall.app.home import Home, load_household
from evenfall.app.keeping import give_back, keep_virtual, next_night_id, remember
from evenfall.plan.tonight import plan_tonight
from evenfall.play.schedule import in_order
from evenfall.records.allowance import Reservation
from evenfall.records.household import Household
from evenfall.records.insight import Morning
from evenfall.records.night import Begin, LightsOut, Stop, TimedEvent
from evenfall.records.plan import RoomEvening
from evenfall.runtime.night_runner import NightRunner

ZONE = ZoneInfo("Europe/Lisbon")
NIGHT = date(2026, 11, 19)
TONIGHT = NIGHT.isoformat()
DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
TWO_BOATS_MIN = 14.0
AGREED_MIN = 20.0
STORY = (TimedEvent(20, Begin()), TimedEvent(120, LightsOut(0)), TimedEvent(120, LightsOut(1)))


class Killed(BaseException):
    """The process is gone: nothing after this runs."""


class House:
    """A home on disk, opened anew as often as a process would."""

    def __init__(self, folder: Path) -> None:
        self.home = Home(folder)
        self.household: Household = load_household(DEMO).record
        self.plan = plan_tonight(self.household, NIGHT, ZONE)
        self.open()

    def open(self) -> None:
        self.log = SqliteNightLog(self.home.database)
        self.library = SqliteLibrary(self.home.database)

    def close(self) -> None:
        self.log.close()
        self.library.close()

    @property
    def nest(self) -> RoomEvening:
        return next(one for one in self.plan.rooms if one.room == "nest")

    def left(self, night_id: str) -> Left:
        return left_for(self.library, self.log, self.household, TONIGHT, night_id)

    def ready(self, night_id: str = "", *, rehearsed: bool = False) -> RoomNight:
        """A real night of the nest, made ready as a hub makes it; a new one, or one again."""
        night_id = night_id or next_night_id(self.log, TONIGHT, "nest")
        return live_night(
            self.home,
            self.household,
            self.plan,
            self.nest,
            zone=ZONE,
            night_id=night_id,
            rehearsed=rehearsed,
            left=self.left(night_id),
        )

    def keep(
        self, ready: RoomNight, *people: TimedEvent, killed_at: int | None = None
    ) -> Morning | None:
        """Keep a night to its morning; killed at a beat, it stops there with nothing settled."""
        remember(self.library, ready)

        def look(runner: NightRunner, timed: TimedEvent) -> None:
            if killed_at is not None and timed.beat >= killed_at:
                raise Killed

        told = with_(ready, events=in_order(people, ready.events))
        try:
            keep_virtual(self.log, told, look)
        except Killed:
            self.close()
            self.open()
            return None
        morning = give_back(self.log, self.household, told, ZONE)
        remember(self.library, ready, morning)
        return morning

    def kept(self, night_id: str) -> dict[str, tuple[float, float | None]]:
        """What a night set aside and used, by member."""
        found = [one for one in self.library.all(Reservation) if one.night_id == night_id]
        return {one.member: (one.reserved_min, one.used_min) for one in found}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    one = House(tmp_path)
    yield one
    one.close()


@pytest.mark.safety("H-13")
def test_before_a_night_begins_its_longest_immersion_is_set_aside_for_every_sleeper(
    house: House,
) -> None:
    ready = house.ready()
    assert ready.programme.id == "two-boats"
    remember(house.library, ready)
    assert house.kept(ready.night.id) == {"noor": (14.0, None), "ilay": (14.0, None)}
    left = house.left("another").may_use_min
    assert left["mara"] == AGREED_MIN


@pytest.mark.safety("H-13")
@pytest.mark.safety("H-19")
def test_in_the_morning_it_is_settled_to_what_was_really_used(house: House) -> None:
    ready = house.ready()
    morning = house.keep(ready, *STORY[:1], TimedEvent(45, Stop("noor")), *STORY[1:])
    assert morning is not None
    used = morning.immersion_min
    assert 0 < used < TWO_BOATS_MIN
    assert house.kept(ready.night.id) == {"noor": (14.0, used), "ilay": (14.0, used)}
    left = house.left("another")
    assert left.may_use_min["noor"] == AGREED_MIN - used
    assert left.used_min == {"noor": used, "ilay": used, "mara": 0.0, "tomas": 0.0}
    again = house.ready()
    assert again.used_before_min == used


@pytest.mark.safety("H-13")
def test_what_is_left_is_too_little_and_the_evening_is_told_and_says_why(house: House) -> None:
    morning = house.keep(house.ready(), *STORY)
    assert morning is not None
    assert morning.immersion_min == TWO_BOATS_MIN
    second = house.ready()
    assert second.programme.evening == "told"
    assert second.notes == (
        "Two boats may immerse for 14 min and of tonight's 20 Noor has 6 left. "
        "The evening is told.",
    )
    remember(house.library, second)
    assert house.kept(second.night.id) == {"noor": (0.0, None), "ilay": (0.0, None)}
    tomorrow = left_for(house.library, house.log, house.household, "2026-11-20", "any")
    assert tomorrow.may_use_min["noor"] == AGREED_MIN


@pytest.mark.safety("H-13")
def test_one_sleeper_with_too_little_left_binds_the_room(house: House) -> None:
    left = Left({"noor": 20.0, "ilay": 13.9}, {})
    told, notes = room_programme(house.home, house.household, house.plan, house.nest, left)
    assert told.evening == "told"
    assert "Ilay has 13.9 left" in notes[0]
    enough = Left({"noor": 20.0, "ilay": 14.0}, {})
    agreed, no_notes = room_programme(house.home, house.household, house.plan, house.nest, enough)
    assert (agreed.id, no_notes) == ("two-boats", ())


@pytest.mark.safety("H-13")
def test_killed_and_taken_up_again_it_is_the_same_night_and_no_second_share(house: House) -> None:
    first = house.ready()
    assert house.keep(first, *STORY, killed_at=50) is None
    assert house.kept(first.night.id)["noor"] == (14.0, None)
    beside = house.left("another")
    assert beside.may_use_min["noor"] == AGREED_MIN - TWO_BOATS_MIN
    assert 0 < beside.used_min["noor"] < TWO_BOATS_MIN
    assert house.ready().programme.evening == "told"
    again = house.ready(first.night.id)
    assert again.programme == first.programme
    morning = house.keep(again, *STORY)
    assert morning is not None
    assert house.kept(first.night.id)["noor"] == (14.0, morning.immersion_min)
    assert "restarted" not in {row.kind for row in house.log.rows(first.night.id)}


@pytest.mark.safety("H-13")
def test_a_told_night_taken_up_again_stays_told_though_more_is_left_by_then(house: House) -> None:
    first = house.ready()
    assert house.keep(first, *STORY, killed_at=30) is None
    second = house.ready()
    assert house.keep(second, *STORY, killed_at=30) is None
    assert house.keep(house.ready(first.night.id), TimedEvent(31, Stop("noor"))) is not None
    assert house.left("another").may_use_min["noor"] > TWO_BOATS_MIN
    assert house.ready(second.night.id).programme == second.programme


@pytest.mark.safety("H-13")
def test_a_night_that_never_began_gives_all_of_it_back(house: House) -> None:
    nobody = house.ready()
    assert house.keep(nobody) is not None
    assert house.kept(nobody.night.id)["noor"] == (14.0, 0.0)
    assert house.left("another").may_use_min["noor"] == AGREED_MIN


def test_a_night_killed_before_anything_happened_gives_all_of_it_back(house: House) -> None:
    nothing = house.ready()
    remember(house.library, nothing)
    house.log.begin(nothing.night, nothing.programme, nothing.night.programme_hash)
    again = house.ready()
    assert again.night.id != nothing.night.id
    assert again.programme.id == "two-boats"


def test_a_night_whose_log_nobody_can_read_counts_in_full(house: House) -> None:
    first = house.ready()
    assert house.keep(first, *STORY, killed_at=40) is None
    house.log.connection.execute("UPDATE rows SET kernel_version = '0'")
    left = house.left("another")
    assert (left.may_use_min["noor"], left.used_min["noor"]) == (6.0, 14.0)


def test_what_is_made_up_takes_nothing_and_is_not_stopped(house: House) -> None:
    """A rehearsal, a simulated night: run as often as one likes, before and after the real one."""
    rehearsal = house.ready(rehearsed=True)
    assert house.keep(rehearsal, *STORY) is not None
    pretend = simulated_night(
        house.home,
        house.household,
        house.plan,
        house.nest,
        zone=ZONE,
        seed=3,
        script="plain",
        night_id=next_night_id(house.log, TONIGHT, "nest"),
    )
    assert house.keep(pretend) is not None
    assert house.library.all(Reservation) == []
    real = house.ready()
    assert house.keep(real, *STORY) is not None
    for _ in range(2):
        after = house.ready(rehearsed=True)
        assert (after.programme.id, after.used_before_min) == ("two-boats", 0.0)
        assert house.keep(after, *STORY) is not None
    assert {one.night_id for one in house.library.all(Reservation)} == {real.night.id}


def test_less_agreed_meanwhile_binds_a_night_taken_up_again(house: House) -> None:
    first = house.ready()
    remember(house.library, first)
    house.household = replace(house.household, immersion_allowance="5 min")
    assert house.left(first.night.id).may_use_min["noor"] == 5.0


def test_whoever_has_moved_out_is_asked_for_nothing(house: House) -> None:
    remember(house.library, house.ready())
    others = tuple(one for one in house.household.members if one.id != "noor")
    house.household = replace(house.household, members=others)
    assert set(house.left("another").may_use_min) == {"mara", "tomas", "ilay"}


@pytest.mark.parametrize(("speed", "counts"), [(1.0, True), (600.0, False)])
def test_at_another_pace_than_the_clocks_a_night_in_the_terminal_is_only_tried_out(
    house: House, speed: float, counts: bool
) -> None:
    said = State(house.home.folder, None)
    where = Here(house.home, house.household, ZONE, house.home.household_file, said)
    plan = replace(house.plan, rooms=(house.nest,))
    (ready,) = live_in_terminal(where, house.log, house.library, plan, speed)
    remember(house.library, ready)
    assert ready.counts == counts
    assert has_reserved(house.library, ready.night.id) == counts
