"""Who lives here, where they sleep, what the days ask of them, and what the rooms can do."""

from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Duration, Id, Light, LocalTime, Name, Record, Sound, YearMonth

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
EveningKind = Literal["unplugged", "told", "immersive"]
OutputKind = Literal["light", "sound"]
CalibrationKind = Literal["measured", "declared", "assumed"]


class Calibration(Record, frozen=True, kw_only=True):
    """What an output really gives at its fullest, and how anyone knows."""

    kind: Annotated[
        CalibrationKind,
        Meta(description="measured (by the guided routine), declared (from its label), or assumed"),
    ] = "assumed"
    light_at_full: Annotated[
        Light | None, Meta(description="for a lamp: light at the pillow at full brightness")
    ] = None
    sound_at_full: Annotated[
        Sound | None, Meta(description="for a speaker: level at the pillow at full volume")
    ] = None


class Output(Record, frozen=True, kw_only=True):
    """A lamp or a speaker. Every output belongs to one room."""

    id: Annotated[Id, Meta(description="its short name, unique in the home")]
    kind: Annotated[OutputKind, Meta(description="light or sound")]
    calibration: Annotated[
        Calibration, Meta(description="how bright or loud it gets, and how that is known")
    ] = Calibration()


class Room(Record, frozen=True, kw_only=True):
    """A room people sleep in."""

    id: Annotated[Id, Meta(description="the room's short name")]
    name: Annotated[Name, Meta(description="what the family calls the room")]
    night_light: Annotated[
        Light | None,
        Meta(description="the light this room keeps all night, at most 1 lx mEDI; none is dark"),
    ] = None
    outputs: Annotated[
        tuple[Output, ...], Meta(description="the lamps and speakers in this room", max_length=32)
    ] = ()


class Commitment(Record, frozen=True, kw_only=True):
    """Something a day asks for at a fixed time: school, work, a train."""

    what: Annotated[Name, Meta(description="what it is, like school")]
    days: Annotated[
        tuple[Weekday, ...], Meta(description="the weekdays it happens on", min_length=1)
    ]
    starts: Annotated[LocalTime, Meta(description="when it starts, on the wall clock")]
    from_waking: Annotated[
        Duration, Meta(description="how long from waking to being there, breakfast included")
    ]


class RitualStep(Record, frozen=True, kw_only=True):
    """One step of the evening before sleep."""

    what: Annotated[Name, Meta(description="the step, like bath or story")]
    takes: Annotated[Duration, Meta(description="how long it takes")]
    with_teller: Annotated[
        bool, Meta(description="true where someone tells or reads, and so cannot be elsewhere")
    ] = False


class Member(Record, frozen=True, kw_only=True):
    """Someone who lives here."""

    id: Annotated[Id, Meta(description="the member's short name")]
    name: Annotated[Name, Meta(description="what they are called")]
    born: Annotated[YearMonth, Meta(description="year and month of birth, so the age stays true")]
    due: Annotated[
        YearMonth | None,
        Meta(description="for a baby born early: year and month the birth was due"),
    ] = None
    room: Annotated[Id, Meta(description="the room they sleep in")]
    guardians: Annotated[
        tuple[Id, ...], Meta(description="the adults who may act for this child", max_length=8)
    ] = ()
    tellers: Annotated[
        tuple[Id, ...],
        Meta(description="who tells this member's story, first choice first", max_length=8),
    ] = ()
    evening: Annotated[
        EveningKind,
        Meta(description="unplugged (paper), told (a person tells), immersive (a dreamscape)"),
    ] = "told"
    score: Annotated[
        Id | None, Meta(description="the dreamscape chosen for an immersive evening")
    ] = None
    ritual: Annotated[
        tuple[RitualStep, ...],
        Meta(description="the steps before sleep, in order", max_length=20),
    ] = ()
    commitments: Annotated[
        tuple[Commitment, ...], Meta(description="what the days ask for", max_length=40)
    ] = ()
    free_wake: Annotated[
        LocalTime, Meta(description="when they wake on a day that asks for nothing")
    ] = "08:00"
    evening_from: Annotated[
        LocalTime | None, Meta(description="the evening cannot begin before this, if anything")
    ] = None
    sleep_need: Annotated[
        Duration | None,
        Meta(description="sleep per 24 h that suits this person, naps included; else by age"),
    ] = None
    nap: Annotated[Duration, Meta(description="sleep by day on a usual day")] = "0 min"


class GuardianWish(Record, frozen=True, kw_only=True):
    """What one guardian wishes for a child, where it is not what was agreed. The more protective of
    all wishes and of what was agreed is what holds.
    """

    by: Annotated[Id, Meta(description="which guardian of the child")]
    child: Annotated[Id, Meta(description="for whom")]
    evening: Annotated[
        EveningKind | None, Meta(description="the kind of evening they wish for the child")
    ] = None
    lights_out: Annotated[
        LocalTime | None, Meta(description="when they wish the light out, on the wall clock")
    ] = None
    immersion_allowance: Annotated[
        Duration | None,
        Meta(description="dreamscape time a night they wish for; it binds every child alike"),
    ] = None


class Household(Record, frozen=True, kw_only=True):
    """A home: its people, its rooms and what they agreed."""

    household: Annotated[Literal[1], Meta(description="the version of this format")]
    name: Annotated[Name, Meta(description="what the home is called")]
    zone: Annotated[
        str,
        Meta(
            description="the IANA time zone, like Europe/Lisbon",
            pattern=r"^[A-Za-z0-9_+\-]{1,40}(/[A-Za-z0-9_+\-]{1,40}){0,2}(?!\n)$",
        ),
    ]
    rooms: Annotated[
        tuple[Room, ...], Meta(description="where people sleep", min_length=1, max_length=32)
    ]
    members: Annotated[
        tuple[Member, ...], Meta(description="who lives here", min_length=1, max_length=32)
    ]
    immersion_allowance: Annotated[
        Duration,
        Meta(description="dreamscape time a night the family agreed, the same for every child"),
    ] = "20 min"
    wishes: Annotated[
        tuple[GuardianWish, ...],
        Meta(
            description="where a guardian wishes otherwise; the more protective holds",
            max_length=64,
        ),
    ] = ()
