"""`serve` runs the hub: tonight's rooms and the family's pages, on this machine or at home."""

import asyncio
import re
import shlex
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from evenfall.adapters.clocks import SystemClock
from evenfall.app.cli.common import CONSOLE, Here, here, say
from evenfall.app.cli.helping import add
from evenfall.app.reach.addresses import PORT, checked_address, checked_name
from evenfall.formats.errors import EvenfallError, Fault, Place

if TYPE_CHECKING:
    from evenfall.app.reach.opening import Opening
    from evenfall.app.web.serve import HubServer

__all__ = ["PORT", "register"]

EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)
"""No clock that is right shows an earlier day than this."""

EXPIRES_SOON_DAYS = 14
"""A certificate the family brings is spoken of when it holds no longer than this: our choice."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, serve)
    # What is left over is taken, to say more helpfully what is wrong with it.
    app.registered_commands[-1].context_settings = {"allow_extra_args": True}


def serve(
    ctx: typer.Context,
    port: Annotated[
        int, typer.Option("--port", min=1, max=65535, help="Where the pages are served.")
    ] = PORT,
    to_the_house: Annotated[
        bool,
        typer.Option(
            "--home",
            "--house",
            help="Open the hub to the house. It takes no value: the folder goes before the "
            "command, as in evenfall --home FOLDER serve --home.",
        ),
    ] = False,
    tls_port: Annotated[
        int | None,
        typer.Option(
            "--tls-port",
            min=1,
            max=65535,
            help="With --home: where the encrypted pages are. Else the next port.",
        ),
    ] = None,
    no_tls: Annotated[
        bool, typer.Option("--no-tls", help="With --home: no encrypted pages at all.")
    ] = False,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate",
            help="With --home: a certificate you have, with those that vouch for it, in PEM. "
            "Else the home's own authority makes one.",
            metavar="FILE",
        ),
    ] = None,
    key: Annotated[
        Path | None,
        typer.Option("--key", help="The key of that certificate, in PEM.", metavar="FILE"),
    ] = None,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name",
            help="A further name or address the hub is reached by; may be given several times.",
            metavar="NAME",
        ),
    ] = None,
    behind: Annotated[
        list[str] | None,
        typer.Option(
            "--behind",
            help="The address of a proxy of yours, whose word on who asks how is taken; may be "
            "given several times.",
            metavar="ADDRESS",
        ),
    ] = None,
    speed: Annotated[
        float,
        typer.Option("--speed", min=0.1, max=600, help="How many times as fast as real time."),
    ] = 1.0,
    at: Annotated[
        str | None,
        typer.Option("--at", help="Begin at a made-up time of today, to try it.", metavar="TIME"),
    ] = None,
) -> None:
    """Serve this home's pages, Tonight, Bedside and Morning, and keep tonight's rooms.

    It answers on this machine only, unless --home opens it to the house: then every screen at
    home finds it, plainly on one port and encrypted on the next, and comes in with a code. Ctrl-C
    ends it; the night goes on from where it was when it is started again, and in quiet if that
    took long.

    [bold]Examples[/bold]

      evenfall serve
      evenfall serve --home
      evenfall serve --home --name evening.example.net
      evenfall serve --behind 127.0.0.1 --name evening.example.net
      evenfall serve --at 18:50 --speed 30
    """
    # Imported here: only this command needs a web server, and the others start without it.
    from evenfall.app.reach.opening import Wish, open_hub
    from evenfall.app.web.serve import House, HubServer

    _refuse_left_over(ctx.args, to_the_house)
    wish = Wish(
        to_the_house=to_the_house,
        port=port,
        tls_port=tls_port,
        tls=not no_tls,
        names=tuple(dict.fromkeys(map(checked_name, name or ()))),
        behind=tuple(checked_address(one, "--behind") for one in behind or ()),
        certificate=certificate,
        key=key,
    )
    where = here(ctx)
    start = _start(at, datetime.now(where.zone)) if at or speed != 1.0 else None
    clock = SystemClock(speed, start)
    _refuse_long_ago(clock.now_utc())
    house = House(where.home, where.household, where.zone, clock, where.household_file)
    opening = open_hub(wish, where.home.folder)
    server = HubServer(house, opening.plain[0], opening)
    print_welcome(where, server)
    with suppress(KeyboardInterrupt):
        asyncio.run(server.run())
    say("The hub is off; pages go dark and quiet by themselves.")


def print_welcome(where: Here, server: "HubServer") -> None:
    """Say where the hub is and what each way to it can carry."""
    opening = server.opening
    say(f"{where.household.name} is at {opening.here_link}", style="bold")
    if opening.ways.to_the_house:
        _print_house(opening)
    elif opening.locked_links:
        say(f"On this machine, and behind your proxy at {opening.locked_links[0]}.")
        say("Ctrl-C ends it.", style="dim")
    else:
        say("On this machine only. Ctrl-C ends it.", style="dim")
    if server.guard.calls.silent_rooms():
        say("A child's touch at night calls nobody yet: see docs/howto/be-called-at-night.md.")
    _print_first_code(where, server)


def _print_first_code(where: Here, server: "HubServer") -> None:
    """The first guardian's own four words, in a home where nobody has signed in yet: on a screen
    that someone looks at. What is written anywhere else is kept there, and others read it.
    """
    from evenfall.app.access.asking import keepers
    from evenfall.app.access.guard_key import guard_key
    from evenfall.app.access.inviting import pair_link

    waited_for = keepers(where.household, datetime.now(where.zone).date())
    if not waited_for or not server.gatekeeper.is_new():
        return
    first = waited_for[0]
    if not CONSOLE.is_terminal:
        say(
            f"\nNobody has signed in yet. The evening works without; for the rest, {first.name} "
            f"comes in with four words: run {where.said.again('pair')}"
        )
        return
    _, words = server.gatekeeper.invite("member", member=first.id, by=None)
    say(
        f"\nNobody has signed in yet. The evening works without; for the rest, {first.name} comes "
        "in with these four words, within ten minutes:"
    )
    key = guard_key(where.home.folder)
    _print_links((words, pair_link(server.opening.here_link, words, key)))
    say(f"Later, or for someone else: {where.said.again('pair')}", style="dim")


def _print_house(opening: "Opening") -> None:
    """The links into the house: plain ones, the best of them as a picture; encrypted ones."""
    if opening.plain_links:
        say("\nIn the house, for the bedside:")
        _print_links(opening.plain_links)
        _print_qr(opening.plain_links[0])
    else:
        say("\nThis machine knows no address of its own in the house; --name says one.")
    if opening.locked_links:
        say("Encrypted, for everything:")
        _print_links(opening.locked_links)
        _print_trust(opening)
    say(
        "A plain address is bedside only: whoever listens in on the house's network could read "
        "along. For the dream book, recording and offline see docs/howto/lock-the-page.md.",
        hang=0,
    )
    say("Ctrl-C ends it.", style="dim")


def _print_links(links: tuple[str, ...]) -> None:
    """Links are never broken, so that they can be copied; nor is what is compared by eye."""
    for link in links:
        CONSOLE.print(Text(f"  {link}"), soft_wrap=True)


def _print_qr(link: str) -> None:
    """A link for a phone's camera, where someone looks and it fits."""
    from evenfall.app.reach.qr import qr_lines

    lines = qr_lines(link)
    if not CONSOLE.is_terminal or CONSOLE.width < len(lines[0]) + 2:
        return
    for line in lines:
        CONSOLE.print(Text("  ").append(line, style="#000000 on #ffffff"), soft_wrap=True)


def _print_trust(opening: "Opening") -> None:
    """What has to be known of the certificate that is shown."""
    from evenfall.app.reach.papers import GivenPapers, HomePapers

    papers = opening.papers
    if isinstance(papers, HomePapers):
        first, second = in_two(papers.ca_fingerprint)
        if papers.replaced:
            say("This home's authority was five years old; each screen trusts the new one anew.")
        say("Each screen first trusts this home's own authority, once:")
        _print_links((f"{next(iter(opening.plain_links), opening.here_link)}/house-ca.crt",))
        _print_links((f"SHA-256 {first}", f"        {second}"))
    elif isinstance(papers, GivenPapers):
        left_days = papers.days_left(datetime.now(UTC))
        if left_days < EXPIRES_SOON_DAYS:
            said = (
                f"ends in {left_days:.0f} days" if left_days > 0 else "is over: screens refuse it"
            )
            say(f"Its certificate {said}. A new one in the same files is taken up by itself.")


def in_two(fingerprint: str) -> tuple[str, str]:
    """A fingerprint as two lines of sixteen, for a narrow terminal.

    Example:
        >>> in_two(":".join(["AB"] * 32))[1]
        'AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB:AB'
    """
    parts = fingerprint.split(":")
    return ":".join(parts[:16]), ":".join(parts[16:])


def _refuse_left_over(words: list[str], to_the_house: bool) -> None:
    if not words:
        return
    if to_the_house:
        raise EvenfallError(
            Fault(
                f"{words[0]!r} after serve --home, which takes no value",
                Place("the command line"),
                "after serve, --home opens the hub to the house; a home's folder goes before it",
                f"write evenfall --home {shlex.quote(words[0])} serve --home; without the last "
                "--home it stays on that machine",
            )
        )
    raise EvenfallError(
        Fault(
            f"{words[0]!r} after serve",
            Place("the command line"),
            "options only",
            "see evenfall serve -h",
        )
    )


def _refuse_long_ago(now: datetime) -> None:
    """A machine without a battery begins long ago, until the network tells it the time."""
    if now < EARLIEST:
        raise EvenfallError(
            Fault(
                f"a machine whose clock says {now:%d %B %Y}",
                Place("this machine's clock"),
                f"a day no earlier than {EARLIEST:%d %B %Y}, when this Evenfall was made",
                "let it learn the time, or set it with date; nothing was lit and no night changed",
            )
        )


def _start(at: str | None, now: datetime) -> datetime:
    """When a made-up clock begins: now, or at a time of today."""
    if at is None:
        return now
    found = re.fullmatch(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", at)
    if found is None:
        raise EvenfallError(
            Fault(f"{at!r} as a time", Place("--at"), "hours and minutes", "write --at 18:50")
        )
    hour, minute = int(found[1]), int(found[2])
    return now.replace(hour=hour, minute=minute, second=0, microsecond=0)
