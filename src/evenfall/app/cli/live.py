"""A night in real time, in a terminal: what is typed is what people do."""

import asyncio
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from rich.text import Text

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import CONSOLE
from evenfall.app.cli.progress import scene_words
from evenfall.app.evening import RoomNight
from evenfall.app.keeping import Kept, keep_live
from evenfall.records.night import (
    AnyEvent,
    Beat,
    Begin,
    Choice,
    LightsOut,
    No,
    Pause,
    Resume,
    Stop,
    TimedEvent,
    Touch,
    Up,
)
from evenfall.runtime.night_runner import NightRunner

WORDS = "begin, stop, no, touch, pause, resume, lights out, up, or the name of a door"


class TerminalOutputs:
    """The room's outputs as lines: what a lamp or speaker would be told."""

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Say it."""
        unit = "lx mEDI" if output == "light" else "dBA"
        name = f"{output} ({what})" if what else output
        CONSOLE.print(Text(f"  {name} → {target:g} {unit} over {ramp_s:g} s"), style="dim")


async def keep_in_terminal(log: SqliteNightLog, ready: RoomNight, speed: float) -> Kept:
    """Run a night live; the first Ctrl-C is a stop, which leaves the room dark and quiet."""
    people: asyncio.Queue[AnyEvent] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    listening = _listen(loop, people, ready)
    names = ", ".join(one.name for one in ready.sleepers)
    CONSOLE.print(Text(f"{ready.programme.title}, for {names}. Type {WORDS}."))
    with suppress(NotImplementedError):
        loop.add_signal_handler(signal.SIGINT, lambda: people.put_nowait(Stop("a key")))
    start_utc = ready.night.start_utc if speed != 1.0 else None
    try:
        return await keep_live(
            log,
            ready,
            people,
            clock=SystemClock(speed, start_utc),
            outputs=TerminalOutputs(),
            on_event=_narrator(),
        )
    finally:
        if listening:
            loop.remove_reader(sys.stdin.fileno())


def understood(text: str, ready: RoomNight) -> AnyEvent | None:
    """What someone typed, as an event; None for an empty line.

    A name after the words says who is meant: `up Noor`, `lights out Ilay`.
    """
    said = text.strip().casefold()
    sleeper = next(
        (i for i, one in enumerate(ready.sleepers) if said.endswith(one.name.casefold())), 0
    )
    plain: dict[str, AnyEvent] = {
        "stop": Stop("someone here"),
        "no": No(sleeper),
        "begin": Begin(),
        "touch": Touch(sleeper),
        "pause": Pause(),
        "resume": Resume(),
        "lights out": LightsOut(sleeper),
        "up": Up(sleeper),
    }
    if not said:
        return None
    for words, event in plain.items():
        if said == words or said.startswith(f"{words} "):
            return event
    return Choice(said)


def _listen(
    loop: asyncio.AbstractEventLoop, people: "asyncio.Queue[AnyEvent]", ready: RoomNight
) -> bool:
    def heard() -> None:
        line = sys.stdin.readline()
        if not line:
            loop.remove_reader(sys.stdin.fileno())
            return
        event = understood(line, ready)
        if event is not None:
            people.put_nowait(event)

    try:
        loop.add_reader(sys.stdin.fileno(), heard)
    except (OSError, ValueError, NotImplementedError):
        return False  # no one can type here: the night runs without
    return True


def _narrator() -> Callable[[NightRunner, TimedEvent], None]:
    """Says where the night is whenever that changes."""
    shown = ""

    def on_event(runner: NightRunner, timed: TimedEvent) -> None:
        nonlocal shown
        words = scene_words(runner)
        if words != shown:
            shown = words
            CONSOLE.print(Text(f"{words}"), style="bold")
            scene = runner.programme.scenes[runner.state.scene]
            for line in scene.say if runner.state.mode == 0 else ():
                CONSOLE.print(Text(f"    {line}"))
        if not isinstance(timed.event, Beat):
            CONSOLE.print(Text(f"  · {type(timed.event).__name__.lower()}"), style="dim")

    return on_event
