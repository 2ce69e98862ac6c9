"""What worried an adult: kept in this home's library, and held by every evening that follows."""

from collections.abc import Callable, Iterable
from contextlib import closing
from datetime import UTC, datetime
from typing import get_args

from msgspec.structs import replace

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.home import Home, exists
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.red_flags import open_worries, resting, what_to_do
from evenfall.plan.changes import Changes
from evenfall.records.base import Id
from evenfall.records.household import Household
from evenfall.records.night import PAUSED, RUNNING, WAITING, No
from evenfall.records.worry import Sign, Worry
from evenfall.runtime.hub import Hub
from evenfall.runtime.live_room import LiveRoom

SIGNS: tuple[Sign, ...] = get_args(Sign)
_NIGHT_KINDS = ("quiet", "wake")


class Worries:
    """A home's worries, in its library.

    Args:
        library: this home's library.
        now_utc: what time it is.
    """

    def __init__(
        self,
        library: SqliteLibrary,
        now_utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._library = library
        self._now_utc = now_utc

    def all(self) -> tuple[Worry, ...]:
        """Every worry ever noted, over ones included.

        Raises:
            LogUnavailableError: the library cannot be read.
        """
        return tuple(self._library.all(Worry))

    def note(self, member: Id, sign: Sign, by: Id | None) -> Worry:
        """Keep what an adult saw; noted again, it is open again.

        Raises:
            LogUnavailableError: it cannot be kept.
        """
        now = self._now_utc()
        worry = Worry(member=member, sign=sign, noted_utc=now, noted_by=by)
        self._library.put(_key(member, sign), f"{now:%Y-%m-%d}", worry)
        return worry

    def doctor_seen(self, member: Id, by: Id | None) -> tuple[Worry, ...]:
        """An adult has talked to a doctor: the worries they noted of someone are over.

        What another adult noted stays, since the more protective choice holds (care rule 11);
        the hub's own terminal ends every one.

        Args:
            member: whom they are about.
            by: who says so, or None for the terminal.

        Returns:
            What stays open.

        Raises:
            LogUnavailableError: it cannot be kept.
        """
        left = []
        for one in open_worries(self.all()):
            if one.member != member:
                continue
            if by is not None and one.noted_by not in (None, by):
                left.append(one)
                continue
            over = replace(one, over_utc=self._now_utc(), over_by=by)
            self._library.put(_key(member, one.sign), f"{one.noted_utc:%Y-%m-%d}", over)
        return tuple(left)

    def changes(self, household: Household, changes: Changes | None = None) -> Changes:
        """Tonight's changes, with what the worries ask of an evening.

        Args:
            household: who lives here; a worry about anyone else asks for nothing.
            changes: what else is different tonight.

        Raises:
            LogUnavailableError: the library cannot be read, and then no evening may be planned.
        """
        here = {one.id for one in household.members}
        about = tuple(one for one in resting(self.all()) if one in here)
        return replace(changes or Changes(), worried_about=about)


def hold(hub: Hub, worries: Iterable[Worry]) -> None:
    """Let a hub's evening know: pages say what to do, and an immersion that could still go on is
    told from here on.

    Said again, it does nothing: what is told is not immersed, and a no that waits is one.

    Args:
        hub: tonight's.
        worries: all of the home's.
    """
    now_open = open_worries(worries)
    if now_open != hub.worries:
        hub.worries = now_open
        hub.changed()
    for member in resting(now_open):
        for room in hub.rooms.values():
            _tell(room, member)


def _tell(room: LiveRoom, member: Id) -> None:
    """End the machine's part of an immersive evening of someone; a person may still tell."""
    sleepers = [one.member for one in room.ready.sleepers]
    if member not in sleepers or room.over or not _may_immerse(room):
        return
    room.people.put_nowait(No(sleepers.index(member)))


def _may_immerse(room: LiveRoom) -> bool:
    programme, state = room.runner.programme, room.runner.state
    if programme.evening != "immersive":
        return False
    if state.mode == RUNNING:
        return programme.scenes[state.scene].kind not in _NIGHT_KINDS
    return state.mode in (WAITING, PAUSED)


def sign_named(text: str) -> Sign:
    """A sign by its name.

    Raises:
        EvenfallError: there is none of that name.
    """
    for sign in SIGNS:
        if sign == text:
            return sign
    raise EvenfallError(
        Fault(
            found=f"{text!r} as a worry",
            place=Place("--worry"),
            expected="one of " + ", ".join(SIGNS),
            mend="write the nearest; where it is urgent, call the emergency services first",
        )
    )


def _key(member: Id, sign: Sign) -> str:
    return f"{member}/{sign}"


def changes_at(home: Home, household: Household, changes: Changes | None = None) -> Changes:
    """Tonight's changes with what was noted in a home, if it keeps anything yet.

    Args:
        home: where it would be.
        household: who lives here.
        changes: what else is different tonight.

    Raises:
        LogUnavailableError: there is a library that cannot be read.
    """
    if not exists(home.database):
        return changes or Changes()
    with closing(SqliteLibrary(home.database)) as library:
        return Worries(library).changes(household, changes)


def told_at(home: Home, household: Household) -> tuple[str, ...]:
    """What is to be done about everyone's open worries in a home, a sentence each.

    Raises:
        LogUnavailableError: there is a library that cannot be read.
    """
    if not exists(home.database):
        return ()
    with closing(SqliteLibrary(home.database)) as library:
        known = Worries(library).all()
    told = (
        what_to_do(one.name, [worry for worry in known if worry.member == one.id])
        for one in household.members
    )
    return tuple(sentence for sentence in told if sentence)
