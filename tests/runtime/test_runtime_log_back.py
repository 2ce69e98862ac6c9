"""A log that could not be written for a while: nothing is lost, a stop least of all."""

import sqlite3
from pathlib import Path

import pytest
from tests.support.nights import SOLO, virtual

from evenfall.play.fold import event_of, fold
from evenfall.ports.night_log import LogUnavailableError, WriterReplacedError
from evenfall.records.night import STOPPED, Beat, Begin, Stop, Touch

NIGHT = "2026-11-20-nest-1"


@pytest.mark.safety("H-103")
@pytest.mark.safety("H-111")
def test_a_story_that_broke_off_does_not_begin_again_by_itself(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    other = sqlite3.connect(tmp_path / "evenfall.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogUnavailableError):
        kept.runner.handle(0, Beat())
    other.execute("ROLLBACK")
    other.close()
    assert kept.runner.log_is_back()
    gap = kept.runner.uncounted()
    assert gap is not None
    kept.runner.handle(0, gap)
    assert SOLO.scenes[kept.runner.state.scene].kind == "quiet"
    assert kept.runner.uncounted() is None


@pytest.mark.safety("H-111")
def test_what_could_not_be_written_is_written_once_and_in_order(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    other = sqlite3.connect(tmp_path / "evenfall.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(LogUnavailableError):
        kept.runner.handle(1, Stop("here"))
    assert kept.outputs.level("sound") == 0.0
    assert not kept.runner.log_is_back()
    other.execute("ROLLBACK")
    other.close()
    assert kept.runner.log_is_back()
    kept.runner.handle(2, Beat())
    assert kept.runner.state.mode == STOPPED
    rows = kept.log.rows(NIGHT)
    assert [(row.seq, row.kind) for row in rows] == [(0, "begin"), (1, "stop"), (2, "beat")]
    assert fold(SOLO, [event_of(row) for row in rows]) == kept.runner.state


def test_what_another_writer_took_over_is_given_up(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    taking_over = virtual(tmp_path)
    taking_over.runner.start()
    with pytest.raises(WriterReplacedError):
        kept.runner.handle(1, Touch())
    assert kept.runner.log_is_back()  # nothing of this writer's waits any more
    taking_over.runner.handle(1, Beat())
    assert [row.kind for row in taking_over.log.rows(NIGHT)] == ["begin", "beat"]
