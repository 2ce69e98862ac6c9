"""Every built-in evening is small enough to be explored whole."""

from importlib import util
from pathlib import Path
from types import ModuleType

import pytest


def counter() -> ModuleType:
    """The benchmark is a script and no package, so it is loaded by its path."""
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "count_states.py"
    spec = util.spec_from_file_location("count_states", path)
    assert spec is not None and spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.prove
@pytest.mark.parametrize(
    ("evening", "at_most"),
    [
        ("lamp-and-page", 100_000),
        ("tidepool", 100_000),
        ("lighthouse", 100_000),
        ("two-boats", 250_000),
    ],
)
def test_an_evening_has_no_more_states_than_its_budget(evening: str, at_most: int) -> None:
    counts = counter()
    states, transitions = counts.count(counts.built_in(evening))
    assert 10_000 < states <= at_most
    assert transitions > states
