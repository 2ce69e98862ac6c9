"""Who may come in, from where, on which screen, and for how long.

A *screen* is one browser on one phone, tablet or machine. It is let in once, by a code of four
words, a passphrase or a passkey, and keeps a session until that ends or is ended. What it may do
follows from who it is for and from how it reached the hub, never from the screen's own word.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Id, Name, Record

Role = Literal["guardian", "adult", "child", "guest", "device", "nobody"]
"""guardian: an adult who may act for a child here · device: a bedside screen, nobody's own."""

Origin = Literal["here", "plain", "locked"]
"""here: this very machine · plain: the house's network, unencrypted · locked: TLS, or ingress."""

Right = Literal[
    "stop",
    "help",
    "evening",
    "skip-wake",
    "felt",
    "mornings",
    "dreams-tell",
    "dreams-read",
    "voices-hear",
    "voices-keep",
    "screens",
    "secrets",
    "acts",
    "worries",
    "reboot",
]

ScreenKind = Literal["member", "guest", "device"]


class Invite(Record, frozen=True, kw_only=True):
    """A code that lets one screen in, once, and not for long. Of the code only a digest is kept."""

    digest: Annotated[str, Meta(description="SHA-256 of the code, in hex")]
    kind: Annotated[ScreenKind, Meta(description="a member's own screen, a guest's, or a bedside")]
    member: Annotated[Id | None, Meta(description="for a member's own screen: whose")] = None
    room: Annotated[Id | None, Meta(description="for a bedside: which room, or every room")] = None
    by: Annotated[Id | None, Meta(description="who made it, or nobody: this machine's terminal")]
    session: Annotated[
        str | None, Meta(description="on which screen it was made: it falls with that one's end")
    ] = None
    expires_utc: Annotated[datetime, Meta(description="when it opens nothing any more")]


class Session(Record, frozen=True, kw_only=True):
    """One screen that was let in. Of its token only a digest is kept."""

    id: Annotated[str, Meta(description="its name in lists; knowing it opens nothing")]
    digest: Annotated[str, Meta(description="SHA-256 of the token its browser keeps, in hex")]
    kind: Annotated[ScreenKind, Meta(description="a member's own screen, a guest's, or a bedside")]
    member: Annotated[Id | None, Meta(description="for a member's own screen: whose")] = None
    room: Annotated[Id | None, Meta(description="for a bedside: which room, or every room")] = None
    label: Annotated[Name, Meta(description="what the screen is called, like Mara's phone")]
    origin: Annotated[Origin, Meta(description="how it reached the hub; it works only that way")]
    by: Annotated[Id | None, Meta(description="who let it in, or nobody: itself or the terminal")]
    made_utc: Annotated[datetime, Meta(description="when it was let in")]
    seen_utc: Annotated[datetime, Meta(description="when it was last here, to the hour")]
    expires_utc: Annotated[datetime, Meta(description="when it must be let in again")]
    revoked: Annotated[bool, Meta(description="true where someone ended it")] = False


class Passkey(Record, frozen=True, kw_only=True):
    """A passkey someone made: the public half, which opens nothing by itself."""

    id: Annotated[str, Meta(description="the credential's id, base64url")]
    member: Annotated[Id, Meta(description="whose it is")]
    public_key: Annotated[str, Meta(description="the public key, base64url")]
    sign_count: Annotated[int, Meta(description="how often it has signed, as it says itself")]
    rp_id: Annotated[str, Meta(description="the name of the hub it was made for")]
    label: Annotated[Name, Meta(description="what it is called, like Mara's phone")]
    made_utc: Annotated[datetime, Meta(description="when it was made")]


class Passphrase(Record, frozen=True, kw_only=True):
    """What checks a passphrase and does not tell it."""

    member: Annotated[Id, Meta(description="whose it is")]
    salt: Annotated[str, Meta(description="drawn for it alone, in hex")]
    digest: Annotated[str, Meta(description="scrypt of it, in hex")]
    cost: Annotated[int, Meta(description="scrypt's n; r is 8 and p is 1")]


class Caller(Record, frozen=True, kw_only=True):
    """Who asks, as far as the hub knows."""

    role: Annotated[Role, Meta(description="what they are in this home")]
    origin: Annotated[Origin, Meta(description="how they reached the hub")]
    member: Annotated[Id | None, Meta(description="who, where it is a member's own screen")] = None
    room: Annotated[Id | None, Meta(description="for a bedside: its room, or every room")] = None
    session: Annotated[str | None, Meta(description="the session's id, if there is one")] = None
    made_utc: Annotated[
        datetime | None, Meta(description="when the screen was let in, if it was")
    ] = None
    expired: Annotated[
        bool, Meta(description="true where the session is over: it may stop, and nothing else")
    ] = False
    elsewhere: Annotated[
        bool, Meta(description="true where it came from outside the home, or nobody can tell")
    ] = False


class Me(Record, frozen=True, kw_only=True):
    """What a page is told about itself."""

    role: Annotated[Role, Meta(description="what this screen is in this home")]
    name: Annotated[str, Meta(description="whose screen it is, or nothing")]
    member: Annotated[Id | None, Meta(description="who, where it is a member's own screen")]
    room: Annotated[Id | None, Meta(description="for a bedside: its room, or every room")]
    origin: Annotated[Origin, Meta(description="how it reached the hub")]
    rights: Annotated[tuple[Right, ...], Meta(description="what it may do")]
    for_members: Annotated[
        tuple[Id, ...], Meta(description="for whom it may say how a night was, or tell a dream")
    ]
    new_home: Annotated[bool, Meta(description="true until a guardian has signed in once")]
    expired: Annotated[bool, Meta(description="true where its session is over: it may only stop")]
    passkeys: Annotated[bool, Meta(description="true where passkeys work at this address")]
    locked_at: Annotated[
        str, Meta(description="the home's encrypted address, or nothing where there is none")
    ]
    fresh_until_utc: Annotated[
        datetime | None,
        Meta(description="until when it may make keys to what is its owner's; nothing: never"),
    ]
    guard_key: Annotated[
        str,
        Meta(description="what it checks the guard's word with, in hex; nothing for a stranger"),
    ] = ""
    screen: Annotated[
        str | None, Meta(description="its session's id, which it signs its acts with; no secret")
    ] = None
    elsewhere: Annotated[
        bool, Meta(description="true where it reached the house from outside, or nobody can tell")
    ] = False
    acts_key: Annotated[
        str, Meta(description="the public key the house knows this screen by, or nothing")
    ] = ""


class ScreenView(Record, frozen=True, kw_only=True):
    """One screen in a list of them."""

    id: Annotated[str, Meta(description="what to send to end it")]
    kind: Annotated[ScreenKind, Meta(description="a member's own screen, a guest's, or a bedside")]
    member: Annotated[Id | None, Meta(description="whose it is")]
    room: Annotated[Id | None, Meta(description="which room's bedside it is")]
    label: Annotated[Name, Meta(description="what it is called")]
    origin: Annotated[Origin, Meta(description="how it reached the hub")]
    by: Annotated[Id | None, Meta(description="who let it in")]
    by_name: Annotated[str, Meta(description="their name, or nothing where nobody here did")]
    made_utc: Annotated[datetime, Meta(description="when it was let in")]
    seen_utc: Annotated[datetime, Meta(description="when it was last here, to the hour")]
    expires_utc: Annotated[datetime, Meta(description="when it must be let in again")]
    this: Annotated[bool, Meta(description="true for the screen that asks")]


class InviteView(Record, frozen=True, kw_only=True):
    """A code just made, to be read aloud, typed or photographed."""

    words: Annotated[str, Meta(description="the four words, with hyphens")]
    links: Annotated[tuple[str, ...], Meta(description="addresses that carry it, the best first")]
    qr_svg: Annotated[str, Meta(description="the first link as a picture, in SVG")]
    expires_utc: Annotated[datetime, Meta(description="when it opens nothing any more")]
