"""Any score at all: it is refused, or what it compiles to keeps every promise of a night."""

import gc
from itertools import cycle, islice
from time import process_time

import pytest
from hypothesis import event as noted
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.generated import document_of, scores, walks

from evenfall.compose.compile import ScoreError, compile_score
from evenfall.play.claims import phase_of
from evenfall.play.step import begin, step
from evenfall.records.night import (
    RUNNING,
    STOPPED,
    Beat,
    Begin,
    Emergency,
    NightState,
    Override,
    Stop,
)
from evenfall.records.programme import BEAT_S, Programme
from evenfall.records.score import Audience, Exit, Scene, Score
from evenfall.safety.gate import fits
from evenfall.safety.limits import ADULT, CHILD


@st.composite
def programmes(draw: st.DrawFn, *, careless: bool) -> Programme | None:
    """A generated score's programme, or None where compiling refuses it."""
    limits = draw(st.sampled_from([CHILD, ADULT]))
    score = draw(scores(limits, careless=careless))
    try:
        return compile_score(
            document_of(score),
            limits=limits,
            sleepers=draw(st.integers(1, 3)),
            youngest_years=8,
            night_light_lx_medi=draw(st.sampled_from([0.0, 0.6])),
        )
    except ScoreError:
        assert careless, "a careful score must compile"
        return None


ANY = st.one_of(programmes(careless=False), programmes(careless=True))


def immersed(programme: Programme, state: NightState) -> bool:
    kind = programme.scenes[state.scene].kind
    return state.mode == RUNNING and not state.breather_age_beats and kind == "immerse"


@given(ANY, st.data())
@pytest.mark.safety("H-07")
def test_no_walk_through_a_programme_asks_for_more_than_its_phase_allows(
    programme: Programme | None, data: st.DataObject
) -> None:
    noted("refused" if programme is None else "compiled")
    if programme is None:
        return
    state = begin(programme)
    for event in data.draw(walks(programme)):
        taken = step(programme, state, event)
        state = taken.state
        phase = phase_of(programme, state)
        for point in taken.setpoints:
            assert fits(point, programme.limits, phase), (event, point, phase)


@given(ANY, st.data())
@pytest.mark.safety("H-03")
def test_no_walk_immerses_beyond_the_interval_of_its_audience(
    programme: Programme | None, data: st.DataObject
) -> None:
    if programme is None:
        return
    state, beats = begin(programme), 0
    for event in [*data.draw(walks(programme)), *[Beat()] * 60]:
        state = step(programme, state, event).state
        beats = beats + isinstance(event, Beat) if immersed(programme, state) else 0
        assert beats * BEAT_S <= programme.limits.immersion_max_s


@given(ANY, st.lists(st.lists(st.integers(0, 6), max_size=3).map(tuple), min_size=1, max_size=9))
@pytest.mark.safety("H-08")
def test_by_beats_alone_every_programme_is_quiet_within_its_length(
    programme: Programme | None, stages: list[tuple[int, ...]]
) -> None:
    """Whatever the sensors say; breathers are counted in the length."""
    if programme is None:
        return
    state = step(programme, begin(programme), Begin()).state
    for told in islice(cycle(stages), programme.length_max_beats):
        state = step(programme, state, Beat(told)).state
    assert programme.scenes[state.scene].kind == "quiet"


@given(ANY, st.data())
@pytest.mark.safety("H-01")
def test_stop_is_safe_from_anywhere_in_any_programme(
    programme: Programme | None, data: st.DataObject
) -> None:
    if programme is None:
        return
    state = begin(programme)
    for event in data.draw(walks(programme)):
        state = step(programme, state, event).state
        stopped = step(programme, state, Stop("anyone"))
        assert (stopped.state.mode, stopped.setpoints) == (STOPPED, programme.safe)


@given(ANY, st.data())
@pytest.mark.safety("H-37")
def test_a_word_from_elsewhere_only_quietens(
    programme: Programme | None, data: st.DataObject
) -> None:
    if programme is None:
        return
    state = begin(programme)
    for event in data.draw(walks(programme)):
        taken = step(programme, state, event)
        state = taken.state
        after = step(programme, state, Override("mara"))
        for before, quieter in zip(taken.setpoints, after.setpoints, strict=True):
            assert quieter.target <= before.target


@given(ANY, st.data())
@pytest.mark.safety("H-101")
def test_an_emergency_only_fades_in_any_programme(
    programme: Programme | None, data: st.DataObject
) -> None:
    if programme is None:
        return
    state = begin(programme)
    for event in data.draw(walks(programme)):
        taken = step(programme, state, event)
        state = taken.state
        after = step(programme, state, Emergency("distress", 0))
        for before, faded in zip(taken.setpoints, after.setpoints, strict=True):
            assert faded.target <= before.target
            assert faded.target == 0.0 or faded.output == "light"


def long_score(scenes: int) -> Score:
    """A chain of quiet scenes, each with a wait for sleep of its own length, and a far exit."""
    chain = {
        f"s{i}": Scene(
            kind="quiet" if i else "settle",
            stay=("1 min", "2 min"),
            exits=(Exit(to=f"s{min(i + 2, scenes)}", asleep_for=f"{i % 9000 + 1} min"),),
            then=f"s{i + 1}",
        )
        for i in range(scenes)
    }
    return Score(
        score=1,
        id="long",
        title="Long",
        evening="told",
        audience=Audience(youngest=1),
        scenes={**chain, f"s{scenes}": Scene(kind="quiet")},
    )


def compile_cost_s(scenes: int) -> float:
    """The least of five: what it costs when nothing else is in the way."""
    document = document_of(long_score(scenes))
    costs = []
    gc.disable()  # its pauses grow with everything else that is in memory
    try:
        for _ in range(5):
            begun = process_time()
            compile_score(document, limits=CHILD, sleepers=1, youngest_years=4)
            costs.append(process_time() - begun)
    finally:
        gc.enable()
    return min(costs)


def test_compiling_is_linear_in_the_scenes() -> None:
    """Ten times the scenes is about ten times the work; were it squared, a hundred times."""
    assert compile_cost_s(10_000) < 14 * compile_cost_s(1_000)


@settings(max_examples=30)
@given(st.integers(0, 30))
def test_a_circle_anywhere_in_a_long_score_is_found(back: int) -> None:
    score = long_score(31)
    score.scenes["s30"] = Scene(kind="quiet", stay=("1 min", "2 min"), then=f"s{back}")
    with pytest.raises(ScoreError) as raised:
        compile_score(document_of(score), limits=CHILD, sleepers=1, youngest_years=4)
    (fault,) = raised.value.faults
    words = "leads to 's0', a scene of kind settle" if back == 0 else "come back to where"
    assert words in fault.found
