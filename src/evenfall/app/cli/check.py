"""`check` reads a score as it would be loaded: is it a score, and is it plainly safe?"""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from evenfall.app.cli.common import CONSOLE, print_json
from evenfall.app.cli.options import JsonOption
from evenfall.app.home import BUILT_IN, builtin_score, read_text
from evenfall.compose.compile import compile_score
from evenfall.formats.score import read_score
from evenfall.play.fold import programme_hash
from evenfall.records.programme import BEAT_S
from evenfall.safety.limits import limits_for


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(check)


def check(
    score: Annotated[
        str, typer.Argument(help="A score file, or a built-in one's name.", metavar="SCORE")
    ],
    json_: JsonOption = False,
) -> None:
    """Check a score for the audience it names: its shape, and whether it is plainly unsafe.

    Built in: lamp-and-page, tidepool, lighthouse, two-boats.

    [bold]Examples[/bold]

      evenfall check my-dream.yaml
      evenfall check tidepool --json
    """
    document = (
        builtin_score(score)
        if score in BUILT_IN
        else read_score(read_text(Path(score), "a score"), score)
    )
    audience = document.record.audience
    programme = compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=audience.sleepers,
        youngest_years=audience.youngest,
    )
    report = {
        "score": programme.id,
        "title": programme.title,
        "hash": programme_hash(programme),
        "scenes": len(programme.scenes),
        "longest_min": programme.length_max_beats * BEAT_S / 60,
        "immersion_max_min": programme.immersion_max_beats * BEAT_S / 60,
        "checked": "shape and plain safety; not yet every reachable state",
    }
    if json_:
        print_json(report)
        return
    whom = f"for {audience.youngest} and over, {audience.sleepers} in the room at most"
    CONSOLE.print(Text(f"{programme.title}: nothing plainly unsafe, {whom}."), style="bold")
    CONSOLE.print(
        f"  Quiet within {report['longest_min']:g} min, "
        f"immersed for {report['immersion_max_min']:g} min at most."
    )
