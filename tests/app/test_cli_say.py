"""How the command line prints a sentence."""

import io

from rich.console import Console

from evenfall.app.cli.common import say

PATH = "/home/somebody/a/folder/with/a/long/name/household.yaml"


def test_a_sentence_is_wrapped_and_a_path_in_it_never_cut() -> None:
    to = Console(file=io.StringIO(), width=40, color_system=None)
    say(f"To look at it again: evenfall --home {PATH} serve, and then open it.", console=to)
    lines = to.file.getvalue().splitlines()  # type: ignore[attr-defined]
    assert any(PATH in line for line in lines)
    assert all(len(line) <= 40 for line in lines if PATH not in line)
