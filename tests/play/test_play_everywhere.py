"""The laws that matter most, held in every state that small programmes can reach."""

import pytest
from tests.support.explore import every_step
from tests.support.scores import DUET, PROGRAMMES, SOLO, programme

from evenfall.play.step import VOICE_BEATS, saturate
from evenfall.records.night import RUNNING, STOPPED, NightState, Stop, Voice
from evenfall.records.programme import VOICE, Programme, Setpoint
from evenfall.safety.limits import ADULT

BRIGHT_SOLO = SOLO.replace("to: 1 lx mEDI", "to: 8 lx mEDI")
BRIGHT_DUET = DUET.replace("to: 1 lx mEDI", "to: 8 lx mEDI")
SMALL = {
    "solo": PROGRAMMES["solo"],
    "duet": PROGRAMMES["duet"],
    "bright solo for an adult": programme(BRIGHT_SOLO, limits=ADULT),
    "bright duet for adults": programme(BRIGHT_DUET, sleepers=2, limits=ADULT),
}


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.safety("H-04")
@pytest.mark.safety("H-01")
@pytest.mark.safety("H-29")
def test_in_every_state_there_is(name: str) -> None:
    one = SMALL[name]
    longest = max(scene.breather_every_beats for scene in one.scenes)
    steps = 0
    for state, event, taken in every_step(one):
        steps += 1
        after = taken.state
        assert saturate(one, after) == after
        assert after.immersed_beats <= longest
        if after.lights_out and not _waking(one, after):
            assert not _too_much_for_a_sleeper(one, taken.setpoints), (state, event)
        if isinstance(event, Stop):
            assert taken.setpoints == one.safe
        if state.mode == STOPPED:
            assert after.mode == STOPPED
        if _speaks(taken.setpoints):
            assert state.glow_age_beats, "a voice without a touch before it"
            assert isinstance(event, Voice) or state.voice_age_beats, "a voice nobody asked for"
            assert after.voice_age_beats <= VOICE_BEATS
    assert steps > 10_000


def _speaks(points: tuple[Setpoint, ...]) -> bool:
    return any(point.what == VOICE for point in points)


def _waking(one: Programme, state: NightState) -> bool:
    return state.mode == RUNNING and one.scenes[state.scene].kind == "wake"


def _too_much_for_a_sleeper(one: Programme, points: tuple[Setpoint, ...]) -> list[Setpoint]:
    ceilings = {
        "light": one.limits.light_asleep_lx_medi,
        "sound": one.limits.sound_asleep_dba,
    }
    return [point for point in points if point.target > ceilings[point.output]]
