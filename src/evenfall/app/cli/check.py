"""`check` reads a score as it would be loaded: is it a score, and is it plainly safe?"""

from pathlib import Path
from typing import Annotated

import typer

from evenfall.app.cli import completing
from evenfall.app.cli.common import home_of, print_json, say
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.home import BUILT_IN, Home, builtin_score, exists, read_text
from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.score import read_score
from evenfall.play.fold import programme_hash
from evenfall.records.programme import BEAT_S
from evenfall.records.score import Score
from evenfall.safety.limits import limits_for


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, check)


def check(
    ctx: typer.Context,
    score: Annotated[
        str,
        typer.Argument(
            help="A score file, or the name of a built-in one or of one of your own.",
            metavar="SCORE",
            autocompletion=completing.scores,
        ),
    ],
    json_: JsonOption = False,
) -> None:
    """Check a score for the audience it names: its shape, and whether it is plainly unsafe.

    Your own are the files in the folder scores of your home. Built in: lamp-and-page, tidepool,
    lighthouse, two-boats.

    [bold]Examples[/bold]

      evenfall check my-dream.yaml
      evenfall check tidepool --json
    """
    document = _document(home_of(ctx), score)
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
    people = "1 person" if audience.sleepers == 1 else f"up to {audience.sleepers} people"
    whom = f"for {people} of {audience.youngest} and over"
    say(f"{programme.title}: nothing plainly unsafe, {whom}.", style="bold")
    immersed = f"immersed for {report['immersion_max_min']:g} min at most"
    say(f"Quiet within {report['longest_min']:g} min, {immersed}.", indent=2)
    say("Not yet checked: every state it can reach.", indent=2, style="dim")


def _document(home: Home, score: str) -> Document[Score]:
    """A built-in score, a file, or the home's own score of that name."""
    if score in BUILT_IN:
        return builtin_score(score)
    file, own = Path(score), home.score_file(score)
    if not exists(file) and exists(own):
        file = own
    return read_score(read_text(file, "a score"), str(file))
