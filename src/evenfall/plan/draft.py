"""One person's night while it is being planned: the record the steps of planning hand on.

Instants are UTC throughout, so that lengths are true on a night whose clocks change.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from evenfall.plan.age import is_child
from evenfall.plan.efficiency import Efficiency
from evenfall.plan.need import Need
from evenfall.plan.wall_clock import WallTime
from evenfall.records.household import Member
from evenfall.records.plan import Reason

NIGHT_MIN_H = 4.0  # the least sleep a nap may leave for the night: this project's own choice


@dataclass(frozen=True)
class Draft:
    """A night being planned. Instants are UTC; `winding` is wind-down to lights-out."""

    member: Member
    age_months: int
    need: Need
    nap_h: float
    efficiency: Efficiency
    wake: datetime
    lights_out: datetime
    latest_lights_out: datetime  # later than this, sleep falls below the range for the age
    lights_out_chosen: bool  # someone chose it for tonight
    not_before: WallTime | None  # the evening cannot begin before this
    winding: timedelta
    binding: str
    reasons: tuple[Reason, ...]
    conflicts: tuple[Reason, ...]
    story_earlier: timedelta = timedelta(0)  # how much earlier a teller needs the evening

    @property
    def is_child(self) -> bool:
        """Whether this person may still be under 18."""
        return is_child(self.age_months)

    @property
    def wind_down(self) -> datetime:
        """When the evening turns towards sleep."""
        return self.lights_out - self.winding - self.story_earlier
