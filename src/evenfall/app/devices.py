"""A home's own lamps and speakers: read from its file, connected, and driven tonight.

What cannot be right is told before anything is served; what does not answer is told while the
evening goes on. This is the one place where a household's outputs meet the adapters.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from msgspec.structs import replace

from evenfall.adapters.devices.background import Background
from evenfall.adapters.devices.driver import NOUNS, Driver, Seen
from evenfall.adapters.devices.report import ADVICE, Report
from evenfall.adapters.devices.room import Fixture, RoomDevices
from evenfall.adapters.homeassistant.api import checked_token
from evenfall.adapters.homeassistant.heartbeat import Heartbeat
from evenfall.adapters.homeassistant.home import HomeAssistant
from evenfall.adapters.wled.lamp import WledLamp
from evenfall.app.calls import HomeCalls, ways_of
from evenfall.app.home import Home, exists, read_text
from evenfall.formats.decode import Document
from evenfall.formats.devices import read_devices
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.devices import Connection, Devices
from evenfall.records.household import Household, Output, OutputKind
from evenfall.records.programme import Setpoint

LOOK_WITHIN_S = 15.0
"""How long looking at every device may take: each has 2 s, and they are asked at once."""

WATCHDOG_AGAIN_S = 600.0
"""How often a hub looks whether something takes over if it stops (this project's own choice)."""

STAYS: dict[OutputKind, str] = {
    "light": "The lamp stays dark: even its dimmest may be too bright for now.",
    "sound": "The speaker stays silent: even its quietest may be too loud for now.",
}
Made = TypeVar("Made")

_SAID = ("unavailable", "differs", "manual")
"""What a family is told of a device; the rest is as it should be."""


# --- The file ------------------------------------------------------------------------------------


def devices_file(home: Home) -> Path:
    """Which lamps and speakers a home has, in YAML."""
    return home.folder / "devices.yaml"


def load_devices(home: Home, household: Household) -> Document[Devices] | None:
    """Read a home's devices; None where no file says any.

    Raises:
        FormatError: something in it does not fit, or cannot be read.
    """
    file = devices_file(home)
    if not exists(file):
        return None
    return read_devices(read_text(file, "a devices file"), str(file), household)


def token_path(home: Home, document: Document[Devices]) -> Path | None:
    """Where the token of this home's Home Assistant is, if it has one."""
    access = document.record.home_assistant
    return None if access is None else home.folder / access.token_file


def is_open_to_others(path: Path) -> bool:
    """True where someone else on this machine may read a file."""
    return bool(path.stat().st_mode & 0o077)


def _token(home: Home, document: Document[Devices]) -> str:
    """The token, which no error repeats.

    Raises:
        FormatError: there is none.
    """
    path = token_path(home, document)
    assert path is not None
    if exists(path):
        text = read_text(path, "a token file")
        return _placed(Place(str(path)), lambda: checked_token(text))
    raise FormatError(
        Fault(
            found=f"no file {path}",
            place=document.place("home_assistant", "token_file"),
            expected="a file with the long-lived access token of your Home Assistant",
            mend="in Home Assistant, under your profile and Security, make a token; put it alone "
            "into that file, and let only yourself read it: chmod 600",
        )
    )


# --- The devices, connected ----------------------------------------------------------------------


@dataclass(frozen=True)
class Connected:
    """One output of the household, and how it is spoken to."""

    output: Output
    room: str
    connection: Connection
    driver: Driver

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
    advice: bool

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
        return " ".join([said, *[ADVICE[kind]] * self.advice])


class HomeDevices:
    """A home's lamps and speakers while something uses them. Close it.

    Args:
        home: where its files are.
        household: whose outputs they are.
        speed: how many of the night's seconds pass in a real one.

    Raises:
        FormatError: the devices file or the token does not fit; nothing was connected.
    """

    def __init__(self, home: Home, household: Household, speed: float = 1.0) -> None:
        document = load_devices(home, household)
        self.home_assistant: HomeAssistant | None = None
        self.connected: tuple[Connected, ...] = ()
        self._rooms: dict[str, RoomDevices] = {}
        self._heartbeat: Heartbeat | None = None
        self._beating: bool | None = None
        self._looked: frozenset[str] = frozenset()
        self._watched: frozenset[str] = frozenset()
        self._named = ""
        self._background = Background()
        self.calls = HomeCalls(household, self._background, {})
        if document is None:
            return
        try:
            self.connected = self._connect(home, household, document)
            ways = ways_of(home, document, self.home_assistant)
            self.calls = HomeCalls(household, self._background, ways)
        except BaseException:
            self._background.close()
            raise
        for room in household.rooms:
            ours = [one for one in self.connected if one.room == room.id]
            if ours:
                fixtures = [Fixture(one.output, one.driver) for one in ours]
                self._rooms[room.id] = RoomDevices(fixtures, self._background, speed)

    def _connect(
        self, home: Home, household: Household, document: Document[Devices]
    ) -> tuple[Connected, ...]:
        access = document.record.home_assistant
        if access is not None:
            token, url = _token(home, document), access.url
            where = document.place("home_assistant", "url")
            self.home_assistant = _placed(
                where, lambda: HomeAssistant(url, token, self._background)
            )
            self._heartbeat = self.home_assistant.heartbeat()
            self._named = access.automation or ""
        rooms = {out.id: (out, room.id) for room in household.rooms for out in room.outputs}
        connected: list[Connected] = []
        for index, one in enumerate(document.record.connections):
            output, room = rooms[one.output]
            driver = _placed(document.place("connections", index), partial(self._driver, one))
            connected.append(Connected(output, room, one, driver))
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

    def tonight(self, room: str, safe: Sequence[Setpoint] = ()) -> "TonightsDevices | None":
        """A room's lamps and speakers for one night; None where it has none.

        Args:
            room: which room, by id.
            safe: for a night that was begun before, what they are to be until it says more.
        """
        devices = self._rooms.get(room)
        return None if devices is None else TonightsDevices(devices, self.is_advice, safe)

    def beat(self) -> None:
        """A night is under way, and the hub's own loop lives. Call it once a second."""
        self._beating = True
        if self._heartbeat is not None:
            self._heartbeat.beat()

    def rest(self) -> None:
        """No night is under way. It is told once, however often it is said."""
        if self._heartbeat is not None and self._beating is not False:
            self._heartbeat.rest()
        self._beating = False

    async def watch_for_watchdogs(self) -> None:
        """Look every ten minutes whether something takes over if this machine stops."""
        while True:
            await asyncio.to_thread(self.look_for_watchdogs)
            await asyncio.sleep(WATCHDOG_AGAIN_S)

    def close(self) -> None:
        """Let everything go: what was to be darker still is, and the heartbeat rests.

        It does not rest where a device was out of reach to the last, so that Home Assistant does
        what could not be done from here; nor where it was not beaten here, since it is another's.
        """
        for room in self._rooms.values():
            room.close()
        self.calls.close()
        reports = [one for room in self._rooms.values() for one in room.reports()]
        left_alone = any(one.status == "unavailable" for one in reports)
        if self._beating and self._heartbeat is not None and not left_alone:
            self._heartbeat.close()
        if self.home_assistant is not None:
            with suppress(TimeoutError):
                self.home_assistant.close()
        self._background.close()

    # --- Looking -----------------------------------------------------------------------------

    def look_for_watchdogs(self) -> None:
        """Ask Home Assistant, for each of its devices. It waits; where none answers, none is."""
        watched = [one.output.id for one in self.connected if self._is_watched(one)]
        self._watched = frozenset(watched)
        self._looked = frozenset(one.output.id for one in self.connected)

    def is_advice(self, output: str) -> bool:
        """True where nothing brings an output to safe if this machine stops, as far as is known.

        What Home Assistant has not been asked yet is not called advice.
        """
        ours = next(one for one in self.connected if one.output.id == output)
        return not ours.entity or (output in self._looked and output not in self._watched)

    def look(self) -> tuple[Look, ...]:
        """Every device, looked at now. It waits for their answers, 15 s at most."""
        self.look_for_watchdogs()
        with suppress(TimeoutError):
            found = self._background.ask(self._read_all(), LOOK_WITHIN_S)
            return tuple(self._looked_at(*pair) for pair in zip(self.connected, found, strict=True))
        return tuple(self._looked_at(one, TimeoutError()) for one in self.connected)

    def send(self, one: Connected, step: int, over_s: float, what: str = "") -> None:
        """Tell one device something and wait until it has heard: for trying it out only.

        Raises:
            OutputUnavailableError: it does not answer.
        """
        self._background.ask(one.driver.send(step, over_s, what), LOOK_WITHIN_S)

    def read(self, one: Connected) -> Seen:
        """Where one device stands.

        Raises:
            OutputUnavailableError: it does not answer.
        """
        return self._background.ask(one.driver.read(), LOOK_WITHIN_S)

    async def _read_all(self) -> list[Seen | BaseException]:
        asked = [one.driver.read() for one in self.connected]
        return await asyncio.gather(*asked, return_exceptions=True)

    def _looked_at(self, one: Connected, answer: Seen | BaseException) -> Look:
        advice = self.is_advice(one.output.id)
        if isinstance(answer, Seen):
            return Look(one, answer, None, advice)
        if isinstance(answer, EvenfallError):
            return Look(one, None, answer.faults[0], advice)
        fault = Fault(
            found=f"The {NOUNS[one.output.kind]} says what nobody understands "
            f"({type(answer).__name__}).",
            place=Place(one.driver.where),
            expected="an answer as its documents promise",
            mend="see that its software is up to date; if it is, this is worth reporting",
        )
        return Look(one, None, fault, advice)

    def _is_watched(self, one: Connected) -> bool:
        if not one.entity or self.home_assistant is None:
            return False
        try:
            return self.home_assistant.has_watchdog(one.entity, self._named)
        except (OutputUnavailableError, TimeoutError):
            return False


@dataclass
class TonightsDevices:
    """A room's lamps and speakers for one night: the room's outputs, and what they say.

    Nothing is told before the night is under way, so that no lamp is dimmed in the afternoon;
    then each is told the latest word there is.
    """

    devices: RoomDevices
    is_advice: Callable[[str], bool]
    safe: Sequence[Setpoint] = ()
    _latest: dict[str, tuple[float, float, str]] = field(init=False)
    _begun: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._latest = {one.output: (one.target, one.ramp_s, one.what) for one in self.safe}

    def begin(self) -> None:
        """The night is under way. Said again, it does nothing."""
        if self._begun:
            return
        self._begun = True
        self.devices.new_night()
        for output, word in self._latest.items():
            with suppress(OutputUnavailableError):
                self.devices.apply(output, *word)

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Leave word for the lamps or the speakers (`ports.outputs`).

        Raises:
            OutputUnavailableError: one of them has fallen silent since the last time.
        """
        self._latest[output] = (target, ramp_s, what)
        if self._begun:
            self.devices.apply(output, target, ramp_s, what)

    def reports(self) -> tuple[Report, ...]:
        """Every device as last known."""
        return tuple(replace(one, advice=self.is_advice(one.id)) for one in self.devices.reports())

    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, in the words of the house, each once."""
        if not self._begun:
            return ()
        return tuple(dict.fromkeys(said for one in self.reports() for said in _fault_words(one)))

    def advice(self) -> tuple[str, ...]:
        """What the family should know beforehand: whom nothing else would fade, each once."""
        return tuple(dict.fromkeys(ADVICE[one.kind] for one in self.reports() if one.advice))


def _fault_words(report: Report) -> list[str]:
    if report.status in _SAID:
        return [replace(report, advice=False, note="").words]
    return [STAYS[report.kind]] if report.note else []


def _placed(place: Place, make: Callable[[], Made]) -> Made:
    """Make something; what is wrong with it is told where it was written."""
    try:
        return make()
    except EvenfallError as error:
        faults = [
            Fault(one.found, one.place if one.place.file else place, one.expected, one.mend)
            for one in error.faults
        ]
        raise FormatError(*faults) from error
