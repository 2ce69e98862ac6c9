"""Every limit is the number its source gives, and a room has the strictest of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.records.limits import Limits
from evenfall.safety.limits import (
    ADULT,
    BROWN_2022,
    CHILD,
    DAWN_TRIALS,
    HARTSTEIN,
    OWN_CHOICE,
    SOURCES,
    WHO_1999,
    limits_for,
    strictest,
)

# Each limit again, from its source and not from the code: adult, child, and what the source says.
CITED = [
    # Brown et al. 2022: at most 10 lx mEDI in the 3 h before bed. Hartstein and colleagues:
    # 9–16 lx mEDI already suppressed preschoolers' melatonin, so a child's own is 1.
    ("light_awake_lx_medi", 10.0, 1.0, (BROWN_2022, HARTSTEIN)),
    # Brown et al. 2022: at most 1 lx mEDI in the sleep environment.
    ("light_asleep_lx_medi", 1.0, 1.0, (BROWN_2022,)),
    # Dawn simulation trials: about 210–250 lx photopic; 250 × 0.45 (2700 K, CIE S 026) = 112.5.
    ("light_dawn_lx_medi", 110.0, 110.0, (DAWN_TRIALS,)),
    ("dawn_ramp_min_s", 30 * 60.0, 30 * 60.0, (DAWN_TRIALS,)),
    # WHO 1999, bedrooms: 30 dBA LAeq over 8 h.
    ("sound_asleep_dba", 30.0, 30.0, (WHO_1999,)),
    # The same, for a minute's voice: 30 and not its LAmax of 45, so that no ask is ever loud.
    ("voice_asleep_dba", 30.0, 30.0, (WHO_1999,)),
    ("light_ramp_min_s", 10.0, 10.0, (OWN_CHOICE,)),
    ("sound_ramp_min_s", 5.0, 5.0, (OWN_CHOICE,)),
    ("sound_awake_dba", 50.0, 50.0, (OWN_CHOICE,)),
    ("immersion_max_s", 20 * 60.0, 10 * 60.0, (OWN_CHOICE,)),
    ("breather_min_s", 20.0, 20.0, (OWN_CHOICE,)),
]
AT_LEAST = {name for name in Limits.__struct_fields__ if name.endswith("_min_s")}

numbers = st.floats(0.0, 1e4)
any_limits = st.builds(Limits, **dict.fromkeys(Limits.__struct_fields__, numbers))


@pytest.mark.safety("H-23")
@pytest.mark.parametrize(("name", "adult", "child", "sources"), CITED)
def test_a_limit_is_what_its_source_says(
    name: str, adult: float, child: float, sources: tuple[str, ...]
) -> None:
    assert (getattr(ADULT, name), getattr(CHILD, name)) == (adult, child)
    assert all(source in SOURCES[name] for source in sources)


@pytest.mark.safety("H-23")
def test_no_limit_is_without_a_source_or_a_line_in_this_table() -> None:
    fields = set(Limits.__struct_fields__)
    assert set(SOURCES) == fields
    assert {name for name, *_ in CITED} == fields
    assert all(SOURCES.values())


@pytest.mark.parametrize(
    ("age", "limits"),
    [(0.0, CHILD), (4.0, CHILD), (17.99, CHILD), (18.0, ADULT), (90.0, ADULT)],
)
def test_a_child_is_one_until_eighteen(age: float, limits: Limits) -> None:
    assert limits_for(age) == limits


def test_a_childs_limits_are_nowhere_looser_than_an_adults() -> None:
    assert strictest(ADULT, CHILD) == CHILD


@pytest.mark.safety("H-34")
@given(any_limits, any_limits)
def test_the_strictest_protects_at_least_as_well_as_each(one: Limits, other: Limits) -> None:
    both = strictest(one, other)
    for name in Limits.__struct_fields__:
        mine, theirs, ours = (getattr(limits, name) for limits in (one, other, both))
        assert ours in (mine, theirs)
        assert ours >= max(mine, theirs) if name in AT_LEAST else ours <= min(mine, theirs)


@given(any_limits, any_limits, any_limits)
def test_the_strictest_knows_no_order_no_groups_and_no_repeats(
    one: Limits, other: Limits, third: Limits
) -> None:
    assert strictest(one, other) == strictest(other, one)
    assert strictest(strictest(one, other), third) == strictest(one, strictest(other, third))
    assert strictest(one, other, third) == strictest(one, strictest(other, third))
    assert strictest(one, one) == strictest(one) == one
