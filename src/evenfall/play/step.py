"""The heart: one pure step of a night.

    step(programme, state, event) -> Step(state, setpoints, reasons)

Theory of operation
-------------------
A night waits until someone begins, then runs through the scenes of its programme. Nothing
happens but by an event, and every event is answered with the whole of what the outputs are to
be, so that a step repeated or a lease renewed does no harm. There is no clock in here, no input
or output, and no chance.

Time is a count of beats. A person acts at once; ages advance only on beats. A scene entered
between two beats is therefore up to one beat older than its age says or younger than the next:
the compiler counts longest stays early and shortest stays one beat late, and the kernel compares
whole numbers. Every age is saturated at the largest constant that reads it, so that the states
of a programme are finite and what a checker explores is exactly what runs.

The modes
---------
    WAITING   the evening has turned towards sleep and nothing has begun: a told light, no sound
    RUNNING   the scenes go on
    PAUSED    dark and quiet; resumes in the scene it left, or lapses to the night after 15 min
    TOLD      after a no: the machine's part is over, the told light stays until lights-out
    STOPPED   after a stop: safe, for the rest of this night
    ENDED     the morning is over

The injected rules, which no score can leave out
------------------------------------------------
    stop            anyone, at any time: safe, and nothing more tonight
    no              a child's no: sound and story end, the told light stays
    pause           dark and quiet, 15 min at most
    lights-out      for the last sleeper: quiet; for one of several: nothing louder or brighter
                    than a sleeper may have
    override        a guardian's word: quiet
    emergency       a fault, a call for help or suspected distress: quiet, by the ordinary fade, and
                    an adult is told (by whoever reads the reason), after a stop too; nothing else
                    follows by itself, and what the night may have afterwards is as after an
                    override: the plan's own dawn, and an answer to whoever touches
    sensor lost     what was waiting for sleep stops waiting
    touch at night  a dim glow for 5 min, and an adult is called (by whoever reads the reason)
    voice           only while that glow answers, only when a person asks, a minute and a half at
                    most; a stop, a no, a guardian's word and a gap end it at once
    missed beats    a gap longer than a lease: quiet
    restarted       a log that cannot be trusted: safe, for the rest of this night
    breather        immersion never lasts longer than its scene allows, across scenes too; only
                    real life ends it: a breather that was kept, or a whole beat of another scene
"""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from evenfall.records.night import (
    ENDED,
    PAUSED,
    RUNNING,
    STOPPED,
    TOLD,
    WAITING,
    AnyEvent,
    Beat,
    BeatsMissed,
    Begin,
    Cause,
    Choice,
    Dawn,
    Emergency,
    LightsOut,
    NightState,
    No,
    OutputLost,
    OutputReturned,
    Override,
    Pause,
    Refused,
    Restarted,
    Resume,
    SensorLost,
    SensorReturned,
    Step,
    StepReason,
    Stop,
    Touch,
    Up,
    Voice,
)
from evenfall.records.programme import (
    ALWAYS,
    BEAT_S,
    LEASE_S,
    Programme,
    ProgrammeExit,
    ProgrammeScene,
    Setpoint,
    Watch,
)

KERNEL_VERSION = "4"
"""Changes whenever a state or a step changes meaning; a night resumed under another is quieted."""

WAIT_BEATS = 3 * 60 * 60 // BEAT_S
PAUSE_BEATS = 15 * 60 // BEAT_S
TOLD_BEATS = 60 * 60 // BEAT_S
GLOW_BEATS = 5 * 60 // BEAT_S
"""Pause 15 min and glow 5 min as DESIGN has them; three hours' waiting and an hour's telling are
this project's choice."""

REAL_LIFE_BEATS = 2
"""The age at which a scene that does not immerse has surely lasted a whole beat: it may have been
entered just before the first."""

VOICE_BEATS = 3
"""A familiar voice lasts what is left of the beat it was asked in and two more, 60 to 90 s (this
project's own choice): a recording of a minute is heard to its end, and none outlasts the glow."""

GAP_BEATS_MAX = int(LEASE_S // BEAT_S)
"""The most beats a night may miss and go on: no more than a lease holds."""

_OVER = (STOPPED, ENDED)
_NIGHT_KINDS = ("quiet", "wake")
_LAPSES = {
    WAITING: (WAIT_BEATS, "wait_lapsed"),
    PAUSED: (PAUSE_BEATS, "pause_lapsed"),
    TOLD: (TOLD_BEATS, "told_lapsed"),
}
"""The modes that cannot last, how long they may, and the rule that ends them."""

_EMERGENCIES: dict[Cause, str] = {
    "fault": "emergency_fault",
    "call": "emergency_call",
    "distress": "emergency_distress",
}
"""The rule of each cause: whoever reads it tells an adult."""


def begin(programme: Programme) -> NightState:
    """The state before the first event.

    Args:
        programme: what will run.

    Returns:
        Waiting before the first scene, nothing watched yet.
    """
    return NightState(watch_beats=(0,) * len(programme.watches))


def step(programme: Programme, state: NightState, event: AnyEvent) -> Step:
    """Take one step of a night.

    Args:
        programme: the compiled score.
        state: where the night is; any state this function or `begin` has returned.
        event: what happened.

    Returns:
        The state after, everything the outputs are to be, and the rules that moved it.

    Raises:
        KeyError: the event is of a kind the kernel does not know.
    """
    after, reasons = _HANDLERS[type(event)](programme, state, event)
    return Step(after, setpoints(programme, after), reasons)


def setpoints(programme: Programme, state: NightState) -> tuple[Setpoint, ...]:
    """What the outputs are to be in a state. Precompiled, so this only chooses."""
    if state.mode == RUNNING:
        scene = programme.scenes[state.scene]
        if state.breather_age_beats:
            return programme.scenes[scene.breather].setpoints
        return _answer(programme, state) if glows(programme, state) else scene.setpoints
    if state.mode in (TOLD, WAITING):
        return programme.scenes[state.scene].told_setpoints
    if glows(programme, state):
        return _answer(programme, state)
    return programme.scenes[state.scene].setpoints if state.mode == ENDED else programme.safe


def _answer(programme: Programme, state: NightState) -> tuple[Setpoint, ...]:
    """What answers a touch at night: the glow, and a voice for whoever asked for one."""
    return programme.glow_voice if state.voice_age_beats else programme.glow


def glows(programme: Programme, state: NightState) -> bool:
    """True while a touch at night is being answered."""
    if not state.glow_age_beats or state.breather_age_beats:
        return False
    quiet = state.mode == RUNNING and _kind(programme, state) == "quiet"
    return quiet or state.mode in _OVER


def saturate(programme: Programme, state: NightState) -> NightState:
    """The same state with every age cut off at the largest constant that reads it.

    Saturating then stepping equals stepping then saturating: that is what lets a checker
    explore every state there is.
    """
    scene = programme.scenes[state.scene]
    scene_cap = 0 if state.mode in (TOLD, WAITING) else _scene_cap(scene)
    mode_cap, _ = _LAPSES.get(state.mode, (0, ""))
    breather_cap = programme.scenes[scene.breather].stay_max_beats if scene.breather >= 0 else 0
    immersed_cap = _immersed_cap(programme)
    watched = _unwatched(programme)
    if _watches(programme, state.mode, state.scene):
        caps = (watch.beats for watch in programme.watches)
        watched = tuple(map(min, state.watch_beats, caps))
    return NightState(
        mode=state.mode,
        scene=state.scene,
        scene_age_beats=min(state.scene_age_beats, scene_cap),
        mode_age_beats=min(state.mode_age_beats, mode_cap),
        breather_age_beats=min(state.breather_age_beats, breather_cap),
        immersed_beats=min(state.immersed_beats, immersed_cap),
        glow_age_beats=min(state.glow_age_beats, GLOW_BEATS),
        voice_age_beats=min(state.voice_age_beats, VOICE_BEATS),
        lights_out=state.lights_out,
        lost=state.lost,
        watch_beats=watched,
    )


# --- Beats -----------------------------------------------------------------------------------


Moved = tuple[NightState, tuple[StepReason, ...]]
"""Where an event leads, and the rules that led there."""


def _beat(programme: Programme, state: NightState, event: Beat) -> Moved:
    watched = state.watch_beats
    if _watches(programme, state.mode, state.scene):
        watched = _watched(programme.watches, watched, event.stages)
    state = replace(
        state,
        watch_beats=watched,
        glow_age_beats=_older(state.glow_age_beats, GLOW_BEATS),
        voice_age_beats=_older(state.voice_age_beats, VOICE_BEATS),
    )
    if state.mode == RUNNING:
        if state.breather_age_beats:
            return _breather_beat(programme, state)
        return _scene_beat(programme, state)
    if state.mode not in _LAPSES:
        return state, ()
    longest_beats, rule = _LAPSES[state.mode]
    age = state.mode_age_beats + 1
    if age >= longest_beats:
        return _to_night(programme, state, rule)
    return replace(state, mode_age_beats=age), ()


def _older(age_beats: int, longest_beats: int) -> int:
    """An answer's age a beat later, counted from 1; 0 is none, or no more."""
    return 0 if age_beats >= longest_beats else age_beats + (age_beats > 0)


def _scene_beat(programme: Programme, state: NightState) -> Moved:
    """A beat in a scene: it ages; an exit opens, or its time is over, or real life breathes in."""
    scene = programme.scenes[state.scene]
    age = min(state.scene_age_beats + 1, _scene_cap(scene))
    immersed = _immersed_beats(programme, state, scene, age)
    state = replace(state, scene_age_beats=age, immersed_beats=immersed)
    if age >= scene.stay_min_beats:
        for way in scene.exits:
            if way.watch >= 0 and _lasted(programme, state, way.watch):
                return _enter(programme, state, way.to, "sleep_came", way.line)
        if scene.waits_for_sleep and state.lost and scene.stay_max_beats != ALWAYS:
            return _enter(programme, state, scene.then, "sensor_lost_stops_waiting", scene.line)
    if scene.stay_max_beats != ALWAYS and age >= scene.stay_max_beats:
        return _enter(programme, state, scene.then, "longest_stay", scene.line)
    if scene.breather_every_beats and immersed >= scene.breather_every_beats:
        return _breathe(state), (StepReason("breather_due", state.scene, scene.line),)
    return state, ()


def _immersed_beats(
    programme: Programme, state: NightState, scene: ProgrammeScene, age: int
) -> int:
    """Beats without real life. A scene just passed through is none: it must last a whole beat."""
    if scene.breather_every_beats:
        return state.immersed_beats + 1
    if not state.immersed_beats or age >= REAL_LIFE_BEATS:
        return 0
    return min(state.immersed_beats + 1, _immersed_cap(programme))


def _immersed_cap(programme: Programme) -> int:
    """The largest constant that reads how long it has immersed."""
    return max(scene.breather_every_beats for scene in programme.scenes)


def _breather_beat(programme: Programme, state: NightState) -> Moved:
    """A beat of real life: when it has lasted, the scene resumes what was left of its stay."""
    breather = _breather_of(programme, state)
    if state.breather_age_beats >= breather.stay_max_beats:
        return _breather_over(state, breather)
    return replace(state, breather_age_beats=state.breather_age_beats + 1), ()


def _watched(
    watches: tuple[Watch, ...], ages: tuple[int, ...], stages: tuple[int, ...]
) -> tuple[int, ...]:
    """How long each watched thing has lasted; an unknown stage starts it over."""
    if not watches:
        return ages
    return tuple(
        [
            min(age + 1, watch.beats) if _holds(watch, stages) else 0
            for watch, age in zip(watches, ages, strict=True)
        ]
    )


def _holds(watch: Watch, stages: tuple[int, ...]) -> bool:
    for sleeper in watch.sleepers:
        seen = sleeper < len(stages) and watch.stages >> stages[sleeper] & 1
        if watch.everyone and not seen:
            return False
        if seen and not watch.everyone:
            return True
    return watch.everyone


def _lasted(programme: Programme, state: NightState, index: int) -> bool:
    return state.watch_beats[index] >= programme.watches[index].beats


# --- People ----------------------------------------------------------------------------------


def _begin(programme: Programme, state: NightState, _event: Begin) -> Moved:
    """The story or dreamscape begins, once, by a person's hand."""
    if state.mode != WAITING:
        return state, ()
    rested = replace(state, watch_beats=_unwatched(programme), immersed_beats=0)
    return _enter(programme, rested, 0, "begin", programme.scenes[0].line)


def _touch(programme: Programme, state: NightState, _event: Touch) -> Moved:
    if state.mode in _OVER:
        return replace(state, glow_age_beats=1), _reasons("touch_at_night", state)
    if state.mode == RUNNING and _kind(programme, state) == "quiet":
        # Whatever sound was still fading ends here: it must not come back onto a sleeper.
        night = _elsewhere(programme, state, RUNNING, programme.quiet_scene)
        # A voice that was asked for goes on to its own end: a touch makes it no longer.
        night = replace(night, glow_age_beats=1, voice_age_beats=state.voice_age_beats)
        return night, _reasons("touch_at_night", state)
    if state.mode != RUNNING:
        return state, ()
    if not state.breather_age_beats:
        return _first_exit(programme, state, lambda way: way.touched, "touched")
    breather = _breather_of(programme, state)
    if state.breather_age_beats <= breather.stay_min_beats:
        return state, ()
    return _breather_over(state, breather)


def _voice(programme: Programme, state: NightState, _event: Voice) -> Moved:
    """A familiar voice for whoever was answered; who has not touched is not spoken to."""
    if not glows(programme, state):
        return state, ()
    spoken_to = replace(state, glow_age_beats=1, voice_age_beats=1)
    return spoken_to, _reasons("voice_at_night", state)


def _hushed(state: NightState) -> NightState:
    """The same without a voice."""
    return replace(state, voice_age_beats=0) if state.voice_age_beats else state


def _choice(programme: Programme, state: NightState, event: Choice) -> Moved:
    if state.mode != RUNNING or state.breather_age_beats:
        return state, ()
    return _first_exit(programme, state, lambda way: way.chosen == event.option != "", "chosen")


def _stop(programme: Programme, state: NightState, _event: Stop) -> Moved:
    stopped = replace(
        _elsewhere(programme, state, STOPPED, programme.quiet_scene), glow_age_beats=0
    )
    return stopped, _reasons("stop", state)


def _no(programme: Programme, state: NightState, _event: No) -> Moved:
    if state.mode in _OVER or state.mode == TOLD:
        return _hushed(state), ()
    if state.mode == PAUSED or _kind(programme, state) in _NIGHT_KINDS:
        return _to_night(programme, state, "no")
    told = _elsewhere(programme, state, TOLD, state.scene)
    return told, _reasons("no", state)


def _pause(programme: Programme, state: NightState, _event: Pause) -> Moved:
    if state.mode != RUNNING or _kind(programme, state) in _NIGHT_KINDS:
        return state, ()
    paused = replace(state, mode=PAUSED, mode_age_beats=0, watch_beats=_unwatched(programme))
    return paused, _reasons("pause", state)


def _resume(programme: Programme, state: NightState, _event: Resume) -> Moved:
    """Go on where it was; what was left of a breather is still left, so no pause gets round it."""
    if state.mode != PAUSED:
        return state, ()
    running = replace(state, mode=RUNNING, mode_age_beats=0, watch_beats=_unwatched(programme))
    after, reasons = _for_sleepers(programme, running) if state.lights_out else (running, ())
    return after, (*_reasons("resume", state), *reasons)


def _override(programme: Programme, state: NightState, _event: Override) -> Moved:
    if state.mode in _OVER:
        return _hushed(state), ()
    return _to_night(programme, state, "override")


def _emergency(programme: Programme, state: NightState, event: Emergency) -> Moved:
    """The night's own quiet, and never more than that: who is told is not the kernel's to do."""
    rule = _EMERGENCIES[event.cause]
    if state.mode in _OVER:
        return _hushed(state), _reasons(rule, state)
    return _to_night(programme, state, rule)


# --- The plan, and the world -----------------------------------------------------------------


def _lights_out(programme: Programme, state: NightState, event: LightsOut) -> Moved:
    if not 0 <= event.sleeper < programme.sleepers:
        return state, ()
    state = replace(state, lights_out=state.lights_out | 1 << event.sleeper)
    if state.mode in _LAPSES:
        stays = state.mode == PAUSED or programme.scenes[state.scene].told_fits_asleep
        if _everyone_sleeps(programme, state) or not stays:
            return _to_night(programme, state, "lights_out")
        return state, ()
    if state.mode != RUNNING or _kind(programme, state) in _NIGHT_KINDS:
        return state, ()
    return _for_sleepers(programme, state)


def _for_sleepers(programme: Programme, state: NightState) -> Moved:
    """What a running scene becomes now that someone's light is out."""
    scene = programme.scenes[state.scene]
    way = _way_for_sleepers(programme, state, scene)
    if way is not None:
        return _enter(programme, state, way.to, "lights_out", way.line)
    if _everyone_sleeps(programme, state) or not scene.fits_asleep:
        return _enter(programme, state, programme.first_quiet_scene, "lights_out", 0)
    return state, ()


def _way_for_sleepers(
    programme: Programme, state: NightState, scene: ProgrammeScene
) -> ProgrammeExit | None:
    """The way on that the lights that are out have opened; only to quiet once everyone's are."""
    everyone = _everyone_sleeps(programme, state)
    for way in scene.exits:
        quiet = programme.scenes[way.to].kind == "quiet"
        if _opened_by_lights_out(way, state.lights_out) and (quiet or not everyone):
            return way
    return None


def _quieter_way(programme: Programme, state: NightState, scene: ProgrammeScene) -> int:
    """Where to go instead of a scene that is too much for a sleeper in the room."""
    way = _way_for_sleepers(programme, state, scene)
    if way is not None and programme.scenes[way.to].fits_asleep:
        return way.to
    return programme.first_quiet_scene


def _everyone_sleeps(programme: Programme, state: NightState) -> bool:
    return state.lights_out == (1 << programme.sleepers) - 1


def _opened_by_lights_out(way: ProgrammeExit, lights_out: int) -> bool:
    met = way.lights_out & lights_out
    return bool(met) if way.any_lights_out else bool(met) and met == way.lights_out


def _dawn(programme: Programme, state: NightState, event: Dawn) -> Moved:
    if state.mode != RUNNING or programme.wake_scene < 0:
        return state, ()
    kind = _kind(programme, state)
    if event.due and kind == "quiet":
        line = programme.scenes[programme.wake_scene].line
        return _enter(programme, state, programme.wake_scene, "dawn", line)
    if not event.due and kind == "wake":
        return _to_night(programme, state, "dawn_put_off")
    return state, ()


def _sensor_lost(programme: Programme, state: NightState, event: SensorLost) -> Moved:
    watched = tuple(
        0 if event.sleeper in watch.sleepers else age
        for watch, age in zip(programme.watches, state.watch_beats, strict=True)
    )
    lost = replace(state, lost=state.lost | 1 << event.sleeper, watch_beats=watched)
    return lost, _reasons("sensor_lost", state)


def _sensor_returned(_programme: Programme, state: NightState, event: SensorReturned) -> Moved:
    back = replace(state, lost=state.lost & ~(1 << event.sleeper))
    return back, _reasons("sensor_returned", state)


def _beats_missed(programme: Programme, state: NightState, event: BeatsMissed) -> Moved:
    if event.beats > GAP_BEATS_MAX and state.mode != WAITING:
        if state.mode in _OVER:
            return _hushed(state), ()
        return _to_night(programme, state, "gap_longer_than_lease")
    reasons: tuple[StepReason, ...] = ()
    for _ in range(min(event.beats, WAIT_BEATS)):
        state, more = _beat(programme, state, Beat())
        reasons += more
    return state, reasons


def _restarted(programme: Programme, state: NightState, _event: Restarted) -> Moved:
    """Whatever was before cannot be trusted: safe, and nothing more tonight."""
    everyone = (1 << programme.sleepers) - 1
    stopped = replace(
        begin(programme), mode=STOPPED, scene=programme.quiet_scene, lights_out=everyone
    )
    return stopped, _reasons("restarted", state)


def _noted(rule: str) -> "Handler":
    """A handler for what changes nothing inside the night but is worth a line in the morning."""

    def handler(_programme: Programme, state: NightState, _event: AnyEvent) -> Moved:
        return state, _reasons(rule, state)

    return handler


# --- Moving ----------------------------------------------------------------------------------


def _first_exit(
    programme: Programme, state: NightState, opens: Callable[[ProgrammeExit], bool], rule: str
) -> Moved:
    for way in programme.scenes[state.scene].exits:
        if opens(way):
            return _enter(programme, state, way.to, rule, way.line)
    return state, ()


def _enter(programme: Programme, state: NightState, target: int, rule: str, line: int) -> Moved:
    """Go to a scene, or to what a sleeper in the room allows instead; −1 is the morning's end."""
    reasons: tuple[StepReason, ...] = (StepReason(rule, state.scene, line),)
    if target < 0:
        return _elsewhere(programme, state, ENDED, programme.quiet_scene), reasons
    scene = programme.scenes[target]
    if state.lights_out and not scene.fits_asleep and scene.kind != "wake":
        target = _quieter_way(programme, state, scene)
        scene = programme.scenes[target]
        reasons += _reasons("someone_sleeps", state)
    immersed = 0 if scene.kind in _NIGHT_KINDS else state.immersed_beats
    entered = replace(_elsewhere(programme, state, RUNNING, target), immersed_beats=immersed)
    if immersed and 0 < scene.breather_every_beats <= immersed:
        return _breathe(entered), (*reasons, StepReason("breather_due", target, scene.line))
    return entered, reasons


def _to_night(programme: Programme, state: NightState, rule: str) -> Moved:
    """Everything to the night itself: dark and quiet, the dawn still to come."""
    return _elsewhere(programme, state, RUNNING, programme.quiet_scene), _reasons(rule, state)


def _elsewhere(programme: Programme, state: NightState, mode: int, scene: int) -> NightState:
    """A scene at age 0, nothing of the one it left but what the sleepers and the plan did."""
    watched = state.watch_beats if _watches(programme, mode, scene) else _unwatched(programme)
    return replace(
        state,
        mode=mode,
        scene=scene,
        scene_age_beats=0,
        mode_age_beats=0,
        breather_age_beats=0,
        immersed_beats=0,
        voice_age_beats=0,
        watch_beats=watched,
    )


def _watches(programme: Programme, mode: int, scene: int) -> bool:
    """True where anything may still wait for sleep; elsewhere the watches stand at nothing."""
    return mode == RUNNING and scene not in (programme.quiet_scene, programme.wake_scene)


def _unwatched(programme: Programme) -> tuple[int, ...]:
    return (0,) * len(programme.watches)


def _breathe(state: NightState) -> NightState:
    """What was immersed counts until the breather is over: who leaves it early has not had it."""
    return replace(state, breather_age_beats=1)


def _breather_over(state: NightState, breather: ProgrammeScene) -> Moved:
    resumed = replace(state, breather_age_beats=0, immersed_beats=0)
    return resumed, (StepReason("breather_over", state.scene, breather.line),)


def _breather_of(programme: Programme, state: NightState) -> ProgrammeScene:
    return programme.scenes[programme.scenes[state.scene].breather]


def _kind(programme: Programme, state: NightState) -> str:
    return programme.scenes[state.scene].kind


def _scene_cap(scene: ProgrammeScene) -> int:
    """The largest constant that reads a scene's age."""
    return scene.stay_min_beats if scene.stay_max_beats == ALWAYS else scene.stay_max_beats


def _reasons(rule: str, state: NightState) -> tuple[StepReason, ...]:
    """An injected rule's reason: it stands in no score, so it has no line."""
    return (StepReason(rule, state.scene),)


Handler = Callable[[Programme, NightState, Any], Moved]

_HANDLERS: dict[type, Handler] = {
    Beat: _beat,
    Begin: _begin,
    Touch: _touch,
    Voice: _voice,
    Choice: _choice,
    Stop: _stop,
    No: _no,
    Pause: _pause,
    Resume: _resume,
    SensorLost: _sensor_lost,
    SensorReturned: _sensor_returned,
    OutputLost: _noted("output_lost"),
    OutputReturned: _noted("output_returned"),
    LightsOut: _lights_out,
    Dawn: _dawn,
    Up: _noted("up"),
    BeatsMissed: _beats_missed,
    Override: _override,
    Emergency: _emergency,
    Restarted: _restarted,
    Refused: _noted("refused"),
}
