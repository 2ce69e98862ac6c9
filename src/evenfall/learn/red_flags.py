"""Red flags (care rule 8): signs that are a doctor's business, said plainly, and what follows.

Nothing here measures or guesses. An adult notes what they saw; the house says what to do about it,
and no dreamscape runs for that person until an adult has talked to a doctor. There is no number,
no grade and no diagnosis in it, and silence is never taken for health.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from evenfall.formats.language import say
from evenfall.records.base import Id
from evenfall.records.worry import Sign, Worry

Then = Literal["doctor", "emergency"]

_APNOEA = "NHS, Sleep apnoea: see a GP"
_OWN_CHOICE = "care rule 8 of this project"
_URGENT = "NHS Healthier Together, Seizure: call 999 or go to A&E"
_BREATHING = "Asthma + Lung UK, When should I call 999 about my child's breathing?"


class Flag(msgspec.Struct, frozen=True):
    """What a sign asks for, and who says so."""

    then: Then
    source: str


FLAGS: dict[Sign, Flag] = {
    "snoring-most-nights": Flag("doctor", _APNOEA),
    "breathing-pauses": Flag("doctor", _APNOEA),
    "gasping": Flag("doctor", _APNOEA),
    "hurt-in-sleep": Flag("doctor", _OWN_CHOICE),
    "very-sleepy-by-day": Flag("doctor", _APNOEA),
    "low-mood": Flag("doctor", _OWN_CHOICE),
    "turned-blue": Flag("emergency", _BREATHING),
    "struggled-to-breathe": Flag("emergency", _BREATHING),
    "first-seizure": Flag("emergency", _URGENT),
}
"""Every sign that may be noted."""


def open_worries(worries: Iterable[Worry]) -> tuple[Worry, ...]:
    """The worries nobody has talked to a doctor about yet, as they were given."""
    return tuple(one for one in worries if one.over_utc is None)


def resting(worries: Iterable[Worry]) -> tuple[Id, ...]:
    """For whom no dreamscape runs, each once, by id.

    Example:
        >>> from datetime import UTC, datetime
        >>> morning = datetime(2026, 11, 20, tzinfo=UTC)
        >>> seen = Worry(member="noor", sign="gasping", noted_utc=morning, noted_by="mara")
        >>> resting([seen, seen])
        ('noor',)
    """
    return tuple(dict.fromkeys(one.member for one in open_worries(worries)))


def what_to_do(name: str, worries: Iterable[Worry], language: str = "en") -> str:
    """What is to be done about someone's open worries; nothing where there is none.

    An emergency comes before everything else there is to say.

    Args:
        name: what they are called.
        worries: theirs, over ones included.
        language: what it is said in.

    Example:
        >>> what_to_do("Noor", [])
        ''
    """
    signs = tuple(dict.fromkeys(one.sign for one in open_worries(worries)))
    if not signs:
        return ""
    then: Then = "doctor"
    if any(FLAGS[sign].then == "emergency" for sign in signs):
        then = "emergency"
    seen = tuple(say(f"worry.sign.{sign}", language) for sign in signs)
    return say(f"worry.{then}", language, name=name, signs=seen)
