"""Whatever a text holds, it is read or refused with words: nothing else ever comes out.

The demo household and a small score are broken in every way that people, editors and ill will
break files, and random text is read besides. Everything random comes from a seed or hypothesis.
"""

import random
from collections import Counter
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.broken_texts import DEMO, MUTATIONS, SCALARS, SCORE

from evenfall.formats import located
from evenfall.formats.errors import FormatError
from evenfall.formats.household import read_household
from evenfall.formats.located import decode_bytes
from evenfall.formats.score import read_score

READERS: tuple[tuple[str, Callable[[str, str], object]], ...] = (
    (DEMO, read_household),
    (SCORE, read_score),
)
MACHINERY = ("msgspec", "python", "traceback", "regex", "`str`", "nonetype", "object at 0x")

LOADERS = [yaml.BaseLoader, *([yaml.CBaseLoader] if hasattr(yaml, "CBaseLoader") else [])]

told: Counter[str] = Counter()
TESTS = 20 + len(LOADERS)
"""How many tests here, each parameter counted, read examples."""


@pytest.fixture(autouse=True)
def _counted() -> None:
    told["tests"] += 1


def read_or_be_told(read: Callable[[str, str], object], text: str) -> None:
    """Read a text; a refusal must say everything it has to, within the text."""
    told["examples"] += 1
    try:
        read(text, "x.yaml")
    except FormatError as problem:
        told["refused"] += 1
        assert problem.faults
        lines = text.count("\n") + text.count("\r") + 1
        for fault in problem.faults:
            assert fault.found
            assert fault.expected
            assert fault.mend
            assert 1 <= fault.place.line <= lines
            assert fault.place.column >= 1
            assert "does not fit its format" not in fault.found
            told["unexplained"] += "cannot be read" in fault.found
            words = f"{fault.expected} {fault.mend}".lower()
            assert not any(word in words for word in MACHINERY)
            str(fault).encode()
    else:
        told["read"] += 1


def _count_of(name: str, before: Counter[str]) -> int:
    return told[name] - before[name]


@pytest.mark.parametrize(("text", "read"), READERS, ids=["household", "score"])
def test_a_text_cut_off_anywhere_is_read_or_told(
    text: str, read: Callable[[str, str], object]
) -> None:
    before = told.copy()
    cuts = range(0, len(text), 3)
    for end in cuts:
        read_or_be_told(read, text[:end])
    assert _count_of("examples", before) == len(cuts) > 200
    # Most of the rest are cut in a comment, or after a record's last required field.
    assert _count_of("refused", before) > 0.7 * len(cuts)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: m.__name__.strip("_"))
def test_a_text_broken_once_or_more_is_read_or_told(
    mutation: Callable[[str, random.Random], str],
) -> None:
    before = told.copy()
    for seed in range(150):
        chance = random.Random(f"{mutation.__name__} {seed}")
        for text, read in READERS:
            once = mutation(text, chance)
            read_or_be_told(read, once)
            read_or_be_told(read, chance.choice(MUTATIONS)(once or "a", chance))
    assert _count_of("examples", before) == 600
    assert _count_of("refused", before) > 100


def test_every_odd_scalar_at_every_place_of_the_score_is_read_or_told() -> None:
    before = told.copy()
    lines = SCORE.split("\n")
    short = [scalar for scalar in SCALARS if len(scalar) < 100]
    for at, line in enumerate(lines):
        if ": " not in line:
            continue
        name = line.partition(": ")[0]
        for scalar in short:
            text = "\n".join([*lines[:at], f"{name}: {scalar}", *lines[at + 1 :]])
            read_or_be_told(read_score, text)
    assert _count_of("examples", before) >= 1_000
    assert _count_of("read", before) > 20


@pytest.mark.parametrize("size", [10, 200, 3000])
def test_random_bytes_are_read_or_told(size: int) -> None:
    def read(text: str, file: str) -> object:
        return read_household(decode_bytes(text.encode("latin-1"), file), file)

    before = told.copy()
    for seed in range(100):
        chance = random.Random(f"bytes {size} {seed}")
        read_or_be_told(read, chance.randbytes(size).decode("latin-1"))
        signs = chance.choices(" \n\n:-[]{}&*!|>'\"%@`#,?~a1é", k=size)
        read_or_be_told(read_household, "".join(signs))
    assert _count_of("examples", before) == 200


def test_bombs_are_told_at_once() -> None:
    before = told.copy()
    levels = "\n".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12))
    for bomb in (
        f"a0: &a0 x\n{levels}\n",
        "&a [*a]",
        "&a {k: *a}",
        "[" * 900_000,
        "{a: " * 200_000,
        "- " * 450_000,
        "[" + "0," * 450_000 + "]",
        "a: " + "9" * 900_000,
        '"' + "\\n" * 400_000 + '"',
        "\n" * 900_000,
        "#" * 900_000,
        "household: " + "é" * 400_000,
        "? " * 400_000,
        "!a " * 300_000,
        "'" * 900_001,
    ):
        read_or_be_told(read_household, bomb)
        read_or_be_told(read_score, bomb)
    assert _count_of("refused", before) == _count_of("examples", before) == 30


@pytest.mark.parametrize("loader", LOADERS, ids=lambda loader: str(loader.__name__))
def test_either_parser_lets_nothing_else_out(loader: type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(located, "_LOADER", loader)
    before = told.copy()
    for seed in range(250):
        chance = random.Random(f"either {seed}")
        read_or_be_told(read_score, chance.choice(MUTATIONS)(SCORE, chance))
    assert _count_of("examples", before) == 250


YAMLISH = st.text(
    st.sampled_from(list(" \n:-[]{}&*!|>'\"%@`#,?~\\\t<=ab01.é\u202e\x00")), max_size=60
)


@settings(max_examples=500)
@given(st.text(max_size=80) | YAMLISH)
def test_any_text_is_read_or_told(text: str) -> None:
    read_or_be_told(read_household, text)
    read_or_be_told(read_score, text)


@settings(max_examples=300)
@given(st.data())
def test_any_text_inside_the_score_is_read_or_told(data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(SCORE)))
    end = data.draw(st.integers(start, min(start + 40, len(SCORE))))
    read_or_be_told(read_score, SCORE[:start] + data.draw(YAMLISH) + SCORE[end:])


def test_there_were_enough_examples() -> None:
    """Last in the file, since it counts what the others read."""
    if told["tests"] <= TESTS:
        pytest.skip("counted only where the whole file runs in one process")
    assert told["examples"] >= 5_000
    assert told["read"] > 500
    assert told["refused"] > 5_000
    # Nearly every refusal knows what was wrong, and not merely that something was.
    assert told["unexplained"] < 0.002 * told["refused"]
