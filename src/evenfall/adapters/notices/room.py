"""Who is called from one room tonight, and whether they could be.

The rules, in order:

1. A call goes out at once, on every way of every guardian, and nobody waits for it.
2. A way that fails is tried again, three times in all and within a minute.
3. A room calls at most once a minute. What is touched meanwhile is not lost: it is folded into
   one more call that says *again*.
4. What did not go out is said, in the words of the house, until a later call did.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

import msgspec

from evenfall.adapters.devices.background import Background
from evenfall.adapters.notices.way import Way
from evenfall.ports.notices import NoticeLostError
from evenfall.records.view import Call

NOBODY = "A touch at night calls nobody yet: no adult's phone is known here. A shout still works."
"""What a family is told before the evening of a child nobody could be called for."""

FINISH_WITHIN_S = 5.0
"""How long a hub that ends waits for a call that is under way (own choice)."""

FOLDED_SHOWN, LOST_MAX = 3, 20
_NEVER_S = float("-inf")
_LOGGER = logging.getLogger(__name__)


class Pace(msgspec.Struct, frozen=True):
    """How patient a call is, in seconds (all this project's own choice)."""

    again_s: tuple[float, ...] = (4.0, 12.0)  # with three tries of 12 s each, within 60 s
    apart_s: float = 60.0  # from one call of a room to its next


class Called(msgspec.Struct, frozen=True):
    """What came of a call, as last known."""

    call: Call
    faults: tuple[str, ...] = ()


class _Wanted(msgspec.Struct, frozen=True):
    """One word to the guardians that waits to go out."""

    guardians: tuple[str, ...]
    text: str
    at: datetime


class RoomNotices:
    """One room's calls for one night (`ports.notices`).

    Args:
        ways: how each adult is called, by member id; whoever has none is not in it.
        names: what everyone is called, by member id.
        guardians: who would be called from here.
        background: the thread that calls.
        now: the home's own time, for what is said afterwards.
        pace: how patient to be.
    """

    def __init__(
        self,
        ways: Mapping[str, Sequence[Way]],
        names: Mapping[str, str],
        guardians: Sequence[str],
        background: Background,
        now: Callable[[], datetime],
        pace: Pace | None = None,
    ) -> None:
        self._ways = ways
        self._names = names
        self._guardians = guardians
        self._background = background
        self._now = now
        self._pace = pace or Pace()
        self._waiting: list[_Wanted] = []
        self._lost: list[_Wanted] = []
        self._turn: asyncio.Task[None] | None = None
        self._sending: asyncio.Task[bool] | None = None
        self._went_out_s = _NEVER_S
        known = any(ways.get(one) for one in guardians)
        self._called = Called("ready" if known else "nobody")

    # --- Asked from outside ------------------------------------------------------------------

    def tell(self, guardians: Sequence[str], text: str) -> None:
        """Call these people, by member id. Comes back at once and never raises."""
        if not guardians:
            return
        wanted = _Wanted(tuple(guardians), text, self._now())
        if not any(self._ways.get(one) for one in guardians):
            self._called = Called("nobody", (_nobody(wanted.at),))
            return
        if time.monotonic() - self._went_out_s >= self._pace.apart_s:
            self._called = Called("calling", self._called.faults)
        with suppress(RuntimeError):  # the home is closing
            self._background.post(self._take, wanted)

    @property
    def call(self) -> Call:
        """What a touch does, or what came of the last."""
        return self._called.call

    def faults(self) -> tuple[str, ...]:
        """Who could not be called the last time, in the words of the house."""
        return self._called.faults

    def advice(self) -> tuple[str, ...]:
        """What the family should know beforehand: that nobody would be called."""
        silent = bool(self._guardians) and not any(self._ways.get(one) for one in self._guardians)
        return (NOBODY,) if silent else ()

    def close(self) -> None:
        """Let what still waits go out: 5 s at most."""
        with suppress(TimeoutError):
            self._background.ask(self._finish(), FINISH_WITHIN_S)

    # --- On the thread that calls ------------------------------------------------------------

    def _take(self, wanted: _Wanted) -> None:
        self._waiting.append(wanted)
        if self._turn is None or self._turn.done():
            self._turn = asyncio.create_task(self._send_in_turn())

    async def _send_in_turn(self) -> None:
        """Send what waits, then rest out the minute; what came meanwhile goes out together."""
        while self._waiting:
            self._sending = asyncio.create_task(self._send_waiting())
            if await self._sending:
                await asyncio.sleep(self._pace.apart_s)

    async def _send_waiting(self) -> bool:
        """Call for all that waits, and for what was lost before it; True where it went out."""
        wanted, self._waiting = self._waiting, []
        if not wanted:
            return False
        text = _folded([*self._lost, *wanted], self._went_out_lately())
        guardians = dict.fromkeys(one for each in wanted for one in each.guardians)
        members = [one for one in guardians if self._ways.get(one)]
        reached = await asyncio.gather(*(self._reach_any(member, text) for member in members))
        by_name = {
            self._names.get(one, one): is_reached
            for one, is_reached in zip(members, reached, strict=True)
        }
        self._lost = [] if any(reached) else [*self._lost, *wanted][-LOST_MAX:]
        outcome: Call = "called" if any(reached) else "lost"
        self._called = Called(outcome, _faults(by_name, wanted[-1].at))
        return any(reached)

    def _went_out_lately(self) -> bool:
        return time.monotonic() - self._went_out_s < 2 * self._pace.apart_s

    async def _reach_any(self, member: str, text: str) -> bool:
        """Call one adult in every way there is; True where one of them took it."""
        ways = self._ways[member]
        return any(await asyncio.gather(*(self._reach(way, text) for way in ways)))

    async def _reach(self, way: Way, text: str) -> bool:
        """Try one way until it is taken or has failed three times."""
        for pause_s in (*self._pace.again_s, None):
            if await _is_taken(way, text):
                # Somebody is told: whoever waits need not wait until all others are.
                self._called, self._went_out_s = Called("called"), time.monotonic()
                return True
            if pause_s is not None:
                await asyncio.sleep(pause_s)
        return False

    async def _finish(self) -> None:
        """Send what waits for its minute, and let what is under way end."""
        under_way = [] if self._sending is None else [self._sending]
        await asyncio.gather(self._send_waiting(), *under_way)


async def _is_taken(way: Way, text: str) -> bool:
    try:
        await way.send(text)
    except NoticeLostError as error:
        _LOGGER.warning("a call did not go out: %s", error.faults[0])
    except Exception as error:  # whatever a way does, the others must still be tried
        _LOGGER.warning("a call did not go out: %s: %s", way.where, type(error).__name__)
    else:
        return True
    return False


# --- Words ---------------------------------------------------------------------------------------


def _folded(wanted: Sequence[_Wanted], again: bool) -> str:
    """What came together as one text."""
    texts = list(dict.fromkeys(one.text for one in wanted))[-FOLDED_SHOWN:]
    said = " ".join(texts)
    times = len(wanted)
    if again:
        return f"Again, {times} times: {said}" if times > 1 else f"Again: {said}"
    return f"{times} times: {said}" if times > 1 else said


def _nobody(at: datetime) -> str:
    return f"Nobody could be called at {at:%H:%M}: no adult's phone is known. A shout still works."


def _faults(reached: Mapping[str, bool], at: datetime) -> tuple[str, ...]:
    """Who of those who have a phone could not be called.

    Example:
        >>> _faults({"Mara": False, "Tomás": True}, datetime(2026, 11, 21, 2, 13))
        ('Mara could not be called at 02:13. Tomás was.',)
    """
    away = [name for name, is_reached in reached.items() if not is_reached]
    told = [name for name, is_reached in reached.items() if is_reached]
    if not told:
        return (f"Nobody could be called at {at:%H:%M}. A shout still works.",)
    return tuple(f"{name} could not be called at {at:%H:%M}. {told[0]} was." for name in away)
