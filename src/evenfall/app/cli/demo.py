"""`demo` is the main job: a made-up family's whole night, fast-forwarded, to a morning report."""

from importlib.resources import files
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import CONSOLE, Here, night_date, print_json
from evenfall.app.cli.household import print_plan
from evenfall.app.cli.morning import print_morning, write_report_files
from evenfall.app.cli.night import run_nights, summary, tonight_simulated
from evenfall.app.cli.options import DateOption, JsonOption
from evenfall.app.home import Home, load_household, load_zone, write_atomically
from evenfall.app.keeping import remember
from evenfall.app.report import plan_page
from evenfall.plan.tonight import plan_tonight
from evenfall.rehearse.household import PRESETS

FOLDER = Path("evenfall-demo")
PACE_S = 4.0


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(demo)


def demo(
    out: Annotated[
        Path, typer.Option("--out", help="The folder for the made-up home.", metavar="FOLDER")
    ] = FOLDER,
    date_: DateOption = None,
    seed: Annotated[int, typer.Option("--seed", help="Chance; the same gives the same.")] = 3,
    script: Annotated[
        str, typer.Option("--script", help=f"What happens: {', '.join(PRESETS)}.")
    ] = "two-am",
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
    """
    where = _made_up(out)
    plan = plan_tonight(where.household, night_date(date_, where.zone), where.zone)
    if not json_:
        print_plan(plan)
        CONSOLE.print("\nEveryone's night, fast-forwarded and simulated:\n")
    log, library = SqliteNightLog(where.home.database), SqliteLibrary(where.home.database)
    ready = tonight_simulated(where, log, plan, seed, script)
    mornings, kept = run_nights(where, log, ready, 0.0 if fast or json_ else PACE_S)
    for one, morning in zip(ready, mornings, strict=True):
        remember(library, one, morning)
    write_atomically(out / "tonight.html", plan_page(plan))
    write_report_files(out, mornings, plan)
    if json_:
        print_json({"plan": plan, "nights": [summary(one) for one in kept],
                    "mornings": mornings, "report": str(out / "morning.html")})  # fmt: skip
        return
    for morning in mornings:
        print_morning(morning)
    _what_next(out)


def _made_up(out: Path) -> Here:
    """The made-up home. A household someone has changed there is kept."""
    home = Home(out)
    if not home.household_file.exists():
        text = (files("evenfall.app") / "demo" / "household.yaml").read_text(encoding="utf-8")
        write_atomically(home.household_file, text)
    document = load_household(home.household_file)
    zone = load_zone(document.record.zone, document.place("zone"))
    return Here(home, document.record, zone, home.household_file)


def _what_next(out: Path) -> None:
    lines = [
        ("The morning report", out / "morning.html"),
        ("as data, as a picture", f"{out / 'morning.json'}, {out / 'morning.png'}"),
        ("Tonight's plan as a page", out / "tonight.html"),
        ("The made-up household", out / "household.yaml"),
    ]
    CONSOLE.print()
    for what, place in lines:
        CONSOLE.print(Text(f"{what:<26}{place}"))
    CONSOLE.print(
        Text(
            "\nTry next:\n"
            f"  evenfall --home {out} why 02:13      a moment explained from the night's log\n"
            f"  evenfall --home {out} night --script a-no\n"
            "  evenfall init                             your own household, six questions"
        )
    )
