"""Faults that are known: each is put into the house on purpose, and must be found.

A simulator that has never found anything has shown nothing. Every plant changes one thing of the
programs that run, as a slip of somebody's hand would, and says which rules may find it.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple
from unittest.mock import patch

from msgspec.structs import replace
from tests.whole.faults import H, Happening
from tests.whole.page import Channel, Page

from evenfall.adapters.devices.keeper import Keeper
from evenfall.adapters.guard.client import GuardClient
from evenfall.adapters.guard.notes import Notes
from evenfall.adapters.sqlite import night_log
from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.guard import main as guard_main
from evenfall.guard import mind
from evenfall.records.night import LogRow
from evenfall.runtime import people
from evenfall.runtime.night_runner import NightRunner
from evenfall.safety import merge

Change = tuple[Any, str, Any]


class Plant(NamedTuple):
    """One known fault.

    Attributes:
        name: what it is.
        rules: what it may be found by.
        changes: what is put in another's place: where, its name, and what instead.
        more: what is to happen, where it would show only after days otherwise.
        at_h: the part of the day it shows in, from noon.
    """

    name: str
    rules: frozenset[str]
    changes: Callable[[], Sequence[Change]]
    more: tuple[Happening, ...] = ()
    at_h: tuple[float, float] = (7.3, 9.0)

    @contextmanager
    def planted(self) -> Iterator[None]:
        """The fault, for a while."""
        with ExitStack() as stack:
            for owner, name, instead in self.changes():
                stack.enter_context(patch.object(owner, name, instead))
            yield


# --- The guard -----------------------------------------------------------------------------------


def _leases_never_lapse() -> Sequence[Change]:
    return [(mind, "tick", mind.settle)]


def _slow_way_to_safe() -> Sequence[Change]:
    return [(mind, "STOP_RAMP_S", 900.0)]


def _forgets_a_stop() -> Sequence[Change]:
    return [(Notes, "read", lambda _: {})]


def _believes_a_lying_hub() -> Sequence[Change]:
    """A hub asks for thrice the light, and nobody refuses it."""
    return [(merge, "refusal", lambda *_: None), *_lying_hub()]


def _lying_hub() -> Sequence[Change]:
    claim = GuardClient.claim

    def thrice(self: GuardClient, room: str, holder: str, phase: int, points: Any) -> None:
        claim(self, room, holder, phase, [replace(p, target=3.0 * p.target) for p in points])

    return [(GuardClient, "claim", thrice)]


def _count_goes_back() -> Sequence[Change]:
    return [(guard_main, "first_count", lambda _, now_us: now_us)]


# --- The hub -------------------------------------------------------------------------------------


def _answers_before_it_is_durable() -> Sequence[Change]:
    commit = SqliteNightLog.commit

    def sometimes(self: SqliteNightLog) -> None:
        if len(self._batch) >= 3:
            commit(self)

    return [(SqliteNightLog, "commit", sometimes)]


def _leaves_a_change_open() -> Sequence[Change]:
    class Open(night_log._transaction):
        def __exit__(self, kind: object, *rest: object) -> None:
            """The last word is forgotten."""

        def __enter__(self) -> sqlite3.Cursor:
            if self.connection.in_transaction:
                self.connection.execute("COMMIT")
            return super().__enter__()

    return [(night_log, "_transaction", Open)]


def _louder_before_the_log() -> Sequence[Change]:
    write = NightRunner._write

    def late(self: NightRunner, beat: int, event: Any) -> None:
        from evenfall.play.step import setpoints

        self._claim(setpoints(self.programme, self.state))
        write(self, beat, event)

    return [(NightRunner, "_write", late)]


def _counts_a_row_twice() -> Sequence[Change]:
    start = NightRunner._start

    def skips(self: NightRunner) -> None:
        start(self)
        self.rows_written += self.rows_written > 0

    return [(NightRunner, "_start", skips)]


def _writes_another_state() -> Sequence[Change]:
    from evenfall.runtime import night_runner

    def wrong(**named: Any) -> LogRow:
        if named["seq"] % 7 == 5:
            named["digest"] = "0" * 16
        return LogRow(**named)

    return [(night_runner, "LogRow", wrong)]


def _loses_a_stop() -> Sequence[Change]:
    placed = people.placed

    def without(waiting: list[Any], event: Any) -> list[Any]:
        return waiting if type(event).__name__ == "Stop" else placed(waiting, event)

    return [(people, "placed", without)]


# --- Lamps and pages -----------------------------------------------------------------------------


def _tries_a_lamp_only_once() -> Sequence[Change]:
    async def once(self: Keeper, wish: Any) -> None:
        try:
            await self._carry_out(wish)
        except Exception:
            await asyncio.Event().wait()

    return [(Keeper, "_fulfil", once)]


def _page_believes_anyone() -> Sequence[Change]:
    return [(Page, "_trusted", lambda _, frame: _as_told(frame))]


def _as_told(frame: Any) -> Any:
    import msgspec

    from evenfall.records.view import SignedFrame

    return msgspec.json.decode(frame.signed, type=SignedFrame) if frame.signed else None


def _page_takes_what_is_old() -> Sequence[Change]:
    return [(Page, "is_newer", lambda *_: True), (Page, "_is_of_now", lambda *_: True)]


def _page_never_fades_by_itself() -> Sequence[Change]:
    follow = Channel.follow

    def holds(self: Channel, goal: Any) -> None:
        follow(self, goal)
        self.line = self.line[:-1]

    return [(Channel, "follow", holds)]


_STOPPED = (
    Happening(7.6 * H, "ask:begin"),
    Happening(7.7 * H, "stop-at-guard"),
    Happening(7.75 * H, "guard-killed"),
)
_LIT = (Happening(7.5 * H, "hub-killed", size=0.9), Happening(8.0 * H, "hub-killed", size=0.9))
_TOLD_OLD = tuple(Happening((7.6 + 0.02 * i) * H, "page-told-old", size=0.2) for i in range(60))
_TOLD_FALSE = tuple(Happening((7.4 + 0.05 * i) * H, "page-told-false") for i in range(40))
_CUT = (Happening(7.5 * H, "page-cut", size=0.9), Happening(7.9 * H, "page-cut", size=0.9))
_SILENT = (
    Happening(7.62 * H, "lamp-silent", size=0.3),
    Happening(7.621 * H, "hub-killed", size=0.99),
    Happening(8.0 * H, "lamp-silent", size=0.3),
    Happening(8.001 * H, "hub-killed", size=0.99),
)

PLANTS = (
    Plant("the guard's leases never lapse", frozenset({"lease outlived"}), _leases_never_lapse,
          _LIT),
    Plant("the guard's way to safe is slow", frozenset({"lease outlived", "stop not kept"}),
          _slow_way_to_safe, _LIT),
    Plant("the guard forgets a stop", frozenset({"stop forgotten", "stop not kept"}),
          _forgets_a_stop, _STOPPED),
    Plant("the guard believes a lying hub", frozenset({"too bright"}), _believes_a_lying_hub),
    Plant("the guard's count goes back", frozenset({"did not come back"}), _count_goes_back,
          (Happening(7.4 * H, "power-and-time-lost", also=0.7),), (7.3, 8.9)),
    Plant("a row is answered for too early", frozenset({"not durable", "louder before its row"}),
          _answers_before_it_is_durable),
    Plant("a change is left open", frozenset({"not durable"}), _leaves_a_change_open),
    Plant("louder before the log", frozenset({"louder before its row"}), _louder_before_the_log),
    Plant("a row's number is skipped", frozenset({"rows", "replay", "not durable"}),
          _counts_a_row_twice, (Happening(7.8 * H, "hub-killed", size=0.1),)),
    Plant("a row names another state", frozenset({"replay"}), _writes_another_state),
    Plant("a stop is lost on its way", frozenset({"stop not kept"}), _loses_a_stop,
          (Happening(7.6 * H, "ask:begin"), Happening(7.75 * H, "ask:stop"))),
    Plant("a lamp is tried only once", frozenset({"lease outlived", "stop not kept"}),
          _tries_a_lamp_only_once, _SILENT),
    Plant("a page believes anyone", frozenset({"too loud", "lease outlived", "stop not kept"}),
          _page_believes_anyone, _TOLD_FALSE),
    Plant("a page takes what is old", frozenset({"too loud", "lease outlived", "stop not kept"}),
          _page_takes_what_is_old, (*_STOPPED[:2], *_TOLD_OLD)),
    Plant("a page never fades by itself", frozenset({"lease outlived"}),
          _page_never_fades_by_itself, _CUT),
)  # fmt: skip
HARMLESS = Plant("a lying hub, and a guard", frozenset(), _lying_hub)
