"""How many small faults planted in the guard its own tests see: the mutation score.

Each mutant is one change of one expression or one statement left out. It runs in a fork, with the
tests of its module, until one fails. A mutant that hangs counts as seen.

    python tools/mutate_guard.py             every mutant, on every core
    python tools/mutate_guard.py --some 40   a sample, the same one each time
    python tools/mutate_guard.py --only desk
"""

import argparse
import ast
import copy
import os
import random
import shutil
import signal
import sys
import time
import types
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WITHIN_S = 90
TESTS = {
    "evenfall.guard.mind": ["tests/guard/test_guard_mind.py", "tests/guard/test_guard_states.py"],
    "evenfall.guard.desk": ["tests/guard/test_guard_desk.py"],
    "evenfall.guard.house": ["tests/guard/test_guard_small.py"],
    "evenfall.guard.main": ["tests/guard/test_guard_small.py"],
    "evenfall.guard.memory": ["tests/guard/test_guard_small.py"],
    "evenfall.guard.signing": ["tests/guard/test_guard_small.py"],
    "evenfall.safety.rooms": ["tests/guard/test_guard_small.py"],
    "evenfall.adapters.devices.last_look": ["tests/adapters/test_last_look.py"],
}
_OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


def path_of(module: str) -> Path:
    """Where a module stands."""
    return ROOT / "src" / Path(*module.split(".")).with_suffix(".py")


def places(tree: ast.Module) -> list[ast.AST]:
    """Everything in a module that could be mutated, in order; annotations and words left out."""
    return [node for node in _walk(tree) if _mutations(node)]


def _walk(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "type_params"):
            continue
        if isinstance(node, ast.ClassDef) and name == "keywords":
            continue  # whether a record is frozen changes no decision
        if isinstance(node, ast.keyword) and node.arg == "strict":
            continue  # nor does a check that two lists are as long as each other
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_words(child):
                yield from _walk(child)


def _is_words(node: ast.AST) -> bool:
    said = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return said or isinstance(node, ast.JoinedStr | ast.Import | ast.ImportFrom)


def _mutations(node: ast.AST) -> int:
    """How many ways there are to change a node."""
    if isinstance(node, ast.Compare):
        return sum(type(one) in _OTHER for one in node.ops)
    if isinstance(node, ast.BinOp | ast.BoolOp):
        return int(type(node.op) in _OTHER)
    if isinstance(node, ast.UnaryOp):
        return int(isinstance(node.op, ast.Not | ast.USub))
    if isinstance(node, ast.Constant):
        return int(isinstance(node.value, bool | int | float))
    if isinstance(node, ast.Call):
        return int(isinstance(node.func, ast.Name) and node.func.id in _CALLED)
    if isinstance(node, ast.Expr):
        return int(isinstance(node.value, ast.Call | ast.Await))
    return int(isinstance(node, ast.IfExp))


def mutate(tree: ast.Module, place: int, way: int) -> tuple[ast.Module, str]:
    """A copy of a module with one change, and what it was."""
    changed = copy.deepcopy(tree)
    node = places(changed)[place]
    before = ast.unparse(node)
    if isinstance(node, ast.Compare):
        node.ops[way] = _OTHER[type(node.ops[way])]()  # type: ignore[call-overload,index]
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = _OTHER[type(node.op)]()  # type: ignore[assignment,index]
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        if isinstance(node.operand, ast.expr) and before.startswith("not "):
            node.op, node.operand = ast.Not(), ast.UnaryOp(ast.Not(), node.operand)
    elif isinstance(node, ast.Constant):
        value = node.value
        node.value = (not value) if isinstance(value, bool) else value + 1  # type: ignore[operator]
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        node.func.id = _CALLED[node.func.id]
    elif isinstance(node, ast.Expr):
        node.value = ast.Constant(value=None)
    elif isinstance(node, ast.IfExp):
        node.body, node.orelse = node.orelse, node.body
    after = ast.unparse(node)
    line = getattr(node, "lineno", 0)
    return ast.fix_missing_locations(changed), f"{line}: {before}  →  {after}"


def mutants(module: str) -> list[tuple[str, int, int]]:
    """Every mutant of a module."""
    found = places(ast.parse(path_of(module).read_text(encoding="utf-8")))
    return [(module, i, way) for i, one in enumerate(found) for way in range(_mutations(one))]


def run(mutant: tuple[str, int, int]) -> tuple[bool, str]:
    """In a fork: True where some test fails, or none ends in time."""
    module, place, way = mutant
    tree, words = mutate(ast.parse(path_of(module).read_text(encoding="utf-8")), place, way)
    return _fails(module, tree), f"{module}:{words}"


def _fails(module: str, tree: ast.Module) -> bool:
    child = os.fork()
    if child == 0:
        _run_in_child(module, tree)
    _, status = os.waitpid(child, 0)
    for left in (f"/tmp/mutants-{child}", f"/tmp/mutants-{child}-examples"):
        shutil.rmtree(left, ignore_errors=True)
    return status != 0


def _run_in_child(module: str, tree: ast.Module) -> None:
    """Plant the mutant where the tests will import it, and run them."""
    signal.alarm(WITHIN_S)
    null = os.open(os.devnull, os.O_RDWR)
    for one in (0, 1, 2):
        os.dup2(null, one)
    code = 1
    try:
        planted = types.ModuleType(module)
        planted.__file__ = str(path_of(module))
        planted.__package__ = module.rpartition(".")[0]
        __import__(planted.__package__)
        sys.modules[module] = planted
        exec(compile(tree, planted.__file__, "exec"), planted.__dict__)
        setattr(sys.modules[planted.__package__], module.rpartition(".")[2], planted)
        import pytest

        base = f"/tmp/mutants-{os.getpid()}"
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = f"{base}-examples"
        words = [
            "-x",
            "-q",
            "-W",
            "ignore::pytest.PytestAssertRewriteWarning",
            "-p",
            "no:cacheprovider",
            "-m",
            "not prove",
            "--basetemp",
            base,
        ]
        code = int(pytest.main([*words, *TESTS[module]]))
    finally:
        os._exit(code)


def _warm() -> None:
    """What every mutant needs and none changes."""
    for name in ("pytest", "hypothesis", "hypothesis.stateful", "httpx", "msgspec", "cryptography"):
        __import__(name)
    for name in (
        "evenfall.adapters.homeassistant.home", "evenfall.adapters.wled.twin",
        "evenfall.formats.household", "evenfall.formats.devices",
        "cryptography.hazmat.primitives.asymmetric.ed25519",
    ):  # fmt: skip
        __import__(name)


def main() -> int:
    """Leaves with 1 where the score is under 95 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="modules with this in their name")
    parser.add_argument("--some", type=int, default=0, help="a sample of so many")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    chosen = [one for module in TESTS if given.only in module for one in mutants(module)]
    if given.some:
        chosen = random.Random(7).sample(chosen, min(given.some, len(chosen)))
    _warm()
    for module in sorted({one for one, _, _ in chosen}):
        if _fails(module, ast.parse(path_of(module).read_text(encoding="utf-8"))):
            raise SystemExit(f"{module}: its tests fail without any fault planted")
    began_s = time.monotonic()
    survivors: list[str] = []
    seen = 0
    for killed, words in _in_parallel(chosen, given.workers):
        seen += 1
        if not killed:
            survivors.append(words)
            print("survives:", words, flush=True)
    score = 100.0 * (seen - len(survivors)) / max(1, seen)
    took_s = time.monotonic() - began_s
    print(f"{seen} mutants, {len(survivors)} survive: {score:.1f} % seen, in {took_s:.0f} s")
    return int(score < 95.0)


def _in_parallel(chosen: list[tuple[str, int, int]], workers: int) -> Iterator[tuple[bool, str]]:
    from multiprocessing import get_context

    with get_context("fork").Pool(workers, maxtasksperchild=50) as pool:
        yield from pool.imap_unordered(run, chosen)


if __name__ == "__main__":
    raise SystemExit(main())
