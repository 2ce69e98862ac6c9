"""The second verifier: may this programme run? Told from the programme alone, in another way.

It knows nothing of the kernel, the gate, the merge or the compiler, and imports only records. It
takes no steps: it reads a programme as a graph of scenes in which anything may happen at any
moment (any exit at once, every stay at its longest, every sensor lying) and bounds what a sleeper
could meet. Each objection names its rule and the line it is about.

What it takes as given is what the kernel injects, which the exhaustive checker proves: a stop
leads to `safe`; an emergency, like a guardian's word, to the night itself, which is silent and no
brighter than safe; lights-out to a scene that says it fits a sleeper; and a breather is due
wherever immersion, which runs on from scene to scene, reaches the interval of the scene it is in.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

import msgspec

from evenfall.records.limits import Limits
from evenfall.records.programme import Programme, ProgrammeScene, Setpoint

OUTERMOST = Limits(
    light_awake_lx_medi=10.0, light_asleep_lx_medi=1.0, light_dawn_lx_medi=110.0,
    dawn_ramp_min_s=1800.0, light_ramp_min_s=10.0, sound_awake_dba=50.0, sound_asleep_dba=30.0,
    voice_asleep_dba=30.0, sound_ramp_min_s=5.0, immersion_max_s=1200.0, breather_min_s=20.0,
)  # fmt: skip
"""What nobody may have more of; written out here, so that a slip in the house's own shows."""

BEAT_S, LENGTH_MAX_BEATS, LEASE_MAX_S, SAFE_WITHIN_S, FADE_MAX_S = 30, 240, 75.0, 5.0, 180.0
NIGHT_S, ASLEEP_STAGES = 12 * 3600, 0b1111100
"""N1, N2, N3, R and asleep, as the bits of a watch; unknown and awake are none of them."""


class Objection(NamedTuple):
    """Why a programme may not run: the rule, the line it is about (0: the whole), in words."""

    rule: str
    line: int
    words: str


class Bounds(NamedTuple):
    """What no night exceeds: beats to quiet, breathers counted, and beats immersed on the way."""

    quiet_beats: int
    immersed_beats: int


def fingerprint(programme: Programme) -> str:
    """SHA-256 of the programme as MessagePack: this verifier's own name for it."""
    return sha256(msgspec.msgpack.encode(programme, order="deterministic")).hexdigest()


def judge(programme: Programme, limits: Limits = OUTERMOST) -> tuple[Objection, ...]:
    """Every objection to a programme running; none where it is safe.

    Args:
        programme: the compiled score.
        limits: those of whoever sleeps there.

    Returns:
        The objections; where the graph itself is broken, only those to the graph.
    """
    rest = (_whole(programme, limits), _injected(programme), _scenes(programme))
    return _objections(_graph(programme)) or _objections(*rest)


def bounds(programme: Programme) -> Bounds:
    """The worst of every way through a programme whose graph is sound."""
    scenes = programme.scenes
    immersed = _longest(programme, [s.stay_max_beats * (s.kind == "immerse") for s in scenes])
    lengths = [s.stay_max_beats + _breathers_beats(programme, s) for s in scenes]
    return Bounds(_longest(programme, lengths), immersed)


# --- The graph -------------------------------------------------------------------------------

Points = tuple[Setpoint, ...]
Rows = Iterator[tuple[bool, str, int, str]]
"""What is asked, in rows: is it so, the rule, the line, and what it would do."""


def _objections(*parts: Rows) -> tuple[Objection, ...]:
    return tuple(Objection(r, at, why) for rows in parts for wrong, r, at, why in rows if wrong)


def _ways(scene: ProgrammeScene) -> list[int]:
    return [way.to for way in scene.exits] + [scene.then] * (scene.then >= 0)


def _graph(programme: Programme) -> Rows:
    """Every index leads somewhere it may, every stay ends, and no way comes back."""
    kinds = {-1: "none", **dict(enumerate(scene.kind for scene in programme.scenes))}
    ends = programme.quiet_scene, programme.first_quiet_scene
    yield kinds.get(0) not in ("settle", "immerse"), "ends", 0, "it begins with no arriving"
    yield {kinds.get(i) for i in ends} != {"quiet"}, "ends", 0, "its night, or its quiet, is none"
    yield kinds.get(programme.wake_scene) not in ("none", "wake"), "ends", 0, "its dawn is none"
    for i, scene in enumerate(programme.scenes):
        night, line, name = i == programme.quiet_scene, scene.line, scene.id
        leads = scene.kind in ("settle", "immerse") or (scene.kind == "quiet" and not night)
        to = {kinds.get(way, "none") for way in _ways(scene)}
        may = {"quiet"} if scene.kind == "quiet" else {"settle", "immerse", "quiet"}
        yield not to <= (may if leads else set()), "ways", line, f"{name} leads astray"
        yield leads > (scene.then >= 0), "ways", line, f"{name} waits for what may never come"
        yield (scene.stay_max_beats < 1) != night, "endless", line, f"the stay in {name} never ends"
        reads = {way.watch for way in scene.exits} - set(range(-1, len(programme.watches)))
        yield bool(reads), "watch", line, f"{name} waits for what is not watched"
        real = kinds.get(scene.breather) == "breather" or not scene.breather_every_beats
        yield not real, "breather", line, f"the breather of {name} is none"
    yield len(_backwards(programme)) < len(programme.scenes), "circle", 0, "a way comes back"


def _backwards(programme: Programme) -> list[int]:
    """The scenes, those that lead nowhere first, then those that lead only to these, and so on."""
    order, left = list[int](), set(range(len(programme.scenes)))
    while gone := {i for i in left if not left.intersection(_ways(programme.scenes[i]))}:
        order += gone
        left -= gone
    return order


def _closure(programme: Programme, start: set[int]) -> set[int]:
    """The scenes some way leads to from others, their breathers too."""
    found, fresh = set(start), [*start]
    while fresh:
        scene = programme.scenes[fresh.pop()]
        more = {*_ways(scene), *[scene.breather] * (scene.breather_every_beats > 0)} - found
        found |= more
        fresh += more
    return found


def _reached(programme: Programme) -> set[int]:
    ends = {programme.first_quiet_scene, programme.quiet_scene, programme.wake_scene}
    return _closure(programme, {0} | ends - {-1})


def _slept(programme: Programme) -> set[int]:
    """The scenes with someone asleep in the room: what a light put out or sleep leads to."""
    ways = [way for i in _reached(programme) for way in programme.scenes[i].exits]
    return _closure(programme, {way.to for way in ways if way.lights_out or way.watch >= 0})


def _breathers_beats(programme: Programme, scene: ProgrammeScene) -> int:
    each, every = programme.scenes[scene.breather].stay_max_beats, scene.breather_every_beats
    return (scene.stay_max_beats // every + 1) * each if every else 0


def _longest(programme: Programme, cost: list[int]) -> int:
    """The dearest way from the first scene to quiet; the graph has no circle."""
    dearest: dict[int, int] = {}
    for i in _backwards(programme):
        scene = programme.scenes[i]
        after = max((dearest[to] for to in _ways(scene)), default=0)
        dearest[i] = 0 if scene.kind == "quiet" else cost[i] + after
    return dearest[0]


# --- The whole -------------------------------------------------------------------------------


def _whole(programme: Programme, limits: Limits) -> Rows:
    """What it says of itself: whom it is for, its limits, its length, what it watches."""
    worst, own = bounds(programme), programme.limits
    few = programme.youngest_years >= 1 <= programme.sleepers <= 4
    yield not few, "audience", 0, "it is for an infant, for nobody or for a crowd"
    for name in limits.__struct_fields__:
        has, binds = getattr(own, name), getattr(limits, name)
        kept = binds <= has <= NIGHT_S if name.endswith("_min_s") else 0 <= has <= binds
        yield not kept, "limits", 0, f"it was made under {name} {has:g}; {binds:g} binds here"
    yield worst.quiet_beats > LENGTH_MAX_BEATS, "length", 0, "quiet may take too long to come"
    says, has = programme.length_max_beats, programme.immersion_max_beats
    yield says < worst.quiet_beats or has < worst.immersed_beats, "claim", 0, "it says less"
    everyone = set(range(programme.sleepers))
    for watch in programme.watches:
        lies = watch.stages & ~ASLEEP_STAGES or not everyone & {*watch.sleepers} or watch.beats < 1
        yield bool(lies), "watch", 0, "it takes for sleep what is none"


# --- Levels ----------------------------------------------------------------------------------


def _injected(programme: Programme) -> Rows:
    """What answers a stop, a touch and a call for a voice; and the night, after an emergency."""
    limits, safe, night = programme.limits, programme.safe, programme.scenes[programme.quiet_scene]
    dim, voice = limits.light_asleep_lx_medi, min(limits.voice_asleep_dba, limits.sound_asleep_dba)
    yield any(one.ramp_s > SAFE_WITHIN_S for one in safe), "stop", 0, "a stop takes too long"
    yield from _points(programme, safe, 0, dim, 0.0)
    yield from _points(programme, programme.glow, 0, dim, 0.0)
    yield from _points(programme, programme.glow_voice, 0, dim, voice)
    yield from _points(programme, night.setpoints, night.line, _level(safe, "light"), 0.0)


def _scenes(programme: Programme) -> Rows:
    """Each scene that can be reached, against the strictest phase it may be in."""
    limits, slept = programme.limits, _slept(programme)
    dim, bright = limits.light_asleep_lx_medi, limits.light_awake_lx_medi
    for i in sorted(_reached(programme)):
        scene, points = programme.scenes[i], programme.scenes[i].setpoints
        rests = scene.kind == "quiet" or i in slept or scene.fits_asleep
        caps = (dim, limits.sound_asleep_dba) if rests else (bright, limits.sound_awake_dba)
        if scene.kind == "wake":
            caps = limits.light_dawn_lx_medi, limits.sound_awake_dba
        yield from _points(programme, points, scene.line, *caps)
        if scene.kind in ("settle", "immerse"):
            most = min(_level(points, "light"), dim if scene.told_fits_asleep else bright)
            yield from _points(programme, scene.told_setpoints, scene.line, most, 0.0)
        if scene.breather_every_beats or scene.kind == "immerse":
            yield from _breather(programme, scene)


def _breather(programme: Programme, scene: ProgrammeScene) -> Rows:
    every_s, real = scene.breather_every_beats * BEAT_S, programme.scenes[scene.breather]
    limits, least = programme.limits, min(real.stay_min_beats, real.stay_max_beats)
    yield not 0 < every_s <= limits.immersion_max_s, "immersion", scene.line, f"{every_s} s of it"
    # A breather may come in just before a beat, so the first of its beats may be no time at all.
    short = (least - 1) * BEAT_S < limits.breather_min_s
    yield short, "breather", real.line, f"{real.id} may be over too soon"
    caps = (_level(scene.setpoints, "light"), _level(scene.setpoints, "sound"))
    yield from _points(programme, real.setpoints, real.line, *caps)


def _level(points: Points, output: str) -> float:
    return max((point.target for point in points if point.output == output), default=0.0)


def _points(programme: Programme, points: Points, line: int, *caps: float) -> Rows:
    """One light and one sound, within these ceilings, no darker than safe and not too sudden."""
    limits, most = programme.limits, dict(zip(("light", "sound"), caps, strict=True))
    dawn = caps[0] > max(limits.light_awake_lx_medi, limits.light_asleep_lx_medi)
    light_s = limits.dawn_ramp_min_s if dawn else limits.light_ramp_min_s
    up_s = {"light": light_s, "sound": limits.sound_ramp_min_s}
    whole = sorted(point.output for point in points) == ["light", "sound"]
    yield not whole, "outputs", line, "an output is not told what to be, or told twice"
    for point in points if whole else ():
        name, target, ramp_s = point.output, point.target, point.ramp_s
        least, cap = _level(programme.safe, name), most[name]
        yield not 0 <= target <= cap, "level", line, f"{name} of {target:g}, where {cap:g} is most"
        yield target < least, "stop", line, f"a stop would bring the {name} up"
        most_s, floor_s = NIGHT_S if cap > least else FADE_MAX_S, up_s[name] * (target > least)
        yield ramp_s < floor_s, "ramp", line, f"{name} comes up within {ramp_s:g} s"
        yield not 0 <= ramp_s <= most_s, "fade", line, f"{name} takes {ramp_s:g} s"
        yield not 0 < point.lease_s <= LEASE_MAX_S, "lease", line, f"{name} is held for too long"
