"""One room's running night, and what belongs to it while it runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from evenfall.records.view import Call, LeaseFrame, VoiceChoice
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.people import People
from evenfall.runtime.ready import RoomNight
from evenfall.runtime.room import Room
from evenfall.runtime.watching import Watching


class PageFrames(Protocol):
    """What a hub needs of a page as an output: the frame to tell it."""

    def frame(self) -> LeaseFrame:
        """What the pages of a room are to be."""


class NightDevices(Protocol):
    """What a hub needs of a room's own lamps and speakers for one night."""

    def begin(self) -> None:
        """The night is under way: from here on they do as they are told. Said often."""

    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, in the words of the house."""

    def advice(self) -> tuple[str, ...]:
        """What the family should know of them beforehand."""


class RoomCalls(Protocol):
    """What a hub needs to know of a room's calls to its adults."""

    @property
    def call(self) -> Call:
        """What a touch at night does, or what came of the last."""

    def faults(self) -> tuple[str, ...]:
        """Who could not be called, in the words of the house."""

    def advice(self) -> tuple[str, ...]:
        """What the family should know of it beforehand."""


def no_voices() -> tuple[VoiceChoice, ...]:
    """Where no voice is kept for who sleeps in a room."""
    return ()


@dataclass
class LiveRoom:
    """One room's running night. `voices` says which are kept for it, whenever it is asked."""

    ready: RoomNight
    runner: NightRunner
    keeper: Room
    page: PageFrames
    devices: NightDevices | None = None
    calls: RoomCalls | None = None
    voices: Callable[[], tuple[VoiceChoice, ...]] = no_voices
    watching: Watching | None = None
    people: People = field(default_factory=People)
    trouble: str = ""
    over: bool = False
