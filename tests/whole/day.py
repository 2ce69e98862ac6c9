"""One seed's day, from noon to noon: run it, look at it every second, and say what was found."""

import asyncio
import gc
import tempfile
import tracemalloc
from collections.abc import Iterable
from datetime import date, timedelta
from hashlib import blake2b
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
from tests.whole.faults import CALM_FROM_S, Fate, H, Happening, day_of
from tests.whole.house import WholeHouse
from tests.whole.judge import Finding, Judge
from tests.whole.loop import run
from tests.whole.sizes import grown, sizes

from evenfall.adapters.guard.client import GuardClient
from evenfall.adapters.sqlite.night_log import SqliteNightLog

DAY_S, EARLY_S = 24 * H, 4 * H
FIRST_DAY = date(2026, 1, 3)


class Day(msgspec.Struct, frozen=True):
    """What came of a seed's day."""

    seed: int
    nest: str
    findings: tuple[Finding, ...]
    story: tuple[str, ...]
    digest: str
    steps: int
    rows: int
    most_lx: dict[str, float]
    sizes: dict[str, tuple[int, int]]

    @property
    def rules(self) -> set[str]:
        """Which rules were broken."""
        return {one.rule for one in self.findings}


def date_of(seed: int) -> date:
    """Another date for every seed, the days on which clocks are changed among them."""
    changes = {1: date(2026, 3, 28), 2: date(2026, 10, 24)}
    return changes.get(seed % 10) or FIRST_DAY + timedelta(days=seed * 13 % 364)


def run_day(
    seed: int,
    hours: float = 24.0,
    *,
    from_h: float = 0.0,
    truly: bool = False,
    calm: bool = False,
    more: Iterable[Happening] = (),
    traced: bool = False,
) -> Day:
    """Run a seed's day.

    Args:
        seed: the same seed is the same day, to the last row.
        hours: how much of it.
        from_h: where in it to begin, in hours from noon.
        truly: with the guard's own signatures instead of a quick stand-in.
        calm: without any trouble of the seed's own.
        more: what is to happen as well.
        traced: with the bytes that `tracemalloc` counts.
    """
    nest, happenings = day_of(seed)
    happenings = sorted([*([] if calm else happenings), *more], key=lambda one: one.at_s)
    with tempfile.TemporaryDirectory() as folder:
        house = WholeHouse(seed, Path(folder), date_of(seed), nest, truly)
        house.loop.now_s = from_h * H
        judge = Judge(house)
        watcher = _Watcher(house, judge, happenings, (from_h + hours) * H)
        watcher.traced = traced
        with house.running(), _listening(judge):
            run(house.loop, watcher.day())
        return watcher.told(nest)


class _Watcher:
    """Lets a day happen, and looks on."""

    def __init__(
        self, house: WholeHouse, judge: Judge, happenings: Iterable[Happening], ends_s: float
    ) -> None:
        self.house, self.judge, self.ends_s = house, judge, ends_s
        self.happenings = list(happenings)
        self.marks = blake2b(digest_size=8)
        self.traced = False
        self.early: dict[str, int] = {}
        self.late: dict[str, int] = {}

    async def day(self) -> None:
        house, loop = self.house, self.house.loop
        fate = Fate(house, self.judge.stopped)
        house.on_stop = self.judge.stop_asked
        for one in self.happenings:
            if loop.now_s <= one.at_s < min(self.ends_s, CALM_FROM_S):
                loop.call_at(one.at_s, self._happens, fate, one)
        house.start_hub()
        pages = loop.create_task(house.keep_pages())
        while loop.now_s < self.ends_s:
            await asyncio.sleep(1.0)
            self.judge.look()
            self._mark()
            if not self.early and loop.now_s >= EARLY_S:
                self.early = self._sizes()
        if self.ends_s >= CALM_FROM_S + H:
            self.judge.look_at_calm()
            self.late = self._sizes()
            for words in grown(self.early, self.late) if self.early and self.late else ():
                self.judge.find("grows", words, words.split(":")[0])
        self.judge.look_at_logs(SqliteNightLog(Path("evenfall.db")))
        pages.cancel()
        house.kill_hub("is put away", 1e9)
        house.kill_guard("is put away")
        await asyncio.sleep(1.0)

    def _sizes(self) -> dict[str, int]:
        """What hub and guard hold, where both are there; nothing where one is not."""
        house = self.house
        if house.server is None or house.desk is None or house.hub is None or house.guard is None:
            return {}
        running = {"tasks": len(house.hub.tasks) + len(house.guard.tasks)}
        waiting = {"timers": house.loop.waiting}
        held = sizes([house.server, house.desk]) | running | waiting
        return held | ({"bytes": _traced_bytes()} if self.traced else {})

    def _happens(self, fate: Fate, one: Happening) -> None:
        if one.kind == "ask:touch":
            self.judge.touched(one.room)
        fate.happen(one)

    def _mark(self) -> None:
        house = self.house
        seen = [house.loop.steps]
        for room, page in house.pages.items():
            seen += [int(house.lamps[room].light_lx() * 1e6), page.count]
            seen += [int(page.light_lx() * 1e6), int(page.sound_dba() * 1e6)]
        self.marks.update(repr(seen).encode())

    def told(self, nest: str) -> Day:
        house = self.house
        for line in house.story:
            self.marks.update(line.encode())
        return Day(
            seed=house.seed,
            nest=nest,
            findings=tuple(self.judge.findings),
            story=tuple(house.story),
            digest=self.marks.hexdigest(),
            steps=house.loop.steps,
            rows=house.disk.database.execute("SELECT count(*) FROM rows").fetchone()[0],
            most_lx=self.judge.most_lx,
            sizes={one: (self.early.get(one, 0), many) for one, many in self.late.items()},
        )


def _traced_bytes() -> int:
    """What the programs have allocated and not given back; the looking itself not counted."""
    gc.collect()
    ours = [tracemalloc.Filter(True, "*/src/evenfall/*"), tracemalloc.Filter(True, "*/asyncio/*")]
    return sum(one.size for one in tracemalloc.take_snapshot().filter_traces(ours).traces)


def _listening(judge: Judge) -> Any:
    """Every word of a hub to its guard is heard by the judge as well."""
    claim = GuardClient.claim

    def claimed(self: GuardClient, room: str, holder: str, phase: int, points: Any) -> None:
        for point in points:
            judge.louder(holder, point.output, point.target, point.lease_s)
        claim(self, room, holder, phase, points)

    return patch.object(GuardClient, "claim", claimed)
