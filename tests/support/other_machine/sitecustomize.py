"""A machine whose clock another program holds: loaded by Python itself, before anything else.

Whoever starts a process with this folder on its PYTHONPATH and OTHER_MACHINE in its environment
gives it the clock that file describes (`tests.support.processes.OtherMachine`): when it was what
time, how many of its seconds pass in a real one, by how much its wall clock has been set since, and
which boot it is. The hub and the guard then take it for the machine's own clock.

What this models: every reading of `SystemClock`, in each process alike, from the very moment the
clock is set. What it does not: the system's own clock, which still dates files, and the heartbeats
and timeouts between processes, which pass in real seconds as they must.
"""

import json
import os
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

OTHER_MACHINE = "OTHER_MACHINE"


def use_other_machine(file: Path) -> None:
    """Put that machine's clock in the place of this one's."""
    from evenfall.adapters import clocks

    told: dict[str, Any] = json.loads(file.read_text())

    class OtherClock(clocks.SystemClock):
        """The other machine's own clock, at its pace."""

        def __init__(self, speed: float = 1.0, start_utc: datetime | None = None) -> None:
            began = datetime.fromisoformat(told["began_utc"])
            super().__init__(told["speed"], began)
            self.is_the_machines = speed in (1.0, self.speed) and start_utc is None
            self.boot_id = told["boot_id"]
            self._start_s = told["began_s"]

        def now_utc(self) -> datetime:
            set_by_s = json.loads(file.read_text())["set_by_s"]
            return self._start_utc + timedelta(seconds=self._passed_s() + set_by_s)

        def monotonic_s(self) -> float:
            return self._start_s + self._passed_s()

        def _passed_s(self) -> float:
            return (time.monotonic() - self._start_s) * self.speed

    clocks.SystemClock = OtherClock  # type: ignore[misc]
    if "evenfall.guard" in sys.orig_argv:  # it is told by how much its fades are to be quicker
        sys.argv += ["--speed", repr(told["speed"])]


if OTHER_MACHINE in os.environ:
    use_other_machine(Path(os.environ[OTHER_MACHINE]))
