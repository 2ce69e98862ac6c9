"""Writes the reference pages from the code itself: records, limits, rules, commands.

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
}


def access_page() -> str:
    """Rights by role and by way in, and the right each route needs."""
    from evenfall.app.access.rights import BY_ORIGIN, BY_ROLE
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


# --- The pages ---------------------------------------------------------------------------------

PAGES = {
    "records.md": records_page,
    "limits.md": limits_page,
    "rules.md": rules_page,
    "access.md": access_page,
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
