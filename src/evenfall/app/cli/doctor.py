"""`doctor` looks at this home and machine, and says what is missing and how to mend it."""

import shlex
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.table import Table
from rich.text import Text

from evenfall.app.cli.common import (
    CONSOLE,
    has_programme,
    home_of,
    household_file_of,
    night_date,
    no_programme_words,
    print_json,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.evening import room_programme
from evenfall.app.home import BUILT_IN, Home, builtin_score, exists, load_household, load_zone
from evenfall.app.report import png_of
from evenfall.compose.compile import compile_score
from evenfall.formats.errors import EvenfallError, Fault, FormatError
from evenfall.plan.tonight import plan_tonight
from evenfall.records.household import Household
from evenfall.records.plan import Plan, RoomEvening
from evenfall.safety.limits import limits_for

if TYPE_CHECKING:
    from evenfall.adapters.homeassistant.home import HomeAssistant
    from evenfall.app.devices import HomeDevices, Look
    from evenfall.records.devices import Devices

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
    add(app, doctor)


def doctor(ctx: typer.Context, json_: JsonOption = False) -> None:
    """Look at this home and machine: what works, what is missing, how to mend it.

    Leaves with code 1 where something wants mending.

    [bold]Examples[/bold]

      evenfall doctor
      evenfall --home ./cabin doctor --json
    """
    home = home_of(ctx)
    findings = list(_findings(home, household_file_of(ctx)))
    if json_:
        ok = all(one.ok for one in findings)
        print_json({"ok": ok, "findings": [asdict(one) for one in findings]})
    else:
        table = Table(box=None, show_header=False)
        for one in findings:
            mark = Text("fine", style="dim") if one.ok else Text("look", style="bold #e2703a")
            table.add_row(
                mark, Text(one.what), Text("\n".join(filter(None, (one.found, one.mend))))
            )
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
    mend = "choose another with --home, or give this user write permission"
    try:
        nearest = next((one for one in (folder, *folder.parents) if exists(one)), Path("/"))
        free_mb = shutil.disk_usage(nearest).free // 1_000_000
        with tempfile.TemporaryFile(dir=nearest):
            pass
    except EvenfallError as error:
        return _failed("this home's folder", error)
    except NotADirectoryError:
        return Finding("this home's folder", False, f"{folder}: a file, and no folder", mend)
    except OSError as error:
        found = f"{folder}: cannot be written ({(error.strerror or str(error)).lower()})"
        return Finding("this home's folder", False, found, mend)
    enough = free_mb >= FREE_MIN_MB
    mend = "" if enough else f"free some space: at least {FREE_MIN_MB} MB"
    return Finding("this home's folder", enough, f"{folder}, {free_mb} MB free", mend)


def _log(database: Path) -> Finding:
    try:
        if not exists(database):
            return Finding("night log", True, "none yet; the first night makes it")
        with closing(sqlite3.connect(f"{database.resolve().as_uri()}?mode=rw", uri=True)) as log:
            (answer,) = log.execute("PRAGMA quick_check").fetchone()
    except EvenfallError as error:
        return _failed("night log", error)
    except sqlite3.Error as error:
        return Finding("night log", False, f"{database}: {error}", MOVE_ASIDE)
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
    try:
        document = load_household(file)
        zone = load_zone(document.record.zone, document.place("zone"))
    except EvenfallError as error:
        yield _failed("household", error)
        return
    household = document.record
    people = "1 person" if len(household.members) == 1 else f"{len(household.members)} people"
    yield Finding("household", True, f"{household.name}, {people}")
    yield from _rooms(household)
    yield from _devices(home, household)
    yield from _drill(home, household)
    try:
        plan = plan_tonight(household, night_date(None, zone), zone)
    except EvenfallError as error:
        yield _failed("tonight", error)
        return
    for evening in plan.rooms:
        yield _evening(home, household, plan, evening)


def _evening(home: Home, household: Household, plan: Plan, evening: RoomEvening) -> Finding:
    what = f"tonight in {evening.room}"
    if not has_programme(evening):
        return Finding(what, True, no_programme_words(evening))
    try:
        programme, notes = room_programme(home, household, plan, evening)
    except EvenfallError as error:
        return _failed(what, error)
    return Finding(what, True, ". ".join([programme.title, *notes]))


def _rooms(household: Household) -> Iterator[Finding]:
    for room in household.rooms:
        assumed = [out.id for out in room.outputs if out.calibration.kind == "assumed"]
        if not room.outputs:
            found = "no lamp or speaker: a person does what the plan says"
            yield Finding(f"room {room.id}", True, found)
        elif assumed:
            found = f"{', '.join(assumed)}: not calibrated, so the brightest and loudest is assumed"
            mend = "add calibration: to the household file to know better"
            yield Finding(f"room {room.id}", True, found, mend)
        else:
            outputs = ", ".join(out.id for out in room.outputs)
            yield Finding(f"room {room.id}", True, f"{outputs}: calibrated")


def _devices(home: Home, household: Household) -> Iterator[Finding]:
    # Imported here: only commands that reach a device need to speak HTTP.
    from evenfall.app.calls import address_files
    from evenfall.app.devices import HomeDevices, devices_file, load_devices, token_path

    try:
        document = load_devices(home, household)
        devices = HomeDevices(home, household)
    except EvenfallError as error:
        yield _failed("lamps", error)
        return
    with closing(devices):
        if document is None:
            found = f"no {devices_file(home).name}: the pages are the lamp"
            yield Finding("lamps", True, found)
            yield from _calls(devices)
            return
        path = token_path(home, document)
        if path is not None:
            yield _private("token", path)
        for addresses in address_files(home, document):
            yield _private("addresses", addresses)
        if devices.home_assistant is not None:
            yield _home_assistant(devices.home_assistant)
            yield from _stop_button(devices.home_assistant, document.record)
        yield from (_lamp(look) for look in devices.look())
        yield from _calls(devices)


def _private(what: str, path: Path) -> Finding:
    from evenfall.app.devices import is_open_to_others

    if is_open_to_others(path):
        mend = f"let only yourself read it: chmod 600 {shlex.quote(str(path))}"
        return Finding(what, False, f"{path}: others on this machine may read it", mend)
    return Finding(what, True, f"{path}: only you may read it")


def _calls(devices: "HomeDevices") -> Iterator[Finding]:
    silent, known = devices.calls.silent_rooms(), devices.calls.plain()
    if silent:
        found = f"{', '.join(silent)}: a touch at night calls nobody yet; a shout works"
        yield Finding("calls", True, found, "see docs/howto/be-called-at-night.md")
    if known:
        mend = f"see that it works: evenfall lamps --call {next(iter(known))}"
        yield Finding("calls", True, f"{', '.join(known)}: has a phone to be called on", mend)


def _home_assistant(there: "HomeAssistant") -> Finding:
    try:
        found = there.entities()
    except EvenfallError as error:
        return _failed("Home Assistant", error)
    except TimeoutError:
        mend = f"open {there.api.url} in a browser; if that fails too, start it again"
        return Finding("Home Assistant", False, f"{there.api.url}: no answer in time", mend)
    return Finding("Home Assistant", True, f"{there.api.url}: {len(found)} lights and players")


def _stop_button(there: "HomeAssistant", devices: "Devices") -> Iterator[Finding]:
    button = devices.home_assistant.stop_button if devices.home_assistant else None
    if button is None:
        return
    try:
        is_there = there.has(button)
    except (EvenfallError, TimeoutError):
        return  # that it does not answer is said above
    mend = "" if is_there else "look it up in Home Assistant: Settings, Devices & services, Helpers"
    found = f"{button}: {'there' if is_there else 'nobody there knows it'}"
    yield Finding("stop button", is_there, found, mend)


def _drill(home: Home, household: Household) -> Iterator[Finding]:
    """Whether a drill is due; a reminder is no fault, and what did not hold is one."""
    from evenfall.app.devices import load_devices
    from evenfall.app.drill.kept import devices_digest, failed_in, last_drill, why_again

    try:
        document, last = load_devices(home, household), last_drill(home)
    except FormatError:
        return  # that the devices do not fit is said above
    except EvenfallError as error:
        yield _failed("drill", error)
        return
    digest = devices_digest(household, document.record if document else None)
    why = why_again(last, digest, datetime.now(UTC))
    if why:
        held = last is None or not failed_in(last)
        yield Finding("drill", held, why, "hold one, awake and by day: evenfall drill")
    elif last is not None:
        yield Finding("drill", True, f"held on {last.at_utc:%Y-%m-%d}; everything held")


def _lamp(look: "Look") -> Finding:
    what = f"output {look.of.output.id}"
    if look.fault is not None:
        return Finding(what, False, _found(look.fault), f"mend: {look.fault.mend}")
    mend = "see docs/howto/connect-a-lamp.md for what can take over" if look.lack else ""
    return Finding(what, True, look.words, mend)


def _failed(what: str, error: EvenfallError) -> Finding:
    """What cannot be read, every fault of it, with each one's mend."""
    found = "\n".join(_found(fault) for fault in error.faults)
    mends = dict.fromkeys(f"mend: {fault.mend}" for fault in error.faults)
    return Finding(what, False, found, "\n".join(mends))


def _found(fault: Fault) -> str:
    where = f"{fault.place}: " if str(fault.place) else ""
    return f"{where}{fault.found}; expected {fault.expected}"


def _tried(what: str, act: Callable[[], str], mend: str) -> Finding:
    try:
        return Finding(what, True, act())
    except (EvenfallError, OSError, ValueError, ImportError) as error:
        return Finding(what, False, str(error), mend)
