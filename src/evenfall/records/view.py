"""What a page is told and what a page may ask: the words between the hub and its pages.

A page never sees the kernel's state or the log; it sees what is true for a person right now, in
plain values. Everything is absolute, so that a page that missed a message has missed nothing.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from evenfall.records.act import ActView
from evenfall.records.base import Id, LocalDate, Name, Record

Light = Literal["dusk", "night", "dawn"]
Mode = Literal["before", "waiting", "running", "paused", "told", "stopped", "ended"]
Almost = Literal["not-yet", "nearly", "yes"]
Act = Literal[
    "begin",
    "stop",
    "no",
    "pause",
    "resume",
    "touch",
    "choose",
    "lights-out",
    "up",
    "skip-wake",
    "voice",
]


class LeaseFrame(Record, frozen=True, kw_only=True):
    """What the page's own lamp and speaker are to be, and for how long that holds."""

    light_lx_medi: Annotated[float, Meta(description="target for the page as a lamp")]
    light_ramp_s: Annotated[float, Meta(description="how long the change takes")]
    sound_dba: Annotated[float, Meta(description="target for the page as a speaker")]
    sound_ramp_s: Annotated[float, Meta(description="how long the change takes")]
    sound_what: Annotated[str, Meta(description="which soundscape, or nothing")]
    lease_s: Annotated[float, Meta(description="seconds until the page goes to safe by itself")]
    seq: Annotated[int, Meta(description="rises with every change, so that a late one is known")]
    signed: Annotated[
        str, Meta(description="the frame as the guard signed it; a page does only what this says")
    ] = ""
    signature: Annotated[str, Meta(description="the guard's Ed25519 signature of it, in hex")] = ""


class SignedFrame(Record, frozen=True, kw_only=True):
    """What the guard signs for a page: one room's frame, how new it is and how long it holds."""

    room: Annotated[Id, Meta(description="whose page may do this")]
    light_lx_medi: Annotated[float, Meta(description="target for the page as a lamp")]
    light_ramp_s: Annotated[float, Meta(description="how long the change takes")]
    sound_dba: Annotated[float, Meta(description="target for the page as a speaker")]
    sound_ramp_s: Annotated[float, Meta(description="how long the change takes")]
    sound_what: Annotated[str, Meta(description="which soundscape, or nothing")]
    holds_s: Annotated[float, Meta(description="seconds until the page goes to safe by itself")]
    seq: Annotated[int, Meta(description="rises with every change")]
    count: Annotated[int, Meta(description="rises with every signing: an older one is refused")]
    until_utc: Annotated[datetime, Meta(description="by the guard's machine, no longer than this")]


class Door(Record, frozen=True, kw_only=True):
    """A way on that someone may choose."""

    id: Annotated[Id, Meta(description="what to send")]
    label: Annotated[str, Meta(description="what it is called")]


class VoiceChoice(Record, frozen=True, kw_only=True):
    """A familiar voice that may be asked for at night."""

    id: Annotated[Id, Meta(description="what to send, and what to fetch the sound by")]
    teller_name: Annotated[Name, Meta(description="whose voice it is")]
    for_member: Annotated[Id, Meta(description="for whose night it was recorded")]


class RitualView(Record, frozen=True, kw_only=True):
    """One step of a ritual, as a page shows it."""

    what: Annotated[Name, Meta(description="the step")]
    takes_min: Annotated[int, Meta(description="about how long")]


class SleeperView(Record, frozen=True, kw_only=True):
    """One person's line."""

    member: Annotated[Id, Meta(description="who")]
    name: Annotated[Name, Meta(description="what they are called")]
    room: Annotated[Id, Meta(description="where they sleep")]
    wind_down: Annotated[datetime, Meta(description="when the evening turns towards sleep")]
    lights_out: Annotated[datetime, Meta(description="when the light goes out")]
    wake: Annotated[datetime, Meta(description="when the morning comes")]
    reasons: Annotated[tuple[str, ...], Meta(description="why, a sentence each")]
    ritual: Annotated[tuple[RitualView, ...], Meta(description="the steps before sleep")]
    dark: Annotated[bool, Meta(description="true once their light is out")]
    up: Annotated[bool, Meta(description="true once they are up")]
    child: Annotated[bool, Meta(description="may still be under 18")]
    worry: Annotated[
        str, Meta(description="what to do about what an adult noted, or nothing; not for everyone")
    ] = ""


Call = Literal["nobody", "ready", "calling", "called", "lost"]


class RoomView(Record, frozen=True, kw_only=True):
    """One room, as it is now."""

    room: Annotated[Id, Meta(description="the room")]
    name: Annotated[Name, Meta(description="what the family calls it")]
    night: Annotated[str, Meta(description="the night's id, or empty for a paper evening")]
    kind: Annotated[str, Meta(description="unplugged, told or immersive")]
    title: Annotated[str, Meta(description="the evening's title")]
    begins: Annotated[datetime | None, Meta(description="when the story is to begin")]
    mode: Annotated[Mode, Meta(description="where the evening is")]
    scene: Annotated[str, Meta(description="the part it is in, as people would say it")]
    breather: Annotated[bool, Meta(description="true in a breather")]
    say: Annotated[tuple[str, ...], Meta(description="lines for whoever reads aloud")]
    doors: Annotated[tuple[Door, ...], Meta(description="the ways on one may choose")]
    can: Annotated[tuple[Act, ...], Meta(description="what may be asked now")]
    glow: Annotated[bool, Meta(description="true while a touch at night is being answered")]
    voices: Annotated[
        tuple[VoiceChoice, ...], Meta(description="the voices kept for who sleeps here")
    ] = ()
    playing: Annotated[str, Meta(description="the voice that plays now, by id, or nothing")] = ""
    morning: Annotated[Almost, Meta(description="is it morning yet?")]
    lease: Annotated[LeaseFrame, Meta(description="what the page itself is to be")]
    immersed_min: Annotated[
        float, Meta(description="minutes used tonight, by whoever here has used most")
    ]
    allowance_min: Annotated[float, Meta(description="minutes the family agreed")]
    faults: Annotated[tuple[str, ...], Meta(description="what does not answer, in words")]
    guidance: Annotated[
        tuple[str, ...], Meta(description="safe-sleep guidance, where someone under a year sleeps")
    ] = ()
    acts: Annotated[
        tuple[ActView, ...],
        Meta(description="what guardians did or asked here tonight from screens elsewhere"),
    ] = ()
    wake_skipped: Annotated[bool, Meta(description="true where nothing wakes this room tomorrow")]
    call: Annotated[
        Call,
        Meta(
            description="what a touch at night does: nobody can be called, ready to call, calling "
            "now, called (what carries the notice took it), or lost (nothing took it)"
        ),
    ] = "nobody"
    broke_off: Annotated[
        bool,
        Meta(
            description="true where something went wrong before anyone slept, and whoever looks "
            "may begin the evening anew"
        ),
    ] = False


class HomeView(Record, frozen=True, kw_only=True):
    """The home, as it is now."""

    now: Annotated[datetime, Meta(description="the hub's clock, in the home's zone")]
    household: Annotated[Name, Meta(description="what the home is called")]
    night: Annotated[LocalDate, Meta(description="the local date of the noon before the night")]
    light: Annotated[Light, Meta(description="how a page may shine now")]
    simulated: Annotated[bool, Meta(description="true where the hour is made up")]
    sleepers: Annotated[tuple[SleeperView, ...], Meta(description="everyone's line")]
    rooms: Annotated[tuple[RoomView, ...], Meta(description="every room")]
    conflicts: Annotated[tuple[str, ...], Meta(description="what does not all fit tonight")]
    pace: Annotated[
        float,
        Meta(description="night's seconds in one of the page's own; 1 unless the hour is made up"),
    ] = 1.0


class Ask(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a page asks the hub to do."""

    do: Annotated[Act, Meta(description="what")]
    room: Annotated[Id, Meta(description="where")]
    member: Annotated[Id | None, Meta(description="for whom, where that matters")] = None
    door: Annotated[Id | None, Meta(description="which door, or which voice")] = None
