"""Mutants of the built-ins: what the second verifier calls unsafe, the checker finds by itself.

`make test` draws a sample from a seed; `make prove` takes them all. Where only one of the two
objects, `FOUND_BY_ONE` must say why, or the test fails.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from tests.support.built_in import BUILT_IN, built_in, built_in_score, built_in_text

from evenfall.compose.compile import compile_score
from evenfall.formats.decode import Document
from evenfall.formats.score import read_score
from evenfall.records.programme import Programme
from evenfall.records.score import Score
from evenfall.rehearse.mutants import (
    CHECKER,
    COMPILE,
    FORMAT,
    NEITHER,
    VERIFIER,
    Judged,
    Mutant,
    checked,
    drawn,
    judged,
    judged_text,
    programme_mutants,
    text_mutants,
)
from evenfall.rehearse.verifier import judge
from evenfall.safety.limits import limits_for

SEED = 20
"""Of the sample in `make test`."""

FOUND_BY_ONE = {
    r": own-room (is|then) ": "harmless: no kernel reads a breather's kind, or where it leads",
    r": night then ": "harmless: no kernel leaves the night by a way on of its own",
    r": morning then ": "harmless: a dawn that leads on is over all the same",
    r" is breather$": "harmless: a kind that no rule of the kernel reads is one that settles",
    r" then -1$": "harmless: the morning's end is as dark and quiet as the night",
    r": wake_scene is ": "harmless where it names what is as dark as the night: no dawn comes",
    r": glow_voice light (at once|ten times quicker)": "harmless: the glow is there already",
    r" told_setpoints light (at once|ten times quicker)": "harmless: it follows the same light",
    r" light ten times slower$": "harmless: what fades is within a sleeper's limit on the way",
    r": first_quiet_scene is -1$": "harmless: lights-out then ends the evening, as dark as night",
    r": pool (breather|then 2)": "harmless: it is left before its breather is due; a label of kind",
    r": moon exit . to 2$": "harmless: a breather that is gone to is a scene that settles",
    r": own-room stay_max_beats × ": "harmless here: a bound that is coarser than the walk",
    r": beach fits_asleep turned$": "harmless: with one sleeper lights-out leads to quiet anyway",
    r": night-light setpoints light at once": "harmless: it only ever fades to it",
    r" told_setpoints light × (2|10)$| setpoints light × 0\.5$": "unsafe: a no would brighten",
    r" sound ten times slower$": "unsafe: after a no the sound lingers over 3 min",
    r": morning stay_max_beats × 0$": "unsafe: a dawn that never ends",
}
"""Mutants that only the second verifier objects to, and why. What is harmless is coarseness of
one that takes no steps; what is unsafe gets no certificate, since both must agree to one."""

TAKES_LONG = re.compile(r"× 0$|is (settle|immerse|quiet|wake)$|wake_scene|watch|safe sound")
"""Mutants that may go round for ever: the checker tells them, but walks round many times first."""


def compiled(document: Document[Score]) -> Programme:
    """A score for the youngest it names; as many as two."""
    audience = document.record.audience
    return compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=min(audience.sleepers, 2),
        youngest_years=audience.youngest,
    )


def of_texts(name: str) -> list[tuple[str, str]]:
    """Every mutant of a built-in's text."""
    text = built_in_text(name)
    return list(text_mutants(name, text, tuple(built_in_score(name).record.scenes)))


def read(text: str) -> Document[Score]:
    return read_score(text, "mutant.yaml")


def of_programmes(names: Sequence[str]) -> list[tuple[Programme, Mutant]]:
    """Every mutant of some built-ins' programmes, with what each was made of."""
    return [
        (programme, mutant)
        for programme in map(built_in, names)
        for mutant in programme_mutants(programme)
    ]


def unexplained(judgements: Sequence[Judged]) -> list[Judged]:
    """Those that the second verifier alone objects to, with no reason known."""
    return [
        one
        for one in judgements
        if one.by == VERIFIER and not any(re.search(known, one.name) for known in FOUND_BY_ONE)
    ]


def sampled(count: int) -> Iterator[Judged]:
    """Mutants of the smallest built-in that the second verifier calls unsafe, judged."""
    unsafe = [
        (programme, mutant)
        for programme, mutant in of_programmes(("lamp-and-page",))
        if judge(mutant.programme, programme.limits) and not TAKES_LONG.search(mutant.name)
    ]
    for programme, mutant in drawn(unsafe, count, SEED):
        yield judged(mutant, programme)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # some have levels that are no number
@pytest.mark.safety("H-77")
def test_what_the_second_verifier_calls_unsafe_the_checker_finds() -> None:
    judgements = list(sampled(20))
    assert unexplained(judgements) == []
    assert sum(bool(one.checker) for one in judgements) >= 10


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
    from evenfall.formats.errors import EvenfallError, FormatError

    try:
        programme = compiled(read(text))
    except FormatError:
        return FORMAT
    except EvenfallError:
        return COMPILE
    return VERIFIER if judge(programme, programme.limits) else NEITHER


@pytest.mark.prove
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.safety("H-77")
def test_no_unsafe_mutant_of_a_programme_survives(name: str) -> None:
    """Over two thousand: every one that the second verifier calls unsafe, and as many again of
    the rest as keep this within minutes."""
    everything = of_programmes((name,))
    unsafe = [one for one in everything if judge(one[1].programme, one[0].limits)]
    judgements = [judged(mutant, programme) for programme, mutant in unsafe]
    assert unexplained(judgements) == []
    passed = [one for one in everything if one not in unsafe]
    for programme, mutant in drawn(passed, 25, SEED):
        judgements.append(judged(mutant, programme))
    print(name, Counter(one.by for one in judgements))


@pytest.mark.prove
@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.safety("H-77")
def test_what_compiles_of_a_mutated_text_is_proven(name: str) -> None:
    """Compile and checker agree: what the one lets through the other proves."""
    judgements = [
        judged_text(what, text, read, compiled) for what, text in drawn(of_texts(name), 150, SEED)
    ]
    assert [one for one in judgements if one.by in (VERIFIER, CHECKER)] == []


def test_a_mutant_is_made_again_from_its_seed() -> None:
    every = [mutant.name for _, mutant in of_programmes(BUILT_IN)]
    assert len(set(every)) == len(every) >= 1_000
    assert drawn(every, 5, 7) == drawn(every, 5, 7) != drawn(every, 5, 8)


def test_an_unchanged_programme_is_no_mutant_and_nobody_objects_to_it() -> None:
    programme = built_in("tidepool")
    assert all(mutant.programme != programme for mutant in programme_mutants(programme))
    assert judged(Mutant("itself", programme), programme) == Judged("itself", NEITHER)


def test_a_programme_that_no_kernel_can_run_is_found() -> None:
    programme = built_in("tidepool")
    broken = next(m for m in programme_mutants(programme) if m.name.endswith("moon breather -1"))
    assert checked(broken.programme)
