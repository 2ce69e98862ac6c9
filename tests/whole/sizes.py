"""How much a program holds: what is counted again hours later, so that nothing grows unseen."""

import gc
import types
from collections import deque
from collections.abc import Iterator
from typing import Any

_KEPT = (dict, list, set, deque, tuple)
_SKIPPED = (type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.CodeType)


def reached(roots: list[Any], within: str = "evenfall") -> Iterator[tuple[str, Any]]:
    """Every object of the house's own, and what each holds, from some roots on.

    Args:
        roots: where to begin.
        within: whose objects are gone into; of another's only the containers are.

    Yields:
        Where it hangs, and what it is.
    """
    seen: set[int] = set()
    ahead = [(type(one).__name__, one) for one in roots]
    while ahead:
        where, one = ahead.pop()
        if id(one) in seen or isinstance(one, _SKIPPED):
            continue
        seen.add(id(one))
        yield where, one
        if isinstance(one, dict):
            ahead += [(f"{where}[]", value) for value in one.values()]
        elif isinstance(one, _KEPT):
            ahead += [(f"{where}[]", value) for value in one]
        elif type(one).__module__.startswith((within, "tests.whole.house")):
            ahead += [(f"{where}.{name}", value) for name, value in _parts(one)]


def _parts(one: Any) -> Iterator[tuple[str, Any]]:
    for name in (*getattr(one, "__dict__", ()), *getattr(type(one), "__struct_fields__", ())):
        yield name, getattr(one, name, None)


def sizes(roots: list[Any]) -> dict[str, int]:
    """How many things each queue, dict, set and list holds, and how many objects there are.

    Example:
        >>> sizes([[1, [2, 3]]])
        {'list': 2, 'list[]': 2, 'objects': 2}
    """
    found: dict[str, int] = {}
    objects = 0
    for where, one in reached(roots):
        if not isinstance(one, int | float | str | bytes | None):
            objects += 1
        if isinstance(one, dict | list | set | deque):
            found[where] = max(found.get(where, 0), len(one))
        elif hasattr(one, "qsize"):
            found[where] = one.qsize()
    return found | {"objects": objects}


def grown(
    early: dict[str, int], late: dict[str, int], factor: float = 1.5, least: int = 64
) -> list[str]:
    """What holds much more than it did.

    Example:
        >>> grown({"a": 10, "b": 3}, {"a": 1000, "b": 5})
        ['a: 10, then 1000']
    """
    return [
        f"{name}: {early.get(name, 0)}, then {count}"
        for name, count in sorted(late.items())
        if count > max(least, factor * early.get(name, 0))
    ]


def alive() -> int:
    """How many objects the interpreter keeps track of, what nobody needs put away first."""
    gc.collect()
    return len(gc.get_objects())
