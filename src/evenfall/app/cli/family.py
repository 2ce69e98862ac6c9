"""`demo family`: a made-up evening in two minutes, with a phone, a lamp and a power cut."""

import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

from evenfall.adapters.homeassistant.twin import HomeAssistantTwin
from evenfall.adapters.wled.twin import WledTwin
from evenfall.app.cli.common import ASIDE, CONSOLE, print_json, say
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.demo.family import FamilyEvening, Invitation, Pace, Picture, Shown, Summary
from evenfall.app.demo.home import EVENING_MAX_LX_MEDI, SAFE_STEP, connect, make_home

FOLDER = Path("evenfall-demo-family")
BAR_LETTERS = 40
EIGHTHS = " ▏▎▍▌▋▊▉█"
BY_DAY_STEP = 153
"""The family's own light before wind-down: 6 lx mEDI at the pillow, three fifths of its full."""

LAMP_LINE_EVERY_LX_MEDI = 0.1
AS_IT_IS = Pace()


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, family)


def family(
    out: Annotated[
        Path, typer.Option("--out", help="The folder for the made-up home.", metavar="FOLDER")
    ] = FOLDER,
    here: Annotated[
        bool, typer.Option("--here", help="On this machine only: no phone, a browser here.")
    ] = False,
    unattended: Annotated[
        bool, typer.Option("--unattended", help="Wait for nobody: the demo presses Begin itself.")
    ] = False,
    port: Annotated[
        int,
        typer.Option("--port", min=0, max=65535, help="Where the pages are; 0 for any free one."),
    ] = 0,
    json_: JsonOption = False,
) -> None:
    """Show an evening with a phone in two minutes: Begin, the lamp fading, a power cut, safe light.

    Scan the code with a phone on the same network, press Begin, and put it down. The hour is made
    up and passes thirty times as fast; the lamp and the Home Assistant that watches it are
    simulated, the hub is real and really killed. Where nobody presses Begin the demo does. It
    writes into one folder, here or where --out says, and leaves nothing running.

    [bold]Examples[/bold]

      evenfall demo family
      evenfall demo family --here --unattended
    """
    shown: Shown = _Terminal(CONSOLE) if CONSOLE.is_terminal and not json_ else _Lines(_to(json_))
    with ended_in_order(), closing_of(shown):
        summary = show_family(out, shown, to_the_house=not here, unattended=unattended, port=port)
    if json_:
        print_json(summary)
    else:
        print_summary(summary, out)


def show_family(
    out: Path,
    shown: Shown,
    *,
    to_the_house: bool,
    unattended: bool,
    port: int = 0,
    pace: Pace = AS_IT_IS,
) -> Summary:
    """Make the home, its lamp and its hub, and live the evening; nothing is left running.

    Args:
        out: the folder for the made-up home.
        shown: who shows it.
        to_the_house: true to open the hub to the house's network, where there is one.
        unattended: true to wait for nobody.
        port: where the pages are; 0 for any that is free.
        pace: how long each part may take.

    Raises:
        EvenfallError: the port is taken, the folder is another home's, or it did not go well.
    """
    # Imported here: only this command opens a hub and its door.
    from evenfall.app.demo.door import opened_door
    from evenfall.app.demo.hub import HubProcess
    from evenfall.app.reach.addresses import facts_here, house_addresses

    home = make_home(out, datetime.now(UTC))
    opens = to_the_house and bool(house_addresses(facts_here()))
    with ExitStack() as held:
        lamp = held.enter_context(WledTwin(on=True, brightness=BY_DAY_STEP))
        watching = HomeAssistantTwin(lamp, SAFE_STEP, pace.silent_s, pace.fade_s)
        held.enter_context(watching)
        connect(home, watching.url, watching.token)
        hub = held.enter_context(HubProcess(home, port, opens, pace.speed))
        door = held.enter_context(opened_door(home)) if opens else None
        if to_the_house and not opens:
            shown.say("This machine is on no house's network, so no phone can join.")
        return FamilyEvening(hub, lamp, watching, door, shown, pace).run(unattended)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Have a signal to end be a Ctrl-C, so that whatever was begun is ended with us."""

    def end(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    names = ("SIGTERM", "SIGHUP")
    kinds = [getattr(signal, name) for name in names if hasattr(signal, name)]
    before = [(kind, signal.signal(kind, end)) for kind in kinds]
    try:
        yield
    finally:
        for kind, handler in before:
            signal.signal(kind, handler)


# --- The end ---------------------------------------------------------------------------------


def print_summary(summary: Summary, out: Path) -> None:
    """What was measured, and what it was measured on."""
    say("\nMeasured, in real seconds; the lamp and its Home Assistant are simulated:", style="bold")
    for what, value in summary_lines(summary):
        say(f"{what:<34}{value}", indent=2)
    say(
        "\nA lamp that nothing watches would have stayed as it was left, so such a lamp is never "
        "told more than a sleeper's light. docs/howto/connect-a-lamp.md has the automation that "
        "was stood in for here.",
        hang=0,
    )
    say(f"It took {summary.took_s:.0f} s. The made-up home is in {out}. Nothing is left running.")


def summary_lines(summary: Summary) -> list[tuple[str, str]]:
    """The summary, a line each."""
    first = summary.begin_to_lamp_s
    at_begin, at_kill = summary.lamp_at_begin_lx_medi, summary.lamp_at_kill_lx_medi
    resumed = summary.lamp_resumed_lx_medi
    quiet = "in quiet" if summary.resumed_in_quiet else "not in quiet"
    return [
        ("Begin was pressed by", summary.begun_by),
        ("Begin → the lamp goes down", "not seen" if first is None else f"{first:.1f} s"),
        ("the lamp, at Begin → at the cut", f"{at_begin:.2f} → {at_kill:.2f} lx mEDI"),
        ("power cut → the fade begins", f"{summary.kill_to_fading_s:.1f} s"),
        ("power cut → the lamp is safe", f"{summary.kill_to_safe_s:.1f} s (promised: 60 s)"),
        (
            "power cut → a page's light is out",
            f"within {summary.page_quiet_within_s:.0f} s, by itself",
        ),
        ("started again → up", f"{summary.restart_to_up_s:.1f} s, {quiet}"),
        ("the lamp then", f"{resumed:.2f} lx mEDI (night light: {summary.safe_lx_medi:g})"),
    ]


# --- Showing ---------------------------------------------------------------------------------


class _Lines:
    """The evening as plain lines: what happened, and the lamp where it changed.

    Args:
        console: where they go.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._began_s = time.monotonic()
        self._told_lx_medi = float("inf")
        self._screens = ""
        self._says = ""

    def invite(self, invitation: Invitation) -> None:
        """How somebody may join."""
        for line in invitation_lines(invitation):
            self._console.print(Text(line), soft_wrap=True)

    def say(self, text: str) -> None:
        """Something happened."""
        passed_s = time.monotonic() - self._began_s
        say(f"{passed_s:5.1f} s  {text}", hang=9, console=self._console)

    def look(self, picture: Picture) -> None:
        """What goes on, the lamp and the screens, where they changed."""
        if picture.says != self._says:
            self._says = picture.says
            self.say(picture.says)
        if picture.screens != self._screens:
            self._screens = picture.screens
            self.say(f"In the house: {picture.screens or 'nobody'}.")
        if abs(picture.light_lx_medi - self._told_lx_medi) >= LAMP_LINE_EVERY_LX_MEDI:
            self._told_lx_medi = picture.light_lx_medi
            self.say(f"{picture.hour}  the lamp is at {picture.light_lx_medi:.2f} lx mEDI.")

    def close(self) -> None:
        """Nothing is open."""


class _Terminal:
    """The evening as a picture that lives, under the lines of what happened.

    Args:
        console: the terminal.
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True)
        self._live.start()

    def invite(self, invitation: Invitation) -> None:
        """A code to scan, and the same in words."""
        from evenfall.app.reach.qr import qr_lines

        if invitation.house is not None:
            for line in qr_lines(invitation.house):
                self._console.print(Text("  ").append(line, style="#000000 on #ffffff"))
        for line in invitation_lines(invitation):
            self._console.print(Text(line), soft_wrap=True)
        most = f"{EVENING_MAX_LX_MEDI:g} lx mEDI, the most a child's evening may have"
        words = f"The lamp is simulated, the hub is real. The bar is full at {most}."
        say(words, style="dim", console=self._console)

    def say(self, text: str) -> None:
        """Something happened: it stays."""
        say(text, console=self._console)

    def look(self, picture: Picture) -> None:
        """How it is now."""
        self._live.update(drawn(picture), refresh=True)

    def close(self) -> None:
        """Give the terminal back."""
        self._live.stop()


def invitation_lines(invitation: Invitation) -> list[str]:
    """How somebody may join, a line each."""
    lines = []
    if invitation.house is not None:
        lines += [
            "Scan this with a phone on the same network, then press Begin:",
            f"  {invitation.house}",
            f"  (the four words: {invitation.words})",
        ]
    return [*lines, "In a browser on this machine:", f"  {invitation.here}"]


def drawn(picture: Picture) -> Group:
    """The evening as it is, in six lines that fit a narrow terminal."""
    red, green, blue = picture.rgb
    left = "" if picture.left_s is None else f" ({picture.left_s:.0f} s, then the demo does)"
    return Group(
        Text(),
        Text.assemble((picture.hour, "bold"), (" (made up) ", "dim"), picture.part),
        Text.assemble(
            "lamp   ",
            (bar(picture.share_of_most), f"rgb({red},{green},{blue})"),
            f" {picture.light_lx_medi:5.2f} lx mEDI",
        ),
        Text.assemble("hub    ", *_hub_words(picture)),
        Text(picture.says),
        Text(f"next: {picture.next}{left}", style="dim"),
    )


def _hub_words(picture: Picture) -> list[str | tuple[str, str]]:
    screens = picture.screens or "nobody yet"
    if picture.hub == "up":
        return ["up", (f"    in the house: {screens}", "dim")]
    silent = "" if picture.silent_s is None else f", last heard {picture.silent_s:.0f} s ago"
    return [(f"gone{silent}", "bold")]


def bar(share: float, letters: int = BAR_LETTERS) -> str:
    """A bar of eighths of a letter.

    Example:
        >>> bar(0.5, letters=4), bar(0.28125, letters=4)
        ('██  ', '█▏  ')
    """
    eighths = round(max(0.0, min(1.0, share)) * letters * 8)
    whole, part = divmod(eighths, 8)
    drawn_part = EIGHTHS[part] if part else ""
    return ("█" * whole + drawn_part).ljust(letters)


@contextmanager
def closing_of(shown: Shown) -> Iterator[None]:
    """Give the terminal back, whatever happens."""
    try:
        yield
    finally:
        if isinstance(shown, _Terminal):
            shown.close()


def _to(json_: bool) -> Console:
    """Where lines go: aside, where standard output belongs to one JSON object."""
    return ASIDE if json_ else CONSOLE
