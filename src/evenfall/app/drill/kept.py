"""The last drill, as a home keeps it, and when the next is due."""

from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

import msgspec

from evenfall.app.home import PRIVATE, Home, exists, write_atomically
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.words import listing
from evenfall.records.devices import Devices
from evenfall.records.drill import Drill
from evenfall.records.household import Household

DUE_AFTER = timedelta(days=90)
"""A drill is held again after a season (own choice)."""


def drill_file(home: Home) -> Path:
    """Where the last drill is kept."""
    return home.folder / "drill.json"


def devices_digest(household: Household, devices: Devices | None) -> str:
    """What a drill depends on: the rooms with their lamps, and what stands behind them."""
    return sha256(msgspec.json.encode((household.rooms, devices))).hexdigest()


def keep(home: Home, drill: Drill) -> None:
    """Keep a drill in place of the last one.

    Raises:
        EvenfallError: the home's folder cannot be written.
    """
    body = msgspec.json.format(msgspec.json.encode(drill), indent=2)
    write_atomically(drill_file(home), body + b"\n", PRIVATE)


def last_drill(home: Home) -> Drill | None:
    """The last drill; None where there was none.

    Raises:
        EvenfallError: what was kept cannot be read.
    """
    file = drill_file(home)
    if not exists(file):
        return None
    try:
        return msgspec.json.decode(file.read_bytes(), type=Drill)
    except (OSError, msgspec.MsgspecError) as error:
        found, expected = "a drill that cannot be read", "what `evenfall drill` kept"
        mend = "hold another, which takes its place: evenfall drill"
        raise EvenfallError(Fault(found, Place(str(file)), expected, mend)) from error


def failed_in(drill: Drill) -> tuple[str, ...]:
    """What did not hold, by title."""
    return tuple(one.title for one in drill.steps if one.outcome == "failed")


def why_again(drill: Drill | None, devices: str, now: datetime) -> str:
    """Why another drill is due, in a sentence; '' where none is.

    Args:
        drill: the last one.
        devices: the digest of what the home has now.
        now: the time.

    Example:
        >>> why_again(None, "", datetime(2026, 11, 20))
        'no drill was ever held'
    """
    if drill is None:
        return "no drill was ever held"
    on = f"{drill.at_utc:%Y-%m-%d}"
    if failed := failed_in(drill):
        return f"on {on} this did not hold: {listing(failed, 'and')}"
    if drill.devices != devices:
        return f"the lamps or phones are others than on {on}"
    days = (now - drill.at_utc).days
    return f"the last was {days} days ago" if now - drill.at_utc > DUE_AFTER else ""
