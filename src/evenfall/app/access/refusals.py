"""What someone at the door is told. Each says what can be done instead, and nothing secret."""

from datetime import datetime, timedelta, tzinfo

from evenfall.formats.errors import EvenfallError, Fault, Place


class NotLetInError(EvenfallError):
    """Someone who may not, or who did not show what lets them in."""


class NotThereError(EvenfallError):
    """Something named that is not there, as far as whoever asks may know."""


class TooManyTriesError(EvenfallError):
    """Too many wrong tries: even what is right is not looked at until later.

    Args:
        fault: in words.
        again_utc: when it can be tried again.
    """

    def __init__(self, fault: Fault, again_utc: datetime) -> None:
        super().__init__(fault)
        self.again_utc = again_utc


def refused(found: str, expected: str, mend: str) -> NotLetInError:
    """A no, to be raised."""
    return NotLetInError(Fault(found, Place(), expected, mend))


def not_there(found: str, expected: str, mend: str) -> NotThereError:
    """What is not there, to be raised."""
    return NotThereError(Fault(found, Place(), expected, mend))


def too_many(again_utc: datetime, zone: tzinfo) -> TooManyTriesError:
    """The refusal that says when again, to the minute, and never too early.

    Args:
        again_utc: when it can be tried again.
        zone: the home's.
    """
    shown = again_utc.astimezone(zone)
    if shown.second or shown.microsecond:
        shown = shown.replace(second=0, microsecond=0) + timedelta(minutes=1)
    return TooManyTriesError(
        Fault(
            found="too many wrong tries",
            place=Place(),
            expected="a little patience, so that nobody can guess their way in",
            mend=f"try again at {shown:%H:%M}",
        ),
        again_utc,
    )
