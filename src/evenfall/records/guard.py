"""What a hub and a guard say to each other, and what a stop says: the words on the guard's socket.

Every message is JSON with a length in front, strict about what it does not know, and small. A
command names its hub's session, a number that only rises and the moment it was given, so that one
that is forged, repeated or late is known for what it is.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from evenfall.records.base import Id
from evenfall.records.household import OutputKind
from evenfall.records.programme import Setpoint
from evenfall.records.view import LeaseFrame

MESSAGE_MAX_BYTES = 16_384
"""The longest thing a guard listens to: a room's claim is about 400 bytes (own choice)."""

ANSWER_MAX_BYTES = 262_144
"""The longest thing a guard says: every room's state, for the largest home there may be."""

HUB_SILENT_S = 10.0
"""Ten messages of the 1 Hz heartbeat: a hub unheard for so long has lost its leases."""

Token = Annotated[str, Meta(pattern=r"^[0-9a-f]{16,64}(?!\n)$", description="chance, in hex")]
NightId = Annotated[str, Meta(min_length=1, max_length=120, description="a night, by id")]


class Message(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="say"
):
    """Anything said on the socket."""


# --- What a hub says -----------------------------------------------------------------------------


class Hello(Message, tag="hello", frozen=True, kw_only=True):
    """A hub is here. It takes the place of any other."""

    session: Annotated[Token, Meta(description="drawn by the hub for this connection")]
    now_utc: Annotated[datetime, Meta(description="the hub's clock: it must be the guard's")]
    speed: Annotated[float, Meta(description="how many of its seconds pass in a real one")]


class Command(Message, frozen=True, kw_only=True):
    """Anything a hub asks for."""

    session: Annotated[Token, Meta(description="the hub's")]
    seq: Annotated[int, Meta(ge=1, description="rises with every command")]
    issued_s: Annotated[float, Meta(description="when it was given, on the machine's own clock")]


class Beat(Command, tag="beat", frozen=True, kw_only=True):
    """The hub's loop lives. Said once a second."""

    under_way: Annotated[bool, Meta(description="true while a night is kept")]


class Begin(Command, tag="begin", frozen=True, kw_only=True):
    """A room's night is under way: from here on its lamps and speakers do as they are told."""

    room: Annotated[Id, Meta(description="the room")]
    holder: Annotated[NightId, Meta(description="the night")]


class Claim(Command, tag="claim", frozen=True, kw_only=True):
    """A night's leases on its room's outputs, taken or renewed."""

    room: Annotated[Id, Meta(description="the room")]
    holder: Annotated[NightId, Meta(description="the night that asks")]
    phase: Annotated[int, Meta(ge=0, le=2, description="0 asleep, 1 winding down, 2 dawn")]
    setpoints: Annotated[
        tuple[Setpoint, ...], Meta(min_length=1, max_length=8, description="what it asks for")
    ]


class Release(Command, tag="release", frozen=True, kw_only=True):
    """A night is over: its leases are gone."""

    room: Annotated[Id, Meta(description="the room")]
    holder: Annotated[NightId, Meta(description="the night")]


class Call(Command, tag="call", frozen=True, kw_only=True):
    """Tell an adult something, by a way of the devices file that needs the guard's token."""

    way: Annotated[str, Meta(max_length=140, description="its name there, like notify.a_phone")]
    text: Annotated[str, Meta(min_length=1, max_length=1000, description="plain words")]


class Bye(Command, tag="bye", frozen=True, kw_only=True):
    """The hub ends in order: every room goes to safe."""


# --- What anyone of this home's user may say -----------------------------------------------------


class Stop(Message, tag="stop", frozen=True, kw_only=True):
    """Bring rooms to safe for the rest of the night. It needs no session and is never late."""

    rooms: Annotated[
        tuple[Id, ...], Meta(max_length=32, description="which rooms; none named is all of them")
    ] = ()
    asked_utc: Annotated[
        datetime | None, Meta(description="for a word from elsewhere: when it was given")
    ] = None


class End(Message, tag="end", frozen=True, kw_only=True):
    """Bring every room to safe and end, where a hub had started this guard for itself."""


Heard = Hello | Beat | Begin | Claim | Release | Call | Bye | Stop | End


# --- What the guard says -------------------------------------------------------------------------


class Denied(msgspec.Struct, frozen=True, kw_only=True):
    """What was not done, and why, in words for a parent."""

    limit: Annotated[str, Meta(description="the rule or the limit that refused it")]
    words: Annotated[str, Meta(description="why, in a sentence")]
    room: Annotated[str, Meta(description="where")] = ""
    holder: Annotated[str, Meta(description="whose claim it was")] = ""
    output: Annotated[str, Meta(description="light or sound")] = ""
    asked: Annotated[float, Meta(description="what was asked, in its unit")] = 0.0
    allowed: Annotated[float, Meta(description="the most that is allowed now")] = 0.0


class Welcome(Message, tag="welcome", frozen=True, kw_only=True):
    """This hub is the one that is listened to."""

    public_key: Annotated[str, Meta(description="what pages check its frames with, in hex")]
    files: Annotated[str, Meta(description="a digest of the household and devices it read")]
    for_hub: Annotated[bool, Meta(description="true where it ends with the hub's own end")]


class Refused(Message, tag="refused", frozen=True, kw_only=True):
    """Something that was asked was not done."""

    denied: Annotated[tuple[Denied, ...], Meta(description="what, and why")]


class Done(Message, tag="done", frozen=True, kw_only=True):
    """A stop was carried out, or a call went out."""

    rooms: Annotated[tuple[str, ...], Meta(description="the rooms that are safe")] = ()
    seq: Annotated[int, Meta(description="the command it answers")] = 0
    fault: Annotated[str, Meta(description="for a call that did not go out: why")] = ""


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """One lamp or speaker, as last known."""

    id: Annotated[str, Meta(description="the output")]
    kind: Annotated[OutputKind, Meta(description="light or sound")]
    status: Annotated[
        Literal["unasked", "moving", "confirmed", "differs", "manual", "unavailable"],
        Meta(description="what it makes of what it was told"),
    ]
    lack: Annotated[
        Literal["", "unknown", "unwatched", "powers-up"],
        Meta(description="why it has only what is safe all night; '' where it has more"),
    ] = ""
    note: Annotated[str, Meta(description="what else there is to say")] = ""


class RoomState(msgspec.Struct, frozen=True, kw_only=True):
    """One room, as the guard holds it."""

    room: Annotated[str, Meta(description="which")]
    frame: Annotated[LeaseFrame, Meta(description="what its pages are to be, signed")]
    stopped: Annotated[bool, Meta(description="true for the rest of a night that was stopped")]
    devices: Annotated[tuple[Device, ...], Meta(description="its lamps and speakers")] = ()


class Status(Message, tag="status", frozen=True, kw_only=True):
    """Every room. Said at every change, and once a second."""

    rooms: Annotated[tuple[RoomState, ...], Meta(description="every room of the home")]


Said = Welcome | Refused | Done | Status


# --- What it keeps -------------------------------------------------------------------------------


class Kept(msgspec.Struct, frozen=True):
    """What must outlive a guard, of one room. A night is a count of days; −1 is none."""

    asleep_night: Annotated[int, Meta(description="when someone last slept there")]
    stopped_night: Annotated[int, Meta(description="when it was last stopped")]
