"""A home's database: for one user's eyes, and what is taken out of it is gone."""

import os
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from evenfall.adapters.sqlite.database import BUSY_MS, CLEAR_MS
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.adapters.sqlite.private import make_folder
from evenfall.app.web.book import LibraryBook
from evenfall.ports.night_log import LogUnavailableError

NIGHT = "2026-11-20"
SECRET = "the sea was in the kitchen"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[SqliteLibrary]:
    with closing(SqliteLibrary(tmp_path / "evenfall.db")) as found:
        yield found


def told(library: SqliteLibrary) -> tuple[LibraryBook, str]:
    """A book with one dream in it, and the name of its page."""
    book = LibraryBook(library, NIGHT)
    book.dream("noor", SECRET, "")
    return book, book.dreams("noor")[0].id


def still_there(library: SqliteLibrary) -> list[str]:
    """The files of a home that hold the words."""
    files = sorted(library.path.parent.iterdir())
    return [file.name for file in files if SECRET.encode() in file.read_bytes()]


@contextmanager
def reading(library: SqliteLibrary) -> Iterator[None]:
    """Someone who reads, such as a backup under way, and holds on to what there was."""
    with closing(sqlite3.connect(library.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM kept").fetchone()
        yield


# --- Whose it is ---------------------------------------------------------------------------------


@pytest.mark.safety("H-60")
def test_only_this_user_may_read_it_or_look_into_a_folder_that_was_made(tmp_path: Path) -> None:
    path = tmp_path / "homes" / "ours" / "evenfall.db"
    mask = os.umask(0o022)
    try:
        with closing(SqliteLibrary(path)) as library:
            told(library)
            assert {file.name for file in path.parent.iterdir()} == {
                "evenfall.db", "evenfall.db-shm", "evenfall.db-wal",
            }  # fmt: skip
            assert {mode(file) for file in path.parent.iterdir()} == {0o600}
    finally:
        os.umask(mask)
    assert mode(path.parent) == mode(path.parent.parent) == 0o700


@pytest.mark.safety("H-60")
def test_what_an_earlier_version_left_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "evenfall.db"
    tmp_path.chmod(0o755)
    with closing(SqliteLibrary(path)) as library:
        told(library)
        for file in tmp_path.iterdir():
            file.chmod(0o644)
        with closing(SqliteNightLog(path)):
            assert {mode(file) for file in tmp_path.iterdir()} == {0o600}
    assert mode(tmp_path) == 0o755  # a folder that was there is its owner's to open


def test_a_folder_is_made_once_and_left_as_it_is(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b")
    (tmp_path / "a").chmod(0o755)
    make_folder(tmp_path / "a" / "b" / "c")
    assert [mode(tmp_path / one) for one in ("a", "a/b", "a/b/c")] == [0o755, 0o700, 0o700]
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        make_folder(tmp_path / "file" / "x")


# --- Gone for good -------------------------------------------------------------------------------


def test_a_dream_that_is_taken_out_is_in_no_file(library: SqliteLibrary) -> None:
    book, page = told(library)
    assert still_there(library)
    assert book.forget_dream("noor", page)
    assert book.dreams("noor") == []
    assert still_there(library) == []
    assert not book.forget_dream("noor", page)


@pytest.mark.parametrize("page", ["", "x", "20261120T190000000000", "%00", "2026-11-20", "9" * 80])
def test_a_page_that_is_not_there_is_not_gone(library: SqliteLibrary, page: str) -> None:
    book, _ = told(library)
    assert not book.forget_dream("noor", page)
    assert len(book.dreams("noor")) == 1


def test_a_reader_holds_it_up_for_a_moment_and_its_bytes_go_with_the_reader(
    library: SqliteLibrary,
) -> None:
    book, page = told(library)
    with reading(library):
        began_s = time.monotonic()
        assert book.forget_dream("noor", page)
        assert time.monotonic() - began_s < 2.0  # a bound, not a measure: half of it is CLEAR_MS
        assert book.dreams("noor") == []
        assert still_there(library)  # as it was for whoever began to read before
        assert not library.clear_away()
    assert library.clear_away()
    assert still_there(library) == []
    assert library.clear_away()


def test_what_is_owed_is_paid_when_it_is_closed(tmp_path: Path) -> None:
    library = SqliteLibrary(tmp_path / "evenfall.db")
    book, page = told(library)
    with closing(SqliteNightLog(library.path)):  # the last to close would clear up by itself
        with reading(library):
            assert book.forget_dream("noor", page)
        library.close()
        assert still_there(library) == []


KILLED = """
import os, sqlite3, sys
from pathlib import Path
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.web.book import LibraryBook
library = SqliteLibrary(Path(sys.argv[1]))
book = LibraryBook(library, "2026-11-20")
book.dream("noor", sys.argv[2], "")
reader = sqlite3.connect(sys.argv[1], isolation_level=None)
reader.execute("BEGIN")
reader.execute("SELECT count(*) FROM kept").fetchone()
assert book.forget_dream("noor", book.dreams("noor")[0].id)
os._exit(9)
"""


def test_what_a_hub_that_died_still_owed_is_paid_by_the_next(tmp_path: Path) -> None:
    path = tmp_path / "evenfall.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, path, SECRET], check=False)
    assert ended.returncode == 9
    with closing(SqliteLibrary(path)) as library:
        assert still_there(library)
        assert library.clear_away()
        assert still_there(library) == []


def test_where_it_cannot_be_written_nothing_is_said_to_be_gone(library: SqliteLibrary) -> None:
    book, page = told(library)
    with closing(sqlite3.connect(library.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailableError):
            book.forget_dream("noor", page)
        writer.execute("ROLLBACK")
    assert len(book.dreams("noor")) == 1


@pytest.mark.safety("H-31")
def test_a_reader_and_a_removal_hold_up_no_night(library: SqliteLibrary) -> None:
    """What waits is the removal; a row of the night is written beside it."""
    book, page = told(library)
    assert CLEAR_MS < BUSY_MS
    with reading(library), closing(SqliteNightLog(library.path)) as log:
        assert book.forget_dream("noor", page)
        began_s = time.monotonic()
        log.connection.execute("BEGIN IMMEDIATE")
        log.connection.execute("COMMIT")
        assert time.monotonic() - began_s < 1.0


def test_a_writer_who_holds_on_is_told_soon(library: SqliteLibrary) -> None:
    book, _ = told(library)
    with closing(sqlite3.connect(library.path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        began_s = time.monotonic()
        with pytest.raises(LogUnavailableError):
            book.dream("noor", "a boat", "")
        assert time.monotonic() - began_s < 3.0  # it was five seconds, and a stop waited behind it
