"""The guard's mind, walked: every state of a small home, and long random evenings of a larger one.

What must hold is said here a second time, in its own words, and shares nothing with the mind but
its records.
"""

from collections.abc import Iterator
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
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import Setpoint
from evenfall.safety.ramp import Ramp
from evenfall.safety.rooms import HouseRules, RoomRules

SAFE_WITHIN_S = 180.0  # a fade at lights-out may take three minutes
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
        if not held and target != safe:
            yield f"{target:g} with no lease"
        if 0 <= stopped_s < 10.0 and target > safe:
            yield "a stop that does not rest"
    if stopped_s >= 0 and room.sound.ramp.target > 0.0:
        yield "a stop that plays"


# --- Every state of a small home -----------------------------------------------------------------

SMALL = HouseRules(rooms=(NEST,))
START = Now(s=0.0, real_s=0.0, night=0, minute=20 * 60)


class Node(NamedTuple):
    state: State
    now: Now
    slept: bool
    stopped_s: float


class Walk(NamedTuple):
    """What a hub may ask for, and how long it may be silent between."""

    light_lx_medi: tuple[float, ...]
    sound_dba: tuple[float, ...]
    steps_s: tuple[float, ...]


FINE = Walk((0.0, 0.5, 1.0, 1.2, 100.0), (0.0, 30.0, 45.0, 51.0), (11.0, 80.0, 2000.0))
COARSE = Walk((0.5, 1.0, 100.0), (45.0,), (2000.0,))


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
    state, now, slept, stopped_s = node
    for command in commands(walk):
        state_now = fresh(state, now)
        said = replace(command, issued_s=now.real_s)
        after = mind.decide(SMALL, state_now, said, now).state
        sleeps = isinstance(command, Claim) and command.phase != WINDING_DOWN
        yield Node(after, now, slept or sleeps, stopped_s)
    stopped = mind.stop(SMALL, fresh(state, now), (), now).state
    yield Node(stopped, now, True, 0.0)
    for seconds in walk.steps_s:
        then = later(now, seconds)
        yield Node(_ticked(state, then), then, slept, stopped_s + seconds * (stopped_s >= 0))
    for night, minute in ((now.night, 120), (now.night, 420), (now.night + 1, 20 * 60)):
        then = later(now, 2000.0, night=night, minute=minute)
        new = night != now.night
        past_s = -1.0 if new else stopped_s + 2000.0 * (stopped_s >= 0)
        yield Node(_ticked(state, then), then, slept and not new, past_s)
    gone = later(now, 11.0)
    yield Node(
        mind.tick(SMALL, fresh(state, now), gone).state,
        gone,
        slept,
        stopped_s + 11.0 * (stopped_s >= 0),
    )


def _ticked(state: State, now: Now) -> State:
    return mind.tick(SMALL, fresh(state, now), now).state


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
        node.slept,
        min(node.stopped_s, 20.0),
    )


def _gone_lease(one: Held, now: Now) -> tuple[float, float, int, float]:
    return one.point.target, one.point.ramp_s, one.phase, one.until_s - now.s


def _gone(going: Going, now: Now) -> tuple[float, float, float, str]:
    left_s = max(0.0, going.ramp.start_s + going.ramp.ramp_s - now.s)
    return going.ramp.target, round(going.ramp.value_at(now.s), 6), left_s, going.what


def explored(most: int, walk: Walk = FINE) -> dict[object, Node]:
    """States that can be reached, at most so many, and what is wrong in none of them."""
    start = Node(mind.begin(SMALL), START, False, -1.0)
    seen: dict[object, Node] = {key(start): start}
    edge = [start]
    while edge and len(seen) < most:
        following: list[Node] = []
        for node in edge:
            for one in successors(node, walk):
                assert not list(wrongs(NEST, one.state.rooms[0], one.now, one.slept, one.stopped_s))
                if key(one) not in seen:
                    seen[key(one)] = one
                    following.append(one)
        edge = following
    return seen


@pytest.mark.safety("H-91")
@pytest.mark.safety("H-92")
@pytest.mark.safety("H-93")
def test_no_state_of_a_small_home_breaks_a_rule() -> None:
    assert len(explored(2_000)) >= 2_000


@pytest.mark.prove
def test_fifty_thousand_states_with_long_silences_break_no_rule() -> None:
    assert len(explored(50_000, COARSE)) >= 50_000


@pytest.mark.prove
def test_fifty_thousand_states_in_between_break_no_rule() -> None:
    assert len(explored(50_000)) >= 50_000


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
        self.hub.wait(4000.0, night=self.hub.now.night + 1, minute=1200)

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
