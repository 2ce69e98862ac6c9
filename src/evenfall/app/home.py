"""A home's folder: its household file, its one database, its own scores and its reports."""

import os
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import platformdirs

from evenfall.adapters.sqlite.private import make_folder
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault, FormatError, Place
from evenfall.formats.household import read_household
from evenfall.formats.located import BYTES_MAX, decode_bytes
from evenfall.formats.score import read_score
from evenfall.records.household import Household
from evenfall.records.score import Score

HOME_SETTING = "EVENFALL_HOME"
BUILT_IN = ("lamp-and-page", "tidepool", "lighthouse", "two-boats")
PRIVATE = 0o600
"""For this user alone: what a file has that tells of someone's night, or opens anything."""

TOLD = "lamp-and-page"
"""The told evening that suits every room: what runs where nothing else may."""


@dataclass(frozen=True)
class Home:
    """Where a home keeps what is its own. Nothing outside this folder is ever written."""

    folder: Path

    @property
    def household_file(self) -> Path:
        """The household, in YAML."""
        return self.folder / "household.yaml"

    @property
    def database(self) -> Path:
        """The night log and the library."""
        return self.folder / "evenfall.db"

    @property
    def access_database(self) -> Path:
        """Who was let in: kept apart, so that no backup carries a key."""
        return self.folder / "access.db"

    def score_file(self, score: str) -> Path:
        """Where the family keeps a score of its own."""
        return self.folder / "scores" / f"{score}.yaml"

    def report_folder(self, night: str) -> Path:
        """Where a night's morning report goes."""
        return self.folder / "reports" / night


def find_home(folder: Path | None) -> Home:
    """The home that is meant: a folder given, the setting EVENFALL_HOME, or the system's place."""
    if folder is not None:
        return Home(folder)
    named = os.environ.get(HOME_SETTING)
    return Home(Path(named) if named else Path(platformdirs.user_data_dir("evenfall", False)))


def exists(path: Path) -> bool:
    """True where a file or folder of this name is there.

    Raises:
        EvenfallError: nobody can tell, since a folder on the way may not be looked into.
    """
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        raise EvenfallError(
            Fault(
                found=f"a place that cannot be looked at ({_reason(error)})",
                place=Place(str(path)),
                expected="a folder this user may read",
                mend="give this user permission, or choose another folder with --home",
            )
        ) from error
    return True


def read_text(path: Path, what: str) -> str:
    """A text file, or an error that says what is wrong with it.

    Args:
        path: the file.
        what: what it should be, in words.

    Raises:
        FormatError: it is not there, cannot be read or is no text.
    """
    try:
        with path.open("rb") as file:
            return decode_bytes(file.read(BYTES_MAX + 1), str(path))
    except (OSError, ValueError) as error:
        raise FormatError(
            Fault(
                found=f"{what} that cannot be read ({_reason(error)})",
                place=Place(str(path)),
                expected=f"{what}, as a text file",
                mend="check the name and that this user may read it",
            )
        ) from error


def load_household(path: Path) -> Document[Household]:
    """Read a household file.

    Raises:
        FormatError: there is none, or something in it does not fit.
    """
    if not exists(path):
        raise FormatError(
            Fault(
                found="no household yet",
                place=Place(str(path)),
                expected="a household file: who lives here and where they sleep",
                mend="run `evenfall init` to make one, or `evenfall demo` to look around first",
            )
        )
    return read_household(read_text(path, "a household file"), str(path))


def load_zone(name: str, place: Place | None = None) -> ZoneInfo:
    """A time zone by its name.

    Raises:
        EvenfallError: there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        near = get_close_matches(name, available_timezones(), n=1, cutoff=0.3)
        raise EvenfallError(
            Fault(
                found=f"{name!r} as the time zone",
                place=place or Place(),
                expected="a zone of the IANA list, like Europe/Lisbon",
                mend=f"write {near[0]}" if near else "write the region and the nearest large city",
            )
        ) from error


def load_score(home: Home, score: str) -> Document[Score]:
    """A score by name: the family's own first, then the built-in ones.

    Raises:
        FormatError: there is none of that name, or it does not fit its format.
    """
    own = home.score_file(score)
    if exists(own):
        return read_score(read_text(own, "a score"), str(own))
    if score in BUILT_IN:
        return builtin_score(score)
    near = get_close_matches(score, BUILT_IN, n=1, cutoff=0.0)[0]
    raise FormatError(
        Fault(
            found=f"no score called {score!r}",
            place=Place(str(home.household_file)),
            expected=f"one of {', '.join(BUILT_IN)}, or a file {own}",
            mend=f"write score: {near}",
        )
    )


def builtin_score(score: str) -> Document[Score]:
    """One of the evenings that come with Evenfall."""
    text = (files("evenfall.compose") / "scores" / f"{score}.yaml").read_text(encoding="utf-8")
    return read_score(text, f"built-in {score}.yaml")


def write_atomically(path: Path, body: str | bytes, mode: int = 0o666) -> None:
    """Write a file so that it is either the old one or the new one, never half of it.

    Args:
        path: the file; its folder is made where there is none, for this user alone.
        body: what it is to hold.
        mode: who may use it, as far as the system's own mask allows; 0o600 for a secret.

    Raises:
        EvenfallError: the folder cannot be written.
    """
    data = body.encode() if isinstance(body, str) else body
    partial = path.parent / f"{path.name}.part"
    try:
        make_folder(path.parent)
        partial.unlink(missing_ok=True)  # one left behind would keep its own mode
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(path)
    except OSError as error:
        raise EvenfallError(
            Fault(
                found=f"{path.name or path} cannot be written ({_reason(error)})",
                place=Place(str(path)),
                expected="a folder this user may write to, with some room left",
                mend="choose another folder, or free some space; nothing was changed",
            )
        ) from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def _reason(error: OSError | ValueError) -> str:
    """What the system says, in plain words."""
    if isinstance(error, FileExistsError | NotADirectoryError):
        return "a file stands where a folder should be"
    return (getattr(error, "strerror", None) or str(error)).lower()
