"""The compiled form of a score: what the kernel runs, in beats and plain numbers.

A programme is immutable and known by its hash. Places in it are indices, so that a step is a
few comparisons; every scene keeps the line of the score it came from, so that a step can be
explained.
"""

from typing import Annotated

import msgspec
from msgspec import Meta

from evenfall.records.base import Record
from evenfall.records.limits import Limits

BEAT_S = 30
"""The night's unit of time: one epoch of the field's own 30 s scoring."""

LEASE_S = 75.0
"""How long a setpoint holds unless renewed: two beats and a half (this project's choice)."""

VOICE = "voice"
"""What a sound setpoint plays when it is a familiar voice: which one is no kernel's business."""

ALWAYS = 0
"""A longest stay of no length: the night itself, which only the dawn or a person ends."""


class Setpoint(msgspec.Struct, frozen=True):
    """What an output is to be: absolute, so that saying it twice does no harm."""

    output: Annotated[str, Meta(description="light or sound")]
    target: Annotated[float, Meta(description="lx mEDI for light, dBA for sound; 0 is dark, quiet")]
    ramp_s: Annotated[float, Meta(description="seconds from where it was to the target")]
    lease_s: Annotated[float, Meta(description="seconds it holds before it lapses to safe")]
    what: Annotated[str, Meta(description="which soundscape, if any")] = ""


class Watch(msgspec.Struct, frozen=True):
    """Something about the sleepers that must last before it counts."""

    sleepers: Annotated[tuple[int, ...], Meta(description="whose stages it reads, by index")]
    stages: Annotated[int, Meta(description="the stages that count, as a bit mask")]
    everyone: Annotated[bool, Meta(description="true: all of them at once; false: any one")]
    beats: Annotated[int, Meta(description="how many beats in a row")]


class ProgrammeExit(msgspec.Struct, frozen=True):
    """One way on. Exactly one of the conditions is set."""

    to: Annotated[int, Meta(description="the index of the scene it leads to")]
    watch: Annotated[int, Meta(description="the watch that opens it, or −1")] = -1
    touched: Annotated[bool, Meta(description="opened by a touch")] = False
    chosen: Annotated[str, Meta(description="opened by this choice, if any")] = ""
    lights_out: Annotated[
        int, Meta(description="the sleepers whose lights-out opens it, as a mask; 0 for none")
    ] = 0
    any_lights_out: Annotated[bool, Meta(description="true: one of those sleepers is enough")] = (
        False
    )
    line: Annotated[int, Meta(description="its line in the score")] = 0


class ProgrammeScene(msgspec.Struct, frozen=True):
    """A scene as the kernel reads it."""

    id: Annotated[str, Meta(description="its name in the score")]
    kind: Annotated[str, Meta(description="settle, immerse, breather, quiet or wake")]
    stay_min_beats: Annotated[int, Meta(description="age from which an exit may open")]
    stay_max_beats: Annotated[int, Meta(description="age at which it ends; 0 for the night itself")]
    then: Annotated[int, Meta(description="the scene after the longest stay, or −1 for the end")]
    setpoints: Annotated[tuple[Setpoint, ...], Meta(description="what the room is like")]
    told_setpoints: Annotated[
        tuple[Setpoint, ...],
        Meta(description="the same with the machine's part taken away: a told light, no sound"),
    ]
    exits: Annotated[tuple[ProgrammeExit, ...], Meta(description="the ways on, in order")] = ()
    waits_for_sleep: Annotated[
        bool, Meta(description="true where an exit reads a sensor: if lost, it stops waiting")
    ] = False
    fits_asleep: Annotated[
        bool, Meta(description="true where nothing in it is above the limits for a sleeper")
    ] = False
    told_fits_asleep: Annotated[bool, Meta(description="the same of its told setpoints")] = False
    breather: Annotated[int, Meta(description="the breather that interrupts it, or −1")] = -1
    breather_every_beats: Annotated[
        int, Meta(description="beats of immersion before it does; 0 for never")
    ] = 0
    say: Annotated[tuple[str, ...], Meta(description="words for whoever tells")] = ()
    line: Annotated[int, Meta(description="its line in the score")] = 0


class Programme(Record, frozen=True, kw_only=True):
    """A score, compiled for a number of sleepers under the limits of the strictest of them."""

    id: Annotated[str, Meta(description="the score's short name")]
    title: Annotated[str, Meta(description="what it is called")]
    evening: Annotated[str, Meta(description="told or immersive")]
    sleepers: Annotated[int, Meta(description="how many sleep in the room with it")]
    youngest_years: Annotated[int, Meta(description="the youngest it is made for")]
    limits: Annotated[Limits, Meta(description="the limits it was checked against")]
    scenes: Annotated[
        tuple[ProgrammeScene, ...], Meta(description="the scenes; the first is where it begins")
    ]
    watches: Annotated[tuple[Watch, ...], Meta(description="what it watches for")]
    quiet_scene: Annotated[int, Meta(description="the night itself: where everything ends")]
    first_quiet_scene: Annotated[
        int, Meta(description="where lights-out leads: the first quiet scene")
    ]
    wake_scene: Annotated[int, Meta(description="the dawn, or −1 for none")]
    safe: Annotated[
        tuple[Setpoint, ...], Meta(description="dark and quiet, or the room's own night light")
    ]
    glow: Annotated[
        tuple[Setpoint, ...], Meta(description="the dim light that answers a touch at night")
    ]
    glow_voice: Annotated[
        tuple[Setpoint, ...],
        Meta(description="the same light, and a familiar voice for whoever asked for one"),
    ] = ()
    length_max_beats: Annotated[
        int, Meta(description="the longest way from the beginning to the night, breathers counted")
    ]
    immersion_max_beats: Annotated[int, Meta(description="the most immersion on any way through")]
