"""Is it a score at all? The graph of scenes, before anything about light or sound.

Rule: every way leads on, no way leads back, and every way ends in the one scene that is the
night itself. All checks are linear in the number of scenes and exits.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from itertools import islice

from evenfall.formats.decode import Document
from evenfall.formats.errors import Fault
from evenfall.formats.quantity import duration_s
from evenfall.records.programme import ALWAYS, BEAT_S
from evenfall.records.score import Scene, Score

Path = tuple[str | int, ...]

NEAR_AMONG = 100
"""How many scenes a misspelt name is compared with: far more than an evening has (own choice)."""

_USUAL_STAYS = {
    "settle": "[2 min, 6 min]",
    "immerse": "[3 min, 8 min]",
    "breather": "[30 s, 90 s]",
    "wake": "[30 min, 45 min]",
}


def shape_faults(document: Document[Score]) -> list[Fault]:
    """Everything wrong with a score's graph. Names first: without them the rest says nothing."""
    faults = list(_names(document))
    if faults:
        return faults
    faults += _beginning(document)
    for name, scene in document.record.scenes.items():
        faults += _scene(document, name, scene)
    faults += _night(document)
    if faults:
        return faults
    return [*_cycles(document), *_unreached(document)]


def is_night(scene: Scene) -> bool:
    """The night itself: quiet, and with no end of its own."""
    return scene.kind == "quiet" and scene.stay is None


def ways_on(scene: Scene) -> Iterator[str]:
    """The scenes a scene can lead to, in order; breathers are not ways on."""
    for way in scene.exits:
        yield way.to
    if scene.then is not None:
        yield scene.then


def _placed_ways(scene: Scene) -> Iterator[tuple[Path, str]]:
    """The same with where each is named, from the scene on."""
    for i, way in enumerate(scene.exits):
        yield ("exits", i, "to"), way.to
    if scene.then is not None:
        yield ("then",), scene.then


def in_order(scenes: Mapping[str, Scene]) -> list[str]:
    """Scene names so that every way leads forward; shorter than `scenes` where there is a cycle.

    Source: Kahn 1962, topological sorting.
    """
    arrivals = dict.fromkeys(scenes, 0)
    ways = {name: tuple(ways_on(scene)) for name, scene in scenes.items()}
    for targets in ways.values():
        for target in targets:
            arrivals[target] += 1
    ready = [name for name, count in arrivals.items() if not count]
    order: list[str] = []
    while ready:
        name = ready.pop()
        order.append(name)
        for target in ways[name]:
            arrivals[target] -= 1
            if not arrivals[target]:
                ready.append(target)
    return order


def stay_beats(scene: Scene) -> tuple[int, int]:
    """The shortest and longest stay in beats: the shortest one beat late, the longest early.

    A scene may be entered just after a beat or just before one, so that an age of k beats means
    between k−1 and k beats have really passed.
    """
    if scene.stay is None:
        return 0, ALWAYS
    shortest, longest = scene.stay
    return -(-duration_s(shortest) // BEAT_S) + 1, duration_s(longest) // BEAT_S


def _names(document: Document[Score]) -> Iterator[Fault]:
    scenes = document.record.scenes
    for name, scene in scenes.items():
        named = list(_placed_ways(scene))
        if scene.breather is not None:
            named.append((("breather",), scene.breather))
        for path, target in named:
            if target in scenes:
                continue
            yield Fault(
                found=f"{name!r} leads to {target!r}, and there is no such scene",
                place=document.place("scenes", name, *path),
                expected="the name of a scene in this score",
                mend=f"write {_nearest(target, scenes)!r}, or add a scene {target!r}",
            )


def _nearest(target: str, scenes: Mapping[str, Scene]) -> str:
    """The scene most likely meant; sought among the first ones, so that the check stays linear."""
    return get_close_matches(target, islice(scenes, NEAR_AMONG), n=1, cutoff=0.0)[0]


def _beginning(document: Document[Score]) -> Iterator[Fault]:
    name, scene = next(iter(document.record.scenes.items()))
    if scene.kind not in ("settle", "immerse"):
        yield Fault(
            found=f"the score begins with {name!r}, a scene of kind {scene.kind}",
            place=document.place("scenes", name, "kind"),
            expected="a first scene to arrive in, of kind settle",
            mend="put a settle scene first",
        )


def _scene(document: Document[Score], name: str, scene: Scene) -> Iterator[Fault]:
    def fault(field: str, found: str, expected: str, mend: str) -> Fault:
        return Fault(found, document.place("scenes", name, field), expected, mend)

    yield from _stay(document, name, scene)
    ends = is_night(scene) or scene.kind in ("breather", "wake")
    if ends and (scene.then or scene.exits):
        yield fault(
            "then" if scene.then else "exits",
            f"{name!r} ({scene.kind}) has a way on",
            "no exits and no then: the night only ends at dawn, a breather returns by itself",
            "take it out",
        )
    if not ends and scene.then is None:
        yield fault(
            "kind",
            f"{name!r} says where it goes only if something happens",
            "a then: the scene that follows when the longest stay is over",
            "add then: and a scene quieter than this one",
        )
    if scene.kind == "immerse" and document.record.evening == "told":
        yield fault(
            "kind",
            f"{name!r} immerses in a told evening",
            "settle, quiet and wake scenes: a person tells, and the house only dims",
            "make the scene settle, or write evening: immersive",
        )
    if scene.kind == "immerse" and not (scene.breather and scene.breather_every):
        yield fault(
            "kind",
            f"{name!r} immerses and never lets real life in",
            "a breather, and breather_every",
            "add breather: with a scene of kind breather, and breather_every: 8 min",
        )
    if scene.kind != "immerse" and (scene.breather or scene.breather_every):
        yield fault(
            "breather" if scene.breather else "breather_every",
            f"{name!r} is a {scene.kind} scene with a breather",
            "breathers in immersive scenes only",
            "take the breather out, or make the scene immerse",
        )
    if scene.breather and document.record.scenes[scene.breather].kind != "breather":
        yield fault(
            "breather",
            f"{name!r} takes {scene.breather!r} as its breather, which is no breather",
            "a scene of kind breather",
            f"give {scene.breather!r} the kind breather, or name another scene",
        )
    yield from _targets(document, name, scene)


def _stay(document: Document[Score], name: str, scene: Scene) -> Iterator[Fault]:
    if scene.stay is None:
        if scene.kind != "quiet":
            yield Fault(
                found=f"{name!r} has no stay, so it might never end",
                place=document.place("scenes", name, "stay"),
                expected="a shortest and a longest stay",
                mend=f"add stay: {_USUAL_STAYS[scene.kind]}",
            )
        return
    shortest, longest = stay_beats(scene)
    if longest < max(shortest, 1):
        yield Fault(
            found=f"{name!r} stays from {scene.stay[0]} to {scene.stay[1]}",
            place=document.place("scenes", name, "stay"),
            expected="a longest stay at least 60 s over the shortest: the night counts in "
            "beats of 30 s, the shortest stay one beat late and the longest early",
            mend="make the longest stay longer",
        )


def _targets(document: Document[Score], name: str, scene: Scene) -> Iterator[Fault]:
    """Ways on may lead to no breather and no dawn, and out of quiet only to quiet."""
    scenes = document.record.scenes
    for path, target in _placed_ways(scene):
        kind = scenes[target].kind
        back = scene.kind == "quiet" and kind in ("settle", "immerse")
        if kind not in ("breather", "wake") and not back:
            continue
        yield Fault(
            found=f"{name!r} ({scene.kind}) leads to {target!r}, a scene of kind {kind}",
            place=document.place("scenes", name, *path),
            expected="quiet leads only to quiet; only the dawn leads to wake, and a breather "
            "is named as breather:",
            mend="lead to a quiet scene",
        )


def _night(document: Document[Score]) -> Iterator[Fault]:
    scenes = document.record.scenes
    nights = [name for name, scene in scenes.items() if is_night(scene)]
    wakes = [name for name, scene in scenes.items() if scene.kind == "wake"]
    if len(nights) != 1:
        listed = ", ".join(repr(name) for name in nights) or "none"
        yield Fault(
            found=f"scenes that are the night itself: {listed}",
            place=document.place("scenes", *nights[1:2]),
            expected="exactly one quiet scene with no stay, where everything ends",
            mend="add a last scene with kind: quiet and nothing else"
            if not nights
            else f"give {nights[1]!r} a stay and a then",
        )
    for name in nights:
        for output in ("light", "sound"):
            if getattr(scenes[name], output) is None:
                continue
            yield Fault(
                found=f"the night itself, {name!r}, has {output} of its own",
                place=document.place("scenes", name, output),
                expected="the room's night light or dark, and silence: a no, a gap and a "
                "guardian's word all lead here, and may only quieten",
                mend=f"take it out, or put the {output} in a quiet scene before {name!r}",
            )
    if len(wakes) > 1:
        yield Fault(
            found=f"two dawns: {wakes[0]!r} and {wakes[1]!r}",
            place=document.place("scenes", wakes[1]),
            expected="one wake scene at most",
            mend=f"take out {wakes[1]!r}",
        )


def _cycles(document: Document[Score]) -> Iterator[Fault]:
    scenes = document.record.scenes
    ordered = set(in_order(scenes))
    if len(ordered) == len(scenes):
        return
    name = _on_a_circle(scenes, ordered)
    yield Fault(
        found=f"from {name!r} the ways on come back to where they were",
        place=document.place("scenes", name),
        expected="a score that always leads on, so that it ends",
        mend="let the last scene of the circle lead to a quiet one",
    )


def _on_a_circle(scenes: Mapping[str, Scene], ordered: set[str]) -> str:
    """A scene on a circle itself. What only follows a circle has no order either, so walk back."""
    rest = [name for name in scenes if name not in ordered]
    before = {target: name for name in rest for target in ways_on(scenes[name])}
    name, seen = rest[0], set[str]()
    while name not in seen:
        seen.add(name)
        name = before[name]
    return name


def _unreached(document: Document[Score]) -> Iterator[Fault]:
    scenes = document.record.scenes
    reached = {next(iter(scenes))}
    waiting = list(reached)
    while waiting:
        scene = scenes[waiting.pop()]
        fresh = {*ways_on(scene), *([scene.breather] if scene.breather else [])} - reached
        reached |= fresh
        waiting += fresh
    for name, scene in scenes.items():
        if name not in reached and scene.kind != "wake":
            yield Fault(
                found=f"nothing leads to {name!r}",
                place=document.place("scenes", name),
                expected="every scene on some way from the first",
                mend=f"lead to {name!r} from a scene, or take it out",
            )
