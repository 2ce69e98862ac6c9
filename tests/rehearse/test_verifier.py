"""The second verifier: it knows nothing of the rest, passes what is safe and says why not."""

import ast
from importlib.util import find_spec
from io import StringIO
from pathlib import Path
from tokenize import COMMENT, DEDENT, INDENT, NEWLINE, NL, TokenInfo, generate_tokens

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from tests.rehearse.unsafe_programmes import UNSAFE, Unsafe
from tests.support.built_in import BUILT_IN, built_in
from tests.support.generated import document_of, scores
from tests.support.scores import PROGRAMMES

from evenfall.compose.compile import ScoreError, compile_score
from evenfall.rehearse.verifier import OUTERMOST, bounds, fingerprint, judge
from evenfall.safety.limits import ADULT, CHILD, limits_for

SPEC = find_spec("evenfall.rehearse.verifier")
assert SPEC is not None and SPEC.origin is not None
TEXT = Path(SPEC.origin).read_text(encoding="utf-8")


def _lines_of_code(text: str) -> int:
    """Lines with something on them that is neither a comment nor a docstring."""
    said = {
        line
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }
    layout = (COMMENT, NL, NEWLINE, INDENT, DEDENT)

    def lines(token: TokenInfo) -> range:
        return range(token.start[0], token.end[0] + 1)

    tokens = [t for t in generate_tokens(StringIO(text).readline) if t.type not in layout]
    return len({line for t in tokens if t.string for line in lines(t)} - said)


@pytest.mark.safety("H-77")
def test_it_imports_records_and_nothing_else_of_the_house() -> None:
    named = [
        node.module or "" for node in ast.walk(ast.parse(TEXT)) if isinstance(node, ast.ImportFrom)
    ]
    ours = {name for name in named if name.startswith("evenfall")}
    assert ours == {"evenfall.records.limits", "evenfall.records.programme"}


def test_it_is_short_enough_to_be_read_in_one_sitting() -> None:
    assert _lines_of_code(TEXT) < 150


def test_its_own_figures_are_the_houses() -> None:
    assert OUTERMOST == ADULT


@pytest.mark.parametrize("name", BUILT_IN)
@pytest.mark.parametrize("night_light", [0.0, 0.6])
@pytest.mark.safety("H-77")
def test_it_lets_every_built_in_pass(name: str, night_light: float) -> None:
    programme = built_in(name, night_light_lx_medi=night_light)
    assert judge(programme, limits_for(programme.youngest_years)) == ()
    assert bounds(programme).immersed_beats <= programme.immersion_max_beats
    assert bounds(programme).quiet_beats <= programme.length_max_beats


@pytest.mark.parametrize("name", PROGRAMMES)
def test_it_lets_the_small_programmes_pass(name: str) -> None:
    assert judge(PROGRAMMES[name]) == ()


@settings(deadline=None, max_examples=150)
@given(st.data(), st.sampled_from([CHILD, ADULT]), st.booleans())
def test_whatever_compiles_passes(data: st.DataObject, limits: object, careless: bool) -> None:
    """The compiler and the verifier read the same promises: neither lets through what the other
    would not."""
    chosen = CHILD if limits == CHILD else ADULT
    score = data.draw(scores(chosen, careless=careless))
    try:
        programme = compile_score(
            document_of(score), limits=chosen, sleepers=2, youngest_years=8,
            night_light_lx_medi=data.draw(st.sampled_from([0.0, 0.6])),
        )  # fmt: skip
    except ScoreError:
        return
    assert judge(programme, chosen) == ()


@pytest.mark.parametrize("unsafe", UNSAFE, ids=[one.way for one in UNSAFE])
@pytest.mark.safety("H-77")
def test_an_unsafe_programme_is_objected_to_for_its_own_reason(unsafe: Unsafe) -> None:
    objections = judge(unsafe.programme, CHILD)
    assert unsafe.rule in {one.rule for one in objections}, objections


def test_an_objection_says_which_line_and_how_much() -> None:
    loud = next(one for one in UNSAFE if one.way == "a sound too loud before lights-out")
    (one,) = judge(loud.programme, CHILD)
    assert (one.line, one.words) == (14, "sound of 51, where 50 is most")


def test_no_two_ways_are_one() -> None:
    assert len({one.way for one in UNSAFE}) == len(UNSAFE)
    assert len({fingerprint(one.programme) for one in UNSAFE}) == len(UNSAFE)


def test_its_own_name_for_a_programme_changes_with_anything_in_it() -> None:
    one = PROGRAMMES["solo"]
    assert fingerprint(one) == fingerprint(replace(one))
    assert fingerprint(one) != fingerprint(replace(one, title="Another"))
    assert len(fingerprint(one)) == 64
