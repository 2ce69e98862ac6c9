"""What a guardian may do from a screen of their own, wherever it is: quieten, release, invite.

There is no word here for anything brighter or louder, and none that listens: what cannot be said
cannot be forged. An act is signed by a key that the screen made for itself and that never leaves
it, so that whoever carries it between the screen and the house can neither change it nor keep it
for later.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, LocalDate, Name, Record

ActKind = Literal["quiet", "release", "invite"]
"""quiet: a room's evening goes over into its night · release: every bed of the home is safe for
the rest of the night · invite: a wish to say good night, which does nothing by itself."""

KeyHex = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{64}(?!\n)$", description="an Ed25519 public key, in hex")
]
SignatureHex = Annotated[
    str, Meta(pattern=r"^[0-9a-f]{128}(?!\n)$", description="an Ed25519 signature, in hex")
]


class Act(Record, frozen=True, kw_only=True):
    """One act of a guardian, as their screen signs it."""

    act: Annotated[ActKind, Meta(description="what is to be done")]
    rooms: Annotated[
        tuple[Id, ...], Meta(max_length=32, description="where; none is every room of the home")
    ] = ()
    by: Annotated[Id, Meta(description="who, by member id")]
    screen: Annotated[
        str, Meta(max_length=64, description="on which screen: its session's id, no secret")
    ]
    asked_utc: Annotated[datetime, Meta(tz=True, description="when, by the screen's own clock")]
    count: Annotated[
        int, Meta(ge=1, le=2**53 - 1, description="rises with every act of this screen's key")
    ]


class SignedAct(Record, frozen=True, kw_only=True):
    """An act on its way: the very text that was signed, and the signature."""

    signed: Annotated[
        str, Meta(max_length=2000, description="the act as JSON, byte for byte as it was signed")
    ]
    signature: SignatureHex


class KeyOffer(Record, frozen=True, kw_only=True):
    """A screen shows the house its public key, and that it holds the other half."""

    public_key: KeyHex
    signature: Annotated[
        str,
        Meta(
            pattern=r"^[0-9a-f]{128}(?!\n)$",
            description="its signature of the words evenfall, screen and the session's id, in hex",
        ),
    ]


class ScreenKey(Record, frozen=True, kw_only=True):
    """The public half of a screen's key, and how far its acts have been counted."""

    screen: Annotated[str, Meta(description="which screen: its session's id")]
    public_key: KeyHex
    made_utc: Annotated[datetime, Meta(description="when the house was shown it")]
    count: Annotated[int, Meta(ge=0, description="the count of the last act that was taken")] = 0


class ActTaken(Record, frozen=True, kw_only=True):
    """An act that was done, kept so that whoever sleeps here can see it."""

    id: Annotated[str, Meta(description="the night, and a number that rises")]
    night: Annotated[LocalDate, Meta(description="the local date of the noon before the night")]
    act: Annotated[ActKind, Meta(description="what was done")]
    rooms: Annotated[tuple[Id, ...], Meta(description="where")]
    by: Annotated[str, Meta(description="who, by member id; or what, where it is nobody's screen")]
    at_utc: Annotated[datetime, Meta(description="when, by the house's clock")]
    elsewhere: Annotated[bool, Meta(description="true where it came from outside the home")]


class ActView(Record, frozen=True, kw_only=True):
    """An act as a page shows it to whoever is in the room."""

    id: Annotated[str, Meta(description="what it is called; a page waves an invitation away by it")]
    act: Annotated[ActKind, Meta(description="what was done")]
    by_name: Annotated[str, Meta(description="who, by name; nothing where nobody is known")]
    at: Annotated[datetime, Meta(description="when, in the home's zone")]
    elsewhere: Annotated[bool, Meta(description="true where it came from outside the home")]


class RoomAnswer(Record, frozen=True, kw_only=True):
    """What became of an act in one room, as it was read back and not as it was hoped."""

    room: Annotated[Id, Meta(description="the room")]
    name: Annotated[Name, Meta(description="what the family calls it")]
    outcome: Annotated[
        Literal["quiet", "stopped", "told", "waits"],
        Meta(
            description="quiet: its night took the word · stopped: the guard says it is safe for "
            "the rest of the night · told: the invitation is shown · waits: nothing answered"
        ),
    ]
    silent: Annotated[
        tuple[str, ...], Meta(description="lamps and speakers that did not answer, by id")
    ] = ()


class ActAnswer(Record, frozen=True, kw_only=True):
    """What became of an act, room by room."""

    act: Annotated[ActKind, Meta(description="what was asked")]
    rooms: Annotated[tuple[RoomAnswer, ...], Meta(description="every room it was for")]
