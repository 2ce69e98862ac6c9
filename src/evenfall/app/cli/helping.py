"""Help that teaches by example: a command's own docstring, laid out for a terminal.

Sentences flow to the width there is; lines that are set in, the examples, stand by themselves.
"""

import inspect
from collections.abc import Callable

import typer


def add(app: typer.Typer, command: Callable[..., None], name: str = "", more: str = "") -> None:
    """Add a command with its docstring as its help.

    Args:
        app: where it is added.
        command: the function.
        name: what it is called; else as the function.
        more: a paragraph or more after the docstring.
    """
    words = laid_out(inspect.getdoc(command) or "")
    app.command(name or command.__name__, help=words + more)(command)


def laid_out(text: str) -> str:
    r"""A docstring with the lines of each paragraph joined and every set-in line kept.

    Example:
        >>> print(laid_out("One two\nthree.\n\n  evenfall a\n  evenfall b"))
        One two three.
        <BLANKLINE>
          evenfall a
          evenfall b
    """
    return "\n\n".join(_paragraph(part) for part in text.split("\n\n"))


def _paragraph(text: str) -> str:
    return text if text.startswith(" ") else text.replace("\n", " ")
