"""A home's own lamps and speakers: read from its file, connected, and driven tonight.

What cannot be right is told before anything is served; what does not answer is told while the
evening goes on. This is the one place where a household's outputs meet the adapters.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from msgspec.structs import replace

from evenfall.adapters.devices.connected import Connected, ConnectedHome, Look, placed
from evenfall.adapters.devices.holding import Lack
from evenfall.adapters.devices.report import Report, low_words, status_words
from evenfall.adapters.devices.room import RoomDevices
from evenfall.adapters.homeassistant.api import checked_token
from evenfall.app.calls import HomeCalls, ways_of
from evenfall.app.home import Home, exists, read_text
from evenfall.formats.decode import Document
from evenfall.formats.devices import read_devices
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.devices import Devices
from evenfall.records.guard import Device
from evenfall.records.household import Household, OutputKind
from evenfall.records.programme import Setpoint

__all__ = ["Connected", "HomeDevices", "Look", "TonightsDevices"]

STAYS: dict[OutputKind, str] = {
    "light": "The lamp stays dark: even its dimmest may be too bright for now.",
    "sound": "The speaker stays silent: even its quietest may be too loud for now.",
}
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
        return placed(Place(str(path)), lambda: checked_token(text))
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


class HomeDevices(ConnectedHome):
    """A home's lamps and speakers, and the ways to its adults, from the home's own files.

    Args:
        home: where its files are.
        household: whose outputs they are.
        speed: how many of the night's seconds pass in a real one.

    Raises:
        FormatError: the devices file or the token does not fit; nothing was connected.
    """

    def __init__(self, home: Home, household: Household, speed: float = 1.0) -> None:
        document = load_devices(home, household)
        has_token = document is not None and document.record.home_assistant is not None
        token = _token(home, document) if document is not None and has_token else ""
        super().__init__(household, document, token, speed)
        try:
            ways = {} if document is None else ways_of(home, document, self.home_assistant)
        except BaseException:
            self.background.close()
            raise
        self.calls = HomeCalls(household, self.background, ways)
        self.last_words = self.calls.close

    def tonight(self, room: str, safe: Sequence[Setpoint] = ()) -> "TonightsDevices | None":
        """A room's lamps and speakers for one night; None where it has none.

        Args:
            room: which room, by id.
            safe: for a night that was begun before, what they are to be until it says more.
        """
        devices = self.rooms.get(room)
        return None if devices is None else TonightsDevices(devices, self.lack, safe)


@dataclass
class TonightsDevices:
    """A room's lamps and speakers for one night: the room's outputs, and what they say.

    Nothing is told before the night is under way, so that no lamp is dimmed in the afternoon;
    then each is told the latest word there is.
    """

    devices: RoomDevices
    lack: Callable[[str], Lack]
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
        return tuple(replace(one, lack=self.lack(one.id)) for one in self.devices.reports())

    def faults(self) -> tuple[str, ...]:
        """What is not as it should be, in the words of the house, each once."""
        if not self._begun:
            return ()
        return fault_words(self.reports())

    def advice(self) -> tuple[str, ...]:
        """What the family should know beforehand: what stays low tonight and why, each once."""
        return advice_words(self.reports())


def fault_words(devices: Iterable[Report | Device]) -> tuple[str, ...]:
    """What is not as it should be with a room's devices, in the words of the house, each once."""
    return tuple(dict.fromkeys(said for one in devices for said in _fault_words(one)))


def advice_words(devices: Iterable[Report | Device]) -> tuple[str, ...]:
    """What a family should know beforehand: what stays low tonight and why, each once."""
    return tuple(dict.fromkeys(said for one in devices for said in low_words(one.kind, one.lack)))


def _fault_words(one: Report | Device) -> list[str]:
    if one.status in _SAID:
        return [status_words(one.status, one.kind)]
    return [STAYS[one.kind]] if one.note else []
