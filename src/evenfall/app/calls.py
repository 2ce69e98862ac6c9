"""How this home's adults are called: from its devices file to the ways there are, by member.

What cannot be right is told before anything is served; what does not go out is told when a child
has called.
"""

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Protocol

from evenfall.adapters.devices.background import Background
from evenfall.adapters.notices.by_apprise import phones_in
from evenfall.adapters.notices.room import RoomNotices
from evenfall.adapters.notices.way import TRY_S, Way
from evenfall.app.home import Home, exists, read_text
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.formats.language import LANGUAGES
from evenfall.ports.clock import Clock
from evenfall.ports.notices import NoticeLostError
from evenfall.records.devices import Devices, NoticeWay
from evenfall.records.household import Household
from evenfall.runtime.ready import RoomNight

LANGUAGE_SETTING = "EVENFALL_LANGUAGE"

TRIAL = "This is a trial from Evenfall. Nobody touched anything, and nothing is wrong."
"""What `evenfall lamps --call` sends."""


def told_in() -> str:
    """The language this home's adults are told in on their phones: English, unless it is set."""
    asked = os.environ.get(LANGUAGE_SETTING, "en")
    return asked if asked in LANGUAGES else "en"


class Phones(Protocol):
    """Whoever can tell a phone of the family's Home Assistant."""

    def phone(self, service: str) -> Way:
        """The phone of a notify action."""


@dataclass(frozen=True)
class Tried:
    """One way to an adult, tried once."""

    where: str
    fault: Fault | None

    @property
    def words(self) -> str:
        """What there is to say of it."""
        if self.fault is not None:
            return self.fault.found
        return "It took the notice. Whether the phone was heard, only a person can tell."


@dataclass
class HomeCalls:
    """Every way to call the adults of a home, by member id, and the rooms that use them."""

    household: Household
    background: Background
    ways: Mapping[str, Sequence[Way]]
    _rooms: dict[str, RoomNotices] = field(default_factory=dict)

    def tonight(self, ready: RoomNight, clock: Clock, zone: tzinfo) -> RoomNotices:
        """A room's calls for one night.

        Args:
            ready: whose guardians are called.
            clock: what time it is, for what is said afterwards.
            zone: the home's.
        """
        room = self._notices(ready.guardians, clock, zone)
        self._rooms[ready.night.room] = room
        return room

    def elsewhere(
        self, room: str, helpers: Sequence[str], clock: Clock, zone: tzinfo
    ) -> RoomNotices:
        """The calls of a room that has no night of its own tonight.

        Args:
            room: which room, by id.
            helpers: who is called from there.
            clock: what time it is, for what is said afterwards.
            zone: the home's.
        """
        if room not in self._rooms:
            self._rooms[room] = self._notices(helpers, clock, zone)
        return self._rooms[room]

    def _notices(self, helpers: Sequence[str], clock: Clock, zone: tzinfo) -> RoomNotices:
        names = {one.id: one.name for one in self.household.members}
        return RoomNotices(
            self.ways,
            names,
            helpers,
            self.background,
            lambda: clock.now_utc().astimezone(zone),
        )

    def silent_rooms(self) -> tuple[str, ...]:
        """The rooms, by id, whose children nobody could be called for."""
        guardians: dict[str, list[str]] = {}
        for one in self.household.members:
            guardians.setdefault(one.room, []).extend(one.guardians)
        return tuple(
            room.id
            for room in self.household.rooms
            if guardians.get(room.id) and not any(map(self.ways.get, guardians[room.id]))
        )

    def plain(self) -> dict[str, list[str]]:
        """Who can be called, and where each way is, for whoever mends it."""
        return {member: [way.where for way in ways] for member, ways in self.ways.items()}

    def try_out(self, member: str) -> tuple[Tried, ...]:
        """Call an adult once, to see whether it works. It waits for every way: 15 s at most."""
        ways = self.ways.get(member, ())
        return tuple(self.background.ask(_try_all(ways), TRY_S + 3.0))

    def close(self) -> None:
        """Let what still waits go out; before the ways themselves are closed."""
        for room in self._rooms.values():
            room.close()


async def _try_all(ways: Sequence[Way]) -> list[Tried]:
    return await asyncio.gather(*(_try(way) for way in ways))


async def _try(way: Way) -> Tried:
    try:
        await way.send(TRIAL)
    except NoticeLostError as error:
        return Tried(way.where, error.faults[0])
    return Tried(way.where, None)


# --- From the file -------------------------------------------------------------------------------


def ways_of(
    home: Home, document: Document[Devices], home_assistant: Phones | None
) -> dict[str, list[Way]]:
    """Every way the devices file has, by member id.

    Args:
        home: where the files with addresses are.
        document: the devices file.
        home_assistant: the family's, if it has one.

    Raises:
        FormatError: a file with addresses is missing or does not fit, or Apprise is not there.
    """
    ways: dict[str, list[Way]] = {}
    for index, one in enumerate(document.record.notices):
        place = document.place("notices", index)
        ways.setdefault(one.member, []).extend(_ways(home, one, home_assistant, place))
    return ways


def address_files(home: Home, document: Document[Devices]) -> list[Path]:
    """The files that hold adults' addresses."""
    named = [one.apprise_file for one in document.record.notices]
    return [home.folder / name for name in named if name is not None]


def _ways(home: Home, one: NoticeWay, home_assistant: Phones | None, place: Place) -> Sequence[Way]:
    if one.apprise_file is None:
        assert one.home_assistant is not None and home_assistant is not None
        return [home_assistant.phone(one.home_assistant)]
    path = home.folder / one.apprise_file
    if not exists(path):
        raise FormatError(_no_file(path, place))
    try:
        return phones_in(read_text(path, "a file of addresses"), str(path))
    except FormatError:
        raise
    except EvenfallError as error:
        why = error.faults[0]
        raise FormatError(Fault(why.found, place, why.expected, why.mend)) from error


def _no_file(path: Path, place: Place) -> Fault:
    return Fault(
        found=f"no file {path}",
        place=place,
        expected="a file with this adult's addresses for Apprise, one a line",
        mend="write one, like ntfy://a-word-nobody-guesses, alone into that file, and let only "
        "yourself read it: chmod 600",
    )
