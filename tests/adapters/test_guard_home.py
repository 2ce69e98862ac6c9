"""The guard and its home: its files, its notes, its key, its lock and its socket."""

import asyncio
import os
import socket
import struct
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace as replace_struct

from evenfall.adapters.devices.connected import ConnectedHome
from evenfall.adapters.devices.holding import Lack
from evenfall.adapters.devices.report import Report
from evenfall.adapters.guard import keys, line
from evenfall.adapters.guard.count import RUN_MAX, first_count
from evenfall.adapters.guard.house import _safe_step, connect, devices_of, files_digest, read_house
from evenfall.adapters.guard.keys import kept_key
from evenfall.adapters.guard.line import PATH_MAX_BYTES, is_this_user, listening
from evenfall.adapters.guard.lock import one_at_a_time
from evenfall.adapters.guard.notes import Notes
from evenfall.adapters.guard.process import running_pid
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.formats.household import read_household
from evenfall.formats.located import BYTES_MAX
from evenfall.records.guard import Device, Kept
from evenfall.safety.rooms import house_rules

DEMO = Path(__file__).resolve().parents[2] / "src/evenfall/app/demo/household.yaml"
HOUSEHOLD = read_household(DEMO.read_text(encoding="utf-8"), "demo").record


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

    rules = house_rules(household, date(2026, 11, 20))
    with_devices: ConnectedHome = connect(household, document, token, rules, most)
    try:
        (keeper,) = with_devices.rooms["nest"]._keepers
        driver: Any = keeper.driver
        assert (driver._sharing, driver.steps, driver.where) == (1, 255, "http://127.0.0.1:9")
        assert driver._most() == 0.0
        assert asked == [("nest", "light")]
        assert driver._driver._safe_step == 6  # the nest's own night light, 0.5 of 20 lx mEDI
        (lamp,) = with_devices.connected
        speaker = replace(lamp, output=replace_struct(lamp.output, kind="sound"))
        bright = replace_struct(rules.rooms[0], safe_light_lx_medi=1.0)
        assert [_safe_step(one, bright, 1) for one in (lamp, speaker)] == [12, 0]
    finally:
        with_devices.close()
    connect(household, None, "", rules, most).close()


@pytest.mark.parametrize("file", ["household.yaml", "devices.yaml", "t"])
def test_a_file_longer_than_any_may_be_is_not_cut_and_believed(tmp_path: Path, file: str) -> None:
    household = home(tmp_path, HA)
    (tmp_path / "t").write_text("hush-hush")
    text = (tmp_path / file).read_text(encoding="utf-8") + "\n"
    (tmp_path / file).write_text(text + " " * (BYTES_MAX + 1 - len(text.encode())))
    with pytest.raises(FormatError):
        read_house(tmp_path, household)
    (tmp_path / file).write_text(text + " " * (BYTES_MAX - len(text.encode())))
    assert read_house(tmp_path, household)[2] == "hush-hush"


class FakeHome:
    """A home of one lamp that says how it is."""

    def __init__(self, watched: bool) -> None:
        self.rooms: dict[str, Any] = {"nest": self}
        self.watched = watched

    def lack(self, output: str) -> Lack:
        return "unwatched" if output == "lamp" and not self.watched else ""

    def reports(self) -> tuple[Report, ...]:
        return (
            Report(
                id="lamp", kind="light", status="differs", asked_step=1, seen_step=2,
                note="a note",
            ),
        )  # fmt: skip


def test_a_rooms_devices_are_as_they_say_and_where_there_are_none_there_are_none() -> None:
    for watched in (False, True):
        there: Any = FakeHome(watched)
        (device,) = devices_of(there, "nest")
        lack: Lack = "" if watched else "unwatched"
        assert device == Device(id="lamp", kind="light", status="differs", lack=lack, note="a note")
        assert devices_of(there, "loft") == ()
    assert devices_of(None, "nest") == ()


# --- Its key -------------------------------------------------------------------------------------


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


def test_two_that_make_it_at_once_have_the_first(tmp_path: Path) -> None:
    path = tmp_path / "guard.key"
    keys._make(path)
    key = path.read_bytes()
    (tmp_path / f"guard.{os.getpid()}.part").write_bytes(b"left behind")
    keys._make(path)
    assert path.read_bytes() == key == kept_key(tmp_path)
    assert list(tmp_path.iterdir()) == [path]


# --- Its count ---------------------------------------------------------------------------------


@pytest.mark.safety("H-97")
def test_a_count_is_above_every_one_before_whatever_the_clock_says(tmp_path: Path) -> None:
    path = tmp_path / "count"
    assert first_count(path, 5_000_000) == 5_000_000
    assert list(tmp_path.iterdir()) == [path]
    kept = 5_000_000 + RUN_MAX
    assert first_count(path, 1) == kept  # a machine that came up in 1970
    assert first_count(path, 1) == kept + RUN_MAX
    assert first_count(path, kept * 3) == kept * 3


@pytest.mark.safety("H-97")
def test_a_count_is_on_the_disk_before_it_is_used_and_the_clock_must_do_without_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda one: sizes.append(os.fstat(one).st_size))
    path = tmp_path / "count"
    first_count(path, 7)
    assert sizes == [len(str(7 + RUN_MAX))]
    path.write_text("damaged")
    assert first_count(path, 8) == 8
    path.write_text("damaged")
    assert first_count(path, -5) == 0
    assert first_count(tmp_path / "nowhere" / "count", 9) == 9


# --- Its notes -----------------------------------------------------------------------------------


@pytest.mark.safety("H-93")
def test_what_was_written_is_read_and_what_cannot_be_read_is_nothing_known(tmp_path: Path) -> None:
    path = tmp_path / "tonight.json"
    kept = {"nest": Kept(7, 8)}
    assert Notes(path).read() == {}
    notes = Notes(path)
    notes.write({})
    assert not path.exists()
    notes.write(kept)
    assert Notes(path).read() == kept
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    notes.write(kept)
    assert not path.exists()  # it is kept already, and is not written four times a second
    path.write_text("{")
    assert Notes(path).read() is None
    path.unlink()
    path.mkdir()
    assert Notes(path).read() is None


@pytest.mark.safety("H-93")
def test_a_full_disk_is_tried_again(tmp_path: Path) -> None:
    folder = tmp_path / "not-yet"
    notes = Notes(folder / "tonight.json")
    notes.write({"nest": Kept(7, 8)})
    folder.mkdir()
    notes.write({"nest": Kept(7, 8)})
    assert Notes(folder / "tonight.json").read() == {"nest": Kept(7, 8)}


@pytest.mark.safety("H-93")
def test_what_is_kept_is_on_the_disk_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A power cut may come at any moment: nothing is named before it is wholly written."""
    written: list[tuple[int, list[str]]] = []

    def synced(descriptor: int) -> None:
        names = sorted(one.name for one in tmp_path.iterdir())
        written.append((os.fstat(descriptor).st_size, names))

    monkeypatch.setattr(os, "fsync", synced)
    Notes(tmp_path / "tonight.json").write({"nest": Kept(7, 8)})
    ((size, names),) = written
    assert names == ["tonight.part"] and size == (tmp_path / "tonight.json").stat().st_size
    kept_key(tmp_path)
    assert written[1] == (32, [f"guard.{os.getpid()}.part", "tonight.json"])


def test_a_made_up_hour_keeps_nothing() -> None:
    notes = Notes(None)
    notes.write({"nest": Kept(7, 8)})
    assert notes.read() == {}


# --- Its lock ------------------------------------------------------------------------------------


def test_one_guard_keeps_a_home(tmp_path: Path) -> None:
    with one_at_a_time(tmp_path):
        assert (tmp_path / "guard").stat().st_mode & 0o777 == 0o700
        with pytest.raises(EvenfallError, match="a guard that runs already"):
            one_at_a_time(tmp_path)
    (tmp_path / "guard" / "guard.lock").write_text("an older guard, whose number was longer")
    (tmp_path / "guard").chmod(0o755)
    with one_at_a_time(tmp_path):
        assert running_pid(tmp_path) == os.getpid()
        assert (tmp_path / "guard" / "guard.lock").read_text() == f"{os.getpid()}\n"
        assert (tmp_path / "guard").stat().st_mode & 0o777 == 0o700
    assert running_pid(tmp_path) is None
    with pytest.raises(EvenfallError, match="cannot be written"):
        one_at_a_time(tmp_path / "nowhere")


# --- Its socket -----------------------------------------------------------------------------------


def test_where_the_system_names_no_peer_the_folder_must_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other = socket.socketpair()
    with one, other:
        assert is_this_user(one)
        monkeypatch.delattr(socket, "SO_PEERCRED")
        monkeypatch.setattr(line, "geteuid", lambda: 12_345)
        assert is_this_user(one)
    assert struct.calcsize("3i") == 12


def test_a_name_too_long_for_a_socket_is_told_and_one_that_fits_is_heard(tmp_path: Path) -> None:
    async def story() -> None:
        most = tmp_path / ("x" * (PATH_MAX_BYTES - len(bytes(tmp_path)) - 1))
        server = await listening(nobody, most)
        server.close()
        with pytest.raises(EvenfallError, match="104 bytes for the guard's socket"):
            await listening(nobody, most.with_name(most.name + "x"))

    asyncio.run(story())


async def nobody(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Whom nobody visits."""


def test_the_numbers_are_the_ones_that_are_promised() -> None:
    assert (PATH_MAX_BYTES, line.UNREAD_MAX_BYTES, keys.KEY_BYTES) == (103, 1_000_000, 32)
    assert (line.VISITORS_MAX, RUN_MAX) == (64, 1_000_000_000)
