"""What the shell may offer after an option: this home's own members, rooms and nights.

Completion is a courtesy: where anything is amiss it offers nothing, and says nothing.
"""

from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

import typer

from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.home import BUILT_IN, Home, find_home, load_household
from evenfall.formats.errors import EvenfallError
from evenfall.formats.schemas import SCHEMAS
from evenfall.records.household import Household
from evenfall.rehearse.household import PRESETS


def scripts(incomplete: str) -> list[str]:
    """The simulated nights there are."""
    return _beginning(incomplete, PRESETS)


def scores(incomplete: str) -> list[str]:
    """The built-in evenings; a file is completed by the shell itself."""
    return _beginning(incomplete, BUILT_IN)


def formats(incomplete: str) -> list[str]:
    """The formats that have a schema."""
    return _beginning(incomplete, SCHEMAS)


def members(ctx: typer.Context, incomplete: str) -> list[str]:
    """Who lives here, by id."""
    found = _household(ctx)
    return _beginning(incomplete, [one.id for one in found.members]) if found else []


def rooms(ctx: typer.Context, incomplete: str) -> list[str]:
    """The rooms here, by id."""
    found = _household(ctx)
    return _beginning(incomplete, [one.id for one in found.rooms]) if found else []


def nights(ctx: typer.Context, incomplete: str) -> list[str]:
    """The nights kept here, the latest first."""
    database = _home(ctx).database
    with suppress(EvenfallError, OSError):
        if database.is_file():
            with closing(SqliteNightLog(database)) as log:
                return _beginning(incomplete, [one.id for one in reversed(log.nights())])
    return []


def _beginning(incomplete: str, words: Iterable[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]


def _said(ctx: typer.Context, name: str) -> Path | None:
    """What was given before the command, which has not run while the shell completes."""
    value = ctx.parent.params.get(name) if ctx.parent else None
    return Path(value) if value else None


def _home(ctx: typer.Context) -> Home:
    return find_home(_said(ctx, "home"))


def _household(ctx: typer.Context) -> Household | None:
    file = _said(ctx, "household_file") or _home(ctx).household_file
    with suppress(EvenfallError, OSError):
        return load_household(file).record
    return None
