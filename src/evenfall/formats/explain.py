"""Why plain data is no record: every fault, at its place, in words for a tired reader.

Lists, groups and records are walked here; whether a single value fits its kind is asked of
the very converter that refused the whole, so the two cannot disagree.
"""

from dataclasses import dataclass, field
from typing import Any

import msgspec

from evenfall.formats.errors import Fault, Place
from evenfall.formats.located import Located, Path, in_reading_order
from evenfall.formats.shapes import Shape, fields_of, record_words, required_of, shape_of
from evenfall.formats.words import listing, machine_name, nearest, one, shown

FAULTS_MAX = 50
"""The most faults told at once: this project's own choice, some two screens."""

_YES = ("yes", "y", "on")
_NO = ("no", "n", "off")


def explain(located: Located, type_: Any) -> list[Fault]:
    """Find what keeps data from being a record.

    Args:
        located: the data and its places.
        type_: the record's type.

    Returns:
        The faults in the order of the text, at most `FAULTS_MAX`; none where it fits.
    """
    walk = _Walk(located)
    walk.visit(located.data, type_, ())
    return sorted(walk.faults, key=lambda fault: in_reading_order(fault.place))


@dataclass
class _Walk:
    """One way through the data, collecting faults."""

    located: Located
    faults: list[Fault] = field(default_factory=list)

    def visit(self, value: object, hint: Any, path: Path) -> None:
        """Hold a value against its type."""
        shape = shape_of(hint)
        if len(self.faults) >= FAULTS_MAX or (value is None and shape.may_be_empty):
            return
        if shape.record:
            self._record(value, shape, shape.record, path)
        elif shape.items:
            self._list(value, shape, shape.items, path)
        elif shape.entries:
            self._mapping(value, shape, shape.entries, path)
        elif not _fits(value, hint):
            expected, mend = _value_words(value, shape, _label(path))
            self._tell(_found(path, value), self.located.place(*path), expected, mend)

    def _tell(self, found: str, place: Place, expected: str, mend: str) -> None:
        if len(self.faults) < FAULTS_MAX:
            self.faults.append(Fault(found, place, expected, mend))

    def _record(
        self, value: object, shape: Shape, record: type[msgspec.Struct], path: Path
    ) -> None:
        fields = fields_of(record)
        if not isinstance(value, dict):
            self._tell(
                _found(path, value),
                self.located.place(*path),
                _with_purpose(f"the fields of {one(record_words(record))}", shape),
                f"write its fields in lines of their own, indented: {listing(fields, 'and')}",
            )
            return
        meant = {self._unknown(name, record, value, path) for name in value if name not in fields}
        for name, hint in fields.items():
            if name in value:
                self.visit(value[name], hint, (*path, name))
        for name in required_of(record):
            if name not in value and name not in meant:
                self._missing(name, record, path)

    def _unknown(
        self, name: str, record: type[msgspec.Struct], value: dict[str, object], path: Path
    ) -> str | None:
        """Tell of a name that is no field; return the field that was most likely meant."""
        fields = fields_of(record)
        what = record_words(record)
        meant = nearest(name, [known for known in fields if known not in value])
        self._tell(
            f"{shown(name)}, which is no field of {one(what)}",
            self.located.key_place(*path, name),
            f"one of {listing(fields)}",
            f"write {meant}" if meant else "take it out, or write one of these instead",
        )
        return meant

    def _missing(self, name: str, record: type[msgspec.Struct], path: Path) -> None:
        shape = shape_of(fields_of(record)[name])
        example = _example(shape) or "…"
        self._tell(
            f"{one(record_words(record))} without {name}",
            self.located.place(*path),
            f"{name}: {shape.purpose or 'a value'}",
            f"add a line to the {record_words(record)} that begins here: {name}: {example}",
        )

    def _list(self, value: object, shape: Shape, items: tuple[Any, ...], path: Path) -> None:
        if not isinstance(value, list):
            self._tell(
                _found(path, value),
                self.located.place(*path),
                _with_purpose("a list", shape),
                "write each entry in a line of its own, beginning with - and a space",
            )
            return
        least, most = _lengths(shape, items)
        if self._count_is_wrong(len(value), least, most, shape, path):
            return
        hints = [items[0]] * len(value) if items[-1] is ... else items
        for index, (entry, hint) in enumerate(zip(value, hints, strict=True)):
            self.visit(entry, hint, (*path, index))

    def _count_is_wrong(
        self, count: int, least: int, most: int | None, shape: Shape, path: Path
    ) -> bool:
        if count >= least and (most is None or count <= most):
            return False
        entries = "entry" if (most or least) == 1 else "entries"
        wanted = f"{least} {entries}" if least == most else f"at least {least}"
        if most is not None and count > most and least != most:
            wanted = f"at most {most} {entries}"
        self._tell(
            f"{_label(path)} with {count or 'no'} {'entry' if count == 1 else 'entries'}",
            self.located.place(*path),
            _with_purpose(wanted, shape),
            "add what is missing" if count < least else "take out what is too much",
        )
        return True

    def _mapping(self, value: object, shape: Shape, kinds: tuple[Any, Any], path: Path) -> None:
        name_hint, value_hint = kinds
        if not isinstance(value, dict):
            self._tell(
                _found(path, value),
                self.located.place(*path),
                _with_purpose("names, each with its own fields", shape),
                "write each name in a line of its own with a colon, and its fields below, indented",
            )
            return
        if self._count_is_wrong(len(value), shape.bound("min_length") or 0, None, shape, path):
            return
        for name, entry in value.items():
            if not _fits(name, name_hint):
                expected, mend = _value_words(name, shape_of(name_hint), "the name")
                place = self.located.key_place(*path, name)
                self._tell(f"{shown(name)} as a name", place, expected, mend)
            self.visit(entry, value_hint, (*path, name))


def _fits(value: object, hint: Any) -> bool:
    try:
        msgspec.convert(value, hint)
    except msgspec.ValidationError:
        return False
    return True


def _label(path: Path) -> str:
    """What a part is called: its field, or its number in a list."""
    if not path:
        return "the file"
    last = path[-1]
    if isinstance(last, str):
        return last if len(last) <= 40 else shown(last)
    return f"entry {last + 1} of {_label(path[:-1])}"


def _found(path: Path, value: object) -> str:
    return f"{_label(path)} is {shown(value)}"


def _with_purpose(wanted: str, shape: Shape) -> str:
    return f"{wanted}: {shape.purpose}" if shape.purpose else wanted


def _lengths(shape: Shape, items: tuple[Any, ...]) -> tuple[int, int | None]:
    if items[-1] is not ...:
        return len(items), len(items)
    return shape.bound("min_length") or 0, shape.bound("max_length")


def _example(shape: Shape) -> str | None:
    if shape.choices:
        return str(shape.choices[0])
    return shape.example


def _value_words(value: object, shape: Shape, label: str) -> tuple[str, str]:
    """What a single value should have been, and the mend."""
    if shape.choices:
        return _choice_words(value, shape, label)
    if shape.base is bool:
        return _bool_words(value, shape, label)
    if shape.base in (int, float):
        return _number_words(shape)
    if shape.base is str:
        return _text_words(value, shape)
    return shape.purpose or "a value that fits here", "compare it with the example"


def _choice_words(value: object, shape: Shape, label: str) -> tuple[str, str]:
    choices = [str(choice) for choice in shape.choices]
    if len(choices) == 1:
        return _with_purpose(choices[0], shape), f"write {label}: {choices[0]}"
    # One way to say it short: "thursday" and "Thu" both begin like "thu".
    begun = [c for c in choices if isinstance(value, str) and value.lower().startswith(c)]
    meant = begun[0] if begun else nearest(value, choices)
    return f"one of {listing(choices)}", f"write {meant or listing(choices)}"


def _bool_words(value: object, shape: Shape, label: str) -> tuple[str, str]:
    said = str(value).lower()
    meant = "true" if said in _YES else "false" if said in _NO else "true or false"
    return _with_purpose("true or false", shape), f"write {label}: {meant}"


def _number_words(shape: Shape) -> tuple[str, str]:
    kind = "a whole number" if shape.base is int else "a number"
    least, most, above = (shape.bound(name) for name in ("ge", "le", "gt"))
    if least is not None and most is not None:
        kind = f"{kind} from {least} to {most}"
    elif least is not None:
        kind = f"{kind}, at least {least}"
    elif above is not None:
        kind = f"{kind} above {above}"
    return _with_purpose(kind, shape), f"write {kind}, without quotes"


def _text_words(value: object, shape: Shape) -> tuple[str, str]:
    expected = shape.how or "text"
    if shape.example:
        return expected, f"write it like {shape.example}"
    if shape.bound("pattern"):
        return expected, _short_name_mend(value)
    most = shape.bound("max_length")
    limits = f" (1 to {most} characters)" if most and shape.bound("min_length") else ""
    limits = limits or (f" (at most {most} characters)" if most else "")
    return expected + limits, _plain_text_mend(value)


def _short_name_mend(value: object) -> str:
    name = machine_name(value) if isinstance(value, str) else None
    if name:
        return f"write {name}"
    return "begin with a small letter, then small letters, digits and hyphens, at most 40"


def _plain_text_mend(value: object) -> str:
    if isinstance(value, str):
        return "shorten it" if value else "write something here"
    if value is None:
        return "write something after the colon"
    if isinstance(value, list | dict):
        return "write it in one line, in quotes if it holds a colon"
    return f'put it in quotes: "{shown(value)}"'
