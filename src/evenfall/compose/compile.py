"""From a score to a programme: names become indices, quantities become beats and plain numbers.

Compiling is the only way to a programme, and it refuses what has no shape or is plainly unsafe
for this audience. What it makes is immutable and says itself which limits it was checked against.
"""

from msgspec.structs import replace

from evenfall.compose.length import immersion_max_beats, length_max_beats
from evenfall.compose.plainly import unsafe_faults
from evenfall.compose.shape import is_night, shape_faults, stay_beats
from evenfall.formats.decode import Document
from evenfall.formats.errors import EvenfallError, Fault
from evenfall.formats.quantity import duration_s, light_lx_medi, sound_dba
from evenfall.records.limits import Limits
from evenfall.records.night import ASLEEP_MASK
from evenfall.records.output import ASLEEP
from evenfall.records.programme import (
    BEAT_S,
    LEASE_S,
    VOICE,
    Programme,
    ProgrammeExit,
    ProgrammeScene,
    Setpoint,
    Watch,
)
from evenfall.records.score import Exit, Scene, Score
from evenfall.safety.gate import fits
from evenfall.safety.merge import FALL_MAX_S

STOP_RAMP_S = 3.0
"""Stop is safe within 5 s from anywhere (DESIGN.md): 3 s of fade leave 2 s to get there."""

NIGHT_RAMP_S = 60.0
SILENCE_RAMP_S = 20.0
"""A scene without light or sound fades to dark over a minute, to silence over 20 s (LOOK.md)."""

GLOW_LX_MEDI = 0.8
"""What answers a touch at night: under the 1 lx a sleeper may have (this project's choice)."""


class ScoreError(EvenfallError):
    """A score that is no score, or is unsafe for this audience."""


def compile_score(
    document: Document[Score],
    *,
    limits: Limits,
    sleepers: int,
    youngest_years: float,
    night_light_lx_medi: float = 0.0,
) -> Programme:
    """Compile a score for the people of one room.

    Args:
        document: the score and where everything in it stands.
        limits: the limits of the strictest person in the room.
        sleepers: how many sleep in the room.
        youngest_years: the age of the youngest of them.
        night_light_lx_medi: what the room keeps all night; 0 is dark.

    Returns:
        The programme.

    Raises:
        ScoreError: with every fault found, each with its place and mend.
    """
    faults = [*_audience_faults(document, sleepers, youngest_years), *shape_faults(document)]
    faults = faults or unsafe_faults(document, limits)
    if faults:
        raise ScoreError(*faults)
    return _Compiler(document, limits, sleepers, night_light_lx_medi).programme()


def _audience_faults(
    document: Document[Score], sleepers: int, youngest_years: float
) -> list[Fault]:
    audience = document.record.audience
    faults = []
    if youngest_years < audience.youngest:
        faults.append(
            Fault(
                found=f"{_someone(youngest_years)} sleeps in this room",
                place=document.place("audience", "youngest"),
                expected=f"{document.record.title!r} is for {audience.youngest} and over",
                mend="choose another evening; a told one suits anyone of 1 and over"
                if youngest_years >= 1
                else "run no evening here: under 12 months there is only planning and logging",
            )
        )
    if sleepers > audience.sleepers:
        faults.append(
            Fault(
                found=f"{sleepers} people sleep in this room",
                place=document.place("audience", "sleepers"),
                expected=f"{document.record.title!r} is for {audience.sleepers} at most",
                mend="choose an evening made for more; a told one usually is",
            )
        )
    return faults


def _someone(years: float) -> str:
    return f"someone of {int(years)}" if years >= 1 else "someone under 12 months"


class _Compiler:
    """Holds what every part of one compilation needs: indices, watches and the room's safe."""

    def __init__(
        self, document: Document[Score], limits: Limits, sleepers: int, night_light: float
    ) -> None:
        self.document = document
        self.score = document.record
        self.limits = limits
        self.sleepers = sleepers
        self.night_light = night_light
        self.index = {name: i for i, name in enumerate(self.score.scenes)}
        self.watches: dict[Watch, int] = {}

    def programme(self) -> Programme:
        """Put the parts together."""
        scenes = tuple(self._scene(name, scene) for name, scene in self.score.scenes.items())
        quiet = [i for i, scene in enumerate(scenes) if scene.kind == "quiet"]
        wakes = [i for i, scene in enumerate(scenes) if scene.kind == "wake"]
        night = next(self.index[n] for n, s in self.score.scenes.items() if is_night(s))
        dark = self._setpoint("light", self.night_light, STOP_RAMP_S)
        silence = self._setpoint("sound", 0.0, STOP_RAMP_S)
        glow = self._setpoint(
            "light", max(GLOW_LX_MEDI, self.night_light), self.limits.light_ramp_min_s
        )
        return Programme(
            id=self.score.id,
            title=self.score.title,
            evening=self.score.evening,
            sleepers=self.sleepers,
            youngest_years=self.score.audience.youngest,
            limits=self.limits,
            scenes=scenes,
            watches=tuple(self.watches),
            quiet_scene=night,
            first_quiet_scene=quiet[0],
            wake_scene=wakes[0] if wakes else -1,
            safe=(dark, silence),
            glow=(glow, silence),
            glow_voice=(glow, self._voice()),
            length_max_beats=length_max_beats(self.score),
            immersion_max_beats=immersion_max_beats(self.score),
        )

    def _scene(self, name: str, scene: Scene) -> ProgrammeScene:
        shortest, longest = stay_beats(scene)
        setpoints = (self._light(scene), self._sound(scene))
        told = (self._told_light(setpoints[0]), self._setpoint("sound", 0.0, SILENCE_RAMP_S))
        every_s = duration_s(scene.breather_every) if scene.breather_every else 0
        return ProgrammeScene(
            id=name,
            kind=scene.kind,
            stay_min_beats=shortest,
            stay_max_beats=longest,
            then=self.index[scene.then] if scene.then else -1,
            setpoints=setpoints,
            told_setpoints=told,
            exits=tuple(self._exit(name, i, way) for i, way in enumerate(scene.exits)),
            waits_for_sleep=any(way.asleep_for for way in scene.exits),
            told_fits_asleep=all(fits(point, self.limits, ASLEEP) for point in told),
            fits_asleep=all(fits(point, self.limits, ASLEEP) for point in setpoints),
            breather=self.index[scene.breather] if scene.breather else -1,
            breather_every_beats=every_s // BEAT_S,
            say=scene.say,
            line=self._line("scenes", name),
        )

    def _light(self, scene: Scene) -> Setpoint:
        if scene.light is None:
            return self._setpoint("light", self.night_light, NIGHT_RAMP_S)
        # A room with a night light never gets darker than it: no scene may end by brightening.
        level = max(light_lx_medi(scene.light.to), self.night_light)
        return self._setpoint("light", level, duration_s(scene.light.over))

    def _told_light(self, light: Setpoint) -> Setpoint:
        """The same light to tell by; where only the night light is left, soon there."""
        if light.target > self.night_light:
            return light
        return replace(light, ramp_s=min(light.ramp_s, FALL_MAX_S))

    def _sound(self, scene: Scene) -> Setpoint:
        if scene.sound is None:
            return self._setpoint("sound", 0.0, SILENCE_RAMP_S)
        level = self._setpoint("sound", sound_dba(scene.sound.to), duration_s(scene.sound.over))
        return replace(level, what=scene.sound.play)

    def _voice(self) -> Setpoint:
        """A familiar voice at night: its own limit, and never above the night's."""
        level = min(self.limits.voice_asleep_dba, self.limits.sound_asleep_dba)
        voice = self._setpoint("sound", level, self.limits.sound_ramp_min_s)
        return replace(voice, what=VOICE)

    def _setpoint(self, output: str, target: float, ramp_s: float) -> Setpoint:
        return Setpoint(output, target, float(ramp_s), LEASE_S)

    def _exit(self, name: str, place: int, way: Exit) -> ProgrammeExit:
        return ProgrammeExit(
            to=self.index[way.to],
            watch=self._watch(way) if way.asleep_for else -1,
            touched=way.touched,
            chosen=way.chosen or "",
            lights_out=_mask(self._who(way.lights_out)) if way.lights_out else 0,
            any_lights_out=way.lights_out == "any",
            line=self._line("scenes", name, "exits", place),
        )

    def _watch(self, way: Exit) -> int:
        """The index of what this exit waits for; the same thing is watched once."""
        assert way.asleep_for is not None
        watch = Watch(
            sleepers=self._who(way.who),
            stages=ASLEEP_MASK,
            everyone=way.who != "any",
            beats=max(-(-duration_s(way.asleep_for) // BEAT_S), 1),
        )
        return self.watches.setdefault(watch, len(self.watches))

    def _who(self, role: str) -> tuple[int, ...]:
        """Sleepers by role: they are in order of age, the youngest first."""
        if role == "younger":
            return (0,)
        if role == "elder":
            return (self.sleepers - 1,)
        return tuple(range(self.sleepers))

    def _line(self, *path: str | int) -> int:
        return self.document.key_place(*path).line


def _mask(sleepers: tuple[int, ...]) -> int:
    return sum(1 << sleeper for sleeper in sleepers)
