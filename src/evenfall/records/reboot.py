"""What came of starting a room's evening over: the natural night, or a new one that was begun."""

from typing import Annotated

from msgspec import Meta

from evenfall.records.base import Id, Record


class Rebooted(Record, frozen=True, kw_only=True):
    """How a room goes on after an emergency."""

    room: Annotated[Id, Meta(description="the room")]
    night: Annotated[str, Meta(description="the night that goes on, by id; a new one where clean")]
    clean: Annotated[
        bool, Meta(description="true where a new night waits for someone to begin it by hand")
    ]
