"""What asks an output for something, what it was refused, and what it is to do."""

from typing import Annotated

import msgspec
from msgspec import Meta

from evenfall.records.programme import Setpoint

# The phases of a room, the strictest first: a sleeper in it binds everyone.
ASLEEP, WINDING_DOWN, DAWN = range(3)
PHASE_NAMES = ("asleep", "winding down", "dawn")


class Lease(msgspec.Struct, frozen=True):
    """One night's claim on an output: absolute, and gone when its time is over."""

    holder: Annotated[str, Meta(description="the night that holds it, by id")]
    setpoint: Annotated[Setpoint, Meta(description="what the output is to be")]
    phase: Annotated[int, Meta(description="its sleepers' phase: 0 asleep, 1 winding down, 2 dawn")]
    until_s: Annotated[float, Meta(description="when it lapses, on the room's own clock")]


class Refusal(msgspec.Struct, frozen=True):
    """A claim that was not granted, and why: blocked is refused, never silently clamped."""

    holder: Annotated[str, Meta(description="whose claim it was")]
    output: Annotated[str, Meta(description="light or sound")]
    asked: Annotated[float, Meta(description="what was asked, in the output's unit")]
    allowed: Annotated[float, Meta(description="the most that is allowed now")]
    limit: Annotated[str, Meta(description="the name of the limit that refused it")]


class Merged(msgspec.Struct, frozen=True):
    """What one shared output is to do, all claims considered."""

    setpoint: Annotated[Setpoint, Meta(description="what it is to be")]
    holder: Annotated[str, Meta(description="whose claim won, or '' for safe")]
    refusals: Annotated[tuple[Refusal, ...], Meta(description="the claims that were refused")] = ()
