"""A small home for the guard's tests: a child's room and an adult's, and a hub that says things."""

from typing import Any

from msgspec.structs import replace

from evenfall.guard import mind
from evenfall.guard.mind import Decision, Now, State
from evenfall.records.guard import Begin, Claim, Command, Release
from evenfall.records.output import ASLEEP, DAWN, WINDING_DOWN
from evenfall.records.programme import Setpoint
from evenfall.safety.limits import ADULT, CHILD
from evenfall.safety.rooms import HouseRules, RoomRules

NEST = RoomRules(
    room="nest", limits=CHILD, safe_light_lx_medi=0.5, dawn_from_min=360, dawn_for_min=180
)
LOFT = RoomRules(
    room="loft", limits=ADULT, safe_light_lx_medi=0.0, dawn_from_min=360, dawn_for_min=180
)
RULES = HouseRules(rooms=(NEST, LOFT))
HUB, OTHER = "a" * 32, "b" * 32
EVENING = Now(s=1000.0, real_s=1000.0, night=7, minute=20 * 60)
PHASES = (ASLEEP, WINDING_DOWN, DAWN)


def later(now: Now, seconds: float, **other: int) -> Now:
    """So many seconds on; the minute and the night only where they are given."""
    return Now(
        now.s + seconds,
        now.real_s + seconds,
        other.get("night", now.night),
        other.get("minute", now.minute),
    )


def light(target: float, ramp_s: float = 60.0, lease_s: float = 75.0) -> Setpoint:
    return Setpoint("light", target, ramp_s, lease_s)


def sound(target: float, what: str = "waves", lease_s: float = 75.0) -> Setpoint:
    return Setpoint("sound", target, 10.0, lease_s, what)


class TalkingHub:
    """A hub, the guard's mind, and what the mind has answered."""

    def __init__(self, rules: HouseRules = RULES, now: Now = EVENING) -> None:
        self.rules, self.now = rules, now
        self.state: State = mind.welcome(rules, mind.begin(rules), HUB, now)
        self.seq = 0
        self.last = Decision(self.state)

    def wait(self, seconds: float, **other: int) -> Decision:
        """Time passes; the hub's heart beats all the while."""
        self.now = later(self.now, seconds, **other)
        hub = replace(self.state.hub, heard_s=self.now.real_s)
        return self.took(mind.tick(self.rules, replace(self.state, hub=hub), self.now))

    def took(self, decided: Decision) -> Decision:
        self.last, self.state = decided, decided.state
        return decided

    def head(self, **other: Any) -> dict[str, Any]:
        self.seq += 1
        return {"session": HUB, "seq": self.seq, "issued_s": self.now.real_s} | other

    def say(self, command: Command) -> Decision:
        return self.took(mind.decide(self.rules, self.state, command, self.now))

    def claim(
        self,
        *points: Setpoint,
        phase: int = WINDING_DOWN,
        room: str = "nest",
        holder: str = "n1",
        **head: Any,
    ) -> Decision:
        return self.say(
            Claim(**self.head(**head), room=room, holder=holder, phase=phase, setpoints=points)
        )

    def begin(self, room: str = "nest", holder: str = "n1") -> Decision:
        return self.say(Begin(**self.head(), room=room, holder=holder))

    def release(self, room: str = "nest", holder: str = "n1", **head: Any) -> Decision:
        return self.say(Release(**self.head(**head), room=room, holder=holder))

    def stop(self, *rooms: str) -> Decision:
        return self.took(mind.stop(self.rules, self.state, rooms, self.now))

    def target(self, output: str = "light", room: int = 0) -> float:
        one = self.state.rooms[room]
        return (one.light if output == "light" else one.sound).ramp.target

    def limits(self) -> list[str]:
        """Which rules refused the last thing that was said."""
        return [one.limit for one in self.last.denied]
