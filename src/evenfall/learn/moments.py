"""The night as a list of moments: what happened, when, and the rule behind it.

From the log's rows and the steps they took, and nothing else.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, tzinfo

import msgspec

from evenfall.learn.rules import RULES
from evenfall.records.insight import Moment
from evenfall.records.night import (
    RUNNING,
    AnyEvent,
    LogRow,
    Override,
    Step,
    StepReason,
    Stop,
)
from evenfall.records.programme import BEAT_S, Programme

Taken = tuple[LogRow, Step]

_BY_SOMEONE = {
    "stop": "{name} stopped it: dark and quiet for the rest of the night",
    "override": "{name} quieted the room",
}
"""A rule of whose moment it is told who it was, where somebody of the home is known."""

_NOBODY: Mapping[str, str] = {}
_READ_EVENT = msgspec.json.Decoder(AnyEvent)


def moments(
    programme: Programme,
    taken: Iterable[Taken],
    zone: tzinfo,
    names: Mapping[str, str] = _NOBODY,
) -> tuple[Moment, ...]:
    """Everything that moved the night, in order, in words.

    Args:
        programme: what ran.
        taken: the log's rows with the steps they took, from `play.fold.replay`.
        zone: the home's zone.
        names: members' names by id, since the log has none.
    """
    return tuple(
        Moment(
            at=row.wall_utc.astimezone(zone),
            beat=row.beat,
            what=_what(programme, step, reason, _by(row, names)),
            why=_why(programme, reason),
        )
        for row, step in taken
        for reason in _reasons(row, step)
    )


def _reasons(row: LogRow, step: Step) -> tuple[StepReason, ...]:
    """What moved the night; and a guardian's word, also where nothing was left to quiet."""
    if step.reasons or row.kind != "override":
        return step.reasons
    return (StepReason("override", step.state.scene),)


def _by(row: LogRow, names: Mapping[str, str]) -> str:
    """Who stopped or quieted it, or '' where that is nobody of this home."""
    if row.kind not in _BY_SOMEONE:
        return ""
    event = _READ_EVENT.decode(row.body)
    by = event.by if isinstance(event, Stop) else ""
    return names.get(event.guardian if isinstance(event, Override) else by, "")


def immersion_min(programme: Programme, taken: Iterable[Taken]) -> float:
    """Minutes immersed: beats spent in immersive scenes, breathers and pauses left out."""
    beats = sum(
        row.kind == "beat"
        and step.state.mode == RUNNING
        and not step.state.breather_age_beats
        and programme.scenes[step.state.scene].kind == "immerse"
        for row, step in taken
    )
    return beats * BEAT_S / 60


_PLANNED = b'"by":"plan"'


def noted(taken: Sequence[Taken], kind: str, sleeper: int, zone: tzinfo) -> datetime | None:
    """When an event of a kind was first noted for a sleeper, or None where nobody noted it."""
    wanted = f'"sleeper":{sleeper}'.encode()
    for row, _ in taken:
        if row.kind == kind and wanted in row.body and _PLANNED not in row.body:
            return row.wall_utc.astimezone(zone)
    return None


def _what(programme: Programme, step: Step, reason: StepReason, by: str) -> str:
    known = by and _BY_SOMEONE.get(reason.rule, "")
    what = known.format(name=by) if known else RULES[reason.rule].what
    here = programme.scenes[step.state.scene]
    moved = step.state.mode == RUNNING and step.state.scene != reason.scene
    where = f", to “{spoken(here.id)}”" if moved else ""
    return f"{what}{where}"


def _why(programme: Programme, reason: StepReason) -> str:
    rule = RULES[reason.rule]
    line = f", line {reason.line} of {programme.id}" if reason.line else ""
    return f"{rule.why} ({rule.source}{line})"


def spoken(scene_id: str) -> str:
    """A scene's name as people would say it.

    Example:
        >>> spoken("look-up")
        'look up'
    """
    return scene_id.replace("-", " ")
