"""Guard 3 catches what is planted, and the core never needs what it bars."""

import io
import os
import random
import socket
import sqlite3
import subprocess
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from time import monotonic
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.architecture.barred import WorldTouched, world_barred

from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError
from evenfall.formats.household import read_household, write_household
from evenfall.formats.schemas import SCHEMAS, json_schema
from evenfall.formats.score import read_score
from evenfall.learn.agreement import agreement
from evenfall.learn.statistics import sleep_statistics
from evenfall.plan.tonight import plan_tonight
from evenfall.play.fold import digest, fold, programme_hash
from evenfall.play.schedule import beats, in_order, planned_events
from evenfall.play.step import begin, step
from evenfall.records.night import Stop
from evenfall.records.output import ASLEEP, Lease
from evenfall.records.programme import Programme
from evenfall.records.recording import Recording
from evenfall.records.score import Score
from evenfall.rehearse.household import SimulatedRoom, Timetable, simulate_room
from evenfall.rehearse.recordings import simulated_recording
from evenfall.rehearse.sleeper import typical
from evenfall.safety.limits import limits_for, strictest
from evenfall.safety.merge import merge
from evenfall.sense.movement import movement
from evenfall.sense.nights import nights, within
from evenfall.sense.stagers import stage

HERE = Path(__file__)

TOUCHES: dict[str, Callable[[], object]] = {
    "open": lambda: open(HERE),  # noqa: PTH123, SIM115
    "io.open": lambda: io.open(HERE),  # noqa: SIM115, UP020
    "os.open": lambda: os.open(HERE, os.O_RDONLY),
    "Path.read_text": HERE.read_text,
    "Path.exists": HERE.exists,
    "Path.iterdir": lambda: list(HERE.parent.iterdir()),
    "np.fromfile": lambda: np.fromfile(HERE),
    "an import not yet made": lambda: __import__("this"),
    "socket": socket.socket,
    "a process": lambda: subprocess.run(["true"], check=False),
    "os.system": lambda: os.system("true"),
    "sqlite3": lambda: sqlite3.connect(":memory:"),
    "time.time": time.time,
    "a clock imported by name": monotonic,
    "time.sleep": lambda: time.sleep(0),
    "datetime.now": lambda: datetime.now(UTC),
    "date.today": date.today,
    "random.random": random.random,
    "random.choice": lambda: random.choice([1, 2]),
    "os.urandom": lambda: os.urandom(4),
    "np.random.normal": lambda: np.random.normal(size=2),
    "np.random.default_rng": lambda: np.random.default_rng(None),
}


@pytest.mark.parametrize("touch", TOUCHES)
def test_a_planted_touch_is_caught(touch: str) -> None:
    with pytest.raises(WorldTouched), world_barred():
        TOUCHES[touch]()


def test_a_touch_that_is_swallowed_is_caught_at_the_end() -> None:
    def swallows() -> None:
        try:
            HERE.read_text()
        except BaseException:
            return

    with pytest.raises(WorldTouched, match="swallowed"), world_barred():
        swallows()


def test_pure_work_passes_and_the_world_is_back_afterwards() -> None:
    with world_barred():
        drawn = Random(2045).random() + float(np.random.default_rng(2045).random())
        told = datetime(2026, 11, 20, tzinfo=UTC).isoformat()
    assert drawn > 0
    assert told.startswith("2026")
    assert HERE.read_text()
    assert time.time() > 0
    assert 0 <= float(np.random.default_rng().random()) < 1


# --- The core, with the world out of reach -----------------------------------------------------

HOME = """\
household: 1
name: The lighthouse
zone: Europe/Lisbon
rooms:
  - id: lamp-room
    name: Lamp room
members:
  - {id: wren, name: Wren, born: 1990-04, room: lamp-room}
"""
SCORE = """\
score: 1
id: tide
title: Tide
evening: told
audience: {youngest: 18}
scenes:
  shore:
    kind: settle
    stay: [2 min, 10 min]
    light: {to: 5 lx mEDI, over: 60 s}
    sound: {play: waves, to: 30 dBA, over: 60 s}
    exits:
      - {to: night, lights_out: all}
    then: night
  night:
    kind: quiet
"""
START = datetime(2026, 11, 20, 22, tzinfo=UTC)
TIMETABLE = Timetable(start=START, beats=1100, lights_out_beats=(40,), wake_beats=(1000,))
ADULT = limits_for(36)


def compiled() -> Programme:
    score: Document[Score] = read_score(SCORE, "tide.yaml")
    return compile_score(score, limits=ADULT, sleepers=1, youngest_years=36)


def simulated() -> SimulatedRoom:
    return simulate_room([typical("wren", 36)], 7, TIMETABLE)


def recorded() -> Recording:
    return simulated_recording(simulated().sleepers[0], START, "simulated")


@pytest.mark.safety("H-17")
def test_formats_need_no_world() -> None:
    with world_barred():
        home = read_household(HOME, "home.yaml").record
        again = read_household(write_household(home), "home.yaml").record
        schemas = [json_schema(name) for name in SCHEMAS]
        with pytest.raises(EvenfallError):
            read_household(HOME.replace("room: lamp", "room: nowhere"), "home.yaml")
    assert again == home
    assert all(schemas)


@pytest.mark.safety("H-17")
def test_planning_needs_no_world() -> None:
    zone = ZoneInfo("Europe/Lisbon")
    home = read_household(HOME, "home.yaml").record
    with world_barred():
        plan = plan_tonight(home, date(2026, 11, 20), zone)
        events = planned_events(plan.members, plan.members[0].wind_down)
    assert plan.members[0].reasons
    assert events


@pytest.mark.safety("H-17")
def test_composing_and_playing_need_no_world() -> None:
    with world_barred():
        programme = compiled()
        room = simulated()
        ticks = beats(room.stage_codes, TIMETABLE.beats)
        state = fold(programme, [timed.event for timed in in_order(ticks, room.events)])
        stopped = step(programme, begin(programme), Stop())
        marks = (digest(state), programme_hash(programme))
    assert stopped.setpoints == programme.safe
    assert all(marks)


@pytest.mark.safety("H-17")
def test_safety_needs_no_world() -> None:
    safe = compiled().safe[0]
    with world_barred():
        lease = Lease(holder="night", setpoint=safe, phase=ASLEEP, until_s=90.0)
        merged = merge([lease], strictest(limits_for(4), ADULT), safe)
    assert merged.setpoint.target == safe.target


@pytest.mark.safety("H-17")
def test_rehearsing_sensing_and_learning_need_no_world() -> None:
    with world_barred():
        recording = recorded()
        told = stage(recording)
        windows = nights(recording, told)
        statistics = [
            sleep_statistics(within(told, window), bed_times_known=window.bed_times_known)
            for window in windows
        ]
        still = movement(recording)
        agreed = agreement(told, told)
    assert windows
    assert all(statistics)
    assert any(still.moving)
    assert agreed.accuracy == 1.0
