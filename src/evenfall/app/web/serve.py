"""Serving a home: tonight's rooms kept, its pages answered, tomorrow planned when it is over."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn
from starlette.types import ASGIApp

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.access import SqliteAccess
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.access.acting import ActKeys
from evenfall.app.access.gatekeeper import Gatekeeper
from evenfall.app.acts import Acts, GuardsLine
from evenfall.app.allowance import left_for
from evenfall.app.calls import told_in
from evenfall.app.certificates import Certificates
from evenfall.app.emergencies import Emergencies, refuse_unclean, rules_of
from evenfall.app.evening import NO_SENSOR, REHEARSAL, live_night, room_programme
from evenfall.app.guarding import HubGuard
from evenfall.app.home import Home, write_atomically
from evenfall.app.keeping import give_back, next_night_id, night_number, remember
from evenfall.app.living import LivingHousehold
from evenfall.app.reach.addresses import facts_here
from evenfall.app.reach.doorstep import ACCEPTED_AT_ONCE, Doorstep
from evenfall.app.reach.house_only import HouseOnly
from evenfall.app.reach.opening import LOOK_EVERY_S, REACH_FILE, Opening, only_here
from evenfall.app.reach.sockets import listening_on
from evenfall.app.voices import Voices
from evenfall.app.watching import known_at
from evenfall.app.web.book import LibraryBook
from evenfall.app.web.server import Served, make_app
from evenfall.app.worries import Worries, hold
from evenfall.formats.errors import EvenfallError
from evenfall.plan.age import sure_years
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.night import STOPPED, Night, Stop
from evenfall.records.plan import Plan, RoomEvening
from evenfall.runtime.hub import Hub
from evenfall.runtime.live_room import LiveRoom
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.watching import Watching

__all__ = ["House", "HubServer", "listening_on", "tonights_hub"]

CLEAR_AWAY_S = 10.0
"""How often what was taken away is looked after, while it is not yet overwritten: own choice."""

WORRIES_EVERY_S = 5.0
"""How often it is looked whether a worry was noted at a terminal: this project's own choice."""

NEXT_PLAN_AFTER = timedelta(hours=3)
"""The next evening is planned this long after the last wake: this project's own choice."""


@dataclass(frozen=True)
class House:
    """A home that is served, and its clock.

    Attributes:
        household_file: where the household stands, if not in the home's folder.
    """

    home: Home
    household: Household
    zone: ZoneInfo
    clock: SystemClock
    household_file: Path | None = None  # another than the home's


_ENDS = ("SIGINT", "SIGTERM", "SIGHUP")


class _Server(uvicorn.Server):
    """Ends by `HubServer.stop` alone: uvicorn's own way raises the signal again at its end, and
    SIGTERM would then end the process before the lamps are safe.
    """

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


SAID_MAX_BYTES = 16 * 1024
"""The longest a page may say on a socket at once; what it asks for is a line."""


def _server(app: ASGIApp, doorstep: Doorstep, locked: ssl.SSLContext | None = None) -> _Server:
    """A server of the hub's pages, over TLS where a context is given.

    No proxy's headers are read here: whose word is taken, and on what, is decided in `reach.ways`.
    """
    config = uvicorn.Config(
        app,
        log_level="warning",
        lifespan="off",
        http="h11",
        ws="websockets-sansio",
        ws_max_size=SAID_MAX_BYTES,
        backlog=ACCEPTED_AT_ONCE,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=2,
    )
    config.load()
    config.loaded_app = doorstep.before(config.loaded_app)
    config.ssl = locked
    return _Server(config)


class HubServer:
    """A home's hub and its pages, one night after another.

    Args:
        house: the home, and what time it is there.
        listener: where to listen on this machine; it is closed with the server.
        opening: how it is opened further, with its own sockets; `listener` is its first.

    Raises:
        FormatError: the home's devices do not fit; nothing is served.
        EvenfallError: no guard could be had; nothing is served.
    """

    def __init__(
        self, house: House, listener: socket.socket, opening: Opening | None = None
    ) -> None:
        self.house = house
        self._again = asyncio.Event()
        self.opening = opening or only_here(listener)
        try:
            self.guard = HubGuard(
                house.home,
                house.household,
                house.clock,
                house.household_file,
                self._guard_changed,
            )
        except EvenfallError:
            self.opening.close()
            raise
        try:
            self._furnish(house)
        except BaseException:  # a guard that was started for nothing is not left behind
            self.guard.close()
            self.opening.close()
            raise

    def _furnish(self, house: House) -> None:
        """Everything that is served: it needs a disk that can be written."""
        self.log = SqliteNightLog(house.home.database)
        self.library = SqliteLibrary(house.home.database)
        hub, self._rooms = tonights_hub(house, self.log, self.library, self.guard)
        opening = self.opening
        self.access = SqliteAccess(house.home.access_database)
        living = LivingHousehold(house.household_file or house.home.household_file, house.household)
        self.gatekeeper = Gatekeeper(self.access, living, lambda: datetime.now(UTC))
        self.served = Served(
            hub,
            LibraryBook(self.library, hub.plan.night),
            self.gatekeeper,
            Acts(
                ActKeys(self.access, lambda: datetime.now(UTC)),
                living,
                GuardsLine(house.home.folder, lambda: self.guard.client.rooms),
                self.library,
            ),
            Voices(house.home, self.library, living),
            Worries(self.library),
            Emergencies(
                lambda: self.served.hub,
                self.guard.calls,
                living,
                house.clock,
                house.zone,
                self._begin_anew,
            ),
            lambda: opening.links,
            guard_key=lambda: self.guard.client.public_key,
        )
        app: ASGIApp = make_app(
            self.served, opening.ways, opening.ca_certificate_pem, lambda: opening.networks
        )
        if opening.ways.to_the_house:
            app = HouseOnly(app, lambda: opening.networks)
        self.doorstep = Doorstep(opening.ways)
        papers = opening.papers
        self._server = _server(app, self.doorstep)
        self._locked = _server(app, self.doorstep, papers.context) if papers else None

    async def run(self) -> None:
        """Serve until stopped or interrupted; every room's log is then closed and durable.

        The lamps come to safe before this ends, and the heartbeat rests.
        """
        loop = asyncio.get_running_loop()
        for name in _ENDS:
            with suppress(NotImplementedError, RuntimeError, ValueError, AttributeError):
                loop.add_signal_handler(getattr(signal, name), self.stop)
        await self.guard.connect()
        nights = asyncio.create_task(self._nights())
        nights.add_done_callback(
            lambda _: self.stop()
        )  # a hub that keeps no night must not look alive
        tasks = [
            nights,
            asyncio.create_task(self.guard.keep()),
            asyncio.create_task(self._stay_reachable()),
            asyncio.create_task(self._clear_away()),
            asyncio.create_task(self._hold_worries()),
        ]
        try:
            with reach_told(self.house.home, self.opening):
                await self._serve()
        finally:
            try:
                await _ended(tasks)
            finally:
                await self.guard.leave()
                self.opening.close()
                self.log.close()
                self.library.close()
                self.access.close()

    def stop(self) -> None:
        """Ask it to end; pages come to quiet by their own leases."""
        for server in self._servers():
            server.should_exit = True

    def _servers(self) -> list[_Server]:
        return [one for one in (self._server, self._locked) if one is not None]

    async def _serve(self) -> None:
        """Serve the plain pages and the encrypted ones; none of them without the other."""
        sockets = (self.opening.plain, self.opening.locked)
        serving = [
            asyncio.create_task(server.serve([self.doorstep.listening(one) for one in its]))
            for server, its in zip(self._servers(), sockets, strict=False)
        ]
        try:
            await asyncio.wait(serving, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.stop()
            await asyncio.gather(*serving)

    async def _stay_reachable(self) -> None:
        """Look now and then whether addresses changed or a certificate is due."""
        while True:
            await asyncio.sleep(LOOK_EVERY_S)
            facts = await asyncio.to_thread(facts_here)
            with suppress(EvenfallError, OSError):  # what was reached before still is
                self.opening.look(facts, datetime.now(UTC))
                tell_reach(self.house.home, self.opening)

    def _guard_changed(self) -> None:
        """A room is another: its pages look again, and a stop at the guard is a stop here."""
        hub = self.served.hub
        for room in hub.rooms.values():
            was_here = room.over or room.runner.state.mode == STOPPED  # whose stop it was is known
            if self.guard.is_newly_stopped(room.ready.night) and not was_here:
                room.people.put_nowait(Stop("someone at home"))
        hub.changed()

    async def _hold_worries(self) -> None:
        """Hold tonight to what adults noted, from a page or a terminal."""
        while True:
            with suppress(EvenfallError):
                hold(self.served.hub, await asyncio.to_thread(self.served.worries.all))
            await asyncio.sleep(WORRIES_EVERY_S)

    async def _begin_anew(self, name: str, who: str) -> str:
        """Begin a clean night in a room whose last one broke off: an adult says so, by hand.

        What the broken night has used of the allowance is settled first, so that it counts.

        Raises:
            EvenfallError: it may not, or cannot; where the old night had ended, the room is dark.
        """
        house, hub = self.house, self.served.hub
        room = hub.rooms[name]
        night, date = room.ready.night, room.ready.night.night
        state = self.guard.client.rooms.get(name)
        refuse_unclean(
            rules_of(self.log, date, name),
            in_trouble=bool(room.trouble),
            is_stopped=state is not None and state.stopped,
            is_morning=room.runner.over,
        )
        await asyncio.to_thread(prove_ahead, house, self.library)
        await hub.end(name)
        morning = give_back(self.log, house.household, room.ready, house.zone)
        remember(self.library, room.ready, self.served.acts.accounted(morning, name))
        evening = next(one for one in hub.plan.rooms if one.room == name)
        night_id = next_night_id(self.log, date, name)
        clean = _made_live(
            house, hub.plan, evening, night_id, self.log, self.library, self.guard,
            (_anew_words(house, who, night.id),),
        )  # fmt: skip
        self._rooms = [clean if one is room else one for one in self._rooms]
        if not hub.begin_anew(clean):
            self._again.set()
        return night_id

    async def _begun_anew_before(self, moment: datetime) -> bool:
        """Wait for a moment; true where an adult began a night anew meanwhile."""
        waiting = {
            asyncio.create_task(self._again.wait()),
            asyncio.create_task(self.house.clock.wait_until(moment)),
        }
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waiting:
                one.cancel()
        begun = self._again.is_set()
        self._again.clear()
        return begun

    async def _clear_away(self) -> None:
        """Overwrite what is left of whatever was taken away while someone read the database."""
        while True:
            with suppress(EvenfallError):
                await asyncio.to_thread(self.library.clear_away)
            await asyncio.sleep(CLEAR_AWAY_S)

    async def _nights(self) -> None:
        """Keep tonight, give it back, and plan the next, for as long as the hub is served."""
        house, served = self.house, self.served
        while True:
            await served.hub.run()
            for room in self._rooms:
                try:
                    morning = give_back(self.log, house.household, room.ready, house.zone)
                    remember(
                        self.library,
                        room.ready,
                        served.acts.accounted(morning, room.ready.night.room),
                    )
                except EvenfallError as error:
                    room.trouble = room.trouble or error.faults[0].found
            served.hub.changed()
            last = max(one.wake for one in served.hub.plan.members)
            if await self._begun_anew_before(last + NEXT_PLAN_AFTER):
                continue
            # What may take seconds is computed beside the loop; what it finds is on the shelf then.
            await asyncio.to_thread(prove_ahead, house, self.library)
            served.hub, self._rooms = tonights_hub(house, self.log, self.library, self.guard)
            served.book = LibraryBook(self.library, served.hub.plan.night)


def _anew_words(house: House, who: str, broken_off: str) -> str:
    name = next((one.name for one in house.household.members if one.id == who), who)
    now = house.clock.now_utc().astimezone(house.zone)
    return f"Begun anew by {name} at {now:%H:%M}; {broken_off} had broken off."


def tell_reach(home: Home, opening: Opening) -> None:
    """Write down how the hub is reached, for other commands to read.

    Raises:
        EvenfallError: the home's folder cannot be written.
    """
    write_atomically(home.folder / REACH_FILE, opening.as_json())


@contextmanager
def reach_told(home: Home, opening: Opening) -> Iterator[None]:
    """Have it written down for as long as the hub is served.

    Raises:
        EvenfallError: the home's folder cannot be written.
    """
    tell_reach(home, opening)
    try:
        yield
    finally:
        with suppress(OSError):
            (home.folder / REACH_FILE).unlink()


async def _ended(tasks: "Sequence[asyncio.Task[None]]") -> None:
    """End tasks, and let out what went wrong in one."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        with suppress(asyncio.CancelledError):
            await task


def tonights_hub(
    house: House, log: SqliteNightLog, library: SqliteLibrary, guard: HubGuard
) -> tuple[Hub, list[LiveRoom]]:
    """The hub of the night that is now: begun, or taken up where it was."""
    plan = _plan_now(house, library)
    rooms = [_live_room(house, plan, evening, log, library, guard) for evening in _evenings(plan)]
    made_up = not house.clock.is_the_machines
    hub = Hub(house.household, plan, rooms, house.clock, guard, made_up, house.clock.speed)
    return hub, rooms


def prove_ahead(house: House, library: SqliteLibrary) -> None:
    """Have every evening of the coming night proven, so that its certificate is on the shelf.

    What cannot be proven is left as it is: who needs it is told when the night is made ready.
    """
    if not house.clock.is_the_machines:
        return
    plan = _plan_now(house, library)
    certificates = Certificates(library, house.clock.now_utc)
    for evening in _evenings(plan):
        with suppress(EvenfallError):
            room_programme(house.home, house.household, plan, evening, None, certificates)


def _plan_now(house: House, library: SqliteLibrary) -> Plan:
    """The plan of the night that is now, or of the next once this one is well over."""
    now = house.clock.now_utc().astimezone(house.zone)
    night = (now - timedelta(hours=12)).date()
    changes = Worries(library).changes(house.household)
    plan = plan_tonight(house.household, night, house.zone, changes)
    if now >= max(one.wake for one in plan.members) + NEXT_PLAN_AFTER:
        return plan_tonight(house.household, night + timedelta(days=1), house.zone, changes)
    return plan


def _evenings(plan: Plan) -> list[RoomEvening]:
    """The rooms in which anything runs."""
    return [one for one in plan.rooms if one.kind != "unplugged" and one.score is not None]


def _live_room(
    house: House,
    plan: Plan,
    evening: RoomEvening,
    log: SqliteNightLog,
    library: SqliteLibrary,
    guard: HubGuard,
) -> LiveRoom:
    begun = _begun(house, plan, evening, log)
    kept = library.get(begun.id, Plan) if begun is not None else None
    if kept is not None:
        evening = next((one for one in kept.rooms if one.room == evening.room), evening)
    night_id = begun.id if begun else next_night_id(log, plan.night, evening.room)
    return _made_live(house, kept or plan, evening, night_id, log, library, guard)


def _made_live(
    house: House,
    plan: Plan,
    evening: RoomEvening,
    night_id: str,
    log: SqliteNightLog,
    library: SqliteLibrary,
    guard: HubGuard,
    notes: tuple[str, ...] = (),
) -> LiveRoom:
    """One room's night, with everything it is kept by; its share of the allowance set aside."""
    ready = live_night(
        house.home,
        house.household,
        plan,
        evening,
        zone=house.zone,
        night_id=night_id,
        rehearsed=not house.clock.is_the_machines,
        left=left_for(library, log, house.household, plan.night, night_id),
        certificates=Certificates(library, house.clock.now_utc),
    )
    ready = replace(ready, notes=(*ready.notes, *notes))
    remember(library, ready)
    keeper = guard.room(evening.room, ready.programme.limits)
    lamps = guard.devices(keeper, night_id)
    calls = guard.calls.tonight(ready, house.clock, house.zone)
    runner = NightRunner(
        ready.night,
        ready.programme,
        log=log,
        room=keeper,
        clock=house.clock,
        notices=calls,
        guardians=ready.guardians,
        helpers=ready.helpers,
        language=told_in(),
        sleepers=ready.sleepers,
    )
    voices = Voices(house.home, library, lambda: house.household)
    return LiveRoom(
        ready,
        runner,
        keeper,
        keeper,
        lamps,
        calls,
        lambda: voices.for_room(house.household, evening.room),
        Watching(
            [sure_years(one.age_months) for one in ready.sleepers],
            known_at(log, library, ready.sleepers, plan.night),
        ),
    )


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
