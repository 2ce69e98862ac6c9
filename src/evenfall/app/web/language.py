"""Which language an answer is in, and what is said in it.

A page says its own language; a request of anything else is answered by what its browser prefers.
What a family wrote or an author told (names, titles, lines of a story) is never told over.
"""

from collections.abc import Mapping

from msgspec.structs import replace

from evenfall.formats.errors import Fault
from evenfall.formats.language import LANGUAGES, retold, say
from evenfall.formats.language.english import STATISTICS
from evenfall.records.insight import MemberMorning, Moment, Morning, Statistic

LANGUAGE_QUERY = "language"
"""What a socket's address says, since a page cannot give a socket headers: ?language=pt."""

LANGUAGE_HEADER = "x-evenfall-language"
ENGLISH = "en"
_CHOICES_MAX = 20  # of an Accept-Language; more than a person speaks: this project's own choice


def language_of(headers: Mapping[str, str], query: Mapping[str, str]) -> str:
    """The language to answer in: what the page said, else what its browser prefers, else English.

    Args:
        headers: a request's, their names in small letters or found however they are written.
        query: what stands behind the ? of its address.

    Example:
        >>> language_of({"accept-language": "de, pt-BR;q=0.8, en;q=0.5"}, {})
        'pt'
    """
    said = (query.get(LANGUAGE_QUERY, ""), headers.get(LANGUAGE_HEADER, ""))
    preferred = _preferred(headers.get("accept-language", ""))
    wished = (code.strip()[:2].lower() for code in (*said, *preferred))
    return next((code for code in wished if code in LANGUAGES), ENGLISH)


def _preferred(accepted: str) -> list[str]:
    """The languages of an Accept-Language (RFC 9110, 12.5.4), the most wished for first."""
    choices = [_choice(part) for part in accepted.split(",")[:_CHOICES_MAX]]
    wished = [choice for choice in choices if choice[0] > 0]
    return [code for _, code in sorted(wished, key=lambda choice: -choice[0])]


def _choice(part: str) -> tuple[float, str]:
    code, _, weight = part.partition(";")
    _, _, number = weight.partition("=")
    try:
        return (float(number) if number.strip() else 1.0), code
    except ValueError:
        return 0.0, code


def translate_fault(fault: Fault, language: str) -> Fault:
    """A fault told over. Where it is stays as it is; a sentence nobody told over stays English.

    Example:
        >>> from evenfall.formats.errors import Place
        >>> fault = Fault("nothing by that name", Place(), "a page of this hub",
        ...               "go to its front page")
        >>> translate_fault(fault, "pt").mend
        'vá à página principal'
    """
    found, expected, mend = (
        retold(text, language) for text in (fault.found, fault.expected, fault.mend)
    )
    return Fault(found, fault.place, expected, mend)


def translate_morning(morning: Morning, language: str) -> Morning:
    """A morning told over: how it is known, what each figure is, what happened, what to know."""
    if language == ENGLISH or language not in LANGUAGES:
        return morning
    return replace(
        morning,
        source=retold(morning.source, language),
        members=tuple(_member(one, language) for one in morning.members),
        moments=tuple(_moment(one, language) for one in morning.moments),
        notes=tuple(retold(note, language) for note in morning.notes),
    )


def _member(one: MemberMorning, language: str) -> MemberMorning:
    return replace(
        one,
        measured=retold(one.measured, language),
        statistics=tuple(_statistic(statistic, language) for statistic in one.statistics),
    )


def _statistic(one: Statistic, language: str) -> Statistic:
    words = say(f"statistic.{one.name}", language) if one.name in STATISTICS else one.words
    return replace(one, words=words, source=retold(one.source, language))


def _moment(one: Moment, language: str) -> Moment:
    return replace(one, what=retold(one.what, language), why=retold(one.why, language))
