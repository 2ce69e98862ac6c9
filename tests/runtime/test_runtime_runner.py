"""The order of a step: quieter, then the log, then louder; and what happens when the log fails."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from tests.support.nights import SOLO, START, Kept, digests, eventful, night, virtual

from evenfall.adapters.clocks import VirtualClock
from evenfall.adapters.simulated import SimulatedOutputs
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.play.fold import digest, fold, programme_hash
from evenfall.play.step import KERNEL_VERSION
from evenfall.ports.night_log import LogUnavailableError, WriterReplacedError
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.night import (
    ENDED,
    STOPPED,
    WAITING,
    AnyEvent,
    Beat,
    Begin,
    LightsOut,
    LogRow,
    Night,
    Stop,
    Touch,
)
from evenfall.records.programme import Programme
from evenfall.runtime.drivers import run_virtual
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.room import RoomKeeper

FIRST_FOUR: tuple[AnyEvent, ...] = (Begin(), Touch(), Beat(), Beat())


class Tape:
    """A log and outputs that write down, in one order, what was asked of them."""

    def __init__(self, fails_at: int | None = None) -> None:
        self.said: list[str] = []
        self.kept: list[LogRow] = []
        self.fails_at = fails_at

    def begin(self, night: Night, programme: Programme, programme_hash: str) -> int:
        return 1

    def append(self, row: LogRow) -> None:
        self.said.append(f"row {row.kind}")
        self.kept.append(row)

    def commit(self) -> None:
        if self.fails_at is not None and len(self.kept) >= self.fails_at:
            raise LogUnavailableError(Fault("a full disk", Place(), "room", "free some"))
        self.said.append("durable")

    def rows(self, night_id: str) -> Sequence[LogRow]:
        return []

    def night(self, night_id: str) -> Night | None:
        return None

    def nights(self) -> Sequence[Night]:
        return []

    def programme(self, programme_hash: str) -> Programme | None:
        return None

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        self.said.append(f"{output} {target:g}")


def taped(fails_at: int | None = None) -> tuple[Tape, Kept[VirtualClock]]:
    tape = Tape(fails_at)
    clock = VirtualClock(START)
    kept = Kept(tape, clock, room=RoomKeeper(SOLO.limits, SOLO.safe, tape))
    kept.runner.start()
    return tape, kept


def test_louder_and_brighter_wait_for_the_log() -> None:
    tape, kept = taped()
    kept.runner.handle(0, Begin())
    assert tape.said.index("durable") < tape.said.index("light 1")
    tape.said.clear()
    kept.runner.handle(1, Touch())
    assert tape.said.index("durable") < tape.said.index("sound 42")


def test_darker_and_quieter_do_not_wait() -> None:
    tape, kept = taped()
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Touch())
    tape.said.clear()
    kept.runner.handle(2, Stop("anyone"))
    assert tape.said[:2] == ["light 0", "sound 0"]
    assert tape.said.index("row stop") > 1


@pytest.mark.safety("H-31")
@pytest.mark.parametrize("fails_at", range(1, 12))
def test_a_log_that_fails_quiets_the_room_and_says_so(fails_at: int) -> None:
    _, kept = taped(fails_at)
    events: tuple[AnyEvent, ...] = (Begin(), Touch(), *[Beat()] * 9)
    with pytest.raises(LogUnavailableError, match="a full disk"):
        for beat, event in enumerate(events):
            kept.runner.handle(beat, event)
    later_s = kept.clock.monotonic_s() + 5.0
    assert kept.room.level("sound", later_s) == 0.0
    assert kept.room.level("light", later_s) == 0.0


@pytest.mark.safety("H-31")
def test_a_stop_quiets_even_when_the_log_has_already_failed() -> None:
    _, kept = taped(fails_at=3)
    kept.runner.handle(0, Begin())
    kept.runner.handle(1, Touch())
    with pytest.raises(LogUnavailableError):
        kept.runner.handle(2, Stop("anyone"))
    assert kept.runner.state.mode == STOPPED
    assert kept.room.level("sound", kept.clock.monotonic_s() + 5.0) == 0.0


def test_a_real_sqlite_that_is_full_quiets_the_room_and_resumes_when_mended(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    assert isinstance(kept.log, SqliteNightLog)
    kept.runner.start()
    (pages,) = kept.log.connection.execute("PRAGMA page_count").fetchone()
    kept.log.connection.execute(f"PRAGMA max_page_count={pages + 3}")
    with pytest.raises(LogUnavailableError, match="full") as told:
        run_virtual(kept.runner, eventful(), kept.clock, kept.room)
    assert "free some space" in told.value.faults[0].mend
    assert kept.room.level("sound", kept.clock.monotonic_s() + 5.0) == 0.0
    kept.log.connection.execute("PRAGMA max_page_count=1000000")
    kept.log.close()
    again = virtual(tmp_path)
    again.runner.start()
    run_virtual(again.runner, eventful(), again.clock, again.room)
    taken = eventful()[: again.runner.events_taken]
    assert again.runner.state == fold(SOLO, [timed.event for timed in taken])
    assert again.runner.state.mode == ENDED


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own of 1 MB, where this user may make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("making a small disk needs mount and root")
    made = subprocess.run(
        [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=False
    )
    if made.returncode:
        pytest.skip("this machine lets nobody make a small disk")
    yield folder
    subprocess.run(["umount", str(folder)], check=False)


def test_a_disk_that_is_really_full(small_disk: Path) -> None:
    (small_disk / "ballast").write_bytes(b"0" * 500_000)
    kept = virtual(small_disk)
    kept.runner.start()
    with pytest.raises(LogUnavailableError, match="full"):
        run_virtual(kept.runner, eventful(), kept.clock, kept.room)
    assert kept.room.level("sound", kept.clock.monotonic_s() + 5.0) == 0.0
    assert isinstance(kept.log, SqliteNightLog)
    kept.log.close()


def test_a_disk_that_becomes_read_only(small_disk: Path) -> None:
    kept = virtual(small_disk)
    assert isinstance(kept.log, SqliteNightLog)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    kept.log.connection.execute("PRAGMA query_only=1")
    with pytest.raises(LogUnavailableError, match="cannot be written") as told:
        kept.runner.handle(1, Touch())
    assert "permission" in told.value.faults[0].mend
    assert kept.room.level("light", kept.clock.monotonic_s() + 5.0) == 0.0
    kept.log.close()


def test_a_second_writer_shuts_the_first_one_out(tmp_path: Path) -> None:
    first, second = virtual(tmp_path), virtual(tmp_path)
    first.runner.start()
    first.runner.handle(0, Begin())
    second.runner.start()
    with pytest.raises(WriterReplacedError, match="another program"):
        first.runner.handle(1, Touch())
    assert first.room.level("light", first.clock.monotonic_s() + 5.0) == 0.0
    assert [row.seq for row in second.log.rows("2026-11-20-nest-1")] == [0]


def test_a_touch_at_night_tells_a_guardian(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, LightsOut(0))
    kept.runner.handle(5, Touch(0))
    assert kept.notices.told == [
        (("mara",), "Someone touched the bedside page. They may want you.")
    ]


class DeafLamp(SimulatedOutputs):
    """A lamp that stops answering."""

    deaf = False

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        if self.deaf and output == "light":
            raise OutputUnavailableError(Fault("a lamp", Place(), "an answer", "plug it in"))
        super().apply(output, target, ramp_s, what)


def test_a_lamp_that_does_not_answer_is_noted_and_the_evening_goes_on(tmp_path: Path) -> None:
    lamp = DeafLamp()
    kept = Kept(SqliteNightLog(tmp_path / "evenfall.db"), VirtualClock(START), outputs=lamp)
    kept.runner.start()
    kept.runner.handle(0, Begin())
    lamp.deaf = True
    kept.runner.handle(1, Touch())
    lamp.deaf = False
    kept.runner.handle(2, LightsOut(0))
    kinds = [row.kind for row in kept.log.rows("2026-11-20-nest-1")]
    assert kinds == ["begin", "touch", "outputlost", "lightsout", "outputreturned"]


# --- Taking up again -------------------------------------------------------------------------


def resumed_after(
    tmp_path: Path, gap: timedelta, *, boot_id: str = "virtual"
) -> tuple[NightRunner, list[str]]:
    kept = virtual(tmp_path)
    kept.runner.start()
    for beat, event in enumerate(FIRST_FOUR):
        kept.clock.move_to(START + timedelta(seconds=30 * beat))
        kept.runner.handle(beat, event)
    clock = VirtualClock(START, boot_id)
    clock.move_to(kept.clock.now_utc() + gap)
    again = Kept(kept.log, clock)
    again.runner.start()
    return again.runner, [row.kind for row in again.log.rows("2026-11-20-nest-1")]


def test_a_short_gap_goes_on_where_it_was(tmp_path: Path) -> None:
    runner, kinds = resumed_after(tmp_path, timedelta(seconds=20))
    assert kinds == ["begin", "touch", "beat", "beat"]
    assert runner.programme.scenes[runner.state.scene].id == "deep"


@pytest.mark.safety("H-11")
def test_a_gap_longer_than_a_lease_resumes_in_quiet_and_says_so(tmp_path: Path) -> None:
    runner, kinds = resumed_after(tmp_path, timedelta(minutes=10))
    assert kinds[-1] == "beatsmissed"
    assert runner.programme.scenes[runner.state.scene].id == "night"


def test_a_reboot_resumes_in_quiet(tmp_path: Path) -> None:
    runner, kinds = resumed_after(tmp_path, timedelta(seconds=20), boot_id="another")
    assert kinds[-1] == "beatsmissed"
    assert runner.programme.scenes[runner.state.scene].id == "night"


@pytest.mark.safety("H-09")
def test_a_clock_that_went_back_resumes_stopped(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.clock.move_to(START + timedelta(minutes=9))
    kept.runner.handle(18, Begin())
    again = Kept(kept.log, VirtualClock(START))
    again.runner.start()
    assert again.runner.state.mode == STOPPED
    assert again.log.rows("2026-11-20-nest-1")[-1].kind == "restarted"


@pytest.mark.safety("H-09")
@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE rows SET kernel_version = 'another' WHERE seq = 1",
        "UPDATE rows SET digest = '0123456789abcdef' WHERE seq = 2",
        'UPDATE rows SET body = \'{"kind":"beat","stages":[3]}\' WHERE seq = 1',
        "UPDATE rows SET body = 'not json' WHERE seq = 1",
        "DELETE FROM rows WHERE seq = 1",
        "UPDATE rows SET programme_hash = 'another' WHERE seq = 3",
    ],
)
def test_a_log_that_cannot_be_trusted_resumes_stopped_and_says_why(
    tmp_path: Path, damage: str
) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    for beat, event in enumerate(FIRST_FOUR):
        kept.clock.move_to(START + timedelta(seconds=30 * beat))
        kept.runner.handle(beat, event)
    assert isinstance(kept.log, SqliteNightLog)
    kept.log.connection.execute(damage)
    again = virtual(tmp_path)
    again.runner.start()
    last = again.log.rows("2026-11-20-nest-1")[-1]
    assert last.kind == "restarted"
    assert len(last.body) > len('{"kind":"restarted","why":""}')
    assert again.runner.state.mode == STOPPED
    assert last.digest == digest(again.runner.state)


def test_a_restarted_night_can_be_resumed_again(tmp_path: Path) -> None:
    test_a_clock_that_went_back_resumes_stopped(tmp_path)
    once_more = virtual(tmp_path)
    once_more.runner.start()
    assert once_more.runner.state.mode == STOPPED
    assert [row.kind for row in once_more.log.rows("2026-11-20-nest-1")].count("restarted") == 1


def test_every_row_is_what_the_log_promises(tmp_path: Path) -> None:
    kept = virtual(tmp_path, batch_rows=64)
    kept.runner.start()
    run_virtual(kept.runner, eventful(), kept.clock, kept.room)
    rows = kept.log.rows("2026-11-20-nest-1")
    assert [row.seq for row in rows] == list(range(len(rows)))
    assert {row.programme_hash for row in rows} == {programme_hash(SOLO)}
    assert {row.kernel_version for row in rows} == {KERNEL_VERSION}
    assert {row.writer_epoch for row in rows} == {1}
    assert kept.log.programme(programme_hash(SOLO)) == SOLO
    assert kept.log.night("2026-11-20-nest-1") == night()
    assert not any(b"noor" in row.body for row in rows)


def test_batches_change_nothing_but_the_time_it_takes(tmp_path: Path) -> None:
    one, many = tmp_path / "one", tmp_path / "many"
    for folder, batch_rows in ((one, 1), (many, 64)):
        kept = virtual(folder, batch_rows=batch_rows)
        kept.runner.start()
        run_virtual(kept.runner, eventful(200), kept.clock, kept.room)
    assert digests(virtual(one).log) == digests(virtual(many).log)


def test_a_night_that_is_waiting_survives_a_restart(tmp_path: Path) -> None:
    kept = virtual(tmp_path)
    kept.runner.start()
    kept.runner.handle(0, Beat())
    clock = VirtualClock(START, "another boot")
    clock.move_to(START + timedelta(minutes=30))
    again = Kept(kept.log, clock)
    again.runner.start()
    assert again.runner.state.mode == WAITING


def test_a_damaged_file_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "evenfall.db"
    file.write_bytes(b"this is no database, and has never been one" * 50)
    before = file.read_bytes()
    with pytest.raises(EvenfallError, match="damaged"):
        SqliteNightLog(file)
    assert file.read_bytes() == before


def test_a_later_version_is_told_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "evenfall.db"
    connection = sqlite3.connect(file)
    connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(EvenfallError, match="later Evenfall"):
        SqliteNightLog(file)
