"""Mutants of the duet, which has the most states: a third of the unsafe ones, from the seed.

In a file of its own, so that `make prove` does these while it does the others.
"""

from collections import Counter

import pytest
from tests.support.mutants import (
    SEED,
    no_longer_alone,
    texts_let_through,
    unexplained,
    unsafe_mutants_of,
)

from evenfall.rehearse.mutants import drawn, judged


@pytest.mark.prove
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some have levels that are no number
@pytest.mark.safety("H-77")
def test_no_unsafe_mutant_of_the_duet_survives() -> None:
    unsafe = unsafe_mutants_of("two-boats")
    chosen = drawn(unsafe, len(unsafe) // 3, SEED)
    judgements = [judged(mutant, programme) for programme, mutant in chosen]
    print("two-boats", Counter(one.by for one in judgements))
    assert unexplained(judgements) == []
    assert no_longer_alone(judgements) == []


@pytest.mark.prove
@pytest.mark.safety("H-77")
def test_what_compiles_of_the_duets_mutated_text_is_proven() -> None:
    assert texts_let_through("two-boats") == []
