"""Four words: easily told apart, forgiving of how they are typed, and of nothing else."""

import itertools
import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from evenfall.app.access.code_words import WORDS, WORDS_A_CODE, code_digest, code_of

CODES = st.binary(min_size=WORDS_A_CODE, max_size=WORDS_A_CODE).map(code_of)


def edits(one: str, other: str) -> int:
    """Levenshtein's distance: letters to put in, leave out or change."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        left = [i]
        for j, b in enumerate(other, 1):
            left.append(min(row[j] + 1, left[-1] + 1, row[j - 1] + (a != b)))
        row = left
    return row[-1]


def sound(word: str) -> str:
    """Soundex (Russell, US patent 1,261,167): what the ear keeps of an English word."""
    groups = ("bfpv", "cgjkqsxz", "dt", "l", "mn", "r")
    number = {letter: str(n) for n, group in enumerate(groups, 1) for letter in group}
    code, last = word[0], number.get(word[0], "")
    for letter in word[1:]:
        here = number.get(letter, "")
        if here and here != last:
            code += here
        if letter not in "hw":
            last = here
    return f"{code}000"[:4]


def test_there_are_256_short_plain_words_a_byte_each() -> None:
    assert len(WORDS) == len(set(WORDS)) == 256
    assert all(word.isascii() and word.isalpha() and word.islower() for word in WORDS)
    assert {3 <= len(word) <= 9 for word in WORDS} == {True}
    assert list(WORDS) == sorted(WORDS)


def test_no_two_are_taken_for_each_other() -> None:
    assert len({word[:4] for word in WORDS}) == 256
    assert len({sound(word) for word in WORDS}) == 256
    for one, other in itertools.combinations(WORDS, 2):
        assert not other.startswith(one), (one, other)
        assert edits(one, other) >= 3, (one, other)


@given(st.sets(CODES, min_size=2, max_size=2))
def test_two_codes_are_two_even_without_their_hyphens(codes: set[str]) -> None:
    one, other = codes
    assert one.replace("-", "") != other.replace("-", "")
    assert code_digest(one) != code_digest(other)


SLIPS = st.sampled_from(("", " ", "-", "  ", " - ", ".", ", ", "\n", "\u00a0", "–"))


@given(CODES, st.lists(SLIPS, min_size=5, max_size=5), st.data())
def test_case_spaces_hyphens_and_accents_are_forgiven(
    code: str, slips: list[str], data: st.DataObject
) -> None:
    accents = st.sampled_from(("", "", "", "\u0301", "\u0308", "\u0327"))
    letters = (
        data.draw(st.sampled_from((letter, letter.upper()))) + data.draw(accents)
        for letter in slips[0] + slips[1].join(code.split("-")) + slips[2]
    )
    typed = "".join(letters)
    assert code_digest(typed) == code_digest(code)
    assert code_digest(unicodedata.normalize("NFC", typed)) == code_digest(code)


@given(CODES, st.integers(0, WORDS_A_CODE - 1), st.sampled_from(WORDS))
def test_another_word_is_another_code(code: str, place: int, word: str) -> None:
    words = code.split("-")
    same = words[place] == word
    words[place] = word
    assert (code_digest("-".join(words)) == code_digest(code)) == same
