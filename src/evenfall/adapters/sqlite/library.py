"""What a home keeps beside its nights: recordings, plans, mornings and insights, by key."""

from pathlib import Path
from typing import TypeVar

import msgspec

from evenfall.adapters.sqlite.database import connect, speaking
from evenfall.records.base import Record

Kept = TypeVar("Kept", bound=Record)


class SqliteLibrary:
    """Records by shelf and key, in the home's database file. Putting twice does no harm.

    Args:
        path: the database file; it is made where there is none.

    Raises:
        LogUnavailableError: it cannot be opened or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)

    def put(self, key: str, night: str, record: Record) -> None:
        """Keep a record under its kind and key; an earlier one of that key is replaced."""
        with speaking(self.path):
            self.connection.execute(
                "INSERT INTO kept VALUES (?, ?, ?, ?) ON CONFLICT (shelf, key) "
                "DO UPDATE SET night = excluded.night, body = excluded.body",
                (type(record).__name__, key, night, msgspec.json.encode(record)),
            )

    def get(self, key: str, kind: type[Kept]) -> Kept | None:
        """The record of a kind under a key, or None."""
        with speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM kept WHERE shelf = ? AND key = ?", (kind.__name__, key)
            ).fetchone()
        return msgspec.json.decode(found[0], type=kind) if found else None

    def all(self, kind: type[Kept]) -> list[Kept]:
        """Every record of a kind, by night and key."""
        with speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM kept WHERE shelf = ? ORDER BY night, key", (kind.__name__,)
            )
            return [msgspec.json.decode(body, type=kind) for (body,) in found]

    def remove(self, key: str, kind: type[Kept]) -> bool:
        """Take a record away for good: its bytes are overwritten, in the journal too.

        Returns:
            Whether there was one.
        """
        with speaking(self.path):
            gone = self.connection.execute(
                "DELETE FROM kept WHERE shelf = ? AND key = ?", (kind.__name__, key)
            )
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            return gone.rowcount > 0

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
