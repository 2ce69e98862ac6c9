"""YAML's own complaints, in plain words and at the place a person would look.

The parser speaks of tokens and scalars. Each rule here knows one complaint by a few of its
words, and says what was found, what was expected and how to mend it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import yaml

from evenfall.formats.errors import Fault, Place

INDENT_EXPECTED = "lines that belong together to begin in the same column"
INDENT_MEND = "line it up with the lines it belongs with, using spaces"
TAG_WORDS = (
    "a tag, a word that begins with !",
    "plain text, numbers, lists and names; tags are not used here",
    "take the tag out, or put the text in quotes if the ! is meant",
)
ALIAS_WORDS = (
    "an anchor or an alias, a word that begins with & or *",
    "everything written out where it belongs; anchors and aliases are not used here",
    "write it out again, or put the text in quotes if the & or * is meant",
)


class Mark(Protocol):
    """What PyYAML says of a place, counted from 0."""

    line: int
    column: int


class _Spot(NamedTuple):
    """A place in the text, counted from 0 as the parser does."""

    line: int
    column: int


@dataclass(frozen=True)
class _Complaint:
    """What the parser said, and the text it said it of."""

    problem: str
    context: str
    at: _Spot
    opened_at: _Spot
    lines: list[str]

    @property
    def line(self) -> str:
        return self.lines[self.at.line] if self.at.line < len(self.lines) else ""

    @property
    def character(self) -> str:
        return self.line[self.at.column : self.at.column + 1]

    @property
    def begins_line(self) -> bool:
        return not self.line[: self.at.column].strip()


_Words = tuple[_Spot, str, str, str]


def syntax_fault(problem: yaml.MarkedYAMLError, text: str, file: str) -> Fault:
    """One complaint of the YAML parser as a fault.

    Args:
        problem: what the parser raised.
        text: the text it was reading.
        file: what the text is called.
    """
    lines = text.splitlines()
    at = _spot(problem.problem_mark, lines)
    complaint = _Complaint(
        problem=str(problem.problem or ""),
        context=str(problem.context or ""),
        at=at,
        opened_at=_spot(problem.context_mark, lines) if problem.context_mark else at,
        lines=lines,
    )
    spot, found, expected, mend = _explain(complaint)
    return Fault(found, Place(file, spot.line + 1, spot.column + 1), expected, mend)


def _spot(mark: Mark | None, lines: list[str]) -> _Spot:
    """The mark, moved back to the last line that holds anything where it is past the end."""
    if mark is None or not lines:
        return _Spot(0, 0)
    if mark.line < len(lines) and (lines[mark.line].strip(" ") or mark.line == 0):
        return _Spot(mark.line, mark.column)
    last = min(mark.line, len(lines) - 1)
    while last > 0 and not lines[last].strip():
        last -= 1
    return _Spot(last, len(lines[last].rstrip()))


def _explain(complaint: _Complaint) -> _Words:
    if complaint.character == "\t":
        return _tab(complaint)
    said = f"{complaint.problem} {complaint.context}"
    for clue, words in _RULES:
        if clue in said:
            return words(complaint)
    return _unreadable(complaint)


def _tab(complaint: _Complaint) -> _Words:
    spot = _Spot(complaint.at.line, max(complaint.line.find("\t"), 0))
    return (spot, "a tab", "spaces: YAML indents with spaces only", "replace it by spaces")


def _sign(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        f"a value that begins with {complaint.character}",
        "text in quotes where it begins with a sign like @, ` or %",
        'put the whole value in quotes, like "@home"',
    )


def _open_quote(complaint: _Complaint) -> _Words:
    return (
        complaint.opened_at,
        "a quote that opens here and never closes",
        "the same quote again at the end of the text",
        "close the quote",
    )


def _open_list(complaint: _Complaint) -> _Words:
    return (
        complaint.opened_at,
        "a [ that opens here and is not closed, or lacks a comma",
        "entries with commas between them and a ] at the end",
        "close it with ], and put any entry that holds a colon in quotes",
    )


def _open_group(complaint: _Complaint) -> _Words:
    return (
        complaint.opened_at,
        "a { that opens here and is not closed, or lacks a comma",
        "fields with commas between them and a } at the end",
        "close it with }, or write the fields on lines of their own",
    )


def _no_colon(complaint: _Complaint) -> _Words:
    return (
        complaint.opened_at,
        "a line without a colon and a space",
        "a name, a colon, a space and a value, like name: Harbour House",
        "write a space after the colon, or a space after the - of a list",
    )


def _colon(complaint: _Complaint) -> _Words:
    before = complaint.line[: complaint.at.column]
    if ": " not in before:
        return _indent(complaint)
    return (
        complaint.at,
        "a second colon in one line",
        "one name and one value in a line",
        'put the value in quotes, like name: "Home: the big one"',
    )


def _indent(complaint: _Complaint) -> _Words:
    column = len(complaint.line) - len(complaint.line.lstrip())
    if "\t" in complaint.line[:column]:
        return _tab(complaint)
    spot = _Spot(complaint.at.line, column)
    found = "a line that does not line up with the lines around it"
    return (spot, found, INDENT_EXPECTED, INDENT_MEND)


def _not_here(complaint: _Complaint) -> _Words:
    if complaint.begins_line:
        return _indent(complaint)
    return (
        complaint.at,
        "something after the end of a value",
        "nothing after a value that is in quotes or brackets",
        "put the whole value in one pair of quotes, or take the rest out",
    )


def _dash(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        "a list entry in the same line as a name",
        "each entry of a list in a line of its own",
        "begin the list in the next line, indented, with - before each entry",
    )


def _question(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        "a value that begins with ?",
        "text in quotes where it begins with ? and a space",
        "put the whole value in quotes",
    )


def _escape(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        "a \\ in double quotes, with something after it that it cannot stand before",
        "\\\\ for a backslash, \\n for a new line",
        "write \\\\ where a backslash is meant, or use single quotes",
    )


def _tag(complaint: _Complaint) -> _Words:
    return (complaint.opened_at, *TAG_WORDS)


def _alias(complaint: _Complaint) -> _Words:
    return (complaint.opened_at, *ALIAS_WORDS)


def _directive(complaint: _Complaint) -> _Words:
    return (
        complaint.opened_at,
        "a line that begins with %",
        "names and values only; lines that begin with % are not used here",
        "take the line out",
    )


def _block_text(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        "something after the | or > that begins a longer text",
        "the text in the lines below it, indented",
        "move the text to the next line, or put it in quotes",
    )


def _no_value(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        f"a {complaint.character or 'sign'} where a value should be",
        "a value: text, a number, a list or fields",
        "take it out, or put the text in quotes if it is meant",
    )


def _unreadable(complaint: _Complaint) -> _Words:
    return (
        complaint.at,
        "something here that cannot be read as YAML",
        "a name, a colon, a space and a value, like name: Harbour House",
        "compare this line with the example household, and put unusual text in quotes",
    )


# Libyaml and PyYAML's own parser word some complaints differently; the clues fit both. The
# first that fits counts, so the narrow ones stand first.
_RULES: tuple[tuple[str, Callable[[_Complaint], _Words]], ...] = (
    ("tab character", _tab),
    ("cannot start any token", _sign),
    ("escape", _escape),
    ("hexdecimal", _escape),
    ("quoted scalar", _open_quote),
    ("flow sequence", _open_list),
    ("flow mapping", _open_group),
    ("block scalar", _block_text),
    ("directive", _directive),
    ("incompatible YAML", _directive),
    ("tag", _tag),
    ("scanning an a", _alias),
    ("find expected ':'", _no_colon),
    ("mapping values are not allowed", _colon),
    ("unexpected ':'", _colon),
    ("sequence entries are not allowed", _dash),
    ("mapping keys are not allowed", _question),
    ("node content", _no_value),
    ("parsing a block", _not_here),
    ("document start", _not_here),
)
