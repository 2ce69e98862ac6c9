"""YAML text with places: what is read, and every refusal at its exact line and column."""

from typing import Any

import pytest
import yaml

from evenfall.formats import located
from evenfall.formats.errors import Fault, FormatError, Place
from evenfall.formats.located import (
    BYTES_MAX,
    DEPTH_MAX,
    NODES_MAX,
    decode_bytes,
    read_located,
    resolve_plain,
)

LOADERS = [yaml.BaseLoader, *([yaml.CBaseLoader] if hasattr(yaml, "CBaseLoader") else [])]


@pytest.fixture(params=LOADERS, ids=lambda loader: str(loader.__name__))
def either_parser(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both of PyYAML's parsers: which one a home has depends on how PyYAML was built."""
    monkeypatch.setattr(located, "_LOADER", request.param)


def fault_in(text: str) -> Fault:
    with pytest.raises(FormatError) as raised:
        read_located(text, "home.yaml")
    (fault,) = raised.value.faults
    assert fault.found
    assert fault.expected
    assert fault.mend
    assert fault.place.file == "home.yaml"
    return fault


# Each: a text, the line and column of its fault, and words its three parts must hold.
REFUSALS = {
    "empty": ("", 1, 1, "empty file", "names and values", "example"),
    "only space": (" \n\n", 1, 1, "empty file", "names and values", "example"),
    "only a comment": ("# soon\n", 1, 1, "empty file", "names and values", "example"),
    "nothing in a document": ("---\n", 1, 1, "empty file", "names and values", "example"),
    "NUL": ("a: 1\nb: x\0y\n", 2, 5, "\\u0000", "can be seen", "delete"),
    "escape": ("a: \x1b[31mred\n", 1, 4, "\\u001b", "can be seen", "delete"),
    "half a character": ("a: \ud800\n", 1, 4, "\\ud800", "can be seen", "delete"),
    "unseen line break": ("a: x\u2028b: y\n", 1, 5, "\\u2028", "can be seen", "delete"),
    "BOM inside": ("a: 1\n\ufeffb: 2\n", 2, 1, "\\ufeff", "can be seen", "delete"),
    "NUL as an escape": ('a: 1\nb: "x\\0"\n', 2, 4, "\\u0000", "can be seen", "take"),
    "terminal escape": ('a: "\\e[2J"\n', 1, 4, "\\u001b", "can be seen", "take"),
    "anchor": ("a: 1\nb: &x 2\n", 2, 4, "anchor", "written out", "again"),
    "anchored list": ("a: &x [1]\n", 1, 4, "anchor", "written out", "again"),
    "anchored name": ("&x a: 1\n", 1, 1, "anchor", "written out", "again"),
    "alias": ("a: 1\nb: *x\n", 2, 4, "alias", "written out", "again"),
    "alias without a name": ("a: *\n", 1, 4, "alias", "written out", "again"),
    "cycle": ("a: &a\n  - *a\n", 1, 4, "anchor", "written out", "again"),
    "tag": ("a: !!str 1\n", 1, 4, "tag", "not used", "quotes"),
    "object tag": ("a: 1\nb: !!python/object:os.x {}\n", 2, 4, "tag", "not used", "quotes"),
    "unknown tag": ("a: !foo!x b\n", 1, 4, "tag", "not used", "quotes"),
    "name twice": ("a: 1\nb: 2\na: 3\n", 3, 1, '"a" for the second time', "once", "keep one"),
    "number as a name": ("a: 1\n2: 3\n", 2, 1, "2 as the name", "letters", "quotes"),
    "truth as a name": ("true: 3\n", 1, 1, "true as the name", "letters", "quotes"),
    "nothing as a name": ("a: 1\n~: 3\n", 2, 1, "nothing as the name", "letters", "quotes"),
    "list as a name": ("[a, b]: 3\n", 1, 1, "a list as the name", "letters", "quotes"),
    "group as a name": ("? {a: b}\n: 3\n", 1, 3, "a group of fields as", "letters", "quotes"),
    "two documents": ("a: 1\n---\nb: 2\n", 2, 1, "second document", "one document", "---"),
    "tab": ("a:\n\tb: c\n", 2, 1, "a tab", "spaces", "replace"),
    "tab after a value": ("a: 1\n\tb: 2\n", 2, 1, "a tab", "spaces", "replace"),
    "tab after spaces": ("a: b\n  \tc: d\n", 2, 3, "a tab", "spaces", "replace"),
    "tab alone in a line": ("a: b\n\t\n\tc: d\n", 2, 1, "a tab", "spaces", "replace"),
    "too far in": ("a: 1\n  b: 2\n", 2, 3, "line up", "same column", "spaces"),
    "too far in, in a list": (
        "rooms:\n  - id: nest\n   name: The nest\n",
        3,
        4,
        "line up",
        "same column",
        "spaces",
    ),
    "too far out": ("a:\n  b: 1\n c: 2\n", 3, 2, "line up", "same column", "spaces"),
    "further out than the top": (" a: 1\nb: 2\n", 2, 1, "line up", "same column", "spaces"),
    "no space after the colon": ("a: 1\nb:2\nc: 3\n", 2, 1, "without a colon", "colon", "space"),
    "two colons": ("name: Home: the big one\n", 1, 11, "second colon", "one name", "quotes"),
    "open quote": ("a: 1\nb: 'x\n", 2, 4, "never closes", "same quote", "close"),
    "open double quote": ('a: "x\n', 1, 4, "never closes", "same quote", "close"),
    "open bracket": ("a: 1\nb: [1, 2\n", 2, 4, "a [ that", "commas", "close it with ]"),
    "open brace": ("a: {b: 1\n", 1, 4, "a { that", "commas", "close it with }"),
    "bracket to spare": ("a: ]\n", 1, 4, "a ] where", "a value", "quotes"),
    "after a quote": ('a: "b" c\n', 1, 8, "after the end", "nothing after", "quotes"),
    "at sign": ("a: @home\n", 1, 4, "begins with @", "in quotes", '"@home"'),
    "back-quote": ("a: `x`\n", 1, 4, "begins with `", "in quotes", "quotes"),
    "list beside a name": ("a: - b\n", 1, 4, "same line", "line of its own", "next line"),
    "question": ("a: ? b\n", 1, 4, "begins with ?", "quotes", "quotes"),
    "directive": ("%YAML 9.9\n---\na: 1\n", 1, 1, "begins with %", "not used", "take"),
    "after a bar": ("a: |x\n b\n", 1, 5, "after the |", "lines below", "next line"),
    "a dash short": ("a:\n- b\nc\n", 3, 1, "without a colon", "colon", "space"),
}


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize(
    ("text", "line", "column", "found", "expected", "mend"), REFUSALS.values(), ids=REFUSALS
)
def test_a_refusal_says_what_where_and_the_mend(
    text: str, line: int, column: int, found: str, expected: str, mend: str
) -> None:
    fault = fault_in(text)
    assert (fault.place.line, fault.place.column) == (line, column), str(fault)
    assert found in fault.found
    assert expected in fault.expected
    assert mend in fault.mend


@pytest.mark.parametrize("text", ['a: "\\q"\n', 'a: "\\ud800"\n', 'a: "\\x0"\n'])
@pytest.mark.usefixtures("either_parser")
def test_an_escape_that_is_none_is_refused_in_its_line(text: str) -> None:
    # The two parsers point at neighbouring characters of it, or at the quote it stands in.
    assert fault_in(text).place.line == 1


def test_both_lines_of_a_name_that_stands_twice_are_told() -> None:
    fault = fault_in("rooms:\n  - id: nest\n    name: x\n    id: loft\n")
    assert fault.place == Place("home.yaml", 4, 5)
    assert "line 2" in fault.found


def test_an_escape_too_large_for_a_character_is_refused_by_either_parser(
    either_parser: None,
) -> None:
    assert fault_in('a: 1\nb: "\\Uffffffff"\n').place.line in (1, 2)


def test_a_number_too_long_for_a_version_is_refused(either_parser: None) -> None:
    assert fault_in(f"%YAML 1.{'9' * 5000}\n---\na: 1\n").place.line == 1


def test_more_than_a_megabyte_is_refused_as_text_and_as_bytes() -> None:
    assert "1 MB" in fault_in("a" * (BYTES_MAX + 1)).found
    assert "1 MB" in fault_in("é" * (BYTES_MAX // 2 + 1)).found
    with pytest.raises(FormatError, match="1 MB"):
        decode_bytes(b"a" * (BYTES_MAX + 1), "home.yaml")


@pytest.mark.usefixtures("either_parser")
@pytest.mark.parametrize("opening", ["[", "[\n", "{a: ", "- ", "? "])
def test_nesting_is_bounded_and_told_where_it_goes_too_deep(opening: str) -> None:
    fault = fault_in(opening * 20_000)
    assert f"{DEPTH_MAX} deep" in fault.found or "as the name" in fault.found
    if opening == "[":
        assert fault.place == Place("home.yaml", 1, DEPTH_MAX + 1)


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert read_located("[" * DEPTH_MAX + "]" * DEPTH_MAX, "home.yaml").data


def test_the_count_of_values_is_bounded() -> None:
    # The list itself is the first value, and each entry has two characters and a comma's place.
    fault = fault_in("[" + "a,\n" * (NODES_MAX + 5) + "]")
    assert "200,000" in fault.found
    assert fault.place.line == NODES_MAX


@pytest.mark.usefixtures("either_parser")
def test_every_value_and_name_knows_its_place() -> None:
    text = "# a home\nrooms:\n  - id: nest\n    tags: [one, 'two']\nempty:\nname: Käthe 😀 x\n"
    document = read_located(text, "home.yaml")
    assert document.data == {
        "rooms": [{"id": "nest", "tags": ["one", "two"]}],
        "empty": None,
        "name": "Käthe 😀 x",
    }
    assert document.place() == Place("home.yaml", 2, 1)
    assert document.place("rooms") == Place("home.yaml", 3, 3)
    assert document.place("rooms", 0) == Place("home.yaml", 3, 5)
    assert document.place("rooms", 0, "id") == Place("home.yaml", 3, 9)
    assert document.place("rooms", 0, "tags", 1) == Place("home.yaml", 4, 17)
    assert document.key_place("rooms", 0, "tags") == Place("home.yaml", 4, 5)
    assert document.place("empty") == Place("home.yaml", 5, 7)
    assert document.place("rooms", 0, "tags", 7, "x") == document.place("rooms", 0, "tags")


@pytest.mark.usefixtures("either_parser")
def test_columns_count_characters_as_an_editor_does() -> None:
    assert fault_in("{a: 'Käthe 😀', a: 2}").place == Place("home.yaml", 1, 16)


@pytest.mark.usefixtures("either_parser")
def test_a_byte_order_mark_at_the_start_moves_nothing() -> None:
    document = read_located("\ufeffa: 1\n", "home.yaml")
    assert document.data == {"a": 1}
    assert document.place("a") == Place("home.yaml", 1, 4)


@pytest.mark.usefixtures("either_parser")
def test_lines_may_end_as_windows_ends_them() -> None:
    document = read_located("a: 1\r\nb: two\r\n", "home.yaml")
    assert document.data == {"a": 1, "b": "two"}
    assert document.place("b") == Place("home.yaml", 2, 4)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("off", "off"),
        ("07:30", "07:30"),
        ("1:30", "1:30"),
        ("2022-06", "2022-06"),
        ("2022-06-01", "2022-06-01"),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("0o17", "0o17"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1e999", "1e999"),
        ("9" * 19, "9" * 19),
        ("9" * 9000, "9" * 9000),
        ("<<", "<<"),
        ("12 min", "12 min"),
        ("٣", "٣"),
        (".", "."),
        ("true", True),
        ("FALSE", False),
        ("~", None),
        ("", None),
        ("null", None),
        ("007", 7),
        ("-3", -3),
        ("9" * 18, int("9" * 18)),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("5.", 5.0),
        ("-1.5E-2", -0.015),
    ],
)
def test_scalars_follow_the_core_schema(text: str, value: object) -> None:
    resolved = resolve_plain(text)
    assert resolved == value
    assert type(resolved) is type(value)


@pytest.mark.parametrize("text", ["'8'", '"true"', "'~'", '""', "|\n  8", ">\n  null"])
def test_what_is_quoted_is_text(text: str) -> None:
    data: Any = read_located(f"a: {text}\n", "home.yaml").data
    assert isinstance(data["a"], str)


def test_bytes_that_are_no_text_are_refused_where_they_stand() -> None:
    with pytest.raises(FormatError) as raised:
        decode_bytes("name: Käthe\nzone: ".encode() + b"\xff\xfe", "home.yaml")
    (fault,) = raised.value.faults
    assert fault.place == Place("home.yaml", 2, 7)
    assert "UTF-8" in fault.expected
    assert "save" in fault.mend


def test_bytes_in_utf_8_are_text() -> None:
    assert decode_bytes("name: नूर 😀".encode(), "home.yaml") == "name: नूर 😀"
