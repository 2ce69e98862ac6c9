"""What a plan asks of a night, as events: lights-out for each sleeper, one dawn for the room.

Streams of events are merged in beat order; within a beat, people and plans come before the tick.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from heapq import merge as merge_sorted

from evenfall.records.night import Beat, Begin, Dawn, LightsOut, TimedEvent
from evenfall.records.plan import MemberPlan
from evenfall.records.programme import BEAT_S

DAWN_S = 30 * 60
"""A dawn takes 30 min (dawn simulation trials), so it begins that long before the wake."""


def beat_at(start: datetime, moment: datetime) -> int:
    """The beat a moment falls in; both times aware. Real time counts, not the clock's face."""
    # Two times of one zone would be subtracted by the clock's face, an hour off at a change.
    passed = moment.astimezone(UTC) - start.astimezone(UTC)
    return int(passed.total_seconds() // BEAT_S)


def time_of(start: datetime, beat: int) -> datetime:
    """When a beat begins."""
    return start + timedelta(seconds=beat * BEAT_S)


def planned_events(
    sleepers: Sequence[MemberPlan],
    start: datetime,
    begins: datetime | None = None,
    by: str = "plan",
) -> tuple[TimedEvent, ...]:
    """Lights-out for each sleeper and the dawn, which waits for the last of them.

    Args:
        sleepers: the plans of a room's sleepers, the youngest first.
        start: when beat 0 is, aware.
        begins: when people begin, where nobody is there to do it by hand.
        by: whose word the lights-out is; empty where simulated people stand in for people.
    """
    events: list[TimedEvent] = [
        TimedEvent(max(beat_at(start, plan.lights_out), 0), LightsOut(index, by))
        for index, plan in enumerate(sleepers)
    ]
    if begins is not None:
        events.append(TimedEvent(max(beat_at(start, begins), 0), Begin()))
    last_wake = max(plan.wake for plan in sleepers)
    dawn = beat_at(start, last_wake.astimezone(UTC) - timedelta(seconds=DAWN_S))
    return tuple(sorted([*events, TimedEvent(max(dawn, 0), Dawn())], key=lambda e: e.beat))


def beats(stages: Sequence[Sequence[int]], count: int) -> tuple[TimedEvent, ...]:
    """The ticks of a night, each with its sleepers' stage codes.

    Args:
        stages: one sequence of stage codes a sleeper; what is missing is unknown.
        count: how many beats the night has.
    """
    return tuple(
        TimedEvent(beat, Beat(tuple(one[beat] if beat < len(one) else 0 for one in stages)))
        for beat in range(count)
    )


def in_order(*streams: Iterable[TimedEvent]) -> tuple[TimedEvent, ...]:
    """Several streams as one. Put the ticks last: what people do in a beat comes before its tick.

    Each stream must be in beat order itself.
    """
    return tuple(merge_sorted(*streams, key=lambda timed: timed.beat))
