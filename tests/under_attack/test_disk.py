"""A disk that is full or cannot be written, under the real hub and the real guard.

Full is meant twice: each process told by the system that no file may grow (which any user can have
done), and, where this is root, a small file system that truly has no room left. Read-only is a
mount where this is root, and the folder's own permissions elsewhere.
"""

import os
import resource
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from tests.support.command_line import evenfall
from tests.support.judging import judged, kinds, rows_of
from tests.support.processes import (
    EVENING,
    HAS_PROC,
    NIGHT_LIGHT,
    TOLD,
    RealHome,
    real_home,
    until,
)

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="finds processes in /proc")
IS_ROOT = os.geteuid() == 0
STOP_S = 5.0
QUIET = "nothing plays here tonight, and the room is dark and quiet. The evening is yours."

Disk = Callable[[RealHome], None]


def no_file_grows(home: RealHome) -> None:
    for process in [*home.hubs(), *home.guards()]:
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (0, most))


def files_grow_again(home: RealHome) -> None:
    for process in [*home.hubs(), *home.guards()]:
        _, most = resource.prlimit(process, resource.RLIMIT_FSIZE)
        resource.prlimit(process, resource.RLIMIT_FSIZE, (most, most))


def fill(home: RealHome) -> None:
    with (home.folder / "filler").open("wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            return


def make_room(home: RealHome) -> None:
    (home.folder / "filler").unlink()


@contextmanager
def mounted(*words: str | Path) -> Iterator[None]:
    """Something mounted, or the test skipped where this machine does not let us."""
    where = str(words[-1])
    done = subprocess.run(["mount", *map(str, words)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no mount here: {done.stderr.decode().strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", where], check=True)


@pytest.fixture(
    params=["no file grows", pytest.param("a small file system", marks=pytest.mark.prove)]
)
def home_and_disk(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[RealHome, Disk, Disk]]:
    """A home that is served, how its disk becomes full, and how there is room again."""
    if request.param == "no file grows":
        with real_home(tmp_path) as home:
            home.serve()
            yield home, no_file_grows, files_grow_again
        return
    if not IS_ROOT:
        pytest.skip("only root may mount a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    with (
        mounted("-t", "tmpfs", "-o", "size=4m", "tmpfs", place),
        real_home(tmp_path, home=place / "home") as home,
    ):
        home.serve()
        yield home, fill, make_room


@pytest.mark.safety("H-111")
def test_a_full_disk_keeps_no_stop_from_being_dark_and_no_next_night_from_running(
    home_and_disk: tuple[RealHome, Disk, Disk],
) -> None:
    home, becomes_full, has_room = home_and_disk
    home.begin()
    becomes_full(home)
    assert home.ask("stop") == httpx.codes.OK
    until(lambda: home.lamp.step <= NIGHT_LIGHT, STOP_S)
    until(lambda: any(QUIET in fault for fault in home.nest()["faults"]))
    assert "disk that keeps the night log is full or failing" in home.nest()["faults"][0]
    assert home.nest()["mode"] == "stopped"
    assert evenfall("--home", home.folder, "stop").code == 0  # the guard hears it all the same
    has_room(home)
    until(lambda: not any(QUIET in fault for fault in home.nest()["faults"]))
    assert home.nest()["mode"] == "stopped"  # what could not be written is, the stop first of all
    assert kinds(rows_of(home.folder / "evenfall.db", "nest"))["stop"] >= 1
    assert home.lamp.step <= NIGHT_LIGHT
    assert len(home.hubs()) == len(home.guards()) == 1
    _the_next_evening(home)


@pytest.mark.safety("H-111")
def test_a_full_disk_lets_nothing_begin_and_says_so(
    home_and_disk: tuple[RealHome, Disk, Disk],
) -> None:
    home, becomes_full, _ = home_and_disk
    until(lambda: home.lamp.told)
    becomes_full(home)
    told = len(home.lamp.told)
    home.ask("begin")
    until(lambda: any(QUIET in fault for fault in home.nest()["faults"]))
    until(lambda: home.lamp.step <= NIGHT_LIGHT, STOP_S)
    assert max((one.step for one in home.lamp.told[told:]), default=0) <= TOLD
    nights = judged(home.folder / "evenfall.db")
    assert all(night.count("begin") == 0 for night in nights.values())
    assert home.hub is not None
    home.hub.terminate()
    home.hub.wait(20.0)
    assert not home.guards()


def _the_next_evening(home: RealHome) -> None:
    """Started anew at the same hour of the next day, it runs; what was written is whole."""
    home.kill_hub()
    home.kill_guard()
    before = judged(home.folder / "evenfall.db")
    home.machine.step(EVENING + timedelta(days=1) - home.machine.now_utc())
    home.serve()
    assert home.nest()["night"].startswith("2026-11-21")
    home.begin()
    after = judged(home.folder / "evenfall.db")
    assert before.keys() < after.keys()
    assert all(list(after[one].rows) == list(night.rows) for one, night in before.items())


# --- Read-only -----------------------------------------------------------------------------------


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder in which nothing can be written: by a mount, or by its own permissions."""
    if IS_ROOT:
        with mounted("--bind", "-o", "ro", folder, folder):
            yield
        return
    modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    try:
        yield
    finally:
        for path, mode in modes.items():
            path.chmod(mode)


@pytest.mark.safety("H-111")
def test_a_disk_that_came_back_read_only_leaves_the_room_quiet_and_says_why(
    tmp_path: Path,
) -> None:
    """As a card does that fails: killed, mounted read-only by the system, started again."""
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        home.kill_hub()
        home.kill_guard()
        before = judged(home.folder / "evenfall.db")
        with read_only(home.folder):
            home.start()
            assert home.hub is not None
            assert home.hub.wait(30.0) == 2
            assert "cannot be written" in home.heard()
            assert "mend:" in home.heard()
            assert not home.guards()
        home.serve()
        until(lambda: home.lamp.step <= TOLD)
        after = judged(home.folder / "evenfall.db")
        night = before["2026-11-20-nest-1"]
        assert list(after[night.night].rows)[: len(night.rows)] == list(night.rows)
        assert home.ask("stop") == httpx.codes.OK
        until(lambda: home.lamp.step <= NIGHT_LIGHT, STOP_S)


# --- Held by somebody else -----------------------------------------------------------------------


@pytest.mark.safety("H-111")
def test_a_log_that_somebody_holds_for_some_seconds_costs_nobody_the_night(tmp_path: Path) -> None:
    """Another program writes for longer than the hub waits: the room is dark until it may again."""
    with real_home(tmp_path) as home:
        home.serve()
        home.begin()
        other = sqlite3.connect(home.folder / "evenfall.db", isolation_level=None)
        try:
            other.execute("BEGIN IMMEDIATE")
            until(lambda: any("database is locked" in fault for fault in home.nest()["faults"]))
            until(lambda: home.lamp.step <= NIGHT_LIGHT)
            other.execute("ROLLBACK")
        finally:
            other.close()
        until(lambda: home.nest()["mode"] == "running")
        assert not any(QUIET in fault for fault in home.nest()["faults"])
        until(
            lambda: "pause" not in home.nest()["can"]
        )  # the night goes on, and no story by itself
        assert home.lamp.step <= NIGHT_LIGHT
        home.end()
        (night,) = [
            one for name, one in judged(home.folder / "evenfall.db").items() if "nest" in name
        ]
        assert night.count("begin") == 1
