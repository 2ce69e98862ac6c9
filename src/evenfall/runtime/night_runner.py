"""One night, kept: every event is stepped, logged and acted on, in the order that is safe.

The order is the promise. What is quieter or darker goes to the room first and to the log after,
so that a full disk traps nobody; what is louder or brighter waits until its row is durable, so
that nothing happens to a sleeper that the log does not hold. Where the log fails, the room goes
to safe and the error says so.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from evenfall.formats.errors import EvenfallError
from evenfall.play.claims import is_immersed, phase_of
from evenfall.play.fold import (
    BODY_VERSION,
    LogMismatchError,
    digest,
    event_of,
    programme_hash,
    replay,
    since_restart,
)
from evenfall.play.schedule import beat_at
from evenfall.play.step import GAP_BEATS_MAX, KERNEL_VERSION, begin, step
from evenfall.ports.clock import Clock
from evenfall.ports.night_log import NightLog
from evenfall.ports.notices import Notices
from evenfall.records.night import (
    ENDED,
    AnyEvent,
    Beat,
    BeatsMissed,
    Dawn,
    LogRow,
    Night,
    NightState,
    OutputLost,
    OutputReturned,
    Refused,
    Restarted,
    Step,
    Touch,
    Up,
    Voice,
)
from evenfall.records.output import ASLEEP, Refusal
from evenfall.records.plan import MemberPlan
from evenfall.records.programme import Programme, Setpoint
from evenfall.runtime.calling import touched
from evenfall.runtime.room import Room

BATCH_ROWS = 64
"""Rows that may wait for one commit when time is virtual; a live night commits each one."""

CALL_AGAIN_S = 300
"""A touch this recent calls once more when a night is taken up again: twice is better than never.
A touch is answered for as long (`play.step`)."""

_ENCODE = msgspec.json.Encoder()


class NightRunner:
    """Keeps one night.

    Args:
        night: what runs, where, for whom.
        programme: the compiled score it runs.
        log: where it is written.
        room: the room's outputs.
        clock: what time it is.
        notices: where a word to a guardian goes.
        guardians: who is told, by member id.
        sleepers: whose room it is, so that who is told learns who touched the page.
        batch_rows: how many rows may wait for one commit.
    """

    def __init__(
        self,
        night: Night,
        programme: Programme,
        *,
        log: NightLog,
        room: Room,
        clock: Clock,
        notices: Notices,
        guardians: Sequence[str] = (),
        sleepers: Sequence[MemberPlan] = (),
        batch_rows: int = 1,
    ) -> None:
        self.night = night
        self.programme = programme
        self.state: NightState = begin(programme)
        self.rows_written = 0
        self.events_taken = 0
        self.immersed_beats = 0
        self.dawn_skipped = False
        self.up: set[int] = set()
        self.voice = ""
        self.beat = 0
        self.resumed_from: LogRow | None = None
        self.logged: Counter[AnyEvent] = Counter()
        self._log = log
        self._room = room
        self._clock = clock
        self._notices = notices
        self._guardians = guardians
        self._sleepers = sleepers
        self._batch_rows = batch_rows
        self._hash = programme_hash(programme)
        self._epoch = 0
        self._waiting = 0
        self._claimed: dict[str, float] = {}
        self._held_until_s = 0.0
        self._refusals: list[Refusal] = []
        self._refused: set[tuple[str, str]] = set()
        self._lost: set[str] = set()
        self._last_call: tuple[Touch, datetime] | None = None
        self.taken_s = clock.monotonic_s()

    def start(self) -> None:
        """Open the night in the log and, if it was begun before, take it up again.

        A gap longer than a lease, another kernel, a changed row or a clock that went back
        resumes in quiet; a short gap goes on where it was.

        Raises:
            LogUnavailableError: the log cannot be read or written; the room is safe.
        """
        self._safely(self._start)

    def handle(self, beat: int, event: AnyEvent) -> Step:
        """Step, make quieter, log, make louder.

        Args:
            beat: the night's beat.
            event: what happened.

        Raises:
            LogUnavailableError: the log cannot be written; the room is safe.
            WriterReplacedError: another program keeps this night now; the room is safe.
        """
        self.events_taken += 1
        return self._take(beat, event)

    def finish(self) -> None:
        """Make what waits durable and give the room back."""
        self._safely(self._log.commit)
        self._waiting = 0
        self._room.release(self.night.id, self._clock.monotonic_s())

    @property
    def over(self) -> bool:
        """True when the morning has ended."""
        return self.state.mode == ENDED

    # --- Taking up ---------------------------------------------------------------------------

    def _start(self) -> None:
        rows = self._log.rows(self.night.id)
        self._epoch = self._log.begin(self.night, self.programme, self._hash)
        if not rows:
            return
        last = rows[-1]
        self.rows_written, self.beat = last.seq + 1, last.beat
        self.resumed_from = last
        self.events_taken = sum(row.kind not in RUNNER_KINDS for row in rows)
        doubt = self._doubt(rows)
        self._call_again()
        if doubt:
            self._take(self._now_beat(), Restarted(doubt))
            return
        missed = self._now_beat() - last.beat - 1
        if last.boot_id != self._clock.boot_id:
            missed = max(missed, GAP_BEATS_MAX + 1)
        if missed > 0:
            self._take(self._now_beat(), BeatsMissed(missed))

    def _call_again(self) -> None:
        """Nobody knows whether a call went out that was under way when the hub died."""
        if self._last_call is None:
            return
        touch, at = self._last_call
        if timedelta() <= self._clock.now_utc() - at <= timedelta(seconds=CALL_AGAIN_S):
            self._call(touch, at)

    def _doubt(self, rows: Sequence[LogRow]) -> str:
        """Why what was written cannot be gone on from, or '' where it can."""
        if self._clock.now_utc() < rows[-1].wall_utc:
            return "the clock is earlier than the last row"
        if rows[-1].programme_hash != self._hash:
            return "the programme is another one"
        try:
            for row, taken in replay(self.programme, since_restart(rows)):
                self.state = taken.state
                event = event_of(row)
                if isinstance(event, Touch) and _calls(taken):
                    self._last_call = (event, row.wall_utc)
                self._remember(event)
                self.logged[event] += 1
        except LogMismatchError as mismatch:
            return mismatch.why
        return ""

    def _now_beat(self) -> int:
        return max(beat_at(self.night.start_utc, self._clock.now_utc()), self.beat)

    # --- Taking a step -----------------------------------------------------------------------

    def _take(self, beat: int, event: AnyEvent) -> Step:
        taken = step(self.programme, self.state, event)
        self.state, self.beat, self.taken_s = taken.state, beat, self._clock.monotonic_s()
        self._remember(event)
        if self.taken_s > self._held_until_s:  # what has lapsed is not held: more waits for the log
            self._claimed.clear()
        quieter = [p for p in taken.setpoints if p.target <= self._claimed.get(p.output, 0.0)]
        more = [p for p in taken.setpoints if p not in quieter]
        self._claim(quieter)
        self._safely(lambda: self._write(beat, event))
        if more:
            self._safely(self._commit)
            self._claim(more)
        self._act_on(event, taken)
        self._note_refusals(beat)
        self._note_outputs(beat)
        return taken

    def _remember(self, event: AnyEvent) -> None:
        """What people are shown and the kernel has no need of."""
        if isinstance(event, Beat):
            self.immersed_beats += is_immersed(self.programme, self.state)
        elif isinstance(event, Dawn):
            self.dawn_skipped = not event.due
        elif isinstance(event, Up):
            self.up.add(event.sleeper)
        elif isinstance(event, Voice) and self.state.voice_age_beats:
            self.voice = event.voice

    def _claim(self, setpoints: Sequence[Setpoint]) -> None:
        if not setpoints:
            return
        now_s = self._clock.monotonic_s()
        phase = phase_of(self.programme, self.state)
        self._refusals += self._room.claim(self.night.id, setpoints, phase, now_s)
        self._held_until_s = now_s + min(point.lease_s for point in setpoints)
        self._claimed.update({point.output: point.target for point in setpoints})

    def _write(self, beat: int, event: AnyEvent) -> None:
        row = LogRow(
            night=self.night.id,
            seq=self.rows_written,
            beat=beat,
            wall_utc=self._clock.now_utc(),
            boot_id=self._clock.boot_id,
            writer_epoch=self._epoch,
            kind=type(event).__name__.lower(),
            body_version=BODY_VERSION,
            body=_ENCODE.encode(event),
            programme_hash=self._hash,
            kernel_version=KERNEL_VERSION,
            digest=digest(self.state),
        )
        self._log.append(row)
        self.rows_written += 1
        self._waiting += 1
        if self._waiting >= self._batch_rows:
            self._commit()

    def _commit(self) -> None:
        if self._waiting:
            self._log.commit()
            self._waiting = 0

    def _safely(self, act: Callable[[], None]) -> None:
        """Do it; if that fails, the room goes to safe before anyone hears of it."""
        try:
            act()
        except EvenfallError:
            self._room.claim(self.night.id, self.programme.safe, ASLEEP, self._clock.monotonic_s())
            raise

    # --- What follows from a step ------------------------------------------------------------

    def _act_on(self, event: AnyEvent, taken: Step) -> None:
        if isinstance(event, Touch) and _calls(taken):
            self._call(event, self._clock.now_utc())

    def _call(self, touch: Touch, now: datetime) -> None:
        text = touched(self._sleepers, touch.sleeper, now, self.night.simulated)
        self._notices.tell(self._guardians, text)

    def _note_refusals(self, beat: int) -> None:
        """A refusal is logged after the row that led to it, once and not at every renewal."""
        refusals, self._refusals = self._refusals, []
        for refusal in refusals:
            key = (refusal.output, refusal.limit)
            if key not in self._refused:
                self._refused.add(key)
                reason = f"{refusal.limit}: asked {refusal.asked:g}, allowed {refusal.allowed:g}"
                self._take(beat, Refused(refusal.output, reason))

    def _note_outputs(self, beat: int) -> None:
        unavailable = set(self._room.unavailable)
        if unavailable == self._lost:
            return
        gone, back = unavailable - self._lost, self._lost - unavailable
        self._lost = unavailable
        for output in sorted(gone):
            self._take(beat, OutputLost(output))
        for output in sorted(back):
            self._take(beat, OutputReturned(output))


RUNNER_KINDS = ("restarted", "beatsmissed", "refused", "outputlost", "outputreturned")
"""Rows the runner itself adds; all others came from the night's sources."""


def _calls(taken: Step) -> bool:
    """True where an adult is to come."""
    return any(reason.rule == "touch_at_night" for reason in taken.reasons)
