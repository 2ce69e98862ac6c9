"""Immersion set aside for someone before a night begins, and what was really used of it."""

from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Id, LocalDate, Record


class Reservation(Record, frozen=True, kw_only=True):
    """One sleeper's share of one night. Never earned, forfeited, traded or sold."""

    night_id: Annotated[str, Meta(description="the night it is set aside for")]
    night: Annotated[LocalDate, Meta(description="the local date of the noon before it")]
    member: Annotated[Id, Meta(description="whose minutes")]
    reserved_min: Annotated[
        float, Meta(description="the longest its programme may immerse; 0 for a told evening", ge=0)
    ]
    used_min: Annotated[
        float | None,
        Meta(description="minutes really immersed, once the night is over; none before"),
    ] = None
