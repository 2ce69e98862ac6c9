"""Household and score texts, and every way that people, editors and ill will break them.

A mutation takes a text and a seeded chance, and gives the text back with one thing wrong.
"""

import random
from pathlib import Path

DEMO_PATH = Path(__file__).parents[2] / "src" / "evenfall" / "app" / "demo" / "household.yaml"
DEMO = DEMO_PATH.read_text(encoding="utf-8")
SCORE = """\
score: 1
id: two-boats
title: Two boats
about: "A duet: two boats, one bay."
evening: immersive
audience: {youngest: 4, sleepers: 2}
scenes:
  shore:
    kind: settle
    stay: [2 min, 8 min]
    light: {to: 5 lx mEDI, over: 60 s}
    sound: {play: waves, to: 38 dBA}
    say:
      - The boats are tied up.
      - "Listen: the sea."
    exits:
      - {to: night, asleep_for: 5 min, who: younger}
      - {to: bay, touched: true}
    then: bay
  bay:
    kind: immerse
    stay: [1 min, 10 min]
    breather: porch
    breather_every: 5 min
    then: night
  porch:
    kind: breather
    stay: [30 s, 1 min]
    then: bay
  night:
    kind: quiet
"""

SCALARS = (
    "",
    "~",
    "true",
    "no",
    "7",
    "-1",
    "0.5",
    "1e999",
    "9" * 30,
    "9" * 5000,
    ".nan",
    "0x7f",
    "07:30",
    "25:61",
    "2022-06",
    "2022-13",
    "[]",
    "{}",
    "[[[]]]",
    "{a: {b: c}}",
    "4lx",
    "0.5 lx mEDI",
    "999 h 9999 min 99999 s",
    "nest",
    "Nest",
    "'",
    '"',
    '"\\u202e"',
    '"\\0"',
    '"\\ud83d"',
    '"\\Uffffffff"',
    "x" * 100_000,
    "é" * 90,
    "مرحبا",
    "\u202e\u2066x",
    "👩‍👩‍👧‍👦",
    "\x00",
    "\x1b[2J",
    "\ud800",
    "\u2028",
    "\ufeff",
    "&a x",
    "*a",
    "&a [*a]",
    "!!python/object/apply:os.system [x]",
    "!!binary aGk=",
    "!x",
    "? y",
    "- z",
    "a: b",
    "|",
    ">-",
    "@",
    "`",
    "%",
    "\t",
    "#",
    "---",
    "...",
    "[" * 2000,
    "{" * 2000,
    "{a: " * 40,
    "<<: x",
    "$(reboot)",
    "<b>",
)
LINES = (
    "---",
    "...",
    "%YAML 1.1",
    "%TAG ! x",
    "<<: *a",
    "&a : *a",
    "\t",
    "- ",
    "? ",
    ": ",
    "extra: 1",
    "name: again",
    "  bad indent",
    "a: &a [*a, *a, *a]",
    "\x00",
    "[" * 64,
)


def _swap_scalar(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    name, colon, _ = lines[at].partition(": ")
    lines[at] = f"{name}{colon or ': '}{chance.choice(SCALARS)}"
    return "\n".join(lines)


def _delete_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    del lines[chance.randrange(len(lines))]
    return "\n".join(lines)


def _repeat_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    return "\n".join([*lines[:at], lines[at], *lines[at:]])


def _move_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    line = lines.pop(chance.randrange(len(lines)))
    lines.insert(chance.randrange(len(lines)), line)
    return "\n".join(lines)


def _indent_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = chance.choice([" ", "   ", "\t", "\u00a0"]) + lines[at]
    return "\n".join(lines)


def _outdent_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    lines[at] = lines[at][chance.randrange(1, 4) :]
    return "\n".join(lines)


def _insert_line(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    lines.insert(chance.randrange(len(lines)), chance.choice(LINES))
    return "\n".join(lines)


def _insert_scalar(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + chance.choice(SCALARS) + text[at:]


def _change_character(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return (
        text[:at]
        + chr(chance.choice([chance.randrange(128), chance.randrange(0x11_0000)]))
        + text[at + 1 :]
    )


def _delete_character(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text))
    return text[:at] + text[at + 1 :]


def _swap_values(text: str, chance: random.Random) -> str:
    lines = text.split("\n")
    with_value = [at for at, line in enumerate(lines) if ": " in line]
    one, other = chance.sample(with_value, 2)
    (a, _, b), (c, _, d) = lines[one].partition(": "), lines[other].partition(": ")
    lines[one], lines[other] = f"{a}: {d}", f"{c}: {b}"
    return "\n".join(lines)


MUTATIONS = (
    _swap_scalar,
    _delete_line,
    _repeat_line,
    _move_line,
    _indent_line,
    _outdent_line,
    _insert_line,
    _insert_scalar,
    _change_character,
    _delete_character,
    _swap_values,
)
