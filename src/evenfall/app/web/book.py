"""The morning book: mornings, how they felt, and dreams, in this home's library."""

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.keeping import latest_mornings
from evenfall.records.base import Id, LocalDate, Record
from evenfall.records.insight import Morning


class Felt(Record, frozen=True, kw_only=True):
    """How a night felt to the one who slept it."""

    member: Annotated[Id, Meta(description="whose night it was")]
    night: Annotated[LocalDate, Meta(description="which night")]
    felt: Annotated[str, Meta(description="rough, all-right or good, in their own choosing")]


class Dream(Record, frozen=True, kw_only=True):
    """A dream as it was told or drawn. It belongs to its owner and is never interpreted."""

    member: Annotated[Id, Meta(description="whose dream it is")]
    at_utc: Annotated[datetime, Meta(description="when it was told")]
    words: Annotated[str, Meta(description="as it was told")]
    drawing: Annotated[str, Meta(description="as it was drawn, a PNG as text")]


class DreamPage(Record, frozen=True, kw_only=True):
    """One page of a dream book, as its owner reads it."""

    id: Annotated[str, Meta(description="what to send to take it out")]
    at_utc: Annotated[datetime, Meta(description="when it was told")]
    words: Annotated[str, Meta(description="as it was told")]
    drawing: Annotated[str, Meta(description="as it was drawn, a PNG as text")]


class LibraryBook:
    """The morning book in the library.

    Args:
        library: this home's library.
        night: the night that what is said now is about.
    """

    def __init__(self, library: SqliteLibrary, night: str) -> None:
        self.library = library
        self.night = night

    def mornings(self) -> list[Morning]:
        """The latest night's mornings."""
        return latest_mornings(self.library, None)[0]

    def felt(self, member: str, how: str) -> None:
        """Keep how a night felt; said again, it is changed."""
        record = Felt(member=member, night=self.night, felt=how)
        self.library.put(f"{self.night}/{member}", self.night, record)

    def dream(self, member: str, words: str, drawing: str) -> None:
        """Keep a dream beside the ones before it."""
        now = datetime.now(UTC)
        record = Dream(member=member, at_utc=now, words=words, drawing=drawing)
        self.library.put(_page_key(member, now), self.night, record)

    def dreams(self, member: str) -> list[DreamPage]:
        """A dream book, the newest page first. Whoever calls this has made sure of the owner."""
        own = [one for one in self.library.all(Dream) if one.member == member]
        own.sort(key=lambda one: one.at_utc, reverse=True)
        return [
            DreamPage(
                id=_page_id(one.at_utc), at_utc=one.at_utc, words=one.words, drawing=one.drawing
            )
            for one in own
        ]

    def forget_dream(self, member: str, dream_id: str) -> bool:
        """Take a page out of a dream book for good; false where it is not there."""
        for one in self.library.all(Dream):
            if one.member == member and _page_id(one.at_utc) == dream_id:
                return self.library.remove(_page_key(member, one.at_utc), Dream)
        return False


def _page_key(member: str, at_utc: datetime) -> str:
    """Where a dream stands in the library."""
    return f"{member}/{at_utc.isoformat()}"


def _page_id(at_utc: datetime) -> str:
    """A page's name within its book, safe in an address."""
    return at_utc.strftime("%Y%m%dT%H%M%S%f")
