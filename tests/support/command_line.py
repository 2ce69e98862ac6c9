"""The command line as a person or a program meets it: what is typed, what comes back.

Through `main()` itself, in this process, so that exit codes and both streams are the real ones.
"""

import json
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.support.broken_texts import DEMO

from evenfall.app.cli import main
from evenfall.app.home import write_atomically

CRASHED = "Something in Evenfall went wrong"


@dataclass(frozen=True)
class Ran:
    """What one command gave."""

    code: int
    out: str
    err: str

    @property
    def said(self) -> str:
        """Everything it said, on one line, so that no width matters."""
        return " ".join(f"{self.out} {self.err}".split())

    def json(self) -> Any:
        """The one object on standard output.

        Raises:
            ValueError: there is another thing there, or nothing.
        """
        found = json.loads(self.out)
        if not isinstance(found, dict):
            raise ValueError(f"no object: {self.out[:80]}")
        return found


def evenfall(*words: str | Path, typed: str = "") -> Ran:
    """Run a command line.

    Args:
        words: what follows the program's name.
        typed: what stands on its standard input.
    """
    out, err = _stream(), _stream()
    with (
        patch.object(sys, "argv", ["evenfall", *map(str, words)]),
        patch.object(sys, "stdin", StringIO(typed)),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Ran(code, _text(out), _text(err))


def refused(ran: Ran) -> str:
    """What a refusal says; it must be one a person can mend, with code 2.

    Raises:
        AssertionError: it was none.
    """
    assert ran.code == 2, ran
    assert ran.out == ""
    assert "expected:" in ran.err and "mend:" in ran.err
    return ran.said


def demo_home(folder: Path, text: str = DEMO) -> Path:
    """A home with the demo household, or another."""
    write_atomically(folder / "household.yaml", text)
    return folder


def _stream() -> TextIOWrapper:
    """As strict as a real one about what is text."""
    return TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True)


def _text(stream: TextIOWrapper) -> str:
    buffer = stream.buffer
    assert isinstance(buffer, BytesIO)
    return buffer.getvalue().decode()
