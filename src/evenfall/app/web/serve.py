"""Serving a home: tonight's rooms kept, its pages answered, tomorrow planned when it is over."""

import asyncio
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import uvicorn

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.page import PageOutputs
from evenfall.adapters.simulated import SimulatedNotices
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.devices import HomeDevices
from evenfall.app.evening import NO_SENSOR, REHEARSAL, live_night
from evenfall.app.home import Home
from evenfall.app.keeping import give_back, next_night_id, night_number, remember
from evenfall.app.web.book import LibraryBook
from evenfall.app.web.server import Served, make_app
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.night import Night
from evenfall.records.plan import Plan, RoomEvening
from evenfall.runtime.hub import Hub
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.outputs import AllOutputs
from evenfall.runtime.room import RoomKeeper

NEXT_PLAN_AFTER = timedelta(hours=3)
"""The next evening is planned this long after the last wake: this project's own choice."""


@dataclass(frozen=True)
class House:
    """A home that is served, and its clock."""

    home: Home
    household: Household
    zone: ZoneInfo
    clock: SystemClock


def listening_on(port: int) -> socket.socket:
    """A socket on this machine only.

    Raises:
        EvenfallError: the port is taken.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise EvenfallError(
            Fault(
                found=f"something already listens on port {port}",
                place=Place("--port"),
                expected="a free port",
                mend="is the hub already running? Else choose another, like --port 8422",
            )
        ) from error
    return listener


_ENDS = ("SIGINT", "SIGTERM", "SIGHUP")


class _Server(uvicorn.Server):
    """Ends by `HubServer.stop` alone: uvicorn's own way raises the signal again at its end, and
    SIGTERM would then end the process before the lamps are safe.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


class HubServer:
    """A home's hub and its pages, one night after another.

    Args:
        house: the home, and what time it is there.
        listener: where to listen; it is closed with the server.

    Raises:
        FormatError: the home's devices do not fit; nothing is served.
    """

    def __init__(self, house: House, listener: socket.socket) -> None:
        self.house = house
        self.listener = listener
        try:
            self.devices = HomeDevices(house.home, house.household, house.clock.speed)
        except EvenfallError:
            listener.close()
            raise
        self.log = SqliteNightLog(house.home.database)
        self.library = SqliteLibrary(house.home.database)
        hub, self._rooms = tonights_hub(house, self.log, self.library, self.devices)
        self.served = Served(hub, LibraryBook(self.library, hub.plan.night))
        config = uvicorn.Config(
            make_app(self.served),
            log_level="warning",
            lifespan="off",
            ws="websockets-sansio",
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        self._server = _Server(config)

    async def run(self) -> None:
        """Serve until stopped or interrupted; every room's log is then closed and durable.

        The lamps come to safe before this ends, and the heartbeat rests.
        """
        loop = asyncio.get_running_loop()
        for name in _ENDS:
            with suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
                loop.add_signal_handler(getattr(signal, name), self.stop)
        nights = asyncio.create_task(self._nights())
        nights.add_done_callback(
            lambda _: self.stop()
        )  # a hub that keeps no night must not look alive
        tasks = [
            nights,
            asyncio.create_task(self.devices.watch_for_watchdogs()),
        ]
        try:
            await self._server.serve(sockets=[self.listener])
        finally:
            try:
                await _ended(tasks)
            finally:
                self.devices.close()
                self.listener.close()
                self.log.close()
                self.library.close()

    def stop(self) -> None:
        """Ask it to end; pages come to quiet by their own leases."""
        self._server.should_exit = True

    async def _nights(self) -> None:
        """Keep tonight, give it back, and plan the next, for as long as the hub is served."""
        house, served = self.house, self.served
        while True:
            await served.hub.run()
            for room in self._rooms:
                try:
                    morning = give_back(self.log, house.household, room.ready, house.zone)
                    remember(self.library, room.ready, morning)
                except EvenfallError as error:
                    room.trouble = room.trouble or error.faults[0].found
            served.hub.changed()
            last = max(one.wake for one in served.hub.plan.members)
            await house.clock.wait_until(last + NEXT_PLAN_AFTER)
            served.hub, self._rooms = tonights_hub(house, self.log, self.library, self.devices)
            served.book = LibraryBook(self.library, served.hub.plan.night)


async def _ended(tasks: "Sequence[asyncio.Task[None]]") -> None:
    """End tasks, and let out what went wrong in one."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


def tonights_hub(
    house: House, log: SqliteNightLog, library: SqliteLibrary, devices: HomeDevices
) -> tuple[Hub, list[LiveRoom]]:
    """The hub of the night that is now: begun, or taken up where it was."""
    now = house.clock.now_utc().astimezone(house.zone)
    night = (now - timedelta(hours=12)).date()
    plan = plan_tonight(house.household, night, house.zone)
    if now >= max(one.wake for one in plan.members) + NEXT_PLAN_AFTER:
        plan = plan_tonight(house.household, night + timedelta(days=1), house.zone)
    rooms = [
        _live_room(house, plan, evening, log, library, devices)
        for evening in plan.rooms
        if evening.kind != "unplugged" and evening.score is not None
    ]
    made_up = not house.clock.is_the_machines
    return Hub(house.household, plan, rooms, house.clock, devices, made_up), rooms


def _live_room(
    house: House,
    plan: Plan,
    evening: RoomEvening,
    log: SqliteNightLog,
    library: SqliteLibrary,
    devices: HomeDevices,
) -> LiveRoom:
    begun = _begun(house, plan, evening, log)
    kept = library.get(begun.id, Plan) if begun is not None else None
    if kept is not None:
        evening = next((one for one in kept.rooms if one.room == evening.room), evening)
    ready = live_night(
        house.home,
        house.household,
        kept or plan,
        evening,
        zone=house.zone,
        night_id=begun.id if begun else next_night_id(log, plan.night, evening.room),
        rehearsed=not house.clock.is_the_machines,
    )
    remember(library, ready)
    page = PageOutputs()
    # A night that was begun before may have left a lamp lit: it is safe until the night says more.
    lamps = devices.tonight(evening.room, ready.programme.safe if begun is not None else ())
    outputs = AllOutputs([page] if lamps is None else [page, lamps])
    keeper = RoomKeeper(ready.programme.limits, ready.programme.safe, outputs)
    runner = NightRunner(
        ready.night,
        ready.programme,
        log=log,
        room=keeper,
        clock=house.clock,
        notices=SimulatedNotices(),
        guardians=ready.guardians,
    )
    return LiveRoom(ready, runner, keeper, page, lamps)


def _begun(house: House, plan: Plan, evening: RoomEvening, log: SqliteNightLog) -> Night | None:
    """The night to take up again: of this room and date, with something in it.

    A rehearsal never takes up tonight, nor tonight a rehearsal; and a rehearsal begun at an
    earlier hour than another ended is a new one.
    """
    rehearsed = not house.clock.is_the_machines
    source = REHEARSAL if rehearsed else NO_SENSOR
    wanted = (plan.night, evening.room, source)
    nights = [one for one in log.nights() if (one.night, one.room, one.source) == wanted]
    latest = max(nights, key=lambda one: night_number(one.id), default=None)
    rows = log.rows(latest.id) if latest is not None else ()
    if not rows or (rehearsed and house.clock.now_utc() < rows[-1].wall_utc):
        return None
    return latest
