"""The merge on a shared output: the lowest wins, at every moment, whoever asks and in any order."""

from itertools import permutations
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease, Merged
from evenfall.records.programme import LEASE_S, Setpoint
from evenfall.safety.gate import ceiling, fits, ramp_floor_s, refusal
from evenfall.safety.limits import ADULT, CHILD, strictest
from evenfall.safety.merge import FALL_MAX_S, merge, room_phase
from evenfall.safety.ramp import Ramp

OUTPUTS = st.sampled_from(["light", "sound"])
PHASES = st.sampled_from([ASLEEP, WINDING_DOWN, DAWN])
LIMITS = st.sampled_from([ADULT, CHILD, strictest(ADULT, CHILD)])
TARGETS = {"light": st.floats(0.0, 130.0), "sound": st.floats(0.0, 60.0)}
RAMPS = st.floats(0.0, 4000.0)
HOLDERS = ("nest-1", "nest-2", "nest-3")
DARK = Setpoint("light", 0.0, 3.0, LEASE_S)


@st.composite
def rooms(draw: st.DrawFn) -> tuple[list[Lease], Limits, Setpoint, float]:
    """Claims on one output from up to three nights, some of them nonsense; and where it is now."""
    output = draw(OUTPUTS)
    target = st.one_of(TARGETS[output], st.sampled_from([0.0, 1.0, nan, inf, -1.0]))
    claims = draw(st.lists(st.tuples(target, RAMPS, PHASES), max_size=3))
    leases = [
        Lease(holder, Setpoint(output, level, ramp_s, LEASE_S), phase, 100.0)
        for holder, (level, ramp_s, phase) in zip(HOLDERS, claims, strict=False)
    ]
    night_light = draw(st.sampled_from([0.0, 0.6])) if output == "light" else 0.0
    safe = Setpoint(output, night_light, 3.0, LEASE_S)
    return leases, draw(LIMITS), safe, draw(TARGETS[output])


def granted(leases: list[Lease], limits: Limits) -> list[Setpoint]:
    phase = room_phase(leases)
    return [one.setpoint for one in leases if refusal(one, limits, phase) is None]


def way(current: float, point: Setpoint) -> Ramp:
    return Ramp(current, point.target, 0.0, point.ramp_s)


@pytest.mark.safety("H-35")
@given(rooms())
def test_what_a_room_does_is_never_over_its_limit(
    room: tuple[list[Lease], Limits, Setpoint, float],
) -> None:
    leases, limits, safe, current = room
    merged = merge(leases, limits, safe, current)
    assert fits(merged.setpoint, limits, room_phase(leases))


@pytest.mark.safety("H-35")
@given(rooms())
def test_the_lowest_granted_claim_wins_and_a_refused_one_counts_as_safe(
    room: tuple[list[Lease], Limits, Setpoint, float],
) -> None:
    leases, limits, safe, current = room
    points = granted(leases, limits)
    if len(points) < len(leases) or not leases:
        points.append(safe)
    merged = merge(leases, limits, safe, current)
    assert merged.setpoint.target == min(point.target for point in points)
    assert len(merged.refusals) == len(leases) - len(granted(leases, limits))


@pytest.mark.safety("H-35")
@given(rooms(), st.floats(0.0, 4000.0))
def test_an_output_never_goes_above_any_one_claims_own_way(
    room: tuple[list[Lease], Limits, Setpoint, float], later_s: float
) -> None:
    leases, limits, safe, current = room
    merged = merge(leases, limits, safe, current)
    level = way(current, merged.setpoint).value_at(later_s)
    for point in granted(leases, limits):
        assert level <= way(current, point).value_at(later_s) + 1e-9


@pytest.mark.safety("H-35")
@given(rooms())
def test_the_order_of_claims_is_nothing(
    room: tuple[list[Lease], Limits, Setpoint, float],
) -> None:
    leases, limits, safe, current = room

    def outcome(claims: list[Lease]) -> tuple[Setpoint, str, int]:
        merged = merge(claims, limits, safe, current)
        return merged.setpoint, merged.holder, len(merged.refusals)

    first = outcome(leases)
    assert all(outcome(list(order)) == first for order in permutations(leases))


@pytest.mark.safety("H-35")
@given(rooms(), st.integers(0, 2), PHASES)
def test_a_stop_from_anyone_quiets_the_output_within_five_seconds(
    room: tuple[list[Lease], Limits, Setpoint, float], who: int, phase: int
) -> None:
    leases, limits, safe, current = room
    stop = Lease("stopped", safe, phase, 100.0)
    claims = [*leases[:who], stop, *leases[who:]]
    merged = merge(claims, limits, safe, current)
    assert merged.setpoint.target <= safe.target
    assert way(current, merged.setpoint).value_at(5.0) <= safe.target + 1e-9


@pytest.mark.safety("H-32")
@given(rooms())
def test_a_rise_is_never_faster_than_the_floor(
    room: tuple[list[Lease], Limits, Setpoint, float],
) -> None:
    leases, limits, safe, current = room
    merged = merge(leases, limits, safe, current)
    if merged.setpoint.target > current:
        floor_s = ramp_floor_s(safe.output, limits, room_phase(leases))
        assert merged.setpoint.ramp_s >= floor_s


@pytest.mark.safety("H-04")
@given(rooms())
def test_what_is_over_a_new_phases_limit_is_under_it_within_three_minutes(
    room: tuple[list[Lease], Limits, Setpoint, float],
) -> None:
    leases, limits, safe, current = room
    most = ceiling(safe.output, limits, room_phase(leases))
    merged = merge(leases, limits, safe, current)
    assert way(current, merged.setpoint).value_at(FALL_MAX_S) <= most


@given(st.lists(PHASES, max_size=4))
def test_a_rooms_phase_is_its_strictest(phases: list[int]) -> None:
    leases = [Lease(str(i), DARK, phase, 100.0) for i, phase in enumerate(phases)]
    assert room_phase(leases) == min(phases, default=ASLEEP)


def test_the_phases_are_in_the_order_of_what_they_allow() -> None:
    for limits in (ADULT, CHILD):
        for output in ("light", "sound"):
            levels = [ceiling(output, limits, phase) for phase in (ASLEEP, WINDING_DOWN, DAWN)]
            assert levels == sorted(levels)


def light(holder: str, level: float, ramp_s: float, phase: int) -> Lease:
    return Lease(holder, Setpoint("light", level, ramp_s, LEASE_S), phase, 100.0)


@pytest.mark.safety("H-35")
def test_a_dawn_waits_for_every_sleeper() -> None:
    elder = light("elder", 100.0, 1800.0, DAWN)
    younger = light("younger", 0.0, 3.0, ASLEEP)
    waiting = merge([elder, younger], CHILD, DARK)
    assert (waiting.setpoint.target, waiting.holder) == (0.0, "")
    assert [refused.holder for refused in waiting.refusals] == ["elder"]
    both = merge([elder, light("younger", 60.0, 1800.0, DAWN)], CHILD, DARK)
    assert (both.setpoint.target, both.holder) == (60.0, "younger")


def test_nobodys_claim_is_safe() -> None:
    assert merge([], ADULT, DARK, 5.0) == Merged(setpoint=DARK, holder="")


@pytest.mark.safety("H-35")
@pytest.mark.parametrize("order", [1, -1])
def test_a_stop_is_not_slowed_by_another_night_that_fades_to_the_same(order: int) -> None:
    claims = [light("fading", 0.0, 60.0, ASLEEP), light("stopped", 0.0, 3.0, ASLEEP)][::order]
    assert merge(claims, ADULT, DARK, 1.0).setpoint.ramp_s == 3.0


@pytest.mark.safety("H-32")
def test_coming_back_to_the_night_light_is_no_flash() -> None:
    night_light = replace(DARK, target=0.6)
    assert merge([], CHILD, night_light, 0.1).setpoint.ramp_s == CHILD.light_ramp_min_s


def test_a_fade_nobody_hurries_keeps_its_own_time() -> None:
    merged = merge([light("nest", 0.2, 170.0, ASLEEP)], ADULT, DARK, 0.8)
    assert merged == Merged(setpoint=Setpoint("light", 0.2, 170.0, LEASE_S), holder="nest")


def test_a_refused_claim_does_not_raise_what_another_wants_lower_than_safe() -> None:
    night_light = replace(DARK, target=0.6)
    claims = [light("dark", 0.1, 20.0, ASLEEP), light("bright", 50.0, 20.0, ASLEEP)]
    merged = merge(claims, CHILD, night_light, 0.8)
    assert (merged.setpoint.target, merged.holder) == (0.1, "dark")
    assert merged.setpoint.ramp_s == 3.0  # the refused one counts as safe, and safe is quick
