"""`lamps` shows what is connected and who would be called, finds others, and tries one out."""

import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from evenfall.adapters.devices.quality import declared
from evenfall.app.cli.common import (
    ASIDE,
    CONSOLE,
    Here,
    InterruptedNightError,
    find_state,
    here,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.formats.errors import EvenfallError, Fault, Place

if TYPE_CHECKING:
    from evenfall.app.calls import Tried
    from evenfall.app.devices import Connected, HomeDevices, Look

TRY_S = 10.0
"""How long a lamp stays at its dimmest to be looked at (this project's own choice)."""

FADE_S = 2.0
"""How long it takes there and back (this project's own choice)."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, lamps)


def lamps(
    ctx: typer.Context,
    find: Annotated[
        bool, typer.Option("--find", help="List what your Home Assistant offers, to copy from.")
    ] = False,
    try_: Annotated[
        str | None,
        typer.Option("--try", help="Dim this output for ten seconds, and back.", metavar="OUTPUT"),
    ] = None,
    measure: Annotated[
        str | None,
        typer.Option(
            "--measure",
            help="Find out what this output gives at the pillow, with a meter or a phone.",
            metavar="OUTPUT",
        ),
    ] = None,
    call: Annotated[
        str | None,
        typer.Option("--call", help="Send an adult's phone a trial, now.", metavar="MEMBER"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show the lamps and speakers that are connected, whether they answer, and who is called.

    Which they are stands in devices.yaml, in this home's folder. A lamp that nothing would fade
    if Evenfall stopped stays dim, and says why. While a hub runs, its guard alone drives the
    lamps, and none can be tried.

    [bold]Examples[/bold]

      evenfall lamps
      evenfall lamps --find
      evenfall lamps --try nest-lamp
      evenfall lamps --measure nest-lamp
      evenfall lamps --call mara
    """
    # Imported here: only commands that reach a device need to speak HTTP.
    from evenfall.app.devices import HomeDevices, devices_file

    where = here(ctx)
    if sum([find, try_ is not None, measure is not None, call is not None]) > 1:
        raise _one_at_a_time()
    with closing(HomeDevices(where.home, where.household)) as devices:
        file = devices_file(where.home)
        if find:
            _find(devices, str(file), json_)
        elif try_ is not None:
            _refuse_beside_a_guard(where.home.folder)
            _try(devices, try_, find_state(ctx).again(f"lamps --try {try_}"), json_)
        elif measure is not None:
            _refuse_beside_a_guard(where.home.folder)
            again = find_state(ctx).again(f"lamps --measure {measure}")
            _measure(devices, where, measure, again, json_)
        elif call is not None:
            _call(devices, call, json_)
        elif json_:
            lamps_seen = [_plain(one) for one in devices.look()]
            print_json({"lamps": lamps_seen, "calls": devices.calls.plain()})
        else:
            _show(devices)
            if not devices.connected:
                say("No lamp or speaker is connected yet; the pages are the lamp.")
                say_path("They would be listed in", file)
            _show_calls(devices)


# --- What is connected ---------------------------------------------------------------------------


def _show(devices: "HomeDevices") -> None:
    for look in devices.look():
        one = look.of
        say(f"{one.output.id}, in {one.room}: {one.driver.where}", style="bold", hang=2)
        say(look.words, indent=2, hang=2)
        say(_full_words(one), indent=2, hang=2, style="dim")
        say(declared(one.driver).words, indent=2, hang=2, style="dim")
        if look.fault is not None:
            say(f"mend: {look.fault.mend}", indent=2, hang=4, style="dim")


def _at_full(one: "Connected") -> float:
    """What it is taken to give at its fullest, in lx mEDI or dBA."""
    from evenfall.adapters.devices.levels import light_at_full_lx_medi, sound_at_full_dba

    at_full = light_at_full_lx_medi if one.output.kind == "light" else sound_at_full_dba
    return at_full(one.output.calibration)


def _full_words(one: "Connected") -> str:
    """The same in words, and how it is known."""
    full = f"{_at_full(one):g} {'lx mEDI' if one.output.kind == 'light' else 'dBA'}"
    if one.output.calibration.kind == "assumed":
        return (
            f"Nobody has measured it. It is held to be as strong as any ({full} at its fullest), "
            f"and gets the less for it: evenfall lamps --measure {one.output.id}"
        )
    return f"At its fullest it gives {full} at the pillow, {one.output.calibration.kind}."


def _plain(look: "Look") -> dict[str, object]:
    one = look.of
    return {
        "output": one.output.id,
        "room": one.room,
        "kind": one.output.kind,
        "where": one.driver.where,
        "answers": look.seen is not None,
        "step": look.seen.step if look.seen else None,
        "steps": one.driver.steps,
        "lack": look.lack,
        "calibration": one.output.calibration.kind,
        "at_full": _at_full(one),
        "quality": declared(one.driver),
        "words": look.words,
        "fault": look.fault,
    }


def _show_calls(devices: "HomeDevices") -> None:
    for member, places in devices.calls.plain().items():
        say(f"A touch at night calls {member}: {', '.join(places)}", hang=2)
    for room in devices.calls.silent_rooms():
        say(f"{room}: a touch at night calls nobody yet. A shout works.", hang=2)
    if devices.calls.silent_rooms():
        say("mend: list an adult's phone under notices: in devices.yaml", indent=2, style="dim")


# --- What could be -------------------------------------------------------------------------------


def _find(devices: "HomeDevices", file: str, json_: bool) -> None:
    if devices.home_assistant is None:
        raise _no_home_assistant(file)
    found = devices.home_assistant.entities()
    if json_:
        print_json({"found": found})
        return
    table = Table(box=None, show_header=False)
    for one in found:
        away = "" if one.available else "doesn't answer now"
        table.add_row(Text(one.entity_id), Text(one.name), Text(one.kind), Text(away))
    CONSOLE.print(table)
    say("Copy a name on the left to home_assistant: of a connection.", style="dim")


def _no_home_assistant(file: str) -> EvenfallError:
    return EvenfallError(
        Fault(
            found="no Home Assistant to look in",
            place=Place(file),
            expected="home_assistant: with its url and token_file",
            mend="add home_assistant: {url: http://homeassistant.local:8123, "
            "token_file: home-assistant.token}; a WLED lamp needs only its address",
        )
    )


# --- Trying one out ------------------------------------------------------------------------------


def _try(devices: "HomeDevices", output: str, again: str, json_: bool) -> None:
    one = _connected(devices, output)
    before = devices.read(one)
    what = _what_to_hear(one, before.step)
    if not before.dims:
        raise _refused(output, "a lamp that knows only on and off", "a lamp that can be dimmed")
    say(
        f"{output} goes to step 1 of {one.driver.steps} for {TRY_S:g} s, then back to step "
        f"{before.step}. Ctrl-C leaves it {_DARK[one.output.kind]}.",
        console=ASIDE,
    )
    try:
        devices.send(one, 1, FADE_S, what)
        time.sleep(FADE_S + TRY_S)
        seen = devices.read(one)
        devices.send(one, before.step, FADE_S)
    except KeyboardInterrupt:
        devices.send(one, 0, 0.0)
        raise _left(one, again) from None
    _tell_tried(devices, one, seen.step, json_)


_DARK = {"light": "dark", "sound": "silent"}


def _measure(devices: "HomeDevices", where: Here, output: str, again: str, json_: bool) -> None:
    from evenfall.app.cli import measuring

    one = _connected(devices, output)
    before = devices.read(one)
    what = _what_to_hear(one, before.step)
    if not before.dims:
        raise _refused(output, "a lamp that knows only on and off", "a lamp that can be dimmed")
    try:
        measured = measuring.measure(devices, one, what)
    except KeyboardInterrupt:
        raise _left(one, again) from None
    measuring.keep(where, measured, json_)


def _tell_tried(devices: "HomeDevices", one: "Connected", seen: int, json_: bool) -> None:
    from evenfall.adapters.devices.report import Report

    devices.look_for_watchdogs()
    report = Report(
        id=one.output.id,
        kind=one.output.kind,
        status="confirmed" if seen == 1 else "differs",
        asked_step=1,
        seen_step=seen,
        lack=devices.lack(one.output.id),
    )
    if json_:
        print_json({"tried": report, "words": report.words})
    else:
        say(report.words)


def _refuse_beside_a_guard(folder: Path) -> None:
    """While a guard runs, it alone drives lamps."""
    from evenfall.adapters.guard.process import is_running

    if is_running(folder):
        raise EvenfallError(
            Fault(
                found="a guard that runs, and alone drives this home's lamps",
                place=Place(str(folder)),
                expected="no guard while a lamp is tried",
                mend="end the hub with Ctrl-C, try the lamp, and start the hub again",
            )
        )


def _connected(devices: "HomeDevices", output: str) -> "Connected":
    for one in devices.connected:
        if one.output.id == output:
            return one
    known = ", ".join(one.output.id for one in devices.connected) or "none yet"
    raise _refused(output, f"no connection for {output!r}", f"one that devices.yaml has: {known}")


def _what_to_hear(one: "Connected", before_step: int) -> str:
    """What a speaker plays to be heard: what it plays already, else the first of its sounds."""
    if one.output.kind == "light" or before_step > 0:
        return ""
    sounds = list(one.connection.sounds)
    if sounds:
        return sounds[0]
    raise _refused(one.output.id, "a speaker that plays nothing", "something to hear on it")


def _refused(output: str, found: str, expected: str) -> EvenfallError:
    mends = {
        "a speaker that plays nothing": "start some music on it first, or give it sounds:",
        "a lamp that knows only on and off": "Evenfall leaves it off; use another lamp",
    }
    mend = mends.get(found, "see `evenfall lamps`")
    return EvenfallError(Fault(found, Place(output), expected, mend))


def _left(one: "Connected", again: str) -> EvenfallError:
    state = _DARK[one.output.kind]
    return InterruptedNightError(
        Fault(f"{one.output.id} is {state}", Place(), "that is how Ctrl-C leaves it", again)
    )


def _call(devices: "HomeDevices", member: str, json_: bool) -> None:
    known = devices.calls.plain()
    if member not in known:
        raise EvenfallError(
            Fault(
                found=f"no way to call {member!r}",
                place=Place("--call"),
                expected=f"one that devices.yaml has under notices: {', '.join(known) or 'none'}",
                mend="add - {member: mara, home_assistant: notify.mobile_app_maras_phone} there",
            )
        )
    tried = devices.calls.try_out(member)
    if json_:
        print_json({"called": member, "ways": [_plain_way(one) for one in tried]})
    else:
        for one in tried:
            say(one.where, style="bold", hang=2)
            say(one.words, indent=2, hang=2)
            if one.fault is not None:
                say(f"mend: {one.fault.mend}", indent=2, hang=4, style="dim")
    if not any(one.fault is None for one in tried):
        raise typer.Exit(1)


def _plain_way(tried: "Tried") -> dict[str, object]:
    taken = tried.fault is None
    return {"where": tried.where, "taken": taken, "words": tried.words, "fault": tried.fault}


def _one_at_a_time() -> EvenfallError:
    return EvenfallError(
        Fault(
            found="more than one of --find, --try, --measure and --call",
            place=Place("--try"),
            expected="one of them",
            mend="first evenfall lamps --find, then evenfall lamps --try nest-lamp",
        )
    )
