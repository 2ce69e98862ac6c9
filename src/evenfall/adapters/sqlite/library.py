"""What a home keeps beside its nights: recordings, plans, mornings and insights, by key."""

import threading
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import msgspec

from evenfall.adapters.sqlite.database import CLEAR_MS, clear_journal, connect, speaking
from evenfall.ports.night_log import LogUnavailableError
from evenfall.records.base import Record

Kept = TypeVar("Kept", bound=Record)


class SqliteLibrary:
    """Records by shelf and key, in the home's database file. Putting twice does no harm.

    Any thread may use it. Taking away has a connection of its own, so that a reader who holds it up
    holds up nothing else.

    Args:
        path: the database file; it is made where there is none.

    Raises:
        LogUnavailableError: it cannot be opened or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path, one_thread=False)
        self._lock = threading.Lock()
        self._owes_clearing = True  # an earlier hub may have died with some

    def put(self, key: str, night: str, record: Record) -> None:
        """Keep a record under its kind and key; an earlier one of that key is replaced."""
        with self._lock, speaking(self.path):
            self.connection.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?) ON CONFLICT (shelf, key) "
                "DO UPDATE SET night = excluded.night, body = excluded.body",
                (type(record).__name__, key, night, msgspec.json.encode(record)),
            )

    def get(self, key: str, kind: type[Kept]) -> Kept | None:
        """The record of a kind under a key, or None."""
        with self._lock, speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM kept WHERE shelf = ? AND key = ?", (kind.__name__, key)
            ).fetchone()
            return msgspec.json.decode(found[0], type=kind) if found else None

    def all(self, kind: type[Kept]) -> list[Kept]:
        """Every record of a kind, by night and key."""
        with self._lock, speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM kept WHERE shelf = ? ORDER BY night, key", (kind.__name__,)
            ).fetchall()
            return [msgspec.json.decode(body, type=kind) for (body,) in found]

    def count(self, kind: type[Record], first: str, last: str) -> int:
        """How many records of a kind have a key from `first` to `last`."""
        with self._lock, speaking(self.path):
            (found,) = self.connection.execute(
                "SELECT count(*) FROM kept WHERE shelf = ? AND key BETWEEN ? AND ?",
                (kind.__name__, first, last),
            ).fetchone()
            return int(found)

    def remove(self, key: str, kind: type[Kept]) -> bool:
        """Take a record away for good: its bytes are overwritten, in the journal too.

        Where a reader holds on to the journal, such as a backup under way, the record is gone, and
        its bytes are as soon as the reader is: `clear_away` sees to it.

        Returns:
            Whether there was one.

        Raises:
            LogUnavailableError: the database cannot be written; nothing is gone.
        """
        with speaking(self.path), closing(connect(self.path, CLEAR_MS)) as own:
            gone = own.execute(
                "DELETE FROM kept WHERE shelf = ? AND key = ?", (kind.__name__, key)
            ).rowcount
        self._owes_clearing = True
        with suppress(LogUnavailableError):  # the record is gone; what is left of it is owed
            self.clear_away()
        return gone > 0

    def clear_away(self) -> bool:
        """Overwrite what is left in the journal of whatever was taken away.

        Returns:
            False where a reader still held on, so that it is to be tried again.

        Raises:
            LogUnavailableError: the database cannot be used.
        """
        if self._owes_clearing:
            self._owes_clearing = not clear_journal(self.path)
        return not self._owes_clearing

    def close(self) -> None:
        """Let go of the file; what is owed is tried once more."""
        with suppress(LogUnavailableError):
            self.clear_away()
        with self._lock:
            self.connection.close()
