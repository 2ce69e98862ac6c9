"""`rehearse` runs many simulated nights of a score, with faults, before anyone sleeps with it."""

import multiprocessing
import os
import shlex
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from multiprocessing import resource_tracker
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from evenfall.app.cli import completing
from evenfall.app.cli.common import (
    CONSOLE,
    InterruptedNightError,
    find_state,
    home_of,
    is_live_terminal,
    night_date,
    print_json,
    say,
    say_path,
)
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import DateOption, JsonOption, RoomOption
from evenfall.app.home import (
    BUILT_IN,
    Home,
    builtin_score,
    exists,
    load_household,
    load_zone,
    read_text,
    write_atomically,
)
from evenfall.app.report.rehearsal import (
    Figure,
    night_figure,
    rehearsal_figures,
    rehearsal_page,
)
from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.quantity import light_lx_medi
from evenfall.formats.score import read_score
from evenfall.plan.age import sure_years
from evenfall.plan.tonight import plan_tonight
from evenfall.play.schedule import beat_at
from evenfall.records.household import Household
from evenfall.records.plan import Plan, RoomEvening
from evenfall.records.programme import BEAT_S
from evenfall.records.score import Score
from evenfall.rehearse.nights.faults import FAULTS, faults_named
from evenfall.rehearse.nights.run import Setting, night_seed, run_night
from evenfall.rehearse.nights.summary import Rehearsal, rehearse_nights, summed_up
from evenfall.rehearse.nights.tally import NightResult, judge, story
from evenfall.safety.limits import limits_for, strictest

BROKEN_CODE = 1
CHUNK_NIGHTS = 20
"""Nights that one worker takes at a time, and that are not worth a second process."""

SLEEPERS_MAX = 2
BEGINS_MIN, LATER_MIN, AFTER_MIN = 20, 20, 45
"""A typical evening, where no household is given: begun 20 min after wind-down, lights out when the
score is at its longest, each next sleeper's 20 min later, the night kept until 45 min after the
wake. This project's own choice, as are the nights' lengths below."""
_NIGHT_H = ((6.0, 11.0), (13.0, 10.0), (18.0, 9.0), (200.0, 8.0))

FAULTS_HELP = "\n\n[bold]Faults[/bold]\n\n" + "\n".join(
    f"  {name:<15}{about}" for name, about in FAULTS.items()
)


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, rehearse, more=FAULTS_HELP)


def rehearse(
    ctx: typer.Context,
    score: Annotated[
        str,
        typer.Argument(
            help="A score file, or the name of a built-in one or of one of your own.",
            metavar="SCORE",
            autocompletion=completing.scores,
        ),
    ],
    nights: Annotated[
        int, typer.Option("--nights", min=1, max=100_000, help="How many nights.", metavar="N")
    ] = 1000,
    seed: Annotated[
        int, typer.Option("--seed", help="Chance; the same seed, the same nights.", metavar="N")
    ] = 7,
    faults: Annotated[
        str,
        typer.Option(
            "--faults", help="all, none, or names with commas between; see below.", metavar="NAMES"
        ),
    ] = "all",
    night: Annotated[
        int | None,
        typer.Option("--night", min=1, help="Tell the story of this one night.", metavar="N"),
    ] = None,
    household: Annotated[
        Path | None,
        typer.Option(
            "--household",
            help="For the people of a room of this household. Else for typical sleepers.",
            metavar="FILE",
        ),
    ] = None,
    room: RoomOption = None,
    date_: DateOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write page, pictures and data here.", metavar="FOLDER"),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, max=64, help="Processes at once. Else one a core, two at most."
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Rehearse a score: many simulated nights, in which things go wrong at any moment.

    Nobody sleeps. The engine is the real one, and hub, guard, room and devices are models around
    it; what is assumed is said with the figures. Whatever breaks a rule is told with the night it
    happened in, which `--night` tells from its seed alone, and the command leaves with 1.

    [bold]Examples[/bold]

      evenfall rehearse tidepool
      evenfall rehearse my-dream.yaml --nights 200 --faults hub-killed,stop
      evenfall rehearse two-boats --night 12
      evenfall rehearse tidepool --out rehearsal
    """
    kinds = faults_named(faults)
    document = _document(home_of(ctx), score)
    file = household or find_state(ctx).household_file
    setting = typical_setting(document) if file is None else _at_home(document, file, room, date_)
    if night is not None:
        _one_night(setting, seed, kinds, night, out, json_)
        return
    cores = min(os.cpu_count() or 1, 2)
    try:
        with _progress(nights, json_) as done:
            results = all_nights(setting, seed, kinds, nights, workers or cores, done)
    except KeyboardInterrupt:
        raise _interrupted() from None
    rehearsal = summed_up(setting, seed, kinds, results)
    if out is not None:
        _write(out, rehearsal)
    if json_:
        print_json(rehearsal)
    else:
        said = _said_again(score, seed, faults, household, room, date_)
        _print(rehearsal, find_state(ctx).again(said), out)
    if rehearsal.violations:
        raise typer.Exit(BROKEN_CODE)


def _interrupted() -> EvenfallError:
    return InterruptedNightError(
        Fault(
            found="the rehearsal was cut off",
            place=Place(),
            expected="nothing of it is kept",
            mend="the same seed gives the same nights again",
        )
    )


# --- Running -----------------------------------------------------------------------------------


def all_nights(
    setting: Setting,
    seed: int,
    kinds: Sequence[str],
    nights: int,
    workers: int,
    done: Callable[[int], None] = lambda _: None,
) -> list[NightResult]:
    """Every night of a rehearsal, in order; the same however many work at it.

    Args:
        setting: who sleeps where and when.
        seed: the rehearsal's seed.
        kinds: what may go wrong.
        nights: how many.
        workers: how many processes at once; 1 runs in this one.
        done: told how many more nights are done.
    """
    starts = range(1, nights + 1, CHUNK_NIGHTS)
    chunks = [(first, min(first + CHUNK_NIGHTS - 1, nights)) for first in starts]
    found: list[NightResult] = []
    if workers == 1 or len(chunks) == 1:
        for first, last in chunks:
            found += rehearse_nights(setting, seed, kinds, first, last)
            done(last - first + 1)
        return found
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    try:
        with _interrupts_wait():
            waiting = [pool.submit(rehearse_nights, setting, seed, kinds, *one) for one in chunks]
        for (first, last), one in zip(chunks, waiting, strict=True):
            found += one.result()
            done(last - first + 1)
    finally:
        pool.shutdown(cancel_futures=True)
    return found


@contextmanager
def _interrupts_wait() -> Iterator[None]:
    """Ctrl-C waits until all workers are started, and they themselves never hear it.

    A process keeps the mask it is started under, and one cut off while it starts says so at length.
    The mask is this thread's alone, so what another thread is told is only noted until the end.

    Raises:
        KeyboardInterrupt: it was pressed meanwhile.
    """
    resource_tracker.ensure_running()  # started later, it would let signals through again
    heard: list[int] = []
    handler = signal.signal(signal.SIGINT, lambda number, _: heard.append(number))
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        signal.signal(signal.SIGINT, handler)
    if heard:
        raise KeyboardInterrupt


@contextmanager
def _progress(nights: int, json_: bool) -> Iterator[Callable[[int], None]]:
    if json_ or not is_live_terminal():
        yield lambda _: None
        return
    columns = (
        TextColumn("rehearsing"),
        BarColumn(bar_width=40, complete_style="#e2703a", finished_style="#b8562a"),
        TextColumn("{task.completed:,.0f} of {task.total:,.0f} nights"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=CONSOLE, transient=True) as progress:
        task = progress.add_task("", total=nights)
        yield lambda more: progress.advance(task, more)


# --- Who sleeps where --------------------------------------------------------------------------


def _document(home: Home, score: str) -> Document[Score]:
    """A built-in score, a file, or the home's own score of that name."""
    if score in BUILT_IN:
        return builtin_score(score)
    file, own = Path(score), home.score_file(score)
    if not exists(file) and exists(own):
        file = own
    return read_score(read_text(file, "a score"), str(file))


def typical_setting(document: Document[Score]) -> Setting:
    """The youngest it is for and, where it is for more than one, someone four years older."""
    audience = document.record.audience
    sleepers = min(audience.sleepers, SLEEPERS_MAX)
    ages = tuple(float(audience.youngest + 4 * i) for i in range(sleepers))
    programme = compile_score(
        document,
        limits=strictest(*(limits_for(age) for age in ages)),
        sleepers=sleepers,
        youngest_years=ages[0],
    )
    per_min = 60 // BEAT_S
    first = BEGINS_MIN * per_min + programme.length_max_beats
    lights_out = tuple(first + i * LATER_MIN * per_min for i in range(sleepers))
    night_h = next(hours for below, hours in _NIGHT_H if ages[0] < below)
    wake = lights_out[-1] + int(night_h * 60) * per_min
    who = " and ".join(f"{age:g}" for age in ages)
    return Setting(
        programme=programme,
        members=tuple(f"sleeper-{i + 1}" for i in range(sleepers)),
        ages_years=ages,
        begin_beat=BEGINS_MIN * per_min,
        lights_out_beats=lights_out,
        wake_beats=(wake,) * sleepers,
        beats=wake + AFTER_MIN * per_min,
        where=f"typical sleepers of {who}" if sleepers > 1 else f"a typical sleeper of {who}",
    )


def _at_home(document: Document[Score], file: Path, room: str | None, date_: str | None) -> Setting:
    """The people of one room of a household, by the plan of one of their nights."""
    home = load_household(file)
    zone = load_zone(home.record.zone, home.place("zone"))
    plan = plan_tonight(home.record, night_date(date_, zone), zone)
    evening = _evening(plan, room, file)
    people = {one.member: one for one in plan.members}
    sleepers = [people[one] for one in evening.sleepers]
    ages = tuple(sure_years(one.age_months) for one in sleepers)
    programme = compile_score(
        document,
        limits=strictest(*(limits_for(age) for age in ages)),
        sleepers=len(ages),
        youngest_years=min(ages),
        night_light_lx_medi=_night_light(home.record, evening.room),
    )
    start = min(one.wind_down for one in sleepers)
    wakes = tuple(beat_at(start, one.wake) for one in sleepers)
    begins = beat_at(start, evening.begins) if evening.begins else BEGINS_MIN * 60 // BEAT_S
    return Setting(
        programme=programme,
        members=tuple(one.member for one in sleepers),
        ages_years=tuple(one.age_months / 12 for one in sleepers),
        begin_beat=max(begins, 0),
        lights_out_beats=tuple(beat_at(start, one.lights_out) for one in sleepers),
        wake_beats=wakes,
        beats=max(wakes) + AFTER_MIN * 60 // BEAT_S,
        where=f"the room {evening.room} of {plan.household}, as planned for "
        f"{date.fromisoformat(plan.night)}",
    )


def _evening(plan: Plan, room: str | None, file: Path) -> RoomEvening:
    found = {one.room: one for one in plan.rooms}
    if room is None:
        return plan.rooms[0]
    if room not in found:
        raise EvenfallError(
            Fault(
                found=f"nobody sleeps in a room called {room!r}",
                place=Place(str(file)),
                expected=f"one of {', '.join(found)}",
                mend=f"write --room {plan.rooms[0].room}",
            )
        )
    return found[room]


def _night_light(household: Household, room: str) -> float:
    return light_lx_medi(next(one.night_light for one in household.rooms if one.id == room))


# --- Telling -----------------------------------------------------------------------------------


def _one_night(
    setting: Setting,
    seed: int,
    kinds: Sequence[str],
    night: int,
    out: Path | None,
    json_: bool,
) -> None:
    """One night again, from its seed alone: its story, and its picture where one is asked for."""
    run = run_night(setting, night_seed(seed, night), kinds)
    result = judge(run, night)
    moments = story(run, result.violations)
    if out is not None:
        _write_figure(out, night_figure(setting.programme.title, run, result))
    if json_:
        print_json({"simulated": True, "night": result, "story": moments})
    else:
        title = f"{setting.programme.title}, night {night} of seed {seed}  [simulated]"
        say(title, style="bold")
        for one in moments:
            say(f"{one.clock:>8}  {one.what}", indent=2, hang=12)
        say(_broken_words(len(result.violations)), style="bold")
        if out is not None:
            say_path("The picture:", out / f"night-{night}.svg")
    if result.violations:
        raise typer.Exit(BROKEN_CODE)


def _print(one: Rehearsal, again: str, out: Path | None) -> None:
    say(f"{one.title}: {one.nights:,} nights rehearsed, seed {one.seed}  [simulated]", style="bold")
    say(f"For {one.where}. {one.happenings:,} things went wrong or were done.", indent=2)
    quiet = one.time_to_quiet
    if quiet.median_min is not None:
        say(
            f"Quiet after {quiet.median_min:g} min in the middle night, {quiet.longest_min:g} in "
            f"the longest; the score's own longest way is {quiet.score_max_min:g}.",
            indent=2,
        )
    say(
        f"From the fade after lights-out to dawn, at most {one.light_asleep_max_lx_medi:g} lx "
        f"mEDI and {one.sound_asleep_max_dba:g} dBA at the pillow.",
        indent=2,
    )
    if one.sound_laeq_8h_max_dba is not None:
        heard = f"{one.sound_laeq_8h_max_dba:g} dBA (limit {one.sound_asleep_limit_dba:g})"
        say(f"Over eight hours from lights-out, LAeq at most {heard}.", indent=2)
    if one.breathers_due:
        say(f"{one.breathers_kept:,} of {one.breathers_due:,} breathers kept.", indent=2)
    if one.stop_longest_s is not None:
        say(f"{one.stops:,} stops; the slowest took {one.stop_longest_s:g} s.", indent=2)
    woken = sum(one.wakings.values())
    caused = "1 waking" if woken == 1 else f"{woken:,} wakings"
    say(f"{caused} caused, by the model that is stated with them.", indent=2)
    if one.dawn_earliest_min >= 1:
        early = f"The earliest dawn came {one.dawn_earliest_min:g} min early"
        say(f"{early}: by a wall clock that had been set forward.", indent=2)
    rows = f"{one.log_rows:,} log rows, {one.hub_starts:,} starts of a killed hub"
    say(f"{rows}: none lost or doubled." if not _lost(one) else f"{rows}.", indent=2)
    _print_broken(one)
    say(f"The night to look at first: `{again} --night {one.worst_night}`", indent=2)
    if out is not None:
        say_path("The page:", out / "index.html")


def _said_again(
    score: str, seed: int, faults: str, household: Path | None, room: str | None, date_: str | None
) -> str:
    """The command for the very same nights, to be copied as it is."""
    options = (
        ("--seed", seed),
        ("--faults", None if faults == "all" else faults),
        ("--household", household),
        ("--room", room),
        ("--date", date_),
    )
    said = [f"{name} {shlex.quote(str(value))}" for name, value in options if value is not None]
    return " ".join(["rehearse", shlex.quote(score), *said])


def _lost(one: Rehearsal) -> bool:
    return any(fault.rule == "log" for night in one.broken for fault in night.violations)


def _broken_words(violations: int) -> str:
    if not violations:
        return "No rule was broken."
    return f"{violations:,} rules broken." if violations > 1 else "A rule was broken."


def _print_broken(one: Rehearsal) -> None:
    say(_broken_words(one.violations), style="bold")
    for night in one.broken:
        for fault in night.violations:
            where = f"night {night.night}, {fault.at_s / 60:.1f} min in"
            say(f"{where}: {fault.what} ({fault.rule}; seed {night.seed})", indent=2)


def _write(folder: Path, rehearsal: Rehearsal) -> None:
    figures = rehearsal_figures(rehearsal)
    for figure in figures:
        _write_figure(folder, figure)
    body = msgspec.json.format(msgspec.json.encode(rehearsal), indent=2)
    write_atomically(folder / "rehearsal.json", body)
    write_atomically(folder / "index.html", rehearsal_page(rehearsal, figures))


def _write_figure(folder: Path, figure: Figure) -> None:
    write_atomically(folder / f"{figure.name}.svg", figure.svg)
    write_atomically(folder / f"{figure.name}.json", msgspec.json.format(bytes(figure.data)))
