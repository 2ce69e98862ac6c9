"""Who lives here, as the household's file says now: what is edited there holds at once.

A hub runs for months. Someone who moves out must not be let in until it is started again, so
whoever asks who lives here asks the file; a night that has begun keeps the plan it began with.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from evenfall.app.home import load_household, load_zone
from evenfall.formats.errors import EvenfallError
from evenfall.plan.age import age_months
from evenfall.records.household import Household

_LOG = logging.getLogger(__name__)

_Version = tuple[int, int, int] | None


class LivingHousehold:
    """A household that follows its file. Where the file does not fit, the last good one holds.

    Args:
        file: the household's file.
        first: what holds until the file was read.
        now_utc: what time it is.
    """

    def __init__(
        self,
        file: Path,
        first: Household,
        now_utc: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.file = file
        self._now_utc = now_utc
        self._last_good = first
        self._read: _Version = None

    def __call__(self) -> Household:
        """The household as it is now."""
        version = _version(self.file)
        if version is not None and version != self._read:
            self._take()
            self._read = version
        return self._last_good

    def _take(self) -> None:
        try:
            found = load_household(self.file).record
            today = self._now_utc().astimezone(load_zone(found.zone)).date()
            for member in found.members:
                age_months(member, today)
        except EvenfallError as error:
            fault = error.faults[0]
            _LOG.warning(
                "household.yaml was changed and does not fit, so the last one holds: %s; %s",
                fault.found,
                fault.mend,
            )
        else:
            self._last_good = found


def _version(file: Path) -> _Version:
    """What changes when a file does; none where it cannot be looked at."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino
