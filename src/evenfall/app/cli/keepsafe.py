"""`backup`, `restore` and `export`: the home is yours, whole, to keep, to move and to read."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    CONSOLE,
    InterruptedNightError,
    find_state,
    home_of,
    is_live_terminal,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import HomeOption, JsonOption
from evenfall.app.export import Exported, dreamers
from evenfall.app.export import export as export_home
from evenfall.app.home import Home, exists, find_home, load_household
from evenfall.app.keepsafe import (
    HOUSEHOLD,
    Contents,
    Manifest,
    OnBytes,
    contents,
    has_home,
    refuse_file_there,
    restore_over,
    silent,
)
from evenfall.app.keepsafe import backup as backup_home
from evenfall.app.keepsafe import restore as restore_home
from evenfall.formats.errors import EvenfallError, Fault, Place

SHOWN_FROM_BYTES = 20_000_000
"""From this size on there is time to look at a progress bar: this project's own choice."""


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (backup, restore, export):
        add(app, command)


def backup(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup to write.", metavar="FILE.zip")],
    with_secrets: Annotated[
        bool,
        typer.Option(
            "--with-secrets",
            help="Tokens, keys and every other private file too. Keep such a backup like a key.",
        ),
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
    json_: JsonOption = False,
) -> None:
    """Write this whole home into one file: household, scores, devices, and every night.

    It may be done while the hub is running. The file is read back before it gets its name, and
    is there whole or not at all. Reports are left out; `evenfall morning` makes them again.

    [bold]Examples[/bold]

      evenfall backup home.zip
      evenfall backup /media/stick/home.zip --with-secrets --force
    """
    what = _contents(ctx)
    if not force:
        refuse_file_there(file)
    taken = what if with_secrets else replace(what, private={})
    left_out = [] if with_secrets else list(what.private)
    with _whole_or_nothing("the backup"), _progress("Backing up", json_) as on_bytes:
        manifest = backup_home(taken, file, on_bytes)
    if json_:
        print_json({"file": str(file), "manifest": manifest, "left_out": left_out})
        return
    say_path("Backed up to", file)
    say(_held(manifest), indent=2, style="dim")
    if left_out:
        words = f"Left out: {', '.join(left_out)}. --with-secrets takes them along."
        say(words, indent=2, style="dim")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="The backup to read.", metavar="FILE.zip")],
    home: HomeOption = None,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Replace the home that is there, after a backup of it beside it."
        ),
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Make a home from a backup, the same to the last row.

    Every sum in the backup is compared before anything is written. A folder that has a home in
    it is left alone, unless with --force; then that home is backed up beside it first.

    [bold]Examples[/bold]

      evenfall restore home.zip --home ./cabin
      evenfall restore home.zip --force
    """
    folder = find_home(home or find_state(ctx).home_folder).folder
    before: Path | None = None
    with _whole_or_nothing("the restore"), _progress("Restoring", json_) as on_bytes:
        if force and has_home(folder):
            manifest, before = restore_over(file, folder, on_bytes)
        else:
            manifest = restore_home(file, folder, on_bytes)
    if json_:
        said = None if before is None else str(before)
        print_json({"home": str(folder), "manifest": manifest, "before": said})
        return
    say_path("Restored to", folder)
    say(_held(manifest), indent=2, style="dim")
    if before is not None:
        say_path("  What was there is in", before)


def export(
    ctx: typer.Context,
    folder: Annotated[
        Path, typer.Argument(help="A new folder to write it into.", metavar="FOLDER")
    ],
    member: Annotated[
        str | None,
        typer.Option(
            "--member",
            help="Whose dreams go along: a member's id. Else nobody's.",
            metavar="ID",
            autocompletion=completing.members,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Write everything of this home in open formats, to be read without Evenfall.

    YAML, JSON, JSON Lines and CSV, with a README that says what is what. Dreams are their
    owner's: with --member, those of one person go along, and nobody else's.

    [bold]Examples[/bold]

      evenfall export ./our-nights
      evenfall export ./our-nights --member noor --json
    """
    home = home_of(ctx)
    if member is not None:
        _refuse_stranger(home, member)
    with _whole_or_nothing("the export"), _progress("Exporting", json_) as on_bytes:
        done = export_home(home, folder, member, on_bytes)
    if json_:
        print_json({"folder": str(folder), "counts": done.counts, "left_out": done.left_out})
        return
    say_path("Exported to", folder)
    say(_exported(done), indent=2, style="dim")
    say_path("What is what:", folder / "README.md")


def _contents(ctx: typer.Context) -> Contents:
    """What this home holds; a household file named on the command line is the household."""
    what, other = contents(home_of(ctx)), find_state(ctx).household_file
    return what if other is None else replace(what, files={**what.files, HOUSEHOLD: other})


def _refuse_stranger(home: Home, member: str) -> None:
    known = dreamers(home)
    if exists(home.household_file):
        known |= {one.id for one in load_household(home.household_file).record.members}
    if member not in known:
        raise EvenfallError(
            Fault(
                f"nobody here is called {member!r}",
                Place("--member"),
                f"one of {', '.join(sorted(known)) or 'the members of this home'}",
                "write a member's id, as in the household file",
            )
        )


def _held(manifest: Manifest) -> str:
    size = sum(part.size_bytes for part in manifest.parts)
    nights, rows = (manifest.counts.get(table, 0) for table in ("nights", "rows"))
    files = _number(len(manifest.parts), "file")
    return f"{files} ({size / 1e6:.1f} MB), {_number(nights, 'night')} of {rows} rows, as it was"


def _exported(done: Exported) -> str:
    held = ", ".join(f"{name} {number}" for name, number in done.counts.items() if number)
    left = sum(done.left_out.values())
    return (held or "no night yet") + (f"; {left} left out, the README says why" if left else "")


def _number(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


@contextmanager
def _whole_or_nothing(what: str) -> Iterator[None]:
    """Interrupted or asked to end, a command tidies up first and says that nothing is left."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        raise InterruptedNightError(
            Fault(
                f"{what} was left before its end",
                Place(),
                "nothing was changed or left behind",
                "run it again whenever you like",
            )
        ) from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _progress(words: str, as_json: bool) -> Iterator[OnBytes]:
    """A bar where someone looks and there is much to do; otherwise nothing."""
    if as_json or not is_live_terminal():
        yield silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), DownloadColumn())
    with Progress(*columns, console=CONSOLE, transient=True) as bar:
        task = bar.add_task(words, visible=False)

        def on_bytes(done: int, whole: int) -> None:
            bar.update(task, completed=done, total=whole, visible=whole >= SHOWN_FROM_BYTES)

        yield on_bytes
