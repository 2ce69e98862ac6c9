"""A failure told as a story: where in the evening, what happened, what comes of it, the mend."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from msgspec.structs import replace

from evenfall.formats.decode import Document
from evenfall.formats.errors import Place
from evenfall.formats.quantity import duration_s, duration_text
from evenfall.records.night import (
    MODE_NAMES,
    RUNNING,
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
    Override,
    Pause,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.programme import BEAT_S, Programme
from evenfall.records.proof import Finding, PathStep
from evenfall.records.score import Scene, Score
from evenfall.rehearse.check.explore import Explored
from evenfall.rehearse.check.ground import Broken
from evenfall.rehearse.check.properties import Property

Taken = Sequence[tuple[AnyEvent, NightState]]

_SAID = {
    Begin: "as it begins", Touch: "when someone touches the page",
    Voice: "when someone asks for a voice", Choice: "when a door is chosen",
    Stop: "when someone stops it", No: "when a child says no", Pause: "when it is paused",
    Resume: "when the pause is over", LightsOut: "when a light goes out",
    SensorLost: "when a sensor is lost", SensorReturned: "when a sensor is back",
    Dawn: "when the dawn is due or put off", BeatsMissed: "when the hub has been away",
    Override: "at a guardian's word", Emergency: "in an emergency", Beat: "as time passes",
    Restarted: "when the log cannot be trusted",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What a story needs: what was explored, and the text it comes from, if there is one."""

    explored: Explored
    document: Document[Score] | None = None

    @property
    def programme(self) -> Programme:
        """What was explored."""
        return self.explored.programme

    def finding(self, one: Property, broken: Broken) -> Finding:
        """One property that does not hold, told."""
        way = [*self.explored.way_to(broken.state)]
        if broken.event >= 0:
            way.append(int(self.explored.after[broken.state, broken.event]))
        way += [state for _, state in broken.onward]
        taken = self.explored.replayed(way)
        place, of_step = self._place(broken), broken.event >= 0 and not broken.onward
        return Finding(
            property=one.name,
            sensor=one.sensor,
            hazard=one.hazard,
            path=steps_of(self.programme, taken),
            file=place.file,
            line=place.line,
            column=place.column,
            found=finite(broken.found),
            limit=finite(broken.limit),
            unit=broken.unit,
            story=f"{_when(self.programme, taken, of_step=of_step)}, {broken.what}; {broken.rule}.",
            mend=broken.mend,
            edit=self._edit(broken),
        )

    def _place(self, broken: Broken) -> Place:
        scene = self.programme.scenes[broken.scene]
        if self.document is None:
            return Place("", scene.line, 1 if scene.line else 0)
        path = ("scenes", scene.id)
        part = broken.part
        if part in ("light", "sound"):
            written = self.document.place(*path, part)
            if written == self.document.place(*path):
                return self.document.key_place(*path)
            return self.document.place(*path, part, "over" if broken.unit == "s" else "to")
        if part and getattr(self.document.record.scenes.get(scene.id), part, None):
            return self.document.place(*path, part)
        return self.document.key_place(*path)

    def _edit(self, broken: Broken) -> str:
        """The line as it would be, where one number mends it."""
        if self.document is None or broken.unit == "lx·min":
            return ""
        scene = self.document.record.scenes[self.programme.scenes[broken.scene].id]
        return _EDITS.get(broken.part, _no_edit)(scene, broken)


LARGEST = 1e308


def finite(value: float) -> float:
    """A number that JSON can hold: what is none, or has no end, is as large as numbers are."""
    return value if isfinite(value) else LARGEST


def steps_of(programme: Programme, taken: Taken) -> tuple[PathStep, ...]:
    """A way with equal events one after another as one step.

    Args:
        programme: whose scenes are named.
        taken: each event with the state after it.
    """
    steps: list[PathStep] = []
    beat = 0
    for event, after in taken:
        kind, about = type(event).__name__.lower(), _about(event)
        mode, scene = MODE_NAMES[after.mode], programme.scenes[after.scene].id
        if after.breather_age_beats:
            scene = programme.scenes[programme.scenes[after.scene].breather].id
        one = PathStep(beat=beat, event=kind, about=about, mode=mode, scene=scene)
        beat += 1 if isinstance(event, Beat) else 0
        beat += event.beats if isinstance(event, BeatsMissed) else 0
        last = steps[-1] if steps else None
        if last is not None and replace(last, beat=one.beat, count=1) == one:
            steps[-1] = replace(last, count=last.count + 1)
        else:
            steps.append(one)
    return tuple(steps)


def _about(event: AnyEvent) -> str:
    if isinstance(event, Beat):
        return "asleep" if any(event.stages) else "nothing measured"
    if isinstance(event, Choice):
        return event.option
    if isinstance(event, LightsOut | SensorLost | SensorReturned):
        return f"sleeper {event.sleeper + 1}"
    if isinstance(event, Dawn):
        return "due" if event.due else "put off"
    return f"{event.beats} beats" if isinstance(event, BeatsMissed) else ""


def _when(programme: Programme, taken: Taken, *, of_step: bool) -> str:
    """How far into which scene, and what had just happened.

    Args:
        programme: whose scenes are named.
        taken: the way, each event with the state after it.
        of_step: True where the last step itself is the story, told from where it was taken.
    """
    if not taken:
        return "Before anything has begun"
    event, state = taken[-1]
    before = taken[:-1] if of_step else taken
    here = before[-1][1] if before else taken[-1][1]
    beats, seen = _time_in(programme, before, here)
    place = _where(programme, here)
    blind = "" if seen or not programme.watches or not beats else " with no sensor"
    at = "" if isinstance(event, Beat) or (beats and not of_step) else f", {_SAID[type(event)]}"
    if beats:
        return f"{beats * BEAT_S / 60:g} min into {place}{blind}{at}"
    last = taken[-1][1] if of_step else state
    return f"In {place}{at}" if of_step and last is not here else f"On coming to {place}{at}"


def _time_in(programme: Programme, taken: Taken, here: NightState) -> tuple[int, bool]:
    """How many beats the last of a way were spent in one place, and if any of them saw sleep."""
    place, beats, seen = _where(programme, here), 0, False
    for index in range(len(taken) - 1, -1, -1):
        event, after = taken[index]
        came_from = _where(programme, taken[index - 1][1]) if index else ""
        if _where(programme, after) != place:
            break
        if came_from == place and isinstance(event, Beat):
            beats, seen = beats + 1, seen or any(event.stages)
    return beats, seen


def _where(programme: Programme, state: NightState) -> str:
    scene = programme.scenes[state.scene]
    if state.mode != RUNNING:
        return {
            "told": f"the telling after *{scene.id}*",
            "paused": f"a pause of *{scene.id}*",
        }.get(MODE_NAMES[state.mode], f"the night {MODE_NAMES[state.mode]}")
    if state.breather_age_beats:
        return f"the breather *{programme.scenes[scene.breather].id}* of *{scene.id}*"
    return f"*{scene.id}*"


# --- Edits -------------------------------------------------------------------------------------


def _light(scene: Scene, broken: Broken) -> str:
    if scene.light is None or broken.limit <= 0.0:
        return ""
    if broken.unit == "s":
        return f"light: {{to: {scene.light.to}, over: {duration_text(broken.limit)}}}"
    return f"light: {{to: {broken.limit:g} lx mEDI, over: {scene.light.over}}}"


def _sound(scene: Scene, broken: Broken) -> str:
    if scene.sound is None or broken.limit <= 0.0:
        return ""
    play = scene.sound.play
    if broken.unit == "s":
        return f"sound: {{play: {play}, to: {scene.sound.to}, over: {duration_text(broken.limit)}}}"
    return f"sound: {{play: {play}, to: {broken.limit:g} dBA, over: {scene.sound.over}}}"


def _stay(scene: Scene, broken: Broken) -> str:
    if scene.stay is None:
        return ""
    if broken.unit == "s":
        return f"stay: [{duration_text(max(broken.limit, BEAT_S))}, {scene.stay[1]}]"
    over_s = (broken.found - broken.limit) * 60
    left_s = duration_s(scene.stay[1]) - over_s
    if left_s < duration_s(scene.stay[0]) + 2 * BEAT_S:
        return ""
    return f"stay: [{scene.stay[0]}, {duration_text(left_s)}]"


def _every(scene: Scene, broken: Broken) -> str:
    if scene.breather_every is None:
        return ""
    half_s = max(int(broken.limit * 60) // 2 // BEAT_S * BEAT_S, BEAT_S)
    return f"breather_every: {duration_text(min(half_s, duration_s(scene.breather_every)))}"


def _no_edit(_scene: Scene, _broken: Broken) -> str:
    return ""


_EDITS = {"light": _light, "sound": _sound, "stay": _stay, "breather_every": _every}
