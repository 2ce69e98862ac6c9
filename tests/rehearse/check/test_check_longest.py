"""The longest way: to its end where there is one, and told as endless where there is none."""

import json
from math import inf

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.scores import SOLO, programme

from evenfall.formats.score import read_score
from evenfall.rehearse.check.longest import Ways, longest
from evenfall.rehearse.check.prove import prove

GOOD = programme(SOLO)
SCENE = {scene.id: number for number, scene in enumerate(GOOD.scenes)}


def ways(size: int, *edges: tuple[int, int, float]) -> Ways:
    """Some edges: from where, to where, at what cost."""
    start, end, cost = (np.array(column) for column in zip(*sorted(edges), strict=True))
    return Ways(start, end, np.arange(len(start)), cost.astype(np.float64), size)


def test_a_way_with_an_end_is_gone_to_its_end() -> None:
    found = longest(ways(4, (0, 1, 1.0), (1, 2, 2.0), (0, 2, 2.5), (2, 1, 0.0), (2, 3, 1.0)), 2.0)
    assert not found.settled and found.value[0] > 2.0
    found = longest(ways(4, (0, 1, 1.0), (1, 2, 2.0), (0, 2, 2.5), (2, 3, 1.0)), 9.0)
    assert found.settled and found.value.tolist() == [4.0, 3.0, 1.0, 0.0]
    assert [state for _, state in found.way_from(0)] == [1, 2, 3]


def test_a_circle_that_costs_nothing_makes_no_way_longer() -> None:
    found = longest(ways(3, (0, 1, 0.0), (1, 0, 0.0), (1, 2, 3.0)), 100.0)
    assert found.settled and found.value.tolist() == [3.0, 3.0, 0.0]


def test_a_circle_that_costs_something_has_no_end_however_far_the_bound() -> None:
    found = longest(ways(4, (0, 1, 0.0), (1, 2, 1e-3), (2, 1, 0.0), (2, 3, 5.0)), 1e12)
    assert not found.settled and found.value.tolist() == [inf, inf, inf, 0.0]
    states = [state for _, state in found.way_from(0)]
    assert states == [1, 2, 1], "there, and round once"


@given(
    st.integers(2, 7).flatmap(
        lambda size: st.lists(
            st.tuples(
                st.integers(0, size - 1), st.integers(0, size - 1), st.sampled_from([0.0, 1.0, 2.5])
            ),
            min_size=1,
            max_size=20,
            unique_by=lambda edge: edge[:2],
        )
    )
)
def test_any_graph_comes_out_as_by_hand(edges: list[tuple[int, int, float]]) -> None:
    """By hand: as many rounds as there are states settle what has an end; what still grows has
    none, and neither has what leads to it."""
    value = [0.0] * 7
    for _ in range(7):
        value = _rounded(value, edges)
    grown = {n for n, (a, b) in enumerate(zip(value, _rounded(value, edges), strict=True)) if b > a}
    for _ in range(7):
        grown |= {start for start, end, _ in edges if end in grown}
    by_hand = [inf if n in grown else one for n, one in enumerate(value)]
    found = longest(ways(7, *edges), 1e9)
    assert found.value.tolist() == by_hand and found.settled == (not grown)
    for state in range(7):
        way = found.way_from(state)
        cost = sum(found.ways.cost[found.ways.event == event].item() for event, _ in way)
        assert cost == by_hand[state] if state not in grown else way


def _rounded(value: list[float], edges: list[tuple[int, int, float]]) -> list[float]:
    return [
        max([value[n], *(cost + value[end] for start, end, cost in edges if start == n)])
        for n in range(len(value))
    ]


@pytest.mark.safety("H-70")
def test_an_evening_that_may_go_on_for_ever_is_told_as_that() -> None:
    scenes = list(GOOD.scenes)
    scenes[SCENE["shore"]] = replace(scenes[SCENE["shore"]], then=SCENE["deep"])
    proof = prove(replace(GOOD, scenes=tuple(scenes)), document=read_score(SOLO, "solo.yaml"))
    finding = next(one for one in proof.findings if one.property == "quiet-in-time")
    assert "the evening still goes on, and may go on for ever" in finding.story
    assert finding.path[-1].count < 100, "round once is enough"
    written = json.loads(msgspec.json.encode(proof))
    assert all(one["value"] is not None for one in written["worst"])
