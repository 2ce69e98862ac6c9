"""How long can it take? The longest way from the beginning to quiet, and the most immersion on it.

Totals stay outside the night's state: they are bounded here, once, by the longest path.
"""

from collections.abc import Callable

from evenfall.compose.shape import in_order, stay_beats, ways_on
from evenfall.formats.quantity import duration_s
from evenfall.records.programme import BEAT_S
from evenfall.records.score import Scene, Score


def length_max_beats(score: Score) -> int:
    """Beats on the longest way to the first quiet scene, every breather counted.

    Args:
        score: a score whose shape has been checked: its ways never lead back.
    """

    def cost(scene: Scene) -> int:
        _, longest = stay_beats(scene)
        return longest + _breathers_beats(score, scene, longest)

    return _longest(score, cost)


def immersion_max_beats(score: Score) -> int:
    """The most beats of immersion on any way to quiet."""
    return _longest(score, lambda scene: stay_beats(scene)[1] if scene.kind == "immerse" else 0)


def _longest(score: Score, cost: Callable[[Scene], int]) -> int:
    scenes = score.scenes
    longest: dict[str, int] = {}
    for name in reversed(in_order(scenes)):
        scene = scenes[name]
        if scene.kind == "quiet":
            longest[name] = 0
            continue
        longest[name] = cost(scene) + max([longest[target] for target in ways_on(scene)], default=0)
    return longest[next(iter(scenes))]


def _breathers_beats(score: Score, scene: Scene, longest: int) -> int:
    """Beats of breathers in one scene. One more than fit, since immersion may come in with it."""
    if scene.breather is None or scene.breather_every is None:
        return 0
    every = max(duration_s(scene.breather_every) // BEAT_S, 1)
    _, breather_longest = stay_beats(score.scenes[scene.breather])
    return (longest // every + 1) * breather_longest
