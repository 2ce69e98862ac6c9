"""Purity, guard 3 of 3: the world, out of reach for as long as the core runs.

Files, sockets, processes and stores are caught by the interpreter's own audit events and clocks
and chance by the C functions that read them, so that a name imported long before is caught too.
Modules already imported stay usable; importing a new one reads a file, and so is caught.
"""

import gc
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from types import FrameType
from typing import Any, NoReturn
from unittest.mock import patch

import numpy as np

# https://docs.python.org/3/library/audit_events.html
TOUCHING_EVENTS = (
    "open",
    "os.",
    "shutil.",
    "glob.",
    "tempfile.",
    "pathlib.",
    "mmap.",
    "sqlite3.",
    "socket.",
    "ssl.",
    "http.",
    "urllib.",
    "subprocess.",
    "pty.",
    "ctypes.dlopen",
    "time.sleep",
    "builtins.input",
)
CLOCKS = frozenset(
    getattr(time, name)
    for name in dir(time)
    if name.split("_")[0] in {"time", "monotonic", "perf", "process", "thread", "sleep"}
    or name in {"localtime", "gmtime", "ctime"}
)
LOOKS = frozenset({os.stat, os.lstat, os.getcwd, os.urandom, os.getpid})
NOW = frozenset({"now", "utcnow", "today"})
SHARED_CHANCE = random.random.__self__  # type: ignore[attr-defined]  # the one `random.*` draws from


class WorldTouched(BaseException):
    """The core reached for the world. Not an Exception, so that no handler swallows it."""


class _Bar:
    """What has been touched since the world was barred."""

    raised = False
    armed = False

    def __init__(self) -> None:
        self.touched: list[str] = []

    def touch(self, what: str) -> NoReturn:
        self.touched.append(what)
        raise WorldTouched(what)


_bar = _Bar()


def _on_audit(event: str, args: tuple[object, ...]) -> None:
    if _bar.raised and event.startswith(TOUCHING_EVENTS):
        _bar.touch(f"{event} {args[:1]}")


def _on_profile(frame: FrameType, event: str, called: object) -> None:
    if event != "c_call":
        return
    owner = getattr(called, "__self__", None)
    name = getattr(called, "__name__", "")
    is_now = name in NOW and isinstance(owner, type) and issubclass(owner, date)
    if is_now or owner is SHARED_CHANCE or called in CLOCKS | LOOKS:
        _bar.touch(f"{name}() in {frame.f_code.co_filename}:{frame.f_lineno}")


def _barred_call(name: str) -> Callable[..., NoReturn]:
    def call(*_args: object, **_kwargs: object) -> NoReturn:
        _bar.touch(f"numpy.random.{name}")

    return call


def _seeded_generator(seed: object = None) -> np.random.Generator:
    """Chance from a seed is data; chance without one is the machine's."""
    if seed is None:
        _bar.touch("numpy.random.default_rng without a seed")
    return _DEFAULT_RNG(seed)  # type: ignore[arg-type]


_DEFAULT_RNG = np.random.default_rng
_NUMPY_CHANCE: dict[str, Any] = {
    name: _barred_call(name)
    for name in np.random.__all__
    if name.islower() and name != "default_rng" and callable(getattr(np.random, name))
} | {"default_rng": _seeded_generator}


@contextmanager
def world_barred() -> Iterator[None]:
    """Bars files, network, processes, stores, clocks and chance for the block.

    Raises:
        WorldTouched: at the touch, and again at the end if something swallowed it.
    """
    if not _Bar.armed:
        sys.addaudithook(_on_audit)  # it cannot be taken out again, only told to look away
        _Bar.armed = True
    _bar.touched.clear()
    before = sys.getprofile()
    gc.disable()  # a collection runs other people's finalisers, which may read a clock
    try:
        with patch.multiple(np.random, **_NUMPY_CHANCE):
            _bar.raised = True
            sys.setprofile(_on_profile)
            try:
                yield
            finally:
                sys.setprofile(before)
                _bar.raised = False
    finally:
        gc.enable()
    if _bar.touched:
        raise WorldTouched(f"touched, and swallowed: {_bar.touched[0]}")
