"""kill −9, again and again, at moments drawn from a seed; after each, everything is judged.

The seed gives what is asked, who is killed and when; the last microseconds are the machine's own.
What a killed process leaves is what the system kept for it: a power cut, which also loses what was
never synced, is not modelled here.
"""

import random
import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Thread

from tests.support.judging import Judged, judged, light_lx_medi, whole_beginning
from tests.support.processes import EVENING, NIGHT_LIGHT, TOLD, RealHome, Shown, until

from evenfall.records.programme import LEASE_S

KILLS_A_NIGHT = 14
ASKS = ("begin", "touch", "choose", "pause", "resume", "touch", "lights-out", "no", "stop")
"""What a page asks just before; the last three come late in a night, since they end the story."""

ROWS = {"lights-out": "lightsout", "choose": "choice"}
FADE_S = 60.0
"""The longest the guard goes on with what a dead hub had asked for, besides its lease."""

SAFE_WITHIN_S = LEASE_S + 15.0
"""From a hub's death to the night light, in the night's own seconds: its lease, and the fade."""


@dataclass
class Killed:
    """What came of it."""

    kills: int = 0
    nights: int = 0
    restart_s: list[float] = field(default_factory=list)  # the hub's, its guard alive
    cold_s: list[float] = field(default_factory=list)  # both
    guard_s: list[float] = field(default_factory=list)  # the guard's, by its hub
    safe_s: list[float] = field(default_factory=list)  # the lamp's, in the night's seconds
    rows: int = 0
    acknowledged: int = 0


class Killer:
    """Kills a home's processes and judges what is left.

    Args:
        home: served already.
        chance: what is drawn from.
    """

    def __init__(self, home: RealHome, chance: random.Random) -> None:
        self.home, self.chance = home, chance
        self.came = Killed()
        self._before: dict[str, Judged] = {}
        self._told: dict[tuple[str, str], int] = {}
        self._began_s = time.monotonic()
        self.log: list[str] = []

    def kill(self, times: int) -> Killed:
        """So many kills, on as many evenings as it takes."""
        while self.came.kills < times:
            self._evening(min(KILLS_A_NIGHT, times - self.came.kills))
        return self.came

    def _evening(self, kills: int) -> None:
        self._began_s = time.monotonic()
        self._ask("begin")
        for number in range(kills):
            self._once(late=number >= kills - 3)
        assert self._ask("stop") or self.home.nest()["mode"] == "stopped"
        until(lambda: self.home.lamp.step <= NIGHT_LIGHT, 5.0)
        self.came.nights += 1
        self._next_evening()

    def _next_evening(self) -> None:
        """The same hour of the next day; nothing runs while the clock is set."""
        self.home.kill_hub()
        self.home.kill_guard()
        self._judge()
        machine = self.home.machine
        days = timedelta(days=self.came.nights)
        machine.step(EVENING + days - machine.now_utc())
        self._began_s = time.monotonic()
        self.home.serve()

    # --- One kill ----------------------------------------------------------------------------

    def _once(self, late: bool) -> None:
        who = self.chance.choice(("hub", "hub", "hub", "guard", "both"))
        asked = self.chance.choice(ASKS if late else ASKS[:-3])
        self.log.append(f"{self.came.kills}: {who} while {asked}")
        asking = Thread(target=self._ask, args=(asked,))
        asking.start()
        time.sleep(self._moment_s())
        if who == "guard":
            self._kill_guard()
        else:
            self._kill_hub(both=who == "both")
        asking.join()
        self.came.kills += 1
        assert len(self.home.hubs()) == len(self.home.guards()) == 1

    def _moment_s(self) -> float:
        """While what was asked is taken and written, or any time in the beat."""
        if self.chance.random() < 0.7:
            return 10 ** self.chance.uniform(-4.0, -1.3)
        return self.chance.uniform(0.0, 0.5)

    def _kill_guard(self) -> None:
        began_s = time.monotonic()
        (guard,) = self.home.guards()
        self.home.kill_guard()
        until(lambda: self.home.guards() not in ([], [guard]))
        until(self.home.is_live)
        self.came.guard_s.append(time.monotonic() - began_s)

    def _kill_hub(self, both: bool) -> None:
        died_s = time.monotonic()
        self.home.kill_hub()
        if both:
            self.home.kill_guard()
        elif self.chance.random() < 0.15:
            until(lambda: self.home.lamp.step <= NIGHT_LIGHT, 10.0, what=self._tale)
            self.came.safe_s.append((time.monotonic() - died_s) * self.home.machine.speed)
            assert (
                self.came.safe_s[-1] <= SAFE_WITHIN_S + self.home.machine.speed
            )  # one real second
        self._judge()
        (self.came.cold_s if both else self.came.restart_s).append(self.home.serve())

    def _ask(self, do: str) -> bool:
        """Ask; remember that it was taken, so that it can be looked for."""
        until(lambda: self.home.page.since(self._began_s))
        night = self.home.page.since(self._began_s)[-1].night
        done = self.home.ask(do, **({"door": "left"} if do == "choose" else {})) == 200
        if done:
            key = (night, ROWS.get(do, do))
            self._told[key] = self._told.get(key, 0) + 1
            self.came.acknowledged += 1
        return done

    def _tale(self) -> str:
        """What led here, for whoever looks for the reason."""
        now_s, lamp = time.monotonic(), self.home.lamp
        told = [f"{one.at_s - now_s:.2f} s: {one.step}" for one in lamp.told[-8:]]
        return f"lamp at {lamp.step}, told {told}; guards {self.home.guards()}; {self.log[-6:]}"

    # --- Judging -----------------------------------------------------------------------------

    def _judge(self) -> None:
        """Everything that can be seen from outside, with no hub running."""
        after = judged(self.home.folder / "evenfall.db")
        for night, before in self._before.items():
            assert whole_beginning(before, after[night]), f"{night}: rows were lost or changed"
        self._before = after
        self.came.rows = sum(len(one.rows) for one in after.values())
        for (night, kind), times in self._told.items():
            assert after[night].count(kind) >= times, f"{night}: a {kind} was acknowledged and lost"
        self._judge_page(after)
        self._judge_lamp(after)

    def _judge_page(self, after: dict[str, Judged]) -> None:
        page = self.home.page
        assert not page.wrong, page.wrong[:3]
        shown = page.since(self._began_s)
        counts = [one.signed_as for one in shown if one.signed_as]
        assert counts == sorted(counts), "an older frame came after a newer one"
        for one in shown:
            assert one.light_lx_medi <= 1.0, one
            assert one.sound_dba <= (30.0 if one.mode == "stopped" else 50.0), one
            assert not _trouble(one), one.faults
            assert _was_so(after, one), f"shown and not in the log: {one}"

    def _judge_lamp(self, after: dict[str, Judged]) -> None:
        """It rises only for what a row that was written by then had asked for."""
        machine, full = self.home.machine, 20.0 / 255
        asked = [
            (row.wall_utc, light_lx_medi(step))
            for night in after.values()
            if "-nest-" in night.night
            for row, step in night.taken
        ]
        last = 0
        for told in [one for one in self.home.lamp.told if one.at_s >= self._began_s]:
            assert told.step <= TOLD, f"more than a child's limit: {told}"
            moment = machine.now_utc() - timedelta(
                seconds=(time.monotonic() - told.at_s) * machine.speed
            )
            earliest = moment - timedelta(seconds=LEASE_S + FADE_S)
            most = max((lx for at, lx in asked if earliest <= at <= moment), default=0.0)
            rises = told.step > max(last, NIGHT_LIGHT)
            assert not rises or told.step * full <= most + full, f"{told}, and the log: {most:g} lx"
            last = told.step


_MODES = ("running", "paused", "told", "stopped", "ended", "waiting")  # as the state counts them


def _trouble(shown: Shown) -> bool:
    """True where a room said that it gave its night up."""
    return any("nothing plays here tonight" in fault for fault in shown.faults)


def _was_so(after: dict[str, Judged], shown: Shown) -> bool:
    """True where the log has been in the mode that was shown."""
    if shown.mode in ("before", "waiting", "") or shown.night not in after:
        return shown.mode in ("before", "waiting", "")
    modes = {_MODES[step.state.mode] for _, step in after[shown.night].taken}
    return shown.mode in modes


def share(values: list[float], part: float) -> float:
    """The value below which a part of them lies; 0 for none.

    Example:
        >>> share([3.0, 1.0, 2.0], 0.5)
        2.0
    """
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)] if ordered else 0.0


def summary(came: Killed) -> str:
    """What came of it, in a few lines."""
    lines = [
        f"{came.kills} kills in {came.nights} nights, {came.rows} rows, "
        f"{came.acknowledged} acknowledged asks"
    ]
    for what, seconds in (
        ("hub back, every night live (s)", came.restart_s),
        ("hub and guard back (s)", came.cold_s),
        ("guard back by its hub (s)", came.guard_s),
        ("lamp safe after a hub's death (night's s)", came.safe_s),
    ):
        lines.append(
            f"{what}: {len(seconds)}, p50 {share(seconds, 0.5):.2f}, p95 {share(seconds, 0.95):.2f}"
            f", most {max(seconds, default=0.0):.2f}"
        )
    return "\n".join(lines)


def killed(home: RealHome, seed: int, times: int) -> Killed:
    """Serve a home, kill it so many times, and judge it all along."""
    home.serve()
    return Killer(home, random.Random(seed)).kill(times)
