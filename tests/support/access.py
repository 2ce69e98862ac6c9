"""A home to let screens into: its people, a clock that is moved by hand, chance that is counted."""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evenfall.adapters.sqlite.access import SqliteAccess
from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.ports.access import AccessStore
from evenfall.records.access import Caller, Origin, ScreenKind, Session
from evenfall.records.household import Household, Member, Room

LISBON = "Europe/Lisbon"
AFTERNOON = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
ORIGINS: tuple[Origin, ...] = ("here", "plain", "locked")


def member(name: str, born: str, *guardians: str, room: str = "loft") -> Member:
    """A member whose id is their name in small letters."""
    return Member(id=name.lower(), name=name, born=born, room=room, guardians=guardians)


MARA, TOMAS = member("Mara", "1988-04"), member("Tomas", "1986-09")
ROSA = member("Rosa", "1955-01")
ILAY = member("Ilay", "2018-03", "mara", "tomas", room="nest")
NOOR = member("Noor", "2022-06", "mara", room="nest")

HOUSEHOLD = Household(
    household=1,
    name="The Lindens",
    zone=LISBON,
    rooms=(Room(id="nest", name="the nest"), Room(id="loft", name="the loft")),
    members=(MARA, TOMAS, ROSA, ILAY, NOOR),
)


class Counted:
    """Chance that never gives the same bytes twice, and gives them again in the next run."""

    def __init__(self, seed: str = "") -> None:
        self.seed = seed
        self.drawn = 0

    def __call__(self, size: int) -> bytes:
        self.drawn += 1
        return hashlib.shake_256(f"{self.seed}/{self.drawn}".encode()).digest(size)


class House:
    """A gatekeeper with a real store, and everything about it that a test moves."""

    def __init__(
        self,
        folder: Path,
        household: Household = HOUSEHOLD,
        now_utc: datetime = AFTERNOON,
        wrapped: Callable[[AccessStore], AccessStore] = lambda store: store,
    ) -> None:
        self.path = folder / "access.db"
        self.store = SqliteAccess(self.path)
        self.household = household
        self.now_utc = now_utc
        self.keeper = Gatekeeper(
            wrapped(self.store), lambda: self.household, lambda: self.now_utc, Counted()
        )

    def later(self, **how: float) -> None:
        """Move the clock."""
        self.now_utc += timedelta(**how)

    def let_in(
        self,
        member: str | None = None,
        *,
        kind: ScreenKind = "member",
        room: str | None = None,
        origin: Origin = "locked",
        label: str = "a phone",
        by: Caller | None = None,
    ) -> tuple[Session, str]:
        """Let a screen in by four words."""
        _, words = self.keeper.invite(kind, member=member, room=room, by=by)
        return self.keeper.claim(words, origin=origin, label=label, knocker="192.168.1.7")

    def caller(self, member: str, origin: Origin = "locked") -> Caller:
        """Someone who was let in just now."""
        return self.keeper.caller(self.let_in(member, origin=origin)[1], origin)

    def close(self) -> None:
        """Let go of the file."""
        self.store.close()
