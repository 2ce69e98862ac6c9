"""The kernel's laws and its injected rules."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.events import any_event, without_stop
from tests.support.scores import PROGRAMMES

from evenfall.play.fold import fold
from evenfall.play.step import (
    GLOW_BEATS,
    PAUSE_BEATS,
    TOLD_BEATS,
    WAIT_BEATS,
    begin,
    saturate,
    setpoints,
    step,
)
from evenfall.records.night import (
    ENDED,
    MODE_NAMES,
    N2,
    PAUSED,
    RUNNING,
    STOPPED,
    TOLD,
    WAITING,
    WAKE,
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Cause,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    NightState,
    No,
    Override,
    Pause,
    Restarted,
    Resume,
    SensorLost,
    Stop,
    Touch,
)
from evenfall.records.programme import Programme

SOLO, DUET = PROGRAMMES["solo"], PROGRAMMES["duet"]
ANY_PROGRAMME = st.sampled_from(list(PROGRAMMES.values()))
UNKNOWN_BEAT = Beat()


def scene(programme: Programme, state: NightState) -> str:
    return programme.scenes[state.scene].id


def level(programme: Programme, state: NightState, output: str) -> float:
    return next(p.target for p in setpoints(programme, state) if p.output == output)


def run(programme: Programme, *events: AnyEvent) -> NightState:
    return fold(programme, [Begin(), *events])


@st.composite
def nights(draw: st.DrawFn) -> tuple[Programme, list[AnyEvent]]:
    programme = draw(ANY_PROGRAMME)
    events = draw(st.lists(any_event(programme), max_size=60))
    events = without_stop(events) if draw(st.booleans()) else events
    return programme, [Begin(), *events] if draw(st.booleans()) else events


@st.composite
def wild_states(draw: st.DrawFn) -> tuple[Programme, NightState]:
    """A state with ages far beyond any constant, as a checker without saturation would have."""
    programme = draw(ANY_PROGRAMME)
    age = st.integers(0, 500)
    runnable = [i for i, s in enumerate(programme.scenes) if s.kind != "breather"]
    state = NightState(
        mode=draw(st.integers(0, len(MODE_NAMES) - 1)),
        scene=draw(st.sampled_from(runnable)),
        scene_age_beats=draw(age),
        mode_age_beats=draw(age),
        immersed_beats=draw(age),
        glow_age_beats=draw(age),
        voice_age_beats=draw(age),
        lights_out=draw(st.integers(0, 2**programme.sleepers - 1)),
        lost=draw(st.integers(0, 2**programme.sleepers - 1)),
        watch_beats=tuple(draw(age) for _ in programme.watches),
    )
    if programme.scenes[state.scene].breather >= 0 and draw(st.booleans()):
        state = replace(state, breather_age_beats=draw(st.integers(1, 500)))
    return programme, state


@given(wild_states(), st.data())
def test_saturating_then_stepping_is_stepping_then_saturating(
    wild: tuple[Programme, NightState], data: st.DataObject
) -> None:
    programme, state = wild
    event = data.draw(any_event(programme))
    early = step(programme, saturate(programme, state), event)
    late = step(programme, state, event)
    assert saturate(programme, early.state) == saturate(programme, late.state)
    assert early.setpoints == late.setpoints


@given(nights())
def test_every_state_the_kernel_reaches_is_already_saturated(
    night: tuple[Programme, list[AnyEvent]],
) -> None:
    programme, events = night
    state = begin(programme)
    for event in events:
        state = step(programme, state, event).state
        assert saturate(programme, state) == state


@given(nights())
@pytest.mark.safety("H-03")
def test_nothing_immerses_longer_than_its_breather_interval(
    night: tuple[Programme, list[AnyEvent]],
) -> None:
    programme, events = night
    longest = max(s.breather_every_beats for s in programme.scenes)
    state, in_a_row = begin(programme), 0
    for event in events:
        state = step(programme, state, event).state
        real = state.mode != RUNNING or state.breather_age_beats
        if real or programme.scenes[state.scene].kind != "immerse":
            in_a_row = 0
        elif isinstance(event, Beat):
            in_a_row += 1
        assert in_a_row <= longest


@given(nights())
@pytest.mark.safety("H-01")
def test_stop_is_safe_from_anywhere_and_for_the_rest_of_the_night(
    night: tuple[Programme, list[AnyEvent]],
) -> None:
    programme, events = night
    half = len(events) // 2
    stopped = step(programme, fold(programme, events[:half]), Stop("anyone"))
    assert stopped.setpoints == programme.safe
    assert all(point.ramp_s <= 5.0 for point in stopped.setpoints)
    state = stopped.state
    for event in events[half:]:
        after = step(programme, state, event)
        state = after.state
        assert state.mode == STOPPED
        assert after.setpoints in (programme.safe, programme.glow, programme.glow_voice)


@given(nights())
@pytest.mark.safety("H-02")
def test_left_alone_every_night_is_quiet_within_its_length(
    night: tuple[Programme, list[AnyEvent]],
) -> None:
    """With any sensor, or none: beats alone bring every night to quiet."""
    programme, events = night
    state = fold(programme, events)
    wake = programme.scenes[programme.wake_scene].stay_max_beats
    longest = max(programme.length_max_beats, WAIT_BEATS, wake) + GLOW_BEATS
    for _ in range(longest + 1):
        state = step(programme, state, UNKNOWN_BEAT).state
    quiet = state.mode in (STOPPED, ENDED) or programme.scenes[state.scene].kind == "quiet"
    assert quiet


@given(nights())
@pytest.mark.safety("H-04")
def test_after_anyones_lights_out_nothing_exceeds_what_a_sleeper_may_have(
    night: tuple[Programme, list[AnyEvent]],
) -> None:
    programme, events = night
    state = begin(programme)
    limits = programme.limits
    for event in events:
        after = step(programme, state, event)
        state = after.state
        waking = state.mode == RUNNING and programme.scenes[state.scene].kind == "wake"
        if not state.lights_out or waking:
            continue
        for point in after.setpoints:
            ceiling = (
                limits.light_asleep_lx_medi if point.output == "light" else limits.sound_asleep_dba
            )
            assert point.target <= ceiling


def test_a_plain_evening_goes_through_its_scenes() -> None:
    seen: list[str] = []
    state = run(SOLO)
    for _ in range(80):
        if not seen or seen[-1] != scene(SOLO, state):
            seen.append(scene(SOLO, state))
        state = step(SOLO, state, UNKNOWN_BEAT).state
    assert seen == ["arrive", "deep", "shore", "hush", "night"]


def test_a_breather_comes_in_time_and_the_scene_resumes_what_was_left() -> None:
    state = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 8)
    assert (scene(SOLO, state), state.scene_age_beats, state.breather_age_beats) == ("deep", 8, 1)
    assert level(SOLO, state, "sound") == 0.0
    state = fold_from(SOLO, state, [UNKNOWN_BEAT] * 3)
    assert (state.scene_age_beats, state.breather_age_beats) == (8, 0)
    assert level(SOLO, state, "sound") == 42.0


def test_immersion_is_counted_across_scenes() -> None:
    state = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 7, Choice("left"))
    assert (scene(SOLO, state), state.immersed_beats) == ("shore", 7)
    state = fold_from(SOLO, state, [UNKNOWN_BEAT] * 3)
    assert state.breather_age_beats == 1


def fold_from(programme: Programme, state: NightState, events: list[AnyEvent]) -> NightState:
    for event in events:
        state = step(programme, state, event).state
    return state


def test_sleep_opens_an_exit_only_when_it_has_lasted() -> None:
    asleep, awake = Beat((N2,)), Beat((WAKE,))
    state = run(SOLO, Touch(), *[asleep] * 3, awake, *[asleep] * 3)
    assert scene(SOLO, state) == "deep"
    assert scene(SOLO, step(SOLO, state, asleep).state) == "hush"


def test_a_missed_epoch_starts_the_waiting_over() -> None:
    asleep = Beat((N2,))
    state = run(SOLO, Touch(), *[asleep] * 3, UNKNOWN_BEAT)
    assert state.watch_beats == (0,)


@pytest.mark.safety("H-05")
def test_a_no_ends_the_machines_part_and_leaves_the_told_light() -> None:
    before = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 2)
    after = step(SOLO, before, No())
    assert after.state.mode == TOLD
    assert level(SOLO, after.state, "light") == level(SOLO, before, "light")
    assert level(SOLO, after.state, "sound") == 0.0
    again = fold_from(SOLO, after.state, [Touch(), Choice("left"), Pause(), Resume(), No()])
    assert again.mode == TOLD
    assert scene(SOLO, step(SOLO, again, LightsOut()).state) == "night"


def test_a_no_does_not_last_for_ever() -> None:
    state = run(SOLO, No(), *[UNKNOWN_BEAT] * TOLD_BEATS)
    assert (state.mode, scene(SOLO, state)) == (RUNNING, "night")


def test_a_no_to_the_dawn_brings_the_night_back() -> None:
    state = run(SOLO, LightsOut(), Dawn(), No())
    assert scene(SOLO, state) == "night"


def test_pause_is_dark_and_quiet_and_resumes_where_it_was() -> None:
    before = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 3)
    paused = step(SOLO, before, Pause())
    assert paused.setpoints == SOLO.safe
    waited = fold_from(SOLO, paused.state, [UNKNOWN_BEAT] * 5)
    assert step(SOLO, waited, Resume()).state == replace(before, watch_beats=waited.watch_beats)


def test_a_pause_lapses_to_the_night() -> None:
    state = run(SOLO, Touch(), Pause(), *[UNKNOWN_BEAT] * (PAUSE_BEATS - 1))
    assert state.mode == PAUSED
    assert scene(SOLO, step(SOLO, state, UNKNOWN_BEAT).state) == "night"


def test_a_pause_is_no_way_round_a_breather() -> None:
    state = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 8, Pause(), Resume())
    assert state.breather_age_beats == 1
    state = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 7, Pause(), Resume(), UNKNOWN_BEAT)
    assert state.breather_age_beats == 1


def test_a_touch_at_night_glows_for_five_minutes_and_says_so() -> None:
    night = run(SOLO, LightsOut(), *[UNKNOWN_BEAT] * 20)
    touched = step(SOLO, night, Touch())
    assert touched.setpoints == SOLO.glow
    assert [reason.rule for reason in touched.reasons] == ["touch_at_night"]
    assert level(SOLO, touched.state, "light") <= 1.0
    glowing = fold_from(SOLO, touched.state, [UNKNOWN_BEAT] * (GLOW_BEATS - 1))
    assert level(SOLO, glowing, "light") > 0.0
    assert level(SOLO, step(SOLO, glowing, UNKNOWN_BEAT).state, "light") == 0.0


def test_a_lost_sensor_stops_the_waiting_but_not_before_the_shortest_stay() -> None:
    early = run(SOLO, Touch(), SensorLost(), *[UNKNOWN_BEAT] * 4)
    assert scene(SOLO, early) == "deep"
    assert scene(SOLO, step(SOLO, early, UNKNOWN_BEAT).state) == "shore"


def test_a_home_without_a_sensor_keeps_the_longest_stays() -> None:
    assert scene(SOLO, run(SOLO, Touch(), *[UNKNOWN_BEAT] * 18)) == "deep"


def test_lights_out_for_the_last_sleeper_ends_the_dreamscape() -> None:
    state = run(SOLO, Touch(), UNKNOWN_BEAT, LightsOut())
    assert scene(SOLO, state) == "hush"


def test_lights_out_for_the_younger_leads_to_the_whisper() -> None:
    state = run(DUET, UNKNOWN_BEAT, LightsOut(0))
    assert scene(DUET, state) == "whisper"
    assert scene(DUET, step(DUET, state, LightsOut(1)).state) == "hush"


def test_what_does_not_fit_a_sleeper_is_not_entered_after_lights_out() -> None:
    state = run(SOLO, Pause(), LightsOut())
    assert scene(SOLO, state) == "night"
    elder_first = step(DUET, run(DUET), LightsOut(1))
    assert scene(DUET, elder_first.state) == "hush"


def test_the_dawn_comes_only_in_the_quiet_and_can_be_put_off() -> None:
    assert scene(SOLO, run(SOLO, Dawn())) == "arrive"
    dawn = run(SOLO, LightsOut(), Dawn())
    assert scene(SOLO, dawn) == "morning"
    assert scene(SOLO, step(SOLO, dawn, Dawn(due=False)).state) == "night"
    assert run(SOLO, LightsOut(), Dawn(), *[UNKNOWN_BEAT] * 80).mode == ENDED


def test_a_short_gap_is_unknown_beats_and_a_long_one_is_quiet() -> None:
    short = run(SOLO, Touch(), BeatsMissed(2))
    assert short == run(SOLO, Touch(), UNKNOWN_BEAT, UNKNOWN_BEAT)
    assert scene(SOLO, run(SOLO, Touch(), BeatsMissed(3))) == "night"


def test_a_guardians_override_quiets_and_keeps_the_morning() -> None:
    state = run(SOLO, Touch(), Override("mara"))
    assert (state.mode, scene(SOLO, state)) == (RUNNING, "night")
    assert scene(SOLO, step(SOLO, state, Dawn()).state) == "morning"


@pytest.mark.parametrize("cause", get_args(Cause))
@pytest.mark.safety("H-101")
def test_an_emergency_fades_and_keeps_the_morning(cause: Cause) -> None:
    begun = run(SOLO, Touch())
    taken = step(SOLO, begun, Emergency(cause, 0))
    assert taken.state == step(SOLO, begun, Override("mara")).state
    assert [reason.rule for reason in taken.reasons] == [f"emergency_{cause}"]
    assert scene(SOLO, step(SOLO, taken.state, Dawn()).state) == "morning"


@pytest.mark.safety("H-101")
def test_an_emergency_after_a_stop_is_told_and_changes_nothing() -> None:
    stopped = run(SOLO, Touch(), Stop("noor"))
    taken = step(SOLO, stopped, Emergency("call", 0, "noor"))
    assert taken.state == stopped
    assert [reason.rule for reason in taken.reasons] == ["emergency_call"]


@pytest.mark.safety("H-103")
@pytest.mark.parametrize("word", [Begin(), Resume(), Choice("left"), UNKNOWN_BEAT])
def test_nothing_begins_again_after_an_emergency(word: AnyEvent) -> None:
    quiet = run(SOLO, Touch(), Emergency("distress", 0))
    assert scene(SOLO, step(SOLO, quiet, word).state) == "night"


def test_a_restart_in_doubt_depends_on_nothing_before_it() -> None:
    one = run(SOLO, Touch(), *[UNKNOWN_BEAT] * 4, Restarted("why"))
    other = run(SOLO, LightsOut(), Dawn(), Restarted("another"))
    assert one == other
    assert one.mode == STOPPED


def test_every_reason_names_its_line_or_none() -> None:
    moved = step(SOLO, run(SOLO, *[UNKNOWN_BEAT] * 7), UNKNOWN_BEAT)
    (reason,) = moved.reasons
    assert (reason.rule, reason.line) == ("longest_stay", 7)


def test_until_someone_begins_the_room_is_only_dimmed() -> None:
    waiting = fold(SOLO, [UNKNOWN_BEAT, Touch(), BeatsMissed(9), Dawn()])
    assert waiting.mode == WAITING
    assert level(SOLO, waiting, "sound") == 0.0
    assert level(SOLO, waiting, "light") <= SOLO.limits.light_awake_lx_medi
    begun = step(SOLO, waiting, Begin())
    assert (scene(SOLO, begun.state), begun.state.mode) == ("arrive", RUNNING)


def test_it_begins_once() -> None:
    begun = run(SOLO, Touch())
    assert step(SOLO, begun, Begin()).state == begun


def test_a_room_nobody_begins_in_goes_to_the_night() -> None:
    lapsed = fold(SOLO, [UNKNOWN_BEAT] * WAIT_BEATS)
    assert (lapsed.mode, scene(SOLO, lapsed)) == (RUNNING, "night")
    dark = fold(SOLO, [LightsOut(), Begin()])
    assert (dark.mode, scene(SOLO, dark)) == (RUNNING, "night")
