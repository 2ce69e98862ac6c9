"""How a plan's reason is made: said in English, and kept with what it takes to say it again."""

from evenfall.formats.language import say
from evenfall.records.plan import Reason, Value


def because(rule: str, key: str, source: str, /, **values: Value) -> Reason:
    """A reason.

    Args:
        rule: the rule's short name.
        key: which sentence (`formats/language/english.py`).
        source: where it is known from.
        values: what stands in the sentence.

    Example:
        >>> because("nap", "nap", "the household", name="Noor", nap_s=3600, night_s=36000).text
        'Noor sleeps 1 h by day, so the night needs 10 h.'
    """
    return Reason(rule=rule, text=say(key, **values), source=source, key=key, values=values)
