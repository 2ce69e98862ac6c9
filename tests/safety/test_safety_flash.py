"""The analyser of flashes, held to the standards' own words and to sequences made by hand."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.safety.flash import (
    FLASHES_MAX_PER_S,
    Point,
    changes,
    is_calm,
    is_saturated_red,
    most_flashes,
)

Rgb = tuple[int, int, int]
RED, WHITE = (255, 40, 0), (255, 255, 255)


def strobe(hz: float, seconds: float, low: float = 0.0, rgb: Rgb = WHITE) -> list[Point]:
    """A square wave, as jumps."""
    points, on = [Point(0.0, low, rgb)], False
    for half in range(1, int(2 * hz * seconds) + 1):
        at_s, before = half / (2 * hz), 1.0 if on else low
        on = not on
        points += [Point(at_s, before, rgb), Point(at_s, 1.0 if on else low, rgb)]
    return points


@pytest.mark.parametrize(
    ("hz", "flashes"), [(0.5, 0), (1.0, 1), (2.0, 2), (4.0, 4), (8.0, 8), (32.0, 32)]
)
def test_a_strobe_has_as_many_flashes_a_second_as_it_has_hertz(hz: float, flashes: int) -> None:
    assert most_flashes(strobe(hz, 4.0)) == flashes
    assert (most_flashes(strobe(hz, 4.0)) > FLASHES_MAX_PER_S) is (hz > 3)


def test_a_change_is_ten_percent_of_the_brighter() -> None:
    for darker, seen in ((0.90, 2), (0.901, 0), (0.0, 2)):
        points = [Point(0.0, 1.0), Point(0.1, darker), Point(0.2, 1.0)]
        assert len(changes(points)) == seen
    tiny = [Point(0.0, 0.0), Point(0.1, 1e-9), Point(0.2, 0.0)]
    assert most_flashes(tiny) == 1


def test_what_is_bright_on_both_sides_is_one_too_where_a_screen_would_be_let_off() -> None:
    """WCAG looks only where the darker is under 0.80; a lamp fills the eye."""
    assert most_flashes(strobe(5.0, 2.0, low=0.85)) == 5


def test_small_steps_the_same_way_are_one_change_and_a_waver_is_none() -> None:
    stairs = [Point(n / 10, n / 10) for n in range(11)]
    (rise,) = changes(stairs)
    assert rise.rises and rise.soon_s == 0.0 and rise.late_s == pytest.approx(0.9)
    wavering = [Point(n / 10, 1.0 - 0.05 * (n % 2)) for n in range(50)]
    assert changes(wavering) == ()
    on_the_way = [Point(0, 0.5), Point(1, 1.0), Point(1, 0.95), Point(2, 2.0), Point(3, 1.0)]
    assert [one.rises for one in changes(on_the_way)] == [True, False]


def test_a_slow_dimming_and_its_return_are_no_flash_in_a_second() -> None:
    slow = [Point(0.0, 1.0), Point(100.0, 0.5), Point(200.0, 1.0)]
    fall, rise = changes(slow)
    assert fall.soon_s == pytest.approx(20.0)
    assert fall.late_s == pytest.approx(100.0 - (0.5 / 0.9 - 0.5) / 0.5 * 100.0)
    assert rise.soon_s == pytest.approx(100.0 + (0.5 / 0.9 - 0.5) / 0.5 * 100.0)
    assert rise.late_s == pytest.approx(180.0)
    assert most_flashes(slow) == 0
    assert most_flashes(slow, 30.0) == 1


def test_a_stretch_ends_where_the_next_begins() -> None:
    apart = [Point(0, 1.0), Point(0, 0.0), Point(1.0, 0.0), Point(1.0, 1.0)]
    assert most_flashes(apart, 1.0) == 0
    assert most_flashes(apart, 1.0001) == 1
    assert most_flashes([]) == most_flashes([Point(0, 1.0)]) == 0


def test_red_is_counted_by_itself() -> None:
    assert is_saturated_red((255, 40, 0)) and is_saturated_red((80, 20, 0))
    assert not is_saturated_red((79, 20, 1)) and not is_saturated_red((0, 0, 0))
    assert most_flashes(strobe(5.0, 2.0, rgb=RED), red=True) == 5
    assert most_flashes(strobe(5.0, 2.0), red=True) == 0
    into_red = [
        Point(0, 0.0),
        Point(0.1, 1.0, RED),
        Point(0.2, 0.0),
        Point(0.3, 1.0),
        Point(0.4, 0.0),
    ]
    assert most_flashes(into_red, red=True) == 1
    assert most_flashes(into_red) == 2


def test_calm_is_one_flash_a_second_and_one_of_red_in_five() -> None:
    once = [Point(0, 0.0), Point(0, 1.0), Point(0.5, 1.0), Point(0.5, 0.0)]
    assert is_calm(once)
    again = [Point(one.at_s + 2.0, one.level) for one in once]
    assert is_calm([*once, *again])
    assert not is_calm([Point(one.at_s, one.level, RED) for one in (*once, *again)])
    assert not is_calm(strobe(2.0, 2.0))


SHARES = st.sampled_from([0.0, 0.1, 0.5, 0.89, 0.9, 0.91, 1.0])
LEVELS = st.lists(
    st.tuples(st.floats(0.0, 2.0), st.sampled_from([0.0, 0.1, 0.5, 0.89, 0.9, 0.91, 1.0])),
    max_size=40,
)


@given(LEVELS, st.floats(0.1, 5.0))
def test_the_count_is_what_counting_every_stretch_by_hand_finds(
    steps: list[tuple[float, float]], within_s: float
) -> None:
    """By brute force: of every two changes, whether a stretch can hold what lies between them."""
    at_s, points = 0.0, []
    for pause_s, level in steps:
        at_s += pause_s
        points.append(Point(at_s, level))
    seen = changes(points)
    assert all(one.rises is not other.rises for one, other in pairwise(seen))
    most = max(
        (
            j - i + 1
            for i in range(len(seen))
            for j in range(i, len(seen))
            if seen[j].soon_s - seen[i].late_s < within_s
        ),
        default=0,
    )
    assert most_flashes(points, within_s) == most // 2
