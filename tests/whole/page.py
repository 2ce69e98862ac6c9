"""A bedside page as the family's browsers run it, as far as a lease goes.

It plans its own way to nothing at every renewal and takes it back only by the next; it does only
what the guard signed, for its own room, and never what is older than what it did before. A frozen
tab goes on fading. Line by line as ui/src/lib has it: fade.ts, sound/channel.ts, guard/word.ts.
"""

import itertools
import math
from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from tests.whole.loop import Process, VirtualLoop

from evenfall.records.view import LeaseFrame, SignedFrame

PAGE_LEASE_S = 15.0
EMBER_MAX_LX = 0.2474
"""What the ember of a bright screen gives at 30 cm at most (ui/src/lib/light.ts)."""

LIGHT_RISE_S, SOUND_RISE_S, FADE_S, NEARLY = 2.0, 2.0, 20.0, 1.02
STOP_S = 0.4
LATE_S = 120.0
"""A word older than this, by clocks that were never further apart, is an old one."""

DARK = LeaseFrame(
    light_lx_medi=0.0, light_ramp_s=3.0, sound_dba=0.0, sound_ramp_s=3.0, sound_what="",
    lease_s=PAGE_LEASE_S, seq=0,
)  # fmt: skip
Verify = Callable[[str, str], bool]
Line = list[tuple[float, float]]


class Goal(msgspec.Struct, frozen=True):
    target: float
    ramp_s: float
    lease_s: float


def plan_fade(now: float, goal: Goal, ramp_s: float) -> Line:
    """From what it is now to the target, held, and down to nothing when the lease is over."""
    turn_s = max(goal.lease_s / 2, goal.lease_s - FADE_S)
    if ramp_s >= turn_s:
        reached = now + (goal.target - now) * turn_s / ramp_s
        return [(0.0, now), (turn_s, reached), (goal.lease_s, 0.0)]
    return [(0.0, now), (ramp_s, goal.target), (turn_s, goal.target), (goal.lease_s, 0.0)]


def value_at(line: Line, at_s: float) -> float:
    for (from_s, before), (to_s, after) in itertools.pairwise(line):
        if at_s < to_s:
            return before + (after - before) * (at_s - from_s) / (to_s - from_s)
    return line[-1][1] if line else 0.0


class Channel:
    """One thing that fades: the ember, or the sound."""

    def __init__(self, loop: VirtualLoop, rise_s: float) -> None:
        self.loop, self.rise_s = loop, rise_s
        self.line: Line = []
        self.planned_s = 0.0
        self._target, self._ends_s, self._lapses_s = 0.0, 0.0, 0.0

    def level(self) -> float:
        return value_at(self.line, self.loop.now_s - self.planned_s) if self.line else 0.0

    def follow(self, goal: Goal) -> None:
        now_s, level = self.loop.now_s, self.level()
        self.line, self.planned_s = plan_fade(level, goal, self._left_s(level, goal, now_s)), now_s

    def _left_s(self, level: float, goal: Goal, now_s: float) -> float:
        ends_s = now_s + goal.ramp_s
        anew = goal.target != self._target or now_s > self._lapses_s
        if anew or (goal.target < level and ends_s < self._ends_s):
            self._ends_s = ends_s
        self._target, self._lapses_s = goal.target, now_s + goal.lease_s
        left_s = max(0.0, self._ends_s - now_s)
        return max(left_s, self.rise_s) if goal.target > level * NEARLY else left_s

    def hush(self) -> None:
        self.line, self.planned_s = [(0.0, self.level()), (STOP_S, 0.0)], self.loop.now_s
        self._lapses_s = 0.0


class Page:
    """One bedside page of one room.

    Args:
        loop: whose time it is.
        room: whose page it is.
        verify: whether the pinned key signed a text.
        now_utc: its own clock, which is right.
    """

    def __init__(
        self, loop: VirtualLoop, room: str, verify: Verify, now_utc: Callable[[], datetime]
    ) -> None:
        self.loop, self.room, self.verify, self.now_utc = loop, room, verify, now_utc
        self.process = Process(loop, f"page of {room}")
        self.ember = Channel(loop, LIGHT_RISE_S)
        self.speaker = Channel(loop, SOUND_RISE_S)
        self.count = 0
        self.refused = 0
        self.heard_s = float("-inf")
        self.stopped_night = ""
        self.net = True
        self.apart_s: float | None = None
        self._signed = ""

    def hear(self, frame: LeaseFrame, night: str) -> None:
        """The house said what this page is to be."""
        if not frame.signed and frame.light_lx_medi == 0.0 and frame.sound_dba == 0.0:
            self._follow(DARK, night)  # darkness needs nobody's word
            return
        if frame.signed == self._signed:
            return  # the same word heard twice is no newer
        told = self._trusted(frame)
        if told is None:
            self.refused += 1
            return
        self._signed, self.count, self.heard_s = frame.signed, told.count, self.loop.now_s
        self._follow(told, night)

    def _follow(self, told: SignedFrame | LeaseFrame, night: str) -> None:
        holds_s = told.holds_s if isinstance(told, SignedFrame) else told.lease_s
        light = min(told.light_lx_medi, EMBER_MAX_LX)
        self.ember.follow(Goal(light, told.light_ramp_s, holds_s))
        if self.stopped_night == night and night:
            self.speaker.hush()
            return
        loud = amplitude(told.sound_dba)
        self.speaker.follow(Goal(loud, told.sound_ramp_s, holds_s))

    def _trusted(self, frame: LeaseFrame) -> SignedFrame | None:
        if not frame.signature or not self.verify(frame.signed, frame.signature):
            return None
        told = msgspec.json.decode(frame.signed, type=SignedFrame)
        ours = told.room == self.room and self.is_newer(told)
        return told if ours and self._is_of_now(told) else None

    def is_newer(self, told: SignedFrame) -> bool:
        return told.count > self.count

    def _is_of_now(self, told: SignedFrame) -> bool:
        """What this page's own clock says: it is right, and the guard's may not be."""
        signed_utc = told.until_utc - timedelta(seconds=told.holds_s)
        apart_s = (signed_utc - self.now_utc()).total_seconds()
        if abs(apart_s) <= LATE_S:
            self.apart_s = 0.0
        elif self.apart_s is None or apart_s >= self.apart_s:
            self.apart_s = apart_s
        elif apart_s < self.apart_s - LATE_S:
            return False
        return True

    def stop(self, night: str) -> None:
        """Somebody holds a finger on it: silence here and now."""
        self.stopped_night = night
        self.speaker.hush()
        self.ember.hush()

    def reload(self) -> None:
        """The tab is opened anew: dark, silent, and it has not forgotten what it did last."""
        self.ember, self.speaker = (
            Channel(self.loop, LIGHT_RISE_S),
            Channel(self.loop, SOUND_RISE_S),
        )

    def light_lx(self) -> float:
        return self.ember.level()

    def sound_dba(self) -> float:
        return decibels(self.speaker.level())


def amplitude(dba: float) -> float:
    """The pressure of a level, where 0 dBA is the nothing of a page that is silent."""
    return float(10.0 ** (dba / 20.0)) if dba > 0.0 else 0.0


def decibels(pressure: float) -> float:
    return 20.0 * math.log10(pressure) if pressure > 1.0 else 0.0
