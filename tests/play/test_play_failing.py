"""What fails for longer than a lease is an emergency; what is only refused or away for a while is
not."""

import pytest
from tests.support.scores import PROGRAMMES

from evenfall.play.claims import is_still_awake, phase_of
from evenfall.play.failing import GONE, REFUSED, Failing
from evenfall.play.step import begin, step
from evenfall.records.night import (
    ENDED,
    RUNNING,
    WAITING,
    AnyEvent,
    BeatsMissed,
    Begin,
    Emergency,
    LightsOut,
    NightState,
    Override,
    Stop,
    Touch,
)
from evenfall.records.output import ASLEEP, Refusal

SOLO = PROGRAMMES["solo"]
RUNS = NightState(mode=RUNNING)
TOO_LOUD = Refusal("night", "sound", 45.0, 30.0, "sound_asleep_dba")


@pytest.mark.safety("H-94")
def test_a_guard_gone_longer_than_a_lease_is_told_once() -> None:
    watch = Failing()
    told = [watch.look(RUNS, at_s, gone=True) for at_s in (0.0, 30.0, 75.0, 76.0, 300.0)]
    assert told == ["", "", "", GONE, ""]


def test_a_guard_that_is_back_in_time_is_nothing() -> None:
    watch = Failing()
    gone = [(0.0, True), (60.0, True), (70.0, False), (80.0, True), (150.0, True)]
    assert {watch.look(RUNS, at_s, gone=gone) for at_s, gone in gone} == {""}


@pytest.mark.parametrize("mode", [WAITING, ENDED])
def test_before_anything_has_begun_and_when_it_is_over_nothing_is_lost(mode: int) -> None:
    watch = Failing()
    assert watch.look(NightState(mode=mode), 0.0, gone=True) == ""
    assert watch.look(NightState(mode=mode), 999.0, gone=True) == ""
    assert watch.look(RUNS, 1000.0, gone=True) == GONE


@pytest.mark.safety("H-94")
@pytest.mark.parametrize(
    ("at_s", "limit", "said"),
    [
        ((0.0, 30.0, 60.0, 90.0), "sound_asleep_dba", REFUSED),
        ((0.0, 30.0, 60.0), "sound_asleep_dba", ""),  # not yet longer than a lease
        ((0.0, 90.0), "sound_asleep_dba", ""),  # it passed in between
        ((0.0, 30.0, 60.0, 90.0), "stopped", ""),  # which is meant
    ],
)
def test_what_is_refused_again_and_again_is_an_emergency(
    at_s: tuple[float, ...], limit: str, said: str
) -> None:
    watch = Failing()
    for one in at_s:
        watch.hear([Refusal("night", "sound", 45.0, 30.0, limit)], one)
    assert watch.look(RUNS, at_s[-1], gone=False) == said


# --- Is anyone asleep yet? -----------------------------------------------------------------------


def awake_after(*events: AnyEvent) -> bool:
    state, awake = begin(SOLO), False
    for event in events:
        after = step(SOLO, state, event).state
        awake = is_still_awake(SOLO, state, event, after, awake)
        state = after
    return awake


def test_the_quiet_of_an_emergency_is_nobodys_sleep_until_a_light_goes_out() -> None:
    told = (Begin(), Touch(0), Emergency("call", 0))
    assert awake_after(*told) and awake_after(*told, Emergency("call", 0), Touch(0))
    assert awake_after(Begin(), BeatsMissed(9))
    assert not awake_after(*told, LightsOut(0))
    assert not awake_after(*told, Stop("noor"))
    assert not awake_after(Begin(), LightsOut(0), Emergency("distress", 0))
    assert not awake_after(Begin(), Override("mara"))
    state = step(SOLO, begin(SOLO), Emergency("call", 0)).state
    assert phase_of(SOLO, state) == ASLEEP  # what the checker proves by is the stricter of the two
