"""How a sentence is made from its template, and how an English one is told over.

A template is text with `{name}` or `{name:form}` in it; the forms (an age, a length of time, a
list of names) are the language's own, so that numbers are kept as numbers until they are said.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any

from evenfall.records.plan import Value

Form = Callable[[Any], str]

TEXT_MAX = 2000
"""A longer text is no sentence of ours, and is not searched for one: this project's own choice."""

AGAIN = "again"
"""The form of a value that is itself an English sentence, told over in its turn."""


@dataclass(frozen=True)
class Speech:
    """One language: its sentences by key, its forms, and its book of English sentences."""

    sentences: Mapping[str, str]
    forms: Mapping[str, Form]
    book: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        """The book's sentences that have values in them; what says most of itself comes first."""
        held = [(english, here) for english, here in self.book.items() if names_in(english)]
        held.sort(key=lambda pair: -len(_bare(pair[0])))
        return tuple((_pattern(english), here) for english, here in held)


def filled(template: str, values: Mapping[str, Value], forms: Mapping[str, Form]) -> str:
    """A template with its values in, each in its form.

    Raises:
        KeyError: a value or a form is not there.

    Example:
        >>> filled("{names:all} sleep", {"names": ("Noor", "Ilay")}, {"all": " and ".join})
        'Noor and Ilay sleep'
    """
    parts = []
    for literal, name, form, _ in Formatter().parse(template):
        parts.append(literal)
        if name is not None:
            value = values[name]
            parts.append(forms[form](value) if form else str(value))
    return "".join(parts)


def names_in(template: str) -> frozenset[str]:
    """The names of the values a template needs.

    Example:
        >>> sorted(names_in("{name}'s light, {at:clock}"))
        ['at', 'name']
    """
    return frozenset(name for _, name, _, _ in Formatter().parse(template) if name is not None)


def told_over(text: str, speech: Speech) -> str:
    """An English sentence in a language; as it is where the language's book lacks it."""
    exact = speech.book.get(text)
    if exact is not None and not names_in(text):
        return exact
    if len(text) > TEXT_MAX:
        return text
    for pattern, template in speech.patterns:
        found = pattern.fullmatch(text)
        if found is not None:
            again: dict[str, Form] = {AGAIN: lambda part: told_over(part, speech)}
            return filled(template, found.groupdict(), {**speech.forms, **again})
    return text


def _bare(template: str) -> str:
    return "".join(literal for literal, _, _, _ in Formatter().parse(template))


def _pattern(template: str) -> re.Pattern[str]:
    """What an English template matches, each value by its name."""
    parts: list[str] = []
    met: set[str] = set()
    for literal, name, _, _ in Formatter().parse(template):
        parts.append(re.escape(literal))
        if name is not None:
            parts.append(f"(?P={name})" if name in met else f"(?P<{name}>.+?)")
            met.add(name)
    return re.compile("".join(parts), re.DOTALL)
