"""The guard's smaller parts: its signed word, its start, its size."""

import json
import logging
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Thread

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from tests.support.guard import RULES

from evenfall.guard import main as main_module
from evenfall.guard import mind
from evenfall.guard.main import _arguments, _clock, _tell, main
from evenfall.guard.signing import Signer
from evenfall.records.household import Household
from evenfall.safety.rooms import HouseRules, house_rules

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"


def home(folder: Path) -> None:
    (folder / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")


# --- Its word -------------------------------------------------------------------------------------


@pytest.mark.safety("H-97")
def test_a_frame_is_the_guards_own_word_and_nobody_can_change_it() -> None:
    first = 2**52  # above what the clock would give
    signer = Signer(b"k" * 32, first)
    frame = mind.frame(mind.begin(RULES).rooms[0])
    now = datetime(2026, 11, 20, 20, tzinfo=UTC)
    one, two = (signer.signed("nest", frame, now) for _ in range(2))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key))
    key.verify(bytes.fromhex(one.signature), one.signed.encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(one.signature), one.signed.replace("nest", "loft").encode())
    said = [json.loads(each.signed) for each in (one, two)]
    assert [each["count"] for each in said] == [first + 1, first + 2]
    assert said[0] == {
        "room": "nest", "light_lx_medi": 0.5, "light_ramp_s": 0.0, "sound_dba": 0.0,
        "sound_ramp_s": 0.0, "sound_what": "", "holds_s": 15.0, "seq": 0, "count": first + 1,
        "until_utc": "2026-11-20T20:00:15Z",
    }  # fmt: skip


# --- Its start -----------------------------------------------------------------------------------


def test_its_clock_is_the_machines_unless_an_hour_is_given(tmp_path: Path) -> None:
    words = ["--home", str(tmp_path)]
    assert _clock(_arguments(words)).is_the_machines
    at = datetime(2026, 11, 20, 20, tzinfo=UTC)
    words += ["--speed", "10", "--at", at.isoformat(), repr(time.monotonic() - 6.0)]
    clock = _clock(_arguments(words))
    assert not clock.is_the_machines
    assert 60.0 <= (clock.now_utc() - at).total_seconds() < 90.0


def test_news_to_someone_who_is_gone_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        monkeypatch.setattr(sys, "stdout", gone)
        _tell({"ready": True})
        monkeypatch.undo()
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, gone.fileno())  # what is left in it may be written somewhere
        os.close(null)


@pytest.mark.parametrize("long", [False, True])
def test_what_keeps_it_from_starting_is_told_as_json_and_leaves_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], long: bool
) -> None:
    folder = tmp_path / ("x" * 100) if long else tmp_path
    folder.mkdir(exist_ok=True)
    if long:
        home(folder)
    with pytest.raises(SystemExit) as left:
        main(["--home", str(folder)])
    assert left.value.code == 2
    (fault,) = json.loads(capsys.readouterr().out)["faults"]
    assert ("bytes for the guard's socket" if long else "no file") in fault["found"]


def test_a_task_that_fails_ends_it_with_every_room_safe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also the whole of it, in this process: it starts, listens, is ended, and lets go."""

    async def fails(_: object) -> None:
        raise RuntimeError("a fault of our own")

    home(tmp_path)
    monkeypatch.setattr("evenfall.guard.desk.Desk.look_around", fails)
    main(["--home", str(tmp_path)])
    assert json.loads(capsys.readouterr().out) == {"ready": True}
    assert not (tmp_path / "guard" / "guard.sock").exists()


def test_a_rehearsing_guard_that_is_left_alone_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    home(tmp_path)
    monkeypatch.setattr(main_module, "ALONE_S", 0.1)
    monkeypatch.setattr("evenfall.guard.desk.STATUS_S", 0.05)
    at = [datetime(2026, 11, 20, 20, tzinfo=UTC).isoformat(), repr(time.monotonic())]
    main(["--home", str(tmp_path), "--for-hub", "--speed", "30", "--at", *at])
    assert "ready" in capsys.readouterr().out
    assert not (tmp_path / "guard" / "tonight.json").exists()


@contextmanager
def told_to_end(folder: Path, how: signal.Signals, after_s: float = 0.0) -> Iterator[None]:
    """Somebody who sends this process a signal once the guard listens, and a little later."""

    def wait_and_send() -> None:
        ends_s = time.monotonic() + 20.0
        while not (folder / "guard" / "guard.sock").exists() and time.monotonic() < ends_s:
            time.sleep(0.01)
        time.sleep(after_s)
        os.kill(os.getpid(), how)

    sender = Thread(target=wait_and_send)
    sender.start()
    try:
        yield
    finally:
        sender.join()


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_however_it_is_told_to_end_it_lets_go_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], how: signal.Signals
) -> None:
    home(tmp_path)
    with told_to_end(tmp_path, how):
        main(["--home", str(tmp_path)])
    assert not (tmp_path / "guard" / "guard.sock").exists()
    assert logging.getLogger("asyncio").level == logging.CRITICAL


@pytest.mark.parametrize("words", [["--for-hub"], ["--speed", "30", "--at", "{now}", "{s}"]])
def test_only_a_hubs_guard_of_a_made_up_hour_ends_for_being_alone(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
) -> None:
    home(tmp_path)
    monkeypatch.setattr(main_module, "ALONE_S", 0.05)
    monkeypatch.setattr("evenfall.guard.desk.STATUS_S", 0.02)
    now = datetime(2026, 11, 20, 20, tzinfo=UTC).isoformat()
    given = [one.format(now=now, s=repr(time.monotonic())) for one in words]
    began_s = time.monotonic()
    with told_to_end(tmp_path, signal.SIGTERM, after_s=0.5):
        main(["--home", str(tmp_path), *given])
        assert time.monotonic() - began_s >= 0.5


@pytest.mark.parametrize(
    ("utc", "tonight"),
    [("11:59:00", date(2026, 11, 19)), ("12:00:30", date(2026, 11, 20))],
)
def test_ages_are_those_of_the_night_it_is(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    utc: str,
    tonight: date,
) -> None:
    asked: list[date] = []

    def seen(household: Household, day: date, speed: float) -> HouseRules:
        asked.append(day)
        return house_rules(household, day, speed)

    home(tmp_path)
    monkeypatch.setattr("evenfall.guard.main.house_rules", seen)
    at = [f"2026-11-20T{utc}+00:00", repr(time.monotonic())]
    with told_to_end(tmp_path, signal.SIGTERM):
        main(["--home", str(tmp_path), "--at", *at])
    assert asked == [tonight]


def test_it_wants_a_home_and_says_its_news_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "--home" in capsys.readouterr().err
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    with os.fdopen(writing, "w") as news:
        monkeypatch.setattr(sys, "stdout", news)
        _tell({"ready": True})
        assert os.read(reading, 100) == b'{"ready":true}\n'
        monkeypatch.undo()
    os.close(reading)


def test_the_module_is_its_own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.setattr(sys, "argv", ["guard", "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("evenfall.guard", run_name="__main__")
    assert left.value.code == 0
    runpy.run_module("evenfall.guard.__main__", run_name="not-main")


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    """docs/why/how-the-guard-decides.md says them to a parent."""
    assert main_module.ALONE_S == 30.0


def test_the_guard_is_small() -> None:
    """Under a thousand lines as they stand, blank ones and words included."""
    files = Path(str(mind.__file__)).parent.rglob("*.py")
    assert sum(len(one.read_text(encoding="utf-8").splitlines()) for one in files) < 1000
