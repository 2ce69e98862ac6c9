"""`doctor` looks at this home and machine, and says what is missing and how to mend it."""

import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import typer
from rich.table import Table
from rich.text import Text

from evenfall.app.cli.common import CONSOLE, find_state, home_of, print_json
from evenfall.app.cli.options import JsonOption
from evenfall.app.evening import room_programme
from evenfall.app.home import BUILT_IN, Home, builtin_score, load_household, load_zone
from evenfall.app.report import png_of
from evenfall.compose.compile import compile_score
from evenfall.formats.errors import EvenfallError
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.safety.limits import limits_for

FREE_MIN_MB = 50
MOVE_ASIDE = "move the file aside and keep it; a new one is made"


@dataclass(frozen=True)
class Finding:
    """One thing looked at."""

    what: str
    ok: bool
    found: str
    mend: str = ""


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(doctor)


def doctor(ctx: typer.Context, json_: JsonOption = False) -> None:
    """Look at this home and machine: what works, what is missing, how to mend it.

    Leaves with code 1 where something wants mending.

    [bold]Examples[/bold]

      evenfall doctor
      evenfall --home ./cabin doctor --json
    """
    home = home_of(ctx)
    file = find_state(ctx).household_file or home.household_file
    findings = list(_findings(home, file))
    if json_:
        print_json({"findings": [asdict(one) for one in findings]})
    else:
        table = Table(box=None, show_header=False)
        for one in findings:
            mark = Text("fine", style="dim") if one.ok else Text("look", style="bold #e2703a")
            table.add_row(mark, one.what, Text(one.found + (f"\n{one.mend}" if one.mend else "")))
        CONSOLE.print(table)
    if not all(one.ok for one in findings):
        raise typer.Exit(1)


def _findings(home: Home, file: Path) -> Iterator[Finding]:
    yield Finding("Python", sys.version_info >= (3, 11), sys.version.split()[0])
    yield _folder(home.folder)
    yield _log(home.database)
    yield _scores()
    yield _pictures()
    yield from _household(home, file)


def _folder(folder: Path) -> Finding:
    nearest = next((one for one in (folder, *folder.parents) if one.exists()), Path("/"))
    free_mb = shutil.disk_usage(nearest).free // 1_000_000
    trial = nearest / ".evenfall-trial"
    try:
        trial.touch()
        trial.unlink()
    except OSError as error:
        found = f"{folder}: cannot be written ({error})"
        mend = "choose another with --home, or give this user write permission"
        return Finding("this home's folder", False, found, mend)
    enough = free_mb >= FREE_MIN_MB
    mend = "" if enough else f"free some space: at least {FREE_MIN_MB} MB"
    return Finding("this home's folder", enough, f"{folder}, {free_mb} MB free", mend)


def _log(database: Path) -> Finding:
    if not database.exists():
        return Finding("night log", True, "none yet; the first night makes it")
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        (answer,) = connection.execute("PRAGMA quick_check").fetchone()
        connection.close()
    except sqlite3.Error as error:
        return Finding("night log", False, str(error), MOVE_ASIDE)
    ok = answer == "ok"
    return Finding("night log", ok, f"{database}: {answer}", "" if ok else MOVE_ASIDE)


def _scores() -> Finding:
    def compiled() -> str:
        for name in BUILT_IN:
            document = builtin_score(name)
            audience = document.record.audience
            compile_score(
                document,
                limits=limits_for(audience.youngest),
                sleepers=audience.sleepers,
                youngest_years=audience.youngest,
            )
        return ", ".join(BUILT_IN)

    return _tried("built-in evenings", compiled, "install Evenfall again: its files are damaged")


def _pictures() -> Finding:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"></svg>'
    return _tried(
        "pictures",
        lambda: "PNG can be made" if png_of(svg).startswith(b"\x89PNG") else "no PNG came out",
        "install Evenfall again; the page works without",
    )


def _household(home: Home, file: Path) -> Iterator[Finding]:
    if not file.exists():
        yield Finding("household", False, f"{file}: none yet", "run `evenfall init`")
        return
    try:
        document = load_household(file)
        zone = load_zone(document.record.zone, document.place("zone"))
    except EvenfallError as error:
        yield Finding("household", False, str(error), "mend it there")
        return
    household = document.record
    yield Finding("household", True, f"{household.name}, {len(household.members)} people")
    yield from _rooms(household)
    from datetime import datetime

    plan = plan_tonight(household, datetime.now(zone).date(), zone)
    for evening in plan.rooms:
        if evening.kind == "unplugged":
            continue
        try:
            programme, notes = room_programme(home, household, plan, evening)
        except EvenfallError as error:
            yield Finding(f"tonight in {evening.room}", False, str(error), "mend the score")
            continue
        yield Finding(f"tonight in {evening.room}", True, " ".join([programme.title, *notes]))


def _rooms(household: Household) -> Iterator[Finding]:
    for room in household.rooms:
        assumed = [out.id for out in room.outputs if out.calibration.kind == "assumed"]
        if not room.outputs:
            yield Finding(f"room {room.id}", True, "no lamp or speaker: the evening is told")
        elif assumed:
            found = f"{', '.join(assumed)}: uncalibrated, so the worst is assumed"
            mend = "add calibration: to the household file to know better"
            yield Finding(f"room {room.id}", True, found, mend)
        else:
            yield Finding(f"room {room.id}", True, f"{len(room.outputs)} outputs, calibrated")


def _tried(what: str, act: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, True, act())
    except (EvenfallError, OSError, ValueError, ImportError) as error:
        return Finding(what, False, str(error), mend)
