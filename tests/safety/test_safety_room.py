"""The room's keeper over time: two nights' claims, lapses and stops, second by second."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.formats.errors import Fault, Place
from evenfall.ports.outputs import OutputUnavailableError
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import LEASE_S, Setpoint
from evenfall.runtime.room import RoomKeeper
from evenfall.safety.gate import ceiling
from evenfall.safety.limits import ADULT, CHILD, strictest
from evenfall.safety.merge import FALL_MAX_S

OUTPUTS = ("light", "sound")
NIGHTS = ("younger", "elder")
STOP_S = 5.0
SAFE = (Setpoint("light", 0.0, 3.0, LEASE_S), Setpoint("sound", 0.0, 3.0, LEASE_S))


@dataclass
class Lamps:
    """Outputs that remember what they were told, and may be away."""

    told: list[tuple[str, float, float, str]] = field(default_factory=list)
    away: bool = False

    def apply(self, output: str, target: float, ramp_s: float, what: str) -> None:
        if self.away:
            fault = Fault("no answer from the lamp", Place(), "a lamp that answers", "plug it in")
            raise OutputUnavailableError(fault)
        self.told.append((output, target, ramp_s, what))


def keeper(lamps: Lamps | None = None) -> RoomKeeper:
    return RoomKeeper(strictest(ADULT, CHILD), SAFE, lamps or Lamps())


def asked(light: float, sound: float, ramp_s: float, lease_s: float = LEASE_S) -> list[Setpoint]:
    return [
        Setpoint("light", light, ramp_s, lease_s),
        Setpoint("sound", sound, ramp_s, lease_s, "waves" if sound else ""),
    ]


@dataclass(frozen=True)
class Move:
    """What one night does, and how long nothing follows."""

    holder: str
    light: float
    sound: float
    ramp_s: float
    phase: int
    released: bool
    wait_s: int


moves = st.builds(
    Move,
    st.sampled_from(NIGHTS),
    st.floats(0.0, 130.0),
    st.floats(0.0, 60.0),
    st.one_of(st.floats(0.0, 60.0), st.floats(0.0, 4000.0)),
    st.sampled_from([ASLEEP, WINDING_DOWN, DAWN]),
    st.integers(0, 7).map(lambda n: n == 0),
    st.one_of(st.integers(0, 20), st.integers(0, 200)),
)


@pytest.mark.safety("H-35")
@given(st.lists(moves, min_size=1, max_size=12))
def test_at_every_second_each_output_is_under_the_merged_limit_or_on_its_way_there(
    played: list[Move],
) -> None:
    room, now_s = keeper(), 0.0
    phases: dict[str, tuple[int, float]] = {}  # each night's phase, and until when it is claimed
    for move in played:
        before = {output: room.level(output, now_s) for output in OUTPUTS}
        if move.released:
            room.release(move.holder, now_s)
            phases.pop(move.holder, None)
        else:
            room.claim(move.holder, asked(move.light, move.sound, move.ramp_s), move.phase, now_s)
            phases[move.holder] = (move.phase, now_s + LEASE_S)
        for _ in range(move.wait_s):
            # A lapse is acted on at the next tick, a second later at most.
            live = [phase for phase, until_s in phases.values() if until_s >= now_s - 1.0]
            phase = min(live, default=ASLEEP)
            for output in OUTPUTS:
                level = room.level(output, now_s)
                assert level <= max(ceiling(output, room.limits, phase), before[output]) + 1e-9
                before[output] = level
            now_s += 1.0
            room.tick(now_s)


@pytest.mark.safety("H-06")
@given(st.lists(moves, min_size=1, max_size=6), st.sampled_from([0.0, 1.0, 600.0]))
def test_when_nobody_renews_every_output_goes_to_safe(played: list[Move], late_s: float) -> None:
    room, now_s = keeper(), 0.0
    for move in played:
        room.claim(move.holder, asked(move.light, move.sound, move.ramp_s), move.phase, now_s)
        now_s += min(move.wait_s, LEASE_S)
        room.tick(now_s)
    lapsed_s = now_s + LEASE_S + 1.0 + late_s
    room.tick(lapsed_s)
    for point in SAFE:
        assert room.level(point.output, lapsed_s + STOP_S) == point.target


@pytest.mark.safety("H-06")
def test_a_lease_holds_to_its_last_second_and_not_beyond() -> None:
    room = keeper()
    room.claim("elder", asked(1.0, 40.0, 10.0), WINDING_DOWN, 0.0)
    room.tick(LEASE_S)
    assert room.level("sound", LEASE_S) == 40.0
    room.tick(LEASE_S + 1.0)
    assert room.level("sound", LEASE_S + 1.0 + STOP_S) == 0.0


def test_a_renewal_starts_no_ramp_anew() -> None:
    lamps = Lamps()
    room = keeper(lamps)
    for now_s in (0.0, 30.0, 60.0):
        room.claim("elder", asked(1.0, 0.0, 90.0), WINDING_DOWN, now_s)
    assert room.level("light", 45.0) == pytest.approx(0.5)
    assert lamps.told == [("light", 1.0, 90.0, "")]


@pytest.mark.safety("H-35")
@given(
    st.sampled_from(NIGHTS),
    st.floats(0.0, 600.0),
    st.floats(0.0, 50.0),
    st.sampled_from([ASLEEP, WINDING_DOWN]),
)
def test_a_stop_in_the_middle_of_a_long_fade_is_safe_within_five_seconds(
    stopper: str, fade_s: float, sound: float, phase: int
) -> None:
    """Whoever stops, and even where the other night fades to the very same level."""
    room = keeper()
    for holder in NIGHTS:
        room.claim(holder, asked(1.0, sound, 5.0), WINDING_DOWN, 0.0)
    for holder in NIGHTS:
        room.claim(holder, asked(0.0, 0.0, fade_s), phase, 20.0)
    room.claim(stopper, SAFE, ASLEEP, 21.0)
    for output in OUTPUTS:
        assert room.level(output, 21.0 + STOP_S) == 0.0


@pytest.mark.safety("H-35")
def test_a_stopped_night_keeps_the_other_quiet_and_says_why() -> None:
    room = keeper()
    assert room.claim("elder", asked(1.0, 40.0, 10.0), WINDING_DOWN, 0.0) == ()
    room.claim("younger", SAFE, ASLEEP, 30.0)
    (refused,) = room.claim("elder", asked(1.0, 40.0, 10.0), WINDING_DOWN, 60.0)
    assert (refused.holder, refused.limit, refused.allowed) == ("elder", "sound_asleep_dba", 30.0)
    assert room.level("sound", 90.0) == 0.0


@pytest.mark.safety("H-04")
@pytest.mark.parametrize("ramp_s", [60.0, 900.0, 1e9])
def test_no_fade_after_lights_out_lingers(ramp_s: float) -> None:
    room = keeper()
    room.claim("elder", asked(1.0, 48.0, 5.0), WINDING_DOWN, 0.0)
    for now_s in range(60, 360, 30):  # renewed each beat, as a night does
        room.claim("elder", asked(0.2, 28.0, ramp_s), ASLEEP, float(now_s))
    assert room.level("sound", 60.0) == 48.0
    assert room.level("sound", 60.0 + FALL_MAX_S) <= 30.0


def test_an_output_nobody_has_is_refused_and_told_nothing() -> None:
    lamps = Lamps()
    (refused,) = keeper(lamps).claim(
        "elder", [Setpoint("warmth", 30.0, 60.0, LEASE_S)], ASLEEP, 0.0
    )
    assert refused.limit == "unknown-output"
    assert lamps.told == []


def test_a_lamp_that_is_away_stops_no_night() -> None:
    lamps = Lamps(away=True)
    room = keeper(lamps)
    assert room.claim("elder", asked(1.0, 40.0, 10.0), WINDING_DOWN, 0.0) == ()
    assert room.unavailable == {"light", "sound"}
    room.tick(LEASE_S + 1.0)
    room.release("elder", 90.0)
    assert room.unavailable == {"light", "sound"}


@pytest.mark.safety("H-06")
def test_a_lamp_that_was_away_for_the_stop_is_told_again_at_the_next_renewal() -> None:
    lamps = Lamps()
    room = keeper(lamps)
    room.claim("elder", asked(1.0, 40.0, 10.0), WINDING_DOWN, 0.0)
    lamps.away = True
    room.claim("elder", SAFE, ASLEEP, 30.0)
    lamps.away, lamps.told = False, []
    room.claim("elder", SAFE, ASLEEP, 60.0)
    assert [(output, target) for output, target, _, _ in lamps.told] == [
        ("light", 0.0),
        ("sound", 0.0),
    ]
    assert room.unavailable == set()
