"""The certificates a home keeps, and the programmes that may run by them.

Nothing runs live without one. A kept certificate that still holds, and that the second verifier
confirms again, is enough; anything else is proven afresh, which takes a second or two, long
before wind-down. What cannot be proven does not run: the evening becomes told, and says why.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from evenfall.formats.errors import EvenfallError
from evenfall.play.fold import programme_hash
from evenfall.records.certificate import Certificate, Conditions
from evenfall.records.household import Output
from evenfall.records.programme import Programme
from evenfall.rehearse.certify import UncertifiedError, certify, changed, doubts, refusal
from evenfall.rehearse.check.prove import calibration_digest, prove
from evenfall.rehearse.verifier import judge
from evenfall.safety.limits import limits_for, strictest


class Shelf(Protocol):
    """Where certificates are kept: the home's library."""

    def put(self, key: str, night: str, record: Certificate) -> None:
        """Keep one under its key."""

    def get(self, key: str, kind: type[Certificate]) -> Certificate | None:
        """The one under a key, or None."""


class Certificates:
    """Gives a programme its certificate, from the shelf or by proving it.

    Args:
        shelf: where they are kept; without one each is made afresh.
        now: what time it is, aware.
    """

    def __init__(self, shelf: Shelf | None, now: Callable[[], datetime]) -> None:
        self._shelf = shelf
        self._now = now

    def certified(
        self, programme: Programme, ages: Sequence[float], outputs: Sequence[Output]
    ) -> Certificate:
        """The certificate by which a programme may run in a room.

        Args:
            programme: what is to run, compiled for that room.
            ages: the sleepers' ages, in years.
            outputs: the room's lamps and speakers.

        Raises:
            UncertifiedError: it may not, with the reason.
        """
        conditions = Conditions(
            limits=strictest(*(limits_for(age) for age in ages)),
            calibration=calibration_digest(outputs),
            sleepers=len(ages),
            youngest_years=int(min(ages)),
        )
        key = f"{programme_hash(programme)}-{conditions.calibration}"
        kept = self._shelf.get(key, Certificate) if self._shelf is not None else None
        if kept is not None and not (
            changed(kept, programme, conditions) or doubts(kept, programme)
        ):
            return kept
        # The second verifier first: it takes no time, and walks through nothing it objects to.
        objections = judge(programme, conditions.limits)
        if objections:
            raise refusal(programme, *(one.words for one in objections))
        made = certify(programme, prove(programme, outputs=outputs), conditions, self._now())
        if self._shelf is not None:
            self._shelf.put(key, f"{made.made_utc:%Y-%m-%d}", made)
        return made

    def why_not(
        self, programme: Programme, ages: Sequence[float], outputs: Sequence[Output]
    ) -> str:
        """Why a programme may not run in a room, in words; '' where it may."""
        try:
            self.certified(programme, ages, outputs)
        except UncertifiedError as refused:
            return refused.faults[0].found
        except EvenfallError as too_much:
            return f"{programme.title} could not be proven: {too_much.faults[0].found}"
        return ""


def plainly_safe(programme: Programme, ages: Sequence[float]) -> bool:
    """True where the second verifier alone has nothing against a programme.

    Enough for the built-in told evening, whose proof is a test of every change: it is what runs
    when nothing else may.
    """
    return not judge(programme, strictest(*(limits_for(age) for age in ages)))
