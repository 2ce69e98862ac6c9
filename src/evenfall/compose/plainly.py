"""Is it plainly unsafe? What needs no exploring: each scene against the limits of its audience.

A score that fails here is refused when it is loaded. What depends on the way through the scenes
is the exhaustive checker's work; this is the structural part, linear in the score.
"""

from collections.abc import Iterator

from evenfall.compose.length import immersion_max_beats, length_max_beats
from evenfall.compose.shape import ways_on
from evenfall.formats.decode import Document
from evenfall.formats.errors import Fault
from evenfall.formats.quantity import duration_s, duration_text, light_lx_medi, sound_dba
from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import BEAT_S
from evenfall.records.score import Scene, Score
from evenfall.safety.gate import ceiling_name, ramp_floor_s
from evenfall.safety.limits import SOURCES

LENGTH_MAX_S = 2 * 3600
"""The longest way to quiet, breathers counted: this project's own choice."""

_PHASES = {"quiet": ASLEEP, "wake": DAWN}
_WHEN = {ASLEEP: "while someone sleeps", WINDING_DOWN: "while winding down", DAWN: "at dawn"}


def phases(score: Score) -> dict[str, int]:
    """The phase each scene must be fit for.

    A scene that someone's lights-out or sleep leads to, and whatever follows it, has a sleeper in
    the room and must be fit for one.
    """
    found = {name: _PHASES.get(scene.kind, WINDING_DOWN) for name, scene in score.scenes.items()}
    waiting = [
        way.to
        for scene in score.scenes.values()
        for way in scene.exits
        if way.lights_out or way.asleep_for
    ]
    while waiting:
        name = waiting.pop()
        scene = score.scenes[name]
        if found[name] != WINDING_DOWN:
            continue
        found[name] = ASLEEP
        waiting += ways_on(scene)
        if scene.breather:
            waiting.append(scene.breather)
    return found


def unsafe_faults(document: Document[Score], limits: Limits) -> list[Fault]:
    """Everything in a score that is plainly unsafe for an audience with these limits."""
    faults: list[Fault] = []
    by_scene = phases(document.record)
    for name, scene in document.record.scenes.items():
        faults += _tracks(document, name, scene, limits, by_scene[name])
        if scene.kind == "immerse":
            faults += _immersion(document, name, scene, limits)
        if scene.kind == "breather":
            faults += _breather(document, name, scene, limits)
        if scene.kind == "settle" and by_scene[name] == WINDING_DOWN:
            faults += _disguise(document, name, scene, limits)
    return [*faults, *_louder_quiets(document), *_length(document)]


def _tracks(
    document: Document[Score], name: str, scene: Scene, limits: Limits, phase: int
) -> Iterator[Fault]:
    tracks = [
        ("light", scene.light, light_lx_medi(scene.light.to) if scene.light else 0.0, "lx mEDI"),
        ("sound", scene.sound, sound_dba(scene.sound.to) if scene.sound else 0.0, "dBA"),
    ]
    for output, track, level, unit in tracks:
        if track is None:
            continue
        limit = ceiling_name(output, phase)
        allowed = getattr(limits, limit)
        if level > allowed:
            yield Fault(
                found=f"{name!r} asks for {track.to} of {output} {_WHEN[phase]}",
                place=document.place("scenes", name, output, "to"),
                expected=f"at most {allowed:g} {unit} for this audience ({SOURCES[limit]})",
                mend=f"write {allowed:g} {unit} or less",
            )
        floor_s = ramp_floor_s(output, limits, phase)
        if duration_s(track.over) < floor_s:
            yield Fault(
                found=f"{name!r} changes the {output} within {track.over}",
                place=document.place("scenes", name, output, "over"),
                expected=f"at least {duration_text(floor_s)}: nothing starts at once at night",
                mend=f"write over: {duration_text(floor_s)} or longer",
            )


def _immersion(
    document: Document[Score], name: str, scene: Scene, limits: Limits
) -> Iterator[Fault]:
    assert scene.breather is not None and scene.breather_every is not None  # shape has seen to it
    if duration_s(scene.breather_every) > limits.immersion_max_s:
        most = duration_text(limits.immersion_max_s)
        yield Fault(
            found=f"{name!r} immerses {scene.breather_every} between breathers",
            place=document.place("scenes", name, "breather_every"),
            expected=f"at most {most} for this audience ({SOURCES['immersion_max_s']})",
            mend=f"write breather_every: {most} or less",
        )
    if duration_s(scene.breather_every) < BEAT_S:
        yield Fault(
            found=f"{name!r} takes a breather every {scene.breather_every}",
            place=document.place("scenes", name, "breather_every"),
            expected="at least 30 s, one beat of the night",
            mend="write breather_every: 8 min",
        )
    yield from _only_subtracts(document, name, scene, document.record.scenes[scene.breather])


def _disguise(
    document: Document[Score], name: str, scene: Scene, limits: Limits
) -> Iterator[Fault]:
    """A soundscape, longer than immersion may last and with no real life, by another name."""
    assert scene.stay is not None  # shape has seen to it
    loud = scene.sound is not None and sound_dba(scene.sound.to) > limits.sound_asleep_dba
    if loud and duration_s(scene.stay[1]) > limits.immersion_max_s:
        yield Fault(
            found=f"{name!r} only settles, and plays for {scene.stay[1]} without real life",
            place=document.place("scenes", name, "stay"),
            expected=f"at most {duration_text(limits.immersion_max_s)} where it is louder than "
            f"{limits.sound_asleep_dba:g} dBA ({SOURCES['immersion_max_s']})",
            mend="make it shorter or quieter, or call it immerse and give it a breather",
        )


def _breather(
    document: Document[Score], name: str, scene: Scene, limits: Limits
) -> Iterator[Fault]:
    assert scene.stay is not None  # shape has seen to it
    if duration_s(scene.stay[0]) < limits.breather_min_s:
        yield Fault(
            found=f"the breather {name!r} may be over after {scene.stay[0]}",
            place=document.place("scenes", name, "stay"),
            expected=f"at least {limits.breather_min_s:g} s of real life",
            mend="write stay: [30 s, 90 s]",
        )


def _only_subtracts(
    document: Document[Score], name: str, scene: Scene, breather: Scene
) -> Iterator[Fault]:
    for output, in_scene, in_breather, _unit in _levels_after(scene, breather):
        if in_breather > in_scene:
            yield Fault(
                found=f"the breather {scene.breather!r} has more {output} than {name!r}, "
                "which it interrupts",
                place=document.place("scenes", str(scene.breather), output),
                expected="a breather only takes away: never louder, never brighter",
                mend=f"lower its {output}, or take it out",
            )


def _louder_quiets(document: Document[Score]) -> Iterator[Fault]:
    """Once it is quiet nothing grows: of a quiet scene after another, what it has more of."""
    scenes = document.record.scenes
    told: set[tuple[str, str]] = set()
    for name, scene in scenes.items():
        if scene.kind != "quiet":
            continue
        for target in ways_on(scene):
            for output, most, level, unit in _levels_after(scene, scenes[target]):
                if level <= most or (target, output) in told:
                    continue
                told.add((target, output))
                yield Fault(
                    found=f"{target!r} has more {output} than {name!r}, the quiet scene before it",
                    place=document.place("scenes", target, output, "to"),
                    expected="once it is quiet nothing grows louder or brighter: only a touch, "
                    "an asked-for voice and the dawn are answered",
                    mend=f"write {most:g} {unit} or less" if most else f"take its {output} out",
                )


def _levels_after(scene: Scene, after: Scene) -> Iterator[tuple[str, float, float, str]]:
    """Of each output: what a scene has, what the one after it has, and the unit."""
    yield "light", _light_lx_medi(scene), _light_lx_medi(after), "lx mEDI"
    yield "sound", _sound_dba(scene), _sound_dba(after), "dBA"


def _light_lx_medi(scene: Scene) -> float:
    return light_lx_medi(scene.light.to) if scene.light else 0.0


def _sound_dba(scene: Scene) -> float:
    return sound_dba(scene.sound.to) if scene.sound else 0.0


def _length(document: Document[Score]) -> Iterator[Fault]:
    length_s = length_max_beats(document.record) * BEAT_S
    if length_s > LENGTH_MAX_S:
        yield Fault(
            found=f"the longest way to quiet takes {duration_text(length_s)}, "
            f"{duration_text(immersion_max_beats(document.record) * BEAT_S)} of it immersed",
            place=document.place("scenes"),
            expected=f"at most {duration_text(LENGTH_MAX_S)}, breathers counted",
            mend="shorten the longest stays",
        )
