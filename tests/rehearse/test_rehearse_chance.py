import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenfall.formats.errors import EvenfallError
from evenfall.rehearse.chance import Chance

SEEDS = st.integers(min_value=0, max_value=2**64)


@given(SEEDS, st.text(max_size=40))
def test_a_stream_depends_on_seed_and_name_alone(seed: int, name: str) -> None:
    chance = Chance(seed)
    chance.stream("something else").random(100)
    first = chance.stream(name).random(8).tolist()
    assert chance.stream(name).random(8).tolist() == first
    assert Chance(seed).stream(name).random(8).tolist() == first


@given(SEEDS, st.text(max_size=40), st.text(max_size=40))
def test_other_names_and_other_seeds_draw_otherwise(seed: int, name: str, other: str) -> None:
    drawn = Chance(seed).stream(name).random(8).tolist()
    assert Chance(seed + 1).stream(name).random(8).tolist() != drawn
    if other != name:
        assert Chance(seed).stream(other).random(8).tolist() != drawn


def test_a_seed_below_0_is_refused_with_the_mend() -> None:
    with pytest.raises(EvenfallError, match="the seed is -1") as refused:
        Chance(-1)
    assert refused.value.faults[0].mend == "give seed 7"
