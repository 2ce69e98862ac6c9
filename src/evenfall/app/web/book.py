"""The morning book: mornings, how they felt, and dreams, in this home's library."""

from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.keeping import latest_mornings
from evenfall.formats.drawing import is_drawing
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.base import Id, LocalDate, Record
from evenfall.records.insight import Morning

DREAMS_A_DAY = 40
"""So many pages one book takes in 24 hours: more than anyone dreams, and a bound on what a page
that hangs, or a passer-by at the hub's own screen, can fill (this project's own choice)."""

DRAWN = "data:image/png;base64,"
_DAY = timedelta(days=1)


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
        now_utc: what time it is.
    """

    def __init__(
        self,
        library: SqliteLibrary,
        night: str,
        now_utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.library = library
        self.night = night
        self._now_utc = now_utc

    def mornings(self) -> list[Morning]:
        """The latest night's mornings."""
        return latest_mornings(self.library, None)[0]

    def felt(self, member: str, how: str) -> None:
        """Keep how a night felt; said again, it is changed."""
        record = Felt(member=member, night=self.night, felt=how)
        self.library.put(f"{self.night}/{member}", self.night, record)

    def dream(self, member: str, words: str, drawing: str) -> None:
        """Keep a dream beside the ones before it.

        Raises:
            EvenfallError: the drawing is none, or the book took as many today as it takes.
            LogUnavailableError: the library cannot be written.
        """
        now = self._now_utc()
        _refuse_no_drawing(drawing)
        if self._told_since(member, now - _DAY, now) >= DREAMS_A_DAY:
            raise _full_day()
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
        """Take a page out of a dream book for good; false where it is not there.

        It may wait a moment for whoever reads the database: a loop calls it in a thread.
        """
        at_utc = _told_at(dream_id)
        return at_utc is not None and self.library.remove(_page_key(member, at_utc), Dream)

    def _told_since(self, member: str, from_utc: datetime, to_utc: datetime) -> int:
        return self.library.count(Dream, _page_key(member, from_utc), _page_key(member, to_utc))


def _refuse_no_drawing(drawing: str) -> None:
    """Refuse what no page of ours drew; nothing drawn is fine."""
    try:
        fits = not drawing or (
            drawing.startswith(DRAWN)
            and is_drawing(b64decode(drawing.removeprefix(DRAWN), validate=True))
        )
    except (Base64Error, ValueError):
        fits = False
    if not fits:
        raise EvenfallError(
            Fault(
                "something that is no drawing",
                Place(),
                "a drawing as this page makes it",
                "draw it again, or tell it in words",
            )
        )


def _full_day() -> EvenfallError:
    return EvenfallError(
        Fault(
            "as many dreams as one book takes in a day",
            Place(),
            f"{DREAMS_A_DAY} a day at most",
            "tell it tomorrow, or put it on paper",
        )
    )


def _page_key(member: str, at_utc: datetime) -> str:
    """Where a dream stands in the library."""
    return f"{member}/{at_utc.isoformat()}"


_PAGE_ID = "%Y%m%dT%H%M%S%f"


def _page_id(at_utc: datetime) -> str:
    """A page's name within its book, safe in an address."""
    return at_utc.strftime(_PAGE_ID)


def _told_at(dream_id: str) -> datetime | None:
    """When the page of a name was told; None for a name no page has."""
    try:
        return datetime.strptime(dream_id, _PAGE_ID).replace(tzinfo=UTC)
    except ValueError:
        return None
