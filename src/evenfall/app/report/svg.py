"""Writing SVG by hand: one function per element, every text and attribute escaped.

Rule: whatever a person wrote goes through `element`, `said` or `kept`; nothing else touches
markup.
"""

import re
import unicodedata
from html import escape

XMLNS = ' xmlns="http://www.w3.org/2000/svg"'
# XML 1.0, section 2.2: these characters may not stand in a document, even escaped.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# Unicode TR9: marks that turn the direction of whatever follows them.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069]")


def said(text: str) -> str:
    """A person's text, safe inside markup, with forbidden characters shown as �.

    Example:
        >>> said("<b>Noor & co")
        '&lt;b&gt;Noor &amp; co'
    """
    return escape(_FORBIDDEN.sub("\ufffd", text))


def kept(text: str) -> str:
    """A text as the content of an element, where quotes may stand as they are.

    Example:
        >>> kept('{"name": "Noor & co"}')
        '{"name": "Noor &amp; co"}'
    """
    return escape(_FORBIDDEN.sub("\ufffd", text), quote=False)


def number(value: float) -> str:
    """A coordinate, to a hundredth.

    Example:
        >>> number(12.5), number(3.0)
        ('12.5', '3')
    """
    return f"{value:.2f}".rstrip("0").rstrip(".")


def element(name: str, /, *children: str, **attributes: str | float) -> str:
    """One element. Attributes are escaped; children are markup already.

    Example:
        >>> element("rect", x=1.0, class_="ink", fill_opacity=0.5)
        '<rect x="1" class="ink" fill-opacity="0.5"/>'
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{_attribute(value)}"'
        for key, value in attributes.items()
    )
    body = "".join(children)
    return f"<{name}{written}>{body}</{name}>" if body else f"<{name}{written}/>"


def _attribute(value: str | float) -> str:
    return said(value) if isinstance(value, str) else number(value)


def isolated(name: str) -> str:
    """A name inside a plain sentence, so that its script cannot turn the words around it."""
    return f"\u2068{_TURNS.sub('', name)}\u2069"


def clipped(text: str, room: int) -> str:
    """A text of at most `room` columns; wide letters and emoji take two.

    Example:
        >>> clipped("a long, long name", 8)
        'a long,…'
    """
    widths = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text]
    if sum(widths) <= room:
        return text
    kept, used = 0, 1
    while used + widths[kept] <= room:
        used += widths[kept]
        kept += 1
    return text[:kept].rstrip() + "…"
