"""`schema` prints the JSON Schema of a format."""

from typing import Annotated

import typer

from evenfall.app.cli import completing
from evenfall.app.cli.common import print_json
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.schemas import SCHEMAS, json_schema


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, schema)


def schema(
    name: Annotated[
        str,
        typer.Argument(
            help=f"Which format: {', '.join(SCHEMAS)}.",
            metavar="FORMAT",
            autocompletion=completing.formats,
        ),
    ],
    json_: JsonOption = False,
) -> None:
    """Print the JSON Schema of a format, for editors and other programs.

    A schema is JSON in any case, so --json changes nothing here.

    [bold]Examples[/bold]

      evenfall schema household
      evenfall schema morning > morning.schema.json
    """
    del json_
    if name not in SCHEMAS:
        raise EvenfallError(
            Fault(
                found=f"{name!r} as a format",
                place=Place("FORMAT"),
                expected=f"one of {', '.join(SCHEMAS)}",
                mend="write evenfall schema household",
            )
        )
    print_json(json_schema(name))
