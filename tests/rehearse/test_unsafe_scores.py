"""Unsafe scores: each is refused at its own stage, at its own place, for its own reason."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.rehearse.unsafe_programmes import UNSAFE
from tests.support.scores import DUET, SOLO

from evenfall.compose.compile import ScoreError, compile_score
from evenfall.formats.errors import EvenfallError, FormatError
from evenfall.formats.score import read_score
from evenfall.safety.limits import ADULT, CHILD

GOOD = {"solo": SOLO, "duet": DUET}
SLEEPERS = {"solo": 1, "duet": 2}
LIMITS = {"child": CHILD, "adult": ADULT}
SCORES = yaml.safe_load((Path(__file__).parent / "unsafe_scores.yaml").read_text(encoding="utf-8"))


def _text(unsafe: dict[str, Any]) -> str:
    text = GOOD[unsafe.get("of", "solo")]
    for found, put in unsafe.get("change", ()):
        assert text.count(found) == 1, f"{found!r} must stand there once"
        text = text.replace(found, put)
    return text


def _refusal(unsafe: dict[str, Any]) -> tuple[str, EvenfallError]:
    """The stage that refuses a score, and what it says."""
    try:
        document = read_score(_text(unsafe), "unsafe.yaml")
    except FormatError as refused:
        return "format", refused
    with pytest.raises(ScoreError) as raised:
        compile_score(
            document,
            limits=LIMITS[unsafe.get("limits", "child")],
            sleepers=unsafe.get("sleepers", SLEEPERS[unsafe.get("of", "solo")]),
            youngest_years=unsafe.get("years", 8),
        )
    return "compile", raised.value


@pytest.mark.parametrize("unsafe", SCORES, ids=[unsafe["way"] for unsafe in SCORES])
@pytest.mark.safety("H-76")
def test_an_unsafe_score_is_refused_for_its_own_reason(unsafe: dict[str, Any]) -> None:
    stage, refused = _refusal(unsafe)
    first = refused.faults[0]
    assert {"refused": stage, "place": str(first.place), "because": first.found} == {
        key: unsafe[key] for key in ("refused", "place", "because")
    }
    assert first.expected and first.mend
    assert len(refused.faults) == unsafe.get("faults", 1), "it is to be unsafe in one way"


def test_there_are_sixty_ways_and_more_and_no_two_are_one() -> None:
    texts = [(_text(one), one.get("years"), one.get("sleepers")) for one in SCORES]
    assert len(set(texts)) == len(SCORES) >= 60
    assert len({one["way"] for one in SCORES}) == len(SCORES)
    assert len(SCORES) + len(UNSAFE) >= 160
