"""Whole days in one process, each from one seed: nothing is lost, outlived, too bright or too loud.

`make prove` runs hundreds (`test_whole_proof.py`). What a day is made of, and what is modelled of
it, is in docs/why/one-seed.md.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.whole.day import Day, run_day
from tests.whole.plants import HARMLESS, PLANTS, Plant

HERE = Path(__file__).parent
SEEDS = (1, 6)
QUICKLY_FOUND = (
    "the guard forgets a stop",
    "a change is left open",
    "a page never fades by itself",
)

QUICK = [one for one in PLANTS if one.name in QUICKLY_FOUND]


def kept_seeds() -> list[tuple[int, float, float]]:
    """Every seed that has once found something, and the part of its day in which it did."""
    lines = (HERE / "seeds.txt").read_text(encoding="utf-8").splitlines()
    words = [line.split(maxsplit=3) for line in lines if line and not line.startswith("#")]
    return [(int(one[0]), float(one[1]), float(one[2])) for one in words]


def said(day: Day) -> str:
    """What was found, and how to see it again."""
    found = "\n".join(f"  {one.at_s:.0f} s: {one.rule}: {one.words}" for one in day.findings)
    return f"python tools/whole_night.py {day.seed} tells this day:\n{found}"


def find(plant: Plant, seeds: int) -> set[str]:
    """What is found of a planted fault, in so many seeds at most."""
    first_h, last_h = plant.at_h
    for seed in range(seeds):
        with plant.planted():
            day = run_day(seed, last_h - first_h, from_h=first_h, more=plant.more)
        if day.rules & plant.rules:
            return day.rules & plant.rules
    return set()


@pytest.mark.safety("H-109")
@pytest.mark.parametrize("seed", SEEDS)
def test_a_day_of_faults_breaks_nothing(seed: int) -> None:
    day = run_day(seed)
    assert not day.findings, said(day)
    assert day.rows > 500  # a night was really kept


@pytest.mark.safety("H-109")
@pytest.mark.parametrize(("seed", "from_h", "hours"), kept_seeds())
def test_what_a_seed_once_found_stays_mended(seed: int, from_h: float, hours: float) -> None:
    day = run_day(seed, hours, from_h=from_h)
    assert not day.findings, said(day)


@pytest.mark.safety("H-109")
@pytest.mark.parametrize(
    "plant", [one for one in PLANTS if one.name in QUICKLY_FOUND], ids=lambda one: one.name
)
def test_a_planted_fault_is_found(plant: Plant) -> None:
    assert find(plant, seeds=4)


def test_a_hub_that_lies_to_its_guard_gets_no_more_light() -> None:
    """The hub asks for thrice as much: what the guard grants is still what a child may have."""
    with HARMLESS.planted():
        day = run_day(3, 1.0, from_h=7.4, calm=True)
    assert not day.rules & {"too bright", "too loud", "sudden light"}, said(day)


def test_the_same_seed_is_the_same_day_to_the_last_callback() -> None:
    """Also in another process, where Python orders what is in a set otherwise."""
    again = "from tests.whole.day import run_day; print(run_day(4, 0.5, from_h=7.5).digest)"
    here = run_day(4, 0.5, from_h=7.5).digest
    roots = [str(HERE.parents[1])]
    for order in ("1", "2"):
        told = subprocess.run(
            [sys.executable, "-c", again],
            cwd=roots[0],
            env={"PYTHONHASHSEED": order, "PYTHONPATH": roots[0]},
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout.strip() == here
    assert run_day(5, 0.5, from_h=7.5).digest != here


def test_no_thread_no_socket_and_no_sleep_is_used() -> None:
    """Whatever the programs reach for, it is the house's own and none of the machine's."""
    touched: list[str] = []
    barred = ("socket.", "subprocess.", "time.sleep", "sqlite3.connect", "_thread.start")
    watching = True

    def look(event: str, given: tuple[object, ...]) -> None:
        if watching and event.startswith(barred) and given[:1] != (":memory:",):
            touched.append(f"{event} {given[:1]}")

    sys.addaudithook(look)
    try:
        run_day(4, 0.3, from_h=7.6)
    finally:
        watching = False
    assert [one for one in touched if not one.startswith(ACCESS)] == []


ACCESS = "sqlite3.connect"
"""Who was let in is kept in a database of its own, in a real file: no fault is modelled there."""
