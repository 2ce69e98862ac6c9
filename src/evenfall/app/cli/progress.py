"""A night in the terminal while it runs: one line a room, its scene and how far it is."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, Progress, TextColumn
from rich.text import Text

from evenfall.app.cli.common import CONSOLE, is_live_terminal
from evenfall.app.evening import RoomNight
from evenfall.learn.moments import spoken
from evenfall.play.schedule import time_of
from evenfall.records.night import ASLEEP_MASK, MODE_NAMES, RUNNING, Beat, TimedEvent
from evenfall.runtime.night_runner import NightRunner

Shown = Callable[[RoomNight], Callable[[NightRunner, TimedEvent], None]]


@contextmanager
def nights_shown(pace_s: float | None) -> Iterator[Shown]:
    """A display for rooms, each shown for about `pace_s` seconds; nothing where nobody looks.

    Args:
        pace_s: how long a night takes on the screen; 0 is as fast as it goes, and None shows
            nothing.
    """
    if pace_s is None or not is_live_terminal():
        yield lambda _: lambda _runner, _timed: None
        return
    columns = (
        TextColumn("{task.fields[clock]}", style="dim"),
        TextColumn("{task.fields[room]:<10}"),
        BarColumn(bar_width=30, complete_style="#e2703a", finished_style="#b8562a"),
        TextColumn("{task.fields[scene]:<26}"),
        TextColumn("{task.fields[asleep]}", style="dim"),
    )
    with Progress(*columns, console=CONSOLE) as progress:
        yield lambda ready: _line(progress, ready, pace_s)


def _line(
    progress: Progress, ready: RoomNight, pace_s: float
) -> Callable[[NightRunner, TimedEvent], None]:
    beats = max(timed.beat for timed in ready.events) + 1
    task = progress.add_task("", total=beats, clock="     ", room=ready.night.room, scene="",
                             asleep="")  # fmt: skip
    began_s = time.monotonic()
    zone = ready.sleepers[0].wind_down.tzinfo

    def on_event(runner: NightRunner, timed: TimedEvent) -> None:
        if not isinstance(timed.event, Beat):
            return
        last = timed.beat == beats - 1 or runner.over
        if not last and timed.beat % 10:
            return
        at = time_of(runner.night.start_utc, timed.beat).astimezone(zone)
        progress.update(
            task,
            completed=beats if last else timed.beat + 1,
            clock=f"{at:%H:%M}",
            scene=scene_words(runner),
            asleep=_asleep_words(ready, timed.event),
        )
        ahead_s = pace_s * timed.beat / beats - (time.monotonic() - began_s)
        if ahead_s > 0:
            time.sleep(ahead_s)

    return on_event


def scene_words(runner: NightRunner) -> str:
    """Where the night is, in a few words."""
    if runner.state.mode != RUNNING:
        return MODE_NAMES[runner.state.mode]
    scene = runner.programme.scenes[runner.state.scene]
    return "breather" if runner.state.breather_age_beats else spoken(scene.id)


def _asleep_words(ready: RoomNight, beat: Beat) -> str:
    known = [
        f"{Text(one.name).plain} {'asleep' if ASLEEP_MASK >> code & 1 else 'awake'}"
        for one, code in zip(ready.sleepers, beat.stages, strict=False)
        if code
    ]
    return ", ".join(known) or "nothing measured"
