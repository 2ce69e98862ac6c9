"""The clock: the only way anything in the house learns what time it is."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A clock that can be waited on. A virtual one is moved by whoever owns it."""

    @property
    def boot_id(self) -> str:
        """Which boot of the machine this is; times of different boots may not agree."""

    def now_utc(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds that only go forward, for leases and ramps."""

    async def wait_until(self, moment: datetime) -> None:
        """Come back at a moment; at once if it is past."""

    async def wait_s(self, seconds: float) -> None:
        """Come back after so many of its own seconds, whatever is done to its wall clock."""


class PacedClock(Protocol):
    """A guard's clock: the machine's, or one of a made-up hour."""

    speed: float
    is_the_machines: bool

    def now_utc(self) -> datetime:
        """The wall clock, aware, in UTC."""

    def monotonic_s(self) -> float:
        """Seconds that only go forward, at the night's pace."""
