"""Opening the home's one database file, and saying plainly when that fails.

WAL so that a page can read while a night writes; `synchronous=FULL` so that a committed row
survives a power cut. Nobody waits long for another: a hub that waits can stop nothing.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from evenfall.adapters.sqlite.private import make_private
from evenfall.formats.errors import Fault, Place
from evenfall.ports.night_log import LogUnavailableError

SCHEMA_VERSION = 1

BUSY_MS = 500
"""So long a write waits for another program's; longer than a journal is cleared (`CLEAR_MS`). Both
are this project's own choice."""

CLEAR_MS = 250
"""So long what was taken away waits for readers to let go of the journal; then it is tried again
later."""

_SCHEMA = """
CREATE TABLE programmes (hash TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE nights (id TEXT PRIMARY KEY, night TEXT NOT NULL, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE writers (night TEXT PRIMARY KEY, epoch INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE rows (
    night TEXT NOT NULL, seq INTEGER NOT NULL, beat INTEGER NOT NULL, wall_utc TEXT NOT NULL,
    boot_id TEXT NOT NULL, writer_epoch INTEGER NOT NULL, kind TEXT NOT NULL,
    body_version INTEGER NOT NULL, body BLOB NOT NULL, programme_hash TEXT NOT NULL,
    kernel_version TEXT NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (night, seq)
) WITHOUT ROWID;
CREATE TABLE kept (
    shelf TEXT NOT NULL, key TEXT NOT NULL, night TEXT NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (shelf, key)
) WITHOUT ROWID;
"""


def connect(path: Path, busy_ms: int = BUSY_MS, *, one_thread: bool = True) -> sqlite3.Connection:
    """Open the database, making it where there is none, for this user alone.

    Args:
        path: the database file.
        busy_ms: how long it waits for another program.
        one_thread: false where the caller keeps threads apart itself.

    Raises:
        LogUnavailableError: it cannot be opened, is damaged, or is of a later version.
    """
    with speaking(path):
        with suppress(PermissionError):  # another user's: they say who may read it
            make_private(path)
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=one_thread)
        try:
            connection.execute(f"PRAGMA busy_timeout={busy_ms:d}")
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def clear_journal(path: Path) -> bool:
    """Write what waits in the journal into the database, and cut the journal off.

    What was deleted is then overwritten in both. It waits for readers, and not for long.

    Returns:
        False where a reader held on: it is still in the journal.

    Raises:
        LogUnavailableError: the database cannot be used.
    """
    connection = connect(path, CLEAR_MS)
    try:
        with speaking(path):
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            return not busy
    finally:
        connection.close()


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > SCHEMA_VERSION:
        raise LogUnavailableError(
            Fault(
                found=f"a home written by a later Evenfall (version {version} of its database)",
                place=Place(str(path)),
                expected=f"version {SCHEMA_VERSION} or earlier",
                mend="update Evenfall on this machine; nothing was changed",
            )
        )
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA secure_delete=ON")  # what is withdrawn is overwritten
    if version == SCHEMA_VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] < SCHEMA_VERSION:
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    connection.execute("COMMIT")


@contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what a person can mend.

    Raises:
        LogUnavailableError: in place of any of their errors.
    """
    try:
        yield
    except (sqlite3.Error, OSError, ValueError, msgspec.MsgspecError) as error:
        raise LogUnavailableError(_fault(path, error)) from error


def _fault(path: Path, error: Exception) -> Fault:
    said = str(error).lower()
    where = Place(str(path))
    if "full" in said or "no space" in said or "disk i/o" in said:
        return Fault(
            found=f"the disk that keeps the night log is full or failing ({error})",
            place=where,
            expected="room for a few megabytes",
            mend="free some space, then run the night again; it goes on from what was written",
        )
    if "readonly" in said or "read-only" in said or "permission" in said:
        return Fault(
            found=f"the night log cannot be written ({error})",
            place=where,
            expected="a folder this user may write to",
            mend="give the folder write permission, or choose another with --home",
        )
    if "malformed" in said or "not a database" in said:
        return Fault(
            found=f"the night log is damaged ({error})",
            place=where,
            expected="a database Evenfall wrote",
            mend="move the file aside and keep it; Evenfall starts a new one",
        )
    return Fault(
        found=f"the night log cannot be used ({error})",
        place=where,
        expected="a file Evenfall can open and write",
        mend="see that no other program holds it and that its folder exists",
    )
