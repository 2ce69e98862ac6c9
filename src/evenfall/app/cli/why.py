"""`why 02:13` explains a moment of a night from its log alone."""

from datetime import UTC, datetime, time, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from evenfall.adapters.sqlite.library import SqliteLibrary
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.app.cli import completing
from evenfall.app.cli.common import home_of, kept_in, opened, print_json, say
from evenfall.app.cli.helping import add
from evenfall.app.cli.options import JsonOption
from evenfall.app.home import load_zone
from evenfall.app.keeping import night_number, steps_of
from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.learn.moments import moments, spoken
from evenfall.play.claims import phase_of
from evenfall.play.step import setpoints
from evenfall.records.insight import Moment, Morning
from evenfall.records.night import MODE_NAMES, RUNNING, LogRow, Night, NightState, Step
from evenfall.records.output import ASLEEP, PHASE_NAMES
from evenfall.records.plan import Plan
from evenfall.records.programme import BEAT_S, Programme
from evenfall.safety.gate import ceiling_name
from evenfall.safety.limits import SOURCES

Taken = tuple[tuple[LogRow, Step], ...]

SLOW_S = 5 * 60
"""A change that takes this long is told with its length (this project's own choice)."""


def register(app: typer.Typer) -> None:
    """Add this command."""
    add(app, why)


def why(
    ctx: typer.Context,
    at: Annotated[str, typer.Argument(help="A time of the night, like 02:13.", metavar="TIME")],
    night: Annotated[
        str | None,
        typer.Option(
            "--night",
            help="Which night, by its id. Else the latest, in every room.",
            metavar="NIGHT",
            autocompletion=completing.nights,
        ),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Explain a moment of a night: what the room was like, what had happened, and by which rule.

    The answer comes from the night's log alone, by taking every step again.

    [bold]Examples[/bold]

      evenfall why 02:13
      evenfall why 19:40 --night 2026-11-20-nest-1 --json
    """
    clock = _clock(at)
    database = kept_in(home_of(ctx), "run `evenfall night` first, or `evenfall demo`")
    log, library = opened(ctx, database)
    nights = _nights(log, night)
    answers = [one for found in nights for one in _explained(log, library, found, clock)]
    if not answers:
        raise _nothing(f"no night was running at {clock:%H:%M}", _spans(log, library, nights), log)
    if json_:
        print_json({"moments": answers})
        return
    for answer in answers:
        _print(answer)


def _clock(at: str) -> time:
    try:
        return datetime.strptime(at.strip(), "%H:%M").time()  # noqa: DTZ007  # placed later
    except ValueError as error:
        raise EvenfallError(
            Fault(
                found=f"{at!r} as a time",
                place=Place("TIME"),
                expected="hours and minutes, like 02:13",
                mend="write evenfall why 02:13",
            )
        ) from error


def _nights(log: SqliteNightLog, night_id: str | None) -> list[Night]:
    """The night that is named, or the latest of each room on the latest date there is."""
    nights = log.nights()
    wanted = [one for one in nights if night_id in (None, one.id)]
    if not wanted:
        listed = ", ".join(one.id for one in nights[-5:])
        named = f"no night called {night_id!r}" if night_id else "no night kept yet"
        latest_few = f"one of those kept here, such as {listed}" if listed else "a kept night"
        raise _nothing(named, latest_few, log)
    latest = max(one.night for one in wanted)
    by_room: dict[str, Night] = {}
    for one in sorted(wanted, key=lambda one: night_number(one.id)):
        if one.night == latest:
            by_room[one.room] = one
    return sorted(by_room.values(), key=lambda one: one.start_utc)


def _explained(
    log: SqliteNightLog, library: SqliteLibrary, night: Night, clock: time
) -> list[dict[str, object]]:
    """What a time of day was in one night: nothing, a moment, or two where the clock went back."""
    programme, zone = log.programme(night.programme_hash), _zone(library, night)
    if programme is None or zone is None:
        raise _nothing(f"a night whose programme or plan is gone: {night.id}", "both kept", log)
    taken = steps_of(log, night, programme)
    answers = []
    for moment in _moments(clock, night, zone):
        until = tuple(one for one in taken if one[0].wall_utc <= moment)
        if until and moment <= taken[-1][0].wall_utc + timedelta(seconds=BEAT_S + 60):
            names = _names(library, night)
            answers.append(_answer(night, programme, until, moment, _room(library, night), names))
    return answers


def _zone(library: SqliteLibrary, night: Night) -> ZoneInfo | None:
    plan = library.get(night.id, Plan)
    return None if plan is None else load_zone(plan.zone)


def _names(library: SqliteLibrary, night: Night) -> dict[str, str]:
    """What everyone was called on that night, by id."""
    plan = library.get(night.id, Plan)
    return {} if plan is None else {one.member: one.name for one in plan.members}


def _room(library: SqliteLibrary, night: Night) -> str:
    """What the family calls the room, or its id until the morning has been given back."""
    morning = library.get(night.id, Morning)
    return night.room if morning is None else morning.room


def _moments(clock: time, night: Night, zone: ZoneInfo) -> list[datetime]:
    """The end of the minute a time of day means in this night: the first at or after its start.

    Where the clocks go back that minute comes twice, and both are meant.
    """
    start = night.start_utc.astimezone(zone).replace(second=0, microsecond=0)
    moment = datetime.combine(start.date(), clock, tzinfo=zone)
    if moment < start:
        moment = datetime.combine(start.date() + timedelta(days=1), clock, tzinfo=zone)
    both = {moment.astimezone(UTC), moment.replace(fold=1).astimezone(UTC)}
    there = [one for one in sorted(both) if one.astimezone(zone).time() == clock]
    meant = there or [moment.astimezone(UTC)]  # none in the hour that the clocks leave out
    return [(one + timedelta(seconds=59)).astimezone(zone) for one in meant]


def _spans(log: SqliteNightLog, library: SqliteLibrary, nights: list[Night]) -> str:
    """When the nights ran, for someone who asked about another time."""
    spans = []
    for night in nights:
        rows, zone = log.rows(night.id), _zone(library, night)
        if rows and zone is not None:
            first, last = night.start_utc.astimezone(zone), rows[-1].wall_utc.astimezone(zone)
            spans.append(f"from {first:%H:%M} to {last:%H:%M} in the room {night.room}")
    return f"a time {', or '.join(spans)}" if spans else "a night that was kept"


def _answer(
    night: Night,
    programme: Programme,
    until: Taken,
    moment: datetime,
    room: str,
    names: dict[str, str],
) -> dict[str, object]:
    row, step = until[-1]
    passed = moments(programme, until, moment.tzinfo or UTC, names)
    return {
        "night": night.id,
        "room": night.room,
        "room_name": room,
        "at": f"{moment:%H:%M}",
        "moment": moment,
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
                "ramp_s": point.ramp_s,
                "limit": getattr(programme.limits, limit),
                "limit_for": PHASE_NAMES[phase] if phase != ASLEEP else "someone asleep",
                "source": SOURCES[limit],
            }
        )
    return answer


def _print(answer: dict[str, object]) -> None:
    mark = "  [simulated]" if answer["simulated"] else ""
    moment = answer["moment"]
    again = " (the second time)" if isinstance(moment, datetime) and _is_second(moment) else ""
    where = f"{answer['at']}{again}, {answer['room_name']}, {answer['programme']}"
    say(f"{where}: {answer['scene']}{mark}", style="bold")
    outputs = answer["outputs"]
    assert isinstance(outputs, list)
    for out in outputs:
        what = f" of {out['what']}" if out["what"] else ""
        slowly = f", over {out['ramp_s'] / 60:g} min" if out["ramp_s"] >= SLOW_S else ""
        say(
            f"{out['output']}: {out['target']:g} {out['unit']}{what}{slowly}; at most "
            f"{out['limit']:g} for {out['limit_for']}",
            indent=2,
        )
        say(str(out["source"]), indent=4, style="dim")
    _print_moments(answer)


def _is_second(moment: datetime) -> bool:
    return moment.utcoffset() != moment.replace(fold=0).utcoffset()


def _print_moments(answer: dict[str, object]) -> None:
    because, before = answer["because"], answer["before"]
    if isinstance(because, Moment):
        say(f"At {because.at:%H:%M}: {because.what},", indent=2)
        say(f"because {because.why}.", indent=4)
    else:
        say("Nothing had moved it since it began.", indent=2)
    assert isinstance(before, tuple)
    for moment in reversed(before):
        say(f"Before that, {moment.at:%H:%M}: {moment.what}.", indent=2, style="dim")


def _nothing(found: str, expected: str, log: SqliteNightLog) -> EvenfallError:
    return EvenfallError(
        Fault(
            found=found,
            place=Place(str(log.path)),
            expected=expected,
            mend="ask for another time, name another night with --night, or run `evenfall night`",
        )
    )
