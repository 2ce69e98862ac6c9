"""The few ways an error shows what someone wrote.

What is shown is cut short and stripped of everything invisible, so that an error on a terminal
or a page can neither hide something nor be steered by it.
"""

import re
import unicodedata
from collections.abc import Iterable
from difflib import get_close_matches

SHOWN_MAX = 48
"""How much of a long text an error repeats, in characters: this project's own choice."""

# Joiners that scripts and emoji cannot be written without; every other invisible is spelt out.
_JOINERS = "\u200c\u200d"
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def is_hidden(character: str) -> bool:
    r"""Whether a character has no picture of its own: a control, a direction mark, a line break.

    Example:
        >>> is_hidden("\u202e"), is_hidden("é")
        (True, False)
    """
    return unicodedata.category(character) in _HIDDEN and character not in _JOINERS


def spelt(character: str) -> str:
    r"""A character that cannot be seen, as the escape YAML knows it by.

    Example:
        >>> spelt("\u202e"), spelt("\n")
        ('\\u202e', '\\n')
    """
    short = {"\n": "\\n", "\t": "\\t"}.get(character)
    code = ord(character)
    return short or (f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}")


def shown(value: object) -> str:
    """A value as an error repeats it.

    Example:
        >>> print(shown("4lx"), shown(None), shown(True), shown([]))
        "4lx" nothing true a list
    """
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case str():
            return f'"{_cut(value)}"'
        case list() | tuple():
            return "a list"
        case dict():
            return "a group of fields"
        case _:
            return _cut(str(value))


def _cut(text: str) -> str:
    seen = "".join(spelt(c) if is_hidden(c) else c for c in text[: SHOWN_MAX + 1])
    return seen if len(text) <= SHOWN_MAX else f"{seen[:SHOWN_MAX]}…"


def listing(names: Iterable[object], word: str = "or") -> str:
    """Names as a sentence lists them.

    Example:
        >>> listing(["told", "unplugged", "immersive"])
        'told, unplugged or immersive'
    """
    *most, last = [str(name) for name in names] or ["none"]
    return f"{', '.join(most)} {word} {last}" if most else last


def one(noun: str) -> str:
    """A noun with its article.

    Example:
        >>> one("room"), one("output")
        ('a room', 'an output')
    """
    return f"{'an' if noun[:1] in 'aeiou' else 'a'} {noun}"


def nearest(word: object, known: Iterable[str]) -> str | None:
    """The known word that someone most likely meant, if any is close.

    Example:
        >>> nearest("nset", ["nest", "loft"])
        'nest'
    """
    # Only the first 64 characters are compared: no known word is longer, and it stays quick.
    close = get_close_matches(str(word)[:64].lower(), list(known), n=1, cutoff=0.6)
    return close[0] if close else None


def machine_name(text: str) -> str | None:
    """The short name nearest to a text, if it is near to one at all.

    Example:
        >>> machine_name("Zoë's Lamp"), machine_name("नूर"), machine_name("!x [y]")
        ('zoes-lamp', None, None)
    """
    if len(text) > 40 or not re.fullmatch(r"[\w\s.'’-]*", text):
        return None
    letters = unicodedata.normalize("NFKD", text).lower()
    name = re.sub(r"[\s_-]+", "-", re.sub(r"[^a-z0-9\s_-]", "", letters)).strip("-")[:40]
    return name if re.match(r"[a-z]", name) else None
