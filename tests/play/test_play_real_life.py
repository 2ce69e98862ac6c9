"""Only real life ends immersion: a breather that was kept, or a whole beat of another scene."""

import pytest
from tests.support.built_in import built_in
from tests.support.scores import DUET, programme

from evenfall.play.fold import fold
from evenfall.records.night import AnyEvent, Beat, Begin, Choice, LightsOut, NightState, Touch
from evenfall.records.programme import Programme

LIGHTHOUSE = built_in("lighthouse")
ELDERS = programme(
    DUET.replace("  whisper:\n    kind: settle\n", "  whisper:\n    kind: immerse\n"
                 "    breather: look-up\n    breather_every: 6 min\n"), sleepers=2,
)  # fmt: skip


def here(one: Programme, *events: AnyEvent) -> tuple[NightState, str]:
    state = fold(one, [Begin(), *events])
    return state, one.scenes[state.scene].id


@pytest.mark.safety("H-79")
def test_a_door_chosen_at_once_does_not_begin_immersion_again() -> None:
    stairs: list[AnyEvent] = [Touch(), *[Beat()] * 12]
    state, scene = here(LIGHTHOUSE, *stairs, Choice("up"))
    assert (scene, state.breather_age_beats) == ("lamp-room", 1)
    lingering, scene = here(LIGHTHOUSE, *stairs, Beat(), Beat(), Choice("up"))
    assert (scene, lingering.breather_age_beats, lingering.immersed_beats) == ("lamp-room", 0, 0)


@pytest.mark.safety("H-79")
def test_a_breather_left_early_was_none() -> None:
    breathing, scene = here(ELDERS, *[Beat()] * 12)
    assert (scene, breathing.breather_age_beats) == ("both", 1)
    state, scene = here(ELDERS, *[Beat()] * 12, LightsOut(0))
    assert (scene, state.breather_age_beats) == ("whisper", 1)
    kept, _ = here(ELDERS, *[Beat()] * 16)
    assert (kept.breather_age_beats, kept.immersed_beats) == (0, 1)
