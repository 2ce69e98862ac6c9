"""The re-checkable proof that a programme is safe for these people, devices and limits."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Record
from evenfall.records.limits import Limits
from evenfall.records.proof import WorstPath


class Conditions(Record, frozen=True, kw_only=True):
    """Whose room a programme is proven for."""

    limits: Annotated[Limits, Meta(description="the strictest limits of everyone in the room")]
    calibration: Annotated[
        str, Meta(description="a digest of what the room's outputs give at their fullest")
    ]
    sleepers: Annotated[int, Meta(description="how many sleep in the room")]
    youngest_years: Annotated[int, Meta(description="the youngest of them, in whole years")]


class Certificate(Record, frozen=True, kw_only=True):
    """What was proven, of what, for whom: it holds only while all of that is so."""

    programme_hash: Annotated[str, Meta(description="the programme, by its hash")]
    fingerprint: Annotated[
        str, Meta(description="the same by the second verifier's own name for it: SHA-256")
    ]
    kernel_version: Annotated[str, Meta(description="the kernel that every step was taken with")]
    checker_version: Annotated[str, Meta(description="the checker that explored it")]
    conditions: Annotated[Conditions, Meta(description="whose room it is for")]
    states: Annotated[int, Meta(description="how many states were reached")]
    transitions: Annotated[int, Meta(description="how many steps were taken from them")]
    reached: Annotated[
        str, Meta(description="a digest of all those states, whatever order they were found in")
    ]
    worst: Annotated[tuple[WorstPath, ...], Meta(description="the worst ways there are")]
    proven: Annotated[tuple[str, ...], Meta(description="the properties that hold, by name")]
    made_utc: Annotated[datetime, Meta(description="when it was made")]
