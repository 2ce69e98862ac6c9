"""What the guard decides: pure, so that every way through it can be walked.

The rules, in order:

1. Permission starts at nothing. An output does what a live lease allows, and else what is safe.
2. A lease is bounded, merged with every other on its output (the lowest wins) and held to the
   limits the guard read for itself. What is over them is refused with a reason, never clamped.
3. A room where anyone has been asleep tonight is a sleeper's until noon, and a dawn is one only in
   the family's own waking hours, whatever a hub calls it.
4. A stop is for the rest of the night: no sound, no dawn, and at most the glow that answers a
   touch. It needs no hub.
5. A command must be new, fresh, and not one of too many. What only quietens is never refused for
   its age or its pace.
6. A light that has just fallen waits before it rises, so that no page can be made to flash.
7. A hub unheard for ten seconds has lost its leases.
"""

from collections.abc import Sequence
from math import inf

import msgspec
from msgspec.structs import replace

from evenfall.formats.guard_words import denied as denied_for
from evenfall.formats.guard_words import over
from evenfall.records.guard import (
    HUB_SILENT_S,
    Beat,
    Begin,
    Claim,
    Command,
    Denied,
    Kept,
    Release,
)
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Lease, Refusal
from evenfall.records.programme import LEASE_S, Setpoint
from evenfall.records.view import LeaseFrame
from evenfall.safety.flash import FLASH_REST_S, RED_REST_S
from evenfall.safety.gate import ceiling, ramp_floor_s
from evenfall.safety.merge import merge, room_phase
from evenfall.safety.ramp import Ramp
from evenfall.safety.rooms import HouseRules, RoomRules, is_dawn_time

STALE_S = 1.0
"""A command this old is refused: on one machine a fresh one takes milliseconds (own choice)."""

BURST, PER_S = 200.0, 50.0
"""So many commands at once and so many a second: 32 rooms claim 64 things a beat (own choice)."""

RAMP_MAX_S = 2 * 3600.0
"""No change takes longer: what has no end in sight is refused (own choice)."""

STOP_RAMP_S = 3.0
"""The way to safe: 3 s of fade leave 2 of the 5 s a stop may take (DESIGN.md)."""

STOP_REST_S = 10.0
"""After a stop nothing rises for so long, while the hub learns of it (own choice)."""

HELD_LEAST_S = 4 * 3600.0
"""A stop, and that someone slept, hold so long at least, though the machine's clock be set past
noon meanwhile: one without a battery learns the hour late (own choice)."""

HOLDERS_MAX = 8
"""So many nights may share a room (own choice)."""

PAGE_LEASE_S = 15.0
"""How long a page may go on unheard: three of the hub's renewals (own choice)."""

OUTPUTS = ("light", "sound")
NEVER = -1


class Now(msgspec.Struct, frozen=True):
    """What time it is, as the guard's own clock has it."""

    s: float  # seconds that only go forward, at the night's pace
    real_s: float  # the same, at the world's
    night: int  # the local date of the noon before, as a count of days
    minute: int  # of the local day


class Held(msgspec.Struct, frozen=True):
    """A lease, and whose hub it is."""

    holder: str
    point: Setpoint
    phase: int
    until_s: float


class Going(msgspec.Struct, frozen=True):
    """Where an output is going, and when it last began to fall."""

    ramp: Ramp
    what: str = ""
    fell_s: float = -inf
    fell_real_s: float = -inf


class Room(msgspec.Struct, frozen=True):
    """One room's state."""

    light: Going
    sound: Going
    held: tuple[Held, ...] = ()
    asleep_night: int = NEVER
    asleep_until_s: float = -inf
    stopped_night: int = NEVER
    stopped_until_s: float = -inf
    rests_until_s: float = -inf
    begun: str = ""  # the night its devices follow; none before it is under way
    roused_night: int = NEVER
    seq: int = 0


class Hub(msgspec.Struct, frozen=True):
    """The one hub that is listened to."""

    session: str = ""
    seq: int = 0
    heard_s: float = -inf
    tokens: float = BURST
    filled_s: float = -inf
    under_way: bool = False


class State(msgspec.Struct, frozen=True):
    """Everything the guard remembers."""

    rooms: tuple[Room, ...]
    hub: Hub = Hub()


class Drive(msgspec.Struct, frozen=True):
    """Bring a room's lamps or speakers to a level."""

    room: str
    output: str
    target: float
    ramp_s: float
    what: str


class Rouse(msgspec.Struct, frozen=True):
    """A room's first night of a day begins: what was done by hand last night no longer binds."""

    room: str


class Decision(msgspec.Struct, frozen=True):
    """What came of a word or of a moment."""

    state: State
    denied: tuple[Denied, ...] = ()
    actions: tuple[Drive | Rouse, ...] = ()


def begin(rules: HouseRules) -> State:
    """Silent: every room at its safe, nothing driven, no hub."""
    return State(
        tuple(
            Room(Going(Ramp(one.safe_light_lx_medi, one.safe_light_lx_medi, 0.0, 0.0)), _QUIET)
            for one in rules.rooms
        )
    )


_QUIET = Going(Ramp(0.0, 0.0, 0.0, 0.0))


def kept(rules: HouseRules, state: State) -> dict[str, Kept]:
    """What must outlive the guard, by room."""
    pairs = zip(rules.rooms, state.rooms, strict=True)
    return {rule.room: Kept(room.asleep_night, room.stopped_night) for rule, room in pairs}


def restored(rules: HouseRules, state: State, notes: dict[str, Kept] | None, night: int) -> State:
    """A state with what was kept in it.

    Args:
        rules: what the rooms are held to.
        state: the guard's.
        notes: what was kept. Where it cannot be read (None), someone has slept in every room
            tonight: quieter is the safe mistake.
        night: the night it is.
    """
    unknown = Kept(night, NEVER) if notes is None else Kept(NEVER, NEVER)
    found = [(notes or {}).get(rule.room, unknown) for rule in rules.rooms]
    rooms = tuple(
        replace(room, asleep_night=one.asleep_night, stopped_night=one.stopped_night)
        for room, one in zip(state.rooms, found, strict=True)
    )
    return replace(state, rooms=rooms)


# --- Hubs come and go ----------------------------------------------------------------------------


def welcome(rules: HouseRules, state: State, session: str, now: Now) -> State:
    """A hub is here. What an older one held lapses soon unless this one asks for it again."""
    lapses_s = now.s + HUB_SILENT_S * rules.speed
    rooms = tuple(
        replace(
            room,
            held=tuple(replace(one, until_s=min(one.until_s, lapses_s)) for one in room.held),
        )
        for room in state.rooms
    )
    return State(rooms, Hub(session=session, heard_s=now.real_s, filled_s=now.real_s))


def farewell(rules: HouseRules, state: State, now: Now) -> Decision:
    """The hub is gone, in order or for good: every lease is over."""
    rooms = tuple(replace(room, held=()) for room in state.rooms)
    return settle(rules, State(rooms), now)


def tick(rules: HouseRules, state: State, now: Now) -> Decision:
    """Let what is over lapse. Called several times a second."""
    if state.hub.session and now.real_s - state.hub.heard_s > HUB_SILENT_S:
        return farewell(rules, state, now)
    rooms = tuple(
        replace(room, held=tuple(one for one in room.held if one.until_s >= now.s))
        for room in state.rooms
    )
    return settle(rules, replace(state, rooms=rooms), now)


# --- Commands ------------------------------------------------------------------------------------


def decide(rules: HouseRules, state: State, command: Command, now: Now) -> Decision:
    """Take a hub's command, or refuse it.

    Args:
        rules: what the rooms are held to.
        state: the guard's.
        command: what the hub asks.
        now: the guard's own clock.
    """
    hub = _refilled(rules, state.hub, now)
    rule = _inadmissible(rules, replace(state, hub=hub), command, now)
    if command.session == hub.session:
        spent = max(0.0, hub.tokens - 1.0)
        hub = replace(hub, seq=max(hub.seq, command.seq), tokens=spent)
        if not rule:
            hub = replace(hub, heard_s=now.real_s)
    state = replace(state, hub=hub)
    if rule:
        return Decision(state, (denied_for(rule, command),))
    match command:
        case Claim():
            return _claim(rules, state, command, now)
        case Release():
            return _release(rules, state, command, now)
        case Begin():
            return _begin(rules, state, command, now)
        case Beat():
            return Decision(replace(state, hub=replace(hub, under_way=command.under_way)))
        case _:
            return Decision(state)


def _refilled(rules: HouseRules, hub: Hub, now: Now) -> Hub:
    grown = max(0.0, now.real_s - hub.filled_s) * PER_S * max(1.0, rules.speed)
    return replace(hub, tokens=min(BURST, hub.tokens + grown), filled_s=now.real_s)


def _inadmissible(rules: HouseRules, state: State, command: Command, now: Now) -> str:
    """Why a command is not even looked at, or ''."""
    hub = state.hub
    if not hub.session or command.session != hub.session:
        return "not-this-hub"
    if command.seq <= hub.seq:
        return "replayed"
    if _only_quietens(rules, state, command):
        return ""
    if not -STALE_S <= now.real_s - command.issued_s <= STALE_S:
        return "stale"
    return "too-often" if hub.tokens < 1.0 else ""


def _only_quietens(rules: HouseRules, state: State, command: Command) -> bool:
    """True where something gets darker or quieter by it, or stays so, and nothing is renewed."""
    if isinstance(command, Release):
        return True
    if not isinstance(command, Claim) or (place := _place(rules, command.room)) < 0:
        return False
    room = state.rooms[place]
    return all(
        p.target <= 0.0 or p.target < _going(room, p.output).ramp.target for p in command.setpoints
    )


def _claim(rules: HouseRules, state: State, claim: Claim, now: Now) -> Decision:
    place = _place(rules, claim.room)
    rule = _out_of_place(state, claim, place)
    if rule:
        return Decision(state, (denied_for(rule, claim),))
    room = state.rooms[place]
    asked = {point.output: point for point in claim.setpoints}
    kept = [one for one in room.held if (one.holder, one.point.output) not in _keys(claim)]
    taken = [
        Held(claim.holder, point, claim.phase, now.s + _lease_s(point)) for point in asked.values()
    ]
    room = replace(room, held=(*kept, *taken))
    if claim.phase != WINDING_DOWN:
        room = _slept(room, now)
    decided = settle(rules, _with(state, place, room), now)
    denied = tuple(
        one for one in decided.denied if (one.room, one.holder) == (claim.room, claim.holder)
    )
    return replace(decided, denied=denied)


def _keys(claim: Claim) -> set[tuple[str, str]]:
    return {(claim.holder, point.output) for point in claim.setpoints}


def _lease_s(point: Setpoint) -> float:
    """A lease's time; one that has no end or no length counts against its room for a whole one."""
    return point.lease_s if 0.0 < point.lease_s <= LEASE_S else LEASE_S


def _out_of_place(state: State, claim: Claim, place: int) -> str:
    """Why a claim does not belong where it is made, or ''."""
    if place < 0:
        return "no-such-room"
    if any(point.output not in OUTPUTS for point in claim.setpoints):
        return "no-such-output"
    elsewhere = {
        one.holder for index, room in enumerate(state.rooms) for one in room.held if index != place
    }
    if claim.holder in elsewhere:
        return "another-room"
    holders = {one.holder for one in state.rooms[place].held} | {claim.holder}
    if len(holders) > HOLDERS_MAX:
        return "too-many-nights"
    return "endless-ramp" if any(p.ramp_s > RAMP_MAX_S for p in claim.setpoints) else ""


def _release(rules: HouseRules, state: State, asked: Release, now: Now) -> Decision:
    place = _place(rules, asked.room)
    if place < 0:
        return Decision(state, (denied_for("no-such-room", asked),))
    room = state.rooms[place]
    held = tuple(one for one in room.held if one.holder != asked.holder)
    decided = settle(rules, _with(state, place, replace(room, held=held)), now)
    room = decided.state.rooms[place]
    begun = "" if room.begun == asked.holder else room.begun
    return Decision(
        _with(decided.state, place, replace(room, begun=begun)), actions=decided.actions
    )


def _begin(rules: HouseRules, state: State, asked: Begin, now: Now) -> Decision:
    """From here on a room's devices are told; each hears at once where it is to be."""
    place = _place(rules, asked.room)
    if place < 0:
        return Decision(state, (denied_for("no-such-room", asked),))
    room = state.rooms[place]
    if room.begun == asked.holder:
        return Decision(state)
    drives: list[Drive] = []
    for name in OUTPUTS:
        going, floor_s = _going(room, name), ramp_floor_s(name, rules.rooms[place].limits, ASLEEP)
        left_s = max(floor_s, going.ramp.start_s + going.ramp.ramp_s - now.s)
        drives.append(Drive(asked.room, name, going.ramp.target, left_s, going.what))
    night = max(room.roused_night, now.night)
    begun = _with(state, place, replace(room, begun=asked.holder, roused_night=night))
    rouse = () if night == room.roused_night else (Rouse(asked.room),)
    return Decision(begun, actions=(*rouse, *drives))


# --- Stopping ------------------------------------------------------------------------------------


def stop(rules: HouseRules, state: State, names: Sequence[str], now: Now) -> Decision:
    """Bring rooms to safe for the rest of the night. None named is all; nobody can be refused."""
    rooms = tuple(
        replace(
            _slept(room, now),
            held=(),
            stopped_night=max(room.stopped_night, now.night),
            stopped_until_s=now.s + HELD_LEAST_S,
            rests_until_s=now.s + STOP_REST_S,
        )
        if not names or rule.room in names
        else room
        for rule, room in zip(rules.rooms, state.rooms, strict=True)
    )
    return replace(settle(rules, replace(state, rooms=rooms), now), denied=())


def is_stopped(room: Room, now: Now) -> bool:
    """True from a stop to the next noon; a clock that is set, either way, frees nobody."""
    return room.stopped_night >= now.night or now.s < room.stopped_until_s


def _slept(room: Room, now: Now) -> Room:
    until_s = now.s + HELD_LEAST_S
    return replace(room, asleep_night=max(room.asleep_night, now.night), asleep_until_s=until_s)


def _is_asleep(room: Room, now: Now) -> bool:
    return room.asleep_night >= now.night or now.s < room.asleep_until_s


# --- What comes of it ----------------------------------------------------------------------------


def settle(rules: HouseRules, state: State, now: Now) -> Decision:
    """Merge what is held in every room, and say what changes."""
    rooms: list[Room] = []
    denied: list[Denied] = []
    actions: list[Drive] = []
    for rule, before in zip(rules.rooms, state.rooms, strict=True):
        room = before
        for name in OUTPUTS:
            room, refusals = _settled(rule, room, name, now)
            denied += [over(rule.room, one) for one in refusals]
            if room.begun and _going(room, name) != _going(before, name):
                going = _going(room, name)
                drive = Drive(rule.room, name, going.ramp.target, going.ramp.ramp_s, going.what)
                actions.append(drive)
        rooms.append(room)
    return Decision(replace(state, rooms=tuple(rooms)), tuple(denied), tuple(actions))


def _settled(
    rule: RoomRules, room: Room, output: str, now: Now
) -> tuple[Room, tuple[Refusal, ...]]:
    """One output, all claims on it considered, and every refusal."""
    going = _going(room, output)
    current = going.ramp.value_at(now.s)
    claims, refused = _claims(rule, room, output, now)
    level = rule.safe_light_lx_medi if output == "light" else 0.0
    safe = Setpoint(output, level, STOP_RAMP_S, LEASE_S)
    merged = merge(claims, rule.limits, safe, current)
    point = merged.setpoint
    waits = output == "light" and point.target > current and _has_just_fallen(going, now)
    if not waits and _changes(going, point, current, now):
        room = replace(room, seq=room.seq + 1)
        room = _go(room, output, _gone(going, point, current, now))
    return room, (*refused, *merged.refusals)


def _gone(before: Going, point: Setpoint, current: float, now: Now) -> Going:
    ramp = Ramp(current, point.target, now.s, point.ramp_s)
    if point.target < current:
        return Going(ramp, point.what, now.s, now.real_s)
    return replace(before, ramp=ramp, what=point.what)


def _has_just_fallen(going: Going, now: Now) -> bool:
    """True where a rise of light would make a flash of it: every page's screen is a red lamp."""
    return now.s < going.fell_s + RED_REST_S or now.real_s < going.fell_real_s + FLASH_REST_S


def _claims(
    rule: RoomRules, room: Room, output: str, now: Now
) -> tuple[list[Lease], list[Refusal]]:
    """What is held on an output, in the phase the room is truly in, and what a stop refuses."""
    phase = _phase(rule, room, now)
    held = [one for one in room.held if one.point.output == output]
    if is_stopped(room, now):
        granted = [one for one in held if output == "light" and _is_glow(room, one, now)]
        refused = [
            Refusal(one.holder, output, one.point.target, 0.0, "stopped")
            for one in held
            if one not in granted and one.point.target > 0.0
        ]
    else:
        granted, refused = held, []
    return [Lease(one.holder, one.point, phase, one.until_s) for one in granted], refused


def _phase(rule: RoomRules, room: Room, now: Now) -> int:
    """The phase a room is truly in, whatever its hub calls it."""
    return room_phase(
        [
            Lease(one.holder, one.point, _true_phase(rule, room, one, now), one.until_s)
            for one in room.held
        ]
    )


def _is_glow(room: Room, held: Held, now: Now) -> bool:
    """After a stop: only what a sleeper's night may have, once the hub has had time to hear."""
    return held.phase == ASLEEP and now.s >= room.rests_until_s


def _true_phase(rule: RoomRules, room: Room, held: Held, now: Now) -> int:
    """A lease's phase as the guard sees it, whatever the hub calls it."""
    if held.phase == DAWN and not is_stopped(room, now) and is_dawn_time(rule, now.minute):
        return DAWN
    if held.phase == WINDING_DOWN and not _is_asleep(room, now):
        return WINDING_DOWN
    return ASLEEP


def _changes(going: Going, point: Setpoint, current: float, now: Now) -> bool:
    """True for another level or sound, and for a quicker way down to the same one."""
    ramp = going.ramp
    if (point.target, point.what) != (ramp.target, going.what):
        return True
    sooner = now.s + point.ramp_s < ramp.start_s + ramp.ramp_s
    return sooner and point.target < current


def frame(room: Room) -> LeaseFrame:
    """What a room's pages are to be: absolute, so that one that asks late hears the same."""
    light, sound = room.light, room.sound
    return LeaseFrame(
        light_lx_medi=light.ramp.target,
        light_ramp_s=light.ramp.ramp_s,
        sound_dba=sound.ramp.target,
        sound_ramp_s=sound.ramp.ramp_s,
        sound_what=sound.what,
        lease_s=PAGE_LEASE_S,
        seq=room.seq,
    )


def most(state: State, rules: HouseRules, room: str, output: str, now: Now) -> float:
    """The most an output may rise to now: where it goes or still is, and never over its limit."""
    place = _place(rules, room)
    rule, going = rules.rooms[place], _going(state.rooms[place], output)
    limit = ceiling(output, rule.limits, _phase(rule, state.rooms[place], now))
    return min(limit, max(going.ramp.target, going.ramp.value_at(now.s)))


# --- Small things --------------------------------------------------------------------------------


def _going(room: Room, output: str) -> Going:
    return room.light if output == "light" else room.sound


def _go(room: Room, output: str, going: Going) -> Room:
    return replace(room, light=going) if output == "light" else replace(room, sound=going)


def _place(rules: HouseRules, room: str) -> int:
    return next((i for i, one in enumerate(rules.rooms) if one.room == room), -1)


def _with(state: State, place: int, room: Room) -> State:
    rooms = (*state.rooms[:place], room, *state.rooms[place + 1 :])
    return replace(state, rooms=rooms)
