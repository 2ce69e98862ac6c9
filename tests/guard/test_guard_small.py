"""The guard's smaller parts: its rules, its key, its memory, its files, its start."""

import ast
import json
import os
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec.structs import replace
from tests.support.guard import RULES

from evenfall.adapters.devices.connected import ConnectedHome
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.formats.household import read_household
from evenfall.guard import main as main_module
from evenfall.guard import mind
from evenfall.guard.house import connect, files_digest, read_house
from evenfall.guard.main import _arguments, _clock, _one_at_a_time, _tell, main
from evenfall.guard.memory import Memory
from evenfall.guard.signing import Signer, kept_key
from evenfall.records.household import Commitment
from evenfall.safety import rooms
from evenfall.safety.limits import ADULT, CHILD
from evenfall.safety.rooms import NOTHING, house_rules, is_dawn_time, sure_years

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
TONIGHT = date(2026, 11, 20)
HOUSEHOLD = read_household(DEMO.read_text(encoding="utf-8"), "demo").record


# --- What a room is held to ----------------------------------------------------------------------


@pytest.mark.safety("H-91")
def test_the_guard_reads_the_limits_from_the_ages_itself() -> None:
    nest, loft = house_rules(HOUSEHOLD, TONIGHT).rooms
    assert (nest.limits, loft.limits) == (CHILD, ADULT)
    assert (nest.safe_light_lx_medi, loft.safe_light_lx_medi) == (0.5, 0.0)
    wakes = [at for one in HOUSEHOLD.members if one.room == "nest" for at in rooms._wakes_min(one)]
    assert len(set(wakes)) > 1
    assert nest.dawn_from_min == min(wakes) - 60
    assert nest.dawn_for_min == max(wakes) - min(wakes) + 180
    assert house_rules(HOUSEHOLD, TONIGHT).speed == 1.0
    assert house_rules(HOUSEHOLD, TONIGHT, 3.0).speed == rooms.HouseRules(rooms=(), speed=3.0).speed
    assert rooms.HouseRules(rooms=()).speed == 1.0


@pytest.mark.safety("H-96")
def test_nothing_shines_or_plays_where_someone_under_twelve_months_sleeps() -> None:
    infant = replace(HOUSEHOLD.members[0], born="2025-12", room="loft")
    household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members[1:], infant))
    loft = house_rules(household, TONIGHT).rooms[1]
    assert loft.limits == NOTHING
    outputs = ("light_awake_lx_medi", "light_asleep_lx_medi", "light_dawn_lx_medi",
               "sound_awake_dba", "sound_asleep_dba", "voice_asleep_dba")  # fmt: skip
    assert [getattr(NOTHING, one) for one in outputs] == [0.0] * 6
    year_old = replace(infant, born="2025-10")
    household = replace(HOUSEHOLD, members=(*HOUSEHOLD.members[1:], year_old))
    assert house_rules(household, TONIGHT).rooms[1].limits == CHILD


def test_an_empty_room_has_an_adults_limits_and_no_dawn() -> None:
    household = replace(
        HOUSEHOLD, members=tuple(one for one in HOUSEHOLD.members if one.room == "nest")
    )
    loft = house_rules(household, TONIGHT).rooms[1]
    assert (loft.limits, loft.dawn_from_min, loft.dawn_for_min) == (ADULT, 1380, 0)
    assert not any(is_dawn_time(loft, minute) for minute in range(1440))


def test_a_night_light_brighter_than_a_night_may_be_is_none() -> None:
    bright = replace(HOUSEHOLD.rooms[0], night_light="40 lx mEDI")
    household = replace(HOUSEHOLD, rooms=(bright, *HOUSEHOLD.rooms[1:]))
    assert house_rules(household, TONIGHT).rooms[0].safe_light_lx_medi == 1.0


def test_a_waking_time_is_as_long_before_school_as_the_household_says() -> None:
    school = Commitment(what="school", days=("mon",), starts="08:30", from_waking="1 h 15 min")
    pupil = replace(HOUSEHOLD.members[0], free_wake="09:00", commitments=(school,))
    assert list(rooms._wakes_min(pupil)) == [9 * 60, 7 * 60 + 15]


def test_an_age_counts_from_the_month_after() -> None:
    assert sure_years("2008-11", TONIGHT) < 18 <= sure_years("2008-10", TONIGHT)
    assert sure_years("2027-01", TONIGHT) == 0


def test_a_dawn_past_midnight_is_one() -> None:
    rules = replace(RULES.rooms[0], dawn_from_min=1400, dawn_for_min=100)
    assert [is_dawn_time(rules, one) for one in (1399, 1400, 1439, 0, 59, 60)] == [
        False, True, True, True, True, False,
    ]  # fmt: skip


# --- Its key -------------------------------------------------------------------------------------


@pytest.mark.safety("H-97")
def test_a_frame_is_the_guards_own_word_and_nobody_can_change_it() -> None:
    signer = Signer(b"k" * 32, 7)
    frame = mind.frame(mind.begin(RULES).rooms[0])
    now = datetime(2026, 11, 20, 20, tzinfo=UTC)
    one, two = (signer.signed("nest", frame, now) for _ in range(2))
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signer.public_key))
    key.verify(bytes.fromhex(one.signature), one.signed.encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(one.signature), one.signed.replace("nest", "loft").encode())
    said = [json.loads(each.signed) for each in (one, two)]
    assert [each["count"] for each in said] == [8, 9]
    assert said[0] == {
        "room": "nest", "light_lx_medi": 0.5, "light_ramp_s": 0.0, "sound_dba": 0.0,
        "sound_ramp_s": 0.0, "sound_what": "", "holds_s": 15.0, "seq": 0, "count": 8,
        "until_utc": "2026-11-20T20:00:15Z",
    }  # fmt: skip


def test_the_key_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    key = kept_key(tmp_path)
    assert len(key) == 32
    assert kept_key(tmp_path) == key
    file = tmp_path / "guard.key"
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    with pytest.raises(EvenfallError, match="that others may read"):
        kept_key(tmp_path)
    file.chmod(0o600)
    file.write_bytes(b"short")
    with pytest.raises(EvenfallError, match="damaged"):
        kept_key(tmp_path)


# --- Its memory ----------------------------------------------------------------------------------


@pytest.mark.safety("H-93")
def test_what_was_stopped_or_slept_is_kept_and_a_damaged_note_counts_as_slept(
    tmp_path: Path,
) -> None:
    path = tmp_path / "tonight.json"
    before = mind.begin(RULES)
    nest = replace(before.rooms[0], asleep_night=7, stopped_night=7)
    after = replace(before, rooms=(nest, before.rooms[1]))
    memory = Memory(path, 9)
    memory.keep(RULES, before, before)
    assert not path.exists()
    memory.keep(RULES, before, after)
    assert memory.restored(RULES, before) == after
    assert list(tmp_path.iterdir()) == [path]
    path.write_text('{"nest": {"asleep_night": 3, "stopped_night": 2}}')
    restored = memory.restored(RULES, before)
    assert [(one.asleep_night, one.stopped_night) for one in restored.rooms] == [(3, 2), (-1, -1)]
    path.write_text("{")
    restored = memory.restored(RULES, before)
    assert [(one.asleep_night, one.stopped_night) for one in restored.rooms] == [(9, -1)] * 2


def test_a_full_disk_keeps_no_room_from_being_quiet(tmp_path: Path) -> None:
    before = mind.begin(RULES)
    after = replace(before, rooms=tuple(replace(one, asleep_night=1) for one in before.rooms))
    Memory(tmp_path / "no" / "tonight.json", 0).keep(RULES, before, after)
    Memory(None, 0).keep(RULES, before, after)
    assert Memory(None, 0).restored(RULES, before) == before
    assert Memory(tmp_path / "none.json", 0).restored(RULES, before) == before


# --- Its files -----------------------------------------------------------------------------------


def home(folder: Path, devices: str = "") -> Path:
    (folder / "household.yaml").write_text(DEMO.read_text(encoding="utf-8"), encoding="utf-8")
    if devices:
        (folder / "devices.yaml").write_text(devices)
    return folder / "household.yaml"


HA = 'devices: 1\nhome_assistant: {url: "http://h.local", token_file: t}\n'


def test_a_home_is_read_with_its_devices_and_its_token(tmp_path: Path) -> None:
    file = home(tmp_path)
    assert read_house(tmp_path, file) == (HOUSEHOLD, None, "")
    home(tmp_path, "devices: 1\n")
    household, document, token = read_house(tmp_path, file)
    assert document is not None and (household, token) == (HOUSEHOLD, "")
    home(tmp_path, HA)
    (tmp_path / "t").write_text("hush-hush\n")
    assert read_house(tmp_path, file)[2] == "hush-hush"
    one = files_digest(file, tmp_path / "devices.yaml")
    assert one != files_digest(file, tmp_path / "none.yaml")
    assert len(one) == 64


def test_what_is_wrong_with_a_file_is_told_with_its_place_and_no_secret(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"no file .*household\.yaml"):
        read_house(tmp_path, tmp_path / "household.yaml")
    file = home(tmp_path, HA)
    with pytest.raises(FormatError, match="no file") as told:
        read_house(tmp_path, file)
    assert told.value.faults[0].place.line == 2
    (tmp_path / "t").mkdir()
    with pytest.raises(FormatError, match="cannot be read"):
        read_house(tmp_path, file)
    (tmp_path / "t").rmdir()
    (tmp_path / "t").write_text("hush hush")
    with pytest.raises(FormatError, match="where a token of Home Assistant belongs") as told:
        read_house(tmp_path, file)
    assert "hush" not in str(told.value)


def test_each_device_is_looked_at_once_more_and_lamps_share(tmp_path: Path) -> None:
    file = home(
        tmp_path,
        'devices: 1\nconnections: [{output: nest-lamp, wled: "http://127.0.0.1:9"}]\n',
    )
    household, document, token = read_house(tmp_path, file)
    asked: list[tuple[str, str]] = []

    def most(room: str, output: str) -> float:
        asked.append((room, output))
        return 0.0

    with_devices: ConnectedHome = connect(household, document, token, 1.0, most)
    try:
        (keeper,) = with_devices.rooms["nest"]._keepers
        driver: Any = keeper.driver
        assert (driver._sharing, driver.steps, driver.where) == (1, 255, "http://127.0.0.1:9")
        assert driver._most() == 0.0
        assert asked == [("nest", "light")]
    finally:
        with_devices.close()
    connect(household, None, "", 1.0, most).close()


# --- Its start -----------------------------------------------------------------------------------


def test_its_clock_is_the_machines_unless_an_hour_is_given(tmp_path: Path) -> None:
    words = ["--home", str(tmp_path)]
    assert _clock(_arguments(words)).is_the_machines
    at = datetime(2026, 11, 20, 20, tzinfo=UTC)
    words += ["--speed", "10", "--at", at.isoformat(), repr(time.monotonic() - 6.0)]
    clock = _clock(_arguments(words))
    assert not clock.is_the_machines
    assert 60.0 <= (clock.now_utc() - at).total_seconds() < 90.0


def test_one_guard_keeps_a_home(tmp_path: Path) -> None:
    with _one_at_a_time(tmp_path):
        assert (tmp_path / "guard").stat().st_mode & 0o777 == 0o700
        with pytest.raises(EvenfallError, match="a guard that runs already"):
            _one_at_a_time(tmp_path)
    with _one_at_a_time(tmp_path):
        pass
    with pytest.raises(EvenfallError, match="cannot be written"):
        _one_at_a_time(tmp_path / "nowhere")


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


def test_the_module_is_its_own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    import runpy

    monkeypatch.setattr(sys, "argv", ["guard", "--help"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("evenfall.guard", run_name="__main__")
    assert left.value.code == 0
    runpy.run_module("evenfall.guard.__main__", run_name="not-main")


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    """docs/why/how-the-guard-decides.md says them to a parent."""
    assert (main_module.ALONE_S, main_module.PATH_MAX_BYTES) == (30.0, 103)
    assert (rooms.DAWN_BEFORE_MIN, rooms.DAWN_AFTER_MIN, rooms.DAY_MIN) == (60, 120, 1440)
    assert rooms.INFANT_UNDER_YEARS == 1


def test_the_guard_is_small() -> None:
    """Under a thousand lines of code: blank lines, comments and docstrings aside."""
    count = 0
    for path in Path(str(mind.__file__)).parent.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [one for one in body if not _is_words(one)] or [ast.Pass()]  # type: ignore[attr-defined]
        count += len(ast.unparse(tree).splitlines())
    assert count < 1000


def _is_words(node: object) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
