"""Who was let in, in a database of its own: no backup, restore or export of a home carries a key.

Only this user may read the file. The hub and the command line have it open at once; a change takes
the write lock first, so that of two who claim one code one wins.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from evenfall.adapters.sqlite.private import make_private
from evenfall.formats.errors import Fault, Place
from evenfall.ports.access import AccessRecord, AccessUnavailableError, Kept, key_of

VERSION = 1
BUSY_MS = 500
"""A page waits no longer for another process than a thumb does (this project's own choice)."""

_SCHEMA = """CREATE TABLE IF NOT EXISTS shelves (
    shelf TEXT NOT NULL, key TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (shelf, key)
) WITHOUT ROWID"""


class SqliteAccess:
    """An `AccessStore` in a file of its own.

    Args:
        path: the database file; it is made where there is none, for this user alone.

    Raises:
        AccessUnavailableError: it cannot be opened, is damaged or of a later version.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.RLock()
        with _speaking(path):
            make_private(path)
            self._connection = sqlite3.connect(
                path, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False
            )
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    @contextmanager
    def changing(self) -> Iterator[None]:
        """One change, whole or not at all, with nobody else's between."""
        with self._lock, _speaking(self.path):
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:
                    self._connection.execute("ROLLBACK")
                raise

    def keep(self, record: AccessRecord) -> None:
        """Keep a record; an earlier one of its key is replaced."""
        with self._lock, _speaking(self.path):
            self._connection.execute(
                "INSERT INTO shelves VALUES (?, ?, ?) "
                "ON CONFLICT (shelf, key) DO UPDATE SET body = excluded.body",
                (type(record).__name__, key_of(record), msgspec.json.encode(record)),
            )

    def find(self, kind: type[Kept], key: str) -> Kept | None:
        """The record of a kind under a key, or None."""
        with self._lock, _speaking(self.path):
            found = self._connection.execute(
                "SELECT body FROM shelves WHERE shelf = ? AND key = ?", (kind.__name__, key)
            ).fetchone()
            return msgspec.json.decode(found[0], type=kind) if found else None

    def all(self, kind: type[Kept]) -> list[Kept]:
        """Every record of a kind, by key."""
        with self._lock, _speaking(self.path):
            found = self._connection.execute(
                "SELECT body FROM shelves WHERE shelf = ? ORDER BY key", (kind.__name__,)
            )
            return [msgspec.json.decode(body, type=kind) for (body,) in found]

    def drop(self, record: AccessRecord) -> None:
        """Keep a record no longer."""
        with self._lock, _speaking(self.path):
            self._connection.execute(
                "DELETE FROM shelves WHERE shelf = ? AND key = ?",
                (type(record).__name__, key_of(record)),
            )

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()

    def _prepare(self) -> None:
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version > VERSION:
            raise AccessUnavailableError(_later(self.path, version))
        self._connection.execute("PRAGMA secure_delete=ON")
        self._connection.execute("PRAGMA synchronous=FULL")
        if version < VERSION:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute(_SCHEMA)
            self._connection.execute(f"PRAGMA user_version={VERSION}")
            self._connection.execute("COMMIT")
        # While others have it open in the older way SQLite says it is busy; the next one turns it.
        with suppress(sqlite3.OperationalError):
            self._connection.execute("PRAGMA journal_mode=WAL")


@contextmanager
def _speaking(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system say into what a person can mend.

    Raises:
        AccessUnavailableError: in place of any of their errors.
    """
    try:
        yield
    except (sqlite3.Error, OSError, msgspec.MsgspecError, UnicodeError) as error:
        raise AccessUnavailableError(_fault(path, error)) from error


def _fault(path: Path, error: Exception) -> Fault:
    said = str(error).lower()
    if "locked" in said or "busy" in said:
        expected, mend = "a file nobody else keeps busy", "try again in a moment"
    elif "full" in said or "no space" in said or "disk i/o" in said:
        expected, mend = "room for a few kilobytes", "free some space on the disk that keeps it"
    elif "readonly" in said or "read-only" in said or "permi" in said or "directory" in said:
        expected, mend = "a file this user may write to", "give this user permission for it"
    else:
        expected = "a database Evenfall wrote"
        mend = "move the file aside; screens are then let in anew with `evenfall pair`"
    return Fault(
        found=f"the list of who was let in cannot be used ({error})",
        place=Place(str(path)),
        expected=expected,
        mend=mend,
    )


def _later(path: Path, version: int) -> Fault:
    return Fault(
        found=f"a list of who was let in, written by a later Evenfall (version {version})",
        place=Place(str(path)),
        expected=f"version {VERSION} or earlier",
        mend="update Evenfall on this machine; nothing was changed",
    )
