"""Scores that nobody wrote, for hypothesis: any shape a score may have, safe or not."""

from hypothesis import strategies as st
from msgspec.structs import replace

from evenfall.compose.plainly import phases
from evenfall.formats.decode import Document
from evenfall.formats.located import Located
from evenfall.formats.quantity import light_lx_medi, sound_dba
from evenfall.records.limits import Limits
from evenfall.records.night import (
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    No,
    Override,
    Pause,
    Resume,
    SensorLost,
    Touch,
    Voice,
)
from evenfall.records.programme import Programme
from evenfall.records.score import (
    Audience,
    Exit,
    LightTrack,
    Role,
    Scene,
    SceneKind,
    Score,
    SoundTrack,
)
from evenfall.safety.gate import ceiling, ramp_floor_s

_ROLES: list[Role] = ["any", "all", "younger", "elder"]
_WAYS: list[SceneKind] = ["settle", "immerse"]


def document_of(score: Score) -> Document[Score]:
    """A score that was never a text, so that its places are unknown."""
    return Document(score, Located(None, "made.yaml", {}, {}))


@st.composite
def scores(draw: st.DrawFn, limits: Limits, *, careless: bool) -> Score:
    """A score whose ways all lead on to the night.

    Args:
        draw: hypothesis's own.
        limits: whom it is for.
        careless: True where levels, ramps and intervals may be anything; False where each is
            within the limits of its phase, so that the score must compile.
    """
    kinds = draw(st.lists(st.sampled_from(_WAYS), min_size=1, max_size=5))
    kinds += ["quiet"] * draw(st.integers(0, 2))
    names = [*(f"s{i}" for i in range(len(kinds))), "night"]
    scenes = {
        name: draw(_scene(kind, names[i + 1 :], careless=careless))
        for i, (name, kind) in enumerate(zip(names, kinds, strict=False))
    }
    scenes["night"] = Scene(kind="quiet")
    if any(scene.breather for scene in scenes.values()):
        scenes["real"] = Scene(kind="breather", stay=("30 s", draw(_seconds(60, 120))))
    if draw(st.booleans()):
        scenes["dawn"] = Scene(kind="wake", stay=("30 min", "40 min"))
    bare = Score(
        score=1,
        id="made",
        title="Made",
        evening="immersive",
        audience=Audience(youngest=1, sleepers=4),
        scenes=scenes,
    )
    lit = {
        name: draw(_tracks(scenes[name], limits, phase, careless=careless))
        for name, phase in phases(bare).items()
    }
    return replace(bare, scenes=lit if careless else _growing_quieter(lit))


def _growing_quieter(scenes: dict[str, Scene]) -> dict[str, Scene]:
    """The same with each quiet scene as dark and quiet as the one before it, or more so."""
    kept: dict[str, Scene] = {}
    before: Scene | None = None
    for name, scene in scenes.items():
        if scene.kind == "quiet" and before is not None:
            light, sound = scene.light, scene.sound
            if light and light_lx_medi(light.to) > (
                light_lx_medi(before.light.to) if before.light else 0.0
            ):
                light = before.light
            if sound and sound_dba(sound.to) > (
                sound_dba(before.sound.to) if before.sound else 0.0
            ):
                sound = before.sound
            kept[name] = replace(scene, light=light, sound=sound)
        else:
            kept[name] = scene
        before = kept[name] if scene.kind == "quiet" else before
    return kept


def _seconds(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map(lambda seconds: f"{seconds} s")


@st.composite
def _scene(draw: st.DrawFn, kind: SceneKind, later: list[str], *, careless: bool) -> Scene:
    # A quiet scene may lead only to quiet, and everything after a quiet scene is quiet here.
    shortest = draw(st.integers(0, 150))
    longest = shortest + 60 + draw(st.integers(0, 1200 if careless else 200))
    immerses = kind == "immerse"
    return Scene(
        kind=kind,
        stay=(f"{shortest} s", f"{longest} s"),
        exits=tuple(draw(st.lists(_exit(later), max_size=3))),
        then=later[0],
        breather="real" if immerses else None,
        breather_every=draw(_seconds(0, 1400) if careless else _seconds(120, 600))
        if immerses
        else None,
    )


@st.composite
def _exit(draw: st.DrawFn, later: list[str]) -> Exit:
    to = draw(st.sampled_from(later))
    condition = draw(st.integers(0, 3))
    if condition == 0:
        return Exit(to=to, asleep_for=draw(_seconds(0, 240)), who=draw(st.sampled_from(_ROLES)))
    if condition == 1:
        return Exit(to=to, touched=True)
    if condition == 2:
        return Exit(to=to, chosen=draw(st.sampled_from(["left", "right"])))
    return Exit(to=to, lights_out=draw(st.sampled_from(_ROLES)))


@st.composite
def _tracks(draw: st.DrawFn, scene: Scene, limits: Limits, phase: int, *, careless: bool) -> Scene:
    """The scene with light and sound; neither in a careful breather or night."""
    bare = scene.kind == "breather" or scene.stay is None
    if bare and not careless:
        return scene
    light: LightTrack | None = None
    sound: SoundTrack | None = None
    if draw(st.booleans()):
        light = LightTrack(
            to=f"{draw(_level('light', limits, phase, careless=careless)):.3f} lx mEDI",
            over=draw(_over("light", limits, phase, careless=careless)),
        )
    if draw(st.booleans()):
        sound = SoundTrack(
            play="waves",
            to=f"{draw(_level('sound', limits, phase, careless=careless)):.1f} dBA",
            over=draw(_over("sound", limits, phase, careless=careless)),
        )
    return replace(scene, light=light, sound=sound)


def _level(output: str, limits: Limits, phase: int, *, careless: bool) -> st.SearchStrategy[float]:
    most = ceiling(output, limits, phase)
    return st.floats(0.0, most * 1.02 if careless else most)


def _over(output: str, limits: Limits, phase: int, *, careless: bool) -> st.SearchStrategy[str]:
    floor_s = int(ramp_floor_s(output, limits, phase))
    return _seconds(floor_s - 1 if careless else floor_s, floor_s + 100)


@st.composite
def walks(draw: st.DrawFn, programme: Programme) -> list[AnyEvent]:
    """Events of a few kinds only, and beats in between: so that rare pairs meet often.

    Source: Groce et al. 2012, swarm testing.
    """
    who = st.integers(0, programme.sleepers - 1)
    people: list[st.SearchStrategy[AnyEvent]] = [
        st.builds(Touch, who),
        st.builds(Voice, who),
        st.builds(Choice, st.sampled_from(["left", "right"])),
        st.builds(No, who),
        st.just(Pause()),
        st.just(Resume()),
        st.builds(LightsOut, who),
        st.builds(Dawn, st.booleans()),
        st.builds(SensorLost, who),
        st.builds(BeatsMissed, st.integers(1, 4)),
        st.just(Override("mara")),
        st.just(Emergency("distress")),
    ]
    kinds = draw(st.lists(st.sampled_from(people), min_size=1, max_size=4))
    stages = st.lists(st.integers(0, 6), max_size=programme.sleepers).map(tuple)
    beats: st.SearchStrategy[AnyEvent] = st.builds(Beat, stages)
    events = draw(st.lists(st.one_of(beats, *kinds), max_size=40))
    begun: list[AnyEvent] = [Begin()]
    return begun + events if draw(st.booleans()) else events
