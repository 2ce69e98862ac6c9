"""What the house says, in every language it speaks. Pure: a key and values in, a sentence out.

Two ways in. A sentence that is kept (a plan's reason) has a key, and keeps what it was made from:
`say` it again in any language. A sentence that was only ever made in English (a fault, a lamp's
word, a note) is told over again by `retold`, from the language's own book of them.
"""

from collections.abc import Mapping

from evenfall.formats.language.english import ENGLISH
from evenfall.formats.language.portuguese import PORTUGUESE
from evenfall.formats.language.speech import Speech, filled, told_over
from evenfall.records.plan import Reason, Value

LANGUAGES: Mapping[str, Speech] = {"en": ENGLISH, "pt": PORTUGUESE}
"""Every language the house speaks, by its code; the page speaks the same ones."""


def say(key: str, language: str = "en", /, **values: Value) -> str:
    """A sentence of the house.

    Args:
        key: which sentence, as `english.py` names them.
        language: a code of LANGUAGES; any other is English.
        values: what stands in it: text, numbers in the unit of their name, or a list of names.

    Raises:
        KeyError: no such sentence, or a value it needs is not there.

    Example:
        >>> say("lights-out", wake="07:15", lights_out="20:00")
        'Counting back from 07:15, the light goes out at 20:00.'
        >>> say("lights-out", "pt", wake="07:15", lights_out="20:00")
        'Contando para trás a partir das 07:15, a luz apaga-se às 20:00.'
    """
    speech = LANGUAGES.get(language, ENGLISH)
    return filled(speech.sentences[key], values, speech.forms)


def said(reason: Reason, language: str = "en") -> str:
    """A plan's reason in a language; in English where it was kept without what it was made from.

    Example:
        >>> said(Reason(rule="kind", text="The evening is told."), "pt")
        'The evening is told.'
    """
    if language not in LANGUAGES or language == "en" or not reason.key:
        return reason.text
    try:
        return say(reason.key, language, **reason.values)
    except (KeyError, TypeError, ValueError):  # kept by another version, that said it otherwise
        return reason.text


def retold(text: str, language: str = "en") -> str:
    """An English sentence of the house, told over; as it is where the language's book lacks it.

    Example:
        >>> retold("The lamp doesn't answer. The story goes on.", "pt")
        'O candeeiro não responde. A história continua.'
    """
    return told_over(text, LANGUAGES[language]) if language in LANGUAGES else text
