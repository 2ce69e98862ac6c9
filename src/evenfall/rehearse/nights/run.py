"""One rehearsed night: simulated sleepers, a model of the home around them, and what goes wrong.

The model, each part this project's own choice where no code says it:
- the page has a line while hub, guard and network are there and it is awake; without one it fades
  from half of its lease's 15 s on and is dark and silent at their end;
- the lamp is faded by its own watch, 30 s after the last heartbeat and within 20 s; offline it
  keeps its last value, so it is never given more than is safe all night (care rule 4); the watch
  acts once, so a lamp that comes back later stays as it is until it is told again;
- what a device missed it is told again once it can be reached;
- the guard is a process of its own here: killed, it gives nothing; back, it starts silent;
- who asks for something that nobody hears asks again every 10 s, a stop, a no and a guardian's word
  until they are heard, anything else for five minutes;
- time is to the tenth of a second, and what a device was told is a straight line.
"""

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Annotated

import msgspec
from msgspec import Meta

from evenfall.records.base import Id, Record
from evenfall.records.night import (
    N2,
    STAGE_CODES,
    UNKNOWN,
    WAKE,
    AnyEvent,
    Beat,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    No,
    Override,
    Pause,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    TimedEvent,
    Touch,
    Voice,
)
from evenfall.records.output import ASLEEP, Refusal
from evenfall.records.programme import BEAT_S, Programme, Setpoint
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.nights.faults import Happening, draw_happenings
from evenfall.rehearse.nights.hub import House, Hub, HubKilledError, Row, Taken
from evenfall.rehearse.nights.room import Device, Room
from evenfall.rehearse.sleeper import simulate_sleeper, typical
from evenfall.safety.gate import ceiling, ramp_floor_s

PAGE_LEASE_S = 15.0
WATCH_SILENT_S, WATCH_FADE_S = 30.0, 20.0
"""As the page (`adapters/page`) and the automation that watches a lamp have them."""

DAWN_S = 30 * 60
BEGIN_VARIES_S = 600
ASKS_AGAIN_S, GIVES_UP_S = 10.0, 300.0
RESTARTS_S = 2.0
_NEVER_BEGUN = 0.03
_UNTIL_HEARD = (Stop, No, Override, Emergency, SensorLost, SensorReturned)
_IN_THE_HUB = (SensorLost, SensorReturned)


class Setting(Record, frozen=True, kw_only=True):
    """Who sleeps where and when, the same for every night of a rehearsal."""

    programme: Annotated[Programme, Meta(description="the compiled score")]
    members: Annotated[tuple[Id, ...], Meta(description="the sleepers, the youngest first")]
    ages_years: Annotated[tuple[float, ...], Meta(description="their ages")]
    begin_beat: Annotated[int, Meta(description="when somebody begins, give or take 10 min")]
    lights_out_beats: Annotated[tuple[int, ...], Meta(description="lights out of each")]
    wake_beats: Annotated[tuple[int, ...], Meta(description="the planned wake of each")]
    beats: Annotated[int, Meta(description="the length of the night")]
    where: Annotated[str, Meta(description="whose evening it is, in words")]


class Press(msgspec.Struct):
    """Something that somebody did, and when it was heard."""

    event: AnyEvent
    at_s: float
    heard_s: float = -1.0
    page_was_on: bool = True


class NightRun(msgspec.Struct):
    """Everything that happened in one night, for whoever judges it."""

    setting: Setting
    seed: int
    happenings: tuple[Happening, ...]
    stages: tuple[tuple[int, ...], ...]
    page_light: Device
    page_sound: Device
    lamp: Device
    log: list[Row] = msgspec.field(default_factory=list)
    taken: list[Taken] = msgspec.field(default_factory=list)
    presses: list[Press] = msgspec.field(default_factory=list)
    claims_s: list[float] = msgspec.field(default_factory=list)
    clock_steps: list[tuple[float, float]] = msgspec.field(default_factory=list)
    away: dict[str, list[tuple[float, float]]] = msgspec.field(default_factory=dict)

    @property
    def night_s(self) -> float:
        """How long it is."""
        return self.setting.beats * float(BEAT_S)

    def shows_s(self, due_s: float) -> float:
        """When the house's own clock first shows a planned time."""
        ahead_s, first_s = 0.0, 0.0
        for at_s, step_s in [*self.clock_steps, (float("inf"), 0.0)]:
            shown_s = max(due_s - ahead_s, first_s)
            if shown_s < at_s:
                return shown_s
            ahead_s, first_s = ahead_s + step_s, at_s
        return due_s


class _Guard:
    """The guard as a process: what it holds while it lives, and nothing while it does not."""

    def __init__(self, world: "_World") -> None:
        self._world = world
        self._room: Room | None = None

    @property
    def unavailable(self) -> set[str]:
        return self._room.unavailable if self._room is not None else {"light", "sound"}

    @property
    def gone(self) -> bool:
        return self._room is None

    @property
    def lapses_s(self) -> float:
        return self._room.lapses_s + 1.0 if self._room is not None else float("inf")

    def claim(self, setpoints: Sequence[Setpoint], phase: int, now_s: float) -> tuple[Refusal, ...]:
        if self._room is None:
            return ()
        self._world.run.claims_s.append(now_s)
        return self._room.claim(setpoints, phase, now_s)

    def start(self, now_s: float) -> None:
        """It starts silent: whatever the room is doing, it is told to be safe."""
        programme = self._world.programme
        self._room = self._world.make_room(programme.limits, programme.safe, self._world.tell)
        for point in programme.safe:
            self._world.tell(point.output, point.target, point.ramp_s, now_s)

    def die(self) -> None:
        self._room = None

    def tick(self, now_s: float) -> None:
        if self._room is not None:
            self._room.tick(now_s)

    def release(self, now_s: float) -> None:
        if self._room is not None:
            self._room.release(now_s)


class _World:
    """The home around one night, moved from one moment to the next."""

    def __init__(
        self, setting: Setting, run: NightRun, make_room: type[Room], make_hub: type[Hub]
    ) -> None:
        self.programme = setting.programme
        self.run = run
        self.house = House()
        self.make_room, self.make_hub = make_room, make_hub
        self.guard = _Guard(self)
        self._planned = _planned(setting, run)
        self._boot, self._comes_back_s = 0, 0.0
        self._down: dict[str, int] = {}
        self._frame = {"light": (0.0, 0.0), "sound": (0.0, 0.0)}
        self._page_lost_at = self._heart_lost_at = -1.0
        self._released = self._lamp_owed = False
        self._coming: list[tuple[float, int, Callable[[], None]]] = []
        self._lamp_most = ceiling("light", self.programme.limits, ASLEEP)
        self._safe_light = self.programme.safe[0].target
        self.hub: Hub | None = None
        self.guard.start(0.0)
        self.hub = self._new_hub()
        self._schedule(setting)

    # --- Time --------------------------------------------------------------------------------

    def go(self) -> None:
        """To the end of the night."""
        house, coming, night_s = self.house, self._coming, self.run.night_s
        while True:
            hub_s = self.hub.due_s if self.hub is not None else float("inf")
            lapse_s = self.guard.lapses_s
            now_s = min(hub_s, lapse_s, coming[0][0] if coming else float("inf"))
            if now_s >= night_s:
                return
            house.now_s = max(now_s, house.now_s)
            if coming and coming[0][0] <= now_s:
                heappop(coming)[2]()
            elif lapse_s <= now_s:
                self.guard.tick(house.now_s)
            elif self.hub is not None:
                self._alive(self.hub.go_on)
            self._let_go()

    def _let_go(self) -> None:
        if self.hub is not None and self.hub.over and not self._released:
            self._released = True
            self.guard.release(self.house.now_s)

    def _at(self, at_s: float, act: Callable[[], None]) -> None:
        heappush(self._coming, (at_s, self._count(), act))

    def _count(self) -> int:
        self._down["count"] = self._down.get("count", 0) + 1
        return self._down["count"]

    def _alive(self, act: Callable[[], None]) -> bool:
        """Let the hub do something; True where it lived through it."""
        try:
            act()
        except HubKilledError:
            self._hub_dies()
            return False
        return True

    # --- What happens ------------------------------------------------------------------------

    def _schedule(self, setting: Setting) -> None:
        for one in self.run.happenings:
            self._at(one.at_s, lambda one=one: self._begin_of(one))  # type: ignore[misc]
        chance = Chance(self.run.seed).stream("begin")
        varies_s = round((float(chance.random()) * 2 - 1) * BEGIN_VARIES_S, 1)
        begin_s = max(setting.begin_beat * BEAT_S + varies_s, 1.0)
        if chance.random() >= _NEVER_BEGUN:
            self._press_at(begin_s, Begin())
        doors = {way.chosen for one in self.programme.scenes for way in one.exits} - {""}
        story_s = self.programme.length_max_beats * BEAT_S
        for door in sorted(doors):
            at_s = round(begin_s + float(chance.random()) * 2 * story_s, 1)
            self._press_at(at_s, Choice(door))

    def _begin_of(self, one: Happening) -> None:
        handler = _HANDLERS.get(one.kind)
        if handler is not None:
            handler(self, one)
        for event, later_s in _acts_of(one):
            self._press_at(one.at_s + later_s, event)

    def _sensor(self, one: Happening) -> None:
        self._press_at(one.at_s, SensorLost(one.sleeper))
        self._press_at(one.until_s, SensorReturned(one.sleeper))

    def _away(self, one: Happening) -> None:
        """Something is gone for a while: the lamp, the page, the network or the guard."""
        what = one.kind.split("-", maxsplit=1)[0]
        self._down[what] = self._down.get(what, 0) + 1
        self.run.away.setdefault(what, []).append((one.at_s, one.until_s))
        if what == "guard":
            self.guard.die()
        if what == "lamp":
            self.run.lamp.hold(self.house.now_s)
        self._lines()
        self._at(one.until_s, lambda: self._back(what))

    def _back(self, what: str) -> None:
        self._down[what] -= 1
        if what == "guard" and not self._down[what]:
            self.guard.start(self.house.now_s)
        self._lines()

    def _kill(self, one: Happening) -> None:
        if self.hub is None or self.hub.over:
            return
        self._boot += one.reboots
        self._comes_back_s = max(one.until_s, self.house.now_s + RESTARTS_S)
        if one.how == 0:
            self._hub_dies()
        else:
            self.hub.crash = one.how

    def _hub_dies(self) -> None:
        self.hub = None
        now_s = self.house.now_s
        back_s = max(self._comes_back_s, now_s + RESTARTS_S)
        self.run.away.setdefault("hub", []).append((now_s, back_s))
        self._lines()
        self._at(back_s, self._hub_back)

    def _hub_back(self) -> None:
        self.hub = self._new_hub()
        self._lines()

    def _new_hub(self) -> Hub:
        before, self.house.boot = self.house.boot, self._boot
        return self.make_hub(
            self.programme,
            self._planned,
            self.run.log,
            self.guard,
            self.house,
            boot=before,
            seen=self.run.taken.append,
        )

    def _step_clock(self, one: Happening) -> None:
        self.house.clock_s += one.how
        self.run.clock_steps.append((self.house.now_s, float(one.how)))

    # --- People ------------------------------------------------------------------------------

    def _press_at(self, at_s: float, event: AnyEvent) -> None:
        press = Press(event, at_s)
        self._at(at_s, lambda: self._press(press))

    def _press(self, press: Press) -> None:
        if press.at_s == self.house.now_s:
            self.run.presses.append(press)
            press.page_was_on = self._page_on
        if self._hears(press.event):
            hub = self.hub
            assert hub is not None
            asked_s = self.house.now_s
            if self._alive(lambda: hub.ask(press.event)):
                press.heard_s = asked_s
                return
        patient = isinstance(press.event, _UNTIL_HEARD)
        again_s = self.house.now_s + ASKS_AGAIN_S
        if patient or again_s - press.at_s <= GIVES_UP_S:
            self._at(again_s, lambda: self._press(press))

    def _hears(self, event: AnyEvent) -> bool:
        """Whether it gets through: a stop and a guardian's word need no page."""
        if self.hub is None or self.hub.over:
            return False
        suspects = isinstance(event, Emergency) and event.cause == "distress"
        if suspects or isinstance(event, _IN_THE_HUB):
            return True
        if self._down.get("network"):
            return False
        return isinstance(event, Stop | Override) or not self._down.get("page")

    # --- Devices -----------------------------------------------------------------------------

    @property
    def _heart_on(self) -> bool:
        return not (self.hub is None or self._down.get("guard") or self._down.get("network"))

    @property
    def _page_on(self) -> bool:
        return self._heart_on and not self._down.get("page")

    def tell(self, output: str, target: float, ramp_s: float, now_s: float) -> bool:
        """What the guard tells page and lamp; False where the lamp does not answer."""
        self._frame[output] = (target, ramp_s)
        if self._page_lost_at < 0.0 and self._page_on:
            self._page_moves(output, now_s)
        if output != "light":
            return True
        self._lamp_owed = not self._lamp_reached
        if not self._lamp_owed:
            self._lamp_moves(now_s)
        return not self._lamp_owed

    @property
    def _lamp_reached(self) -> bool:
        return not any(self._down.get(what) for what in ("guard", "network", "lamp"))

    def _page_moves(self, output: str, now_s: float) -> None:
        device = self.run.page_light if output == "light" else self.run.page_sound
        self._move(device, output, self._frame[output][0], now_s)

    def _lamp_moves(self, now_s: float) -> None:
        self._move(self.run.lamp, "light", min(self._frame["light"][0], self._lamp_most), now_s)

    def _move(self, device: Device, output: str, target: float, now_s: float) -> None:
        """Go where the guard said; a device itself rises no quicker than anything may."""
        ramp_s = self._frame[output][1]
        if target > device.level(now_s):
            ramp_s = max(ramp_s, ramp_floor_s(output, self.programme.limits, ASLEEP))
        device.move(target, ramp_s, now_s)

    def _lines(self) -> None:
        """Who hears whom has changed: leases of a page begin to run out, or are renewed."""
        now_s = self.house.now_s
        if self._page_on and self._page_lost_at >= 0.0:
            self._page_lost_at = -1.0
            self._page_moves("light", now_s)
            self._page_moves("sound", now_s)
        elif not self._page_on and self._page_lost_at < 0.0:
            self._page_lost_at = now_s
            self._at(now_s + PAGE_LEASE_S / 2, lambda: self._page_fades(now_s))
        if self._lamp_owed and self._lamp_reached:
            self._lamp_owed = False
            self._lamp_moves(now_s)
        if self._heart_on:
            self._heart_lost_at = -1.0
        elif self._heart_lost_at < 0.0:
            self._heart_lost_at = now_s
            self._at(now_s + WATCH_SILENT_S, lambda: self._lamp_fades(now_s))

    def _page_fades(self, lost_s: float) -> None:
        if self._page_lost_at == lost_s:
            self.run.page_light.move(0.0, PAGE_LEASE_S / 2, self.house.now_s)
            self.run.page_sound.move(0.0, PAGE_LEASE_S / 2, self.house.now_s)

    def _lamp_fades(self, lost_s: float) -> None:
        if self._heart_lost_at == lost_s and not self._down.get("lamp"):
            lamp, now_s = self.run.lamp, self.house.now_s
            lamp.move(min(self._safe_light, lamp.level(now_s)), WATCH_FADE_S, now_s)


_HANDLERS: dict[str, Callable[[_World, Happening], None]] = {
    "sensor-lost": _World._sensor,
    "lamp-offline": _World._away,
    "page-frozen": _World._away,
    "guard-killed": _World._away,
    "network-cut": _World._away,
    "hub-killed": _World._kill,
    "clock-stepped": _World._step_clock,
}


def _acts_of(one: Happening) -> list[tuple[AnyEvent, float]]:
    """What people do, each with how much later than the happening's own moment."""
    acts: dict[str, list[tuple[AnyEvent, float]]] = {
        "stop": [(Stop("somebody"), 0.0)],
        "no": [(No(one.sleeper), 0.0)],
        "override": [(Override("guardian"), 0.0)],
        "call": [(Emergency("call", one.sleeper, "somebody"), 0.0)],
        "distress": [(Emergency("distress", one.sleeper), 0.0)],
        "touch": [(Touch(one.sleeper), 0.0)],
        "voice": [(Touch(one.sleeper), 0.0), (Voice(one.sleeper, "voice"), 8.0)],
        "pause": [(Pause(), 0.0)],
    }
    found = acts.get(one.kind, [])
    if one.kind == "pause" and not one.how:
        found.append((Resume(), round(one.until_s - one.at_s, 1)))
    return found


_WAKEFUL = ("stop", "no", "call", "distress", "touch", "voice", "pause")
"""Who does one of these is awake; whose heart and arms are restless may as well be."""


def run_night(
    setting: Setting,
    seed: int,
    kinds: Sequence[str],
    *,
    make_room: type[Room] = Room,
    make_hub: type[Hub] = Hub,
) -> NightRun:
    """One whole night.

    Args:
        setting: who sleeps where and when.
        seed: the same setting, kinds and seed give the same night.
        kinds: what may happen (`faults.FAULTS`).
        make_room: the model of a room; a test plants a bug here.
        make_hub: the model of a hub; likewise.

    Raises:
        EvenfallError: the seed is below 0.
    """
    chance = Chance(seed)
    evening_s = (max(setting.lights_out_beats) * BEAT_S) + 1800.0
    happenings = draw_happenings(
        chance,
        kinds,
        evening_s=evening_s,
        night_s=float(setting.beats * BEAT_S),
        sleepers=setting.programme.sleepers,
    )
    safe = {point.output: point.target for point in setting.programme.safe}
    run = NightRun(
        setting=setting,
        seed=seed,
        happenings=happenings,
        stages=_stages(setting, seed, happenings),
        page_light=Device(safe["light"]),
        page_sound=Device(safe["sound"]),
        lamp=Device(safe["light"]),
    )
    _World(setting, run, make_room, make_hub).go()
    return run


def night_seed(seed: int, night: int) -> int:
    """The seed of one night of a rehearsal: it can be had again without the others.

    Example:
        >>> night_seed(7, 1) == night_seed(7, 1) != night_seed(7, 2)
        True
    """
    return int(Chance(seed).stream(f"night/{night}").integers(2**48))


def _stages(
    setting: Setting, seed: int, happenings: Sequence[Happening]
) -> tuple[tuple[int, ...], ...]:
    """What each sleeper truly does: a stage code for each beat. Who acts is awake."""
    found = []
    for place, member in enumerate(setting.members):
        acts = tuple(
            int(one.at_s // BEAT_S)
            for one in happenings
            if one.sleeper == place and one.kind in _WAKEFUL
        )
        age_years = setting.ages_years[place]
        profile = msgspec.structs.replace(typical(member, age_years), touch_beats=acts)
        simulated = simulate_sleeper(
            profile,
            seed,
            lights_out_beat=setting.lights_out_beats[place],
            wake_beat=setting.wake_beats[place],
            beats=setting.beats,
            sleeper=place,
        )
        found.append(tuple(STAGE_CODES.get(one or "", UNKNOWN) for one in simulated.stages))
    return tuple(found)


def _planned(setting: Setting, run: NightRun) -> list[TimedEvent]:
    """What the plan asks, and the ticks with what the sensors say."""
    sensed = [
        _sensed(list(codes), [one for one in run.happenings if one.sleeper == place])
        for place, codes in enumerate(run.stages)
    ]
    ticks: dict[tuple[int, ...], Beat] = {}
    planned = [
        TimedEvent(beat, ticks.setdefault(codes, Beat(codes)))
        for beat, codes in enumerate(zip(*sensed, strict=True))
    ]
    dawn = max(max(setting.wake_beats) - DAWN_S // BEAT_S, 0)
    others = [TimedEvent(beat, LightsOut(i)) for i, beat in enumerate(setting.lights_out_beats)]
    others.append(TimedEvent(dawn, Dawn()))
    return sorted([*others, *planned], key=lambda timed: timed.beat)


def _sensed(codes: list[int], happenings: Sequence[Happening]) -> list[int]:
    """What a sensor says of someone: the truth, but where it is lost, frozen or lies."""
    said = codes.copy()
    for one in happenings:
        first, last = int(one.at_s // BEAT_S), int(one.until_s // BEAT_S) + 1
        last = min(last, len(codes))
        if one.kind == "sensor-lying":
            said[first:last] = [_lie(code, one.how) for code in codes[first:last]]
        elif one.kind == "sensor-frozen":
            said[first:last] = [said[min(first, len(said) - 1)]] * (last - first)
    for one in happenings:  # one that is gone tells no lies
        if one.kind == "sensor-lost":
            first, last = int(one.at_s // BEAT_S), int(one.until_s // BEAT_S) + 1
            said[first:last] = [UNKNOWN] * (min(last, len(codes)) - first)
    return said


def _lie(code: int, how: int) -> int:
    return (N2, WAKE, N2 if code == WAKE else WAKE)[how]
