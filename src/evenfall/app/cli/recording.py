"""`import` takes a recording into this home and says what it holds."""

import shlex
from pathlib import Path
from typing import Annotated, NamedTuple

import typer
from rich.table import Table

from evenfall.adapters.importers import FORMATS, read_recording
from evenfall.app.cli.common import (
    CONSOLE,
    database_of,
    find_state,
    home_of,
    opened,
    print_json,
    say,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.evening import recorded_nights, told_stages
from evenfall.learn.statistics import sleep_statistics
from evenfall.records.insight import Statistic
from evenfall.records.recording import Hypnogram, NightWindow, Recording
from evenfall.sense.nights import within


class ImportedNight(NamedTuple):
    """One night of a recording: where it is, how long in hours, and what is known of it."""

    window: NightWindow
    hours: float
    statistics: tuple[Statistic, ...]


_KNOWN = "\n\n[bold]Formats[/bold]\n\n" + "\n".join(
    f"  {known.DESCRIPTION}".replace("[", r"\[") for known in FORMATS
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, import_, name="import", more=_KNOWN)


def import_(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help="The recording, whatever it is called.", metavar="FILE")
    ],
    json_: JsonOption = False,
) -> None:
    """Take a recording into this home and say what it holds, night by night.

    The file itself is not changed. Importing the same file again changes nothing. Its format
    is told by what is in it, not by its name.

    [bold]Examples[/bold]

      evenfall import wrist.AWD
      evenfall import SC4001EC-Hypnogram.edf --json
    """
    recording = read_recording(file)
    windows = recorded_nights(recording)
    _, library = opened(ctx, database_of(home_of(ctx)))
    known = library.get(recording.id, Recording) is not None
    library.put(recording.id, f"{recording.start:%Y-%m-%d}", recording)
    stages = told_stages(recording) if windows else None
    nights = [_night(within(stages, window), window) for window in windows if stages]
    if json_:
        print_json(
            {
                "recording": recording.id,
                "device": recording.device,
                "format": recording.format,
                "known_before": known,
                "epoch_s": recording.epoch_s,
                "start": recording.start if recording.start_is_known else None,
                "blemishes": recording.blemishes,
                "nights": [{"window": one.window, "statistics": one.statistics} for one in nights],
            }
        )
        return
    _print(recording, nights, known=known)
    if nights:
        replay = find_state(ctx).again(f"night --from {shlex.quote(str(file))}")
        dated = f" --date {windows[-1].night}" if len(windows) > 1 else ""
        say(f"\nReplay one: {replay}{dated}")


def _night(hypnogram: Hypnogram, window: NightWindow) -> ImportedNight:
    statistics = sleep_statistics(hypnogram, bed_times_known=window.bed_times_known)
    hours = len(hypnogram.stages) * hypnogram.epoch_s / 3600
    return ImportedNight(window, hours, statistics)


def _print(recording: Recording, nights: list[ImportedNight], *, known: bool) -> None:
    taken = "already here; nothing changed" if known else "taken in"
    say(f"{recording.source}: {recording.device}, {taken}", style="bold")
    for blemish in recording.blemishes:
        say(blemish, indent=2, style="dim")
    if not nights:
        say("No night in it: nothing looks like sleep of three hours or more.")
        return
    table = Table(box=None)
    for heading in ("night", "hours", "asleep (TST)"):
        table.add_column(heading)
    for one in nights:
        slept = next((each.value for each in one.statistics if each.name == "TST"), None)
        table.add_row(
            one.window.night if recording.start_is_known else "no date",
            f"{one.hours:.1f}",
            "not measured" if slept is None else f"{slept:.0f} min",
        )
    CONSOLE.print(table)
    for how in dict.fromkeys(one.window.how for one in nights):
        say(f"How found: {how}.", style="dim")
