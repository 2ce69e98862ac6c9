"""The night as a list of moments: what happened, when, and the rule behind it.

From the log's rows and the steps they took, and nothing else.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, tzinfo

from evenfall.learn.rules import RULES
from evenfall.records.insight import Moment
from evenfall.records.night import (
    RUNNING,
    LogRow,
    Step,
    StepReason,
)
from evenfall.records.programme import BEAT_S, Programme

Taken = tuple[LogRow, Step]


def moments(programme: Programme, taken: Iterable[Taken], zone: tzinfo) -> tuple[Moment, ...]:
    """Everything that moved the night, in order, in words.

    Args:
        programme: what ran.
        taken: the log's rows with the steps they took, from `play.fold.replay`.
        zone: the home's zone.
    """
    return tuple(
        Moment(
            at=row.wall_utc.astimezone(zone),
            beat=row.beat,
            what=_what(programme, step, reason),
            why=_why(programme, reason),
        )
        for row, step in taken
        for reason in step.reasons
    )


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


def _what(programme: Programme, step: Step, reason: StepReason) -> str:
    rule = RULES[reason.rule]
    here = programme.scenes[step.state.scene]
    moved = step.state.mode == RUNNING and step.state.scene != reason.scene
    where = f", to “{spoken(here.id)}”" if moved else ""
    return f"{rule.what}{where}"


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
