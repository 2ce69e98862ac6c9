"""The hub as a model: the order in which it acts and writes, what it does when it is back.

It takes the very steps of `play.step` in the order of `runtime/night_runner.py` and
`runtime/drivers.py`: what is quieter goes to the room first, then the row is written, then what is
louder; a gap is told before anything else; a start stands on the log alone. The log is a list, and
what was durable when the hub was killed is what stands in it. A test holds hub and runner side by
side.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

import msgspec

from evenfall.play.failing import Failing
from evenfall.play.reckoning import Reckoning, ahead_s, night_s
from evenfall.play.step import GAP_BEATS_MAX, begin, step
from evenfall.records.night import (
    ENDED,
    RUNNING,
    STOPPED,
    AnyEvent,
    Beat,
    BeatsMissed,
    Dawn,
    Emergency,
    NightState,
    OutputLost,
    OutputReturned,
    Refused,
    Restarted,
    Step,
    StepReason,
    TimedEvent,
)
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Refusal
from evenfall.records.programme import BEAT_S, LEASE_S, Programme, Setpoint

OWN_EVENTS = (Restarted, BeatsMissed, Refused, OutputLost, OutputReturned)
"""Rows the hub itself adds, and an emergency that is a fault (`is_own`); all others came from the
plan, from sensors or from people."""


def is_own(event: AnyEvent) -> bool:
    """True for what the hub itself adds to its log."""
    fault = isinstance(event, Emergency) and event.cause == "fault"
    return fault or isinstance(event, OWN_EVENTS)


class HubKilledError(Exception):
    """The hub is killed in the middle of its work."""


class Row(NamedTuple):
    """A durable row of the log."""

    seq: int
    beat: int
    wall_s: float
    event: AnyEvent
    state: NightState


class Taken(NamedTuple):
    """One step that was taken, for the story and for whoever judges it."""

    at_s: float
    event: AnyEvent
    state: NightState
    reasons: tuple[StepReason, ...]


class Claims(Protocol):
    """What a hub needs of a room."""

    @property
    def unavailable(self) -> set[str]:
        """Which outputs do not answer."""

    @property
    def gone(self) -> bool:
        """True where nobody drives them at all."""

    def claim(self, setpoints: Sequence[Setpoint], phase: int, now_s: float) -> tuple[Refusal, ...]:
        """Take or renew leases."""


class House(msgspec.Struct):
    """What time it is: seconds since the night began, and what the wall clock makes of it."""

    now_s: float = 0.0
    clock_s: float = 0.0  # what the wall clock is ahead by
    boot: int = 0

    @property
    def wall_s(self) -> float:
        """What the wall clock says, from the night's beginning."""
        return self.now_s + self.clock_s


class Hub:
    """Keeps one night, from one start of the program to its death.

    Args:
        programme: what runs.
        planned: what the plan asks and the ticks, in order.
        log: what is durable; a hub that starts again is given what the last one left.
        room: where its leases go.
        house: the clocks.
        boot: which boot of the machine wrote the last row.
        seen: told of every step.
    """

    def __init__(
        self,
        programme: Programme,
        planned: Sequence[TimedEvent],
        log: list[Row],
        room: Claims,
        house: House,
        *,
        boot: int,
        seen: Callable[[Taken], None],
    ) -> None:
        self.programme = programme
        self.log = log
        self.room = room
        self.house = house
        self.state = begin(programme)
        self.beat = 0
        self.counted_beat = -1
        self.crash = -1  # where in its next event it is killed: `faults.CRASHES`
        self._seen = seen
        self._taken_s = house.now_s
        self._reckoning = Reckoning(house.wall_s, house.now_s)
        self._dawns: list[TimedEvent] = []
        self._claimed: dict[str, float] = {}
        self._held: tuple[tuple[Setpoint, ...], int] | None = None
        self._held_until_s = 0.0
        self._refused: set[tuple[str, str]] = set()
        self._lost: set[str] = set()
        self._failing = Failing()
        self._planned = planned
        self._next = 0
        if log:
            self._planned = self._take_up(boot)

    # --- Taking up ---------------------------------------------------------------------------

    def _take_up(self, boot: int) -> Sequence[TimedEvent]:
        """Go on from the log: what was written, and what was missed meanwhile."""
        last = self.log[-1]
        self.beat = last.beat
        self.counted_beat = max((row.beat for row in self.log if _counts(row.event)), default=-1)
        behind_s = self.house.wall_s - last.wall_s
        self._reckoning = self._reckoning._replace(ahead_s=ahead_s(last.beat, last.wall_s))
        self._taken_s -= behind_s
        if self.house.wall_s < last.wall_s:
            doubt = Restarted("the clock is earlier than the last row")
            self.take(max(self._now_beat(), self.beat), doubt)
            return self._left(self.counted_beat, Counter())
        self.state = last.state
        restarts = [i for i, row in enumerate(self.log) if isinstance(row.event, Restarted)]
        rows = self.log[restarts[-1] :] if restarts else self.log
        logged: Counter[AnyEvent] = Counter(
            row.event for row in rows if not (isinstance(row.event, Beat) or is_own(row.event))
        )
        gap = self._uncounted(is_gap=boot != self.house.boot)
        counted_beat = self.counted_beat
        if gap is not None:
            self.take(max(self._now_beat() - 1, self.beat), gap)
            counted_beat = self.counted_beat
        return self._left(counted_beat, logged)

    def _left(self, counted_beat: int, logged: Counter[AnyEvent]) -> list[TimedEvent]:
        """What of the plan is still to come."""
        left = []
        for timed in self._planned:
            if isinstance(timed.event, Beat):
                if timed.beat > counted_beat:
                    left.append(timed)
            elif logged[timed.event]:
                logged[timed.event] -= 1
            else:
                left.append(timed)
        return left

    def _night_s(self) -> float:
        house = self.house
        if not self.log or night_s(self._reckoning, house.wall_s, house.now_s) < 0:
            self._reckoning = Reckoning(house.wall_s, house.now_s)
        return night_s(self._reckoning, house.wall_s, house.now_s)

    def _now_beat(self) -> int:
        return int(self._night_s() // BEAT_S)

    def _uncounted(self, *, is_gap: bool = False) -> BeatsMissed | None:
        """The beats that nobody counted; a gap where the leases of the last row are over."""
        beats = self._now_beat() - self.counted_beat - 1
        away_s = self.house.now_s - self._taken_s
        if is_gap or (self.log and beats > 0 and away_s > LEASE_S):
            beats = max(beats, GAP_BEATS_MAX + 1)
        return BeatsMissed(beats) if beats > 0 else None

    # --- Driving -----------------------------------------------------------------------------

    @property
    def over(self) -> bool:
        """True when the morning has ended."""
        return self.state.mode == ENDED

    @property
    def due_s(self) -> float:
        """When it has something to do by itself, in seconds of the night; never, if nothing."""
        if self.over or self._next >= len(self._planned):
            return float("inf")
        left_s = self._planned[self._next].beat * BEAT_S - self._night_s()
        return self.house.now_s + max(left_s, 0.0)

    def go_on(self) -> None:
        """Do what is due now."""
        timed = self._planned[self._next]
        self._next += 1
        if isinstance(timed.event, Beat):
            if self._catch_up() <= timed.beat:
                self._dawn()
                self._take_now(timed)
        elif isinstance(timed.event, Dawn):
            self._dawns.append(timed)
            self._dawn()
        else:
            self._take_now(timed)

    def ask(self, event: AnyEvent) -> None:
        """Somebody does something."""
        self._take_now(TimedEvent(max(self._catch_up(), 0), event))

    def _dawn(self) -> None:
        """Let the day come where every clock says so."""
        waiting, self._dawns = self._dawns, []
        for dawn in waiting:
            due_s = dawn.beat * BEAT_S
            if due_s <= min(self._night_s(), self.house.wall_s):
                self._take_now(TimedEvent(max(dawn.beat, self._now_beat()), dawn.event))
            else:
                self._dawns.append(dawn)

    def _catch_up(self) -> int:
        now_beat, missed = self._now_beat(), self._uncounted()
        if missed is not None:
            self._take_now(TimedEvent(now_beat - 1, missed))
        return now_beat

    def _take_now(self, timed: TimedEvent) -> None:
        self.take(max(timed.beat, self.beat), timed.event)

    # --- Taking a step -----------------------------------------------------------------------

    def take(self, beat: int, event: AnyEvent) -> None:
        """Step, make quieter, write, make louder.

        Raises:
            HubKilledError: it is killed on the way.
        """
        taken = step(self.programme, self.state, event)
        self.state, self.beat, self._taken_s = taken.state, beat, self.house.now_s
        if _counts(event):
            self.counted_beat = beat
        refusals = self._act(beat, event, taken)
        self._failing.hear(refusals, self.house.now_s)
        for refusal in refusals:
            key = (refusal.output, refusal.limit)
            if key not in self._refused:
                self._refused.add(key)
                self.take(beat, Refused(refusal.output, refusal.limit))
        if self.room.unavailable != self._lost:
            self._note_outputs(beat)
        why = self._failing.look(self.state, self.house.now_s, gone=self.room.gone)
        if why:
            self.take(beat, Emergency("fault", by=why))

    def _act(self, beat: int, event: AnyEvent, taken: Step) -> tuple[Refusal, ...]:
        now_s, phase = self.house.now_s, phase_of(self.programme, taken.state)
        if now_s > self._held_until_s:  # what has lapsed is not held: more waits for the log
            self._claimed.clear()
            self._held = None
        if self._held is not None and self._held[0] is taken.setpoints and self._held[1] == phase:
            quieter: Sequence[Setpoint] = taken.setpoints
            more: Sequence[Setpoint] = ()
        else:
            most = self._claimed
            quieter = [p for p in taken.setpoints if p.target <= most.get(p.output, 0.0)]
            more = [p for p in taken.setpoints if p not in quieter]
        refusals = self._claim(quieter, phase)
        self._dies_at(1)
        self.write(Row(len(self.log), beat, self.house.wall_s, event, taken.state))
        self._seen(Taken(now_s, event, taken.state, taken.reasons))
        self._dies_at(2)
        refusals += self._claim(more, phase)
        self._held = (taken.setpoints, phase)
        return refusals

    def write(self, row: Row) -> None:
        """Make a row durable."""
        self.log.append(row)

    def _claim(self, setpoints: Sequence[Setpoint], phase: int) -> tuple[Refusal, ...]:
        if not setpoints:
            return ()
        now_s = self.house.now_s
        refusals = self.room.claim(setpoints, phase, now_s)
        self._held_until_s = now_s + min(point.lease_s for point in setpoints)
        self._claimed.update({point.output: point.target for point in setpoints})
        return refusals

    def _dies_at(self, point: int) -> None:
        if self.crash == point:
            self.crash = -1
            raise HubKilledError

    def _note_outputs(self, beat: int) -> None:
        unavailable = set(self.room.unavailable)
        gone, back = unavailable - self._lost, self._lost - unavailable
        self._lost = unavailable
        for output in sorted(gone):
            self.take(beat, OutputLost(output))
        for output in sorted(back):
            self.take(beat, OutputReturned(output))


def _counts(event: AnyEvent) -> bool:
    """True where every beat up to an event's own is counted, or given up."""
    return isinstance(event, Beat | BeatsMissed | Restarted)


def phase_of(programme: Programme, state: NightState) -> int:
    """The phase a night's leases are for: asleep from the first lights-out, dawn only in it."""
    kind = programme.scenes[state.scene].kind
    if state.mode == RUNNING and kind == "wake":
        return DAWN
    if state.lights_out or kind == "quiet" or state.mode in (STOPPED, ENDED):
        return ASLEEP
    return WINDING_DOWN
