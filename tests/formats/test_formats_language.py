"""What the house says has the same sentences in every language, and the same values in each."""

import re
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.support.sentences import (
    SOURCE,
    VALUE,
    Sentence,
    fault_sentences,
    key_calls,
    texts_given,
    whole_sentences,
)

from evenfall.adapters.devices.report import STAYS_LOW, Report, Status
from evenfall.app.devices import STAYS
from evenfall.formats.language import LANGUAGES, retold, said, say
from evenfall.formats.language.english import ENGLISH
from evenfall.formats.language.speech import Speech, filled, names_in, told_over
from evenfall.learn.rules import RULES
from evenfall.records.household import OutputKind
from evenfall.records.plan import Reason

OTHERS = sorted(set(LANGUAGES) - {"en"})
FORBIDDEN = {
    "en": r"\b(scores?|leases?|setpoints?|epochs?|reliance)\b",
    "pt": r"\b(pontua\w+|arrendamento|concessão|consigna|épocas?|dependência|scores?|epochs?)\b",
}
TOLD_TO_PAGES = (
    "app/web",
    "app/access",
    "runtime",
    "adapters/sqlite",
    "app/voices.py",
    "app/emergencies.py",
)
"""The modules whose faults a page is told."""

TERMINAL_ONLY = ("app/web/serve.py", "app/access/guard_key.py")
STATUSES: tuple[Status, ...] = (
    "unasked", "moving", "confirmed", "differs", "manual", "unavailable",
)  # fmt: skip


def modules(places: tuple[str, ...]) -> list[Path]:
    found = [path for place in places for path in (SOURCE / place).rglob("*.py")]
    found += [SOURCE / place for place in places if place.endswith(".py")]
    return [path for path in found if path.relative_to(SOURCE).as_posix() not in TERMINAL_ONLY]


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_in_every_language_with_the_same_values(language: str) -> None:
    here = LANGUAGES[language].sentences
    assert set(here) == set(ENGLISH.sentences)
    for key, english in ENGLISH.sentences.items():
        assert names_in(here[key]) == names_in(english), key
        assert here[key] != english, key


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_form_a_sentence_asks_for_is_one_of_its_language(language: str) -> None:
    speech = LANGUAGES[language]
    for template in (*speech.sentences.values(), *speech.book.values()):
        forms = {form for _, _, form, _ in Formatter().parse(template) if form}
        assert forms <= {*speech.forms, "again"}, template


@pytest.mark.parametrize("language", OTHERS)
def test_a_book_needs_no_value_that_the_english_sentence_has_not(language: str) -> None:
    for english, here in LANGUAGES[language].book.items():
        assert names_in(here) <= names_in(english), english


@pytest.mark.safety("H-16")
def test_every_key_the_source_uses_has_a_sentence_and_every_sentence_is_used() -> None:
    """A key with a value in it stands for each that fits: `kind.{kind}`."""
    saying = [*(SOURCE / "plan").glob("*.py"), *(SOURCE / "learn").glob("*.py")]
    used = key_calls([*saying, SOURCE / "runtime/calling.py"])
    known = set(ENGLISH.sentences)
    patterns = [re.compile(pattern) for pattern in used]
    assert {pattern.pattern for pattern in patterns if not any(map(pattern.fullmatch, known))} == (
        set()
    )
    assert {key for key in known if not any(one.fullmatch(key) for one in patterns)} == set()


@pytest.mark.parametrize("language", OTHERS)
def test_every_fault_a_page_can_be_told_is_in_every_language(language: str) -> None:
    untold = [
        f"{sentence.where} says “{sentence.text}”: add it to the book of {language}"
        for sentence in fault_sentences(modules(TOLD_TO_PAGES))
        if is_untold(sentence, language)
    ]
    assert untold == []


def is_untold(sentence: Sentence, language: str) -> bool:
    bare = sentence.text.replace(VALUE, "").strip()
    return bool(re.search("[a-z]", bare)) and retold(sentence.text, language) == sentence.text


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("kind", ["light", "sound"])
def test_what_a_lamp_or_speaker_says_is_in_every_language(language: str, kind: OutputKind) -> None:
    told = [
        Report(id="nest", kind=kind, status=status, asked_step=1, seen_step=1).words
        for status in STATUSES
    ]
    low = [words for (one, _), words in STAYS_LOW.items() if one == kind]
    for english in (*told, *low, STAYS[kind]):
        assert retold(english, language) != english


@pytest.mark.parametrize("language", OTHERS)
def test_who_could_not_be_called_is_in_every_language(language: str) -> None:
    texts = whole_sentences(SOURCE / "adapters/notices/room.py")
    assert texts
    assert {text for text in texts if retold(text, language) == text} == set()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize(
    ("module", "name"),
    [
        ("app/evening.py", "why"),  # why an evening is told, and not the one that was chosen
        ("app/evening.py", "where"),
        ("app/evening.py", "room"),
        ("app/keeping.py", "how"),
    ],
)
def test_what_a_morning_is_to_be_read_with_is_in_every_language(
    language: str, module: str, name: str
) -> None:
    texts = {text for text in texts_given(SOURCE / module, name) if " " in text}
    assert texts
    assert {text for text in texts if retold(text, language) == text} == set()


@pytest.mark.parametrize("language", OTHERS)
@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_moment_of_a_night_is_in_every_language(language: str, rule: str) -> None:
    held = RULES[rule]
    moved = f"{held.what}, to “look up”"
    why = f"{held.why} ({held.source}, line 12 of tidepool)"
    for english in (held.what, moved, held.why, why):
        assert retold(english, language) != english
    assert retold(moved, language).endswith("“look up”")
    assert held.why not in retold(why, language)


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_no_family_sentence_has_a_word_of_the_workshop(language: str) -> None:
    told = LANGUAGES[language].sentences
    for key, template in told.items():
        text = "".join(literal for literal, _, _, _ in Formatter().parse(template))
        assert not re.search(FORBIDDEN[language], text, re.IGNORECASE), key
    for template in LANGUAGES[language].book.values():
        assert not re.search(FORBIDDEN[language], template, re.IGNORECASE), template


def test_portuguese_says_one_o_clock_and_halves_as_portuguese_does() -> None:
    assert say("lights-out", "pt", wake="01:30", lights_out="00:45").endswith(
        "a partir da 01:30, a luz apaga-se às 00:45."
    )
    told = say("need.usual", "pt", age_months=1, low_h=7.5, high_h=9.0, planned_s=5400)
    assert told == "Com 1 mês, aconselham-se 7,5 a 9 h de sono por dia, e 1 h 30 min é o habitual."


def test_what_a_household_wrote_is_told_over_where_it_is_known_and_quoted_where_not() -> None:
    known = say("commitment", "pt", what="School", starts="08:30", ahead_s=60, wake="07:15")
    own = say("commitment", "pt", what="capoeira", starts="08:30", ahead_s=60, wake="07:15")
    assert known.startswith("A escola começa às 08:30")
    assert own.startswith("«capoeira» começa às 08:30")


@pytest.mark.parametrize(
    ("months", "text"), [(0, "0 months"), (1, "1 month"), (23, "23 months"), (24, "2 years")]
)
def test_ages_are_said_as_people_say_them(months: int, text: str) -> None:
    assert ENGLISH.forms["age"](months) == text


def test_a_reason_of_an_earlier_or_a_later_version_stays_english() -> None:
    earlier = Reason(rule="kind", text="The evening is told, as wished.")
    later = Reason(rule="kind", text="So it is.", key="kind.of-later")
    otherwise = Reason(rule="nap", text="So it is.", key="nap", values={"name": "Noor"})
    mistaken = Reason(rule="free-wake", text="So it is.", key="free-wake",
                      values={"weekday": "soon", "name": "Noor", "wake": "07:00"})  # fmt: skip
    for reason in (earlier, later, otherwise, mistaken):
        assert said(reason, "pt") == reason.text


def test_a_language_nobody_here_speaks_is_english() -> None:
    assert say("kind.told", "xx") == say("kind.told")
    assert retold("no sensor", "xx") == "no sensor"


def test_a_sentence_within_a_sentence_is_told_over_too() -> None:
    told = retold(
        "the night log is damaged (x): so nothing plays here tonight, and the room is dark and "
        "quiet. The evening is yours.",
        "pt",
    )
    assert told.startswith("o registo da noite está danificado (x): por isso esta noite nada toca")


STANDS = ("Noor", "Tomás", "nest", "07:15", "Mara", "Ilay")


@pytest.mark.parametrize("language", OTHERS)
def test_whatever_stands_in_a_sentence_of_a_book_stands_in_it_told_over(language: str) -> None:
    speech = LANGUAGES[language]
    forms = {**speech.forms, "again": lambda part: retold(part, language)}
    for english, here in speech.book.items():
        values = dict(zip(sorted(names_in(english)), STANDS, strict=False))
        text = filled(english, values, {"again": str})
        assert retold(text, language) == filled(here, values, forms), english


@settings(max_examples=60)
@given(st.text(max_size=400))
def test_any_text_comes_through_and_a_stranger_is_left_as_it_is(text: str) -> None:
    assert isinstance(retold(text, "pt"), str)
    bare = Speech(sentences={}, forms={}, book={"a {thing}": "um {thing}"})
    assert told_over("nothing of ours", bare) == "nothing of ours"
