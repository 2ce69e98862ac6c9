"""A home taken along: equal when it comes back, believed only if every sum agrees, never half-made.

Files are real, disks are really full (by a limit the system sets), and a hub may be writing.
"""

import csv
import json
import resource
import sqlite3
import stat
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.command_line import CRASHED, demo_home, evenfall, refused
from tests.support.drawings import drawn, png

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli import keepsafe as cli_keepsafe
from evenfall.app.export import export, recording_table
from evenfall.app.home import Home
from evenfall.app.keepsafe import (
    FORMAT,
    MANIFEST,
    STAGE,
    backup,
    contents,
    copy_database,
    put,
    read_manifest,
    restore,
    restore_over,
    staged,
)
from evenfall.app.web.book import Dream, LibraryBook
from evenfall.formats.errors import EvenfallError
from evenfall.records.night import ASLEEP
from evenfall.records.recording import Hypnogram, Recording

NIGHT = "2026-11-20"
SCORE = "score: 1  # not one that compiles, and none of a backup's business\n"
DRAWN = png(640, 420)

Tree = dict[str, bytes]
Change = Callable[[dict[str, Any], dict[str, bytes]], None]


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with two rooms' night, a score of its own, a token, dreams and how a night felt."""
    folder = demo_home(tmp_path_factory.mktemp("kept") / "home")
    assert evenfall("--home", folder, "night", "--date", NIGHT).code == 0
    (folder / "scores").mkdir()
    (folder / "scores" / "ours.yaml").write_text(SCORE)
    (folder / "devices.yaml").write_text("devices: 1\n")
    (folder / "home-assistant.token").write_text("a-made-up-token")
    library = SqliteLibrary(folder / "evenfall.db")
    book = LibraryBook(library, NIGHT)
    book.felt("noor", "good")
    book.dream("noor", "a whale — im Garten", drawn(DRAWN))
    library.put(
        "mara/x", NIGHT, dream("mara", "nobody else's business", "data:image/png;base64,=no=")
    )
    library.close()
    return folder


@pytest.fixture(scope="module")
def packed(kept: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("packed") / "home.zip"
    backup(replace(contents(Home(kept)), private={}), file)
    return file


def dream(member: str, words: str, drawing: str = "") -> Dream:
    """A dream as an earlier version may have kept it, whatever was drawn."""
    return Dream(
        member=member, at_utc=datetime(2026, 11, 21, 7, tzinfo=UTC), words=words, drawing=drawing
    )


def tree(folder: Path) -> Tree:
    """Every file below a folder, and every empty folder."""
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*")}
    return {name: b"" if path.is_dir() else path.read_bytes() for name, path in found.items()}


def rows(database: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with closing(sqlite3.connect(database)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type='table'").fetchall()
        return {
            name: connection.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall()
            for (name,) in tables
        }


def own(home: Path) -> Tree:
    """What a home has beside its database, its reports and its token."""
    return {
        name: body
        for name, body in tree(home).items()
        if not name.startswith(("evenfall.db", "reports")) and not name.endswith(".token")
    }


# --- There and back --------------------------------------------------------------------------


@pytest.mark.safety("H-18")
def test_what_is_restored_is_what_was_backed_up(kept: Path, tmp_path: Path) -> None:
    file, new = tmp_path / "home.zip", tmp_path / "new" / "home"
    made = evenfall("--home", kept, "backup", file, "--json").json()
    assert made["left_out"] == ["home-assistant.token"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    ran = evenfall("restore", file, "--home", new, "--json").json()
    assert ran["manifest"] == made["manifest"]
    assert rows(new / "evenfall.db") == rows(kept / "evenfall.db")
    assert own(new) == own(kept)
    mornings = [evenfall("--home", home, "morning", "--json").json() for home in (kept, new)]
    assert mornings[0]["mornings"] == mornings[1]["mornings"] != []
    assert evenfall("--home", new, "doctor").code in (0, 1)
    assert evenfall("--home", new, "night", "--date", NIGHT).code == 0


def test_secrets_go_along_only_when_asked_and_stay_private(kept: Path, tmp_path: Path) -> None:
    plain, whole = tmp_path / "plain.zip", tmp_path / "whole.zip"
    assert "Left out: home-assistant.token" in evenfall("--home", kept, "backup", plain).said
    assert b"home-assistant" not in plain.read_bytes()
    assert "Left out" not in evenfall("--home", kept, "backup", whole, "--with-secrets").said
    restore(whole, tmp_path / "new")
    token = tmp_path / "new" / "home-assistant.token"
    assert token.read_text() == "a-made-up-token"
    assert stat.S_IMODE(token.stat().st_mode) == 0o600


def test_a_home_that_packs_very_tightly_is_backed_up_and_comes_back(
    kept: Path, tmp_path: Path
) -> None:
    """As tightly as a bomb would; nobody's drawings make a home that cannot be restored."""
    home, file = tmp_path / "home", tmp_path / "home.zip"
    restore_into(kept, home, tmp_path)
    library = SqliteLibrary(home / "evenfall.db")
    for number in range(40):
        library.put(f"noor/{number}", NIGHT, dream("noor", "", "A" * 399_000))
    library.close()
    backup(replace(contents(Home(home)), private={}), file)
    restore(file, tmp_path / "back")
    assert rows(tmp_path / "back" / "evenfall.db") == rows(home / "evenfall.db")


@pytest.mark.safety("H-60")
def test_what_is_made_is_for_this_user_alone(kept: Path, tmp_path: Path) -> None:
    """Whatever the system's own mask: a home, its reports, a restored one, an export."""
    (kept / "voices").mkdir(exist_ok=True)
    (kept / "voices" / "v-1.m4a").write_bytes(b"a voice")
    try:
        assert evenfall("--home", kept, "backup", tmp_path / "home.zip").code == 0
        assert evenfall("restore", tmp_path / "home.zip", "--home", tmp_path / "new").code == 0
        evenfall("--home", kept, "export", tmp_path / "out", "--member", "noor")
    finally:
        (kept / "voices" / "v-1.m4a").unlink()
        (kept / "voices").rmdir()
    folders = [kept, kept / "reports", tmp_path / "new", tmp_path / "new" / "voices"]
    folders += [path for path in (tmp_path / "out").rglob("*") if path.is_dir()]
    files = [kept / "evenfall.db", tmp_path / "new" / "evenfall.db"]
    files += [tmp_path / "new" / "voices" / "v-1.m4a", *(kept / "reports").rglob("morning.*")]
    files += [path for path in (tmp_path / "out").rglob("*") if path.is_file()]
    assert {stat.S_IMODE(path.stat().st_mode) for path in (*folders, tmp_path / "out")} == {0o700}
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_the_manifest_says_what_is_in_it(packed: Path) -> None:
    manifest = read_manifest(packed)
    names = {part.path for part in manifest.parts}
    assert names == {"household.yaml", "devices.yaml", "scores/ours.yaml", "evenfall.db"}
    assert manifest.counts["nights"] == 2 and manifest.counts["rows"] > 1000
    assert not any(part.private for part in manifest.parts)
    assert zipfile.ZipFile(packed).testzip() is None


def test_a_home_with_a_household_and_no_night_yet(tmp_path: Path) -> None:
    home = demo_home(tmp_path / "home")
    evenfall("--home", home, "backup", tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert tree(tmp_path / "new") == tree(home)
    assert export(Home(home), tmp_path / "out").counts == {}


def test_another_household_file_is_the_household(kept: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.yaml"
    other.write_text("household: 1\n")
    words = ("--home", kept, "--household", other, "backup", tmp_path / "b.zip")
    assert evenfall(*words).code == 0
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert (tmp_path / "new" / "household.yaml").read_bytes() == other.read_bytes()


def test_a_backup_is_one_moment_while_others_write(kept: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with closing(sqlite3.connect(kept / "evenfall.db")) as source:
        home.mkdir()
        with closing(sqlite3.connect(home / "evenfall.db")) as copy:
            source.backup(copy)
    before = rows(home / "evenfall.db")
    library = SqliteLibrary(home / "evenfall.db")
    steps = 0

    def meanwhile(done: int, whole: int) -> None:
        nonlocal steps
        steps += 1
        assert steps < 1000, "a writer makes the backup begin again for ever"
        library.put(f"noor/{steps}", NIGHT, dream("noor", "z" * 5000))

    library.connection.execute("PRAGMA wal_autocheckpoint=1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evenfall.app.keepsafe.STEP_PAGES", 8)
        copy_database(home / "evenfall.db", tmp_path / "copy.db", meanwhile)
    library.close()
    assert steps > 10
    assert rows(tmp_path / "copy.db") == before
    assert len(rows(home / "evenfall.db")["kept"]) == len(before["kept"]) + steps


def test_what_is_not_committed_is_not_taken(kept: Path, tmp_path: Path) -> None:
    restore_into(kept, tmp_path / "home", tmp_path)
    log = SqliteNightLog(tmp_path / "home" / "evenfall.db")
    before = rows(log.path)
    log.connection.execute("BEGIN IMMEDIATE")
    log.connection.execute("DELETE FROM rows")
    backup(contents(Home(tmp_path / "home")), tmp_path / "b.zip")
    log.connection.execute("ROLLBACK")
    log.close()
    restore(tmp_path / "b.zip", tmp_path / "new")
    assert rows(tmp_path / "new" / "evenfall.db") == before


def restore_into(kept: Path, folder: Path, work: Path) -> None:
    file = work / "first.zip"
    backup(contents(Home(kept)), file)
    restore(file, folder)
    file.unlink()


# --- What is refused --------------------------------------------------------------------------


def test_nothing_is_overwritten_without_being_asked(kept: Path, tmp_path: Path) -> None:
    file = tmp_path / "home.zip"
    file.write_text("something else")
    assert "a file of that name" in refused(evenfall("--home", kept, "backup", file))
    assert file.read_text() == "something else"
    assert evenfall("--home", kept, "backup", file, "--force").code == 0
    assert read_manifest(file).counts["nights"] == 2


def test_where_there_is_no_home_there_is_no_backup(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for home in (tmp_path / "empty", tmp_path / "nowhere"):
        for words in (("backup", tmp_path / "b.zip"), ("export", tmp_path / "out")):
            assert "no home" in refused(evenfall("--home", home, *words))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty"]


def test_places_that_cannot_be_written_are_told(kept: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for where in (tmp_path / "file" / "b.zip", tmp_path / "no" / "such" / "b.zip", tmp_path):
        said = refused(evenfall("--home", kept, "backup", where))
        assert str(tmp_path) in said
    assert "a file where" in refused(restored(kept, tmp_path, tmp_path / "file"))
    assert "an empty folder" in refused(evenfall("--home", kept, "export", tmp_path))
    assert "a file" in refused(evenfall("--home", kept, "export", tmp_path / "file"))


def restored(kept: Path, work: Path, folder: Path) -> Any:
    evenfall("--home", kept, "backup", work / "r.zip", "--force")
    return evenfall("restore", work / "r.zip", "--home", folder)


def changed(packed: Path, to: Path, change: Change) -> Path:
    """A backup with its manifest and parts changed as someone up to no good would."""
    with zipfile.ZipFile(packed) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != MANIFEST}
        manifest = json.loads(archive.read(MANIFEST))
    change(manifest, parts)
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(name, body)
        archive.writestr(MANIFEST, json.dumps(manifest))
    return to


def smuggled(path: str, private: bool = True, body: bytes = b"x") -> Change:
    """Another part, with its right sum."""

    def change(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        parts[path] = body
        about = {"path": path, "size_bytes": len(body), "sha256": sha256(body).hexdigest()}
        manifest["parts"] = [one for one in manifest["parts"] if one["path"] != path]
        manifest["parts"].append({**about, "private": private})

    return change


def set_to(**values: object) -> Change:
    return lambda manifest, _: manifest.update(values)


def in_part(**values: object) -> Change:
    return lambda manifest, _: manifest["parts"][0].update(values)


def without(name: str) -> Change:
    def change(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
        del parts[name]

    return change


def with_body(name: str, body: bytes) -> Change:
    return lambda _, parts: parts.update({name: body})


def many(manifest: dict[str, Any], parts: dict[str, bytes]) -> None:
    for number in range(1001):
        smuggled(f"p{number}")(manifest, parts)


CHANGES: dict[str, tuple[Change, str]] = {
    "a later format": (set_to(evenfall_backup=FORMAT + 1), "a backup of format 2"),
    "no format": (set_to(evenfall_backup="x"), "damaged"),
    "an unknown field": (set_to(motto="hello"), "damaged"),
    "a missing part": (without("household.yaml"), "other files"),
    "another part": (with_body("more.txt", b"x"), "other files"),
    "another byte": (with_body("household.yaml", b"household: 1\n"), "not what was put in"),
    "another sum": (in_part(sha256="0" * 64), "not what was put in"),
    "another size": (in_part(size_bytes=5), "not what was put in"),
    "a size below zero": (in_part(size_bytes=-5), "damaged"),
    "an absolute path": (smuggled("/tmp/evil"), "plain names"),
    "a climbing path": (smuggled("../evil"), "plain names"),
    "one that climbs inside": (smuggled("scores/../../evil"), "plain names"),
    "a dot": (smuggled("./evil"), "plain names"),
    "a double slash": (smuggled("scores//evil.yaml"), "plain names"),
    "another system's path": (smuggled("C:\\evil"), "plain names"),
    "a line break": (smuggled("evil\nname"), "plain names"),
    "a long path": (smuggled("x" * 201), "plain names"),
    "a journal to play back": (smuggled("evenfall.db-journal"), "plain names"),
    "a write-ahead log": (smuggled("evenfall.db-wal"), "plain names"),
    "an unknown plain part": (smuggled("evil.sh", private=False), "no part of a home"),
    "two of one name": (smuggled("HOUSEHOLD.yaml"), "one name"),
    "a file in a folder's place": (smuggled("scores"), ""),
    "too many": (many, "unpacks to"),
    "a bomb": (smuggled("zeros", body=bytes(60_000_000)), "unpacks to"),
    "no database at all": (smuggled("evenfall.db", False, b"not a database" * 99), "damaged"),
    "other counts": (set_to(counts={"rows": 1}), "something else"),
    "another database version": (set_to(database_version=None), "something else"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_backup_that_is_not_right_changes_nothing(
    name: str, packed: Path, tmp_path: Path
) -> None:
    change, said = CHANGES[name]
    file = changed(packed, tmp_path / "bad.zip", change)
    ran = evenfall("restore", file, "--home", tmp_path / "in" / "new", "--force")
    assert said in refused(ran)
    assert not (tmp_path / "in" / "new").exists()
    assert not [path for path in tmp_path.rglob("*") if STAGE in path.name]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("PRAGMA user_version=99", "a later Evenfall"),
        ("CREATE TRIGGER t AFTER INSERT ON rows BEGIN DELETE FROM rows; END", "more than tables"),
        ("CREATE VIEW v AS SELECT 1", "more than tables"),
    ],
)
def test_a_database_that_is_more_than_it_says_is_refused(
    packed: Path, tmp_path: Path, statement: str, said: str
) -> None:
    restore(packed, tmp_path / "home")
    with closing(sqlite3.connect(tmp_path / "home" / "evenfall.db")) as database:
        database.execute(statement)
        database.commit()
    assert said in refused(evenfall("--home", tmp_path / "home", "backup", tmp_path / "b.zip"))
    body = (tmp_path / "home" / "evenfall.db").read_bytes()
    bad = changed(packed, tmp_path / "bad.zip", smuggled("evenfall.db", False, body))
    assert said in refused(evenfall("restore", bad, "--home", tmp_path / "new"))
    assert not (tmp_path / "new").exists()


def test_a_link_in_a_backup_is_no_way_out(packed: Path, tmp_path: Path) -> None:
    """A link is kept as the text it is; nothing follows it."""
    file = changed(packed, tmp_path / "bad.zip", smuggled("link", body=b"/etc/passwd"))
    restore(file, tmp_path / "new")
    assert not (tmp_path / "new" / "link").is_symlink()
    assert (tmp_path / "new" / "link").read_bytes() == b"/etc/passwd"


def test_what_is_no_backup_is_told(packed: Path, tmp_path: Path) -> None:
    text = tmp_path / "text.zip"
    text.write_text("no backup")
    no_manifest = tmp_path / "other.zip"
    with zipfile.ZipFile(no_manifest, "w") as archive:
        archive.writestr("household.yaml", "household: 1")
    short = tmp_path / "short.zip"
    short.write_bytes(packed.read_bytes()[:-40])
    locked = tmp_path / "locked.zip"
    with zipfile.ZipFile(locked, "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr(MANIFEST, "{}")
    for file in (text, no_manifest, short, locked, tmp_path / "none.zip", tmp_path):
        refused(evenfall("restore", file, "--home", tmp_path / "new"))
    assert not (tmp_path / "new").exists()


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), to=st.integers(0, 255), cut=st.booleans())
def test_a_damaged_backup_is_refused_or_harmless(
    packed: Path, tmp_path: Path, place: float, to: int, cut: bool
) -> None:
    body = bytearray(packed.read_bytes())
    at = int(place * len(body))
    body[at] = to
    file = tmp_path / "damaged.zip"
    file.write_bytes(bytes(body[:at]) if cut else bytes(body))
    try:
        manifest = read_manifest(file)
    except EvenfallError as error:
        assert all(fault.mend for fault in error.faults)
    else:
        assert manifest.parts == read_manifest(packed).parts


# --- A home that is there already ----------------------------------------------------------------


def test_a_home_that_is_there_is_left_alone_or_backed_up_first(
    packed: Path, tmp_path: Path
) -> None:
    home = demo_home(tmp_path / "homes" / "old", "household: 1  # another\n")
    (home / "scores").mkdir()
    (home / "scores" / "older.yaml").write_text(SCORE)
    (home / "my.token").write_text("mine")
    SqliteLibrary(home / "evenfall.db").close()
    before = tree(home)
    said = refused(evenfall("restore", packed, "--home", home))
    assert "already here" in said and "--force" in said
    assert tree(home) == before
    ran = evenfall("restore", packed, "--home", home, "--force", "--json").json()
    assert own(home).keys() == {"household.yaml", "devices.yaml", "scores", "scores/ours.yaml"}
    assert (home / "my.token").read_text() == "mine"
    assert Path(ran["before"]).parent == home.parent
    restore(Path(ran["before"]), tmp_path / "again")
    assert (tmp_path / "again" / "scores" / "older.yaml").read_text() == SCORE
    assert (tmp_path / "again" / "household.yaml").read_bytes() == before["household.yaml"]
    assert (tmp_path / "again" / "my.token").read_text() == "mine"


def test_a_home_in_use_is_not_replaced(packed: Path, tmp_path: Path) -> None:
    restore(packed, tmp_path / "home")
    log = SqliteNightLog(tmp_path / "home" / "evenfall.db")
    log.nights()
    ran = evenfall("restore", packed, "--home", tmp_path / "home", "--force")
    assert "in use" in refused(ran) and "evenfall serve" in ran.said
    assert len(log.nights()) == 2
    log.close()
    assert evenfall("restore", packed, "--home", tmp_path / "home", "--force").code == 0


def test_a_damaged_home_is_moved_by_a_person_and_lost_by_nobody(
    packed: Path, tmp_path: Path
) -> None:
    home = demo_home(tmp_path / "home")
    (home / "evenfall.db").write_bytes(b"not a database" * 99)
    before = tree(home)
    ran = evenfall("restore", packed, "--home", home, "--force")
    assert "damaged" in refused(ran) and "move the home's folder aside" in ran.said
    assert tree(home) == before
    assert "damaged" in refused(evenfall("--home", home, "backup", tmp_path / "b.zip"))


def test_a_volume_with_something_else_in_it_may_become_a_home(packed: Path, tmp_path: Path) -> None:
    (tmp_path / "data" / "lost+found").mkdir(parents=True)
    assert evenfall("--home", tmp_path / "data", "restore", packed).code == 0
    assert (tmp_path / "data" / "lost+found").is_dir()
    assert (tmp_path / "data" / "evenfall.db").is_file()


# --- Whole or not at all -------------------------------------------------------------------------


class OutOfTheBlueError(Exception):
    """Something nobody expects, raised where it hurts."""


@pytest.mark.parametrize("what", ["backup", "restore", "restore over", "export"])
def test_wherever_it_is_interrupted_nothing_is_half_made(
    what: str, kept: Path, packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evenfall.app.keepsafe.CHUNK_BYTES", 40_000)
    monkeypatch.setattr("evenfall.app.keepsafe.STEP_PAGES", 20)
    folder = tmp_path / "place"
    folder.mkdir()
    (folder / "b.zip").write_text("an older one")
    if what == "restore over":
        restore(packed, folder / "home")
    before, home = tree(folder), Home(kept)
    acts: dict[str, Callable[[Callable[[int, int], None]], object]] = {
        "backup": lambda told: backup(contents(home), folder / "b.zip", told),
        "restore": lambda told: restore(packed, folder / "home", told),
        "restore over": lambda told: restore_over(packed, folder / "home", told),
        "export": lambda told: export(home, folder / "out", "noor", told),
    }
    for turns in range(1000):
        left = turns

        def meanwhile(done: int, whole: int) -> None:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt

        try:
            acts[what](meanwhile)
        except KeyboardInterrupt:
            after = {k: v for k, v in tree(folder).items() if "-before-" not in k}
            assert after == before, turns
        else:
            break
    assert turns >= 5
    assert tree(folder) != before
    assert not [name for name in tree(folder) if STAGE in name]


@contextmanager
def room_for(size_bytes: int) -> Iterator[None]:
    """A disk on which no file grows beyond a size, by the system's own limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("size_bytes", [0, 1_000, 30_000, 300_000])
def test_a_full_disk_leaves_nothing_half_made(
    size_bytes: int, kept: Path, packed: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "place"
    restore(packed, folder / "old")
    before, home = tree(folder), Home(kept)
    for act in (
        lambda: backup(contents(home), folder / "b.zip"),
        lambda: restore(packed, folder / "home"),
        lambda: restore_over(packed, folder / "old"),
        lambda: export(home, folder / "out"),
    ):
        with room_for(size_bytes), pytest.raises(EvenfallError) as told:
            act()
        assert "full or failing" in str(told.value) and "nothing was changed" in str(told.value)
        assert {k: v for k, v in tree(folder).items() if "-before-" not in k} == before


def test_a_move_that_fails_half_way_is_taken_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moves = Path.rename
    for turns in range(20):
        folder = tmp_path / str(turns)
        folder.mkdir()
        for name in ("a", "b", "gone", "stays"):
            (folder / name).write_text(f"old {name}")
        before, left = tree(folder), turns

        def rename(path: Path, to: Path) -> Path:
            nonlocal left
            left -= 1
            if left == -1:
                raise OutOfTheBlueError
            return moves(path, to)

        try:
            with staged(folder) as stage:
                (stage / "made").mkdir()
                for name in ("a", "b", "new"):
                    (stage / "made" / name).write_text(f"new {name}")
                with monkeypatch.context() as patch:
                    patch.setattr(Path, "rename", rename)
                    put(stage / "made", folder, ("gone", "never there"))
        except OutOfTheBlueError:
            assert tree(folder) == before
        else:
            break
    assert turns == 6
    assert tree(folder) == {"a": b"new a", "b": b"new b", "new": b"new new", "stays": b"old stays"}


@pytest.mark.parametrize("command", ["backup", "export"])
def test_an_interrupted_command_says_that_nothing_is_left(
    command: str, kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cli_keepsafe, f"{command}_home", interrupted)
    ran = evenfall("--home", kept, command, tmp_path / "x")
    assert (ran.code, ran.out) == (130, "")
    assert "nothing was changed or left behind" in ran.said
    assert list(tmp_path.iterdir()) == []


def test_where_someone_looks_a_large_home_shows_how_far_it_is(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_keepsafe, "is_live_terminal", lambda: True)
    monkeypatch.setattr(cli_keepsafe, "SHOWN_FROM_BYTES", 1)
    ran = evenfall("--home", kept, "backup", tmp_path / "b.zip")
    assert ran.code == 0 and "Backed up to" in ran.said and CRASHED not in ran.said


# --- To be read without Evenfall ---------------------------------------------------------------


@pytest.mark.safety("H-18")
def test_an_export_is_everything_and_needs_no_evenfall(kept: Path, tmp_path: Path) -> None:
    """Read here with what any programming language has: no decoder of ours."""
    out = tmp_path / "out"
    ran = evenfall("--home", kept, "export", out, "--json").json()
    with closing(sqlite3.connect(kept / "evenfall.db")) as database:
        logged = dict(database.execute("SELECT night, count(*) FROM rows GROUP BY night"))
        bodies = dict(database.execute("SELECT seq, body FROM rows WHERE night LIKE '%nest-1'"))
        shelves = dict(database.execute("SELECT shelf, count(*) FROM kept GROUP BY shelf"))
    read = {night: lines_of(out / "nights" / f"{night}.jsonl") for night in logged}
    assert {night: len(lines) for night, lines in read.items()} == logged
    nest = read[f"{NIGHT}-nest-1"]
    assert [one["event"] for one in nest] == [json.loads(bodies[one["seq"]]) for one in nest]
    assert {json.loads((out / f"nights/{night}.json").read_text())["id"] for night in logged}
    assert (out / "household.yaml").read_bytes() == (kept / "household.yaml").read_bytes()
    assert (out / "scores" / "ours.yaml").read_text() == SCORE
    assert ran["counts"] | {"nights": 0} == {
        "nights": 0,
        "programmes": 2,
        "plans": shelves["Plan"],
        "mornings": shelves["Morning"],
        "insights": shelves["Insight"],
        "felt": 1,
        "windows": shelves["NightWindow"],
        "recordings": shelves["Recording"],
        "allowance": 0,
        "worries": 0,
        "acts": 0,
        "voices": 0,
    }
    assert shelves.keys() <= {
        "Plan", "Morning", "Insight", "Felt", "NightWindow", "Recording", "Dream"
    }  # fmt: skip
    assert lines_of(out / "felt.jsonl")[0]["felt"] == "good"
    assert json.loads((out / f"mornings/{NIGHT}-nest-1.json").read_text())["night"] == NIGHT


def lines_of(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_a_recording_is_a_table_anyone_can_open(kept: Path, tmp_path: Path) -> None:
    export(Home(kept), tmp_path / "out")
    library = SqliteLibrary(kept / "evenfall.db")
    recording = library.get(f"{NIGHT}-nest-1/noor", Recording)
    library.close()
    assert recording is not None and recording.counts is not None and recording.scorer is not None
    file = tmp_path / "out" / "recordings" / f"{NIGHT}-nest-1.noor.csv"
    with file.open(encoding="utf-8", newline="") as text:
        table = list(csv.DictReader(text))
    assert [None if one["counts"] == "" else float(one["counts"]) for one in table] == list(
        recording.counts
    )
    assert [one["scorer_stage"] or None for one in table] == list(recording.scorer.stages)
    assert datetime.fromisoformat(table[0]["time"]) == recording.start
    assert recording.heart_rate_feature is not None
    hearts = [float(one["heart_rate_feature"] or "nan") for one in table]
    known = [float("nan") if one is None else one for one in recording.heart_rate_feature]
    assert hearts == pytest.approx(known, nan_ok=True)
    about = json.loads(file.with_suffix(".json").read_text())
    assert about["simulated"] is True and "counts" not in about


def test_what_was_not_measured_is_empty_and_never_zero() -> None:
    start = datetime(2026, 11, 20, 22, tzinfo=UTC)
    recording = Recording(
        id="x",
        device="a watch",
        format="csv",
        source="x.csv",
        start=start,
        start_is_known=False,
        epoch_s=30.0,
        counts=(None, 0.0, 1.5),
        scorer=Hypnogram(start=start, epoch_s=60.0, stages=("W", None, "S"), source="a person"),
    )
    lines = recording_table(recording).splitlines()[1:]
    assert lines == [",0,,,W", ",30,0,,W", ",60,1.5,,", ",90,,,", ",120,,,S", ",150,,,S"]


def test_dreams_are_their_owners(kept: Path, tmp_path: Path) -> None:
    nobodys = export(Home(kept), tmp_path / "nobody")
    assert nobodys.left_out == {"home-assistant.token": 1, "Dream": 2}
    assert not (tmp_path / "nobody" / "dreams").exists()
    ran = evenfall("--home", kept, "export", tmp_path / "noor", "--member", "noor")
    assert ran.code == 0
    dreams = {path.suffix: path for path in (tmp_path / "noor" / "dreams").iterdir()}
    assert dreams[".txt"].read_text(encoding="utf-8") == "a whale — im Garten\n"
    assert dreams[".png"].read_bytes() == DRAWN
    mara = export(Home(kept), tmp_path / "mara", "mara")
    assert mara.counts["dreams"] == 1
    assert {path.suffix for path in (tmp_path / "mara" / "dreams").iterdir()} == {".txt", ".base64"}
    for folder in (tmp_path / "nobody", tmp_path / "noor"):
        assert not [name for name, body in tree(folder).items() if b"nobody else's" in body]
    said = refused(evenfall("--home", kept, "export", tmp_path / "x", "--member", "zoe"))
    assert "one of ilay, mara, noor, tomas" in said


def test_the_read_me_says_what_is_here_and_what_is_not(kept: Path, tmp_path: Path) -> None:
    export(Home(kept), tmp_path / "out", "noor")
    page = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    for name in tree(tmp_path / "out"):
        top = name.partition("/")[0]
        assert top == "README.md" or f"`{top}" in page, name
    assert f"6 {'asleep'}" in page and ASLEEP == 6
    assert "| a night: its date, room, sleepers, and whether it was simulated | 2 |" in page
    assert "home-assistant.token" in page and "1 in the dream book" in page


def test_what_this_version_does_not_know_is_left_out_and_said(kept: Path, tmp_path: Path) -> None:
    restore_into(kept, tmp_path / "home", tmp_path)
    with closing(sqlite3.connect(tmp_path / "home" / "evenfall.db")) as database:
        database.execute("INSERT INTO kept VALUES ('Song', '../../k', 'n', x'7b7d')")
        database.execute("INSERT INTO kept VALUES ('Plan', '../../k', 'n', x'7b7d')")
        database.execute("UPDATE rows SET body = x'ff' WHERE seq = 3")
        database.commit()
    done = export(Home(tmp_path / "home"), tmp_path / "out")
    assert done.left_out["Song"] == 1
    assert not (tmp_path / "k.json").exists()
    assert len(list((tmp_path / "out" / "plans").iterdir())) == 3
    row = lines_of(tmp_path / "out" / "nights" / f"{NIGHT}-nest-1.jsonl")[3]
    assert (row["event"], row["body_base64"]) == (None, "/w==")
    with closing(sqlite3.connect(tmp_path / "home" / "evenfall.db")) as database:
        database.execute("UPDATE kept SET body = x'7b7d' WHERE shelf = 'Recording'")
        database.commit()
    with pytest.raises(EvenfallError, match="cannot be read"):
        export(Home(tmp_path / "home"), tmp_path / "other")
    assert not (tmp_path / "other").exists()
