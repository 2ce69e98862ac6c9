"""A home's lamps and speakers, connected and spoken to: what whoever holds them needs.

What cannot be right is told before anything is connected; what does not answer is told while the
evening goes on. This is the one place where a household's outputs meet the devices behind them.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import NOUNS, Driver, HoldsItself, Seen
from evenfall.adapters.devices.holding import Holding, Lack
from evenfall.adapters.devices.quality import declared
from evenfall.adapters.devices.report import low_words
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.adapters.homeassistant.heartbeat import Heartbeat
from evenfall.adapters.homeassistant.home import HomeAssistant
from evenfall.adapters.homeassistant.phone import HomeAssistantPhone
from evenfall.adapters.wled.lamp import WledLamp
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.ports.notices import NoticeLostError
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.devices import Connection, Devices
from evenfall.records.household import Household, Output

if TYPE_CHECKING:
    from evenfall.adapters.homeassistant.button import StopButton

LOOK_WITHIN_S = 15.0
"""How long looking at every device may take: each has 2 s, and they are asked at once."""

WATCHDOG_AGAIN_S = 120.0
"""How often it is looked whether something takes over if this machine stops (own choice)."""

Made = TypeVar("Made")


@dataclass(frozen=True)
class Connected:
    """One output of the household, and how it is spoken to."""

    output: Output
    room: str
    connection: Connection
    driver: Driver
    holding: Holding

    @property
    def entity(self) -> str:
        """What Home Assistant calls it; '' where it is none of Home Assistant's."""
        return self.connection.home_assistant or ""


@dataclass(frozen=True)
class Look:
    """One device, looked at once."""

    of: Connected
    seen: Seen | None
    fault: Fault | None
    lack: Lack

    @property
    def words(self) -> str:
        """What there is to say of it."""
        kind = self.of.output.kind
        if self.seen is None:
            said = self.fault.found if self.fault else f"The {NOUNS[kind]} doesn't answer."
        elif self.seen.step == 0:
            said = f"The {NOUNS[kind]} answers. It is {'dark' if kind == 'light' else 'silent'}."
        else:
            where = f"at step {self.seen.step} of {self.of.driver.steps}"
            said = f"The {NOUNS[kind]} answers. It is {where}."
        return " ".join([said, *low_words(kind, self.lack)])


class ConnectedHome:
    """A home's lamps and speakers while something uses them. Close it.

    Args:
        household: whose outputs they are.
        document: what stands behind each; None where no file says any.
        token: the token of its Home Assistant, or ''.
        speed: how many of the night's seconds pass in a real one.
        driven_by: what stands between a room and a device; nothing, unless something is to look
            at each command first and to say what may be told at all.

    Raises:
        FormatError: a connection or the token does not fit; nothing was connected.
    """

    def __init__(
        self,
        household: Household,
        document: Document[Devices] | None,
        token: str = "",
        speed: float = 1.0,
        driven_by: Callable[[Connected], Fixture] = lambda one: Fixture(one.output, one.driver),
    ) -> None:
        self.home_assistant: HomeAssistant | None = None
        self.connected: tuple[Connected, ...] = ()
        self.rooms: dict[str, RoomDevices] = {}
        self.heartbeat: Heartbeat | None = None
        self.stop_button: StopButton | None = None
        self._beating: bool | None = None
        self._named = ""
        self._phones: dict[str, HomeAssistantPhone] = {}
        self.last_words: Callable[[], None] = lambda: None  # what is to go out once rooms are safe
        self.background = Background()
        if document is None:
            return
        try:
            self.connected = self._connect(household, document, token)
        except BaseException:
            self.background.close()
            raise
        for room in household.rooms:
            ours = [one for one in self.connected if one.room == room.id]
            if ours:
                fixtures = [driven_by(one) for one in ours]
                self.rooms[room.id] = RoomDevices(fixtures, self.background, speed)

    def _connect(
        self, household: Household, document: Document[Devices], token: str
    ) -> tuple[Connected, ...]:
        access = document.record.home_assistant
        if access is not None:
            where = document.place("home_assistant", "url")
            self.home_assistant = placed(
                where, lambda: HomeAssistant(access.url, token, self.background)
            )
            self.heartbeat = self.home_assistant.heartbeat()
            self._named = access.automation or ""
            if access.stop_button is not None:
                self.stop_button = self.home_assistant.button(access.stop_button)
            services = [one.home_assistant for one in document.record.notices]
            self._phones = {one: self.home_assistant.phone(one) for one in services if one}
        rooms = {out.id: (out, room.id) for room in household.rooms for out in room.outputs}
        connected: list[Connected] = []
        for index, one in enumerate(document.record.connections):
            output, room = rooms[one.output]
            driver = placed(document.place("connections", index), partial(self._driver, one))
            connected.append(Connected(output, room, one, driver, _holding(one, driver)))
        return tuple(connected)

    def _driver(self, connection: Connection) -> Driver:
        if connection.wled is not None:
            return WledLamp(connection.wled)
        entity = connection.home_assistant
        assert entity is not None and self.home_assistant is not None
        if entity.startswith("light."):
            return self.home_assistant.light(entity)
        return self.home_assistant.player(entity, connection.sounds)

    # --- Tonight -----------------------------------------------------------------------------

    def beat(self) -> None:
        """A night is under way, and the loop that decides about it lives. Call it once a second.

        Where it is not called, whatever holds its own lease goes to safe by itself.
        """
        self._beating = True
        for room in self.rooms.values():
            room.renew()
        if self.heartbeat is not None:
            self.heartbeat.beat()

    def rest(self) -> None:
        """No night is under way. It is told once, however often it is said."""
        if self.heartbeat is not None and self._beating is not False:
            self.heartbeat.rest()
        self._beating = False

    async def watch_for_watchdogs(self) -> None:
        """Look every two minutes whether something takes over if this machine stops."""
        while True:
            await asyncio.to_thread(self.look_for_watchdogs)
            await asyncio.sleep(WATCHDOG_AGAIN_S)

    async def watch_for_stops(self, stop: Callable[[], object]) -> None:
        """Call `stop` at every press of the home's own button, for as long as this is waited for.

        Args:
            stop: makes every room dark and quiet.
        """
        if self.stop_button is None:
            await asyncio.Event().wait()  # nothing is to be heard, and this must not end
        else:
            await self.stop_button.watch(stop)

    def close(self) -> None:
        """Let everything go: what was to be darker still is, and the heartbeat rests.

        It does not rest where a device was out of reach to the last, so that Home Assistant does
        what could not be done from here; nor where it was not beaten here, since it is another's.
        """
        for room in self.rooms.values():
            room.close()
        self.last_words()
        reports = [one for room in self.rooms.values() for one in room.reports()]
        left_alone = any(one.status == "unavailable" for one in reports)
        if self._beating and self.heartbeat is not None and not left_alone:
            self.heartbeat.close()
        if self.home_assistant is not None:
            with suppress(TimeoutError):
                self.home_assistant.close()
        self.background.close()

    async def call(self, service: str, text: str) -> str:
        """Tell an adult something by a phone of the devices file.

        Returns:
            Why it did not go out, or ''.
        """
        phone = self._phones.get(service)
        if phone is None:
            return "The devices file has no such way to call anyone."
        try:
            await asyncio.wrap_future(self.background.begin(phone.send(text)))
        except NoticeLostError as error:
            return error.faults[0].found
        return ""

    # --- Looking -----------------------------------------------------------------------------

    def look_for_watchdogs(self) -> None:
        """Ask Home Assistant for each of its devices, and each other for itself. It waits.

        Where there is no answer, what was known stays; where nothing was, nothing is there.
        """
        for one in self.connected:
            if one.entity:
                watched = self._is_watched(one)
                one.holding.watched = bool(one.holding.watched) if watched is None else watched
            elif isinstance(one.driver, HoldsItself):
                self._look_how_it_holds(one.driver, one.holding)

    def _look_how_it_holds(self, driver: HoldsItself, holding: Holding) -> None:
        with suppress(TimeoutError):
            lit = self.background.ask(driver.lit_at_power_up(), LOOK_WITHIN_S)
            holding.lit_at_power_up = holding.lit_at_power_up if lit is None else lit

    def lack(self, output: str) -> Lack:
        """Why an output is told only what is safe all night; '' where it is told more."""
        return next(one.holding.lack for one in self.connected if one.output.id == output)

    def is_advice(self, output: str) -> bool:
        """True where nothing brings an output to safe if this machine stops, as far as is known.

        What Home Assistant has not been asked yet is not called advice.
        """
        return self.lack(output) not in ("", "unknown")

    def look(self) -> tuple[Look, ...]:
        """Every device, looked at now. It waits for their answers, 15 s at most."""
        self.look_for_watchdogs()
        with suppress(TimeoutError):
            found = self.background.ask(self._read_all(), LOOK_WITHIN_S)
            return tuple(self._looked_at(*pair) for pair in zip(self.connected, found, strict=True))
        return tuple(self._looked_at(one, TimeoutError()) for one in self.connected)

    def send(self, one: Connected, step: int, over_s: float, what: str = "") -> None:
        """Tell one device something and wait until it has heard: for trying it out only.

        Raises:
            OutputUnavailableError: it does not answer.
        """
        self.background.ask(one.driver.send(step, over_s, what), LOOK_WITHIN_S)

    def read(self, one: Connected) -> Seen:
        """Where one device stands.

        Raises:
            OutputUnavailableError: it does not answer.
        """
        return self.background.ask(one.driver.read(), LOOK_WITHIN_S)

    async def _read_all(self) -> list[Seen | BaseException]:
        asked = [one.driver.read() for one in self.connected]
        return await asyncio.gather(*asked, return_exceptions=True)

    def _looked_at(self, one: Connected, answer: Seen | BaseException) -> Look:
        lack = one.holding.lack
        if isinstance(answer, Seen):
            return Look(one, answer, None, lack)
        if isinstance(answer, EvenfallError):
            return Look(one, None, answer.faults[0], lack)
        fault = Fault(
            found=f"The {NOUNS[one.output.kind]} says what nobody understands "
            f"({type(answer).__name__}).",
            place=Place(one.driver.where),
            expected="an answer as its documents promise",
            mend="see that its software is up to date; if it is, this is worth reporting",
        )
        return Look(one, None, fault, lack)

    def _is_watched(self, one: Connected) -> bool | None:
        """Whether an automation watches it; None where there is no answer."""
        if self.home_assistant is None:
            return False
        try:
            return self.home_assistant.has_watchdog(one.entity, self._named)
        except (OutputUnavailableError, TimeoutError):
            return None


def _holding(connection: Connection, driver: Driver) -> Holding:
    holds, powers_up = declared(driver).holds, connection.powers_up
    if isinstance(driver, HoldsItself):
        return Holding(holds, powers_up, lambda: driver.lapses)
    return Holding(holds, powers_up)


def placed(place: Place, make: Callable[[], Made]) -> Made:
    """Make something; what is wrong with it is told where it was written.

    Raises:
        FormatError: it cannot be made.
    """
    try:
        return make()
    except EvenfallError as error:
        faults = [
            Fault(one.found, one.place if one.place.file else place, one.expected, one.mend)
            for one in error.faults
        ]
        raise FormatError(*faults) from error
