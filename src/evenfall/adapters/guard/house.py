"""A home as the guard reads it for itself: its household, its devices, and the one token.

Nobody else opens the token while a guard runs; what is wrong with a file is told before anything
is driven.
"""

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from pathlib import Path

from evenfall.adapters.devices.connected import Connected, ConnectedHome, placed
from evenfall.adapters.devices.driver import HoldsItself
from evenfall.adapters.devices.holding import all_night
from evenfall.adapters.devices.last_look import LastLook
from evenfall.adapters.devices.levels import lamp_step, light_at_full_lx_medi
from evenfall.adapters.devices.room import Fixture
from evenfall.adapters.homeassistant.api import checked_token
from evenfall.formats.decode import Document
from evenfall.formats.devices import read_devices
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.household import read_household
from evenfall.formats.located import BYTES_MAX, decode_bytes
from evenfall.records.devices import Devices
from evenfall.records.guard import Device
from evenfall.records.household import Household
from evenfall.safety.rooms import HouseRules, RoomRules

Most = Callable[[str, str], float]
"""The most a room's output may be told now, by room and kind."""


def read_house(folder: Path, file: Path) -> tuple[Household, Document[Devices] | None, str]:
    """The household, its devices if any, and the token of its Home Assistant or ''.

    Args:
        folder: the home's.
        file: the household's.

    Raises:
        FormatError: a file is missing, cannot be read or does not fit.
    """
    household = read_household(_text(file, Place(str(file))), str(file)).record
    file = folder / "devices.yaml"
    if not file.exists():
        return household, None, ""
    document = read_devices(_text(file, Place(str(file))), str(file), household)
    access = document.record.home_assistant
    if access is None:
        return household, document, ""
    file = folder / access.token_file
    text = _text(file, document.place("home_assistant", "token_file"))
    return household, document, placed(Place(str(file)), lambda: checked_token(text))


def _text(file: Path, place: Place) -> str:
    try:
        with file.open("rb") as open_file:
            return decode_bytes(open_file.read(BYTES_MAX + 1), str(file))
    except FileNotFoundError as error:
        raise FormatError(_cannot_read(f"no file {file}", place)) from error
    except (OSError, ValueError) as error:
        raise FormatError(_cannot_read(f"{file}, which cannot be read", place)) from error


def _cannot_read(found: str, place: Place) -> Fault:
    mend = "write it, or see that this user may read it; a token stands alone in its own file"
    return Fault(found, place, "a text file that this user may read", mend)


def connect(
    household: Household,
    document: Document[Devices] | None,
    token: str,
    rules: HouseRules,
    most: Most,
) -> ConnectedHome:
    """Its devices, each looked at once more before anything is sent to it.

    Each that can is asked to hold its own lease; what nothing holds is let through only as far as
    is safe all night (care rule 4).

    Raises:
        FormatError: a connection does not fit; nothing was connected.
    """

    def driven_by(one: Connected) -> Fixture:
        room = next(room for room in household.rooms if room.id == one.room)
        rule = next(rule for rule in rules.rooms if rule.room == one.room)
        ours = {out.id for out in room.outputs if out.kind == one.output.kind}
        named = document.record.connections if document else ()
        sharing = sum(1 for other in named if other.output in ours)
        if isinstance(one.driver, HoldsItself):
            one.driver.hold(_safe_step(one, rule, sharing))
        kind = one.output.kind
        held = partial(all_night, one.holding, kind, rule.limits)
        look = LastLook(one.driver, one.output, sharing, lambda: min(most(one.room, kind), held()))
        return Fixture(one.output, look, held)

    return ConnectedHome(household, document, token, rules.speed, driven_by)


def _safe_step(one: Connected, rule: RoomRules, sharing: int) -> int:
    """Where a device goes by itself: the room's night light, and no sound."""
    if one.output.kind == "sound":
        return 0
    full_lx_medi = light_at_full_lx_medi(one.output.calibration)
    return lamp_step(rule.safe_light_lx_medi, full_lx_medi, one.driver.steps, sharing)


def devices_of(home: ConnectedHome | None, room: str) -> tuple[Device, ...]:
    """A room's lamps and speakers, as last known."""
    devices = home.rooms.get(room) if home else None
    if home is None or devices is None:
        return ()
    return tuple(
        Device(
            id=one.id,
            kind=one.kind,
            status=one.status,
            lack=home.lack(one.id),
            note=one.note,
        )
        for one in devices.reports()
    )


def files_digest(*files: Path) -> str:
    """What the household and devices files are, in hex; for whoever asks if they are the same."""
    return sha256(b"".join(one.read_bytes() for one in files if one.exists())).hexdigest()
