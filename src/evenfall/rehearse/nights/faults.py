"""What goes wrong in a rehearsed night, and when: drawn from the night's seed alone.

Each kind has a stream of its own, so that asking for one more leaves the others where they were.
How often each comes and how long it lasts is this project's own choice, made so that most nights
have two or three and none is rare among a thousand.
"""

import math
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Annotated, NamedTuple

from msgspec import Meta

from evenfall.formats.errors import EvenfallError, Fault, Place
from evenfall.records.base import Record
from evenfall.rehearse.chance import Chance, Stream

LIES = ("asleep", "awake", "the reverse")
"""What a lying sensor says."""

CRASHES = ("between two events", "before the log", "after the log")
"""Where in its work a hub is killed: what is quieter goes out first, then the row is written."""


class _Kind(NamedTuple):
    about: str
    share: float  # of nights
    shortest_s: float = 0.0
    longest_s: float = 0.0


_KINDS: dict[str, _Kind] = {
    "sensor-lost": _Kind("a sensor gives nothing, and comes back", 0.2, 60, 7200),
    "sensor-lying": _Kind("a sensor says asleep, awake, or the reverse", 0.2, 300, 36000),
    "sensor-frozen": _Kind("a sensor says the same for hours", 0.2, 300, 14400),
    "lamp-offline": _Kind("the lamp keeps its last value, and comes back", 0.2, 20, 7200),
    "page-frozen": _Kind("the bedside page hangs, and comes back", 0.25, 5, 1800),
    "hub-killed": _Kind("the hub is killed, and starts again", 0.3, 2, 900),
    "guard-killed": _Kind("the guard is killed, and starts again", 0.25, 2, 600),
    "clock-stepped": _Kind("the wall clock is set forward or back", 0.2),
    "network-cut": _Kind("the home network is gone, and comes back", 0.25, 3, 1800),
    "stop": _Kind("somebody stops it for the night", 0.2),
    "no": _Kind("a child says no", 0.15),
    "override": _Kind("a guardian quiets it from elsewhere", 0.15),
    "call": _Kind("somebody calls for help from a page", 0.1),
    "distress": _Kind("heart and movement are high, and distress is suspected", 0.15),
    "touch": _Kind("somebody touches the page, once or more", 0.4),
    "voice": _Kind("somebody touches the page and asks for a voice", 0.2),
    "pause": _Kind("somebody pauses it, and resumes or forgets", 0.25, 5, 1500),
}

FAULTS: dict[str, str] = {name: kind.about for name, kind in _KINDS.items()}
"""Everything that can be asked for, with a line on each."""

_STEP_MAX_S = 3600
_FORGOTTEN = 0.2
_TOUCHES_MAX = 3


class Happening(Record, frozen=True, kw_only=True):
    """One thing that goes wrong, or that somebody does, at any moment of the night."""

    kind: Annotated[str, Meta(description="which, by the names of FAULTS")]
    at_s: Annotated[float, Meta(description="when, in seconds from the night's beginning")]
    until_s: Annotated[float, Meta(description="when it is over; the same where it has no length")]
    sleeper: Annotated[int, Meta(description="whose, by index")] = 0
    how: Annotated[
        int,
        Meta(
            description="which lie; where a hub is killed; by how many seconds a clock is set; "
            "1 where a pause is forgotten"
        ),
    ] = 0
    reboots: Annotated[bool, Meta(description="true where the machine starts anew")] = False


def faults_named(text: str) -> tuple[str, ...]:
    """The kinds that are asked for.

    Args:
        text: all, none, or names with commas between.

    Raises:
        EvenfallError: there is no such fault.

    Example:
        >>> faults_named("stop, hub-killed")
        ('hub-killed', 'stop')
    """
    if text.strip() == "all":
        return tuple(FAULTS)
    if text.strip() == "none":
        return ()
    asked = {word.strip() for word in text.split(",")} - {""}
    for word in sorted(asked - set(FAULTS)) or ([] if asked else [text]):
        near = get_close_matches(word, FAULTS, n=1, cutoff=0.0)[0]
        raise EvenfallError(
            Fault(
                found=f"no fault called {word!r}",
                place=Place("--faults"),
                expected=f"all, none, or some of {', '.join(FAULTS)}",
                mend=f"write --faults {near}",
            )
        )
    return tuple(name for name in FAULTS if name in asked)


def draw_happenings(
    chance: Chance, kinds: Sequence[str], *, evening_s: float, night_s: float, sleepers: int
) -> tuple[Happening, ...]:
    """What happens in one night, in order.

    Args:
        chance: the night's own.
        kinds: which may happen.
        evening_s: how long the evening is; half of all moments fall into it.
        night_s: how long the whole night is.
        sleepers: how many sleep in the room.
    """
    drawn: list[Happening] = []
    for kind in kinds:
        stream = chance.stream(f"fault/{kind}")
        if stream.random() < _KINDS[kind].share:
            for _ in range(_times(kind, stream)):
                drawn.append(_drawn(kind, stream, evening_s, night_s, sleepers))
    return tuple(sorted(drawn, key=lambda one: (one.at_s, one.kind)))


def _times(kind: str, stream: Stream) -> int:
    return int(stream.integers(1, _TOUCHES_MAX + 1)) if kind == "touch" else 1


def _drawn(kind: str, stream: Stream, evening_s: float, night_s: float, sleepers: int) -> Happening:
    span_s = evening_s if stream.random() < 0.5 else night_s
    at_s = round(float(stream.random()) * span_s, 1)
    shortest_s, longest_s = _KINDS[kind].shortest_s, _KINDS[kind].longest_s
    # As many short as long ones: what matters lies around a lease, not around the mean.
    share = float(stream.random())
    lasts_s = round(shortest_s * (longest_s / shortest_s) ** share, 1) if shortest_s else 0.0
    return Happening(
        kind=kind,
        at_s=at_s,
        until_s=at_s + lasts_s,
        sleeper=int(stream.integers(sleepers)),
        how=_how(kind, stream),
        reboots=kind == "hub-killed" and bool(stream.random() < 0.3),
    )


def _how(kind: str, stream: Stream) -> int:
    if kind == "sensor-lying":
        return int(stream.integers(len(LIES)))
    if kind == "hub-killed":
        return int(stream.integers(len(CRASHES)))
    if kind == "clock-stepped":
        size_s = round(math.exp(math.log(_STEP_MAX_S) * float(stream.random())))
        return size_s if stream.random() < 0.5 else -size_s
    return int(kind == "pause" and stream.random() < _FORGOTTEN)


def happening_words(one: Happening) -> str:
    """One of them in a few words, for the story of a night."""
    lasts_s = one.until_s - one.at_s
    more = f", for {_length(lasts_s)}" if lasts_s else ""
    if one.kind == "sensor-lying":
        return f"a sensor begins to say {LIES[one.how]}{more}"
    if one.kind == "hub-killed":
        again = "; the machine starts anew" if one.reboots else ""
        return f"the hub is killed {CRASHES[one.how]}{more}{again}"
    if one.kind == "clock-stepped":
        way = "forward" if one.how > 0 else "back"
        return f"the wall clock is set {way} by {_length(abs(one.how))}"
    if one.kind == "pause" and one.how:
        return "somebody pauses it, and forgets"
    return f"{FAULTS[one.kind].split(',')[0]}{more}"


def _length(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:g} s"
    return f"{seconds / 60:.0f} min"
