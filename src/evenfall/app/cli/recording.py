"""`import` takes a recording into this home and says what it holds."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from evenfall.adapters.importers import FORMATS, read_recording
from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.app.cli.common import CONSOLE, home_of, print_json
from evenfall.app.cli.options import JsonOption
from evenfall.app.evening import recorded_nights, told_stages
from evenfall.learn.statistics import sleep_statistics
from evenfall.records.recording import NightWindow, Recording
from evenfall.sense.nights import within

_KNOWN = "; ".join(f"{known.NAME} ({known.DESCRIPTION})" for known in FORMATS)


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command(
        "import",
        epilog=f"Formats: {_KNOWN}.",
    )(import_)


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
    library = SqliteLibrary(home_of(ctx).database)
    known = library.get(recording.id, Recording) is not None
    library.put(recording.id, f"{recording.start:%Y-%m-%d}", recording)
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
                "nights": [_night_data(recording, window) for window in windows],
            }
        )
        return
    _print(recording, windows, known=known)
    CONSOLE.print(Text(f"\nReplay one: evenfall night --from {file}"))


def _night_data(recording: Recording, window: NightWindow) -> dict[str, object]:
    hypnogram = within(told_stages(recording), window)
    return {
        "window": window,
        "statistics": sleep_statistics(hypnogram, bed_times_known=window.bed_times_known),
    }


def _print(recording: Recording, windows: tuple[NightWindow, ...], *, known: bool) -> None:
    taken = "already here; nothing changed" if known else "taken in"
    CONSOLE.print(Text(f"{recording.source}: {recording.device}, {taken}"), style="bold")
    for blemish in recording.blemishes:
        CONSOLE.print(Text(f"  {blemish}"), style="dim")
    table = Table(box=None)
    for heading in ("night", "hours", "asleep (TST)", "how the night was found"):
        table.add_column(heading)
    for window in windows:
        hypnogram = within(told_stages(recording), window)
        statistics = sleep_statistics(hypnogram, bed_times_known=window.bed_times_known)
        slept = next((one.value for one in statistics if one.name == "TST"), None)
        hours = len(hypnogram.stages) * hypnogram.epoch_s / 3600
        table.add_row(
            window.night if recording.start_is_known else "no date",
            f"{hours:.1f}",
            "not measured" if slept is None else f"{slept:.0f} min",
            window.how,
        )
    CONSOLE.print(table)
