"""The longest way through a part of what was explored, by relaxing all of its edges at once.

An edge costs nothing where a person acts and something where time passes. Where every circle
costs nothing the values settle; where one costs something they pass any bound, and the way that
passes it is the counterexample. Source: Bellman 1958; Ford 1956.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenfall.rehearse.check.explore import Explored, Mask, Numbers

Values = npt.NDArray[np.float64]
Edges = npt.NDArray[np.int64]

ROUNDS_MAX = 2_000
"""No way has more parts than this, 6 h of beats and some; what still grows has no end (own)."""

NEAR = 1e-6
"""Two values nearer than this are one: sums of floats are not exact."""


@dataclass(frozen=True, eq=False)
class Ways:
    """Some edges, in the order of where they start.

    Attributes:
        start: where each begins.
        end: where it leads.
        event: what takes it.
        cost: what it costs.
        size: how many states there are.
    """

    start: Edges
    end: Edges
    event: Edges
    cost: Values
    size: int


@dataclass(frozen=True, eq=False)
class Longest:
    """What the longest way from each state costs.

    Attributes:
        value: the cost of the longest way, or a cost above the bound where there is none.
        settled: False where some way passed the bound before everything settled.
        ways: the edges.
        best: where it did not settle, the edge that last made each state's way longer.
    """

    value: Values
    settled: bool
    ways: Ways
    best: Edges

    def way_from(self, state: int, more_than: float = float("inf")) -> tuple[tuple[int, int], ...]:
        """The events and states of a longest way, until it has cost more than something."""
        taken: list[tuple[int, int]] = []
        spent = 0.0
        while spent <= more_than:
            steps = self._through_best(state) if not self.settled else self._through_equal(state)
            if not steps:
                break
            for edge in steps:
                spent += float(self.ways.cost[edge])
                taken.append((int(self.ways.event[edge]), int(self.ways.end[edge])))
                state = taken[-1][1]
        return tuple(taken)

    def _through_best(self, state: int) -> tuple[int, ...]:
        edge = int(self.best[state])
        return (edge,) if edge >= 0 else ()

    def _through_equal(self, state: int) -> tuple[int, ...]:
        """The next edge that costs something, and those that cost nothing before it."""
        came: dict[int, tuple[int, ...]] = {state: ()}
        waiting = [state]
        for here in waiting:
            low, high = np.searchsorted(self.ways.start, [here, here + 1])
            for edge in range(int(low), int(high)):
                there, cost = int(self.ways.end[edge]), float(self.ways.cost[edge])
                if abs(cost + self.value[there] - self.value[here]) > NEAR:
                    continue
                if cost > 0.0:
                    return (*came[here], edge)
                if there not in came:
                    came[there] = (*came[here], edge)
                    waiting.append(there)
        return ()


def ways_within(
    explored: Explored, inside: Mask, cost: Values | Mask, among: Mask | None = None
) -> Ways:
    """The edges that start in a part of the states.

    Args:
        explored: where every event leads.
        inside: the part, shape (states,).
        cost: what each event costs from each state, shape (states, events) or alike.
        among: which events count from which states, shape (states, events); else all.
    """
    rows = np.flatnonzero(inside)
    end = explored.after[rows].astype(np.int64)
    costs = np.broadcast_to(cost, explored.after.shape)[rows].astype(np.float64)
    start = np.repeat(rows, end.shape[1])
    event = np.tile(np.arange(end.shape[1]), len(rows))
    end_flat, cost_flat = end.ravel(), costs.ravel()
    # What costs nothing and leads back or out of the part makes no way longer.
    counts = ((end_flat != start) & inside[end_flat]) | (cost_flat > 0.0)
    if among is not None:
        counts &= np.broadcast_to(among, explored.after.shape)[rows].ravel()
    kept = np.flatnonzero(counts)
    return Ways(start[kept], end_flat[kept], event[kept], cost_flat[kept], len(inside))


def longest(ways: Ways, bound: float) -> Longest:
    """The cost of the longest way from every state, up to a bound.

    Args:
        ways: the edges; whatever they lead out to costs nothing more.
        bound: the most that a way may cost. Once one costs more, its like is what is returned.
    """
    value = np.zeros(ways.size)
    if _settle(ways, value, bound):
        return Longest(value, True, ways, np.empty(0, np.int64))
    if value.max() > bound + NEAR:
        return _passing(ways, bound)
    return Longest(value, False, ways, np.full(ways.size, -1, np.int64))


def _settle(ways: Ways, value: Values, bound: float) -> bool:
    """Make every way as long as it is; False as soon as one passes the bound, or has no end.

    Only what leads to a state whose way has just grown is looked at again.
    """
    by_end = np.argsort(ways.end, kind="stable")
    first = np.searchsorted(ways.end[by_end], np.arange(ways.size + 1))
    edges = np.arange(len(ways.start))
    for _ in range(ROUNDS_MAX):
        start, offered = ways.start[edges], ways.cost[edges] + value[ways.end[edges]]
        longer = offered > value[start] + NEAR
        if not longer.any():
            return True
        np.maximum.at(value, start[longer], offered[longer])
        if offered[longer].max() > bound + NEAR:
            return False
        grown = np.zeros(ways.size, np.bool_)
        grown[start[longer]] = True
        edges = by_end[_ranges(first, np.flatnonzero(grown))]
    return False


def _ranges(first: Edges, chosen: Edges) -> Edges:
    """The numbers first[k] to first[k + 1] of each chosen k, one after another."""
    low, count = first[chosen], first[chosen + 1] - first[chosen]
    before = np.cumsum(count) - count
    return np.repeat(low - before, count) + np.arange(int(count.sum()))


def _passing(ways: Ways, bound: float) -> Longest:
    """The same again, keeping for each state the edge that last made its way longer.

    Following those never goes round for nothing: an edge is kept only where it made a way
    strictly longer, and what it leads to only grows.
    """
    value, best = np.zeros(ways.size), np.full(ways.size, -1, np.int64)
    while value.max() <= bound + NEAR:
        offered = ways.cost + value[ways.end]
        longer = value.copy()
        np.maximum.at(longer, ways.start, offered)
        chosen = np.flatnonzero(
            (offered == longer[ways.start]) & (offered > value[ways.start] + NEAR)
        )
        best[ways.start[chosen]] = chosen
        value = longer
    return Longest(value, False, ways, best)


def fewest(explored: Explored, start: Mask, cost: Values | Mask, reset: Mask, most: int) -> Numbers:
    """The least that any way costs to each state since it was last begun anew.

    Args:
        explored: where every event leads.
        start: the states in which it is nothing; the others begin at `most`.
        cost: what each event adds in each state, shape (states, events); negative never.
        reset: the events that make it nothing again, the same shape.
        most: where counting ends.
    """
    least = np.where(start, 0, most).astype(np.int32)
    end = explored.after.ravel()
    while True:
        offered = np.where(reset, 0, np.minimum(least[:, None] + cost, most)).astype(np.int32)
        fewer = least.copy()
        np.minimum.at(fewer, end, offered.ravel())
        if (fewer == least).all():
            return least
        least = fewer
