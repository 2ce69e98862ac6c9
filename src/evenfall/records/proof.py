"""What the exhaustive checker says of a programme: that it is proven, or the way it fails."""

from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Record
from evenfall.records.limits import Limits

SensorClass = Literal["any-sensor", "truthful-sensor"]


class PathStep(Record, frozen=True, kw_only=True):
    """One event on a way through the night; equal events one after another are one step."""

    beat: Annotated[int, Meta(description="beats that had passed before it")]
    event: Annotated[str, Meta(description="the event's kind, like beat or lightsout")]
    about: Annotated[str, Meta(description="whose it was or which door, where that matters")] = ""
    count: Annotated[int, Meta(description="how many of it in a row", ge=1)] = 1
    mode: Annotated[str, Meta(description="the night's mode after it")]
    scene: Annotated[str, Meta(description="the scene after it, by its name in the score")]


class Finding(Record, frozen=True, kw_only=True):
    """One way in which a programme is not safe, with the way there."""

    property: Annotated[str, Meta(description="what was to be proven, by its short name")]
    sensor: Annotated[
        SensorClass,
        Meta(description="any-sensor: it may lie; truthful-sensor: found though it does not"),
    ]
    hazard: Annotated[str, Meta(description="what may come of it, in words")]
    path: Annotated[
        tuple[PathStep, ...], Meta(description="a shortest way to it from the beginning")
    ]
    file: Annotated[str, Meta(description="the score's file")] = ""
    line: Annotated[int, Meta(description="the line it stands in; 0 is unknown")] = 0
    column: Annotated[int, Meta(description="the column; 0 is unknown")] = 0
    found: Annotated[float, Meta(description="what was found, in the unit")]
    limit: Annotated[float, Meta(description="what was allowed, in the unit")]
    unit: Annotated[str, Meta(description="lx mEDI, dBA, s, min, or a count's noun")]
    story: Annotated[str, Meta(description="what happens, as a person would tell it")]
    mend: Annotated[str, Meta(description="what to do about it")]
    edit: Annotated[str, Meta(description="the line as it would be after the mend, if known")] = ""


class WorstPath(Record, frozen=True, kw_only=True):
    """The most of something that any way through the night holds, and that way."""

    what: Annotated[str, Meta(description="of what, like beats-to-quiet or light-asleep")]
    value: Annotated[float, Meta(description="the most there is, in the unit")]
    limit: Annotated[float, Meta(description="the most there may be, in the unit")]
    unit: Annotated[str, Meta(description="beats, lx mEDI, dBA or lx·min")]
    path: Annotated[
        tuple[PathStep, ...], Meta(description="one way to it, from the beginning")
    ] = ()


class Proof(Record, frozen=True, kw_only=True):
    """What was explored of a programme, and what came of it."""

    programme_hash: Annotated[str, Meta(description="the programme, by its hash")]
    kernel_version: Annotated[str, Meta(description="the kernel that took every step")]
    limits: Annotated[Limits, Meta(description="the limits it was held to")]
    audience: Annotated[str, Meta(description="whom it is for, in words")]
    sleepers: Annotated[int, Meta(description="how many sleep in the room")]
    calibration: Annotated[
        str, Meta(description="a digest of what the room's outputs give at their fullest")
    ]
    states: Annotated[
        int, Meta(description="the states that were reached; sleepers alike in all are one")
    ]
    transitions: Annotated[int, Meta(description="the steps taken from them")]
    reached: Annotated[
        str, Meta(description="a digest of all those states, whatever order they were found in")
    ]
    worst: Annotated[tuple[WorstPath, ...], Meta(description="the worst ways there are")]
    findings: Annotated[tuple[Finding, ...], Meta(description="what is not safe; empty is proven")]
    proven: Annotated[tuple[str, ...], Meta(description="the properties that hold, by name")]

    @property
    def holds(self) -> bool:
        """True where nothing was found."""
        return not self.findings
