"""What worried an adult about someone's sleep: noted by its nearest sign, and never judged.

A worry is no diagnosis and no measure. It says what was seen, by whom it was noted, and whether
an adult has talked to a doctor about it since.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, Record

Sign = Literal[
    "snoring-most-nights",
    "breathing-pauses",
    "gasping",
    "hurt-in-sleep",
    "very-sleepy-by-day",
    "low-mood",
    "turned-blue",
    "struggled-to-breathe",
    "first-seizure",
]
"""What may be noted. Each has what to do, and where that is from, in `learn/red_flags.py`."""


class Worry(Record, frozen=True, kw_only=True):
    """One sign of one person, as an adult noted it."""

    member: Annotated[Id, Meta(description="whom it is about")]
    sign: Annotated[Sign, Meta(description="what was seen")]
    noted_utc: Annotated[datetime, Meta(description="when it was last noted")]
    noted_by: Annotated[
        Id | None, Meta(description="who noted it, or nobody: this machine's terminal")
    ]
    over_utc: Annotated[
        datetime | None, Meta(description="when an adult said that a doctor was talked to")
    ] = None
    over_by: Annotated[
        Id | None, Meta(description="who said so, or nobody: this machine's terminal")
    ] = None
