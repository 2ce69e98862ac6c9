"""The made-up home of `evenfall demo family`, written into a folder of its own.

Its lamp is simulated and belongs to a simulated Home Assistant, so that everything Evenfall does
there goes the way it goes in a real home.
"""

from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path

from evenfall.adapters.devices.levels import lamp_step
from evenfall.adapters.homeassistant.twin import LIGHT
from evenfall.app.home import Home, exists, read_text, write_atomically
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.safety.limits import limits_for

ROOM, LAMP, SCORE = "nest", "nest-lamp", "the-last-ferry"
STEPS = 255  # of a WLED lamp
LIGHT_AT_FULL_LX_MEDI = 10.0  # as family.yaml declares it
NIGHT_LIGHT_LX_MEDI = 0.3  # as family.yaml has it: what is safe in the nest
SAFE_STEP = lamp_step(NIGHT_LIGHT_LX_MEDI, LIGHT_AT_FULL_LX_MEDI, STEPS)
EVENING_MAX_LX_MEDI = limits_for(5).light_awake_lx_medi
"""What the younger child's evening may have at most."""

ZONE, FAR_ZONE, LAST_HOUR = "Atlantic/Reykjavik", "Asia/Tokyo", 23
"""Where the made-up home is: at UTC, or, while it is late there, nine hours on."""

MARK = "# The Harbour House: a made-up home. `evenfall demo family` writes this file anew"
TOKEN_FILE = "home-assistant.token"  # noqa: S105  # a file's name
_AGES_MONTHS = {"EIGHT-AND-A-HALF": 102, "FIVE-AND-A-HALF": 66}

_DEVICES = """\
# Written by `evenfall demo family`: a simulated lamp in a simulated Home Assistant.
devices: 1
home_assistant: {{url: "{url}", token_file: {token_file}}}
connections:
  - {{output: {lamp}, home_assistant: {light}}}
"""


def household_text(now: datetime) -> str:
    """The made-up household, the same on every day: its children's ages and the hours of its plan.

    Args:
        now: the time. Its zone never moves its clocks, and no midnight comes within the hour: the
            hub's made-up hours are hours of today.
    """
    today = now.astimezone(UTC)
    text = _read("family.yaml")
    if today.hour == LAST_HOUR:
        text = text.replace(ZONE, FAR_ZONE)
    for mark, age_months in _AGES_MONTHS.items():
        year, month = divmod(today.year * 12 + today.month - 1 - age_months, 12)
        text = text.replace(mark, f"{year}-{month + 1:02}")
    return text


def make_home(folder: Path, now: datetime) -> Home:
    """Write the made-up home into a folder; an earlier one of this demo is written anew.

    Args:
        folder: where.
        now: the time, from which the children's births are reckoned.

    Raises:
        EvenfallError: another home is there, or the folder cannot be written.
    """
    home = Home(folder)
    if exists(home.household_file) and not _is_ours(home.household_file):
        raise EvenfallError(
            Fault(
                found="another home",
                place=Place(str(folder)),
                expected="a folder of the demo's own, or none yet",
                mend="choose another folder with --out; nothing was changed",
            )
        )
    write_atomically(home.household_file, household_text(now))
    write_atomically(home.score_file(SCORE), _read(f"{SCORE}.yaml"))
    return home


def connect(home: Home, url: str, token: str) -> None:
    """Write down where the made-up home's Home Assistant is.

    Raises:
        EvenfallError: the folder cannot be written.
    """
    devices = _DEVICES.format(url=url, token_file=TOKEN_FILE, lamp=LAMP, light=LIGHT)
    write_atomically(home.folder / TOKEN_FILE, f"{token}\n", 0o600)
    write_atomically(home.folder / "devices.yaml", devices)


def _is_ours(file: Path) -> bool:
    return read_text(file, "a household file").startswith(MARK)


def _read(name: str) -> str:
    return (files("evenfall.app") / "demo" / name).read_text(encoding="utf-8")
