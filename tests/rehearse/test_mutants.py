"""Mutants of the built-ins: what the second verifier calls unsafe, the checker finds by itself.

`make test` draws a sample of all four evenings from a seed; `make prove` takes them all (of the
duet's, which is the largest, a third: `test_mutants_of_the_duet.py`). Where only one of the two
objects, `tests/support/mutants.py` must say why, or the test fails.
"""

import re
from collections import Counter

import pytest
from tests.support.built_in import BUILT_IN, built_in
from tests.support.mutants import (
    HARMLESS,
    compiled,
    mutants_of,
    no_longer_alone,
    of_texts,
    read,
    sampled,
    texts_let_through,
    unexplained,
    unsafe_mutants_of,
)

from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.rehearse.mutants import (
    COMPILE,
    FORMAT,
    NEITHER,
    VERIFIER,
    Judged,
    Mutant,
    checked,
    drawn,
    first_found,
    judged,
    programme_mutants,
)
from evenfall.rehearse.verifier import judge

SAMPLE = {"lamp-and-page": 22, "tidepool": 18, "lighthouse": 14, "two-boats": 6}
"""How many of each evening, in `make test`: fewer of those with more states to look at."""


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some have levels that are no number
@pytest.mark.safety("H-77")
def test_what_the_second_verifier_calls_unsafe_the_checker_finds() -> None:
    made = sampled(SAMPLE)
    judgements = [judged(mutant, programme) for programme, mutant in made]
    assert len(judgements) == 60
    assert unexplained(judgements) == []


@pytest.mark.safety("H-77")
def test_every_reason_is_of_some_mutant_and_of_few() -> None:
    """What is taken for harmless is named one by one, and is a small part of all of them."""
    names = [mutant.name for name in BUILT_IN for _, mutant in unsafe_mutants_of(name)]
    meant = {known: [name for name in names if re.search(known, name)] for known in HARMLESS}
    assert all(meant.values())
    assert sum(map(len, meant.values())) < len(names) / 12


@pytest.mark.safety("H-77")
def test_no_mutant_of_a_text_compiles_to_what_the_second_verifier_calls_unsafe() -> None:
    """The compiler alone holds these: every one of them, in all four built-ins."""
    counts: Counter[str] = Counter()
    for name in BUILT_IN:
        for what, text in of_texts(name):
            by = _refused_or_passed(text)
            counts[by] += 1
            assert by != VERIFIER, what
    assert counts[FORMAT] + counts[COMPILE] > counts[NEITHER] / 2
    assert counts.total() > 600


def _refused_or_passed(text: str) -> str:
    """The same as `judged_text`, without the long walk of the checker."""
    try:
        programme = compiled(read(text))
    except FormatError:
        return FORMAT
    except EvenfallError:
        return COMPILE
    return VERIFIER if judge(programme, programme.limits) else NEITHER


@pytest.mark.prove
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", ["lamp-and-page", "tidepool", "lighthouse"])
@pytest.mark.safety("H-77")
def test_no_unsafe_mutant_of_a_programme_survives(name: str) -> None:
    """Every one that the second verifier calls unsafe is found, or harmless for a reason."""
    judgements = [judged(mutant, programme) for programme, mutant in unsafe_mutants_of(name)]
    print(name, Counter(one.by for one in judgements))
    assert unexplained(judgements) == []
    assert no_longer_alone(judgements) == []


@pytest.mark.prove
@pytest.mark.parametrize("name", ["lamp-and-page", "tidepool", "lighthouse"])
@pytest.mark.safety("H-77")
def test_what_compiles_of_a_mutated_text_is_proven(name: str) -> None:
    """Compile and checker agree: what the one lets through the other proves."""
    assert texts_let_through(name) == []


def test_a_mutant_is_made_again_from_its_seed() -> None:
    every = [mutant.name for name in BUILT_IN for _, mutant in mutants_of(name)]
    assert len(set(every)) == len(every) >= 1_000
    assert drawn(every, 5, 7) == drawn(every, 5, 7) != drawn(every, 5, 8)


def test_an_unchanged_programme_is_no_mutant_and_nobody_objects_to_it() -> None:
    programme = built_in("tidepool")
    assert all(mutant.programme != programme for mutant in programme_mutants(programme))
    assert judged(Mutant("itself", programme), programme) == Judged("itself", NEITHER)


@pytest.mark.parametrize("name", BUILT_IN)
def test_nothing_is_found_among_the_first_states_of_what_is_safe(name: str) -> None:
    """Where looking ends is no place to find anything: what is beyond is taken for a stop."""
    for first in (1, 40, 1_500, 3_000):
        assert first_found(built_in(name), first) == ""


def test_a_programme_that_no_kernel_can_run_is_found() -> None:
    programme = built_in("tidepool")
    broken = next(m for m in programme_mutants(programme) if m.name.endswith("moon breather -1"))
    assert checked(broken.programme)
