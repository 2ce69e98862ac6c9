"""The how-to for an output adapter: its example conforms, and its tables are the code's."""

import re
from pathlib import Path
from typing import Any

import pytest

from evenfall.adapters.devices.conformance import RULES
from evenfall.adapters.devices.quality import HOLDS, LEVELS, declared

PAGE = Path(__file__).resolve().parents[2] / "docs" / "howto" / "write-an-output-adapter.md"
TEXT = PAGE.read_text(encoding="utf-8")


def example() -> dict[str, Any]:
    """Everything the page's blocks define, run in order as one module."""
    blocks = re.findall(r"^```python\n(.*?)^```", TEXT, re.MULTILINE | re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, Any] = {"__name__": "led"}
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), names)  # our own page
    return names


@pytest.mark.safety("H-126")
def test_the_example_conforms_as_the_page_says(tmp_path: Path) -> None:
    names = example()
    names["test_the_led_conforms"](tmp_path)
    assert declared(names["LedLamp"]).level == "twin"


@pytest.mark.parametrize(
    "rows",
    [
        RULES,
        {level: words for level, words in LEVELS.items() if level != "undeclared"},
        HOLDS,
    ],
)
def test_every_rule_and_level_stands_on_the_page(rows: dict[str, str]) -> None:
    assert [name for name, words in rows.items() if f"| `{name}` | {words} |" not in TEXT] == []
