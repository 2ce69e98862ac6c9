"""What people ask of a room and what the night has not taken yet. A stop never waits.

A stop goes before everything and takes along what it overtakes; an emergency, a no and a
guardian's word go before the rest. Touches that wait are one a sleeper, since one is answered for
all of them; what else may wait is bounded.
So however much is asked, and by whomever, the next thing the night hears is the stop.
"""

import asyncio

from evenfall.records.night import (
    AnyEvent,
    Dawn,
    Emergency,
    LightsOut,
    No,
    Override,
    Stop,
    Touch,
    Up,
)

WAITING_MAX = 32
"""How many asks may wait in one room at once: more than a family asks in the milliseconds that a
night takes for one. This project's own choice."""

_SAID_OF_SOMEONE = (No, LightsOut, Up, Dawn, Override, Emergency)
"""What a stop leaves standing: it is said of or by someone, and nothing is louder for it."""


class People(asyncio.Queue[AnyEvent]):
    """A room's queue of what people ask, in the order in which it matters.

    Example:
        >>> from evenfall.records.night import Begin
        >>> people = People()
        >>> for event in (Begin(), Touch(0), Touch(0), LightsOut(1), Stop("noor")):
        ...     people.put_nowait(event)
        >>> [type(people.get_nowait()).__name__ for _ in range(people.qsize())]
        ['Stop', 'LightsOut']
    """

    def _init(self, maxsize: int) -> None:  # noqa: ARG002  # the queue asks for it
        self._asked: list[AnyEvent] = []

    def qsize(self) -> int:
        """How many wait."""
        return len(self._asked)

    def empty(self) -> bool:
        """True where none waits."""
        return not self._asked

    def waits(self, event: AnyEvent) -> bool:
        """Whether something that was asked has not been taken yet."""
        return event in self._asked

    def put_nowait(self, item: AnyEvent) -> None:
        """Let one more wait, in its place.

        Raises:
            asyncio.QueueFull: too many wait. A stop, an emergency, a no, a touch and a guardian's
                word are taken all the same: of these no more than one a person waits.
        """
        is_bounded_by_itself = isinstance(item, Stop | Emergency | No | Touch | Override)
        if not is_bounded_by_itself and len(self._asked) >= WAITING_MAX:
            raise asyncio.QueueFull
        super().put_nowait(item)

    def _put(self, item: AnyEvent) -> None:
        self._asked = placed(self._asked, item)

    def _get(self) -> AnyEvent:
        return self._asked.pop(0)


def placed(waiting: list[AnyEvent], event: AnyEvent) -> list[AnyEvent]:
    """What waits once something more was asked.

    Args:
        waiting: what waits, the next first.
        event: what is asked.
    """
    if isinstance(event, Stop):
        stops = [one for one in waiting if isinstance(one, Stop)]
        standing = [one for one in waiting if isinstance(one, _SAID_OF_SOMEONE)]
        return [*(stops or [event]), *standing]
    if isinstance(event, No | Touch | Override | Emergency) and event in waiting:
        return waiting
    if isinstance(event, No | Override | Emergency):
        urgent = sum(isinstance(one, Stop | No | Override | Emergency) for one in waiting)
        return [*waiting[:urgent], event, *waiting[urgent:]]
    return [*waiting, event]
