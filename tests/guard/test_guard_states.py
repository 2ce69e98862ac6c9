"""The guard's mind, walked: every state of a small home, and long random evenings of a larger one.

What must hold is said here a second time, in its own words, and shares nothing with the mind but
its records.
"""

from collections.abc import Iterator
from math import inf
from typing import Any, NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from msgspec.structs import replace
from tests.support.guard import HUB, LOFT, NEST, OTHER, RULES, TalkingHub, later

from evenfall.guard import mind
from evenfall.guard.mind import BURST, Decision, Going, Held, Hub, Now, Room, State
from evenfall.records.guard import Begin, Claim, Command, Release
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN, Merged
from evenfall.records.programme import Setpoint
from evenfall.safety.ramp import Ramp
from evenfall.safety.rooms import HouseRules, RoomRules

SAFE_WITHIN_S = 180.0  # a fade at lights-out may take three minutes
HOURS_S = 4 * 3600.0  # a stop and a sleep hold so long, whatever the clock is set to
ENOUGH = 1e-9


def wrongs(rule: RoomRules, room: Room, now: Now, slept: bool, stopped_s: float) -> Iterator[str]:
    """Everything that must never be so of a room.

    Args:
        rule: what it is held to.
        room: what the mind makes of it.
        now: what time it is.
        slept: true where anyone has been said to sleep here tonight.
        stopped_s: how long ago it was stopped tonight; negative where it was not.
    """
    live = [one for one in room.held if one.until_s >= now.s]
    in_dawn = 360 <= now.minute < 540 and stopped_s < 0
    dawns = in_dawn and bool(live) and all(one.phase == DAWN for one in live)
    for going, asleep, awake, dawn, safe in (
        (room.light, 1.0, rule.limits.light_awake_lx_medi, 110.0, rule.safe_light_lx_medi),
        (room.sound, 30.0, 50.0, 50.0, 0.0),
    ):
        target = going.ramp.target
        allowed = dawn if dawns else asleep if slept or stopped_s >= 0 else awake
        if target > allowed + ENOUGH:
            yield f"{target:g} where {allowed:g} is the most"
        if going.ramp.value_at(now.s) > allowed + ENOUGH and going.ramp.ramp_s > SAFE_WITHIN_S:
            yield "too much for too long"
        output = "light" if going is room.light else "sound"
        held = any(one.point.output == output for one in live)
        if not held and target > safe:
            yield f"{target:g} with no lease"
        if 0 <= stopped_s < 10.0 and target > safe:
            yield "a stop that does not rest"
    if stopped_s >= 0 and room.sound.ramp.target > 0.0:
        yield "a stop that plays"


# --- Every state of a small home -----------------------------------------------------------------

SMALL = HouseRules(rooms=(NEST,))
START = Now(s=0.0, real_s=0.0, night=0, minute=20 * 60)


class Node(NamedTuple):
    """A state, and what it came of, kept apart from what the guard itself remembers."""

    state: State
    now: Now
    slept_tonight: bool = False
    slept_s: float = inf  # how long ago someone was said to sleep
    stopped_tonight: bool = False
    stopped_s: float = inf
    fell_s: float = inf  # how long ago its light was last sent down
    lit_s: float = inf  # how long ago a light was last asked for
    played_s: float = inf  # and a sound
    silent_s: float = 0.0  # how long the hub has said nothing at all

    def wrongs(self) -> list[str]:
        """What must never be so, of its only room."""
        slept = self.slept_tonight or self.slept_s < HOURS_S
        stopped = self.stopped_tonight or self.stopped_s < HOURS_S
        stopped_s = self.stopped_s if stopped else -1.0
        return list(wrongs(NEST, self.state.rooms[0], self.now, slept, stopped_s))


class Walk(NamedTuple):
    """What a hub may ask for, and how long time may take between."""

    light_lx_medi: tuple[float, ...]
    sound_dba: tuple[float, ...]
    steps_s: tuple[float, ...]
    silent_s: float = 11.0
    set_s: float = 2.0


FINE = Walk((0.0, 0.5, 1.0, 1.2, 100.0), (0.0, 30.0, 45.0, 51.0), (2.0, 11.0, 80.0, 2000.0))
WHOLE = Walk((0.0, 1.0, 1.2, 100.0), (30.0, 45.0), (20_000.0,), silent_s=20_000.0, set_s=0.0)
"""Every wait is long enough for every change to be over, so that its states come to an end."""


def points(walk: Walk) -> Iterator[tuple[Setpoint, ...]]:
    for level in walk.light_lx_medi:
        yield (Setpoint("light", level, 1800.0 if level > 2 else 10.0, 75.0),)
    for level in walk.sound_dba:
        yield (Setpoint("sound", level, 10.0, 75.0, "waves"),)


def commands(walk: Walk) -> Iterator[Command]:
    head: dict[str, Any] = {"session": HUB, "seq": 1}
    for phase in (ASLEEP, WINDING_DOWN, DAWN):
        for asked in points(walk):
            yield Claim(**head, issued_s=0.0, room="nest", holder="n", phase=phase, setpoints=asked)
    yield Begin(**head, issued_s=0.0, room="nest", holder="n")
    yield Release(**head, issued_s=0.0, room="nest", holder="n")


def fresh(state: State, now: Now) -> State:
    """A hub whose heart beats and who has not said much: what it says is looked at for itself."""
    hub = Hub(HUB, heard_s=now.real_s, filled_s=now.real_s, tokens=BURST)
    return replace(state, hub=hub)


def successors(node: Node, walk: Walk) -> Iterator[Node]:
    """Whatever may happen next: a word, a stop, time, another hour or day, a hub gone silent."""
    state, now = node.state, node.now
    for command in commands(walk):
        said = replace(command, issued_s=now.real_s)
        after = mind.decide(SMALL, fresh(state, now), said, now).state
        yield _seen(node, _asked(node, command)._replace(state=after))
    stopped = mind.stop(SMALL, fresh(state, now), (), now).state
    yield _seen(node, _asleep(node)._replace(state=stopped, stopped_tonight=True, stopped_s=0.0))
    for seconds in walk.steps_s:
        yield _later(node, later(now, seconds), heard=True)
    for minute in (120, 420):
        yield _later(node, later(now, 20_000.0, minute=minute), heard=True)
    for seconds in (walk.set_s, 20_000.0):  # the clock is set, or a day has passed
        then = later(now, seconds, night=now.night + 1, minute=20 * 60)
        yield _later(node, then, heard=True)
    yield _later(node, later(now, walk.silent_s), heard=False)


def _later(node: Node, then: Now, *, heard: bool) -> Node:
    passed_s = then.s - node.now.s
    after = mind.tick(SMALL, fresh(node.state, then if heard else node.now), then).state
    new = then.night != node.now.night
    aged = node._replace(
        now=then,
        slept_tonight=node.slept_tonight and not new,
        slept_s=node.slept_s + passed_s,
        stopped_tonight=node.stopped_tonight and not new,
        stopped_s=node.stopped_s + passed_s,
        fell_s=node.fell_s + passed_s,
        lit_s=node.lit_s + passed_s,
        played_s=node.played_s + passed_s,
        silent_s=0.0 if heard else passed_s,
    )
    return _seen(aged, aged._replace(state=after))


def _asleep(node: Node) -> Node:
    return node._replace(slept_tonight=True, slept_s=0.0)


def _asked(node: Node, command: Command) -> Node:
    """Note what was asked for, whatever the guard makes of it."""
    if not isinstance(command, Claim):
        return node
    outputs = {point.output for point in command.setpoints}
    asleep = node if command.phase == WINDING_DOWN else _asleep(node)
    return asleep._replace(
        lit_s=0.0 if "light" in outputs else node.lit_s,
        played_s=0.0 if "sound" in outputs else node.played_s,
        silent_s=0.0,
    )


def _seen(before: Node, after: Node) -> Node:
    """Note a light that was sent down, as anyone could see it."""
    old, new = before.state.rooms[0].light.ramp, after.state.rooms[0].light.ramp
    fell = new != old and new.target < old.value_at(after.now.s)
    return after._replace(fell_s=0.0 if fell else before.fell_s)


def outlived(node: Node) -> bool:
    """True where more than safe goes on 75 s after it was asked for, or after 10 s of silence."""
    room = node.state.rooms[0]
    lit = room.light.ramp.target > NEST.safe_light_lx_medi
    plays = room.sound.ramp.target > 0.0
    late = (lit and node.lit_s > 75.0) or (plays and node.played_s > 75.0)
    return late or ((lit or plays) and node.silent_s > 10.0)


def flashed(before: Node, after: Node) -> bool:
    """True where a light that had just been sent down was sent up."""
    old, new = before.state.rooms[0].light.ramp, after.state.rooms[0].light.ramp
    fell_s = before.fell_s + after.now.s - before.now.s
    return new != old and new.target > new.start_value and fell_s < 5.0


def key(node: Node) -> object:
    """A state as it matters: times as how far off they are, nights as now or past."""
    (room,), now = node.state.rooms, node.now
    return (
        *(_gone(going, now) for going in (room.light, room.sound)),
        tuple(sorted((one.point.output, *_gone_lease(one, now)) for one in room.held)),
        room.asleep_night >= now.night,
        room.stopped_night >= now.night,
        max(0.0, room.rests_until_s - now.s),
        room.begun,
        bool(node.state.hub.session),
        now.minute,
        node.slept_tonight,
        min(node.slept_s, HOURS_S),
        node.stopped_tonight,
        min(node.stopped_s, HOURS_S),
        max(0.0, room.asleep_until_s - now.s),
        max(0.0, room.stopped_until_s - now.s),
        min(node.fell_s, 5.0),
        min(node.lit_s, 76.0),
        min(node.played_s, 76.0),
        min(node.now.s - room.light.fell_s, 5.0),
    )


def _gone_lease(one: Held, now: Now) -> tuple[float, float, int, float]:
    return one.point.target, one.point.ramp_s, one.phase, one.until_s - now.s


def _gone(going: Going, now: Now) -> tuple[float, float, float, str]:
    left_s = max(0.0, going.ramp.start_s + going.ramp.ramp_s - now.s)
    return going.ramp.target, round(going.ramp.value_at(now.s), 6), left_s, going.what


def explored(most: int, walk: Walk = FINE) -> dict[object, Node]:
    """States that can be reached, at most so many, and what is wrong in none of them.

    Raises:
        AssertionError: something is wrong in one.
    """
    start = Node(mind.begin(SMALL), START)
    seen: dict[object, Node] = {key(start): start}
    edge = [start]
    while edge and len(seen) < most:
        following: list[Node] = []
        for node in edge:
            for one in successors(node, walk):
                assert not one.wrongs()
                assert not flashed(node, one), "a flash"
                assert not outlived(one), "a lease outlived"
                if key(one) not in seen:
                    seen[key(one)] = one
                    following.append(one)
        edge = following
    return seen


@pytest.mark.safety("H-91")
@pytest.mark.safety("H-92")
@pytest.mark.safety("H-93")
@pytest.mark.safety("H-98")
def test_no_state_of_a_small_home_breaks_a_rule() -> None:
    assert len(explored(2_000)) >= 2_000


@pytest.mark.prove
def test_every_state_there_is_where_changes_end_breaks_no_rule() -> None:
    """Whole: nothing is left to explore."""
    most = 1_000_000
    assert 1_000 < len(explored(most, WHOLE)) < most


@pytest.mark.prove
def test_fifty_thousand_states_in_between_break_no_rule() -> None:
    assert len(explored(50_000)) >= 50_000


PLANTED: dict[str, tuple[str, Any]] = {
    "a stop is forgotten": ("is_stopped", lambda *_: False),
    "a hub is believed about the phase": ("_true_phase", lambda _r, _o, held, _n: held.phase),
    "any hour is dawn's": ("is_dawn_time", lambda *_: True),
    "a stop needs no rest": ("_is_glow", lambda *_: True),
    "a light may flash": ("_has_just_fallen", lambda *_: False),
    "a clock that is set frees a room": ("HELD_LEAST_S", 0.0),
    "a lease has no end": ("_lease_s", lambda _: 1e9),
    "a silent hub keeps its leases": ("farewell", lambda _r, state, _n: mind.Decision(state)),
    "what is asked is done": ("merge", lambda leases, _l, safe, _c: Merged(
        setpoint=leases[0].setpoint if leases else safe, holder="", refusals=())),
}  # fmt: skip


@pytest.mark.parametrize("name", PLANTED)
def test_a_fault_planted_in_the_mind_is_found(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    where, fault = PLANTED[name]
    monkeypatch.setattr(mind, where, fault)
    with pytest.raises(AssertionError):
        explored(3_000)


def test_a_planted_wrong_is_seen() -> None:
    room = mind.begin(RULES).rooms[0]
    for wrong, words in (
        (replace(room, light=_at(1.1)), "is the most"),
        (replace(room, sound=_at(10.0)), "no lease"),
        (replace(room, light=_at(0.6)), "does not rest"),
        (replace(room, sound=_at(10.0)), "plays"),
    ):
        assert any(words in one for one in wrongs(NEST, wrong, START, True, 1.0))


def _at(level: float) -> Going:
    return replace(mind.begin(RULES).rooms[0].light, ramp=Ramp(level, level, 0.0, 0.0))


# --- Long random evenings ------------------------------------------------------------------------

LEVELS = st.one_of(
    st.sampled_from([0.0, 0.5, 1.0, 5.0, 10.0, 30.0, 50.0, 110.0]), st.floats(-5, 200)
)
TIMES = st.one_of(st.floats(0, 3600), st.sampled_from([float("inf"), float("nan"), -1.0, 1e300]))


class Evening(RuleBasedStateMachine):
    """A hub that says anything, anyone who stops, and time that passes."""

    def __init__(self) -> None:
        super().__init__()
        self.hub = TalkingHub()
        self.slept = {"nest": -1, "loft": -1}
        self.stopped: dict[str, tuple[int, float]] = {}

    @rule(
        room=st.sampled_from(["nest", "loft"]),
        night=st.sampled_from(["a", "b", "c"]),
        phase=st.sampled_from([ASLEEP, WINDING_DOWN, DAWN]),
        points=st.lists(
            st.builds(
                Setpoint,
                st.sampled_from(["light", "sound"]),
                LEVELS,
                TIMES,
                TIMES,
                st.sampled_from(["", "waves", "voice"]),
            ),
            min_size=1,
            max_size=2,
        ),
    )
    def claim(self, room: str, night: str, phase: int, points: list[Setpoint]) -> None:
        decided = self.hub.claim(*points, room=room, holder=room + night, phase=phase)
        taken = not any(
            one.limit in ("endless-ramp", "too-often") and not one.output for one in decided.denied
        )
        if taken and phase != WINDING_DOWN:
            self.slept[room] = self.hub.now.night

    @rule(room=st.sampled_from(["nest", "loft"]), night=st.sampled_from(["a", "b", "c"]))
    def release(self, room: str, night: str) -> None:
        self.hub.release(room, room + night)

    @rule(room=st.sampled_from(["nest", "loft"]))
    def begin(self, room: str) -> None:
        self.hub.begin(room, room + "a")

    @rule(rooms=st.sampled_from([(), ("nest",), ("loft",)]))
    def stop(self, rooms: tuple[str, ...]) -> None:
        self.hub.stop(*rooms)
        for room in rooms or ("nest", "loft"):
            self.stopped[room] = (self.hub.now.night, self.hub.now.s)
            self.slept[room] = self.hub.now.night

    @rule(seconds=st.floats(0, 4000), minute=st.sampled_from([1200, 120, 359, 360, 539, 540]))
    def wait(self, seconds: float, minute: int) -> None:
        self.hub.wait(seconds, minute=minute)

    @rule()
    def next_day(self) -> None:
        self.hub.wait(20_000.0, night=self.hub.now.night + 1, minute=1200)

    @rule()
    def fall_silent(self) -> None:
        self.hub.now = later(self.hub.now, 10.5)
        self.hub.took(mind.tick(RULES, self.hub.state, self.hub.now))

    @rule(session=st.sampled_from([HUB, OTHER]))
    def hello(self, session: str) -> None:
        self.hub.state = mind.welcome(RULES, self.hub.state, session, self.hub.now)
        self.hub.seq = 0

    @precondition(lambda self: self.hub.last.state is self.hub.state)
    @invariant()
    def nothing_is_wrong(self) -> None:
        now = self.hub.now
        for rule_, room in zip((NEST, LOFT), self.hub.state.rooms, strict=True):
            night, at_s = self.stopped.get(rule_.room, (-1, 0.0))
            stopped_s = now.s - at_s if night >= now.night else -1.0
            slept = self.slept[rule_.room] >= now.night
            assert not list(wrongs(rule_, room, now, slept, stopped_s))


Evening.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestEvening = Evening.TestCase


def test_a_decision_changes_nothing_but_what_it_returns() -> None:
    hub = TalkingHub()
    before = hub.state
    copied = replace(before, rooms=tuple(before.rooms))
    decided: Decision = hub.claim(Setpoint("light", 1.0, 60.0, 75.0))
    assert before == copied
    assert decided.state != before
