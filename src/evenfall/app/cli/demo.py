"""`demo` is the main job: a made-up family's whole night, fast-forwarded, to a morning report."""

import inspect
from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer

from evenfall.app.cli import family
from evenfall.app.cli.common import (
    Here,
    State,
    database_of,
    night_date,
    opened,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import laid_out
from evenfall.app.cli.morning import print_morning, write_report_files
from evenfall.app.cli.night import run_nights, tonight_simulated
from evenfall.app.cli.options import (
    SCRIPTS_HELP,
    DateOption,
    JsonOption,
    ScriptOption,
    SeedOption,
)
from evenfall.app.cli.tonight import print_plan
from evenfall.app.home import Home, exists, load_household, load_zone, write_atomically
from evenfall.app.report import plan_page
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.plan.tonight import plan_tonight

FOLDER = Path("evenfall-demo")
PACE_S = 4.0


def register(app: typer.Typer) -> None:
    """Add this command, and the one below it."""
    group = typer.Typer(rich_markup_mode="rich")
    words = laid_out(inspect.getdoc(demo) or "") + SCRIPTS_HELP
    group.callback(invoke_without_command=True, help=words)(demo)
    family.register(group)
    app.add_typer(group, name="demo")


def demo(
    ctx: typer.Context,
    out: Annotated[
        Path, typer.Option("--out", help="The folder for the made-up home.", metavar="FOLDER")
    ] = FOLDER,
    date_: DateOption = None,
    seed: SeedOption = 3,
    script: ScriptOption = "two-am",
    fast: Annotated[
        bool, typer.Option("--fast", help="As fast as it goes, without time to watch.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Show everything once: a made-up family of four, tonight's plan, the night, the morning.

    Everyone in it is simulated and marked so. It writes into one folder, here or where --out
    says, and touches nothing else.

    [bold]Examples[/bold]

      evenfall demo
      evenfall demo --script a-no --seed 3 --out /tmp/look
      evenfall demo family
    """
    if ctx.invoked_subcommand is not None:
        return _refuse_before(ctx)
    where = _made_up(out)
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone)
    if not json_:
        print_plan(plan, where.household)
        say("\nEveryone's night, fast-forwarded and simulated:")
    log, library = opened(ctx, database_of(where.home))
    ready = tonight_simulated(where, log, plan, seed, script)
    pace_s = None if json_ else (0.0 if fast else PACE_S)
    mornings, nights = run_nights(where, log, library, ready, pace_s)
    write_atomically(out / "tonight.html", plan_page(plan))
    write_report_files(out, mornings, plan)
    if json_:
        print_json({"plan": plan, "nights": nights, "mornings": mornings,
                    "report": str(out / "morning.html")})  # fmt: skip
        return None
    for morning in mornings:
        print_morning(morning)
    return _what_next(where.said, out)


def _refuse_before(ctx: typer.Context) -> None:
    """Options of the night do nothing for another demo; better to say so than to lose them."""
    said = [name for name in ctx.params if _was_typed(ctx, name)]
    if said:
        option = f"--{said[0].rstrip('_').replace('_', '-')}"
        raise EvenfallError(
            Fault(
                f"{option} before {ctx.invoked_subcommand}",
                Place("the command line"),
                "options after the demo they are for",
                f"see `evenfall demo {ctx.invoked_subcommand} -h`",
            )
        )


def _was_typed(ctx: typer.Context, name: str) -> bool:
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _made_up(out: Path) -> Here:
    """The made-up home. A household someone has changed there is kept."""
    home = Home(out)
    if not exists(home.household_file):
        text = (files("evenfall.app") / "demo" / "household.yaml").read_text(encoding="utf-8")
        write_atomically(home.household_file, text)
    document = load_household(home.household_file)
    zone = load_zone(document.record.zone, document.place("zone"))
    return Here(home, document.record, zone, home.household_file, State(out, None))


def _what_next(said: State, out: Path) -> None:
    say("")
    for what, place in (
        ("The morning report", out / "morning.html"),
        ("The same as data", out / "morning.json"),
        ("The same as a picture", out / "morning.png"),
        ("Tonight's plan as a page", out / "tonight.html"),
        ("The made-up household", out / "household.yaml"),
    ):
        say_path(f"{what:<25}", place)
    say("\nTry next:")
    for words, why in (
        (said.again("why 02:13"), "a moment explained from the night's log"),
        (said.again("night --script a-no"), "another night, in which a child says no"),
        ("evenfall init", "your own household, six questions"),
    ):
        say(words, indent=2)
        say(why, indent=6, style="dim")
