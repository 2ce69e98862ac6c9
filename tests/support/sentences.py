"""English sentences as the source makes them, read from it: what a page may be told, and where.

A sentence is read where it is written: as a word of a `Fault`, or handed to a function that makes
one of it. Each value in it is replaced by a name, so that a test can ask every language for it.
"""

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

SOURCE = Path(__file__).parents[2] / "src" / "evenfall"
VALUE = "Gull House"
_WORDS = ("found", "expected", "mend")
_FAULT = {"Fault": frozenset({0, 2, 3})}

Carriers = dict[str, frozenset[int]]
Named = dict[str, list[ast.expr]]


class Sentence(NamedTuple):
    """A sentence with its values filled in, and where the source makes it."""

    text: str
    where: str


def fault_sentences(modules: Iterable[Path]) -> tuple[Sentence, ...]:
    """Every sentence of every fault that these modules make.

    Args:
        modules: their files; what one hands to another's function is read too.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8")) for path in modules}
    carriers = _carriers(trees.values())
    return tuple(
        Sentence(text, f"{path.relative_to(SOURCE)}:{given.lineno}")
        for path, tree in trees.items()
        for given in _given(tree, carriers)
        for text in _texts(given, _named(tree))
    )


def _carriers(trees: Iterable[ast.Module]) -> Carriers:
    """The functions that make a fault of what they are handed, and of which arguments."""
    functions = [
        node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    ]
    carriers: Carriers = dict(_FAULT)
    while True:
        found = {**carriers}
        for function in functions:
            names = [arg.arg for arg in function.args.args]
            handed = {
                names.index(used.id)
                for given in _given(function, carriers)
                for used in ast.walk(given)
                if isinstance(used, ast.Name) and used.id in names
            }
            if handed:
                found[function.name] = frozenset(handed) | found.get(function.name, frozenset())
        if found == carriers:
            return carriers
        carriers = found


def _given(tree: ast.AST, carriers: Carriers) -> Iterator[ast.expr]:
    """The expressions that become words of a fault."""
    types = {id(node.slice) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    for node in (node for node in ast.walk(tree) if id(node) not in types):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
                places = carriers.get(name, frozenset())
                yield from (arg for at, arg in enumerate(args) if at in places)
                yield from (word.value for word in keywords if word.arg in _WORDS)
            case ast.Dict(keys=keys, values=values):
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and key.value in _WORDS:
                        yield value
            case ast.Tuple(elts=[ast.Constant(value=int()), said]):  # a status, and why
                yield said
            case ast.Tuple(elts=[found, expected, mend]) if _is_sentence(found):
                yield from (found, expected, mend)


def _is_sentence(given: ast.expr) -> bool:
    return isinstance(given, ast.JoinedStr) or (
        isinstance(given, ast.Constant) and isinstance(given.value, str) and " " in given.value
    )


def _named(tree: ast.Module) -> Named:
    """What each name is ever given in a module."""
    named: Named = {}
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                named.setdefault(name, []).append(value)
            case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
                for target, value in zip(names, values, strict=True):
                    if isinstance(target, ast.Name):
                        named.setdefault(target.id, []).append(value)
    return named


def _texts(given: ast.expr, named: Named) -> Iterator[str]:
    """The texts an expression may be; none for what is not written as text here."""
    match given:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=parts):
            yield "".join(
                str(part.value) if isinstance(part, ast.Constant) else VALUE for part in parts
            )
        case ast.IfExp(body=one, orelse=other):
            yield from _texts(one, named)
            yield from _texts(other, named)
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
            yield text + VALUE
        case ast.Name(id=name):
            for value in named.get(name, []):
                if not isinstance(value, ast.Name):
                    yield from _texts(value, named)
        case _:
            return


def key_calls(modules: Iterable[Path]) -> frozenset[str]:
    """The keys these modules say sentences by, each as a pattern: a value in it may be anything."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in modules]
    found: set[str] = set()
    for tree in trees:
        named = _named(tree)
        for node in ast.walk(tree):
            match node:
                case ast.Call(func=ast.Name(id="because"), args=[_, key, *_]):
                    found |= {_as_pattern(text) for text in _texts(key, named)}
                case ast.Call(func=ast.Name(id="say"), args=[key, *_]):
                    found |= {_as_pattern(text) for text in _texts(key, named)}
    return frozenset(found)


def _as_pattern(text: str) -> str:
    return re.escape(text).replace(re.escape(VALUE), ".+")


def texts_given(module: Path, name: str) -> frozenset[str]:
    """The texts that a name or a keyword is ever given in a module, and their parts by choice."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    named = _named(tree)
    given = [
        word.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        for word in node.keywords
        if word.arg == name
    ]
    found = (text for value in (*named.get(name, []), *given) for text in _texts(value, named))
    return frozenset(found)


def whole_sentences(module: Path) -> frozenset[str]:
    """Every sentence that is written out in a module, with its full stop; no docstring."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    parts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.JoinedStr)
        for part in node.values
    }
    found = (
        text
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in docs | parts
        for text in _texts(node, {})
    )
    return frozenset(text for text in found if " " in text and text.endswith("."))
