"""The long evening as data: what happens when, and what has to come of it, judged from samples.

Nothing here waits or asks. `long_evening.py` lets it happen; `evening_picture.py` draws it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

WHOLE_MIN = 40.0
KILLED_MIN = 22.5
DEAD_MIN = 1.5
SHORTEST_MIN = 6.0

AT = "19:20"
"""The made-up hour it begins at. The hub keeps it to the minute, so it comes back on a minute."""

LINE_EVERY_S = 35.0
"""How long somebody reads one line."""

BY_HAND = 4
"""What somebody turns the lamp down to, of 255."""

LAMP, FULL, LIGHT_AT_FULL = "light.bed_light", 255, 5.0
NIGHT_LIGHT = 25
"""The nest's 0.5 lx mEDI on this lamp."""

SILENT_RMS, DARK = 1e-5, 0.01


@dataclass(frozen=True)
class Event:
    """Something that is done, and when in an evening of forty minutes."""

    name: str
    do: str
    at_min: float
    more: dict[str, str] = field(default_factory=dict)


EVENTS = (
    Event("Somebody presses Begin", "begin", 1.0),
    Event("The page is frozen", "freeze", 5.0),
    Event("The page is thawed", "thaw", 10.0),
    Event("Lights out for Noor", "out", 13.0, {"name": "Noor"}),
    Event("Lights out for Ilay", "last-out", 19.0, {"name": "Ilay"}),
    Event("The hub and its guard are killed (-9)", "kill", KILLED_MIN),
    Event("The hub is started again", "restart", KILLED_MIN + DEAD_MIN),
    Event("Somebody turns the lamp down by hand", "hand", 28.0),
    Event("A child touches the page", "touch", 33.0),
    Event("The evening is over", "end", WHOLE_MIN),
)


@dataclass(frozen=True)
class Sample:
    """What was so at one moment. What did not answer is None."""

    at_s: float
    lamp: int | None
    hub: dict[str, Any] | None
    page: dict[str, Any] | None
    notices: int = 0


@dataclass(frozen=True)
class Done:
    """An event that happened, when it did, and what went wrong with it if anything."""

    event: Event
    at_s: float
    fault: str = ""


Seen = Callable[[Sample], bool]


@dataclass(frozen=True)
class Expectation:
    """What must come of an event: how soon, or for how long from then on."""

    after: str
    what: str
    within_s: float
    seen: Seen
    stays: bool = False


@dataclass(frozen=True)
class Verdict:
    """An expectation held against what was sampled."""

    expectation: Expectation
    held: bool
    after_s: float | None
    why: str = ""


# --- When --------------------------------------------------------------------------------------


def planned(minutes: float) -> tuple[tuple[Event, float], ...]:
    """The events of an evening of so many minutes, in seconds from its beginning.

    The hub stays dead for 90 s however short the evening is, since a lamp's automation needs up
    to a minute; and it comes back on a whole minute, since its made-up hour knows no seconds.

    Example:
        >>> [round(at_s) for event, at_s in planned(40.0) if event.do in ("kill", "restart")]
        [1350, 1440]
        >>> [round(at_s) for event, at_s in planned(6.0) if event.do in ("kill", "restart")]
        [150, 240]
    """
    back_min = _back_min(minutes)
    return tuple((event, _moved(event.at_min, back_min, minutes) * 60.0) for event in EVENTS)


def _back_min(minutes: float) -> int:
    alive_min = WHOLE_MIN - DEAD_MIN
    killed_min = KILLED_MIN * (minutes - DEAD_MIN) / alive_min
    return round(killed_min + DEAD_MIN)


def _moved(at_min: float, back_min: int, minutes: float) -> float:
    killed_min = back_min - DEAD_MIN
    if at_min <= KILLED_MIN:
        return at_min * killed_min / KILLED_MIN
    whole_back_min = KILLED_MIN + DEAD_MIN
    share = (at_min - whole_back_min) / (WHOLE_MIN - whole_back_min)
    return back_min + share * (minutes - back_min)


def line_every_s(minutes: float) -> float:
    """How long a line is read in an evening of so many minutes; never under 8 s."""
    return max(8.0, LINE_EVERY_S * minutes / WHOLE_MIN)


def hour_at(minutes: int) -> str:
    """The made-up hour so many minutes later, as the hub is told it.

    Example:
        >>> hour_at(18), hour_at(41)
        ('19:38', '20:01')
    """
    hour, minute = (int(part) for part in AT.split(":"))
    whole = hour * 60 + minute + minutes
    return f"{whole // 60:02d}:{whole % 60:02d}"


# --- What is seen --------------------------------------------------------------------------------


def _page(sample: Sample, name: str, absent: Any = None) -> Any:
    return absent if sample.page is None else sample.page.get(name, absent)


def _hub(sample: Sample, name: str, absent: Any = None) -> Any:
    return absent if sample.hub is None else sample.hub.get(name, absent)


def face(*names: str) -> Seen:
    """The page shows one of these faces."""
    return lambda sample: bool(_page(sample, "face") in names)


def quiet_page(sample: Sample) -> bool:
    """The page answers, is dark and makes no sound."""
    silent: bool = _page(sample, "rms", 1.0) <= SILENT_RMS
    dark: bool = _page(sample, "ember", 1.0) <= DARK
    return silent and dark


def silent_page(sample: Sample) -> bool:
    """The page answers and makes no sound."""
    return bool(_page(sample, "rms", 1.0) <= SILENT_RMS)


def heard(sample: Sample) -> bool:
    """The page makes a sound."""
    return bool(_page(sample, "rms", 0.0) > 10 * SILENT_RMS)


def lamp_as_told(sample: Sample) -> bool:
    """The lamp stands within one step of where the hub wants it."""
    wanted = _hub(sample, "light_lx")
    if wanted is None or sample.lamp is None:
        return False
    return abs(sample.lamp - int(wanted / LIGHT_AT_FULL * FULL)) <= 1


def lamp_at_most(step: int) -> Seen:
    """The lamp is this dim, or dimmer."""
    return lambda sample: sample.lamp is not None and sample.lamp <= step


def lamp_is(step: int) -> Seen:
    """The lamp stands at a step."""
    return lambda sample: sample.lamp == step


def hub_says(name: str, *values: object) -> Seen:
    """The hub answers, and something in its view is so."""
    return lambda sample: _hub(sample, name) in values


def told(words: str) -> Seen:
    """The hub tells the family something."""
    return lambda sample: any(words in said for said in _hub(sample, "faults", ()))


def notified(sample: Sample) -> bool:
    """Home Assistant shows the notice."""
    return sample.notices > 0


def either(*ways: Seen) -> Seen:
    """One of several."""
    return lambda sample: any(way(sample) for way in ways)


def no_ticks(sample: Sample) -> bool:
    """The page's own clock stood still since the sample before, or it did not answer."""
    return not _page(sample, "ticked", 0)


def ticks(sample: Sample) -> bool:
    """The page's own clock moves."""
    return bool(_page(sample, "ticked", 0))


def both(*ways: Seen) -> Seen:
    """All of several."""
    return lambda sample: all(way(sample) for way in ways)


def same_place(sample: Sample) -> bool:
    """The page has as many lines of the story before it as the hub's own part of it."""
    lines: int = _page(sample, "lines", -1)
    return bool(lines == _hub(sample, "says"))


def no_more_lost(sample: Sample) -> bool:
    """The page says what the hub says, and nothing of having lost it."""
    return bool(sample.hub and _page(sample, "said") == sample.hub["faults"])


def dark_page(sample: Sample) -> bool:
    """The page answers and gives no light."""
    return bool(_page(sample, "ember", 1.0) <= DARK)


_RUNS = hub_says("mode", "running")
EXPECTATIONS = (
    Expectation("begin", "the first line is on the page", 20.0, face("story")),
    Expectation("begin", "its sound is heard", 45.0, heard),
    Expectation("begin", "the lamp stands where the hub wants it", 75.0, both(_RUNS, lamp_as_told)),
    Expectation("freeze", "its own clock stands still until it is thawed", 5.0, no_ticks, True),
    Expectation("freeze", "its sound has ended by itself", 25.0, silent_page),
    Expectation("freeze", "its ember has gone out by itself", 30.0, dark_page),
    Expectation("freeze", "the hub goes on without it", 5.0, _RUNS, True),
    Expectation("thaw", "its own clock moves", 6.0, ticks),
    Expectation(
        "thaw", "the story is on it, where the hub is", 20.0, both(face("story"), same_place)
    ),
    Expectation("thaw", "its sound is heard again", 45.0, either(heard, face("breather"))),
    Expectation("out", "the story goes on as a whisper", 30.0, hub_says("scene", "whisper")),
    Expectation(
        "last-out",
        "the page is face down and gives no light",
        20.0,
        both(face("asleep"), dark_page),
    ),
    Expectation("kill", "the page is dark and silent by itself", 25.0, quiet_page),
    Expectation(
        "kill", "Home Assistant's automation has brought the lamp to dark", 60.0, lamp_at_most(0)
    ),
    Expectation(
        "restart",
        "the hub answers and goes on in quiet",
        20.0,
        hub_says("scene", "night", "still water"),
    ),
    Expectation("restart", "the lamp is the night light again", 60.0, lamp_is(NIGHT_LIGHT)),
    Expectation(
        "restart",
        "the page has found it, still dark and silent",
        30.0,
        both(face("asleep"), quiet_page, no_more_lost),
    ),
    Expectation(
        "hand", "the lamp stays as the hand left it, to the end", 4.0, lamp_is(BY_HAND), True
    ),
    Expectation("touch", "the page answers", 5.0, face("called")),
    Expectation("touch", "the hub has called", 10.0, hub_says("call", "called")),
    Expectation("touch", "the notice is in Home Assistant", 10.0, notified),
    Expectation("touch", "the family is told of the hand on the lamp", 30.0, told("by hand")),
)


# --- Judging -------------------------------------------------------------------------------------


def judged(done: Sequence[Done], samples: Sequence[Sample]) -> tuple[Verdict, ...]:
    """Every expectation, held against what was sampled.

    Args:
        done: what happened, in order.
        samples: what was seen, in order.
    """
    causes = {one.event.do: one for one in done}
    return tuple(_verdict(one, causes.get(one.after), done, samples) for one in EXPECTATIONS)


def _verdict(
    expectation: Expectation, cause: Done | None, done: Sequence[Done], samples: Sequence[Sample]
) -> Verdict:
    if cause is None or cause.fault:
        why = "it never happened" if cause is None else cause.fault
        return Verdict(expectation, False, None, why)
    if expectation.stays:
        return _stayed(expectation, cause, done, samples)
    for sample in samples:
        if sample.at_s >= cause.at_s and expectation.seen(sample):
            after_s = sample.at_s - cause.at_s
            late = after_s > expectation.within_s
            return Verdict(expectation, not late, after_s, "too late" if late else "")
    return Verdict(expectation, False, None, "never seen")


def _stayed(
    expectation: Expectation, cause: Done, done: Sequence[Done], samples: Sequence[Sample]
) -> Verdict:
    """Whether it was so from soon after until what ends it."""
    ends_s = until_s(cause, done)
    asked = [one for one in samples if cause.at_s + expectation.within_s <= one.at_s < ends_s]
    broken = [one for one in asked if not expectation.seen(one)]
    if not asked:
        return Verdict(expectation, False, None, "nobody looked")
    if broken:
        return Verdict(expectation, False, broken[0].at_s - cause.at_s, "it did not stay so")
    return Verdict(expectation, True, ends_s - cause.at_s)


def until_s(cause: Done, done: Sequence[Done]) -> float:
    """When what an event began is over: a freeze with the thaw, everything else with the end."""
    ends = {"freeze": "thaw"}.get(cause.event.do, "end")
    return next((one.at_s for one in done if one.event.do == ends), float("inf"))
