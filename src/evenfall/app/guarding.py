"""The guard as a served hub has it: started where none runs, asked, and left in order.

The hub opens no token and speaks to no lamp; what its pages and its nights do goes through here.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.devices.background import Background
from evenfall.adapters.guard import process
from evenfall.adapters.guard.client import GuardClient, GuardedRoom, GuardPhone
from evenfall.adapters.guard.house import files_digest
from evenfall.app.calls import HomeCalls, ways_of
from evenfall.app.devices import advice_words, fault_words, load_devices
from evenfall.app.home import Home
from evenfall.formats.errors import EvenfallError
from evenfall.formats.wire import GarbledError
from evenfall.records.household import Household
from evenfall.records.limits import Limits
from evenfall.records.night import Night

LOOK_AGAIN_S = 2.0
"""How often it is looked whether the guard still runs (own choice)."""

GIVE_UP_S = 60.0
"""A guard that would not start is tried again no sooner than this (own choice)."""


class HubGuard:
    """A home's guard, for as long as a hub is served. Close it.

    Args:
        home: where the home's files are.
        household: who lives there.
        clock: the hub's.
        household_file: where the household stands, if not in the home's folder.
        changed: told whenever a room is another than before.

    Raises:
        FormatError: the devices file or the token does not fit; nothing runs.
        EvenfallError: no guard could be had.
    """

    def __init__(
        self,
        home: Home,
        household: Household,
        clock: SystemClock,
        household_file: Path | None = None,
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.home, self._clock = home, clock
        self._file = household_file or home.household_file
        self._stopped: set[str] = set()
        document = load_devices(home, household)
        self._ensure()
        path = process.socket_path(home.folder)
        self.client = GuardClient(path, clock, clock.speed, changed)
        outputs = {one.output for one in document.record.connections} if document else set()
        self._rooms = {
            room.id for room in household.rooms if outputs & {one.id for one in room.outputs}
        }
        background = Background()
        try:
            ways = {} if document is None else ways_of(home, document, self)
        except BaseException:
            background.close()
            self._let_go()
            raise
        self._background = background
        self.calls = HomeCalls(household, background, ways)

    def phone(self, service: str) -> GuardPhone:
        """A phone of the family's Home Assistant, told by the guard."""
        return GuardPhone(self.client, service)

    def room(self, room: str, limits: Limits) -> GuardedRoom:
        """One room's outputs and its pages' frame."""
        return GuardedRoom(self.client, room, limits)

    def devices(self, room: GuardedRoom, night: str) -> "GuardedDevices | None":
        """A room's lamps and speakers for one night; None where it has none."""
        return GuardedDevices(room, night) if room.room in self._rooms else None

    def is_newly_stopped(self, night: Night) -> bool:
        """True once for a night whose room someone stopped at the guard itself.

        Last night's stop holds until noon and is not for the night that is planned by then.
        """
        if self._clock.now_utc() < night.start_utc:
            return False
        state = self.client.rooms.get(night.room)
        if state is None or not state.stopped or night.id in self._stopped:
            return False
        self._stopped.add(night.id)
        return True

    def beat(self) -> None:
        """A night is under way (`runtime.hub.Pulse`)."""
        self.client.beat()

    def rest(self) -> None:
        """None is."""
        self.client.rest()

    async def keep(self) -> None:
        """Hear the guard, and start another where it has died."""
        hearing = asyncio.create_task(self.client.keep())
        try:
            while True:
                await asyncio.sleep(LOOK_AGAIN_S)
                if not await asyncio.to_thread(process.is_running, self.home.folder):
                    try:
                        await asyncio.to_thread(self._ensure)
                    except EvenfallError:  # the evening goes on, without its lamps
                        await asyncio.sleep(GIVE_UP_S)
        finally:
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)

    async def connect(self) -> None:
        """Be the hub the guard listens to, before any night says anything."""
        with suppress(OSError, GarbledError):
            await self.client.connect()

    async def leave(self) -> None:
        """End in order: what still waits goes out, every room is safe, and the guard ends."""
        hearing = asyncio.create_task(self.client.keep())
        await asyncio.to_thread(self.calls.close)
        hearing.cancel()
        await asyncio.gather(hearing, return_exceptions=True)
        if await self.client.bye():
            await asyncio.to_thread(process.wait_for_end, self.home.folder)
        self._background.close()

    def close(self) -> None:
        """Let go of a guard that no hub was ever served with."""
        self._background.close()
        self._let_go()

    def _let_go(self) -> None:
        if process.end_if_ours(self.home.folder):
            process.wait_for_end(self.home.folder)

    def _ensure(self) -> None:
        process.ensure(
            self.home.folder,
            self._clock,
            self._clock.speed,
            not self._clock.is_the_machines,
            self._file,
            files_digest(self._file, self.home.folder / "devices.yaml"),
        )


@dataclass
class GuardedDevices:
    """A room's lamps and speakers for one night (`runtime.live_room.NightDevices`)."""

    room: GuardedRoom
    night: str
    _begun: bool = False

    def begin(self) -> None:
        """The night is under way. Said often."""
        self._begun = True
        self.room.client.begin(self.room.room, self.night)

    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, in the words of the house, each once."""
        return fault_words(self.room.devices()) if self._begun else ()

    def advice(self) -> tuple[str, ...]:
        """What the family should know beforehand: what stays low tonight and why, each once."""
        return advice_words(self.room.devices())
