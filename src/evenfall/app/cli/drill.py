"""`drill` rehearses an emergency with the family's own devices, and says what held."""

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from evenfall.app.cli.common import (
    ASIDE,
    CONSOLE,
    Here,
    InterruptedNightError,
    here,
    print_json,
    say,
)
from evenfall.app.cli.family import ended_in_order
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption, RoomOption
from evenfall.app.reach.addresses import PORT
from evenfall.app.reach.sockets import listening_on
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.formats.words import listing
from evenfall.records.drill import Drill, DrillStep, Outcome

if TYPE_CHECKING:
    from evenfall.app.devices import HomeDevices
    from evenfall.app.drill.process import Evening
    from evenfall.app.drill.steps import DrillSteps
    from evenfall.records.household import Room

MARKS: dict[Outcome, tuple[str, str]] = {
    "held": ("held", "bold #b8860b"),
    "failed": ("look", "bold #e2703a"),
    "know": ("know", "bold"),
    "left-out": ("left", "dim"),
}


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, drill)


def drill(
    ctx: typer.Context,
    room: RoomOption = None,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Ask nobody: only what can be read back from devices counts."),
    ] = False,
    house: Annotated[
        bool,
        typer.Option("--house", help="Open its pages to the house, so that phones take part."),
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Rehearse an emergency with this home's own lamps, pages and phones, while all are awake.

    A gentle light comes up, and is stopped in every way there is; the hub's heart is stopped; an
    adult's phone is really told, marked a drill; and what takes over if this machine loses its
    power really does. It says beforehand what will happen, asks what only a person can see, and
    says at the end what held and how to mend what did not. No night is touched, and none runs
    meanwhile. Ctrl-C ends it at any moment, dark and quiet.

    Leaves with code 0 where everything held, 1 where something did not, 2 where it cannot be held.

    [bold]Examples[/bold]

      evenfall drill
      evenfall drill --room nest --house
      evenfall drill --yes --json
    """
    with ended_in_order():
        person = _Nobody(quiet=json_) if yes or json_ else _Somebody(quiet=False)
        held = hold(here(ctx), room, person, house=house)
    if json_:
        print_json(held)
    else:
        _print_end(held)
    if any(one.outcome == "failed" for one in held.steps):
        raise typer.Exit(1)


def hold(
    where: Here, room: str | None, person: "Person", *, house: bool, speed: float = 1.0
) -> Drill:
    """Hold a drill and keep what came of it.

    Args:
        where: the home.
        room: which room, or None for that of the youngest.
        person: who is asked and shown.
        house: true to open its pages to the house.
        speed: how many of the evening's seconds pass in a real one; another than 1 is for tests.

    Raises:
        EvenfallError: it cannot be held now.
    """
    # Imported here: only this command opens a hub beside its devices.
    from evenfall.app.devices import HomeDevices, load_devices
    from evenfall.app.drill.kept import devices_digest, keep

    refuse_at_night(where, datetime.now(UTC))
    began_s, at_utc = time.monotonic(), datetime.now(UTC)
    with ExitStack() as held:
        kept = Path(held.enter_context(TemporaryDirectory(prefix="evenfall-drill-")))
        devices = held.enter_context(closing(HomeDevices(where.home, where.household)))
        evening = _evening(where, room, kept, house=house, speed=speed)
        steps = _steps(where, evening, devices, person)
        person.begin(_beforehand(where, evening, devices), steps.count())
        done = _all(steps, person)
    document = load_devices(where.home, where.household)
    result = Drill(
        at_utc=at_utc,
        room=evening.room,
        devices=devices_digest(where.household, document.record if document else None),
        steps=tuple(done),
        took_s=round(time.monotonic() - began_s, 1),
    )
    keep(where.home, result)
    return result


def refuse_at_night(where: Here, now: datetime) -> None:
    """A drill never runs beside a night.

    Raises:
        EvenfallError: somebody's light is out by the plan, or this home's guard is at work.
    """
    from evenfall.adapters.guard.process import is_running
    from evenfall.app.drill.house import asleep_now

    asleep = asleep_now(where.household, now, where.zone)
    if asleep is not None:
        until = asleep.wake.astimezone(where.zone)
        found = f"a night: {asleep.name} is to sleep until {until:%H:%M}"
        mend = "hold it by day, or in the evening before the first light goes out"
        raise EvenfallError(Fault(found, Place(), "everyone awake", mend))
    if is_running(where.home.folder):
        raise EvenfallError(
            Fault(
                found="a hub that serves this home, whose guard drives its lamps",
                place=Place(str(where.home.folder)),
                expected="no hub while a drill is held: its lamps can have one guard only",
                mend="where no story is under way, end the hub with Ctrl-C (or sudo systemctl stop "
                "evenfall), hold the drill, and start the hub again",
            )
        )


def _evening(where: Here, room: str | None, kept: Path, *, house: bool, speed: float) -> "Evening":
    from evenfall.app.drill.house import begins_at, drill_room
    from evenfall.app.drill.process import Evening

    night = (datetime.now(where.zone) - timedelta(hours=12)).date()
    chosen = drill_room(where.household, room, night, where.zone)
    with listening_on(PORT if house else 0) as free:
        port = int(free.getsockname()[1])
    return Evening(
        folder=where.home.folder,
        household_file=where.household_file,
        kept=kept,
        room=chosen.room,
        at=begins_at(where.household, chosen, night, where.zone),
        port=port,
        to_the_house=house,
        speed=speed,
    )


def _steps(
    where: Here, evening: "Evening", devices: "HomeDevices", person: "Person"
) -> "DrillSteps":
    from evenfall.app.drill.process import DrillHub
    from evenfall.app.drill.steps import DrillSteps

    button = devices.stop_button.entity_id if devices.stop_button is not None else ""
    hub, room = DrillHub(evening), _room(where, evening.room)
    return DrillSteps(hub, devices, where.household, room, person, button, evening.speed)


def _room(where: Here, room: str) -> "Room":
    return next(one for one in where.household.rooms if one.id == room)


def _all(steps: "DrillSteps", person: "Person") -> list[DrillStep]:
    """Every step; the room is safe at the end of it, however it ends."""
    done: list[DrillStep] = []
    try:
        for one in steps.all():
            done.append(one)
            person.ended(one)
    except KeyboardInterrupt:
        found, after = "the drill was ended", "everything is dark and quiet, and nothing is kept"
        raise InterruptedNightError(
            Fault(found, Place(), after, "evenfall drill begins it anew")
        ) from None
    finally:
        steps.finish()
    return done


# --- What is said --------------------------------------------------------------------------------


def _beforehand(where: Here, evening: "Evening", devices: "HomeDevices") -> list[str]:
    """What will happen, in order, before anything does."""
    room = _room(where, evening.room)
    ours = [one.output.id for one in devices.connected if one.room == room.id]
    light = f"A gentle light comes up: {', '.join(ours)}." if ours else "A page lights up gently."
    called = listing(devices.calls.plain(), "and")
    button = devices.stop_button.entity_id if devices.stop_button is not None else ""
    ways = ["from a page", "from a second screen", "by `evenfall stop`"]
    ways += [f"by {button}"] if button else []
    watched = devices.home_assistant is not None and bool(ours)
    return [
        f"A drill for {where.household.name}, in {room.name}. Nobody should be asleep there.",
        light,
        *(
            [f"A notice goes to {called}, and says that it is a drill."]
            if devices.calls.ways
            else []
        ),
        f"It is stopped {listing(ways, 'and')}.",
        "The hub is ended in the middle, and the guard makes the room dark.",
        *(
            ["Then everything is ended at once, and Home Assistant makes it dark."]
            if watched
            else []
        ),
        "It takes three or four minutes. Ctrl-C ends it at any moment, dark and quiet.",
    ]


def _print_end(held: Drill) -> None:
    counts = {kind: sum(1 for one in held.steps if one.outcome == kind) for kind in MARKS}
    minutes, seconds = divmod(round(held.took_s), 60)
    say("")
    if not counts["failed"]:
        say(f"All {counts['held']} held. It took {minutes} min {seconds} s.", style="bold")
    else:
        whole = counts["held"] + counts["failed"]
        say(f"{counts['failed']} of {whole} did not hold.", style="bold #e2703a")
        for one in held.steps:
            if one.outcome == "failed":
                say(f"{one.title}: {one.mend}", indent=2, hang=4)
    if counts["left-out"]:
        say(f"{counts['left-out']} left out, for a person to try.", style="dim")
    say("What was lit is dark now; use it as you like. `evenfall doctor` says when to do it again.")


def print_step(step: DrillStep) -> None:
    """One step, as it is over."""
    word, style = MARKS[step.outcome]
    say(f"{word}  {step.title}", style=style if step.outcome != "held" else "bold", hang=6)
    say(step.found, indent=6, hang=6)
    if step.mend and step.outcome in ("failed", "know"):
        say(f"mend: {step.mend}", indent=6, hang=8, style="dim")


# --- Whoever holds it ----------------------------------------------------------------------------


class _Nobody:
    """A program, or a person who wants to be asked nothing."""

    is_there = False

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._count, self._ended = 1, 0
        self._shown: Progress | None = None

    def begin(self, words: list[str], count: int) -> None:
        """Say what will happen, in about so many steps."""
        self._count = count
        if self._quiet:
            return
        first, *rest = words
        say(first, style="bold")
        for one in rest:
            say(one, indent=2)
        say("")

    @contextmanager
    def doing(self, title: str) -> Iterator[None]:
        """Show that something is under way, where somebody looks."""
        if self._quiet or not CONSOLE.is_terminal:
            yield
            return
        columns = (SpinnerColumn(style="#e2703a"), BarColumn(20, complete_style="#e2703a"),
                   TextColumn("{task.description}"), TimeElapsedColumn())  # fmt: skip
        with Progress(*columns, console=CONSOLE, transient=True) as shown:
            shown.add_task(title, total=self._count, completed=self._ended)
            self._shown = shown
            try:
                yield
            finally:
                self._shown = None

    def ask(self, question: str) -> bool | None:  # noqa: ARG002
        """Nobody answers."""
        return None

    def tell(self, words: str) -> None:
        """Say something to be done."""
        to = self._shown.console if self._shown is not None else CONSOLE
        say(words, indent=6, style="bold #e2703a", console=to)

    def ended(self, step: DrillStep) -> None:
        """A step is over."""
        self._ended += 1
        if not self._quiet:
            print_step(step)


class _Somebody(_Nobody):
    """A person at the terminal."""

    is_there = True

    def begin(self, words: list[str], count: int) -> None:
        """Say what will happen, and wait for a yes."""
        super().begin(words, count)
        if not self.ask("Begin?"):
            raise InterruptedNightError(
                Fault("no drill was held", Place(), "nothing was changed", "evenfall drill -h")
            )
        say("")

    def ask(self, question: str) -> bool:
        """Ask, until it is a yes or a no.

        Raises:
            EvenfallError: nobody answers any more.
        """
        while True:
            ASIDE.print(f"      {question} [y/n] ", end="", markup=False, soft_wrap=True)
            answer = sys.stdin.readline()
            if not answer:
                found, mend = "nobody to ask", "add --yes to count only what can be read back"
                raise EvenfallError(Fault(found, Place(), "an answer, y or n", mend))
            if (said := answer.strip().lower()) in ("y", "yes", "n", "no"):
                return said.startswith("y")


Person = _Nobody | _Somebody
NOBODY = _Nobody(quiet=True)
