"""The night log in SQLite: append-only, each sequence number once, one writer at a time."""

import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from evenfall.adapters.sqlite.database import connect, speaking
from evenfall.formats.errors import Fault, Place
from evenfall.ports.night_log import WriterReplacedError
from evenfall.records.night import LogRow, Night
from evenfall.records.programme import Programme

_INSERT = "INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ENCODE = msgspec.json.Encoder(order="deterministic")


class SqliteNightLog:
    """A `NightLog` in the home's database file.

    Args:
        path: the database file; it is made where there is none.

    Raises:
        LogUnavailableError: it cannot be opened or is damaged.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connection = connect(path)
        self._batch: list[LogRow] = []

    def begin(self, night: Night, programme: Programme, programme_hash: str) -> int:
        """Open a night for writing; an earlier writer of it is shut out from here on."""
        with speaking(self.path), _transaction(self.connection) as cursor:
            cursor.execute(
                "INSERT OR IGNORE INTO programmes VALUES (?, ?)",
                (programme_hash, _ENCODE.encode(programme)),
            )
            cursor.execute(
                "INSERT OR IGNORE INTO nights VALUES (?, ?, ?)",
                (night.id, night.night, _ENCODE.encode(night)),
            )
            cursor.execute(
                "INSERT INTO writers VALUES (?, 1) "
                "ON CONFLICT (night) DO UPDATE SET epoch = epoch + 1",
                (night.id,),
            )
            return _epoch(cursor, night.id)

    def append(self, row: LogRow) -> None:
        """Add a row to the batch; nothing is durable before `commit`."""
        self._batch.append(row)

    def commit(self) -> None:
        """Make the batch durable, all of it or nothing. What could not be stays in the batch."""
        if not self._batch:
            return
        with speaking(self.path), _transaction(self.connection) as cursor:
            for night, epoch in {(row.night, row.writer_epoch) for row in self._batch}:
                if _epoch(cursor, night) != epoch:
                    self._batch = [row for row in self._batch if row.night != night]
                    raise WriterReplacedError(_replaced(night, self.path))
            cursor.executemany(_INSERT, [_values(row) for row in self._batch])
        self._batch = []

    def rows(self, night_id: str) -> Sequence[LogRow]:
        """A night's rows in order."""
        with speaking(self.path):
            found = self.connection.execute(
                "SELECT * FROM rows WHERE night = ? ORDER BY seq", (night_id,)
            )
            return [_row(values) for values in found]

    def night(self, night_id: str) -> Night | None:
        """A night's header, or None."""
        with speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM nights WHERE id = ?", (night_id,)
            ).fetchone()
        return msgspec.json.decode(found[0], type=Night) if found else None

    def nights(self) -> Sequence[Night]:
        """Every night, the latest last."""
        with speaking(self.path):
            found = self.connection.execute("SELECT body FROM nights ORDER BY night, id")
            return [msgspec.json.decode(body, type=Night) for (body,) in found]

    def programme(self, programme_hash: str) -> Programme | None:
        """A kept programme, or None."""
        with speaking(self.path):
            found = self.connection.execute(
                "SELECT body FROM programmes WHERE hash = ?", (programme_hash,)
            ).fetchone()
        return msgspec.json.decode(found[0], type=Programme) if found else None

    def close(self) -> None:
        """Let go of the file. What was not committed is not kept."""
        self.connection.close()


class _transaction:  # noqa: N801  # reads as the statement it is
    """All of it or nothing; the write lock is taken at once, so that two writers never mix."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __enter__(self) -> sqlite3.Cursor:
        return self.connection.execute("BEGIN IMMEDIATE")

    def __exit__(self, kind: object, *_: object) -> None:
        try:
            if kind is None:
                self.connection.execute("COMMIT")
        finally:
            if self.connection.in_transaction:  # a full disk may fail the commit and leave it open
                self.connection.execute("ROLLBACK")


def _replaced(night: str, path: Path) -> Fault:
    return Fault(
        found=f"another program has taken over the night {night}",
        place=Place(str(path)),
        expected="one writer a night",
        mend="let the other one go on; this one has gone quiet",
    )


def _epoch(cursor: sqlite3.Cursor, night_id: str) -> int:
    found = cursor.execute("SELECT epoch FROM writers WHERE night = ?", (night_id,)).fetchone()
    return int(found[0]) if found else 0


def _values(row: LogRow) -> tuple[object, ...]:
    return (
        row.night,
        row.seq,
        row.beat,
        row.wall_utc.isoformat(),
        row.boot_id,
        row.writer_epoch,
        row.kind,
        row.body_version,
        row.body,
        row.programme_hash,
        row.kernel_version,
        row.digest,
    )


def _row(values: tuple[str, int, int, str, str, int, str, int, bytes, str, str, str]) -> LogRow:
    night, seq, beat, wall, boot, epoch, kind, version, body, programme, kernel, digest = values
    return LogRow(
        night=night,
        seq=seq,
        beat=beat,
        wall_utc=datetime.fromisoformat(wall),
        boot_id=boot,
        writer_epoch=epoch,
        kind=kind,
        body_version=version,
        body=body,
        programme_hash=programme,
        kernel_version=kernel,
        digest=digest,
    )
