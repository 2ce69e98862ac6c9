"""A night in real time, in a terminal: what is typed is what people do."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from rich.console import Console

from evenfall.adapters.clocks import SystemClock
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import say
from evenfall.app.cli.progress import scene_words
from evenfall.app.evening import RoomNight
from evenfall.app.keeping import Kept, keep_live
from evenfall.records.night import (
    RUNNING,
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
from evenfall.records.programme import Programme
from evenfall.runtime.night_runner import NightRunner
from evenfall.runtime.people import People

WORDS = "begin, stop, no, touch, pause, resume, lights out, up, or the name of a door"
READ_BYTES = 4096
SAID = {
    "begin": "begun",
    "touch": "a touch",
    "choice": "a door was chosen",
    "stop": "stopped for tonight",
    "no": "a no",
    "pause": "paused",
    "resume": "resumed",
    "lightsout": "lights out",
    "up": "someone is up",
    "dawn": "the dawn is due",
    "beatsmissed": "time passed that nobody counted",
    "restarted": "taken up again, in quiet",
}


class TerminalOutputs:
    """The room's outputs as lines: what a lamp or speaker would be told.

    Args:
        console: where the lines go.
    """

    def __init__(self, console: Console) -> None:
        self.console = console

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        """Say it."""
        unit = "lx mEDI" if output == "light" else "dBA"
        name = f"{output} ({what})" if what else output
        words = f"{name} → {target:g} {unit} over {ramp_s:g} s"
        say(words, indent=2, style="dim", console=self.console)


async def keep_in_terminal(
    log: SqliteNightLog, ready: RoomNight, speed: float, console: Console
) -> Kept:
    """Run a night live; the first Ctrl-C is a stop, which leaves the room dark and quiet.

    Args:
        log: where it is written.
        ready: the night.
        speed: how many times as fast as real time.
        console: where it is told.

    Raises:
        KeyboardInterrupt: the second Ctrl-C; the log is whole.
    """
    people = People()
    loop = asyncio.get_running_loop()
    listener = Listener(people, ready, console)
    listening = listener.listen(loop)
    _introduce(ready, listening, console)

    def key() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        people.put_nowait(Stop("a key"))
        say("Stopped: dark and quiet until morning. Ctrl-C again leaves.", console=console)

    with suppress(NotImplementedError, RuntimeError, ValueError):
        loop.add_signal_handler(signal.SIGINT, key)
    try:
        return await keep_live(
            log,
            ready,
            people,
            clock=_clock(log, ready, speed),
            outputs=TerminalOutputs(console),
            on_event=_narrator(console),
        )
    finally:
        if listening:
            listener.leave(loop)


def _introduce(ready: RoomNight, listening: bool, console: Console) -> None:
    names = ", ".join(one.name for one in ready.sleepers)
    start = ready.night.start_utc.astimezone(ready.sleepers[0].wind_down.tzinfo)
    say(f"{ready.programme.title}, for {names}, from {start:%H:%M}.", console=console)
    for note in ready.notes:
        say(note, console=console)
    words = f"Type {WORDS}." if listening else "Nobody can type here, so it runs by the plan alone."
    say(words, style="dim", console=console)


def _clock(log: SqliteNightLog, ready: RoomNight, speed: float) -> SystemClock:
    """Real time; at another pace from the night's beginning, or from where its log ends."""
    if speed == 1.0:
        return SystemClock()
    rows = log.rows(ready.night.id)
    return SystemClock(speed, rows[-1].wall_utc if rows else ready.night.start_utc)


# --- Hearing ---------------------------------------------------------------------------------


class Listener:
    """Reads what is typed, a line at a time, however many lines come at once.

    Args:
        people: where it goes, as events.
        ready: the night, for its doors and sleepers.
        console: where a word that nobody understands is answered.
    """

    def __init__(
        self, people: "asyncio.Queue[AnyEvent]", ready: RoomNight, console: Console
    ) -> None:
        self._people = people
        self._ready = ready
        self._console = console
        self._half_line = b""

    def listen(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Begin; False where nothing can be typed."""
        try:
            loop.add_reader(sys.stdin.fileno(), lambda: self._read(loop))
        except (OSError, ValueError, AttributeError, NotImplementedError):
            return False
        return True

    def leave(self, loop: asyncio.AbstractEventLoop) -> None:
        """Listen no more."""
        loop.remove_reader(sys.stdin.fileno())

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Everything that waits: a `stop` must not stay behind the line before it."""
        data = os.read(sys.stdin.fileno(), READ_BYTES)
        if not data:
            self.leave(loop)
            data = b"\n"
        *lines, self._half_line = (self._half_line + data).split(b"\n")
        for line in lines:
            self.hear(line.decode("utf-8", "replace"))

    def hear(self, line: str) -> None:
        """Take a line as what someone does, or say that it was not understood."""
        event = understood(line, self._ready)
        if event is not None:
            self._people.put_nowait(event)
        elif line.strip():
            say(f"Not understood: {line.strip()}. Type {WORDS}.", console=self._console)


def understood(text: str, ready: RoomNight) -> AnyEvent | None:
    """What someone typed, as an event; None for an empty line or words nobody knows.

    A name after the words says who is meant: `up Noor`, `lights out Ilay`.
    """
    said = " ".join(text.casefold().split())
    sleeper = next(
        (i for i, one in enumerate(ready.sleepers) if said.endswith(f" {one.name.casefold()}")), 0
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
    for words, event in plain.items():
        if said == words or said.startswith(f"{words} "):
            return event
    return Choice(said) if said in _doors(ready.programme) else None


def _doors(programme: Programme) -> set[str]:
    return {exit_.chosen for scene in programme.scenes for exit_ in scene.exits if exit_.chosen}


# --- Telling ---------------------------------------------------------------------------------


def _narrator(console: Console) -> Callable[[NightRunner, TimedEvent], None]:
    """Says where the night is whenever that changes, and each scene's words once."""
    shown = ""
    told: set[str] = set()

    def on_event(runner: NightRunner, timed: TimedEvent) -> None:
        nonlocal shown
        words = scene_words(runner)
        if words != shown:
            shown = words
            say(words, style="bold", console=console)
            for line in _lines(runner) if words not in told else ():
                say(line, indent=4, console=console)
            told.add(words)
        if not isinstance(timed.event, Beat):
            kind = type(timed.event).__name__.lower()
            say(f"· {SAID.get(kind, kind)}", indent=2, style="dim", console=console)

    return on_event


def _lines(runner: NightRunner) -> tuple[str, ...]:
    """The words for whoever tells: the scene's own, or in a breather the breather's."""
    if runner.state.mode != RUNNING:
        return ()
    scene = runner.programme.scenes[runner.state.scene]
    breathing = runner.state.breather_age_beats and scene.breather >= 0
    return runner.programme.scenes[scene.breather].say if breathing else scene.say
