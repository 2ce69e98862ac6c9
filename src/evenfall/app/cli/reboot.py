"""`reboot` lets a room go on after an emergency: the natural night or, by an adult's word, anew."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from evenfall.app.cli import completing
from evenfall.app.cli.common import Here, database_of, here, print_json, say
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.home import exists
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.household import Household, Member

REACH_FILE = "reach.json"
ANSWER_WITHIN_S = 30.0
"""A new night may have to be proven first, which takes seconds (own choice)."""

_HERE_COOKIE = "evenfall-here"


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, reboot)


def reboot(
    ctx: typer.Context,
    room: Annotated[
        str | None,
        typer.Argument(
            help="Which room, by id. Needed where there is more than one.",
            metavar="[ROOM]",
            autocompletion=completing.rooms,
        ),
    ] = None,
    clean: Annotated[
        bool, typer.Option("--clean", help="Begin a new night there, which waits for someone.")
    ] = False,
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            help="Which adult says so, by id. Else the first in the household.",
            metavar="MEMBER",
            autocompletion=completing.members,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Let a room go on after an emergency or a crash.

    Alone, it leaves the room to the natural night: dark and quiet, the dawn as planned. With
    --clean an adult begins a new night there, with a log of its own; it waits until somebody
    begins it by hand, and what was used of the allowance stays used. After a stop there is none.

    [bold]Examples[/bold]

      evenfall reboot nest
      evenfall reboot nest --clean
      evenfall reboot nest --clean --by mara --json
    """
    where = here(ctx)
    adult = _adult(where.household, by)
    wanted = _room(where.household, room)
    answer = _asked(ctx, where, adult, {"room": wanted, "clean": clean})
    if json_:
        print_json(answer)
    elif clean:
        say(
            f"A new night, {answer['night']}, waits in {wanted}. Nothing runs until someone begins."
        )
    else:
        say(f"{wanted} is left to the natural night: dark and quiet, and nothing starts again.")


def _adult(household: Household, by: str | None) -> Member:
    adults = [one for one in household.members if not one.guardians]
    found = [one for one in adults if by in (None, one.id)]
    if found:
        return found[0]
    names = ", ".join(one.id for one in adults) or "nobody yet"
    raise EvenfallError(
        Fault(f"{by!r}, who is no adult here", Place("--by"), f"one of {names}", "name one of them")
    )


def _room(household: Household, room: str | None) -> str:
    rooms = [one.id for one in household.rooms]
    if room in rooms:
        return str(room)
    if room is None and len(rooms) == 1:
        return rooms[0]
    found = "no room named" if room is None else f"no room {room!r}"
    raise EvenfallError(
        Fault(found, Place("[ROOM]"), f"one of {', '.join(rooms)}", f"evenfall reboot {rooms[0]}")
    )


def _asked(ctx: typer.Context, where: Here, adult: Member, body: dict[str, object]) -> Any:
    """Ask the hub on this machine in an adult's name, on a screen that is let in for the asking."""
    # Imported here: only this command needs them, and the others start without.
    import httpx

    from evenfall.adapters.sqlite.access import SqliteAccess
    from evenfall.app.access.gatekeeper import Gatekeeper

    address = _address(where)
    database_of(where.home)
    store = SqliteAccess(where.home.access_database)
    ctx.call_on_close(store.close)
    keeper = Gatekeeper(store, lambda: where.household, lambda: datetime.now(UTC))
    _, words = keeper.invite("member", member=adult.id, by=None)
    _, token = keeper.claim(words, origin="here", label="a terminal", knocker="a terminal")
    headers = {"x-evenfall": "terminal", "cookie": f"{_HERE_COOKIE}={token}"}
    try:
        answer = httpx.post(
            f"{address}/api/v1/reboot",
            json=body,
            headers=headers,
            timeout=ANSWER_WITHIN_S,
            trust_env=False,
        )
    except httpx.HTTPError as error:
        raise EvenfallError(_no_hub(where)) from error
    finally:
        keeper.sign_out(token)
    if answer.status_code == httpx.codes.OK:
        return answer.json()
    raise EvenfallError(*_faults(answer.text, str(where.home.folder)))


def _address(where: Here) -> str:
    """Where a hub of this home is reached from this very machine.

    Raises:
        EvenfallError: none is served.
    """
    path = where.home.folder / REACH_FILE
    if exists(path):
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = str(json.loads(path.read_text(encoding="utf-8"))["here"])
            if said.startswith("http://localhost:"):
                return said
    raise EvenfallError(_no_hub(where))


def _no_hub(where: Here) -> Fault:
    return Fault(
        found="no hub that answers, so no night runs that could go on",
        place=Place(str(where.home.folder)),
        expected="a hub: `evenfall serve` takes a night up again in quiet",
        mend="start it, and ask again",
    )


def _faults(text: str, folder: str) -> list[Fault]:
    with suppress(ValueError, KeyError, TypeError):
        return [
            Fault(str(one["found"]), Place(), str(one["expected"]), str(one["mend"]))
            for one in json.loads(text)["errors"]
        ] or [_strange(folder)]
    return [_strange(folder)]


def _strange(folder: str) -> Fault:
    return Fault(
        "an answer nobody understands", Place(folder), "a hub of this version",
        "restart `evenfall serve`",
    )  # fmt: skip
