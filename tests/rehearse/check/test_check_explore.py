"""Exploring: everything that can be reached, nothing twice, by a shortest way, always alike."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.generated import document_of, scores
from tests.support.scores import DUET, PROGRAMMES, programme

from evenfall.compose.compile import compile_score
from evenfall.play.step import begin, saturate, step
from evenfall.records.night import AnyEvent, NightState
from evenfall.records.programme import Programme
from evenfall.rehearse.check.alphabet import alike, alphabet, beats, canonical, full_alphabet
from evenfall.rehearse.check.explore import TooManyStatesError, explore
from evenfall.safety.limits import ADULT

TINY = """\
score: 1
id: tiny
title: Tiny
evening: immersive
audience: {youngest: 4, sleepers: 3}
scenes:
  arrive:
    kind: settle
    stay: [0 s, 60 s]
    exits: [{to: deep, touched: true}]
    then: deep
  deep:
    kind: immerse
    stay: [0 s, 90 s]
    light: {to: 0.5 lx mEDI, over: 20 s}
    breather: look-up
    breather_every: 60 s
    exits: [{to: night, asleep_for: 30 s, who: ROLE}]
    then: night
  look-up: {kind: breather, stay: [30 s, 60 s]}
  night: {kind: quiet}
"""


def tiny(role: str, sleepers: int) -> Programme:
    return programme(TINY.replace("ROLE", role), sleepers=sleepers)


def naive(made: Programme, events: tuple[AnyEvent, ...]) -> dict[NightState, int]:
    """Every state by hand, each with the fewest events to it."""
    depth = {begin(made): 0}
    waiting = deque(depth)
    while waiting:
        state = waiting.popleft()
        for event in events:
            after = saturate(made, step(made, state, event).state)
            if after not in depth:
                depth[after] = depth[state] + 1
                waiting.append(after)
    return depth


@pytest.mark.parametrize(("role", "sleepers"), [("all", 1), ("any", 2), ("younger", 2)])
@pytest.mark.safety("H-02")
def test_the_short_alphabet_reaches_everything_the_full_one_does(role: str, sleepers: int) -> None:
    made = tiny(role, sleepers)
    keep = canonical(made) or (lambda state: state)
    everything = {keep(state) for state in naive(made, full_alphabet(made))}
    explored = explore(made)
    assert set(explored.states) == everything
    assert len(alphabet(made)) < len(full_alphabet(made))


def test_without_likeness_it_is_the_naive_search_to_the_state_and_the_step() -> None:
    made = tiny("younger", 2)
    events = alphabet(made)
    explored, by_hand = explore(made, alike_as_one=False), naive(made, events)
    assert set(explored.states) == set(by_hand) and len(explored.states) == len(by_hand)
    for number, state in enumerate(explored.states):
        assert len(explored.way_to(number)) - 1 == by_hand[state]
    for number, event in enumerate(events):
        led = step(made, explored.states[17], event).state
        assert explored.states[explored.after[17, number]] == saturate(made, led)


@settings(max_examples=12, deadline=None)
@given(st.data())
def test_any_programme_is_explored_as_by_hand(data: st.DataObject) -> None:
    score = data.draw(scores(ADULT, careless=False))
    made = compile_score(document_of(score), limits=ADULT, sleepers=1, youngest_years=30)
    try:
        explored = explore(made, states_max=6_000)
    except TooManyStatesError:
        return
    assert set(explored.states) == set(naive(made, alphabet(made)))


def test_sleepers_told_apart_by_nothing_are_one_and_a_way_is_still_a_real_one() -> None:
    made = tiny("all", 3)
    assert alike(made) == ((0, 1, 2),) and alike(tiny("younger", 3)) == ((1, 2),)
    merged, each = explore(made), explore(made, alike_as_one=False)
    assert len(merged.states) < len(each.states) / 2
    keep = canonical(made)
    assert keep is not None
    assert {keep(state) for state in each.states} == set(merged.states)
    for number in range(0, len(merged.states), 97):
        way = merged.way_to(number)
        taken, state = merged.replayed(way), begin(made)
        for event, after in taken:
            state = step(made, state, event).state
            assert state == after
        assert keep(saturate(made, state)) == merged.states[number]


def test_stages_that_no_watch_tells_apart_are_one_beat() -> None:
    assert len(beats(tiny("all", 3))) == 2 and len(beats(tiny("younger", 2))) == 2
    assert len(beats(programme(DUET, sleepers=2))) == 4


def test_the_digest_is_the_reached_set_and_no_order_of_reaching_it() -> None:
    made = tiny("younger", 2)
    one = explore(made)
    other = explore(made, tuple(reversed(alphabet(made))))
    assert one.states[5:50] != other.states[5:50]
    assert one.digest() == other.digest() == explore(made).digest()
    assert one.digest() != explore(tiny("all", 2)).digest()
    assert np.array_equal(one.after, explore(made).after)


def test_too_many_states_are_told_with_what_makes_them_many() -> None:
    heard: list[tuple[int, int]] = []
    with pytest.raises(TooManyStatesError) as raised:
        explore(PROGRAMMES["duet"], states_max=9_000, on_states=lambda *now: heard.append(now))
    assert "2 sleepers" in str(raised.value) and "9000" in str(raised.value)
    assert heard and all(done <= known for done, known in heard)
