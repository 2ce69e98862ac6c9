"""What the documents show is so: examples run, texts are read, commands exist, rules are told."""

import ast
import doctest
import importlib
import pkgutil
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import typer.main
from typer.testing import CliRunner

import evenfall
from evenfall.app.cli import app
from evenfall.compose.compile import ScoreError, compile_score
from evenfall.formats.errors import EvenfallError
from evenfall.formats.household import read_household
from evenfall.formats.score import read_score
from evenfall.learn.rules import RULES
from evenfall.play import step
from evenfall.records.programme import Programme
from evenfall.safety.limits import limits_for

REPOSITORY = Path(__file__).resolve().parents[2]
DOCS = REPOSITORY / "docs"
PAGES = [REPOSITORY / "README.md", *sorted(DOCS.rglob("*.md"))]
MODULES = [found.name for found in pkgutil.walk_packages(evenfall.__path__, "evenfall.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_are_true(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert result.failed == 0


# --- Fenced blocks -----------------------------------------------------------------------------

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


class Block(NamedTuple):
    """A fenced block of a page."""

    page: str
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.text.strip().splitlines()[0][:40]}"


def blocks(page: Path) -> list[Block]:
    name = str(page.relative_to(REPOSITORY))
    return [Block(name, *found) for found in FENCE.findall(page.read_text(encoding="utf-8"))]


BLOCKS = [block for page in PAGES for block in blocks(page)]
HOUSEHOLDS = [block for block in BLOCKS if re.search("^household: 1", block.text, re.MULTILINE)]
ALL_SCORES = [block for block in BLOCKS if re.search("^score: 1", block.text, re.MULTILINE)]
SCORES = [block for block in ALL_SCORES if block.language == "yaml"]
REFUSED = [block for block in ALL_SCORES if block.language == "yaml refused"]


@pytest.mark.parametrize("block", HOUSEHOLDS, ids=str)
def test_every_household_in_the_documents_is_read(block: Block) -> None:
    assert read_household(block.text, block.page).record.members


@pytest.mark.parametrize("block", SCORES, ids=str)
def test_every_score_in_the_documents_is_read_and_compiled(block: Block) -> None:
    assert compiled(block).scenes


@pytest.mark.parametrize("block", REFUSED, ids=str)
def test_every_score_shown_as_refused_is_refused(block: Block) -> None:
    with pytest.raises(ScoreError):
        compiled(block)


def compiled(block: Block) -> Programme:
    document = read_score(block.text, block.page)
    audience = document.record.audience
    return compile_score(
        document,
        limits=limits_for(audience.youngest),
        sleepers=audience.sleepers,
        youngest_years=audience.youngest,
    )


def test_no_text_is_overlooked() -> None:
    assert HOUSEHOLDS
    assert len(SCORES) >= 3
    assert sorted(ALL_SCORES) == sorted([*SCORES, *REFUSED])


# --- Commands ----------------------------------------------------------------------------------

INLINE = re.compile(r"`(evenfall [^`\n]+)`")


def command_lines(page: Path) -> Iterator[str]:
    """Every `evenfall …` a page shows, in a block or within a sentence."""
    text = page.read_text(encoding="utf-8")
    for _, body in FENCE.findall(text):
        for line in body.splitlines():
            typed = line.strip().removeprefix("$ ")
            if typed.startswith("evenfall "):
                yield typed
    yield from INLINE.findall(FENCE.sub("", text))


SHOWN = [(page, line) for page in PAGES for line in command_lines(page)]


def parse(line: str) -> None:
    """Take a command line apart as the program itself would, and run nothing.

    A command named alone, as one does within a sentence, has only to exist.

    Raises:
        Exception: there is no such command or option, or a value does not fit.
    """
    root: Any = typer.main.get_command(app)
    words = [word for word in shlex.split(line, comments=True)[1:] if word not in ("…", "...")]
    if set(words) & {"--help", "--version", "--install-completion"}:
        return
    context = root.make_context("evenfall", words)
    rest = [*context._protected_args, *context.args]
    name, command, rest = root.resolve_command(context, rest)
    if rest:
        command.make_context(name, rest, parent=context)


@pytest.mark.parametrize(("page", "line"), SHOWN, ids=[line for _, line in SHOWN])
def test_every_command_shown_exists(page: Path, line: str) -> None:
    parse(line)


@pytest.mark.parametrize(
    "line", ["evenfall nap", "evenfall tonight --soon", "evenfall night --seed x"]
)
def test_a_planted_wrong_command_is_seen(line: str) -> None:
    with pytest.raises(Exception, match=r"nap|--soon|int"):
        parse(line)


# --- Sessions: what a page says is printed, is printed -------------------------------------------

CONSOLE_PAGES = [
    page
    for page in PAGES
    if any(block.language == "console" and "$ evenfall" in block.text for block in blocks(page))
]
ANSWERED = re.compile(r"^[1-6]\. .*:(?: (.*))?$")


class Typed(NamedTuple):
    """A command of a session and the lines the page shows after it."""

    line: str
    shown: tuple[str, ...]


def typed_in(page: Path) -> list[Typed]:
    found = []
    for block in blocks(page):
        if block.language != "console":
            continue
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            line, *shown = part.splitlines()
            found.append(Typed(line, tuple(one for one in shown if one.strip())))
    return found


def squeezed(text: str) -> str:
    """A text without its line breaks and spaces, which only fit the width of a terminal."""
    return "".join(text.split())


def run(typed: Typed) -> str:
    """What a command prints. Answers shown on the page are typed in."""
    answers = [found[1] or "" for one in typed.shown if (found := ANSWERED.match(one))]
    words = shlex.split(typed.line, comments=True)[1:]
    result = CliRunner().invoke(app, words, input="\n".join([*answers, ""]))
    told = "".join(
        f"{fault}\n"
        for fault in (
            result.exception.faults if isinstance(result.exception, EvenfallError) else ()
        )
    )
    return result.output + told


def can_run(line: str) -> bool:
    """Whether all it needs is here: nobody's recording, and no night in real time."""
    words = shlex.split(line, comments=True)
    if words[0] != "evenfall" or set(words) & {"--live", "--version", "doctor"}:
        return False
    files = [word for word in words if re.search(r"\.(csv|AWD|agd|edf)$", word)]
    return all(Path(word).exists() for word in files)


@pytest.mark.parametrize("page", CONSOLE_PAGES, ids=lambda page: page.stem)
def test_what_a_page_says_is_printed_is_printed(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EVENFALL_HOME", "home")
    monkeypatch.setenv("COLUMNS", "100")
    for name, block in files_of(page):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(block, encoding="utf-8")
    for typed in typed_in(page):
        if not can_run(typed.line):
            continue
        printed = run(typed)
        shown = [one for one in typed.shown if not ANSWERED.match(one)]
        parts = [part for one in shown for part in one.split("…") if part.strip()]
        missing = [part for part in parts if squeezed(part) not in squeezed(printed)]
        assert missing == [], f"{typed.line} prints:\n{printed}"


def files_of(page: Path) -> Iterator[tuple[str, str]]:
    """The files a page asks its reader to write: a block whose first line is `# name.yaml`."""
    for block in blocks(page):
        found = re.match(r"# (\S+\.yaml)\n", block.text)
        if found:
            yield found[1], block.text


# --- Settings ----------------------------------------------------------------------------------

SETTING = re.compile(r"EVENFALL_[A-Z_]*[A-Z]")


def test_every_setting_is_documented_and_every_documented_one_is_read() -> None:
    sources = [
        *(REPOSITORY / "src").rglob("*.py"),
        *(REPOSITORY / "tools").glob("*.py"),
        *(REPOSITORY / "tests" / "support").glob("*.py"),
        *(REPOSITORY / "ui" / "dev").glob("*.mjs"),
        REPOSITORY / "tests" / "conftest.py",
    ]
    read = {name for path in sources for name in SETTING.findall(path.read_text(encoding="utf-8"))}
    page = (DOCS / "reference" / "settings.md").read_text(encoding="utf-8")
    assert set(SETTING.findall(page)) == read


# --- Rules -------------------------------------------------------------------------------------

RULE_AT = {
    "StepReason": 0,
    "_reasons": 0,
    "_noted": 0,
    "_to_night": 2,
    "_enter": 3,
    "_first_exit": 3,
}
"""Where each function of the kernel that gives a reason takes its rule."""


def kernel_rules(source: str) -> set[str]:
    """Every rule the kernel can give: the names handed on in calls, and those of its tables."""
    rules = {rule for _, rule in step._LAPSES.values()} | set(step._EMERGENCIES.values())
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        place = RULE_AT.get(node.func.id)
        if place is None or len(node.args) <= place:
            continue
        rule = node.args[place]
        if isinstance(rule, ast.Constant) and isinstance(rule.value, str):
            rules.add(rule.value)
    return rules


def test_every_rule_of_the_kernel_is_told_in_words() -> None:
    source = Path(step.__file__).read_text(encoding="utf-8")
    rules = kernel_rules(source)
    assert len(rules) > 20
    assert rules == set(RULES)
    page = (DOCS / "reference" / "rules.md").read_text(encoding="utf-8")
    assert [rule for rule in sorted(rules) if f"| `{rule}` |" not in page] == []


def test_a_planted_rule_without_words_is_seen() -> None:
    planted = 'def _x(p, s, e): return _to_night(p, s, "a_new_rule")'
    assert kernel_rules(planted) - set(RULES) == {"a_new_rule"}
