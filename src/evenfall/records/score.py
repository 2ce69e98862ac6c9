"""The authored text of an evening: a timed statechart of scenes, in physical units.

A score is what a person writes and reads; its compiled, immutable form is a programme. The
vocabulary is closed: no code, no free expressions. `stop`, `pause` and `sensor lost` are not
here because no author may write them: every programme has them, always.
"""

from typing import Annotated, Literal

from msgspec import Meta

from evenfall.records.base import Duration, Id, Light, Name, Record, Sound

SceneKind = Literal["settle", "immerse", "breather", "quiet", "wake"]
Soundscape = Literal["waves", "rain", "wind", "brown-noise", "night-insects", "hum"]
Role = Literal["any", "all", "younger", "elder"]

Words = Annotated[str, Meta(min_length=1, max_length=400)]


class LightTrack(Record, frozen=True, kw_only=True):
    """Light moving to a level over a time."""

    to: Annotated[Light, Meta(description="the level to reach, at the eye")]
    over: Annotated[Duration, Meta(description="how long the change takes")] = "60 s"


class SoundTrack(Record, frozen=True, kw_only=True):
    """A soundscape moving to a level over a time."""

    play: Annotated[Soundscape, Meta(description="which soundscape")]
    to: Annotated[Sound, Meta(description="the level to reach, at the pillow")]
    over: Annotated[Duration, Meta(description="how long the change takes")] = "20 s"


class Exit(Record, frozen=True, kw_only=True):
    """One way on, before the longest stay is over. Give exactly one condition."""

    to: Annotated[Id, Meta(description="the scene it leads to")]
    asleep_for: Annotated[
        Duration | None,
        Meta(description="when the sleepers have been asleep this long, if anything can tell"),
    ] = None
    touched: Annotated[bool, Meta(description="true: when someone touches the page, at once")] = (
        False
    )
    chosen: Annotated[
        Id | None, Meta(description="when this door is chosen on the page, at once")
    ] = None
    lights_out: Annotated[
        Role | None, Meta(description="when it is lights-out for this sleeper")
    ] = None
    who: Annotated[Role, Meta(description="for asleep_for: any, all, the younger or the elder")] = (
        "all"
    )


class Scene(Record, frozen=True, kw_only=True):
    """A state of the score: what the room is like, how long, and the ways on."""

    kind: Annotated[
        SceneKind,
        Meta(
            description="settle (arriving), immerse (a dreamscape), breather (the real room, "
            "shortly), quiet (the night), wake (the dawn)"
        ),
    ]
    stay: Annotated[
        tuple[Duration, Duration] | None,
        Meta(description="the shortest and the longest stay; none only for the night itself"),
    ] = None
    light: Annotated[
        LightTrack | None, Meta(description="light; none is the room's own night light, or dark")
    ] = None
    sound: Annotated[SoundTrack | None, Meta(description="sound; none is silence")] = None
    say: Annotated[
        tuple[Words, ...],
        Meta(description="words for whoever tells, line by line", max_length=200),
    ] = ()
    exits: Annotated[
        tuple[Exit, ...], Meta(description="ways on, in order of preference", max_length=32)
    ] = ()
    then: Annotated[Id | None, Meta(description="where it goes when the longest stay is over")] = (
        None
    )
    breather: Annotated[
        Id | None, Meta(description="for an immersive scene: the breather that interrupts it")
    ] = None
    breather_every: Annotated[
        Duration | None, Meta(description="how long it may immerse between breathers")
    ] = None


class Audience(Record, frozen=True, kw_only=True):
    """Whom a score is for."""

    youngest: Annotated[
        int, Meta(description="the youngest sleeper it is made for, in years", ge=1, le=120)
    ]
    sleepers: Annotated[
        int, Meta(description="the most who may sleep in the room with it", ge=1, le=4)
    ] = 1


class Score(Record, frozen=True, kw_only=True):
    """A whole evening, from the first dim light to the morning."""

    score: Annotated[Literal[1], Meta(description="the version of this format")]
    id: Annotated[Id, Meta(description="its short name")]
    title: Annotated[Name, Meta(description="what it is called")]
    about: Annotated[
        str, Meta(description="what it is and for whom, in a sentence or two", max_length=400)
    ] = ""
    evening: Annotated[
        Literal["told", "immersive"], Meta(description="told (a person tells) or immersive")
    ]
    audience: Annotated[Audience, Meta(description="whom it is for")]
    scenes: Annotated[
        dict[Id, Scene],
        Meta(description="the scenes by name; the first is where it begins", min_length=1),
    ]
