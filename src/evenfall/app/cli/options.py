"""The options that several commands share, each written once."""

from pathlib import Path
from typing import Annotated

import typer

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
    typer.Option("--member", help="Whose night: a member's id.", metavar="ID"),
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
