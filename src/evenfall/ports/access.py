"""Where a home keeps who was let in. It keeps; what it means is for others to say."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Annotated, Literal, Protocol, TypeVar

from msgspec import Meta

from evenfall.ports.night_log import LogUnavailableError
from evenfall.records.access import Invite, Passkey, Passphrase, Session
from evenfall.records.act import ScreenKey
from evenfall.records.base import Id, Record

Door = Literal["code", "passphrase", "passkey"]
"""The ways in that someone could try to guess."""


class Known(Record, frozen=True, kw_only=True):
    """A member who has had a screen, a passphrase or a passkey. It is never forgotten."""

    member: Annotated[Id, Meta(description="who")]
    handle: Annotated[str, Meta(description="what their passkeys know them by: chance, base64url")]
    since_utc: Annotated[datetime, Meta(description="when they were first let in")]


class Try(Record, frozen=True, kw_only=True):
    """One wrong try at a door, kept for an hour."""

    id: Annotated[str, Meta(description="drawn for it alone")]
    door: Annotated[Door, Meta(description="what was tried")]
    knocker: Annotated[str, Meta(description="the address it came from; of IPv6 its /64")]
    at_utc: Annotated[datetime, Meta(description="when")]


AccessRecord = Invite | Session | Passkey | Passphrase | Known | Try | ScreenKey
Kept = TypeVar("Kept", bound=AccessRecord)


class AccessUnavailableError(LogUnavailableError):
    """The list of who was let in cannot be read or written. To whoever asks the home it is as if
    the night log could not: the house is there, and cannot tell.
    """


class AccessStore(Protocol):
    """Shelves of records, shared by every process of this home. It may be used by any thread."""

    def changing(self) -> AbstractContextManager[None]:
        """One change, whole or not at all, with nobody else's between its reads and its writes.

        Raises:
            AccessUnavailableError: it cannot be written; nothing of the change was.
        """

    def keep(self, record: AccessRecord) -> None:
        """Keep a record; an earlier one of its key is replaced."""

    def find(self, kind: type[Kept], key: str) -> Kept | None:
        """The record of a kind under a key, or None."""

    def all(self, kind: type[Kept]) -> list[Kept]:
        """Every record of a kind, by key."""

    def drop(self, record: AccessRecord) -> None:
        """Keep a record no longer. One that is not there is no fault."""


def key_of(record: AccessRecord) -> str:
    """What a record is found by: its digest, its id, or whose it is."""
    match record:
        case Invite() | Session():
            return record.digest
        case Passkey() | Try():
            return record.id
        case Passphrase() | Known():
            return record.member
        case ScreenKey():
            return record.screen
