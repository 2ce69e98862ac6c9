"""The night log: append-only, each sequence number once, one writer at a time."""

from collections.abc import Sequence
from typing import Protocol

from evenfall.formats.errors import EvenfallError
from evenfall.records.night import LogRow, Night
from evenfall.records.programme import Programme


class LogUnavailableError(EvenfallError):
    """The log cannot be written or read: a full disk, a read-only one, a damaged file."""


class WriterReplacedError(EvenfallError):
    """Another program has taken this night over; this one must be quiet."""


class NightLog(Protocol):
    """Where nights are written. Rows are durable once `commit` has returned."""

    def begin(self, night: Night, programme: Programme, programme_hash: str) -> int:
        """Open a night for writing and keep its programme.

        Returns:
            The writer epoch: every later row must carry it, and an earlier writer is shut out.

        Raises:
            LogUnavailableError: it cannot be written.
        """

    def append(self, row: LogRow) -> None:
        """Add a row to the batch."""

    def commit(self) -> None:
        """Make the batch durable, all of it or nothing.

        Raises:
            LogUnavailableError: it cannot be written; nothing of the batch was.
            WriterReplacedError: another writer has opened the night since.
        """

    def rows(self, night_id: str) -> Sequence[LogRow]:
        """A night's rows in order."""

    def night(self, night_id: str) -> Night | None:
        """A night's header, or None."""

    def nights(self) -> Sequence[Night]:
        """Every night, the latest last."""

    def programme(self, programme_hash: str) -> Programme | None:
        """A kept programme, or None."""
