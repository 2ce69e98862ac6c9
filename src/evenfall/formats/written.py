"""Records as YAML text that reads back equal.

What equals its default is left out. Text goes without quotes only where every YAML reader, old
or new, takes it for text; in quotes, whatever cannot be seen is spelt out as an escape.
"""

import re
from collections.abc import Mapping

import msgspec

from evenfall.formats.located import resolve_plain
from evenfall.formats.words import is_hidden, spelt

_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./+_-]*[A-Za-z0-9])?")
# What YAML 1.1 readers, still common, take for a truth value; and a date, for a date.
_MISTAKEN = frozenset({"y", "n", "yes", "no", "on", "off"})
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*")


def record_text(record: msgspec.Struct, comments: Mapping[str, str]) -> str:
    """A record as YAML, with a comment before each part that has one.

    Args:
        record: the record.
        comments: a line of comment by the name of the field it stands before.

    Example:
        >>> from evenfall.records.household import Room
        >>> print(record_text(Room(id="nest", name="The nest: ours"), {"id": "Short."}), end="")
        # Short.
        id: nest
        name: "The nest: ours"
    """
    lines: list[str] = []
    for name, value in _said(record):
        if name in comments:
            lines += ([""] if lines else []) + [f"# {comments[name]}"]
        lines += _field_lines(name, value)
    return "\n".join(lines) + "\n"


def scalar_text(value: object) -> str:
    """A single value as YAML.

    Example:
        >>> scalar_text("no"), scalar_text("1 h 15 min"), scalar_text(True)
        ('"no"', '1 h 15 min', 'true')
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return str(value)
    return value if _is_plain(value) else _quoted(value)


def _is_plain(text: str) -> bool:
    return (
        _PLAIN.fullmatch(text) is not None
        and isinstance(resolve_plain(text), str)
        and text.lower() not in _MISTAKEN
        and not _DATE.fullmatch(text)
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{"".join(spelt(c) if is_hidden(c) else c for c in escaped)}"'


def _said(record: msgspec.Struct) -> list[tuple[str, object]]:
    """The fields that are required, or say something other than their default."""
    values = ((field, getattr(record, field.name)) for field in msgspec.structs.fields(record))
    return [(field.name, value) for field, value in values if value != field.default]


def _field_lines(name: str, value: object) -> list[str]:
    if isinstance(value, msgspec.Struct):
        return [f"{name}:", *_indented(_record_lines(value))]
    if not isinstance(value, tuple):
        return [f"{name}: {scalar_text(value)}"]
    if not any(isinstance(entry, msgspec.Struct) for entry in value):
        return [f"{name}: [{', '.join(scalar_text(entry) for entry in value)}]"]
    return [f"{name}:", *(line for entry in value for line in _entry_lines(entry))]


def _record_lines(record: msgspec.Struct) -> list[str]:
    return [line for name, value in _said(record) for line in _field_lines(name, value)]


def _entry_lines(entry: msgspec.Struct) -> list[str]:
    first, *rest = _record_lines(entry)
    return [f"  - {first}", *_indented(_indented(rest))]


def _indented(lines: list[str]) -> list[str]:
    return [f"  {line}" for line in lines]
