"""A rehearsed emergency: what was tried with a family's own devices, and what came of it."""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, Record

Outcome = Literal["held", "failed", "know", "left-out"]
"""`know` is nothing that failed, and something the family is to know."""


class DrillStep(Record, frozen=True, kw_only=True):
    """One thing that was tried."""

    id: Annotated[Id, Meta(description="which")]
    title: Annotated[str, Meta(description="what was tried, in a few words")]
    outcome: Annotated[
        Outcome,
        Meta(description="held, failed, know (worth knowing) or left-out (nobody tried it)"),
    ]
    found: Annotated[str, Meta(description="what was seen")]
    mend: Annotated[str, Meta(description="what to do about it, or nothing")] = ""
    took_s: Annotated[
        float | None, Meta(description="from the act to what was seen of it; none where not told")
    ] = None


class Drill(Record, frozen=True, kw_only=True):
    """A drill as it is kept in the home, so that it is known when the next is due."""

    drill: Annotated[Literal[1], Meta(description="the version of this format")] = 1
    at_utc: Annotated[datetime, Meta(description="when it was begun")]
    room: Annotated[Id, Meta(description="the room it was held in")]
    devices: Annotated[
        str, Meta(description="a digest of the household and devices files it was held with")
    ]
    steps: Annotated[tuple[DrillStep, ...], Meta(description="what was tried, in order")]
    took_s: Annotated[float, Meta(description="the whole of it")]
