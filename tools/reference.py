"""Writes the reference pages from what they are about: records, limits, rules, the safety case.

A page is never edited by hand. `--check` writes nothing and fails where a committed page is not
what the code says; either way, a field or option without a description is a fault.
"""

import importlib
import importlib.util
import pkgutil
import re
import sys
import types
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec
import typer.main
import yaml

from evenfall import records
from evenfall.learn.rules import RULES
from evenfall.records import base
from evenfall.records.limits import Limits
from evenfall.safety import limits

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "reference"
NOTE = "<!-- Written by tools/reference.py from the code: change the code, then run it. -->"

PLAIN_WORDS = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    bytes: "bytes",
    datetime: "date and time",
    type(None): "none",
}
TEXT_KINDS = {
    meta: name
    for name, kind in vars(base).items()
    if get_origin(kind) is Annotated
    for meta in kind.__metadata__
}
BOUNDS = (
    ("ge", "at least {}"),
    ("gt", "above {}"),
    ("le", "at most {}"),
    ("lt", "below {}"),
    ("min_length", "at least {} long"),
    ("max_length", "at most {} long"),
)
UNITS = {
    "lx_medi": "lx mEDI",
    "dba": "dBA",
    "s": "s",
}


class UndocumentedError(Exception):
    """Something a reader may meet that nobody described."""


# --- Records -----------------------------------------------------------------------------------


def type_words(annotation: Any) -> str:
    """A field's type, in words."""
    origin, inside = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated_words(annotation)
    if origin is Literal:
        return " or ".join(f"`{value}`" for value in inside)
    if origin in (Union, types.UnionType):
        return " or ".join(type_words(part) for part in inside)
    if origin is tuple and inside[-1] is Ellipsis:
        return f"list of {type_words(inside[0])}"
    if origin is tuple:
        return "pair of " + " and ".join(type_words(part) for part in inside)
    if origin is dict:
        return f"map from {type_words(inside[0])} to {type_words(inside[1])}"
    if annotation in PLAIN_WORDS:
        return PLAIN_WORDS[annotation]
    return f"[{annotation.__name__}](#{annotation.__name__.lower()})"


def _annotated_words(annotation: Any) -> str:
    metas = annotation.__metadata__
    kinds = [TEXT_KINDS[meta] for meta in metas if meta in TEXT_KINDS]
    words = f"[{kinds[0]}](#kinds-of-text)" if kinds else type_words(annotation.__origin__)
    unnamed = [meta for meta in metas if meta not in TEXT_KINDS]
    bounds = [
        form.format(getattr(meta, key))
        for meta in unnamed
        for key, form in BOUNDS
        if getattr(meta, key) is not None
    ]
    return ", ".join([words, *bounds])


def description(annotation: Any) -> str:
    """What a field's own Meta says it is; that of its kind of text is not enough."""
    metas = getattr(annotation, "__metadata__", ())
    said = [meta.description for meta in metas if meta.description and meta not in TEXT_KINDS]
    return said[-1] if said else ""


def default_words(field: msgspec.structs.FieldInfo) -> str:
    """What a field is when nobody writes it."""
    if field.required:
        return "required"
    value = field.default
    if value is msgspec.NODEFAULT:
        value = field.default_factory()
    if value is None:
        return "none"
    if value in ((), {}):
        return "empty"
    if isinstance(value, msgspec.Struct):
        return f"a plain {type(value).__name__}"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def record_section(record: type[msgspec.Struct]) -> str:
    """One record: what it is, and every field.

    Raises:
        UndocumentedError: the record or one of its fields says nothing about itself.
    """
    about = (record.__doc__ or "").strip()
    if not about:
        raise UndocumentedError(f"the record {record.__name__} has no docstring: say what it is")
    rows = [_record_row(record, field) for field in msgspec.structs.fields(record)]
    table = ["| field | what it is | type | default |", "| --- | --- | --- | --- |", *rows]
    paragraphs = [f"### {record.__name__}", "\n".join(line.strip() for line in about.splitlines())]
    return "\n\n".join([*paragraphs, "\n".join(table)] if rows else paragraphs)


def _record_row(record: type[msgspec.Struct], field: msgspec.structs.FieldInfo) -> str:
    said = description(field.type)
    if not said:
        raise UndocumentedError(
            f"{record.__name__}.{field.name} has no description: give it "
            "Annotated[…, Meta(description=…)]"
        )
    parts = (f"`{field.name}`", said, type_words(field.type), default_words(field))
    return "| " + " | ".join(cell(part) for part in parts) + " |"


def records_in(module: types.ModuleType) -> list[type[msgspec.Struct]]:
    """The records a module defines itself, in the order it does."""
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, msgspec.Struct)
        and thing.__module__ == module.__name__
    ]


def records_page() -> str:
    """Every record, module by module."""
    parts = ["# Records", NOTE, (records.__doc__ or "").strip(), _text_kinds_section()]
    for found in pkgutil.iter_modules(records.__path__, "evenfall.records."):
        module = importlib.import_module(found.name)
        parts += [f"## {found.name}", (module.__doc__ or "").strip()]
        parts += [record_section(record) for record in records_in(module)]
    return "\n\n".join(parts) + "\n"


def _text_kinds_section() -> str:
    rows = [f"| {name} | {cell(meta.description or '')} |" for meta, name in TEXT_KINDS.items()]
    return "\n".join(["## Kinds of text", "", "| kind | what it is |", "| --- | --- |", *rows])


# --- Limits ------------------------------------------------------------------------------------


def limits_page() -> str:
    """Every limit, for adults and children, with its source."""
    parts = [
        "# Limits",
        NOTE,
        "What may reach a sleeper. Each limit has its source; where none was published, it says "
        "that it is this project's own choice. In a shared room the one that protects most holds "
        "for everyone.",
        "\n".join(
            [
                "| limit | what it is | adults | children | source |",
                "| --- | --- | --- | --- | --- |",
                *(_limit_row(field) for field in msgspec.structs.fields(Limits)),
            ]
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _limit_row(field: msgspec.structs.FieldInfo) -> str:
    if field.name not in limits.SOURCES:
        raise UndocumentedError(
            f"the limit {field.name} has no source: add it to safety.limits.SOURCES"
        )
    unit = next(unit for ending, unit in UNITS.items() if field.name.endswith(f"_{ending}"))
    values = (f"{getattr(of, field.name):g} {unit}" for of in (limits.ADULT, limits.CHILD))
    parts = (f"`{field.name}`", description(field.type), *values, limits.SOURCES[field.name])
    return "| " + " | ".join(cell(part) for part in parts) + " |"


# --- Rules -------------------------------------------------------------------------------------


def rules_page() -> str:
    """Every rule that can move a night, in the words the morning and `evenfall why` use."""
    rows = [
        "| "
        + " | ".join(cell(part) for part in (f"`{name}`", rule.what, rule.why, rule.source))
        + " |"
        for name, rule in RULES.items()
    ]
    parts = [
        "# Rules",
        NOTE,
        "Every reason a night can give for what it did, in the words that the morning and "
        "`evenfall why` print. Where a rule stands in a score, the answer names its line too.",
        "\n".join(
            [
                "| rule | what is said | why | source |",
                "| --- | --- | --- | --- |",
                *rows,
            ]
        ),
    ]
    return "\n\n".join(parts) + "\n"


# --- Commands ----------------------------------------------------------------------------------


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """A command and all below it, with the words one types."""
    yield name, command
    for word, below in getattr(command, "commands", {}).items():
        yield from commands(below, f"{name} {word}")


def command_section(name: str, command: Any) -> str:
    """One command: what it does, its arguments and options.

    Raises:
        UndocumentedError: the command or one of its options says nothing about itself.
    """
    about = _with_examples(command.help or "")
    if not about:
        raise UndocumentedError(f"the command `{name}` has no help: give it a docstring")
    rows = [_option_row(name, option) for option in command.params if not _is_shell_help(option)]
    table = ["| option | what it does | default |", "| --- | --- | --- |", *rows]
    paragraphs = [f"## `{name}`", about]
    return "\n\n".join([*paragraphs, "\n".join(table)] if rows else paragraphs)


def _with_examples(text: str) -> str:
    """A help text with its indented lines, the examples, as code."""
    fenced = re.sub(r"\n*((?:\n {4,}\S.*)+)", r"\n\n```sh\1\n```", text.replace("\b\n", ""))
    return "\n".join(line.removeprefix("    ") for line in fenced.strip().splitlines())


def _is_shell_help(option: Any) -> bool:
    """Typer brings these itself, the same for every program."""
    return option.name in {"help", "install_completion", "show_completion"}


def _option_row(command: str, option: Any) -> str:
    is_argument = option.param_type_name == "argument"
    shown = option.name.upper() if is_argument else ", ".join(option.opts + option.secondary_opts)
    if not option.help:
        raise UndocumentedError(f"`{command}` has `{shown}` without help: say what it does")
    setting = f" Also read from `{option.envvar}`." if option.envvar else ""
    default = "required" if option.required else _option_default(option)
    return f"| `{shown}` | {cell(option.help)}{setting} | {cell(default)} |"


def _option_default(option: Any) -> str:
    value = option.default
    if value in (None, "", (), []) or callable(value):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"`{value}`"


def cli_page() -> str:
    """Every command of `evenfall`."""
    app = importlib.import_module("evenfall.app.cli").app
    root = typer.main.get_command(app)
    sections = [command_section(name, command) for name, command in commands(root, "evenfall")]
    return "\n\n".join(["# Commands", NOTE, *sections]) + "\n"


# --- Who may do what -----------------------------------------------------------------------------

RIGHT_WORDS = {
    "stop": "stop what plays",
    "help": "call an adult",
    "reboot": "hand a room's night over to the natural one, or begin it clean",
    "acts": "quiet a room, make all of it safe, or invite, from elsewhere",
    "evening": "see tonight and take part in it",
    "skip-wake": "let someone sleep on tomorrow",
    "felt": "say how a night felt",
    "mornings": "read what was measured",
    "dreams-tell": "tell or draw a dream",
    "dreams-read": "read a dream book: one's own",
    "voices-hear": "hear a familiar voice at night",
    "voices-keep": "record a voice, or take it away",
    "screens": "see the screens that are in, and end them",
    "secrets": "have a passphrase and passkeys",
    "worries": "note a worry, and say that a doctor was talked to",
}


def access_page() -> str:
    """Rights by role and by way in, and the right each route needs."""
    from evenfall.app.access.rights import BY_ORIGIN, BY_ROLE, FROM_ELSEWHERE
    from evenfall.app.web.guarded import guarded_routes
    from evenfall.app.web.server import make_app
    from evenfall.records.access import Origin, Right, Role

    roles = [role for role in get_args(Role) if role != "nobody"]
    origins = get_args(Origin)
    rows = [
        f"| {RIGHT_WORDS[right]} (`{right}`) | "
        + " | ".join("yes" if right in BY_ROLE[role] else "" for role in roles)
        + " | "
        + " | ".join("yes" if right in BY_ORIGIN[origin] else "" for origin in origins)
        + " |"
        for right in get_args(Right)
    ]
    app = make_app(types.SimpleNamespace(gatekeeper=None))  # type: ignore[arg-type]
    routes = [
        f"| {method} | `{path}` | {'anyone' if needed == 'anyone' else f'`{needed}`'} |"
        for method, path, needed in guarded_routes(app)
    ]
    heads = [*roles, *(f"*{origin}*" for origin in origins)]
    return (
        "\n".join(
            [
                "# Who may do what",
                NOTE,
                "",
                "A right holds where the role has it and the way in carries it: *here* is the "
                "hub's own machine, *plain* the house's unencrypted network, *locked* an encrypted "
                "address. For whom it holds follows from the household: oneself, a guardian's own "
                "children, whoever sleeps in a bedside screen's room. A screen nobody let in has "
                "no right; on the hub's own machine it counts as a bedside. A screen whose time is "
                "over may still stop.",
                "",
                "From outside the home (`app.reach.ways.is_elsewhere`) less holds: of all rights "
                + ", ".join(f"`{right}`" for right in get_args(Right) if right in FROM_ELSEWHERE)
                + "; and of a room only a stop, an adult's coming and the three acts "
                "([who may do what, and from where](../why/who-may-do-what.md)).",
                "",
                f"| may | {' | '.join(heads)} |",
                "|" + " --- |" * (len(heads) + 1),
                *rows,
                "",
                "## Every route",
                "",
                "| method | path | needs |",
                "| --- | --- | --- |",
                *routes,
            ]
        )
        + "\n"
    )


# --- The safety case -----------------------------------------------------------------------------

CASE = FOLDER.parent / "safety-case.yaml"
_KINDS = (("promise", "promises", "Promise"), ("care_rule", "care_rules", "Care rule"))

Hazard = dict[str, Any]


def safety_case_page() -> str:
    """Promise or rule, hazard, control, tests: the data of docs/safety-case.yaml, to be read."""
    case = yaml.safe_load(CASE.read_text(encoding="utf-8"))
    hazards: list[Hazard] = case["hazards"]
    parts = ["# The safety case", NOTE, _case_introduction(hazards), _case_table(case)]
    for key, named, word in _KINDS:
        for number, title in case[named].items():
            parts.append(f"## {word} {number}: {title}")
            parts += [_hazard_section(one) for one in hazards if one.get(key) == number]
    return "\n\n".join([*parts, _later_section(hazards)]) + "\n"


def _case_introduction(hazards: list[Hazard]) -> str:
    tests = {test for one in hazards for test in one.get("tests", ())}
    held = sum("control" in one for one in hazards)
    return (
        f"{len(hazards)} ways in which Evenfall could do harm, {held} of them held by a control "
        f"and by {len(tests)} tests; {len(hazards) - held} are for later and say so.\n\n"
        "How to read it: each promise of this project and each "
        "[care rule](../why/care-rules.md) has its hazards, what could happen. Each hazard has a "
        "control, what keeps it from happening, and the files that hold it. Each control has "
        "tests that break when it does: their names are sentences, and lead to the test. "
        "`make test` fails where a promise has no hazard, a control no test, a test no mark, or "
        "where what was put off has come and its tests have not.\n\n"
        "A safety case is an argument and no guarantee: it says what was thought of. "
        "[The threat model](../why/threat-model.md) says what is not defended. Whoever finds a "
        "way that is not here has found the most valuable thing there is to report."
    )


def _case_table(case: dict[str, Any]) -> str:
    rows = [
        _case_row(case["hazards"], key, number, f"{word} {number}: {title}")
        for key, named, word in _KINDS
        for number, title in case[named].items()
    ]
    head = ["| what is promised | hazards | tests | for later |", "| --- | --- | --- | --- |"]
    return "\n".join([*head, *rows])


def _case_row(hazards: list[Hazard], key: str, number: int, title: str) -> str:
    ours = [one for one in hazards if one.get(key) == number]
    tests = {test for one in ours for test in one.get("tests", ())}
    later = sum("later" in one for one in ours)
    link = "#" + re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-")
    return f"| [{cell(title)}]({link}) | {len(ours)} | {len(tests)} | {later or ''} |"


def _hazard_section(hazard: Hazard) -> str:
    """One hazard: what could happen, what keeps it from happening, where, and by which tests."""
    about = [f"### {hazard['id']}", f"**{cell(hazard['hazard'])}**"]
    if "later" in hazard:
        return "\n\n".join([*about, f"*For later:* {cell(hazard['later'])}."])
    where = ", ".join(f"[{one}](../../src/evenfall/{one})" for one in hazard["where"])
    tests = "\n".join(f"- {_test_link(test)}" for test in hazard["tests"])
    count = len(hazard["tests"])
    shown = f"<details><summary>{count} test{'s' * (count != 1)}</summary>\n\n{tests}\n\n</details>"
    return "\n\n".join([*about, f"{_first(cell(hazard['control']))}.", f"Held in {where}.", shown])


def _first(text: str) -> str:
    return text[:1].upper() + text[1:] if not text.startswith("`") else text


def _test_link(test: str) -> str:
    """A test by its name, which is a sentence, and its file."""
    path, _, name = test.partition("::")
    said = name.rpartition("::")[2].removeprefix("test_").replace("_", " ")
    return f"[{said}](../../{path})"


def _later_section(hazards: list[Hazard]) -> str:
    later = [one for one in hazards if "later" in one]
    rows = [f"| {one['id']} | {cell(one['hazard'])} | {cell(one['later'])} |" for one in later]
    head = ["| hazard | what could happen | what it waits for |", "| --- | --- | --- |"]
    return "\n".join(["## What is for later", "", *head, *rows])


# --- The pages ---------------------------------------------------------------------------------

PAGES = {
    "records.md": records_page,
    "limits.md": limits_page,
    "rules.md": rules_page,
    "access.md": access_page,
    "safety-case.md": safety_case_page,
}
if importlib.util.find_spec("evenfall.app.cli"):
    PAGES["cli.md"] = cli_page


def stale(folder: Path) -> list[str]:
    """The names of the pages in a folder that are missing, or not what the code says."""
    return [
        name
        for name, page in PAGES.items()
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != page()
    ]


def main(arguments: list[str]) -> int:
    """Writes the pages, or with `--check` only says whether they are true."""
    try:
        if "--check" not in arguments:
            FOLDER.mkdir(parents=True, exist_ok=True)
            for name, page in PAGES.items():
                (FOLDER / name).write_text(page(), encoding="utf-8")
            return 0
        old = stale(FOLDER)
    except UndocumentedError as fault:
        print(fault, file=sys.stderr)
        return 1
    for name in old:
        print(f"docs/reference/{name} is stale. Mend: .venv/bin/python tools/reference.py")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
