"""`pair` lets a screen in by four words; `people` shows which screens are in, and ends them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import msgspec
import typer
from rich.table import Table
from rich.text import Text

from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    CONSOLE,
    Here,
    database_of,
    find_state,
    here,
    print_json,
    say,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.home import Home, exists
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.access import Invite, Passkey, ScreenKind, ScreenView, Session
from evenfall.records.household import Household

if TYPE_CHECKING:
    from evenfall.app.access.gatekeeper import Gatekeeper

EVERY_ROOM = "every"
REACH_FILE = "reach.json"
"""What a hub writes while it is served: where it is reached."""
LINKS_MAX, LINK_LETTERS_MAX = 8, 200
NEAR = timedelta(days=3)


class _Reach(msgspec.Struct):
    links: tuple[str, ...] = ()


def register(app: typer.Typer) -> None:
    """Add these commands."""
    for command in (pair, people):
        add(app, command)


def pair(
    ctx: typer.Context,
    for_: Annotated[
        str | None,
        typer.Option(
            "--for",
            help="A member's own screen: their id.",
            metavar="MEMBER",
            autocompletion=completing.members,
        ),
    ] = None,
    bedside: Annotated[
        str | None,
        typer.Option(
            "--bedside",
            help=f"A bedside, nobody's own: a room's id, or {EVERY_ROOM}.",
            metavar="ROOM",
            autocompletion=completing.rooms,
        ),
    ] = None,
    guest: Annotated[
        bool, typer.Option("--guest", help="A guest's screen, until noon tomorrow.")
    ] = False,
    address: Annotated[
        str | None,
        typer.Option("--address", help="Where the hub is reached, for the link.", metavar="URL"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Let one screen in: a phone, a tablet, a browser. Prints four words that do so once.

    The words open for ten minutes. Whoever sits at this terminal may let anyone in; from then on
    the pages do it too. The first time, without an option, it is for the first guardian.

    [bold]Examples[/bold]

      evenfall pair
      evenfall pair --for mara
      evenfall pair --bedside nest
      evenfall pair --guest --address http://192.168.1.20:8321
    """
    where = here(ctx)
    links = _links(where.home, address)
    key = _guard_key(where.home) if links else ""
    gatekeeper = _gatekeeper(ctx, where)
    if (for_ is not None) + (bedside is not None) + guest > 1:
        raise _which(where.household, "more than one screen at once")
    if bedside is not None:
        every = bedside == EVERY_ROOM and bedside not in {one.id for one in where.household.rooms}
        invite, words = gatekeeper.invite("device", room=None if every else bedside, by=None)
    elif guest:
        invite, words = gatekeeper.invite("guest", by=None)
    else:
        member = _first(gatekeeper, where) if for_ is None else for_
        invite, words = gatekeeper.invite("member", member=member, by=None)
    links = _with_words(_apt(links, invite.kind), words, key)
    if json_:
        print_json(_plain_invite(invite, words, links))
    else:
        _show_invite(where, invite, words, links)


def people(
    ctx: typer.Context,
    end: Annotated[
        str | None, typer.Option("--end", help="End this screen, by its id.", metavar="ID")
    ] = None,
    forget: Annotated[
        str | None,
        typer.Option(
            "--forget",
            help="For a lost phone: end all screens, passkeys and the passphrase of one member.",
            metavar="MEMBER",
            autocompletion=completing.members,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Show which screens are let in, whose they are, and until when; or end them.

    A screen that is ended goes quiet within seconds, where the hub is running.

    [bold]Examples[/bold]

      evenfall people
      evenfall people --end 7c1e9a0b44d2f816
      evenfall people --forget mara
    """
    where = here(ctx)
    if end is not None and forget is not None:
        raise EvenfallError(
            Fault("--end and --forget at once", Place("--end"), "one of the two", "do one first")
        )
    if not exists(where.home.access_database):
        if end is not None or forget is not None:
            raise _nobody_yet(where)
        _show_nobody(ctx, json_)
        return
    gatekeeper = _gatekeeper(ctx, where)
    if end is not None:
        ended = gatekeeper.revoke(None, end)
        _tell({"ended": _plain_screen(ended, where.household)}, f"{ended.label} is out.", json_)
    elif forget is not None:
        _forget(gatekeeper, where, forget, json_)
    else:
        _show(ctx, gatekeeper, where, json_)


def _gatekeeper(ctx: typer.Context, where: Here) -> "Gatekeeper":
    """The gatekeeper of a home; its file is let go of when the command ends."""
    # Imported here: only these commands need cryptography, and the others start without it.
    from evenfall.adapters.sqlite.access import SqliteAccess
    from evenfall.app.access.gatekeeper import Gatekeeper

    database_of(where.home)
    store = SqliteAccess(where.home.access_database)
    ctx.call_on_close(store.close)
    return Gatekeeper(store, lambda: where.household, lambda: datetime.now(UTC))


# --- Letting in ----------------------------------------------------------------------------------


def _apt(links: tuple[str, ...], kind: ScreenKind) -> tuple[str, ...]:
    """The addresses that suit a screen, as the page has them."""
    from evenfall.app.access.inviting import apt

    return apt(links, kind)


def _guard_key(home: Home) -> str:
    """The public half of the guard's key: this terminal reads it for itself, and asks no hub."""
    from evenfall.app.access.guard_key import guard_key

    return guard_key(home.folder)


def _with_words(links: tuple[str, ...], words: str, key: str) -> tuple[str, ...]:
    from evenfall.app.access.inviting import pair_link

    return tuple(pair_link(link, words, key) for link in links)


def _first(gatekeeper: "Gatekeeper", where: Here) -> str:
    """Whom a new home waits for.

    Raises:
        EvenfallError: it is not new, or there is no grown-up.
    """
    from evenfall.app.access.asking import keepers

    waited_for = keepers(where.household, datetime.now(where.zone).date())
    if not waited_for or not gatekeeper.is_new():
        raise _which(where.household, "no word on which screen")
    return waited_for[0].id


def _show_invite(where: Here, invite: Invite, words: str, links: tuple[str, ...]) -> None:
    until = invite.expires_utc.astimezone(where.zone)
    say(f"These let one screen in, {_what(invite, where.household)}, once, until {until:%H:%M}:")
    say(words, style="bold", indent=2)
    if not links:
        say("Type the words on the page of the hub, on that screen.")
        return
    say("Type the words on the page of the hub, on that screen, or open there:")
    for link in links:
        CONSOLE.print(Text(f"  {link}"), soft_wrap=True)
    from evenfall.app.reach.ways import LOOPBACK_HOSTS

    if urlsplit(links[0]).hostname not in LOOPBACK_HOSTS:  # else no phone could open it
        _show_picture(links[0])


def _show_picture(link: str) -> None:
    """A link for a phone's camera, where someone looks and it fits."""
    from evenfall.app.reach.qr import qr_lines

    lines = qr_lines(link)
    if CONSOLE.is_terminal and CONSOLE.width >= len(lines[0]) + 2:
        for line in lines:
            CONSOLE.print(Text("  ").append(line, style="#000000 on #ffffff"), soft_wrap=True)


def _what(invite: Invite, household: Household) -> str:
    if invite.kind == "guest":
        return "a guest's"
    if invite.kind == "device":
        room = next((one.name for one in household.rooms if one.id == invite.room), "every room")
        return f"the bedside of {room}"
    return f"{_name(household, invite.member)}'s own"


def _plain_invite(invite: Invite, words: str, links: tuple[str, ...]) -> dict[str, object]:
    return {
        "words": words,
        "links": links,
        "kind": invite.kind,
        "member": invite.member,
        "room": invite.room,
        "expires_utc": invite.expires_utc,
    }


def _links(home: Home, address: str | None) -> tuple[str, ...]:
    """Where the hub is reached: as someone says, else as it says itself, else nowhere known.

    Raises:
        EvenfallError: what someone says is no address.
    """
    if address is not None:
        if not is_address(address):
            raise EvenfallError(
                Fault(
                    found=f"{address!r} as an address",
                    place=Place("--address"),
                    expected="where a browser finds the hub",
                    mend="write --address http://192.168.1.20:8321",
                )
            )
        return (address.rstrip("/"),)
    with suppress(OSError, msgspec.MsgspecError):
        found = msgspec.json.decode((home.folder / REACH_FILE).read_bytes(), type=_Reach).links
        return tuple(link.rstrip("/") for link in found if is_address(link))[:LINKS_MAX]
    return ()


def is_address(link: str) -> bool:
    """Whether this is where a browser could find a hub, and nothing more than that.

    Example:
        >>> [is_address(one) for one in ("https://hub.home:8322/", "hub.home", "http://a/?b")]
        [True, False, False]
    """
    try:
        parts = urlsplit(link)
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    bare = parts.path in ("", "/") and not (parts.query or parts.fragment or parts.username)
    plain = link.isprintable() and " " not in link and len(link) <= LINK_LETTERS_MAX
    return named and bare and plain and parts.scheme in ("http", "https")


def _which(household: Household, found: str) -> EvenfallError:
    members = ", ".join(one.id for one in household.members)
    rooms = ", ".join(one.id for one in household.rooms)
    return EvenfallError(
        Fault(
            found=found,
            place=Place("evenfall pair"),
            expected=f"--for one of {members}; --bedside one of {rooms}, {EVERY_ROOM}; or --guest",
            mend=f"say which, like evenfall pair --for {household.members[0].id}",
        )
    )


# --- Who is in -----------------------------------------------------------------------------------


def _show(ctx: typer.Context, gatekeeper: "Gatekeeper", where: Here, json_: bool) -> None:
    screens, passkeys = gatekeeper.sessions(None), gatekeeper.passkeys(None)
    phrases = [one.id for one in where.household.members if gatekeeper.has_passphrase(one.id)]
    if json_:
        print_json(
            {
                "screens": [_plain_screen(one, where.household) for one in screens],
                "passkeys": [_plain_passkey(one) for one in passkeys],
                "passphrases": phrases,
            }
        )
        return
    if not screens:
        _show_nobody(ctx, json_)
    else:
        CONSOLE.print(_table(screens, where))
    for member in dict.fromkeys([*phrases, *(one.member for one in passkeys)]):
        labels = [f"the passkey {one.label}" for one in passkeys if one.member == member]
        ways = [*labels, *(["a passphrase"] if member in phrases else [])]
        say(f"{_name(where.household, member)} can also come in by {', '.join(ways)}.", hang=2)


def _table(screens: list[Session], where: Here) -> Table:
    table, now_utc = Table(box=None, pad_edge=False), datetime.now(UTC)
    for heading in ("whose", "screen", "comes", "last here", "until"):
        table.add_column(heading, overflow="fold")
    table.add_column("to end it", no_wrap=True)
    for one in screens:
        table.add_row(
            Text(_whose(one, where.household)),
            Text(one.label),
            _COMES[one.origin],
            _at(one.seen_utc, where.zone, now_utc),
            _until(one, where.zone, now_utc),
            one.id,
        )
    return table


def _until(session: Session, zone: tzinfo, now_utc: datetime) -> str:
    """Until when a screen is in; one whose time is over may still stop a night."""
    is_over = session.expires_utc <= now_utc
    return "over; may stop" if is_over else _at(session.expires_utc, zone, now_utc)


_COMES = {"here": "from this machine", "plain": "unencrypted", "locked": "encrypted"}


def _whose(session: Session, household: Household) -> str:
    let_in = f", let in by {_name(household, session.by)}" if session.by else ""
    if session.kind == "guest":
        return f"a guest{let_in}"
    if session.kind == "device":
        room = next((one.name for one in household.rooms if one.id == session.room), "every room")
        return f"bedside, {room}{let_in}"
    let_in = "" if session.by == session.member else let_in
    return f"{_name(household, session.member)}{let_in}"


def _name(household: Household, member: str | None) -> str:
    found = next((one.name for one in household.members if one.id == member), None)
    return found if found is not None else f"{member} (not here any more)"


def _at(moment_utc: datetime, zone: tzinfo, now_utc: datetime) -> str:
    """A moment as briefly as is clear: by weekday and time where it is near, else by date."""
    local = moment_utc.astimezone(zone)
    is_near = abs(moment_utc - now_utc) < NEAR
    return f"{local:%a %H:%M}" if is_near else f"{local.day} {local:%b %Y}"


def _show_nobody(ctx: typer.Context, json_: bool) -> None:
    words = f"No screen is let in. {find_state(ctx).again('pair')} lets the first one in."
    _tell({"screens": [], "passkeys": [], "passphrases": []}, words, json_)


# --- Ending --------------------------------------------------------------------------------------


def _forget(gatekeeper: "Gatekeeper", where: Here, member: str, json_: bool) -> None:
    screens, passkeys, passphrase = gatekeeper.forget(None, member)
    is_here = any(one.id == member for one in where.household.members)
    if not (is_here or screens or passkeys or passphrase):
        raise EvenfallError(
            Fault(
                found=f"{member!r}, who is not known here",
                place=Place("--forget"),
                expected=f"one of {', '.join(one.id for one in where.household.members)}",
                mend="see `evenfall people`",
            )
        )
    name = _name(where.household, member)
    ended = f"{screens} screen{'s' * (screens != 1)}, {passkeys} passkey{'s' * (passkeys != 1)}"
    phrase = "the passphrase" if passphrase else "no passphrase"
    words = f"Nothing of {name}'s lets anyone in any more: ended {ended} and {phrase}."
    let_in = [one for one in gatekeeper.sessions(None) if one.by == member]
    if let_in:
        words += f" Screens {name} let in are still in; `evenfall people` shows them."
    _tell(
        {
            "forgotten": member,
            "screens": screens,
            "passkeys": passkeys,
            "passphrase": passphrase,
            "let_in_by_them": [_plain_screen(one, where.household) for one in let_in],
        },
        words,
        json_,
    )


def _nobody_yet(where: Here) -> EvenfallError:
    return EvenfallError(
        Fault(
            found="no screen let in yet",
            place=Place(str(where.home.folder)),
            expected="a home with a screen in it",
            mend="see `evenfall people`",
        )
    )


# --- For programs --------------------------------------------------------------------------------


def _tell(data: object, words: str, json_: bool) -> None:
    if json_:
        print_json(data)
    else:
        say(words)


def _plain_screen(one: Session, household: Household) -> ScreenView:
    """A session without the digest of its token."""
    return ScreenView(
        id=one.id,
        kind=one.kind,
        member=one.member,
        room=one.room,
        label=one.label,
        origin=one.origin,
        by=one.by,
        by_name=_name(household, one.by) if one.by else "",
        made_utc=one.made_utc,
        seen_utc=one.seen_utc,
        expires_utc=one.expires_utc,
        this=False,
    )


def _plain_passkey(one: Passkey) -> dict[str, object]:
    return {"id": one.id, "member": one.member, "label": one.label, "made_utc": one.made_utc}
