"""Programmes that no score can become, each unsafe in a way of its own: as if a compiler had erred.

The format has no word for most of what is here, so it is written into a compiled programme. `rule`
is what the second verifier must object to; the exhaustive checker must find each too.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf, nan
from typing import Any

from msgspec.structs import replace
from tests.support.scores import PROGRAMMES

from evenfall.records.programme import (
    Programme,
    ProgrammeExit,
    ProgrammeScene,
    Setpoint,
)

SOLO = PROGRAMMES["solo with a night light"]
DUET = PROGRAMMES["duet"]
SCENES = {scene.id: index for index, scene in enumerate(SOLO.scenes)}


@dataclass(frozen=True)
class Unsafe:
    """One programme and what is to be said of it."""

    way: str
    rule: str
    programme: Programme


def with_scene(name: str, change: Callable[[ProgrammeScene], ProgrammeScene]) -> Programme:
    """The solo with one scene another."""
    index = SCENES[name]
    scenes = list(SOLO.scenes)
    scenes[index] = change(scenes[index])
    return replace(SOLO, scenes=tuple(scenes))


def scene(name: str, **fields: Any) -> Programme:
    """The solo with some fields of one scene another."""
    return with_scene(name, lambda one: replace(one, **fields))


def point(points: tuple[Setpoint, ...], output: str, **fields: Any) -> tuple[Setpoint, ...]:
    """Some setpoints with one of them another."""
    return tuple(replace(p, **fields) if p.output == output else p for p in points)


def level(name: str, output: str, **fields: Any) -> Programme:
    """The solo with one track of one scene another."""
    return with_scene(
        name, lambda one: replace(one, setpoints=point(one.setpoints, output, **fields))
    )


def told(name: str, output: str, **fields: Any) -> Programme:
    """The same of what is left after a no."""
    return with_scene(
        name, lambda one: replace(one, told_setpoints=point(one.told_setpoints, output, **fields))
    )


def exits(name: str, *ways: ProgrammeExit) -> Programme:
    """The solo with other ways on from one scene."""
    return scene(name, exits=ways)


def _levels() -> list[Unsafe]:
    return [
        Unsafe("a light that is no number", "level", level("deep", "light", target=nan)),
        Unsafe("a light without end", "level", level("deep", "light", target=inf)),
        Unsafe("a light below nothing", "level", level("deep", "light", target=-1.0)),
        Unsafe("a light too bright for a child", "level", level("deep", "light", target=1.1)),
        Unsafe("a sound too loud before lights-out", "level", level("deep", "sound", target=51.0)),
        Unsafe("a quiet too loud for a sleeper", "level", level("hush", "sound", target=31.0)),
        Unsafe("a quiet too bright for a sleeper", "level", level("hush", "light", target=2.0)),
        Unsafe("a night that goes on playing", "level", level("night", "sound", target=25.0)),
        Unsafe("a night brighter than its night light", "level",
               level("night", "light", target=0.9)),
        Unsafe("a dawn too bright", "level", level("morning", "light", target=111.0)),
        Unsafe("a dawn too loud", "level", level("morning", "sound", target=51.0)),
        Unsafe("a breather brighter than its scene", "level",
               level("look-up", "light", target=0.9)),
        Unsafe("a breather louder than its scene", "level", level("look-up", "sound", target=45.0)),
        Unsafe("sound while a person tells", "level", told("arrive", "sound", target=20.0)),
        Unsafe("a no that brightens", "level", told("shore", "light", target=0.9)),
        Unsafe("a loud scene that says it fits a sleeper", "level",
               scene("deep", fits_asleep=True)),
        Unsafe("a glow too bright for a sleeper", "level",
               replace(SOLO, glow=point(SOLO.glow, "light", target=3.0))),
        Unsafe("a glow that sounds", "level",
               replace(SOLO, glow=point(SOLO.glow, "sound", target=20.0))),
        Unsafe("a voice too loud for a sleeper", "level",
               replace(SOLO, glow_voice=point(SOLO.glow_voice, "sound", target=40.0))),
        Unsafe("a voice with a light too bright", "level",
               replace(SOLO, glow_voice=point(SOLO.glow_voice, "light", target=3.0))),
        Unsafe("a safe that is not dark", "level",
               replace(SOLO, safe=point(SOLO.safe, "light", target=1.5))),
        Unsafe("a safe that is not quiet", "level",
               replace(SOLO, safe=point(SOLO.safe, "sound", target=10.0))),
        Unsafe("a stop that brightens the room", "stop",
               replace(SOLO, safe=point(SOLO.safe, "light", target=0.9))),
    ]  # fmt: skip


def _times() -> list[Unsafe]:
    return [
        Unsafe("light that comes at once", "ramp", level("deep", "light", ramp_s=0.0)),
        Unsafe("sound that comes at once", "ramp", level("deep", "sound", ramp_s=1.0)),
        Unsafe("a dawn within a minute", "ramp", level("morning", "light", ramp_s=60.0)),
        Unsafe("a glow like a flash", "ramp",
               replace(SOLO, glow=point(SOLO.glow, "light", ramp_s=0.5))),
        Unsafe("a voice that starts at once", "ramp",
               replace(SOLO, glow_voice=point(SOLO.glow_voice, "sound", ramp_s=0.0))),
        Unsafe("a ramp that is no number", "fade", level("deep", "light", ramp_s=nan)),
        Unsafe("a ramp without end", "fade", level("deep", "light", ramp_s=inf)),
        Unsafe("a ramp below nothing", "fade", level("night", "sound", ramp_s=-5.0)),
        Unsafe("a stop that takes a minute", "stop",
               replace(SOLO, safe=point(SOLO.safe, "light", ramp_s=60.0))),
        Unsafe("a stop whose sound lingers", "stop",
               replace(SOLO, safe=point(SOLO.safe, "sound", ramp_s=10.0))),
        Unsafe("a lease of ten hours", "lease", level("deep", "sound", lease_s=36_000.0)),
        Unsafe("a lease of no time", "lease", level("deep", "sound", lease_s=0.0)),
        Unsafe("a lease below nothing", "lease", level("deep", "sound", lease_s=-1.0)),
        Unsafe("a lease without end", "lease", level("hush", "sound", lease_s=inf)),
        Unsafe("a lease that is no number", "lease", level("hush", "sound", lease_s=nan)),
        Unsafe("a scene with no end", "endless", scene("deep", stay_max_beats=0)),
        Unsafe("a quiet with no end that is not the night", "endless",
               scene("hush", stay_max_beats=0)),
        Unsafe("a dawn with no end", "endless", scene("morning", stay_max_beats=0)),
        Unsafe("a longer way to quiet than it says", "claim",
               replace(SOLO, length_max_beats=20)),
        Unsafe("over two hours to quiet", "length",
               replace(scene("deep", stay_max_beats=300), length_max_beats=999,
                       immersion_max_beats=999)),
        Unsafe("immersion over the interval of a child", "immersion",
               scene("deep", breather_every_beats=21)),
        Unsafe("immersion with its breather never due", "immersion",
               scene("deep", breather_every_beats=0)),
        Unsafe("a breather over at once", "breather",
               scene("look-up", stay_min_beats=0, stay_max_beats=1)),
        Unsafe("a breather that a touch ends at once", "breather",
               scene("look-up", stay_min_beats=0)),
    ]  # fmt: skip


def _ways() -> list[Unsafe]:
    deep, hush = SCENES["deep"], SCENES["hush"]
    arrive, shore = SCENES["arrive"], SCENES["shore"]
    return [
        Unsafe("an output that is not told to go quiet", "outputs",
               replace(SOLO, safe=SOLO.safe[:1])),
        Unsafe("an output that nobody knows", "outputs",
               with_scene("deep", lambda one: replace(
                   one, setpoints=(*one.setpoints, Setpoint("warmth", 39.0, 60.0, 75.0))))),
        Unsafe("an output that a scene leaves as it was", "outputs",
               scene("hush", setpoints=SOLO.scenes[hush].setpoints[:1])),
        Unsafe("a touch at night that leaves the sound as it was", "outputs",
               replace(SOLO, glow=SOLO.glow[:1])),
        Unsafe("a circle of dreamscapes", "circle", scene("shore", then=deep)),
        Unsafe("a way on into itself", "circle",
               exits("arrive", ProgrammeExit(to=arrive, chosen="again"))),
        Unsafe("a circle by a sensor", "circle",
               exits("shore", ProgrammeExit(to=deep, watch=0))),
        Unsafe("a scene that ends in no scene", "ways", scene("deep", then=-1, exits=())),
        Unsafe("a way to a scene that is not there", "ways", scene("deep", then=99)),
        Unsafe("quiet that leads back to arriving", "ways", scene("hush", then=arrive)),
        Unsafe("quiet from which a touch leads back", "ways",
               exits("hush", ProgrammeExit(to=shore, chosen="more"))),
        Unsafe("a dawn that a touch brings", "ways",
               exits("deep", ProgrammeExit(to=SCENES["morning"], touched=True))),
        Unsafe("a dawn by the longest stay", "ways", scene("hush", then=SCENES["morning"])),
        Unsafe("a dawn that leads into a dreamscape", "ways", scene("morning", then=deep)),
        Unsafe("a night that is a dreamscape", "ends", replace(SOLO, quiet_scene=deep)),
        Unsafe("lights-out into a dreamscape", "ends", replace(SOLO, first_quiet_scene=deep)),
        Unsafe("a dreamscape at dawn", "ends", replace(SOLO, wake_scene=deep)),
        Unsafe("an evening that begins with the dawn", "ends",
               scene("arrive", kind="wake")),
        Unsafe("a breather that is a dreamscape", "breather", scene("deep", breather=shore)),
        Unsafe("a breather that is not there", "breather", scene("deep", breather=-1)),
        Unsafe("awake taken for asleep", "watch",
               replace(SOLO, watches=(replace(SOLO.watches[0], stages=0b10),))),
        Unsafe("silence taken for asleep", "watch",
               replace(SOLO, watches=(replace(SOLO.watches[0], stages=0b1111111),))),
        Unsafe("asleep in no time", "watch",
               replace(SOLO, watches=(replace(SOLO.watches[0], beats=0),))),
        Unsafe("asleep where nobody is read", "watch",
               replace(SOLO, watches=(replace(SOLO.watches[0], sleepers=()),))),
        Unsafe("a wait for what is not watched", "watch",
               exits("deep", ProgrammeExit(to=hush, watch=7))),
        Unsafe("immersion that is counted for less", "claim",
               replace(SOLO, immersion_max_beats=4)),
        Unsafe("for an infant", "audience", replace(SOLO, youngest_years=0)),
        Unsafe("for nobody", "audience", replace(SOLO, sleepers=0)),
        Unsafe("for a crowd", "audience", replace(SOLO, sleepers=9)),
        Unsafe("limits laxer than anyone's", "limits",
               replace(SOLO, limits=replace(SOLO.limits, sound_asleep_dba=60.0))),
        Unsafe("limits that are no number", "limits",
               replace(SOLO, limits=replace(SOLO.limits, light_asleep_lx_medi=nan))),
        Unsafe("limits laxer than a child's", "limits",
               replace(SOLO, limits=replace(SOLO.limits, light_awake_lx_medi=10.0))),
        Unsafe("sleep that leads into a louder scene", "level",
               exits("arrive", ProgrammeExit(to=deep, watch=0))),
        Unsafe("a light put out that leads into a louder scene", "level",
               exits("arrive", ProgrammeExit(to=deep, lights_out=1))),
    ]  # fmt: skip


UNSAFE = [*_levels(), *_times(), *_ways()]
