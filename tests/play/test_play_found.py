"""What generated nights once found wrong in the kernel: each kept as the night it was."""

import pytest
from tests.support.scores import DUET, PROGRAMMES, SOLO, programme

from evenfall.play.fold import fold
from evenfall.play.step import saturate, setpoints, step
from evenfall.records.night import (
    PAUSED,
    RUNNING,
    AnyEvent,
    Beat,
    Begin,
    Choice,
    Dawn,
    LightsOut,
    NightState,
    No,
    Pause,
    Resume,
    Touch,
)
from evenfall.records.output import ASLEEP
from evenfall.records.programme import Programme
from evenfall.safety.gate import fits
from evenfall.safety.limits import ADULT

SMALL_SOLO, SMALL_DUET = PROGRAMMES["solo"], PROGRAMMES["duet"]
BRIGHT_DUET = programme(
    DUET.replace("to: 1 lx mEDI, over: 60", "to: 9 lx mEDI, over: 60"), sleepers=2, limits=ADULT
)


def after(compiled: Programme, *events: AnyEvent) -> tuple[int, str]:
    state = fold(compiled, events)
    return state.mode, compiled.scenes[state.scene].id


@pytest.mark.safety("H-04")
def test_a_pause_over_the_youngers_lights_out_resumes_in_the_whisper() -> None:
    """It went on at 42 dBA with the younger one's light out."""
    paused: list[AnyEvent] = [Begin(), Pause(), LightsOut(0)]
    assert after(SMALL_DUET, *paused)[0] == PAUSED
    assert after(SMALL_DUET, *paused, Resume()) == (RUNNING, "whisper")


@pytest.mark.safety("H-04")
@pytest.mark.parametrize("before", [[Begin(), No()], []], ids=["told", "waiting"])
def test_the_told_light_does_not_stay_bright_when_the_youngers_light_is_out(
    before: list[AnyEvent],
) -> None:
    """It stayed at 9 lx, where a sleeper may have 1."""
    state = fold(BRIGHT_DUET, [*before, LightsOut(0)])
    assert all(fits(point, BRIGHT_DUET.limits, ASLEEP) for point in setpoints(BRIGHT_DUET, state))


def test_a_choice_of_nothing_opens_no_door() -> None:
    """It opened the first exit that waits for something else."""
    assert after(SMALL_SOLO, Begin(), Touch(), Choice("")) == (RUNNING, "deep")


def test_when_the_last_light_is_out_no_exit_leads_on_with_the_story() -> None:
    """One child alone with an evening for two went to the elder's whisper at lights-out."""
    alone = programme(DUET, sleepers=1)
    assert after(alone, Begin(), LightsOut(0)) == (RUNNING, "hush")


@pytest.mark.safety("H-03")
def test_a_breather_come_between_two_beats_is_not_over_at_the_next() -> None:
    """It counts from one, so that its shortest stay was counted a beat early."""
    often = programme(SOLO.replace("breather_every: 5 min", "breather_every: 3 min"))
    entered: list[AnyEvent] = [Begin(), Touch(), *[Beat()] * 7, Choice("left"), Beat(), Touch()]
    assert fold(often, entered).breather_age_beats == 2


@pytest.mark.parametrize("sleeper", [1, 7])
def test_lights_out_for_someone_who_is_not_there_is_nobodys(sleeper: int) -> None:
    """The mask then never equalled everyone's, and the last lights-out was not the last."""
    assert fold(SMALL_SOLO, [Begin(), LightsOut(sleeper)]).lights_out == 0


def test_the_dawn_watches_for_no_sleep() -> None:
    """A state no night reaches, but the checker's law of saturation must hold for it too."""
    dozing = NightState(mode=RUNNING, scene=SMALL_SOLO.quiet_scene, watch_beats=(1,))
    early = step(SMALL_SOLO, saturate(SMALL_SOLO, dozing), Dawn()).state
    late = step(SMALL_SOLO, dozing, Dawn()).state
    assert saturate(SMALL_SOLO, early) == saturate(SMALL_SOLO, late)
