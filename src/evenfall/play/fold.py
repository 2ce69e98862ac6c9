"""The night's state is the fold of its log: the same step, over what is written.

Used to resume after a crash and to explain a moment; either way every digest on the way is
checked against the one the log holds, so that a changed kernel or a changed row is noticed.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b

import msgspec

from evenfall.play.step import KERNEL_VERSION, begin, step
from evenfall.records.night import AnyEvent, LogRow, NightState, Step
from evenfall.records.programme import Programme

BODY_VERSION = 1
"""The version of the events' JSON, written in every row."""

_EVENTS = msgspec.json.Decoder(AnyEvent)
_STATE = msgspec.msgpack.Encoder()


class LogMismatchError(Exception):
    """A log that this kernel cannot continue, with the reason in plain words.

    Args:
        why: what does not match.
        last_good: how many rows were good.
    """

    def __init__(self, why: str, last_good: int) -> None:
        super().__init__(why)
        self.why = why
        self.last_good = last_good


def digest(state: NightState) -> str:
    """Sixteen hex digits that stand for a state.

    Example:
        >>> digest(NightState()) == digest(NightState(scene=0))
        True
    """
    return blake2b(_STATE.encode(state), digest_size=8).hexdigest()


def event_of(row: LogRow) -> AnyEvent:
    """The event a row holds.

    Raises:
        msgspec.DecodeError: the body is not an event this version knows.
    """
    event: AnyEvent = _EVENTS.decode(row.body)
    return event


def programme_hash(programme: Programme) -> str:
    """A programme's name for ever: a digest of everything in it, 32 hex digits."""
    body = msgspec.json.encode(programme, order="deterministic")
    return blake2b(body, digest_size=16).hexdigest()


def fold(programme: Programme, events: Iterable[AnyEvent]) -> NightState:
    """The state after some events, from the beginning."""
    state = begin(programme)
    for event in events:
        state = step(programme, state, event).state
    return state


def replay(programme: Programme, rows: Iterable[LogRow]) -> Iterator[tuple[LogRow, Step]]:
    """Every row with the step it took, each checked against what the log says of it.

    A `restarted` row begins anew: the state after it depends on nothing before it.

    Args:
        programme: the programme the night ran under.
        rows: its rows, in order, from the first.

    Yields:
        The row and the step its event takes.

    Raises:
        LogMismatchError: a gap in the sequence, another kernel, or another state.
    """
    state = begin(programme)
    this_programme = programme_hash(programme)
    for expected, row in _numbered(rows):
        if row.programme_hash != this_programme:
            raise LogMismatchError(f"row {expected} was written under another programme", expected)
        if row.body_version != BODY_VERSION:
            raise LogMismatchError(
                f"row {expected} is of format {row.body_version}, and this reads {BODY_VERSION}",
                expected,
            )
        if row.seq != expected:
            raise LogMismatchError(f"row {expected} is missing: row {row.seq} follows", expected)
        if row.kernel_version != KERNEL_VERSION:
            raise LogMismatchError(
                f"row {expected} was written by kernel {row.kernel_version}, "
                f"and this is kernel {KERNEL_VERSION}",
                expected,
            )
        taken = _taken(programme, state, row)
        state = taken.state
        yield row, taken


def _numbered(rows: Iterable[LogRow]) -> Iterator[tuple[int, LogRow]]:
    """Rows with the number each must have: on from the first, which is 0 or a restart."""
    first = -1
    for place, row in enumerate(rows):
        if place == 0:
            first = row.seq if row.kind == "restarted" else 0
        yield first + place, row


def since_restart(rows: Sequence[LogRow]) -> Sequence[LogRow]:
    """The rows that a resumed night stands on: from the last `restarted` row, or all of them."""
    restarts = [i for i, row in enumerate(rows) if row.kind == "restarted"]
    return rows[restarts[-1] :] if restarts else rows


def _taken(programme: Programme, state: NightState, row: LogRow) -> Step:
    try:
        taken = step(programme, state, event_of(row))
    except (msgspec.MsgspecError, ValueError) as error:
        raise LogMismatchError(f"row {row.seq} cannot be read: {error}", row.seq) from error
    if digest(taken.state) != row.digest:
        raise LogMismatchError(f"the state after row {row.seq} is not the one it names", row.seq)
    return taken
