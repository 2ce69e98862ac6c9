"""One room's running night, and what belongs to it while it runs."""

import asyncio
from dataclasses import dataclass, field
from typing import Protocol

from evenfall.records.night import AnyEvent
from evenfall.records.view import LeaseFrame
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.ready import RoomNight
from evenfall.runtime.room import RoomKeeper


class PageFrames(Protocol):
    """What a hub needs of a page as an output: the frame to tell it."""

    def frame(self) -> LeaseFrame:
        """What the pages of a room are to be."""


@dataclass
class LiveRoom:
    """One room's running night."""

    ready: RoomNight
    runner: NightRunner
    keeper: RoomKeeper
    page: PageFrames
    people: "asyncio.Queue[AnyEvent]" = field(default_factory=asyncio.Queue)
    skip_dawn: bool = False
    up: set[int] = field(default_factory=set)
