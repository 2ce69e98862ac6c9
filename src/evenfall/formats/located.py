"""YAML text as plain data that remembers where each part of it stands.

Read event by event with a stack of our own, never recursively: a text is refused at its first
bound or oddity, with line and column, and no text can exhaust the reader. Scalars follow YAML
1.2's core schema, so `no`, `07:30` and `2022-06` are text, and so is anything in quotes.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, NoReturn

import yaml

from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.syntax import ALIAS_WORDS, TAG_WORDS, syntax_fault
from evenfall.formats.words import shown, spelt

Path = tuple[str | int, ...]
"""The way to a part: keys and indices from the top, like ("members", 0, "room")."""

# The bounds are this project's own choices: a household is some 5 kB and 8 levels deep.
BYTES_MAX = 1_000_000
DEPTH_MAX = 32
NODES_MAX = 200_000

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)

# Controls, halves of characters, and line breaks that editors do not count as lines.
_UNWELCOME = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
# A value may hold a new line (a longer text) or a tab, but nothing that steers a terminal.
_UNWELCOME_IN_VALUE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

# YAML 1.2.2, section 10.3.2, the core schema. Deviation: octal, hexadecimal, infinities, not-a-
# number, and numbers past 18 digits or the range of a double, stay text; nothing here wants one.
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INT_LIKE = re.compile(r"[-+]?[0-9]+")


@dataclass(frozen=True)
class Located:
    """Plain data, and where each part of it stands.

    Attributes:
        data: None, bool, int, float, str, list or dict, as written.
        file: what the text is called.
        places: where each value stands, by its path.
        key_places: where the name before each value stands, by the value's path.
    """

    data: object
    file: str
    places: Mapping[Path, Place]
    key_places: Mapping[Path, Place]

    def place(self, *path: str | int) -> Place:
        """Where a value stands, or else the nearest part around it that is known."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, Place(self.file))

    def key_place(self, *path: str | int) -> Place:
        """Where the name before a value stands, or else the value itself."""
        return self.key_places.get(path) or self.place(*path)


def in_reading_order(place: Place) -> tuple[int, int]:
    """A sorting key: from the top of the text to its end."""
    return place.line, place.column


def decode_bytes(data: bytes, file: str) -> str:
    """The text in a file's bytes.

    Args:
        data: what the file holds, in UTF-8.
        file: what it is called.

    Raises:
        FormatError: it is too large or not UTF-8.

    Example:
        >>> decode_bytes("zone: Europe/Zürich".encode(), "home.yaml")
        'zone: Europe/Zürich'
    """
    if len(data) > BYTES_MAX:
        _refuse_size(file)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        good = data[: problem.start].decode("utf-8").removeprefix("\ufeff")
        _refuse(
            "something that is not text in UTF-8",
            _place_after(good, file),
            "a text file in UTF-8, the usual encoding",
            "open it in an editor and save it again as UTF-8",
        )


def read_located(text: str, file: str) -> Located:
    r"""Read a YAML text into plain data with places.

    Args:
        text: the whole text.
        file: what it is called, for the errors.

    Returns:
        The data with the place of every value and name.

    Raises:
        FormatError: the text is empty, too large, too deep or too long; holds controls, anchors,
            tags, names that are not text or stand twice, or several documents; or is not YAML.

    Example:
        >>> located = read_located("rooms:\n  - id: nest", "home.yaml")
        >>> located.data, str(located.place("rooms", 0, "id"))
        ({'rooms': [{'id': 'nest'}]}, 'home.yaml:2:9')
    """
    text = text.removeprefix("\ufeff")
    _refuse_unwelcome(text, file)
    builder = _Builder(file)
    for event in _events(text, file):
        builder.take(event)
    if builder.data is None:
        _refuse_empty(file)
    return Located(builder.data, file, builder.places, builder.key_places)


def resolve_plain(text: str) -> bool | int | float | str | None:
    """What a scalar without quotes means.

    Example:
        >>> [resolve_plain(t) for t in ("no", "07:30", "2022-06", "true", "~", "8", "0.5")]
        ['no', '07:30', '2022-06', True, None, 8, 0.5]
    """
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text)
    if _INT_LIKE.fullmatch(text) or not _FLOAT.fullmatch(text):
        return text
    number = float(text)
    return number if isfinite(number) else text


def _refuse(found: str, place: Place, expected: str, mend: str) -> NoReturn:
    raise FormatError(Fault(found, place, expected, mend))


def _refuse_size(file: str) -> NoReturn:
    _refuse(
        "a file of more than 1 MB",
        Place(file, 1, 1),
        "a text that a person wrote, at most 1 MB",
        "check that this is the right file",
    )


def _refuse_empty(file: str) -> NoReturn:
    _refuse(
        "an empty file",
        Place(file, 1, 1),
        "names and values, like name: Harbour House",
        "start from the example household",
    )


def _refuse_unwelcome(text: str, file: str) -> None:
    """Refuse what is too large, empty, or holds characters that no one can see."""
    if len(text) > BYTES_MAX or len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
        _refuse_size(file)
    if not text.strip():
        _refuse_empty(file)
    unwelcome = _UNWELCOME.search(text)
    if unwelcome is None:
        return
    _refuse(
        f"an invisible character, {spelt(unwelcome.group())}",
        _place_after(text[: unwelcome.start()], file),
        "text that can be seen",
        "delete the character; it may have come along with copied text",
    )


def _place_after(before: str, file: str) -> Place:
    """The place of the character that follows a stretch of text."""
    lines = re.split(r"\r\n|\r|\n", before)
    return Place(file, len(lines), len(lines[-1]) + 1)


def _events(text: str, file: str) -> Iterator[yaml.Event]:
    """The parser's events; whatever it raises becomes a fault with a place."""
    events = iter(yaml.parse(text, Loader=_LOADER))
    place = Place(file, 1, 1)
    while True:
        try:
            event = next(events, None)
        except yaml.MarkedYAMLError as problem:
            raise FormatError(syntax_fault(problem, text, file)) from problem
        except (yaml.YAMLError, ValueError, ArithmeticError) as problem:
            # PyYAML's own parser lets a number overflow in an escape or a %YAML line.
            raise FormatError(_unreadable_after(place)) from problem
        if event is None:
            return
        place = _start(event, file)
        yield event


def _unreadable_after(place: Place) -> Fault:
    return Fault(
        "something that cannot be read, here or in the lines after it",
        place,
        "a name, a colon, a space and a value, like name: Harbour House",
        "look for unusual signs after this place, and put text in quotes",
    )


def _start(event: yaml.Event, file: str) -> Place:
    mark = event.start_mark
    if mark is None:
        return Place(file)
    return Place(file, mark.line + 1, mark.column + 1)


@dataclass(slots=True)
class _Frame:
    """A list or group that is still open; `key` is the name read last, awaiting its value."""

    container: list[object] | dict[str, object]
    path: Path
    key: str | None = None

    @property
    def awaits_key(self) -> bool:
        return isinstance(self.container, dict) and self.key is None


@dataclass
class _Builder:
    """Puts data together from events, refusing what does not belong."""

    file: str
    data: object = None
    places: dict[Path, Place] = field(default_factory=dict)
    key_places: dict[Path, Place] = field(default_factory=dict)
    _stack: list[_Frame] = field(default_factory=list)
    _nodes: int = 0
    _documents: int = 0

    def take(self, event: yaml.Event) -> None:
        """Take in the next event."""
        place = _start(event, self.file)
        match event:
            case yaml.DocumentStartEvent():
                self._begin_document(place)
            case yaml.AliasEvent():
                _refuse(ALIAS_WORDS[0], place, *ALIAS_WORDS[1:])
            case yaml.ScalarEvent():
                self._begin_node(event, place)
                self._scalar(event, place)
            case yaml.SequenceStartEvent():
                self._begin_node(event, place)
                self._open([], place)
            case yaml.MappingStartEvent():
                self._begin_node(event, place)
                self._open({}, place)
            case yaml.CollectionEndEvent():
                self._stack.pop()

    def _begin_document(self, place: Place) -> None:
        self._documents += 1
        if self._documents > 1:
            _refuse(
                "a second document, after a line of ---",
                place,
                "one document in a file",
                "take the --- out, or move what follows it to a file of its own",
            )

    def _begin_node(self, event: Any, place: Place) -> None:
        """Count the node, and refuse what YAML allows but no one here needs."""
        self._nodes += 1
        if self._nodes > NODES_MAX:
            _refuse(
                f"more than {NODES_MAX:,} values",
                place,
                f"at most {NODES_MAX:,} values in a file",
                "check that this is the right file",
            )
        if event.anchor is not None:
            _refuse(ALIAS_WORDS[0], place, *ALIAS_WORDS[1:])
        if event.tag is not None:
            _refuse(TAG_WORDS[0], place, *TAG_WORDS[1:])

    def _scalar(self, event: yaml.ScalarEvent, place: Place) -> None:
        value = event.value if event.style else resolve_plain(event.value)
        hidden = _UNWELCOME_IN_VALUE.search(event.value)
        if hidden:
            _refuse(
                f"an invisible character in a value, {spelt(hidden.group())}",
                place,
                "text that can be seen",
                "take that part out",
            )
        if self._stack and self._stack[-1].awaits_key:
            self._name(value, place)
        else:
            self._add(value, place)

    def _name(self, value: object, place: Place) -> None:
        """Take a scalar as the name of the value that follows."""
        frame = self._stack[-1]
        if not isinstance(value, str):
            self._refuse_name(shown(value), place)
        path = (*frame.path, value)
        if value in frame.container:
            first = self.key_places[path]
            _refuse(
                f"{shown(value)} for the second time; the first is in line {first.line}",
                place,
                "each name once in the same group",
                "keep one of the two",
            )
        frame.key = value
        self.key_places[path] = place

    def _refuse_name(self, found: str, place: Place) -> NoReturn:
        _refuse(
            f"{found} as the name of a field",
            place,
            "a name in letters, before a colon",
            "write the field's name, or put it in quotes",
        )

    def _add(self, value: object, place: Place) -> Path:
        """Put a value where it belongs, and return its path."""
        path = self._next_path()
        self.places[path] = place
        if not self._stack:
            self.data = value
            return path
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            frame.container.append(value)
        elif frame.key is not None:
            frame.container[frame.key] = value
            frame.key = None
        return path

    def _next_path(self) -> Path:
        if not self._stack:
            return ()
        frame = self._stack[-1]
        if isinstance(frame.container, list):
            return (*frame.path, len(frame.container))
        return (*frame.path, frame.key or "")

    def _open(self, container: list[object] | dict[str, object], place: Place) -> None:
        if self._stack and self._stack[-1].awaits_key:
            self._refuse_name(shown(container), place)
        if len(self._stack) >= DEPTH_MAX:
            _refuse(
                f"lists and groups more than {DEPTH_MAX} deep",
                place,
                f"at most {DEPTH_MAX} levels, one inside the other",
                "check the brackets and the indentation",
            )
        path = self._add(container, place)
        self._stack.append(_Frame(container, path))
