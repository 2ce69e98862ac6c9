"""Clocks: the machine's own, the same at another pace, and one that is moved by hand."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


class SystemClock:
    """The machine's own clock, or one that runs a number of times as fast.

    Args:
        speed: how many of its seconds pass in a real one.
        start_utc: when it starts; none is now.
    """

    def __init__(self, speed: float = 1.0, start_utc: datetime | None = None) -> None:
        self.speed = speed
        self.boot_id = _boot_id()
        self.is_the_machines = speed == 1.0 and start_utc is None
        self._start_utc = start_utc or datetime.now(UTC)
        self._start_s = own_s()

    def now_utc(self) -> datetime:
        """The wall clock; at another pace or from another start, counted from there."""
        if self.is_the_machines:
            return datetime.now(UTC)
        return self._start_utc + timedelta(seconds=self.monotonic_s() - self._start_s)

    def monotonic_s(self) -> float:
        """Seconds that only go forward, at this clock's pace."""
        return self._start_s + (own_s() - self._start_s) * self.speed

    async def wait_until(self, moment: datetime) -> None:
        """Come back at a moment. It looks again at least every second, so a clock may be set."""
        while (left_s := (moment - self.now_utc()).total_seconds()) > 0:
            await asyncio.sleep(min(left_s / self.speed, 1.0))

    async def wait_s(self, seconds: float) -> None:
        """Come back after so many of its own seconds. It looks every second, as a sleep passes."""
        until_s = self.monotonic_s() + seconds
        while (left_s := until_s - self.monotonic_s()) > 0:
            await asyncio.sleep(min(left_s / self.speed, 1.0))


class VirtualClock:
    """A clock that stands still until it is moved: a whole night passes in no time.

    Args:
        start_utc: where it stands.
        boot_id: the boot it claims; two virtual clocks of one night are of one boot.
    """

    def __init__(self, start_utc: datetime, boot_id: str = "virtual") -> None:
        self.boot_id = boot_id
        self._start_utc = start_utc
        self._now_utc = start_utc

    def now_utc(self) -> datetime:
        """Where it was moved to."""
        return self._now_utc

    def monotonic_s(self) -> float:
        """Seconds since it was made."""
        return (self._now_utc - self._start_utc).total_seconds()

    def move_to(self, moment: datetime) -> None:
        """Set it forward; it never goes back."""
        self._now_utc = max(self._now_utc, moment)

    async def wait_until(self, moment: datetime) -> None:
        """Move there at once, and let others have a turn."""
        self.move_to(moment)
        await asyncio.sleep(0)

    async def wait_s(self, seconds: float) -> None:
        """Move on by so much at once, and let others have a turn."""
        await self.wait_until(self._now_utc + timedelta(seconds=seconds))


_THROUGH_SLEEP = getattr(time, "CLOCK_BOOTTIME", getattr(time, "CLOCK_MONOTONIC", None))
"""Linux's clock that also counts the seconds a machine sleeps; macOS's other one does."""


def own_s() -> float:
    """A machine's own seconds: they only go on, also while it sleeps and when its clock is set."""
    return time.monotonic() if _THROUGH_SLEEP is None else time.clock_gettime(_THROUGH_SLEEP)


def _boot_id() -> str:
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return uuid4().hex
