"""A familiar voice at 2 a.m.: asked for by a person, after a touch, and over at any quiet word."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.support.events import any_event
from tests.support.scores import PROGRAMMES

from evenfall.learn.rules import RULES
from evenfall.play.fold import BODY_VERSION, digest, event_of, fold, programme_hash
from evenfall.play.step import (
    GLOW_BEATS,
    KERNEL_VERSION,
    VOICE_BEATS,
    begin,
    glows,
    setpoints,
    step,
)
from evenfall.records.night import (
    PAUSED,
    STOPPED,
    TOLD,
    WAITING,
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Dawn,
    LightsOut,
    LogRow,
    NightState,
    No,
    Override,
    Pause,
    Restarted,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.output import ASLEEP
from evenfall.records.programme import BEAT_S, VOICE, Programme
from evenfall.safety.gate import fits

SOLO, DUET = PROGRAMMES["solo"], PROGRAMMES["duet"]
ANY_PROGRAMME = st.sampled_from(list(PROGRAMMES.values()))
ASLEEP_NIGHT: list[AnyEvent] = [Begin(), LightsOut(), *[Beat()] * 20]
SPOKEN_TO: list[AnyEvent] = [*ASLEEP_NIGHT, Touch(), Beat(), Voice(0, "v-1")]


def speaks(programme: Programme, state: NightState) -> bool:
    return any(point.what == VOICE for point in setpoints(programme, state))


def spoken_beats(programme: Programme, state: NightState) -> int:
    """How many beats a voice goes on from here if nothing else happens."""
    beats = 0
    while speaks(programme, state):
        state, beats = step(programme, state, Beat()).state, beats + 1
        assert beats < 100
    return beats


@pytest.mark.safety("H-29")
def test_a_voice_answers_who_has_touched_and_asks() -> None:
    touched = fold(SOLO, [*ASLEEP_NIGHT, Touch()])
    assert not speaks(SOLO, touched)
    taken = step(SOLO, touched, Voice(0, "v-1"))
    assert [reason.rule for reason in taken.reasons] == ["voice_at_night"]
    assert taken.setpoints == SOLO.glow_voice
    light, sound = SOLO.glow_voice
    assert (light, sound.what) == (SOLO.glow[0], VOICE)
    assert sound.target == 30.0
    assert RULES["voice_at_night"].source == "care rule 5"


@pytest.mark.safety("H-29")
@pytest.mark.parametrize(
    "before",
    [
        [],
        [Begin()],
        [Begin(), Touch()],
        [Begin(), Pause()],
        [Begin(), No()],
        ASLEEP_NIGHT,
        [*ASLEEP_NIGHT, Touch(), *[Beat()] * GLOW_BEATS],
        [*ASLEEP_NIGHT, Touch(), Dawn()],
        [*ASLEEP_NIGHT, Stop()],
        [Restarted()],
    ],
    ids=[
        "waiting",
        "begun",
        "story",
        "paused",
        "told",
        "asleep",
        "glow over",
        "dawn",
        "stopped",
        "restarted",
    ],
)
def test_without_a_touch_that_is_being_answered_no_voice_comes(before: list[AnyEvent]) -> None:
    state = fold(SOLO, before)
    taken = step(SOLO, state, Voice(0, "v-1"))
    assert (taken.state, taken.reasons) == (state, ())
    assert not speaks(SOLO, taken.state)


@given(ANY_PROGRAMME, st.data())
@pytest.mark.safety("H-29")
def test_no_voice_ever_starts_by_itself(programme: Programme, data: st.DataObject) -> None:
    """Whatever happens: a voice begins only by an ask, and that only while a touch is answered."""
    events = data.draw(st.lists(any_event(programme), max_size=60))
    night: list[AnyEvent] = [Begin(), LightsOut(0), Touch(), Voice(), *events]
    state, asked, begun = begin(programme), 0, 0
    for event in night:
        before = speaks(programme, state)
        answered = glows(programme, state)
        taken = step(programme, state, event)
        state = taken.state
        asked += isinstance(event, Voice)
        if speaks(programme, state) and not before:
            begun += 1
            assert isinstance(event, Voice)
            assert answered
        assert all(
            fits(point, programme.limits, ASLEEP)
            for point in taken.setpoints
            if point.what == VOICE
        )
    assert begun <= asked


@given(ANY_PROGRAMME, st.data())
@pytest.mark.safety("H-29")
def test_an_ask_speaks_for_a_minute_and_a_half_at_most(
    programme: Programme, data: st.DataObject
) -> None:
    """Touches and all else included, as long as nobody asks again."""
    asked = fold(programme, [Begin(), LightsOut(0), LightsOut(1), Touch(), Voice()])
    assert spoken_beats(programme, asked) == VOICE_BEATS
    state, beats = asked, 0
    for event in data.draw(st.lists(any_event(programme), max_size=40)):
        if isinstance(event, Voice):
            continue
        state = step(programme, state, event).state
        beats += isinstance(event, Beat) and speaks(programme, state)
    assert beats < VOICE_BEATS
    assert VOICE_BEATS * BEAT_S == 90


def test_a_recording_of_a_minute_is_heard_to_its_end() -> None:
    """The beat it was asked in may be nearly over: two whole ones follow."""
    assert (spoken_beats(SOLO, fold(SOLO, SPOKEN_TO)) - 1) * BEAT_S == 60


def test_asking_keeps_the_glow_on_for_five_minutes_more() -> None:
    late = fold(SOLO, [*ASLEEP_NIGHT, Touch(), *[Beat()] * (GLOW_BEATS - 1)])
    asked = step(SOLO, late, Voice(0, "v-1")).state
    for _ in range(GLOW_BEATS - 1):
        asked = step(SOLO, asked, Beat()).state
        assert glows(SOLO, asked)
    assert not glows(SOLO, step(SOLO, asked, Beat()).state)


def test_a_touch_makes_a_voice_no_longer() -> None:
    state = fold(SOLO, [*SPOKEN_TO, Beat(), Touch()])
    assert speaks(SOLO, state)
    assert spoken_beats(SOLO, state) == VOICE_BEATS - 1


@pytest.mark.safety("H-29")
@pytest.mark.safety("H-01")
@pytest.mark.parametrize("first", [[], [Stop()]], ids=["asleep", "stopped"])
@pytest.mark.parametrize(
    "word",
    [Stop("noor"), No(), Override("mara"), BeatsMissed(3), Restarted("why")],
    ids=lambda word: type(word).__name__.lower(),
)
def test_a_quiet_word_ends_a_voice_at_once(first: list[AnyEvent], word: AnyEvent) -> None:
    spoken = fold(SOLO, [*ASLEEP_NIGHT, *first, Touch(), Voice(0, "v-1")])
    assert speaks(SOLO, spoken)
    after = step(SOLO, spoken, word)
    assert all(point.target == 0.0 for point in after.setpoints if point.output == "sound")
    assert all(point.ramp_s <= 5.0 for point in after.setpoints if point.output == "sound")
    assert after.state.voice_age_beats == 0


def test_the_dawn_ends_a_voice_and_brings_none_back() -> None:
    dawn = fold(SOLO, [*SPOKEN_TO, Dawn()])
    assert not speaks(SOLO, dawn)
    assert not speaks(SOLO, step(SOLO, dawn, Dawn(due=False)).state)


def test_a_no_at_night_still_lets_a_touch_be_answered_again() -> None:
    quiet = fold(SOLO, [*SPOKEN_TO, No()])
    assert glows(SOLO, quiet)
    assert speaks(SOLO, fold(SOLO, [*SPOKEN_TO, No(), Touch(), Voice(0, "v-1")]))


@pytest.mark.safety("H-34")
def test_in_a_shared_room_the_voice_keeps_the_strictest_persons_level() -> None:
    strict = replace(DUET.limits, sound_asleep_dba=22.0)
    assert not fits(DUET.glow_voice[1], strict, ASLEEP)
    state = fold(DUET, [Begin(), LightsOut(0), LightsOut(1), Touch(1), Voice(1, "v-1")])
    assert setpoints(DUET, state)[1].target <= DUET.limits.sound_asleep_dba


def test_which_voice_it_is_is_in_the_log_by_id_and_moves_nothing() -> None:
    one, other = (fold(SOLO, [*SPOKEN_TO[:-1], Voice(0, voice)]) for voice in ("v-1", "v-2"))
    assert one == other
    row = LogRow(
        night="2026-11-20-nest-1",
        seq=0,
        beat=0,
        wall_utc=datetime(2026, 11, 21, 2, 0, tzinfo=UTC),
        boot_id="boot",
        writer_epoch=1,
        kind="voice",
        body_version=BODY_VERSION,
        body=msgspec.json.encode(SPOKEN_TO[-1]),
        programme_hash=programme_hash(SOLO),
        kernel_version=KERNEL_VERSION,
        digest=digest(one),
    )
    assert row.body == b'{"kind":"voice","sleeper":0,"voice":"v-1"}'
    assert event_of(row) == Voice(0, "v-1")


@pytest.mark.parametrize("mode", [WAITING, PAUSED, TOLD])
def test_a_voice_left_over_in_any_other_mode_is_never_heard(mode: int) -> None:
    """States no night reaches; a checker may still hand them in."""
    left = NightState(mode=mode, glow_age_beats=1, voice_age_beats=1, watch_beats=(0,))
    assert not speaks(SOLO, left)
    assert not speaks(SOLO, replace(left, mode=STOPPED, glow_age_beats=0))
