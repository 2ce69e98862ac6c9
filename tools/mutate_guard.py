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
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import types
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
WITHIN_S = 90
TESTS = {
    "evenfall.guard.mind": ["tests/guard/test_guard_mind.py", "tests/guard/test_guard_states.py"],
    "evenfall.guard.desk": ["tests/guard/test_guard_desk.py"],
    "evenfall.guard.main": ["tests/guard/test_guard_small.py"],
    "evenfall.guard.signing": [
        "tests/guard/test_guard_small.py",
        "tests/guard/test_guard_signing.py",
    ],
    "evenfall.adapters.guard.count": ["tests/adapters/test_guard_home.py"],
    "evenfall.adapters.guard.house": [
        "tests/adapters/test_guard_home.py",
        "tests/adapters/test_holding.py",
    ],
    "evenfall.adapters.guard.keys": ["tests/adapters/test_guard_home.py"],
    "evenfall.adapters.guard.line": [
        "tests/adapters/test_guard_home.py",
        "tests/guard/test_guard_desk.py",
    ],
    "evenfall.adapters.guard.lock": ["tests/adapters/test_guard_home.py"],
    "evenfall.adapters.guard.notes": ["tests/adapters/test_guard_home.py"],
    "evenfall.safety.rooms": ["tests/safety/test_safety_rooms.py"],
    "evenfall.adapters.devices.holding": ["tests/adapters/test_holding.py"],
    "evenfall.adapters.devices.last_look": ["tests/adapters/test_last_look.py"],
}
_OTHER = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.Mod: ast.Mult,
    ast.And: ast.Or, ast.Or: ast.And,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


EQUIVALENT = {
    "return point.lease_s if 0.0 < point.lease_s <= LEASE_S else LEASE_S": (
        "0.0 < point.lease_s <= LEASE_S  →  0.0 < point.lease_s < LEASE_S",
        "a lease of just that length is given that length either way",
    ),
    "first, last = min(wakes, default=0), max(wakes, default=0)": (
        "0  →  1",
        "where nobody wakes no dawn is long enough for its end to matter",
    ),
    "years = max(months - 1, 0) / 12": (
        "0  →  1",
        "a newborn and a month-old are both under twelve months",
    ),
    "folder.mkdir(mode=0o700, exist_ok=True)": (
        "448  →  449",
        "the line after it says the same mode again, for a folder that was there",
    ),
    "return decode_bytes(open_file.read(BYTES_MAX + 1), str(file))": (
        "1  →  2",
        "one byte too many is too many, and so are two",
    ),
    "Signer(kept_key(folder), first_count(folder / COUNT_FILE, time.time_ns() // 1000)),": (
        "1000  →  1001",
        "it is above every count before either way, and rises with the time",
    ),
    "if writer.transport.get_write_buffer_size() > UNREAD_MAX_BYTES:": (
        "writer.transport.get_write_buffer_size() > UNREAD_MAX_BYTES  →  "
        "writer.transport.get_write_buffer_size() >= UNREAD_MAX_BYTES",
        "one byte of a million",
    ),
    "return next((i for i, one in enumerate(rules.rooms) if one.room == room), -1)": (
        "1  →  2",
        "no room is one below none",
    ),
    "if not same or apart_s > CLOCKS_APART_S * max(1.0, self.clock.speed / 10):": (
        "apart_s > CLOCKS_APART_S * max(1.0, self.clock.speed / 10)  →  "
        "apart_s >= CLOCKS_APART_S * max(1.0, self.clock.speed / 10)",
        "the same but for an instant that no clock shows",
    ),
    "told_s = 0.0": ("0.0  →  1.0", "no machine has been up for so short a time"),
    "if self._real_s() - told_s >= STATUS_S:": (
        "self._real_s() - told_s >= STATUS_S  →  self._real_s() - told_s > STATUS_S",
        "the same but for an instant that no clock shows",
    ),
    "while self._real_s() - left_s < alone_s:": (
        "self._real_s() - left_s < alone_s  →  self._real_s() - left_s <= alone_s",
        "the same but for an instant that no clock shows",
    ),
    "timedelta(seconds=-60) <= datetime.now(UTC) - stop.asked_utc": (
        "timedelta(seconds=-60) <= datetime.now(UTC) - stop.asked_utc  →  "
        "timedelta(seconds=-60) < datetime.now(UTC) - stop.asked_utc",
        "the same but for an instant that no clock shows",
    ),
    "and datetime.now(UTC) - stop.asked_utc <= timedelta(seconds=OVERRIDE_S)": (
        "datetime.now(UTC) - stop.asked_utc <= timedelta(seconds=OVERRIDE_S)  →  "
        "datetime.now(UTC) - stop.asked_utc < timedelta(seconds=OVERRIDE_S)",
        "the same but for an instant that no clock shows",
    ),
    "self._calls = [one for one in self._calls if now_s - one < CALL_EVERY_S]": (
        "now_s - one < CALL_EVERY_S  →  now_s - one <= CALL_EVERY_S",
        "the same but for an instant that no clock shows",
    ),
    "step: int = 0": ("0  →  1", "until someone has looked, only the lowest and highest count"),
    "high: int = 0": ("0  →  1", "it counts only on the way, and is given then"),
    "if step > self._trace.lowest(now_s) and asked > allowed * (1 + 1e-09):": (
        "asked > allowed * (1 + 1e-09)  →  asked >= allowed * (1 + 1e-09)",
        "the two are apart by less than a billionth",
    ),
}
"""Changes that change nothing anyone could see: the line, the change, and why. A survivor that is
one of these is said, and not counted."""


def path_of(module: str) -> Path:
    """Where a module stands."""
    return ROOT / "src" / Path(*module.split(".")).with_suffix(".py")


@cache
def source(module: str) -> str:
    """A module as it was when this began, so that an edit meanwhile changes no mutant."""
    return path_of(module).read_text(encoding="utf-8")


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
        node.ops[way] = _OTHER[type(node.ops[way])]()  # type: ignore[call-overload]
    elif isinstance(node, ast.BinOp | ast.BoolOp):
        node.op = _OTHER[type(node.op)]()  # type: ignore[assignment]
    elif isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        if before.startswith("not "):
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
    found = places(ast.parse(source(module)))
    return [(module, i, way) for i, one in enumerate(found) for way in range(_mutations(one))]


def run(mutant: tuple[str, int, int]) -> tuple[bool, str]:
    """In a fork: True where some test fails, or none ends in time."""
    module, place, way = mutant
    whole = ast.parse(source(module))
    node = places(whole)[place]
    tree, words = mutate(whole, place, way)
    return _fails(module, tree, tests_at(module, node)), f"{module}:{words}"


def equivalent(words: str) -> str:
    """Why a change changes nothing, or ''."""
    module, _, rest = words.partition(":")
    line, _, change = rest.partition(": ")
    said = source(module).splitlines()[int(line) - 1].strip().replace("1e-9", "1e-09")
    known, why = EQUIVALENT.get(said, ("", ""))
    return why if known == change else ""


# --- Which tests run a line ----------------------------------------------------------------------

_SEEN: dict[str, dict[int, list[str]]] = {}
"""By module and line: the tests that run it, quickest first. Where none is known, all are run."""


def tests_at(module: str, node: ast.AST) -> list[str] | None:
    """The tests that run what is changed; None is all of them."""
    lines = range(getattr(node, "lineno", 0), (getattr(node, "end_lineno", 0) or 0) + 1)
    found = [one for line in lines for one in _SEEN.get(module, {}).get(line, ())]
    return list(dict.fromkeys(found)) or None


class _Timer:
    """A plugin that remembers how long each test took."""

    def __init__(self) -> None:
        self.took_s: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        """Each part of each test."""
        self.took_s[report.nodeid] = self.took_s.get(report.nodeid, 0.0) + report.duration


def look_at(module: str) -> None:
    """Run a module's tests once, and see which of them run which line.

    Raises:
        SystemExit: one fails without any fault planted.
    """
    folder = Path(tempfile.mkdtemp(prefix="m-"))
    command = [sys.executable, __file__, "--look", module, "--to", str(folder)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        raise SystemExit(f"{module}: its tests fail without any fault planted\n{ran.stdout}")
    seen = json.loads((folder / "seen").read_text(encoding="utf-8"))
    _SEEN[module] = {int(line): tests for line, tests in seen.items()}
    shutil.rmtree(folder)


def look_here(module: str, folder: Path) -> int:
    """Run its tests in this process, and write down which of them run which line."""
    import pytest
    from coverage import CoverageData

    os.environ["COVERAGE_FILE"] = str(folder / "coverage")
    os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(folder / "examples")
    timer = _Timer()
    words = ["-q", "-p", "no:cacheprovider", "-m", "not prove", "--basetemp", f"{folder}/t"]
    words += [f"--cov={module}", "--cov-context=test", "--cov-report="]
    code = int(pytest.main([*words, *TESTS[module]], plugins=[timer]))
    data = CoverageData(str(folder / "coverage"))
    data.read()
    seen = {}
    for line, contexts in data.contexts_by_lineno(str(path_of(module))).items():
        tests = {one.rpartition("|")[0] for one in contexts}
        if "" not in tests:  # what runs while it is imported is everyone's
            seen[line] = sorted(tests, key=lambda one: timer.took_s.get(one, 0.0))
    (folder / "seen").write_text(json.dumps(seen), encoding="utf-8")
    return code


def _fails(module: str, tree: ast.Module, tests: list[str] | None) -> bool:
    child = os.fork()
    if child == 0:
        _run_in_child(module, tree, tests or TESTS[module])
    _, status = os.waitpid(child, 0)
    for left in (f"/tmp/mutants-{child}", f"/tmp/mutants-{child}-examples"):
        shutil.rmtree(left, ignore_errors=True)
    return status != 0


def _run_in_child(module: str, tree: ast.Module, tests: list[str]) -> None:
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
        code = int(pytest.main([*words, *tests]))
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
    parser.add_argument("--look", default="", help=argparse.SUPPRESS)
    parser.add_argument("--to", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    os.chdir(ROOT)
    sys.path[:0] = [str(ROOT), str(ROOT / "tools")]
    if given.look:
        return look_here(given.look, given.to)
    chosen = [one for module in TESTS if given.only in module for one in mutants(module)]
    if given.some:
        chosen = random.Random(7).sample(chosen, min(given.some, len(chosen)))
    _warm()
    for module in sorted({one for one, _, _ in chosen}):
        look_at(module)
    began_s = time.monotonic()
    survivors: list[str] = []
    seen = 0
    for killed, words in _in_parallel(chosen, given.workers):
        if not killed and (why := equivalent(words)):
            print("changes nothing:", words, f"({why})", flush=True)
            continue
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
