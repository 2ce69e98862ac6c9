"""Every state a programme can reach, found by the kernel's own step and nothing else.

Breadth first, so that the way back to the beginning is a shortest one. A state is a number here;
what is kept of each is its number, the way to it, and where every event leads from it. Nothing is
taken for granted of the kernel: every state is stepped by every event, once, and a state that
says two different things to a room would be told.
"""

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.play.claims import phase_of
from evenfall.play.step import begin, saturate, setpoints, step
from evenfall.records.night import AnyEvent, Beat, NightState, Stop
from evenfall.records.programme import Programme, Setpoint
from evenfall.rehearse.check.alphabet import Canonical, alphabet, canonical

STATES_MAX = 400_000
"""More than this is told rather than explored (this project's own choice: some ten seconds)."""

TELL_EVERY = 2048

Numbers = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Setpoints = tuple[Setpoint, ...]


class TooManyStatesError(EvenfallError):
    """A programme too large to explore, and what makes it so."""


@dataclass(frozen=True, eq=False)
class Explored:
    """Everything that may happen in a programme.

    Attributes:
        programme: what was explored.
        events: what may happen, in the order of the columns of `after`.
        states: every state reached, in the order they were found.
        after: where each event leads; shape (states, events), each a state's number.
        before: the state each was first reached from; −1 for the beginning.
        by: the event that did it.
        says: which of `sayings` each state asks of the room.
        sayings: everything the room is ever asked for.
    """

    programme: Programme
    events: tuple[AnyEvent, ...]
    states: Sequence[NightState]
    after: Numbers
    before: Sequence[int]
    by: Sequence[int]
    says: Numbers
    sayings: tuple[Setpoints, ...]

    @property
    def transitions(self) -> int:
        """How many steps were taken."""
        return int(self.after.size)

    @cached_property
    def is_beat(self) -> Mask:
        """Which events are beats."""
        return np.array([isinstance(event, Beat) for event in self.events])

    @cached_property
    def phase(self) -> Numbers:
        """The phase the runner would claim in each state."""
        phases: dict[tuple[int, int, int], int] = {}
        claimed = np.empty(len(self.states), np.int32)
        for number, state in enumerate(self.states):
            key = state.mode, state.scene, state.lights_out  # all that a phase is made of
            if key not in phases:
                phases[key] = phase_of(self.programme, state)
            claimed[number] = phases[key]
        return claimed

    def column(self, name: str) -> Numbers:
        """One field of every state."""
        return np.array([getattr(state, name) for state in self.states], np.int32)

    def events_of(self, *kinds: type) -> list[int]:
        """The columns of some kinds of event."""
        return [number for number, event in enumerate(self.events) if isinstance(event, kinds)]

    def way_to(self, state: int) -> tuple[int, ...]:
        """The states on a shortest way to one, from the beginning to it."""
        way = [state]
        while self.before[way[-1]] >= 0:
            way.append(self.before[way[-1]])
        return tuple(reversed(way))

    def replayed(self, way: Sequence[int]) -> tuple[tuple[AnyEvent, NightState], ...]:
        """A way as it would happen: each event with the state after it.

        Sleepers who are alike may have changed places on the way, so the events are found by
        trying them on the real state.
        """
        keep = canonical(self.programme) or _itself
        state, taken = begin(self.programme), []
        for here, there in pairwise(way):
            wanted = self.states[there]
            tried = [int(e) for e in np.flatnonzero(self.after[here] == there)]
            for event in (*(self.events[e] for e in tried), *self.events):
                after = step(self.programme, state, event).state
                if keep(saturate(self.programme, after)) == wanted:
                    break
            state = after
            taken.append((event, state))
        return tuple(taken)

    def digest(self) -> str:
        """What was reached, in 32 hex digits that do not depend on the order of reaching it."""
        encode = msgspec.msgpack.Encoder().encode
        digest = blake2b(digest_size=16)
        for body in sorted(encode(state) for state in self.states):
            digest.update(body)
        return digest.hexdigest()


def explore(
    programme: Programme,
    events: Sequence[AnyEvent] | None = None,
    *,
    alike_as_one: bool = True,
    states_max: int = STATES_MAX,
    first: int | None = None,
    on_states: Callable[[int, int], None] | None = None,
) -> Explored:
    """Reach everything there is to reach.

    Args:
        programme: what to explore.
        events: what may happen; else the `alphabet` of the programme.
        alike_as_one: keep one of the states that differ only in like sleepers' places.
        states_max: the most to explore.
        first: step no more states than this, those nearest to the beginning. Whatever leads
            further is taken for a stop, so a way that is found too long really is; but that
            nothing is found proves nothing.
        on_states: told now and then how many states were stepped, and how many are known.

    Raises:
        TooManyStatesError: there are more states than `states_max`.
    """
    chosen = tuple(alphabet(programme) if events is None else events)
    keep = canonical(programme) if alike_as_one else None
    search = _Search(programme, chosen, keep or _itself)
    search.run(states_max, first, on_states)
    count = len(search.states)
    return Explored(
        programme=programme,
        events=chosen,
        states=search.states,
        after=np.frombuffer(search.after, np.int32).reshape(count, len(chosen)),
        before=search.before,
        by=search.by,
        says=np.array(search.says, np.int32),
        sayings=tuple(search.sayings),
    )


class _Search:
    """What is known while exploring."""

    def __init__(
        self, programme: Programme, events: tuple[AnyEvent, ...], canonical: Canonical
    ) -> None:
        self.programme = programme
        self.events = events
        self.canonical = canonical
        self.numbers: dict[NightState, int] = {}
        self.states: list[NightState] = []
        self.points: list[Setpoints] = []
        self.after, self.before, self.by = array("i"), array("i"), array("i")
        self.says: list[int] = []
        self.sayings: dict[Setpoints, int] = {}

    def run(
        self,
        states_max: int,
        only: int | None,
        on_states: Callable[[int, int], None] | None,
    ) -> None:
        """Step every state by every event, those just found after all that were found before."""
        programme, events, numbers, points = (
            self.programme, self.events, self.numbers, self.points,
        )  # fmt: skip
        known, append = numbers.get, self.after.append
        first = begin(programme)
        self._arrive(first, setpoints(programme, first), -1, -1)
        number = 0
        while number < len(self.states):
            if number == only:
                stopped = self.after[next(n for n, e in enumerate(events) if isinstance(e, Stop))]
                append_all = array("i", [stopped]) * (len(events) * (len(self.states) - number))
                self.after.extend(append_all)
                return
            state = self.states[number]
            for column, event in enumerate(events):
                taken = step(programme, state, event)
                there = known(taken.state)
                if there is None:
                    there = self._arrive(taken.state, taken.setpoints, number, column)
                elif points[there] is not taken.setpoints and points[there] != taken.setpoints:
                    raise AssertionError(f"{taken.state} asks a room for two different things")
                append(there)
            number += 1
            if len(self.states) > states_max:
                raise TooManyStatesError(_too_many(programme, states_max))
            if on_states is not None and number % TELL_EVERY == 0:
                on_states(number, len(self.states))

    def _arrive(self, state: NightState, points: Setpoints, before: int, by: int) -> int:
        """The number of a state not met in this form; one more where it is new in every form."""
        kept = self.canonical(saturate(self.programme, state))
        number = self.numbers.get(kept)
        if number is None:
            number = self.numbers[kept] = len(self.states)
            self.states.append(kept)
            self.points.append(points)
            self.before.append(before)
            self.by.append(by)
            self.says.append(self.sayings.setdefault(points, len(self.sayings)))
        self.numbers[state] = number
        return number


def _itself(state: NightState) -> NightState:
    return state


def _too_many(programme: Programme, states_max: int) -> Fault:
    sleepers, watches = programme.sleepers, len(programme.watches)
    reasons = [f"{len(programme.scenes)} scenes"]
    if sleepers > 1:
        reasons.insert(0, f"{sleepers} sleepers, each with a light and a sensor of their own")
    if watches:
        longest = max(watch.beats for watch in programme.watches)
        reasons.append(f"{watches} things to wait for, the longest for {longest / 2:g} min")
    return Fault(
        found=f"{programme.id!r} can be in more than {states_max} states, "
        "more than are looked at one by one",
        place=Place(),
        expected=f"fewer; what makes them many: {', '.join(reasons)}",
        mend="make it for fewer sleepers, wait for sleep in one way only, or make the longest "
        "stays shorter",
    )
