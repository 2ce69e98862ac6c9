"""Golden nights: what happens in a night, and all that follows from it, as files one can read.

A file holds the events of one night of a built-in evening and every change they lead to. The
events are the input; the changes are made from them, and compared.
"""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from evenfall.compose.compile import compile_score
from evenfall.formats.score import read_score
from evenfall.play.step import begin, step
from evenfall.records.night import (
    MODE_NAMES,
    N2,
    WAKE,
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    NightState,
    No,
    Pause,
    Resume,
    SensorLost,
    SensorReturned,
    Step,
    Stop,
    TimedEvent,
    Touch,
    Up,
    Voice,
)
from evenfall.records.programme import Programme, Setpoint
from evenfall.safety.limits import limits_for

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "nights"
BUILT_IN = ("lamp-and-page", "tidepool", "lighthouse", "two-boats")
BEATS = 1320
"""Eleven hours: begun after 10 min, lights-out after 45, the dawn after ten hours."""

BEGUN, OUT, DAWN, UP = 20, 90, 1200, 1270
PLAN = (
    TimedEvent(BEGUN, Begin()),
    TimedEvent(OUT, LightsOut(0)),
    TimedEvent(DAWN, Dawn()),
    TimedEvent(UP, Up(0)),
)
"""A plain night's own events; a script may leave some out."""


class GoldenNight(msgspec.Struct, frozen=True):
    """The input: one night of one evening."""

    evening: str
    script: str
    sleepers: int
    youngest_years: int
    stages: tuple[tuple[int, int], ...]
    """From which beat on every sleeper is in which stage; 0 is unknown."""
    events: tuple[TimedEvent, ...]


def _at(beat: int, *events: AnyEvent) -> list[TimedEvent]:
    return [TimedEvent(beat, event) for event in events]


def _plan(*left_out: type) -> list[TimedEvent]:
    return [timed for timed in PLAN if not isinstance(timed.event, left_out)]


def _scripts(sleepers: int) -> dict[str, tuple[list[TimedEvent], tuple[tuple[int, int], ...]]]:
    """What is done, and what the sensors say; the younger's lights-out alone is its own script."""
    elder_out = _at(OUT, LightsOut(1)) if sleepers > 1 else []
    plain = _plan() + elder_out
    begun = _plan(LightsOut) + elder_out
    awake_then_asleep = ((0, WAKE), (44, N2), (1260, WAKE))
    return {
        "plain": (plain, ()),
        "touched-and-chosen": (
            plain + _at(24, Touch()) + _at(39, Choice("down")) + _at(60, Touch()),
            (),
        ),
        "sleep-comes": (plain, awake_then_asleep),
        "stop": (plain + _at(40, Stop("mara")) + _at(840, Touch()), ()),
        "no": (plain + _at(40, No(0)), ()),
        "pause-resumed": (plain + _at(40, Pause()) + _at(48, Resume()), ()),
        "pause-lapses": (plain + _at(40, Pause()), ()),
        "sensor-lost": (
            plain + _at(34, SensorLost(0)) + _at(600, SensorReturned(0)),
            ((0, WAKE), (34, 0), (600, N2)),
        ),
        "two-am-touch": (plain + _at(840, Touch()) + _at(846, Touch()), ()),
        "two-am-voice": (
            plain
            + _at(830, Voice(0, "v-1"))
            + _at(840, Touch())
            + _at(841, Voice(0, "v-1"))
            + _at(848, Voice(0, "v-2"))
            + _at(849, Stop("noor"), Voice(0, "v-1")),
            (),
        ),
        "younger-first": (begun + _at(32, LightsOut(0)), ()),
        "early-lights-out": (begun + _at(10, LightsOut(0)), ()),
        "emergency": (
            plain
            + _at(40, Emergency("call", 0, "noor"))
            + _at(840, Touch())
            + _at(841, Voice(0, "v-1"))
            + _at(842, Emergency("distress", 0)),
            (),
        ),
        "gap": (plain + _at(36, BeatsMissed(2)) + _at(44, BeatsMissed(5)), ()),
        "dawn-put-off": (plain + _at(1210, Dawn(due=False)) + _at(1240, Dawn()), ()),
        "nobody-begins": (_plan(Begin, LightsOut), ()),
    }


def golden_nights() -> list[GoldenNight]:
    """Every script with every built-in evening."""
    made = []
    for evening in BUILT_IN:
        audience = read_score(_text(evening), evening).record.audience
        sleepers = min(audience.sleepers, 2)
        for script, (events, stages) in _scripts(sleepers).items():
            ordered = tuple(sorted(events, key=lambda timed: timed.beat))
            years = max(audience.youngest, 4)
            made.append(GoldenNight(evening, script, sleepers, years, stages, ordered))
    return made


def path_of(night: GoldenNight) -> Path:
    """Where a golden night is kept."""
    return FOLDER / f"{night.evening}.{night.script}.json"


def play(night: GoldenNight) -> list[dict[str, Any]]:
    """Every change of a night: when, where it leads, by which rule, and what the room does."""
    programme = _programme(night)
    state = begin(programme)
    seen: tuple[object, ...] = ()
    changes = []
    for timed in _events(night):
        taken = step(programme, state, timed.event)
        state = taken.state
        now = (state.mode, state.scene, bool(state.breather_age_beats), taken.setpoints)
        if now != seen or taken.reasons:
            changes.append(_change(programme, timed, taken))
        seen = now
    return changes


def render(night: GoldenNight) -> str:
    """The whole file: the input, then each change in a line of its own."""
    head = msgspec.to_builtins(night)
    events = [json.dumps(one) for one in head.pop("events")]
    changes = [json.dumps(one, ensure_ascii=False) for one in play(night)]
    fields = [f" {json.dumps(name)}: {json.dumps(value)}" for name, value in head.items()]
    fields.append(' "events": [\n  ' + ",\n  ".join(events) + "\n ]")
    fields.append(' "changes": [\n  ' + ",\n  ".join(changes) + "\n ]")
    return "{\n" + ",\n".join(fields) + "\n}\n"


def read(path: Path) -> tuple[GoldenNight, list[dict[str, Any]]]:
    """A golden night from its file, and the changes that must follow."""
    data = json.loads(path.read_text(encoding="utf-8"))
    changes: list[dict[str, Any]] = data.pop("changes")
    return msgspec.convert(data, GoldenNight), changes


def _text(evening: str) -> str:
    return (files("evenfall.compose") / "scores" / f"{evening}.yaml").read_text(encoding="utf-8")


def _programme(night: GoldenNight) -> Programme:
    return compile_score(
        read_score(_text(night.evening), f"{night.evening}.yaml"),
        limits=limits_for(night.youngest_years),
        sleepers=night.sleepers,
        youngest_years=night.youngest_years,
    )


def _events(night: GoldenNight) -> list[TimedEvent]:
    """What happens, then the tick, beat by beat; a missed beat has no tick."""
    ordered, missed = [], 0
    for beat in range(BEATS):
        happens = [timed for timed in night.events if timed.beat == beat]
        missed = sum(t.event.beats for t in happens if isinstance(t.event, BeatsMissed)) or missed
        if missed:
            missed -= 1
        else:
            happens.append(TimedEvent(beat, Beat(_stages(night, beat))))
        ordered += happens
    return ordered


def _stages(night: GoldenNight, beat: int) -> tuple[int, ...]:
    told = [stage for first, stage in night.stages if first <= beat]
    return (told[-1],) * night.sleepers if told and told[-1] else ()


def _change(programme: Programme, timed: TimedEvent, taken: Step) -> dict[str, Any]:
    return {
        "beat": timed.beat,
        "event": type(timed.event).__name__.lower(),
        "rules": [reason.rule for reason in taken.reasons],
        "line": next((reason.line for reason in taken.reasons if reason.line), 0),
        "scene": _place(programme, taken.state),
        "mode": MODE_NAMES[taken.state.mode],
        "room": ", ".join(_words(point) for point in taken.setpoints),
    }


def _place(programme: Programme, state: NightState) -> str:
    scene = programme.scenes[state.scene]
    if not state.breather_age_beats:
        return scene.id
    return f"{programme.scenes[scene.breather].id} in {scene.id}"


def _words(point: Setpoint) -> str:
    unit = {"light": "lx", "sound": "dBA"}[point.output]
    what = point.what or point.output
    return f"{what} {point.target:g} {unit} over {point.ramp_s:g} s"
