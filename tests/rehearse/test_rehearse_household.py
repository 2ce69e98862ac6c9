from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from evenfall.formats.errors import EvenfallError
from evenfall.records.night import (
    REM,
    STAGE_CODES,
    UNKNOWN,
    No,
    Pause,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    TimedEvent,
    Touch,
)
from evenfall.rehearse.household import PRESETS, Timetable, scripted_night, simulate_room
from evenfall.rehearse.sleeper import SleeperProfile, typical

LISBON = ZoneInfo("Europe/Lisbon")
CHILDREN = (typical("noor", 4), typical("ilse", 8))
WHEN = Timetable(
    start=datetime(2026, 11, 20, 19, 0, tzinfo=LISBON),
    beats=1500,
    lights_out_beats=(60, 120),
    wake_beats=(1440, 1440),
)


def night_moved_to(start: datetime) -> Timetable:
    return msgspec.structs.replace(WHEN, start=start)


def test_a_room_gives_each_beat_a_code_for_each_sleeper() -> None:
    room = simulate_room(CHILDREN, 1, WHEN)
    assert len(room.stage_codes) == WHEN.beats
    assert {len(codes) for codes in room.stage_codes} == {2}
    for place, sleeper in enumerate(room.sleepers):
        expected = [STAGE_CODES[stage] for stage in sleeper.stages if stage is not None]
        assert [codes[place] for codes in room.stage_codes] == expected
    assert room.sleepers[0].stages != room.sleepers[1].stages
    assert any(REM in codes for codes in room.stage_codes)


def test_nobody_in_a_room_changes_anybody_elses_night() -> None:
    both = simulate_room(CHILDREN, 1, WHEN)
    alone = simulate_room(
        CHILDREN[:1],
        1,
        msgspec.structs.replace(WHEN, lights_out_beats=(60,), wake_beats=(1440,)),
    )
    assert both.sleepers[0] == alone.sleepers[0]


def test_where_nothing_is_known_the_code_is_unknown() -> None:
    profiles = (
        msgspec.structs.replace(typical("noor", 4), sensor_gaps=((300, 400),)),
        typical("baby", 0.5),
    )
    codes = simulate_room(profiles, 1, WHEN).stage_codes
    assert {code for code, _ in codes[300:400]} == {UNKNOWN}
    assert UNKNOWN not in {code for code, _ in codes[:300] + codes[400:]}
    assert {code for _, code in codes} == {UNKNOWN}


def test_everyones_events_come_in_order_with_their_place() -> None:
    profiles = (
        msgspec.structs.replace(typical("noor", 4), touch_beats=(50, 700)),
        msgspec.structs.replace(typical("ilse", 8), touch_beats=(50, 600), says_no_beat=40),
    )
    events = simulate_room(profiles, 1, WHEN).events
    assert events == (
        TimedEvent(beat=40, event=No(sleeper=1)),
        TimedEvent(beat=50, event=Touch(sleeper=0)),
        TimedEvent(beat=50, event=Touch(sleeper=1)),
        TimedEvent(beat=600, event=Touch(sleeper=1)),
        TimedEvent(beat=700, event=Touch(sleeper=0)),
    )


def test_sleepers_and_timetable_must_fit() -> None:
    with pytest.raises(ValueError, match="same member id"):
        simulate_room((typical("noor", 4), typical("noor", 8)), 1, WHEN)
    with pytest.raises(ValueError, match="zip"):
        simulate_room(CHILDREN[:1], 1, WHEN)


@pytest.mark.parametrize("kind", list(PRESETS))
@pytest.mark.parametrize(
    "profiles",
    [CHILDREN, (typical("ilse", 8), typical("noor", 4)), (typical("a", 34), typical("b", 65))],
)
def test_every_script_is_a_whole_night_for_any_room(
    kind: str, profiles: tuple[SleeperProfile, ...]
) -> None:
    room = scripted_night(kind, profiles, 3, WHEN)
    assert room == scripted_night(kind, profiles, 3, WHEN)
    assert len(room.stage_codes) == WHEN.beats
    at = [timed.beat for timed in room.events]
    assert at == sorted(at)
    assert all(0 <= beat < WHEN.beats for beat in at)
    assert len(PRESETS[kind]) < 80


def events_of(kind: str) -> list[TimedEvent]:
    return list(scripted_night(kind, CHILDREN, 1, WHEN).events)


def test_each_script_does_what_it_says() -> None:
    assert events_of("plain") == []
    assert events_of("restless") == []
    assert events_of("a-no") == [TimedEvent(beat=30, event=No(sleeper=0))]
    assert events_of("two-am") == [TimedEvent(beat=7 * 120, event=Touch(sleeper=0))]
    assert events_of("stopped") == [TimedEvent(beat=40, event=Stop(by="noor"))]
    assert events_of("sensor-lost") == [
        TimedEvent(beat=30, event=SensorLost(sleeper=0)),
        TimedEvent(beat=180, event=SensorReturned(sleeper=0)),
        TimedEvent(beat=750, event=SensorLost(sleeper=0)),
        TimedEvent(beat=810, event=SensorReturned(sleeper=0)),
    ]
    assert events_of("paused") == [
        TimedEvent(beat=30, event=Pause()),
        TimedEvent(beat=40, event=Resume()),
    ]
    assert events_of("left-paused") == [TimedEvent(beat=30, event=Pause())]


def test_the_youngest_is_found_wherever_they_stand() -> None:
    room = scripted_night("a-no", (typical("ilse", 8), typical("noor", 4)), 1, WHEN)
    assert room.events == (TimedEvent(beat=60, event=No(sleeper=1)),)


def test_a_restless_room_is_awake_longer() -> None:
    def awake(kind: str) -> int:
        return sum(
            sleeper.stages.count("W")
            for seed in range(10)
            for sleeper in scripted_night(kind, CHILDREN, seed, WHEN).sleepers
        )

    assert awake("restless") > 1.2 * awake("plain")


@pytest.mark.parametrize(
    ("start", "beat"),
    [
        (datetime(2026, 11, 20, 19, 0), 7 * 120),  # noqa: DTZ001 - a start that knows no zone
        (datetime(2026, 11, 21, 0, 30, tzinfo=LISBON), 90 * 2),
        # The night the clocks go back at 2: the first 2 a.m. by the wall is an hour further on.
        (datetime(2026, 10, 24, 19, 0, tzinfo=LISBON), 8 * 120),
        # A night that is over before 2 a.m.: the middle of it instead.
        (datetime(2026, 11, 20, 4, 0, tzinfo=LISBON), 750),
    ],
)
def test_two_in_the_morning_is_by_the_wall(start: datetime, beat: int) -> None:
    (touch,) = scripted_night("two-am", CHILDREN, 1, night_moved_to(start)).events
    assert touch.beat == beat


def test_a_night_nobody_scripted_is_refused_with_the_nearest() -> None:
    with pytest.raises(EvenfallError, match="no simulated night is called 'tow-am'") as refused:
        scripted_night("tow-am", CHILDREN, 1, WHEN)
    assert refused.value.faults[0].mend == "write two-am"
