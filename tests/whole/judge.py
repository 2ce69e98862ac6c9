"""Who looks at the house from outside, every second, and says what must not be.

Nothing here asks the kernel, the gate or the merge: the limits, the hours and the times are written
down once more, by hand, from the documents. What is looked at is what a person in the room would
see and hear, and what the disk holds.
"""

from datetime import time, timedelta

import msgspec
from tests.whole.house import NIGHT_LIGHT_LX, ZONE, WholeHouse
from tests.whole.page import EMBER_MAX_LX, Page

from evenfall.adapters.sqlite.night_log import SqliteNightLog
from evenfall.play.fold import LogMismatchError, digest, replay, since_restart

PAGE_LEASE_S, HUB_SILENT_S, STOP_S, WATCHED_S = 15.0, 10.0, 5.0, 60.0
SAID_AGAIN_S = 5.0
FALL_S = 185.0
"""A level over a limit that has just become lower may take three minutes down, and some."""

DAWN = (time(5, 30), time(11, 0))
AWAKE = {"nest": (1.0, 50.0), "loft": (10.0, 50.0)}
ASLEEP, AT_DAWN = (1.0, 30.0), (110.0, 50.0)
SAFE_LX = {"nest": NIGHT_LIGHT_LX, "loft": 0.0}
GLOW_S, UNCOUNTED_S = 330.0, 3 * 3600.0
DEAF_S = 60.0
QUANTUM_LX = {"nest": 20.0 / 255, "loft": 150.0 / 255}
EPSILON = 1e-6
AGAIN_S = 600.0
RUNNERS_OWN = ("restarted", "beatsmissed", "refused", "outputlost", "outputreturned")


class Finding(msgspec.Struct, frozen=True):
    """Something that must not be."""

    at_s: float
    rule: str
    words: str


class _Room:
    """What is remembered of one room."""

    def __init__(self, began_s: float) -> None:
        self.whole_s = self.lamp_bad_s = self.broken_s = began_s
        self.touched_s = float("-inf")
        self.stopped_s = float("-inf")
        self.stopped_night = -1
        self.was_limit = (float("inf"), float("inf"))
        self.limit = (float("inf"), float("inf"))
        self.limit_s = float("-inf")
        self.asleep_night = ""
        self.seen_lx = 0.0
        self.asked_stop_s = float("-inf")


class Judge:
    """Looks, and never touches.

    Args:
        house: what is looked at.
    """

    def __init__(self, house: WholeHouse) -> None:
        self.house = house
        self.began_s = house.loop.now_s
        self.findings: list[Finding] = []
        self.rooms = {"nest": _Room(self.began_s), "loft": _Room(self.began_s)}
        self.acknowledged: dict[str, int] = {}
        self.hub_ok_s = self.guard_ok_s = self.guard_bad_s = self.began_s
        self.assistant_bad_s = self.hub_bad_s = self.began_s
        self.disk_bad_s = self.clock_bad_s = float("-inf")
        self.stop_unkept = False
        self.looks = 0
        self._see_clock()
        self.most_lx = {"nest": 0.0, "loft": 0.0}
        self._said: dict[tuple[str, str], float] = {}
        self._claimed: dict[tuple[str, str], tuple[float, float]] = {}

    def find(self, rule: str, words: str, where: str = "") -> None:
        """Once for each rule and place in ten minutes."""
        now_s = self.house.loop.now_s
        if now_s - self._said.get((rule, where), float("-inf")) >= AGAIN_S:
            self._said[rule, where] = now_s
            self.findings.append(Finding(round(now_s, 3), rule, f"{where} {words}".strip()))
            self.house.tell(f"!! {rule}: {where} {words}")

    # --- What people do, as far as it changes what may be ----------------------------------------

    def touched(self, room: str) -> None:
        self.rooms[room].touched_s = self.house.loop.now_s

    def stopped(self, room: str) -> None:
        """The guard has said that it has heard a stop."""
        one = self.rooms[room]
        self._see_clock()
        if one.stopped_night != self.night.toordinal():
            one.stopped_s, one.stopped_night = self.house.loop.now_s, self.night.toordinal()
        self.house.tell(f"the guard has heard a stop of {room}")
        self.stop_unkept = self.stop_unkept or bool(self.house.disk.mood)

    def stop_asked(self, room: str) -> None:
        """The hub has taken a stop from a page."""
        self.rooms[room].asked_stop_s = self.house.loop.now_s

    def _see_clock(self) -> None:
        """What the clock on the wall says: the only hour anyone in the house has."""
        self.wall = self.house.machine.now_utc().astimezone(ZONE)
        self.night = (self.wall - timedelta(hours=12)).date()

    # --- Every second ----------------------------------------------------------------------------

    def look(self) -> None:
        self.looks += 1
        self._see_clock()
        self.house.assistant.watch()
        self._look_at_programs()
        for room, page in self.house.pages.items():
            self._look_at_chain(room, page)
            self._look_at_levels(room, page)
            self._look_at_leases(room, page)
            self._look_at_stop(room, page)
            self._look_for_deafness(room, page)
        self._look_at_disk()
        for fault in self.house.loop.faults:
            self.find("own fault", fault)
        self.house.loop.faults.clear()

    def _look_at_programs(self) -> None:
        house, now_s = self.house, self.house.loop.now_s
        hub, guard, assistant = house.hub, house.guard, house.assistant
        if hub is not None and hub.alive and not hub.is_frozen and house.server is not None:
            self.hub_ok_s = now_s
        else:
            self.hub_bad_s = now_s
        if guard is not None and guard.alive and not guard.is_frozen and house.desk is not None:
            self.guard_ok_s = now_s
        else:
            self.guard_bad_s = now_s
        if house.disk.mood:
            self.disk_bad_s = now_s
        if not (assistant.reachable and assistant.running):
            self.assistant_bad_s = now_s

    def _look_at_chain(self, room: str, page: Page) -> None:
        now_s, one = self.house.loop.now_s, self.rooms[room]
        host, lamp = self.house.hosts[room], self.house.lamps[room]
        if page.net and self.hub_ok_s == now_s and self.guard_ok_s == now_s:
            one.whole_s = now_s
        else:
            one.broken_s = now_s
        if not host.reachable or host.slow_s or lamp.by_hand or self.guard_bad_s == now_s:
            one.lamp_bad_s = now_s

    # --- Light and sound -------------------------------------------------------------------------

    def _limit_now(self, room: str) -> tuple[float, float]:
        if DAWN[0] <= self.wall.time() <= DAWN[1]:
            return AT_DAWN
        asleep = self.rooms[room].asleep_night == self.night.isoformat() or self._is_stopped(room)
        awake = AWAKE[room]
        return (min(ASLEEP[0], awake[0]), ASLEEP[1]) if asleep else awake

    def _limits(self, room: str) -> tuple[float, float]:
        """What may be now: a limit that has just become lower has its three minutes."""
        one, now_s, limit = self.rooms[room], self.house.loop.now_s, self._limit_now(room)
        if limit != one.limit:
            one.was_limit, one.limit, one.limit_s = one.limit, limit, now_s
        if now_s - one.limit_s < FALL_S:
            return max(limit[0], one.was_limit[0]), max(limit[1], one.was_limit[1])
        return limit

    def _look_at_levels(self, room: str, page: Page) -> None:
        lamp, one = self.house.lamps[room], self.rooms[room]
        light_lx, sound_dba = self._limits(room)
        lamp_lx = 0.0 if lamp.by_hand else lamp.light_lx()
        page_lx, page_dba = page.light_lx(), page.sound_dba()
        self.most_lx[room] = max(self.most_lx[room], lamp_lx + page_lx)
        if max(lamp_lx, page_lx) > light_lx + EPSILON:
            self.find(
                "too bright", f"{max(lamp_lx, page_lx):.3f} lx where {light_lx:g} may be", room
            )
        elif lamp_lx + page_lx > light_lx + EMBER_MAX_LX + EPSILON:
            words = f"lamp {lamp_lx:.3f} and page {page_lx:.3f} lx where {light_lx:g} may be"
            self.find("too bright together", words, room)
        if page_dba > sound_dba + EPSILON:
            self.find("too loud", f"{page_dba:.1f} dBA where {sound_dba:g} may be", room)
        given_lx = lamp.light_lx() + page_lx
        rise_lx = given_lx - one.seen_lx
        if light_lx <= 1.0 and rise_lx > 0.35 + QUANTUM_LX[room] and not lamp.by_hand:
            self.find("sudden light", f"{rise_lx:.2f} lx more within a second", room)
        one.seen_lx = given_lx

    def _look_for_deafness(self, room: str, page: Page) -> None:
        """A house in which nothing is wrong any more has pages that trust it."""
        now_s, one, machine = self.house.loop.now_s, self.rooms[room], self.house.machine
        if abs(machine.offset_s) > 60.0:
            self.clock_bad_s = now_s
        trouble_s = max(one.broken_s, self.clock_bad_s, self.disk_bad_s, self.began_s)
        # A guard begun after a clock was ahead counts on only once time has caught up.
        ahead = page.count > machine.time_ns() // 1000
        if now_s - max(trouble_s, page.heard_s) > DEAF_S and not ahead:
            words = f"the page has trusted nothing for {now_s - page.heard_s:.0f} s"
            self.find("did not come back", words, room)

    # --- Leases ----------------------------------------------------------------------------------

    def _look_at_leases(self, room: str, page: Page) -> None:
        """A page holds for 15 s what it heard, and a hub says for 5 s what it last had."""
        now_s, one, house = self.house.loop.now_s, self.rooms[room], self.house
        bound_s = PAGE_LEASE_S + SAID_AGAIN_S + 1.5 + 3 * house.loop.network.slow_s
        age_s = now_s - house.signed_s.get(page.count, now_s)
        if age_s > bound_s and page.light_lx() + page.sound_dba() > EPSILON:
            self.find("lease outlived", f"what the page does was signed {age_s:.0f} s ago", room)
        lamp = house.lamps[room]
        most_lx = SAFE_LX[room] + QUANTUM_LX[room]
        if lamp.by_hand or lamp.light_lx() <= most_lx:
            return
        bound_s = 20.0 if now_s - one.lamp_bad_s > 120.0 else 60.0
        if now_s - max(self.hub_ok_s, one.lamp_bad_s) > bound_s:
            words = f"the lamp gives {lamp.light_lx():.2f} lx long after the hub was gone"
            self.find("lease outlived", words, f"{room} lamp")
        watched_s = now_s - max(self.guard_ok_s, self.assistant_bad_s)
        if room == "nest" and watched_s > WATCHED_S:
            words = f"the lamp gives {lamp.light_lx():.2f} lx {watched_s:.0f} s after the guard"
            self.find("watchdog slept", words, room)

    # --- Stops -----------------------------------------------------------------------------------

    def _is_stopped(self, room: str) -> bool:
        return self.rooms[room].stopped_night >= self.night.toordinal()

    def _look_at_asked_stop(self, room: str, page: Page) -> None:
        """A stop that a hub has taken is silence in five seconds, where nothing else goes wrong."""
        now_s, one, lamp = self.house.loop.now_s, self.rooms[room], self.house.lamps[room]
        since_s, trouble_s = now_s - one.asked_stop_s, max(one.broken_s, one.lamp_bad_s)
        if not STOP_S < since_s < 3 * STOP_S or trouble_s > one.asked_stop_s - 60.0:
            return
        if self.house.loop.network.slow_s or now_s - one.touched_s < 3 * STOP_S:
            return
        if page.sound_dba() > EPSILON or lamp.light_lx() > SAFE_LX[room] + EPSILON:
            words = f"{page.sound_dba():.1f} dBA, {lamp.light_lx():.2f} lx {since_s:.0f} s after"
            self.find("stop not kept", words, room)

    def _look_at_stop(self, room: str, page: Page) -> None:
        now_s, one = self.house.loop.now_s, self.rooms[room]
        self._look_at_asked_stop(room, page)
        self._look_at_memory_of_stop(room)
        since_s = now_s - one.stopped_s
        if not self._is_stopped(room) or since_s <= STOP_S:
            return
        page_s = PAGE_LEASE_S + 2.0 if one.whole_s < now_s - 0.5 else STOP_S + 1.0
        glow = self._may_glow(one)
        if since_s > page_s and page.sound_dba() > EPSILON:
            self.find("stop not kept", f"{page.sound_dba():.1f} dBA {since_s:.0f} s after", room)
        lamp = self.house.lamps[room]
        settled_s = now_s - max(one.stopped_s, one.lamp_bad_s)
        if lamp.by_hand or glow or settled_s < (STOP_S if since_s == settled_s else 60.0):
            return
        if lamp.light_lx() > SAFE_LX[room] + EPSILON:
            words = f"the lamp gives {lamp.light_lx():.2f} lx {since_s:.0f} s after"
            self.find("stop not kept", words, f"{room} lamp")

    def _may_glow(self, one: _Room) -> bool:
        """Five minutes from a touch; longer where the night could not be counted meanwhile."""
        since_s = self.house.loop.now_s - one.touched_s
        trouble_s = max(self.hub_bad_s, self.clock_bad_s, self.disk_bad_s)
        return since_s <= GLOW_S or (since_s <= UNCOUNTED_S and trouble_s > one.touched_s - 60.0)

    def _look_at_memory_of_stop(self, room: str) -> None:
        """What the guard says of itself: a stop outlives it."""
        house, now_s = self.house, self.house.loop.now_s
        one = self.rooms[room]
        calm = now_s - max(one.broken_s, one.stopped_s, self.disk_bad_s) > STOP_S
        if not self._is_stopped(room) or not calm or house.server is None:
            return
        client = house.server.guard.client
        state = client.rooms.get(room)
        if state is not None and not client.lost and not state.stopped and not self.stop_unkept:
            self.find("stop forgotten", "the guard knows of none", room)

    # --- The disk --------------------------------------------------------------------------------

    def _look_at_disk(self) -> None:
        house = self.house
        if house.disk.database.in_transaction:
            self.find("not durable", "a change was left open")
        server = house.server
        if server is None or self.hub_ok_s != house.loop.now_s:
            return
        for room in server._rooms:
            night, said = room.ready.night.id, room.runner.rows_written
            if room.trouble == "something in Evenfall went wrong":
                self.find("own fault", f"the night in {room.ready.night.room} ended by it")
            if room.trouble or room.over:
                continue
            last = self._last(night)
            if said > last + 1:
                self.find(
                    "not durable", f"{said} rows were answered for, {last + 1} are there", night
                )
            self._note_sleep(room.ready.night.room, night)
        for night, least in self.acknowledged.items():
            if (last := self._last(night)) < least:
                self.find("row lost", f"row {least} was there, and {last} is the last", night)
            self.acknowledged[night] = max(least, last)

    def _last(self, night: str) -> int:
        found = self.house.disk.database.execute(
            "SELECT max(seq) FROM rows WHERE night = ?", (night,)
        ).fetchone()[0]
        self.acknowledged.setdefault(night, -1 if found is None else found)
        return -1 if found is None else int(found)

    def _note_sleep(self, room: str, night: str) -> None:
        one = self.rooms[room]
        if one.asleep_night != night[:10]:
            found = self.house.disk.database.execute(
                "SELECT 1 FROM rows WHERE night = ? AND kind = 'lightsout' LIMIT 1", (night,)
            ).fetchone()
            if found is not None:
                one.asleep_night = night[:10]

    def louder(self, night: str, output: str, target: float, lease_s: float) -> None:
        """A hub asks its guard for something: what is more than before needs its row first."""
        now_s = self.house.loop.now_s
        before, until_s = self._claimed.get((night, output), (0.0, 0.0))
        self._claimed[night, output] = target, now_s + lease_s
        held = before if now_s <= until_s else 0.0
        safe = SAFE_LX["nest"] if output == "light" else 0.0
        if target <= max(held, safe) or self.house.server is None:
            return
        for room in self.house.server._rooms:
            if room.ready.night.id == night:
                self._needs_row(night, output, digest(room.runner.state))

    def _needs_row(self, night: str, output: str, state: str) -> None:
        found = self.house.disk.database.execute(
            "SELECT digest FROM rows WHERE night = ? ORDER BY seq DESC LIMIT 1", (night,)
        ).fetchone()
        if found is None or found[0] != state:
            self.find(
                "louder before its row", f"more {output}, and the log does not say why", night
            )

    # --- At the end ------------------------------------------------------------------------------

    def look_at_calm(self) -> None:
        """Long after the last trouble: is it all there again?"""
        house, now_s = self.house, self.house.loop.now_s
        if house.server is None or self.hub_ok_s < now_s - 1.5:
            self.find("did not come back", "there is no hub")
        elif house.server.guard.client.lost or self.guard_ok_s < now_s - 1.5:
            self.find("did not come back", "the hub has no guard")

    def look_at_logs(self, log: SqliteNightLog) -> None:
        """Every row once, in order, and every state again the one that was written."""
        database = self.house.disk.database
        for (night,) in database.execute("SELECT id FROM nights ORDER BY id").fetchall():
            rows = list(log.rows(night))
            if [row.seq for row in rows] != list(range(len(rows))):
                self.find("rows", "not each number once", night)
            try:
                if rows:
                    programme = log.programme(rows[0].programme_hash)
                    assert programme is not None
                    list(replay(programme, since_restart(rows)))
            except LogMismatchError as mismatch:
                self.find("replay", mismatch.why, night)
