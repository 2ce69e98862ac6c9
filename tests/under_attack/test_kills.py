"""kill −9 of the real hub, the real guard or both, at moments from a seed, and judged each time.

What is looked at from outside after every kill: the log, each row once and in order and the fold of
its own rows; nothing lost that was acknowledged or shown; the lamp's own record, never over a
limit, never up without a durable row that asked for it, and safe soon after the hub is dead; what
the page was told, signed by the guard and never older than before; and nothing left over that keeps
the next hub or guard from starting.
"""

import random
from pathlib import Path

import pytest
from tests.support.killing import Killed, Killer, summary
from tests.support.processes import HAS_PROC, real_home

pytestmark = pytest.mark.skipif(not HAS_PROC, reason="finds processes in /proc")
SEED = 20261120
BACK_WITHIN_S = 20.0
"""No budget: what a machine under test may take. docs/benchmarks.md has what it takes."""


def killed(folder: Path, times: int, *, dreamscape: bool) -> Killed:
    with real_home(folder, dreamscape=dreamscape) as home:
        home.serve()
        came = Killer(home, random.Random(SEED)).kill(times)
    print(summary(came))
    assert came.kills == times
    assert max(came.restart_s + came.cold_s) < BACK_WITHIN_S
    return came


@pytest.mark.safety("H-110")
def test_killed_at_six_moments_nothing_is_lost_and_no_lamp_rises(tmp_path: Path) -> None:
    killed(tmp_path, 6, dreamscape=False)


@pytest.mark.prove
@pytest.mark.safety("H-110")
def test_killed_at_a_thousand_moments(tmp_path: Path) -> None:
    came = killed(tmp_path, 1000, dreamscape=True)
    assert came.acknowledged > 100
    assert len(came.safe_s) > 20
