"""What goes wrong and what people do in a day, drawn from the seed before the day begins.

Each seed has its own few kinds of trouble, and some of them often (swarm testing): a day in which
everything fails now and then hides what only one thing failing again and again would show. The
last hours of every day are calm, so that it can be seen whether the house comes back.
"""

import random
from collections.abc import Callable
from typing import get_args

import msgspec
from tests.whole.house import NESTS, WholeHouse

from evenfall.records.view import Act, Ask

H = 3600.0
CALM_FROM_S = 22.5 * H
"""From half past ten in the morning nothing goes wrong any more."""

EVENING_S = (7.2 * H, 9.5 * H)
"""From noon: when most things are done and most can go wrong, the evening."""


class Happening(msgspec.Struct, frozen=True):
    """One thing that happens at one moment."""

    at_s: float
    kind: str
    room: str = "nest"
    size: float = 0.0
    also: float = 0.0


KINDS = (
    "hub-killed",
    "hub-killed-at-commit",
    "guard-killed",
    "both-killed",
    "hub-frozen",
    "guard-frozen",
    "link-broken",
    "link-slow",
    "page-cut",
    "page-reloaded",
    "page-told-old",
    "page-told-false",
    "disk-full",
    "disk-read-only",
    "disk-failing",
    "disk-locked",
    "disk-slow",
    "lamp-silent",
    "lamp-slow",
    "lamp-by-hand",
    "assistant-down",
    "clock-stepped",
    "clock-drifts",
    "power-lost",
    "power-and-time-lost",
)
ACTS: tuple[Act, ...] = tuple(one for one in get_args(Act) if one not in ("voice", "choose"))


def day_of(seed: int) -> tuple[str, list[Happening]]:
    """Who sleeps in the nest, and everything that happens in a seed's day, in order.

    Example:
        >>> nest, happenings = day_of(7)
        >>> (nest, happenings) == day_of(7)
        True
    """
    chance = random.Random(seed * 7919 + 11)
    nest = NESTS[int(chance.random() * len(NESTS))]
    kinds = [one for one in KINDS if chance.random() < 0.4]
    happenings = [_trouble(chance, kind) for kind in kinds for _ in range(_times(chance))]
    happenings += [_deed(chance, room) for room in ("nest", "loft") for _ in range(14)]
    happenings += _evening(chance)
    return nest, sorted(happenings, key=lambda one: (one.at_s, one.kind))


def _times(chance: random.Random) -> int:
    return 1 + int(chance.random() ** 2 * 12)


def _moment(chance: random.Random) -> float:
    """Half of all things in the evening, the rest at any hour that is not calm."""
    first, last = EVENING_S if chance.random() < 0.5 else (0.1 * H, CALM_FROM_S - 0.1 * H)
    return first + (last - first) * chance.random()


def _trouble(chance: random.Random, kind: str) -> Happening:
    room = "nest" if chance.random() < 0.7 else "loft"
    return Happening(_moment(chance), kind, room, chance.random(), chance.random())


def _deed(chance: random.Random, room: str) -> Happening:
    act = ACTS[int(chance.random() * len(ACTS))]
    if act in ("stop", "no", "skip-wake") and chance.random() < 0.6:
        act = "touch"
    return Happening(_moment(chance), f"ask:{act}", room, chance.random())


def _evening(chance: random.Random) -> list[Happening]:
    """What a family does on purpose: it begins, and some nights someone says stop or touches."""
    told = [Happening((8.0 + 0.3 * chance.random()) * H, "ask:begin", room, 0.0)
            for room in ("nest", "loft")]  # fmt: skip
    told += [Happening((7.6 + 0.2 * chance.random()) * H, "ask:begin", "nest", 0.0)]
    if chance.random() < 0.4:
        told.append(Happening((7.5 + 2.5 * chance.random()) * H, "stop-at-guard", "nest"))
    if chance.random() < 0.3:
        told.append(Happening((7.5 + 6.0 * chance.random()) * H, "stop-on-page", "nest"))
    for _ in range(3):
        told.append(Happening((10.0 + 8.0 * chance.random()) * H, "ask:touch", "nest", 0.0))
    return told


def _for_a_while(
    house: WholeHouse, seconds: float, begin: Callable[[], None], end: Callable[[], None]
) -> None:
    begin()
    ends_s = min(house.loop.now_s + seconds, CALM_FROM_S)
    house.loop.call_at(max(ends_s, house.loop.now_s + 0.1), end)


class Fate:
    """Lets things happen to a house."""

    def __init__(self, house: WholeHouse, on_stop: Callable[[str], None]) -> None:
        self.house = house
        self.on_stop = on_stop
        self._moods = 0

    def happen(self, one: Happening) -> None:
        kind = one.kind
        if kind.startswith("ask:"):
            return self._asks(one)
        act: Callable[[Happening], None] = getattr(self, "_" + kind.replace("-", "_"))
        if not kind.startswith(("hub", "guard", "both", "power")):
            self.house.tell(f"{kind} ({one.room}, {one.size:.2f})")
        return act(one)

    # --- People ----------------------------------------------------------------------------------

    def _asks(self, one: Happening) -> None:
        act: Act = one.kind.removeprefix("ask:")  # type: ignore[assignment]
        member = None
        if act in ("no", "lights-out", "up", "touch"):
            names = [m.id for m in self.house.household.members if m.room == one.room]
            member = names[int(one.size * len(names))]
        self.house.ask(Ask(do=act, room=one.room, member=member), "mara")

    def _stop_at_guard(self, one: Happening) -> None:
        heard = self.house.stop_at_guard((one.room,), lambda: self.on_stop(one.room))
        self.house.loop.create_task(heard)

    def _stop_on_page(self, one: Happening) -> None:
        house = self.house
        server = house.server
        live = server.served.hub.rooms.get(one.room) if server is not None else None
        if live is not None:
            house.pages[one.room].stop(live.ready.night.id)
        house.ask(Ask(do="stop", room=one.room), "a page")

    # --- Programs --------------------------------------------------------------------------------

    def _hub_killed(self, one: Happening) -> None:
        self.house.kill_hub("is killed", 0.5 + one.size**4 * 240.0)

    def _hub_killed_at_commit(self, one: Happening) -> None:
        down_s = 0.5 + one.size**3 * 90.0
        self.house.disk.dies_at_commit = lambda: self.house.kill_hub("dies at a commit", down_s)

    def _guard_killed(self, one: Happening) -> None:
        self.house.kill_guard("is killed")

    def _both_killed(self, one: Happening) -> None:
        self.house.kill_hub("is killed with its guard", 0.5 + one.size**2 * 240.0)
        self.house.kill_guard("is killed with its hub")

    def _hub_frozen(self, one: Happening) -> None:
        if self.house.hub is not None:
            seconds = 0.2 + one.size**3 * 150.0
            self.house.tell(f"the hub hangs for {seconds:.1f} s")
            self.house.hub.freeze(seconds)

    def _guard_frozen(self, one: Happening) -> None:
        if self.house.guard is not None:
            seconds = 0.2 + one.size**3 * 100.0
            self.house.tell(f"the guard hangs for {seconds:.1f} s")
            self.house.guard.freeze(seconds)

    def _power_lost(self, one: Happening) -> None:
        self.house.reboot(20.0 + one.size * 200.0, trusted=True, lost_s=0.0)

    def _power_and_time_lost(self, one: Happening) -> None:
        self.house.reboot(20.0 + one.size * 200.0, trusted=False, lost_s=one.also**3 * 3 * H)
        self.house.loop.call_later(400.0 + 3000.0 * one.also, self._time_is_known)

    def _time_is_known(self) -> None:
        if self.house.machine.offset_s:
            self.house.machine.offset_s = 0.0
            self.house.tell("the machine knows the time again")

    # --- Lines -----------------------------------------------------------------------------------

    def _link_broken(self, one: Happening) -> None:
        self.house.loop.network.break_all()

    def _link_slow(self, one: Happening) -> None:
        network = self.house.loop.network
        _for_a_while(
            self.house,
            5.0 + one.also * 60.0,
            lambda: setattr(network, "slow_s", 0.05 + one.size**2 * 2.5),
            lambda: setattr(network, "slow_s", 0.0),
        )

    def _page_cut(self, one: Happening) -> None:
        page = self.house.pages[one.room]
        _for_a_while(
            self.house,
            1.0 + one.size**2 * 200.0,
            lambda: self.house.cut(one.room),
            lambda: setattr(page, "net", True),
        )

    def _page_reloaded(self, one: Happening) -> None:
        self.house.pages[one.room].reload()

    def _page_told_old(self, one: Happening) -> None:
        """Whoever relays says again what the guard once signed."""
        kept = self.house.kept_frames[one.room]
        if kept:
            self.house.post(self.house.pages[one.room], kept[int(one.size * len(kept))], "")

    def _page_told_false(self, one: Happening) -> None:
        """Whoever relays says what the guard never signed."""
        kept = self.house.kept_frames[one.room]
        if kept:
            frame = kept[-1]
            brighter = frame.signed.replace('"sound_dba":0.0', '"sound_dba":49.0')
            brighter = brighter.replace('"count":1', '"count":9')
            told = msgspec.structs.replace(frame, signed=brighter, sound_dba=49.0)
            self.house.post(self.house.pages[one.room], told, "")

    # --- Disk ------------------------------------------------------------------------------------

    def _mood(self, mood: str, seconds: float) -> None:
        self._moods += 1
        mine, disk = self._moods, self.house.disk

        def ends() -> None:
            if self._moods == mine:
                disk.mood = ""

        _for_a_while(self.house, seconds, lambda: setattr(disk, "mood", mood), ends)

    def _disk_full(self, one: Happening) -> None:
        self._mood("full", 1.0 + one.size**2 * 600.0)

    def _disk_read_only(self, one: Happening) -> None:
        self._mood("read-only", 1.0 + one.size**2 * 600.0)

    def _disk_failing(self, one: Happening) -> None:
        self._mood("failing", 0.5 + one.size**2 * 120.0)

    def _disk_locked(self, one: Happening) -> None:
        self._mood("locked", 0.5 + one.size * 5.0)

    def _disk_slow(self, one: Happening) -> None:
        disk = self.house.disk
        _for_a_while(
            self.house,
            10.0 + one.also * 300.0,
            lambda: setattr(disk, "slow_s", 0.05 + one.size**3 * 20.0),
            lambda: setattr(disk, "slow_s", 0.0),
        )

    # --- Lamps -----------------------------------------------------------------------------------

    def _lamp_silent(self, one: Happening) -> None:
        host = self.house.hosts[one.room]
        _for_a_while(
            self.house,
            1.0 + one.size**2 * 300.0,
            lambda: setattr(host, "reachable", False),
            lambda: setattr(host, "reachable", True),
        )

    def _lamp_slow(self, one: Happening) -> None:
        host = self.house.hosts[one.room]
        _for_a_while(
            self.house,
            5.0 + one.also * 120.0,
            lambda: setattr(host, "slow_s", 0.2 + one.size * 4.0),
            lambda: setattr(host, "slow_s", 0.0),
        )

    def _lamp_by_hand(self, one: Happening) -> None:
        self.house.lamps[one.room].press(int(one.size * 255))

    def _assistant_down(self, one: Happening) -> None:
        assistant = self.house.assistant

        def down() -> None:
            assistant.reachable = assistant.running = False

        def up() -> None:
            assistant.reachable = assistant.running = True

        _for_a_while(self.house, 5.0 + one.size**2 * 400.0, down, up)

    # --- Clocks ----------------------------------------------------------------------------------

    def _clock_stepped(self, one: Happening) -> None:
        far_s = (one.also - 0.5) * 2 * (5 * H if one.size > 0.8 else 90.0)
        self.house.machine.offset_s += far_s
        self.house.tell(f"the clock steps by {far_s:.1f} s")
        self.house.loop.call_later(60.0 + 1200.0 * one.size, self._time_is_known)

    def _clock_drifts(self, one: Happening) -> None:
        self.house.machine.drift = (one.also - 0.5) * 4e-5
