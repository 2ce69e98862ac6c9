"""Is what was sent a flash? An analyser that knows nothing of what keeps it from being one.

It reads where a light really was over time and counts opposing changes, as the rules for
photosensitive epilepsy do, and is stricter wherever they speak of screens: a lamp fills the eye.

1. A change is one of 10 % or more. WCAG and the ITU reckon it of a screen's fullest, and only
   where the darker is under 0.80; here it is 10 % of the brighter of the two, however bright.
2. A flash is a pair of opposing changes: an increase and a decrease, in either order.
3. A change to or from a saturated red, R/(R+G+B) at least 0.8, is one of a red flash.
4. More than three flashes in a second are never to be. Evenfall keeps to one in any second, and to
   one of red in any five.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import msgspec

WCAG = "W3C, WCAG 2.2, success criterion 2.3.1 and its general and red flash thresholds"
ITU = "ITU-R BT.1702, guidance for the reduction of photosensitive epileptic seizures"
OWN_CHOICE = "this project's own choice, stricter than both"

CHANGE_SHARE = 0.1
"""The least part of the brighter level that is a change (WCAG; of the brighter: own choice)."""

RED_SHARE = 0.8
"""R/(R+G+B) from which a red is saturated (WCAG, ITU)."""

FLASHES_MAX_PER_S = 3
"""More of them in a second may bring on a seizure (WCAG, ITU)."""

OWN_FLASHES_MAX = 1
"""What Evenfall keeps to, in the two times below (own choice)."""

FLASH_REST_S = 1.0
"""From a fall of light to the next rise of it, at the least (own choice)."""

RED_REST_S = 5.0
"""The same for a saturated red, whose flashing is never shipped (own choice)."""


class Point(msgspec.Struct, frozen=True):
    """Where a light was at a moment; between two of them it went in a straight line."""

    at_s: float
    level: float  # in proportion to its luminance; the unit cancels out
    rgb: tuple[int, int, int] = (255, 255, 255)


class Change(msgspec.Struct, frozen=True):
    """A rise or a fall of light, from one turn to the next."""

    rises: bool
    late_s: float  # from here to its end it is still a change
    soon_s: float  # from its beginning to here it is one already
    red: bool


def is_saturated_red(rgb: tuple[int, int, int]) -> bool:
    """True for a red that the flash rules treat by itself.

    Example:
        >>> is_saturated_red((255, 40, 0)), is_saturated_red((255, 160, 0))
        (True, False)
    """
    return rgb[0] > 0 and rgb[0] >= RED_SHARE * sum(rgb)


def changes(points: Sequence[Point]) -> tuple[Change, ...]:
    """The rises and falls of a light, those too small to be one left out.

    Args:
        points: where it was, in order of time. Two of the same moment are a jump.

    Example:
        >>> seen = changes([Point(0.0, 0.0), Point(1.0, 1.0), Point(1.0, 0.95), Point(2.0, 0.0)])
        >>> [one.rises for one in seen]
        [True, False]
    """
    turns = list(_turns([point.level for point in points]))
    return tuple(_change(points[a : b + 1]) for a, b in pairwise(turns))


def most_flashes(points: Sequence[Point], within_s: float = 1.0, *, red: bool = False) -> int:
    """The most flashes in any stretch of time.

    Args:
        points: where the light was, in order of time.
        within_s: how long a stretch.
        red: count only those of saturated red.

    Example:
        >>> strobe = [Point(n / 10, n % 2) for n in range(20)]
        >>> most_flashes(strobe), most_flashes(strobe, red=True)
        (6, 0)
    """
    seen = [one for one in changes(points) if one.red or not red]
    most = first = 0
    for last, change in enumerate(seen):
        while first <= last and change.soon_s - seen[first].late_s >= within_s:
            first += 1
        most = max(most, last - first + 1)
    return most // 2


def is_calm(points: Sequence[Point]) -> bool:
    """True where a light keeps to what Evenfall lets out: far less than WCAG and the ITU allow."""
    return (
        most_flashes(points, FLASH_REST_S) <= OWN_FLASHES_MAX
        and most_flashes(points, RED_REST_S, red=True) <= OWN_FLASHES_MAX
    )


def _turns(levels: Sequence[float]) -> Iterator[int]:
    """Where the light turns, as places in `levels`; a way back too small to see is no turn."""
    low = high = 0
    going = ""
    for place, level in enumerate(levels):
        low = place if level <= levels[low] else low
        high = place if level >= levels[high] else high
        if going != "up" and _is_change(levels[low], level):
            yield low
            going, high = "up", place
        elif going != "down" and _is_change(level, levels[high]):
            yield high
            going, low = "down", place
    if going:
        yield high if going == "up" else low


def _is_change(darker: float, brighter: float) -> bool:
    return darker < brighter and darker <= (1.0 - CHANGE_SHARE) * brighter


def _change(points: Sequence[Point]) -> Change:
    """One way from turn to turn, of which only the first and the last tenth need be in a window."""
    first, last = points[0].level, points[-1].level
    left, kept = (first / (1.0 - CHANGE_SHARE), last * (1.0 - CHANGE_SHARE))
    if first > last:
        left, kept = first * (1.0 - CHANGE_SHARE), last / (1.0 - CHANGE_SHARE)
    pairs = list(pairwise(points))
    soon_s = next(_crossing_s(a, b, left) for a, b in pairs if _between(a, b, left))
    late_s = next(_crossing_s(a, b, kept) for a, b in reversed(pairs) if _between(a, b, kept))
    red = any(is_saturated_red(point.rgb) for point in points)
    return Change(rises=first < last, late_s=late_s, soon_s=soon_s, red=red)


def _between(a: Point, b: Point, level: float) -> bool:
    return min(a.level, b.level) <= level <= max(a.level, b.level)


def _crossing_s(a: Point, b: Point, level: float) -> float:
    if a.level == b.level:
        return a.at_s
    return a.at_s + (b.at_s - a.at_s) * (level - a.level) / (b.level - a.level)
