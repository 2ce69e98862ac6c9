"""What a few readings say of a lamp at its fullest: never less than it may be."""

from math import log10

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.safety.calibrate import (
    LIGHT_SHARES,
    MELANOPIC_PER_LUX,
    METER_DB,
    METER_SHARE,
    SOUND_SHARES,
    Reading,
    light_at_full,
    sound_at_full,
)

METERS = st.sampled_from(["meter", "phone"])


@pytest.mark.safety("H-140")
@given(
    st.floats(0.5, 5000.0),
    METERS,
    st.sampled_from(["warm", "neutral", "daylight"]),
    st.lists(st.floats(-1.0, 1.0), min_size=4, max_size=4),
    st.floats(0.0, 1.0),
)
def test_a_lamp_never_gives_more_than_was_written_however_its_meter_errs(
    full_lux: float, meter: str, white: str, errs: list[float], kind: float
) -> None:
    off = METER_SHARE[meter]
    readings = [
        Reading(share, float(int(full_lux * share * (1.0 + off * err))))
        for share, err in zip(LIGHT_SHARES, errs, strict=True)
    ]
    low, high = MELANOPIC_PER_LUX[white]
    truly = full_lux * (low + (high - low) * kind)
    bounds = light_at_full(readings, meter, white)
    assert bounds.least <= truly * (1 + 1e-9)
    assert truly <= bounds.most * (1 + 1e-9)


@pytest.mark.safety("H-140")
@given(st.floats(50.0, 120.0), METERS, st.lists(st.floats(-1.0, 1.0), min_size=4, max_size=4))
def test_nor_is_a_speaker_louder(full_dba: float, meter: str, errs: list[float]) -> None:
    readings = [
        Reading(share, float(int(full_dba + 20 * log10(share) + METER_DB[meter] * err)))
        for share, err in zip(SOUND_SHARES, errs, strict=True)
    ]
    bounds = sound_at_full(readings, meter)
    assert bounds.least <= full_dba <= bounds.most


def test_a_lamp_that_gives_more_than_its_share_when_dimmed_is_held_by_that_step() -> None:
    even = [Reading(share, 100.0 * share, 0.1) for share in LIGHT_SHARES]
    greedy = [Reading(0.1, 40.0, 0.1), *even[1:]]
    assert light_at_full(even, "meter", "warm").most == 67.4
    assert light_at_full(greedy, "meter", "warm").most == 267.4


def test_what_is_over_what_can_be_written_is_the_most_that_can() -> None:
    assert light_at_full([Reading(0.1, 999_999.0)], "phone", "daylight").most == 99_999.0
    assert sound_at_full([Reading(0.05, 139.0)], "phone").most == 140.0
    assert sound_at_full([Reading(0.5, 1.0)], "phone").least == 0.0
