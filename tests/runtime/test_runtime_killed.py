"""kill −9 at 200 seeded moments of a night: nothing lost, nothing doubled, the same night.

The night runs in a process of its own that really is killed, some microseconds or many rows in;
then it is taken up again, perhaps to be killed again, until it ends. Its log must then be the
uninterrupted night's, row by row, and its state the fold of that log.
"""

import os
import random
import signal
import time
from pathlib import Path

import pytest
from tests.support.nights import SOLO, digests, eventful, virtual

from evenfall.play.fold import event_of, fold, replay
from evenfall.records.night import ENDED, TimedEvent
from evenfall.runtime.drivers import run_virtual

SEED = 20261120
KILLS = 200
NIGHT = "2026-11-20-nest-1"
BEATS = 1200


def run_in_child(folder: Path, batch_rows: int, kill_at_event: int) -> int:
    """Run the night in a process of its own until it ends or reaches an event; give its pid.

    At the event it tells that it is there and goes on at once: the kill comes from outside and
    lands wherever the process happens to be, between rows, inside a commit, or mid-write.
    """
    pid = os.fork()
    if pid:
        return pid
    try:
        mark = folder / "there"
        kept = virtual(folder, batch_rows=batch_rows)
        kept.runner.start()

        def at(_: TimedEvent) -> None:
            if kept.runner.events_taken >= kill_at_event:
                mark.touch()

        run_virtual(kept.runner, eventful(BEATS), kept.clock, kept.room, at)
    finally:
        os._exit(0)


def kill_somewhere(folder: Path, chance: random.Random, batch_rows: int) -> bool:
    """Start the night, let it run to a drawn event and a drawn moment after, and kill it.

    False where it had already ended by itself.
    """
    mark = folder / "there"
    mark.unlink(missing_ok=True)
    pid = run_in_child(folder, batch_rows, chance.randrange(1, BEATS))
    deadline = time.monotonic() + 30.0
    while not mark.exists() and time.monotonic() < deadline:
        done, _ = os.waitpid(pid, os.WNOHANG)
        if done:
            return False
        time.sleep(0.0005)
    time.sleep(chance.random() * 0.004)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.WIFSIGNALED(status)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[int, str, str]]:
    """The night as it is when nobody kills it."""
    folder = tmp_path_factory.mktemp("whole")
    kept = virtual(folder, batch_rows=64)
    kept.runner.start()
    run_virtual(kept.runner, eventful(BEATS), kept.clock, kept.room)
    assert kept.runner.state.mode == ENDED
    return list(digests(kept.log))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="killing a process needs one to fork")
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded")
@pytest.mark.safety("H-06")
def test_killed_200_times_the_night_is_the_same_night(
    tmp_path: Path, uninterrupted: list[tuple[int, str, str]]
) -> None:
    chance = random.Random(SEED)
    kills, nights = 0, 0
    while kills < KILLS:
        folder = tmp_path / f"night-{nights}"
        folder.mkdir()
        batch_rows = chance.choice((1, 7, 64))
        for _ in range(chance.randrange(3, 9)):
            kills += kill_somewhere(folder, chance, batch_rows)
            check_what_is_there(folder, uninterrupted)
        finish(folder, uninterrupted)
        nights += 1


def check_what_is_there(folder: Path, uninterrupted: list[tuple[int, str, str]]) -> None:
    """After a kill: a whole beginning of the night, and nothing else."""
    log = virtual(folder).log
    rows = log.rows(NIGHT)
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert list(digests(log)) == uninterrupted[: len(rows)]


def finish(folder: Path, uninterrupted: list[tuple[int, str, str]]) -> None:
    """Let it end: the log is the uninterrupted one, the state is the fold of the log."""
    kept = virtual(folder, batch_rows=64)
    kept.runner.start()
    run_virtual(kept.runner, eventful(BEATS), kept.clock, kept.room)
    rows = kept.log.rows(NIGHT)
    assert list(digests(kept.log)) == uninterrupted
    assert kept.runner.state == fold(SOLO, [event_of(row) for row in rows])
    assert len(list(replay(SOLO, rows))) == len(uninterrupted)
