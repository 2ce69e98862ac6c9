"""A home as the guard reads it for itself: its rooms' rules, its devices, and the one token.

Nobody else opens the token while a guard runs; what is wrong with a file is told before anything
is driven.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from evenfall.adapters.devices.connected import Connected, ConnectedHome, placed
from evenfall.adapters.devices.driver import Driver
from evenfall.adapters.devices.last_look import LastLook
from evenfall.adapters.homeassistant.api import checked_token
from evenfall.formats.decode import Document
from evenfall.formats.devices import read_devices
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.household import read_household
from evenfall.formats.located import BYTES_MAX, decode_bytes
from evenfall.records.devices import Devices
from evenfall.records.household import Household

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
    household: Household, document: Document[Devices] | None, token: str, speed: float, most: Most
) -> ConnectedHome:
    """Its devices, each looked at once more before anything is sent to it.

    Raises:
        FormatError: a connection does not fit; nothing was connected.
    """

    def driven_by(one: Connected) -> Driver:
        room = next(room for room in household.rooms if room.id == one.room)
        ours = {out.id for out in room.outputs if out.kind == one.output.kind}
        named = document.record.connections if document else ()
        sharing = sum(1 for other in named if other.output in ours)
        return LastLook(one.driver, one.output, sharing, lambda: most(one.room, one.output.kind))

    return ConnectedHome(household, document, token, speed, driven_by)


def files_digest(*files: Path) -> str:
    """What the household and devices files are, in hex; for whoever asks if they are the same."""
    return sha256(b"".join(one.read_bytes() for one in files if one.exists())).hexdigest()
