"""The gate: what is too much, unknown, or no number at all is refused with its reason."""

from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evenfall.records.limits import Limits
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease
from evenfall.records.programme import LEASE_S, Setpoint
from evenfall.safety.gate import ceiling, ceiling_name, fits, ramp_floor_s, refusal
from evenfall.safety.limits import ADULT, CHILD

# What binds which output when: the ceiling, and the shortest rise.
BINDING = [
    ("light", ASLEEP, "light_asleep_lx_medi", "light_ramp_min_s"),
    ("light", WINDING_DOWN, "light_awake_lx_medi", "light_ramp_min_s"),
    ("light", DAWN, "light_dawn_lx_medi", "dawn_ramp_min_s"),
    ("sound", ASLEEP, "sound_asleep_dba", "sound_ramp_min_s"),
    ("sound", WINDING_DOWN, "sound_awake_dba", "sound_ramp_min_s"),
    ("sound", DAWN, "sound_awake_dba", "sound_ramp_min_s"),
]
PHASES = st.sampled_from([ASLEEP, WINDING_DOWN, DAWN])
LIMITS = st.sampled_from([ADULT, CHILD])


def lease(point: Setpoint) -> Lease:
    return Lease("nest", point, ASLEEP, 100.0)


@pytest.mark.safety("H-32")
@pytest.mark.parametrize("limits", [ADULT, CHILD])
@pytest.mark.parametrize(("output", "phase", "most", "floor"), BINDING)
def test_each_output_is_bound_by_its_own_limit_in_each_phase(
    output: str, phase: int, most: str, floor: str, limits: Limits
) -> None:
    allowed = getattr(limits, most)
    assert ceiling_name(output, phase) == most
    assert ceiling(output, limits, phase) == allowed
    assert ramp_floor_s(output, limits, phase) == getattr(limits, floor)
    at_most = Setpoint(output, allowed, 60.0, LEASE_S)
    assert fits(at_most, limits, phase)
    assert not fits(replace(at_most, target=allowed + 0.001), limits, phase)


@pytest.mark.safety("H-04")
@pytest.mark.parametrize("target", [nan, inf, -inf, -0.001, 1e300])
@pytest.mark.parametrize("output", ["light", "sound"])
def test_what_is_no_level_is_refused(output: str, target: float) -> None:
    refused = refusal(lease(Setpoint(output, target, 60.0, LEASE_S)), ADULT, ASLEEP)
    assert refused is not None
    assert refused.limit == ceiling_name(output, ASLEEP)


@pytest.mark.parametrize("ramp_s", [nan, inf, -1.0])
def test_a_ramp_that_never_ends_is_refused(ramp_s: float) -> None:
    refused = refusal(lease(Setpoint("light", 0.0, ramp_s, LEASE_S)), ADULT, ASLEEP)
    assert refused is not None
    assert refused.limit == "endless-ramp"


@pytest.mark.safety("H-06")
@pytest.mark.parametrize("lease_s", [nan, inf, 0.0, -1.0, LEASE_S + 0.1])
def test_a_lease_that_never_lapses_is_refused(lease_s: float) -> None:
    refused = refusal(lease(Setpoint("light", 0.0, 60.0, lease_s)), ADULT, ASLEEP)
    assert refused is not None
    assert (refused.limit, refused.allowed) == ("endless-lease", LEASE_S)


@given(st.text().filter(lambda name: name not in ("light", "sound")), PHASES, LIMITS)
def test_an_output_nobody_knows_is_refused(name: str, phase: int, limits: Limits) -> None:
    point = Setpoint(name, 0.0, 60.0, LEASE_S)
    assert not fits(point, limits, phase)
    assert (ceiling(name, limits, phase), ramp_floor_s(name, limits, phase)) == (0.0, 0.0)
    refused = refusal(lease(point), limits, phase)
    assert refused is not None
    assert (refused.limit, refused.allowed) == ("unknown-output", 0.0)


@given(st.sampled_from(["light", "sound"]), st.floats(), PHASES, LIMITS)
def test_what_is_refused_is_told_with_what_was_asked_and_allowed(
    output: str, target: float, phase: int, limits: Limits
) -> None:
    refused = refusal(lease(Setpoint(output, target, 60.0, LEASE_S)), limits, phase)
    allowed = ceiling(output, limits, phase)
    assert (refused is None) == (0.0 <= target <= allowed)
    if refused is None:
        return
    assert (refused.holder, refused.output) == ("nest", output)
    assert (refused.allowed, refused.limit) == (allowed, ceiling_name(output, phase))
    assert refused.asked == target or target != target


VOICE_AT_NIGHT = Setpoint("sound", 30.0, 5.0, LEASE_S, "voice")


@pytest.mark.safety("H-29")
@pytest.mark.parametrize("phase", [ASLEEP, WINDING_DOWN, DAWN])
def test_a_voice_keeps_its_own_limit_in_every_phase(phase: int) -> None:
    assert refusal(Lease("n", VOICE_AT_NIGHT, phase, 0.0), CHILD, phase) is None
    louder = replace(VOICE_AT_NIGHT, target=30.1)
    told = refusal(Lease("n", louder, phase, 0.0), CHILD, phase)
    assert told is not None
    assert told.allowed == 30.0
    assert told.limit == ("sound_asleep_dba" if phase == ASLEEP else "voice_asleep_dba")
    strict = replace(CHILD, sound_asleep_dba=22.0)
    assert (refusal(Lease("n", VOICE_AT_NIGHT, phase, 0.0), strict, phase) is None) == (
        phase != ASLEEP
    )
