"""The options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated

import typer

from evenfall.app.cli import completing
from evenfall.rehearse.household import PRESETS

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        help="The folder this home is kept in. Else the setting EVENFALL_HOME, else your system's "
        "place for a program's data.",
        metavar="FOLDER",
    ),
]
HouseholdOption = Annotated[
    Path | None,
    typer.Option("--household", help="Another household file than the home's.", metavar="FILE"),
]
JsonOption = Annotated[
    bool, typer.Option("--json", help="Print for programs: one JSON object, nothing else.")
]
DateOption = Annotated[
    str | None,
    typer.Option(
        "--date",
        help="The night's date, that of the noon before it, like 2026-11-20. Else tonight.",
        metavar="DATE",
    ),
]
MemberOption = Annotated[
    str | None,
    typer.Option(
        "--member",
        help="Whose night: a member's id.",
        metavar="ID",
        autocompletion=completing.members,
    ),
]
RoomOption = Annotated[
    str | None,
    typer.Option("--room", help="Only this room.", metavar="ID", autocompletion=completing.rooms),
]
AgeOption = Annotated[
    int | None,
    typer.Option(
        "--age",
        min=0,
        max=110,
        help="For someone who does not live here: a guest of this age.",
        metavar="YEARS",
    ),
]
SeedOption = Annotated[
    int, typer.Option("--seed", help="Chance in a simulated night; the same seed, the same night.")
]
ScriptOption = Annotated[
    str,
    typer.Option(
        "--script",
        help="What a simulated night rehearses; see above.",
        metavar="NAME",
        autocompletion=completing.scripts,
    ),
]
SCRIPTS_HELP = "\n\n[bold]Scripts[/bold]\n\n" + "\n".join(
    f"  {name:<13}{about}" for name, about in PRESETS.items()
)
"""The simulated nights with a line on each, for the help of a command that takes --script."""
