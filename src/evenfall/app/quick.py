"""The program's own door: a plain `evenfall stop` is done before anything else is even loaded.

The whole command line takes most of a second to load on a small machine; a stop needs none of it.
What is not a plain stop, and any stop that was not simply done, goes to the whole command line.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

SAID = "{room} goes dark and quiet, and stays so for the rest of the night."


def main() -> None:
    """Run the command line; `evenfall stop` at once."""
    asked = plain_stop(sys.argv[1:])
    if asked is not None and stopped(*asked):
        return
    from evenfall.app.cli import main as whole

    whole()


def plain_stop(words: Sequence[str]) -> tuple[Path | None, tuple[str, ...]] | None:
    """The home's folder and the rooms of a plain stop; None for anything else.

    Args:
        words: what was typed after the program's name.

    Example:
        >>> plain_stop(["stop", "nest"])
        (None, ('nest',))
        >>> plain_stop(["stop", "--json"]) is None
        True
    """
    home: Path | None = None
    if len(words) > 1 and words[0] == "--home":
        home, words = Path(words[1]), words[2:]
    if not words or words[0] != "stop":
        return None
    rooms = words[1:]
    if list(rooms) == ["--all"]:
        rooms = ()
    return None if any(one.startswith("-") for one in rooms) else (home, tuple(rooms))


def stopped(folder: Path | None, rooms: tuple[str, ...]) -> bool:
    """Stop, and say so; False where that was not simply done, for somebody else to say why."""
    from evenfall.adapters.guard.process import ask
    from evenfall.app.home import find_home
    from evenfall.formats.wire import GarbledError
    from evenfall.records.guard import Done, Stop

    try:
        answer = ask(find_home(folder).folder, Stop(rooms=rooms))
    except (OSError, GarbledError, ValueError):
        return False
    if not isinstance(answer, Done):
        return False
    for room in answer.rooms:
        sys.stdout.write(SAID.format(room=room) + "\n")
    return True
