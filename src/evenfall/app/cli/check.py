"""`check` reads a score as it would be loaded, and then looks at everything that may happen in it.

First its shape and what is plainly unsafe, as at every load; then every state it can reach. Where
something is found it leaves with code 1; an error, such as a text that is no score, is code 2.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn

from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    CONSOLE,
    home_of,
    is_live_terminal,
    night_date,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import HouseholdOption, JsonOption
from evenfall.app.home import (
    BUILT_IN,
    Home,
    builtin_score,
    exists,
    load_household,
    load_zone,
    read_text,
    write_atomically,
)
from evenfall.app.report.graph import graph_svg
from evenfall.app.report.sarif import sarif_of
from evenfall.compose.compile import ScoreError, compile_score
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault
from evenfall.formats.quantity import light_lx_medi
from evenfall.formats.score import read_score
from evenfall.plan.age import age_months, sure_years
from evenfall.play.fold import programme_hash
from evenfall.records.household import Output
from evenfall.records.programme import BEAT_S, Programme
from evenfall.records.proof import Finding, PathStep, Proof
from evenfall.records.score import Score
from evenfall.rehearse.check.prove import OnStates, prove
from evenfall.safety.limits import limits_for, strictest

FOUND_CODE = 1


@dataclass(frozen=True)
class _Checked:
    """A score compiled for some people, and what came of looking at it."""

    programme: Programme
    room: str
    proof: Proof | None


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
    household: HouseholdOption = None,
    json_: JsonOption = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only its shape and what is plainly unsafe.")
    ] = False,
    fix_hint: Annotated[
        bool, typer.Option("--fix-hint", help="Show the line as it would be after the mend.")
    ] = False,
    picture: Annotated[
        Path | None,
        typer.Option("--picture", help="Draw the scenes and the way to what was found, as SVG.",
                     metavar="FILE"),
    ] = None,
    sarif: Annotated[
        Path | None,
        typer.Option("--sarif", help="Write what was found for editors and CI, as SARIF 2.1.0.",
                     metavar="FILE"),
    ] = None,
) -> None:  # fmt: skip
    """Check a score: its shape, whether it is plainly unsafe, and every state it can reach.

    For the audience it names, or with --household for the rooms, ages and lamps of a real home.
    The sensors may lie or be silent, and anyone may do anything at any moment. It leaves with
    code 1 where something was found.

    Your own are the files in the folder scores of your home. Built in: lamp-and-page, tidepool,
    lighthouse, two-boats.

    [bold]Examples[/bold]

      evenfall check my-dream.yaml
      evenfall check my-dream.yaml --fix-hint --picture way.svg
      evenfall check tidepool --json
    """
    document = _document(home_of(ctx), score)
    settings = _audiences(document, household)
    checked = []
    for programme, room, outputs in settings:
        proof = None
        if not quick:
            with _shown(json_) as on_states:
                proof = prove(programme, document=document, outputs=outputs, on_states=on_states)
        checked.append(_Checked(programme, room, proof))
    if picture is not None:
        write_atomically(picture, graph_svg(checked[0].programme, _all_findings(checked)))
    if sarif is not None:
        write_atomically(sarif, sarif_of(_all_findings(checked)))
    if json_:
        print_json(_report(checked))
    else:
        for one in checked:
            _print(one, fix_hint=fix_hint)
        for file in (picture, sarif):
            if file is not None:
                say_path("Written:", file)
    if _all_findings(checked):
        raise typer.Exit(FOUND_CODE)


# --- Whom it is checked for --------------------------------------------------------------------


def _audiences(
    document: Document[Score], household: Path | None
) -> list[tuple[Programme, str, Sequence[Output]]]:
    """The score compiled for whom it names, or for each room of a home that it suits."""
    if household is None:
        audience = document.record.audience
        programme = compile_score(
            document,
            limits=limits_for(audience.youngest),
            sleepers=audience.sleepers,
            youngest_years=audience.youngest,
        )
        return [(programme, "", ())]
    home = load_household(household)
    tonight = night_date(None, load_zone(home.record.zone, home.place("zone")))
    found: list[tuple[Programme, str, Sequence[Output]]] = []
    unsuited: list[Fault] = []
    for room in home.record.rooms:
        ages = [
            sure_years(age_months(one, tonight))
            for one in home.record.members
            if one.room == room.id
        ]
        if not ages:
            continue
        try:
            programme = compile_score(
                document,
                limits=strictest(*(limits_for(age) for age in ages)),
                sleepers=len(ages),
                youngest_years=min(ages),
                night_light_lx_medi=light_lx_medi(room.night_light),
            )
        except ScoreError as error:
            unsuited += error.faults
            continue
        found.append((programme, room.name, room.outputs))
    if not found:
        raise EvenfallError(*dict.fromkeys(unsuited))
    return found


def _document(home: Home, score: str) -> Document[Score]:
    """A built-in score, a file, or the home's own score of that name."""
    if score in BUILT_IN:
        return builtin_score(score)
    file, own = Path(score), home.score_file(score)
    if not exists(file) and exists(own):
        file = own
    return read_score(read_text(file, "a score"), str(file))


# --- Saying it ---------------------------------------------------------------------------------


def _all_findings(checked: Sequence[_Checked]) -> tuple[Finding, ...]:
    return tuple(finding for one in checked if one.proof for finding in one.proof.findings)


def _report(checked: Sequence[_Checked]) -> dict[str, object]:
    """For programs: the first room as ever, and each room's proof."""
    programme = checked[0].programme
    looked = any(one.proof for one in checked)
    return {
        "score": programme.id,
        "title": programme.title,
        "hash": programme_hash(programme),
        "scenes": len(programme.scenes),
        "longest_min": programme.length_max_beats * BEAT_S / 60,
        "immersion_max_min": programme.immersion_max_beats * BEAT_S / 60,
        "checked": "every reachable state" if looked else "shape and plain safety",
        "proven": looked and not _all_findings(checked),
        "proofs": [{"room": one.room, "proof": one.proof} for one in checked if one.proof],
    }


def _print(one: _Checked, *, fix_hint: bool) -> None:
    programme, proof = one.programme, one.proof
    people = "1 person" if programme.sleepers == 1 else f"up to {programme.sleepers} people"
    whom = f"for {people} of {programme.youngest_years} and over"
    if one.room:
        whom = f"in {one.room}, {whom}"
    if proof is not None and proof.findings:
        count = len(proof.findings)
        found = "one thing that is" if count == 1 else f"{count} things that are"
        say(f"{programme.title}: {found} not safe, {whom}.", style="bold")
        for finding in proof.findings:
            _print_finding(finding, fix_hint=fix_hint)
        return
    say(f"{programme.title}: nothing plainly unsafe, {whom}.", style="bold")
    longest, immersed = programme.length_max_beats, programme.immersion_max_beats
    words = f"immersed for {immersed * BEAT_S / 60:g} min at most"
    say(f"Quiet within {longest * BEAT_S / 60:g} min, {words}.", indent=2)
    if proof is None:
        say("Not checked: every state it can reach.", indent=2, style="dim")
        return
    looked = f"{proof.states:,} states, {proof.transitions:,} steps"
    say(f"Proven in every state it can reach: {looked}.", indent=2)


def _print_finding(finding: Finding, *, fix_hint: bool) -> None:
    where = f"{finding.file}:{finding.line}:{finding.column}: " if finding.line else ""
    say("")
    say(f"{where}{finding.story}", indent=2, hang=4)
    say(f"the way there: {_way_words(finding.path)}", indent=4, hang=4, style="dim")
    say(f"mend: {finding.mend}", indent=4, hang=4)
    if fix_hint and finding.edit:
        say(f"{finding.line}: {finding.edit}", indent=4, hang=4, style="bold")


def _way_words(path: Sequence[PathStep]) -> str:
    """A way in a line: what happened, in order, and how long in between."""
    said: list[tuple[str, int]] = []
    for step in path:
        what = f"{step.event} ({step.about})" if step.about else step.event
        if said and said[-1][0] == what:
            said[-1] = (what, said[-1][1] + step.count)
        else:
            said.append((what, step.count))
    words = (f"{what} × {count}" if count > 1 else what for what, count in said)
    return ", ".join(words) or "none is needed"


@contextmanager
def _shown(as_json: bool) -> Iterator[OnStates | None]:
    """A bar while states are looked at; nothing where nobody looks."""
    if as_json or not is_live_terminal():
        yield None
        return
    columns = (
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} states", style="dim"),
        BarColumn(bar_width=30, complete_style="#e2703a", finished_style="#b8562a"),
    )
    with Progress(*columns, console=CONSOLE, transient=True) as progress:
        task = progress.add_task("", total=1)
        yield lambda done, known: progress.update(task, completed=done, total=known)
