"""The longest way through a part of what was explored, by relaxing all of its edges at once.

An edge costs nothing where a person acts and something where time passes. Where every circle
costs nothing the values settle. A circle that costs something has no longest way: it is found as
soon as the best ways on lead back into themselves, and is itself the counterexample. Source:
Bellman 1958; Ford 1956; the circle among the best ways on: Tarjan 1981.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evenfall.rehearse.check.explore import Explored, Mask, Numbers

Values = npt.NDArray[np.float64]
Edges = npt.NDArray[np.int64]

LOOK_EVERY = 32
"""After so many rounds the best ways on are looked at for a circle; looking is cheap (own)."""

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
        value: the cost of the longest way; above the bound where some way passed it, and without
            end (infinite) where a way may be gone for ever.
        settled: False where some way passed the bound or has no end.
        ways: the edges.
        best: the edge that begins the longest way from each state, or −1.
    """

    value: Values
    settled: bool
    ways: Ways
    best: Edges

    def way_from(self, state: int, more_than: float = float("inf")) -> tuple[tuple[int, int], ...]:
        """The events and states of a longest way, until it has cost more than something.

        One that may be gone for ever is told until it has been round once.
        """
        taken: list[tuple[int, int]] = []
        seen, spent = {state}, 0.0
        while spent <= more_than and (edge := int(self.best[state])) >= 0:
            spent += float(self.ways.cost[edge])
            state = int(self.ways.end[edge])
            taken.append((int(self.ways.event[edge]), state))
            if state in seen:
                break
            seen.add(state)
        return tuple(taken)


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
    into = _Into(ways)
    value, best = np.zeros(ways.size), np.full(ways.size, -1, np.int64)
    grown = np.zeros(ways.size, np.bool_)
    edges, rounds = np.arange(len(ways.start)), 0
    while len(edges):
        start, offered = ways.start[edges], ways.cost[edges] + value[ways.end[edges]]
        longer = np.flatnonzero(offered > value[start] + NEAR)
        start, offered = start[longer], offered[longer]
        np.maximum.at(value, start, offered)
        chosen = offered == value[start]
        best[start[chosen]] = edges[longer[chosen]]
        rounds += 1
        passed = bool(len(offered)) and float(offered.max()) > bound + NEAR
        if passed or rounds % LOOK_EVERY == 0:
            circle = _circle(ways, best)
            if len(circle):
                return _for_ever(ways, into, value, best, circle)
        if passed:
            return Longest(value, False, ways, best)
        # Only what leads to a state whose way has just grown is looked at again.
        grown[start] = True
        edges = into.edges(np.flatnonzero(grown))
        grown[start] = False
    return Longest(value, True, ways, best)


class _Into:
    """The edges by where they end."""

    def __init__(self, ways: Ways) -> None:
        self.by_end = np.argsort(ways.end, kind="stable")
        self.first = np.searchsorted(ways.end[self.by_end], np.arange(ways.size + 1))

    def edges(self, states: Edges) -> Edges:
        """Every edge that ends in one of some states."""
        low, count = self.first[states], self.first[states + 1] - self.first[states]
        before = np.cumsum(count) - count
        return self.by_end[np.repeat(low - before, count) + np.arange(int(count.sum()))]


def _circle(ways: Ways, best: Edges) -> Edges:
    """The states that the best ways on lead round and round through; none where each one ends.

    Each state's best was strictly longer when it was chosen, and what follows only grows; so a
    circle among the best ways on is one that costs something, and there is no other kind.
    """
    last = len(best)
    onward = np.append(np.where(best >= 0, ways.end[best], last), last)
    for _ in range(int(last).bit_length()):  # twice as far each time: past every way that ends
        onward = onward[onward]
    return np.unique(onward[onward < last])


def _for_ever(ways: Ways, into: _Into, value: Values, best: Edges, circle: Edges) -> Longest:
    """The same where a way has no end: every state that leads there, by a shortest way."""
    endless = np.zeros(ways.size, np.bool_)
    endless[circle] = True
    fresh = circle
    while len(fresh):
        edges = into.edges(fresh)
        edges = edges[~endless[ways.start[edges]]]
        best[ways.start[edges]] = edges
        fresh = np.unique(ways.start[edges])
        endless[fresh] = True
    return Longest(np.where(endless, np.inf, value), False, ways, best)


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
