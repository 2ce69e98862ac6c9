"""`why 02:13` explains a moment of a night from its log alone."""

from datetime import datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.text import Text

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli.common import CONSOLE, home_of, print_json
from evenfall.app.cli.options import JsonOption
from evenfall.app.keeping import night_number, steps_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.moments import moments, spoken
from evenfall.play.step import setpoints
from evenfall.records.insight import Moment
from evenfall.records.night import MODE_NAMES, RUNNING, LogRow, Night, NightState, Step
from evenfall.records.output import ASLEEP, PHASE_NAMES
from evenfall.records.plan import Plan
from evenfall.records.programme import BEAT_S, Programme
from evenfall.runtime.night_runner import phase_of
from evenfall.safety.gate import ceiling_name
from evenfall.safety.limits import SOURCES

Taken = tuple[tuple[LogRow, Step], ...]


def register(app: typer.Typer) -> None:
    """Add this command."""
    app.command()(why)


def why(
    ctx: typer.Context,
    at: Annotated[str, typer.Argument(help="A time of the night, like 02:13.", metavar="TIME")],
    night: Annotated[
        str | None,
        typer.Option("--night", help="Which night, by its id. Else the latest.", metavar="NIGHT"),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Explain a moment of a night: what the room was like, what had happened, and by which rule.

    The answer comes from the night's log alone, by taking every step again.

    [bold]Examples[/bold]

      evenfall why 02:13
      evenfall why 19:40 --night 2026-11-20-nest-1 --json
    """
    home = home_of(ctx)
    log, library = SqliteNightLog(home.database), SqliteLibrary(home.database)
    answers = []
    for found in _nights(log, night):
        answer = _explained(log, library, found, at)
        if answer is not None:
            answers.append(answer)
    if not answers:
        raise _nothing(f"no night was running at {at}", log)
    if json_:
        print_json({"moments": answers})
        return
    for answer in answers:
        _print(answer)


def _nights(log: SqliteNightLog, night_id: str | None) -> list[Night]:
    """The night that is named, or the latest of each room on the latest date there is."""
    nights = log.nights()
    wanted = [one for one in nights if night_id in (None, one.id)]
    if not wanted:
        listed = ", ".join(one.id for one in nights[-5:]) or "none yet"
        raise _nothing(f"no such night; the nights here: {listed}", log)
    latest = max(one.night for one in wanted)
    by_room: dict[str, Night] = {}
    for one in sorted(wanted, key=lambda one: night_number(one.id)):
        if one.night == latest:
            by_room[one.room] = one
    return sorted(by_room.values(), key=lambda one: one.start_utc)


def _explained(
    log: SqliteNightLog, library: SqliteLibrary, night: Night, at: str
) -> dict[str, object] | None:
    """A moment of one night, or None where that night was not running then."""
    programme = log.programme(night.programme_hash)
    plan = library.get(night.id, Plan)
    if programme is None or plan is None:
        raise _nothing(f"the programme or plan of {night.id} is not kept", log)
    zone = ZoneInfo(plan.zone)
    moment = _moment(at, night, zone)
    taken = steps_of(log, night, programme)
    if not taken or moment > taken[-1][0].wall_utc + timedelta(seconds=BEAT_S + 60):
        return None
    until = tuple(one for one in taken if one[0].wall_utc <= moment)
    return _answer(night, programme, until, moment, zone) if until else None


def _moment(at: str, night: Night, zone: ZoneInfo) -> datetime:
    """The moment of this night that a time of day means: the first one at or after its start."""
    try:
        clock = datetime.strptime(at, "%H:%M").time()  # noqa: DTZ007  # a wall time, placed below
    except ValueError as error:
        raise EvenfallError(
            Fault(
                found=f"{at!r} as a time",
                place=Place("TIME"),
                expected="hours and minutes, like 02:13",
                mend="write evenfall why 02:13",
            )
        ) from error
    start = night.start_utc.astimezone(zone)
    moment = datetime.combine(start.date(), clock, tzinfo=zone)
    if moment < start.replace(second=0, microsecond=0):
        moment = datetime.combine(start.date() + timedelta(days=1), clock, tzinfo=zone)
    return moment + timedelta(seconds=59)


def _answer(
    night: Night, programme: Programme, until: Taken, moment: datetime, zone: ZoneInfo
) -> dict[str, object]:
    row, step = until[-1]
    passed = moments(programme, until, zone)
    return {
        "night": night.id,
        "room": night.room,
        "at": f"{moment:%H:%M}",
        "simulated": night.simulated,
        "programme": programme.title,
        "scene": _scene_words(programme, step.state),
        "outputs": _outputs(programme, step.state),
        "because": passed[-1] if passed else None,
        "before": passed[-4:-1],
        "last_row": {"seq": row.seq, "beat": row.beat, "kind": row.kind, "digest": row.digest},
    }


def _scene_words(programme: Programme, state: NightState) -> str:
    scene = programme.scenes[state.scene]
    if state.mode != RUNNING:
        return MODE_NAMES[state.mode]
    breather = ", in a breather" if state.breather_age_beats else ""
    glow = ", with the glow that answers a touch" if state.glow_age_beats else ""
    return f"“{spoken(scene.id)}” ({scene.kind}{breather}{glow})"


def _outputs(programme: Programme, state: NightState) -> list[dict[str, object]]:
    phase = phase_of(programme, state)
    answer = []
    for point in setpoints(programme, state):
        limit = ceiling_name(point.output, phase)
        unit = "lx mEDI" if point.output == "light" else "dBA"
        answer.append(
            {
                "output": point.output,
                "target": point.target,
                "unit": unit,
                "what": point.what,
                "limit": getattr(programme.limits, limit),
                "limit_for": PHASE_NAMES[phase] if phase != ASLEEP else "someone asleep",
                "source": SOURCES[limit],
            }
        )
    return answer


def _print(answer: dict[str, object]) -> None:
    mark = "  [simulated]" if answer["simulated"] else ""
    where = f"{answer['at']} in the {answer['room']}, {answer['programme']}"
    CONSOLE.print(Text(f"{where}: {answer['scene']}{mark}"), style="bold")
    outputs = answer["outputs"]
    assert isinstance(outputs, list)
    for out in outputs:
        CONSOLE.print(
            Text(
                f"  {out['output']}: {out['target']:g} {out['unit']}"
                f"{' of ' + out['what'] if out['what'] else ''}, of at most {out['limit']:g} for "
                f"{out['limit_for']}"
            )
        )
        CONSOLE.print(Text(f"    {out['source']}"), style="dim")
    _print_moments(answer)


def _print_moments(answer: dict[str, object]) -> None:
    because, before = answer["because"], answer["before"]
    if isinstance(because, Moment):
        CONSOLE.print(Text(f"  since {because.at:%H:%M}: {because.what}"))
        CONSOLE.print(Text(f"    because {because.why}"))
    else:
        CONSOLE.print(Text("  Nothing had moved it since it began."))
    assert isinstance(before, tuple)
    for moment in reversed(before):
        CONSOLE.print(Text(f"  before that, {moment.at:%H:%M}: {moment.what}"), style="dim")


def _nothing(found: str, log: SqliteNightLog) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=found,
            place=Place(str(log.path)),
            expected="a night that was kept",
            mend="run `evenfall night`, or name another with --night",
        )
    )
