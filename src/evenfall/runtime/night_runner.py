"""One night, kept: every event is stepped, logged and acted on, in the order that is safe.

The order is the promise. What is quieter or darker goes to the room first and to the log after,
so that a full disk traps nobody; what is louder or brighter waits until its row is durable, so
that nothing happens to a sleeper that the log does not hold. Where the log fails, the room goes
to safe and the error says so.

What a person must come for goes out to the guardians from here: a touch at night, and an emergency.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import msgspec

from evenfall.formats.errors import EvenfallError
from evenfall.play.claims import is_immersed, is_still_awake, phase_of
from evenfall.play.failing import Failing
from evenfall.play.fold import (
    BODY_VERSION,
    LogMismatchError,
    digest,
    event_of,
    programme_hash,
    replay,
    since_restart,
)
from evenfall.play.step import GAP_BEATS_MAX, KERNEL_VERSION, begin, step
from evenfall.ports.clock import Clock
from evenfall.ports.night_log import LogUnavailableError, NightLog, WriterReplacedError
from evenfall.ports.notices import Notices
from evenfall.records.night import (
    ENDED,
    AnyEvent,
    Beat,
    BeatsMissed,
    Dawn,
    Emergency,
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
from evenfall.records.output import ASLEEP, WINDING_DOWN, Refusal
from evenfall.records.plan import MemberPlan
from evenfall.records.programme import LEASE_S, Programme, Setpoint
from evenfall.runtime.calling import alarmed, touched
from evenfall.runtime.night_time import NightTime
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
        helpers: who is told in an emergency, where these are others than the guardians: a room of
            grown-ups has none.
        language: what they are told in.
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
        helpers: Sequence[str] = (),
        language: str = "en",
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
        self.counted_beat = -1
        self.resumed_from: LogRow | None = None
        self.logged: Counter[AnyEvent] = Counter()
        self._log = log
        self._room = room
        self._clock = clock
        self._notices = notices
        self._guardians = guardians
        self._helpers = helpers or guardians
        self._language = language
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
        self._last_call: tuple[Touch | Emergency, datetime] | None = None
        self._failing = Failing()
        self._log_failed = False
        self._awake = False
        self._was_dark = False
        self.taken_s = clock.monotonic_s()
        self.time = NightTime(night, clock)

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
        try:
            self._safely(self._log.commit)
            self._waiting = 0
        finally:
            self._room.release(self.night.id, self._clock.monotonic_s())

    def log_is_back(self) -> bool:
        """Write what could not be written; True where it is now, and the night may go on in quiet.

        Nothing is lost meanwhile: the state is the one after it, a stop included.
        """
        try:
            self._log.commit()
        except LogUnavailableError:
            return False
        self._waiting = 0
        self._claimed.clear()  # the room was given back: what is more than nothing is more
        self._was_dark = True
        return True

    @property
    def over(self) -> bool:
        """True when the morning has ended."""
        return self.state.mode == ENDED

    @property
    def broke_off(self) -> bool:
        """True where the evening broke off before anyone was asleep (`is_still_awake`)."""
        return self._awake

    # --- Taking up ---------------------------------------------------------------------------

    def _start(self) -> None:
        rows = self._log.rows(self.night.id)
        self._epoch = self._log.begin(self.night, self.programme, self._hash)
        if not rows:
            return
        last = rows[-1]
        self.rows_written, self.beat = last.seq + 1, last.beat
        self.resumed_from = last
        self.taken_s = self._clock.monotonic_s() - self.time.take_up(last)
        self.counted_beat = max((row.beat for row in rows if row.kind in COUNTING), default=-1)
        self.events_taken = sum(not is_own(row) for row in rows)
        doubt = self._doubt(rows)
        self._call_again()
        if doubt:
            self._take(max(self.now_beat(), self.beat), Restarted(doubt))
            return
        gap = self.uncounted(is_gap=last.boot_id != self._clock.boot_id)
        if gap is not None:
            self._take(max(self.now_beat() - 1, self.beat), gap)

    def uncounted(self, *, is_gap: bool = False) -> BeatsMissed | None:
        """The beats that nobody counted; None where there are none.

        Where the leases of the last row are over by now, or the room was dark since the log could
        not be written, it is a gap, however the beats fall.

        Args:
            is_gap: it is one whatever the clocks say.
        """
        beats = self.now_beat() - self.counted_beat - 1
        away_s = self._clock.monotonic_s() - self.taken_s
        if is_gap or self._was_dark or (self.rows_written and beats > 0 and away_s > LEASE_S):
            beats, self._was_dark = max(beats, GAP_BEATS_MAX + 1), False
        return BeatsMissed(beats) if beats > 0 else None

    def _call_again(self) -> None:
        """Nobody knows whether a call went out that was under way when the hub died."""
        if self._last_call is None:
            return
        event, at = self._last_call
        if timedelta() <= self._clock.now_utc() - at <= timedelta(seconds=CALL_AGAIN_S):
            self._call(event, at)

    def _doubt(self, rows: Sequence[LogRow]) -> str:
        """Why what was written cannot be gone on from, or '' where it can."""
        if self._clock.now_utc() < rows[-1].wall_utc:
            return "the clock is earlier than the last row"
        if rows[-1].programme_hash != self._hash:
            return "the programme is another one"
        try:
            for row, taken in replay(self.programme, since_restart(rows)):
                event = event_of(row)
                self._moved(event, taken.state)
                if isinstance(event, Touch | Emergency) and _calls(taken):
                    self._last_call = (event, row.wall_utc)
                self._remember(event)
                self.logged[event] += 1
        except LogMismatchError as mismatch:
            return mismatch.why
        return ""

    def now_beat(self) -> int:
        """The beat it is by the night's own time; below zero before it begins.

        Until something has happened in it the wall clock is believed, however it is set.
        """
        if not self.rows_written or self.time.beat() < 0:
            self.time.believe()
        return self.time.beat()

    # --- Taking a step -----------------------------------------------------------------------

    def _take(self, beat: int, event: AnyEvent) -> Step:
        taken = step(self.programme, self.state, event)
        self._moved(event, taken.state)
        self.beat, self.taken_s = beat, self._clock.monotonic_s()
        if isinstance(event, Beat | BeatsMissed | Restarted):
            self.counted_beat = beat
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
        self._note_failing(beat)
        return taken

    def _moved(self, event: AnyEvent, after: NightState) -> None:
        before, self.state = self.state, after
        self._awake = is_still_awake(self.programme, before, event, after, self._awake)

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
        phase = WINDING_DOWN if self._awake else phase_of(self.programme, self.state)
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
        """Do it; if that fails, the room goes to safe before anyone hears of it.

        A fault that keeps the log from holding it is told all the same, once. Where another
        program keeps this night now, nothing is wrong.
        """
        try:
            act()
        except EvenfallError as error:
            self._room.claim(self.night.id, self.programme.safe, ASLEEP, self._clock.monotonic_s())
            if not (self._log_failed or isinstance(error, WriterReplacedError)):
                self._log_failed = True
                self.alarm(Emergency("fault", by="the log"))
            raise

    # --- What follows from a step ------------------------------------------------------------

    def _act_on(self, event: AnyEvent, taken: Step) -> None:
        if isinstance(event, Touch | Emergency) and _calls(taken):
            self._call(event, self._clock.now_utc())

    def alarm(self, emergency: Emergency) -> None:
        """Tell an adult and do nothing else: where no night runs that could be quieted or logged.

        Args:
            emergency: what happened.
        """
        self._call(emergency, self._clock.now_utc())

    def _call(self, event: Touch | Emergency, now: datetime) -> None:
        rehearsed = self.night.simulated
        if isinstance(event, Emergency):
            text = alarmed(self._sleepers, event, now, rehearsed, self._language)
            self._notices.tell(self._helpers, text)
        else:
            text = touched(self._sleepers, event.sleeper, now, rehearsed, self._language)
            self._notices.tell(self._guardians, text)

    def _note_refusals(self, beat: int) -> None:
        """A refusal is logged after the row that led to it, once and not at every renewal."""
        refusals, self._refusals = self._refusals, []
        self._failing.hear(refusals, self._clock.monotonic_s())
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

    def _note_failing(self, beat: int) -> None:
        """What fails for longer than a lease is an emergency: the last thing the runner adds."""
        why = self._failing.look(self.state, self._clock.monotonic_s(), gone=self._room.gone)
        if why:
            self._take(beat, Emergency("fault", by=why))


COUNTING = ("beat", "beatsmissed", "restarted")
"""Rows up to whose beat every beat is counted, or given up."""

RUNNER_KINDS = ("restarted", "beatsmissed", "refused", "outputlost", "outputreturned")
"""Rows the runner itself adds, and an emergency that is a fault (`is_own`); all others came from
the night's sources."""


def is_own(row: LogRow) -> bool:
    """True for a row the runner itself added."""
    if row.kind != "emergency":
        return row.kind in RUNNER_KINDS
    event = event_of(row)
    return isinstance(event, Emergency) and event.cause == "fault"


def _calls(taken: Step) -> bool:
    """True where an adult is to come."""
    return any(
        reason.rule == "touch_at_night" or reason.rule.startswith("emergency_")
        for reason in taken.reasons
    )
