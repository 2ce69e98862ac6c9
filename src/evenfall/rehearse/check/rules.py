"""What must hold of every single step: where the injected words lead, and what never comes back."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from evenfall.play.step import GAP_BEATS_MAX, step
from evenfall.records.night import (
    ASLEEP_MASK,
    ENDED,
    PAUSED,
    RUNNING,
    STOPPED,
    TOLD,
    WAITING,
    Beat,
    BeatsMissed,
    Dawn,
    Emergency,
    No,
    Override,
    Restarted,
    Stop,
    Voice,
)
from evenfall.records.output import ASLEEP
from evenfall.records.programme import Watch
from evenfall.rehearse.check.alphabet import holding
from evenfall.rehearse.check.explore import Mask
from evenfall.rehearse.check.ground import OUTPUTS, Broken, Ground
from evenfall.rehearse.check.levels import NOUNS, UNITS
from evenfall.rehearse.check.longest import NEAR, fewest
from evenfall.safety.gate import fits


def stop_holds(ground: Ground) -> Iterator[Broken]:
    """A stop, or a log that cannot be trusted, is safe, and nothing but a touch is answered."""
    after = ground.explored.after
    columns = ground.explored.events_of(Stop, Restarted)
    wrong = np.zeros(after.shape, np.bool_)
    stopped = ground.in_mode(STOPPED)
    for output in OUTPUTS:
        above = ground.level(output) > ground.safe_level(output) + NEAR
        wrong[:, columns] |= (above | ~stopped)[after[:, columns]]
    yield from _steps(ground, wrong, "a stop leaves the room as it was", "a stop is dark and quiet")
    back = stopped[:, None] & ~stopped[after]
    yield from _steps(ground, back, "a stopped night goes on", "a stop holds until the morning")


def quiet_holds(ground: Ground) -> Iterator[Broken]:
    """Once it is night nothing of the evening comes back."""
    back = ground.night[:, None] & ~ground.night[ground.explored.after]
    yield from _steps(ground, back, "the evening begins again", "once it is quiet it stays quiet")


def quiet_grows_no_louder(ground: Ground) -> Iterator[Broken]:
    """At night no light or sound rises but the glow, the voice that was asked for, and the dawn."""
    after = ground.explored.after
    answers = {
        "light": ground.dawn | (ground.column("glow_age_beats") > 0),
        "sound": ground.dawn | (ground.column("voice_age_beats") > 0),
    }
    for output in OUTPUTS:
        level = ground.level(output)
        rises = level[after] > level[:, None] + NEAR
        wrong = rises & ground.night[:, None] & ~answers[output][after]
        for broken in _steps(ground, wrong, "", "", output):
            yield _measured(
                ground,
                broken,
                "though it is night",
                "after quiet only a touch, an asked-for voice and the dawn are answered",
            )


def words_quieten(ground: Ground) -> Iterator[Broken]:
    """A guardian's word and a gap lead to the night; a no ends the sound for good."""
    after = ground.explored.after
    gaps = [
        number
        for number in ground.explored.events_of(BeatsMissed)
        if _is_gap(ground.explored.events[number])
    ]
    wrong = np.zeros(after.shape, np.bool_)
    columns = ground.explored.events_of(Override)
    wrong[:, columns] = ~ground.night[after[:, columns]]
    begun = ~ground.in_mode(WAITING)
    wrong[:, gaps] = begun[:, None] & ~ground.night[after[:, gaps]]
    yield from _steps(ground, wrong, "the evening goes on all the same", "these words are quiet")
    loud = np.zeros(after.shape, np.bool_)
    columns = ground.explored.events_of(No)
    ended = ground.night | ground.in_mode(TOLD)
    loud[:, columns] = ((ground.level("sound") > 0.0) | ~ended)[after[:, columns]]
    told = ground.in_mode(TOLD)
    loud |= told[:, None] & ~ended[after]
    yield from _steps(ground, loud, "the machine's part goes on after a no", "a no ends it")
    light = ground.level("light")
    brighter = np.zeros(after.shape, np.bool_)
    # A breather may be dimmer than the light to tell by, which is its scene's own.
    begun = ground.in_mode(RUNNING) & ~ground.breathing
    brighter[:, columns] = begun[:, None] & (light[after[:, columns]] > light[:, None] + NEAR)
    # After a dawn that is put off, a touch of the same few minutes is still answered.
    brighter &= ~(ground.night & (ground.column("glow_age_beats") > 0))[after]
    for broken in _steps(ground, brighter, "", "", "light"):
        yield _measured(ground, broken, "after a no", "a no brightens nothing")


def emergency_only_fades(ground: Ground) -> Iterator[Broken]:
    """An emergency leads to the night, or leaves it: silent, and no light brighter than it was.

    A stop before it still holds (`stop_holds`); a glow that somebody touched for may go on.
    """
    after = ground.explored.after
    columns = ground.explored.events_of(Emergency)
    wrong = np.zeros(after.shape, np.bool_)
    loud = ground.level("sound") > 0.0
    wrong[:, columns] = (~ground.night | ground.dawn | loud)[after[:, columns]]
    yield from _steps(ground, wrong, "an emergency leaves the room as it was", _FADES)
    light = ground.level("light")
    brighter = np.zeros(after.shape, np.bool_)
    dimmer = np.maximum(light, ground.safe_level("light"))[:, None] + NEAR
    brighter[:, columns] = light[after[:, columns]] > dimmer
    # After a dawn that is put off, a touch of the same few minutes is still answered.
    brighter &= ~(ground.night & (ground.column("glow_age_beats") > 0))[after]
    for broken in _steps(ground, brighter, "", "", "light"):
        yield _measured(ground, broken, "in an emergency", _FADES)


def lights_out_is_quiet(ground: Ground) -> Iterator[Broken]:
    """Once everyone's light is out the evening is over, whoever's was the last."""
    everyone = (1 << ground.programme.sleepers) - 1
    wrong = (ground.column("lights_out") == everyone) & ~ground.night
    yield from _states(
        ground, wrong, "every light is out, and the evening goes on", "lights-out is quiet"
    )


def told_is_silent(ground: Ground) -> Iterator[Broken]:
    """Where a person tells, and before anything has begun, there is no sound."""
    wrong = ground.in_mode(TOLD, WAITING) & (ground.level("sound") > 0.0)
    yield from _states(ground, wrong, "there is sound while a person tells", "told is silent")


def pause_is_dark(ground: Ground) -> Iterator[Broken]:
    """A pause is as dark and quiet as safe."""
    for output in OUTPUTS:
        above = ground.level(output) > ground.safe_level(output) + NEAR
        wrong = ground.in_mode(PAUSED) & above
        yield from _states(
            ground, wrong, f"{NOUNS[output]} goes on in a pause", "a pause is dark and quiet"
        )


def breathers_subtract(ground: Ground) -> Iterator[Broken]:
    """A breather is never louder or brighter than what it interrupts."""
    after = ground.explored.after
    begins = ground.in_mode(RUNNING) & ~ground.breathing
    for output in OUTPUTS:
        level = ground.level(output)
        wrong = begins[:, None] & ground.breathing[after] & (level[after] > level[:, None] + NEAR)
        for broken in _steps(ground, wrong, "", "", output):
            yield _measured(ground, broken, "in the breather", "a breather only takes away")


def dawn_only_when_due(ground: Ground) -> Iterator[Broken]:
    """The dawn begins at its own word, from quiet, and by nothing else."""
    after = ground.explored.after
    wrong = ~ground.dawn[:, None] & ground.dawn[after]
    for number in ground.explored.events_of(Dawn):
        event = ground.explored.events[number]
        if isinstance(event, Dawn) and event.due:
            wrong[:, number] &= ~ground.night
    yield from _steps(ground, wrong, "the dawn begins though it is not due", "only the plan dawns")


def breathers_interrupt(ground: Ground) -> Iterator[Broken]:
    """A breather only interrupts: no way leads into one, and nothing else is taken for one."""
    kinds = np.array([scene.kind for scene in ground.programme.scenes])
    inside = np.array([scene.breather for scene in ground.programme.scenes])[ground.column("scene")]
    inside = np.where(ground.breathing, inside, ground.column("scene"))
    wrong = ground.in_mode(RUNNING) & ((kinds[inside] == "breather") != ground.breathing)
    yield from _states(
        ground,
        wrong,
        "a dreamscape is taken for a breather, or a breather for a scene",
        "a breather only interrupts",
    )


def fits_as_said(ground: Ground) -> Iterator[Broken]:
    """What says that it fits a sleeper does: lights-out leads there on its word alone."""
    scenes, limits = ground.programme.scenes, ground.programme.limits
    sayings = ground.explored.sayings
    fitting = np.array([all(fits(p, limits, ASLEEP) for p in said) for said in sayings], np.bool_)
    scene, told = ground.column("scene"), ground.in_mode(TOLD, WAITING)
    says = np.array([one.fits_asleep for one in scenes], np.bool_)[scene]
    told_says = np.array([one.told_fits_asleep for one in scenes], np.bool_)[scene]
    claims = np.where(told, told_says, says & ground.in_mode(RUNNING) & ~ground.breathing)
    yield from _states(
        ground,
        claims & ~fitting[ground.explored.says],
        "it is said to fit a sleeper, and is too bright or too loud for one",
        "what is said to fit a sleeper does",
    )


def morning_ends_it(ground: Ground) -> Iterator[Broken]:
    """The dawn comes when it is due, where there is one; and nothing but the dawn ends a night."""
    after = ground.explored.after
    over = ground.in_mode(ENDED)
    ended = ~(over | ground.dawn)[:, None] & over[after]
    yield from _steps(ground, ended, "the night is over before the morning", "the dawn ends it")
    goes_on = ground.dawn[:, None] & (ground.beats > 0)[None, :] & ~(ground.dawn | over)[after]
    yield from _steps(ground, goes_on, "the night goes on after its dawn", "the dawn ends it")
    if ground.programme.wake_scene < 0:
        return
    due = [
        number
        for number in ground.explored.events_of(Dawn)
        if getattr(ground.explored.events[number], "due", False)
    ]
    quiet = ground.in_mode(RUNNING) & (ground.kind == "quiet")
    missed = np.zeros(after.shape, np.bool_)
    missed[:, due] = quiet[:, None] & ~ground.dawn[after[:, due]]
    yield from _steps(ground, missed, "no dawn comes though it is due", "a due dawn comes")


def voice_only_when_asked(ground: Ground) -> Iterator[Broken]:
    """A familiar voice is heard only where a person asked, at night."""
    after = ground.explored.after
    wrong = ground.speaks[after] & ~ground.speaks[:, None]
    wrong[:, ground.explored.events_of(Voice)] &= ~ground.night[:, None]
    yield from _steps(ground, wrong, "a voice speaks unasked", "a voice answers who asked for it")


def sleep_gates(ground: Ground) -> Iterator[Broken]:
    """With a sensor that tells the truth, an exit that waits for sleep opens in sleep only.

    Counted again from the beginning, without the kernel's own ages: on every way here the
    sleepers have been asleep for as long as the exit says.
    """
    explored = ground.explored
    opened = _sleep_came(ground)
    early = opened.copy()
    begun = np.zeros(len(explored.states), np.bool_)
    begun[0] = True
    scene = ground.column("scene")
    for number, watch in enumerate(ground.programme.watches):
        beats = max(watch.beats, 1)
        holds = np.array(
            [isinstance(e, Beat) and _asleep(e.stages, watch) for e in explored.events], np.bool_
        )
        unseen = (ground.beats > 0) & ~holds
        least = fewest(explored, begun, holds[None, :], unseen[None, :], beats)
        waiting = [
            index
            for index, one in enumerate(ground.programme.scenes)
            if any(way.watch == number for way in one.exits)
        ]
        slept = least[:, None] + holds[None, :] >= beats
        early &= ~(np.isin(scene, waiting)[:, None] & slept)
    yield from _steps(
        ground,
        early,
        "the story moves on as for a sleeper, though nobody has slept as long as it waits for",
        "an exit that waits for sleep opens in sleep only",
    )


def _asleep(stages: tuple[int, ...], watch: Watch) -> bool:
    """True where those a watch reads are asleep, whatever the watch itself takes for sleep."""
    slept = Watch(watch.sleepers, watch.stages & ASLEEP_MASK, watch.everyone, watch.beats)
    return bool(watch.sleepers) and holding(stages, slept)


def sleep_is_kept(ground: Ground) -> Iterator[Broken]:
    """Where sleep led on, whoever slept is asleep: from there on, no more than a sleeper may have.

    Whatever follows is meant, until it is night; a light need not be out for it.
    """
    explored, limits = ground.explored, ground.programme.limits
    fits_asleep = np.array(
        [all(fits(point, limits, ASLEEP) for point in said) for said in explored.sayings], np.bool_
    )[explored.says]
    opened = _sleep_came(ground)
    asleep = np.zeros(len(explored.states), np.bool_)
    fresh = np.unique(explored.after[opened])
    while len(fresh):
        asleep[fresh] = True
        onward = np.unique(explored.after[fresh[ground.going_on[fresh]]])
        fresh = onward[~asleep[onward]]
    wrong = asleep & ~fits_asleep & ~ground.dawn & ~ground.in_mode(PAUSED)
    yield from _states(
        ground,
        wrong,
        "someone may have been asleep for a while, and it is too bright or too loud for that",
        "where sleep leads on, what follows is for a sleeper",
    )


def _sleep_came(ground: Ground) -> Mask:
    """The beats on which an exit that waits for sleep opened, by the kernel's own reason."""
    programme, explored = ground.programme, ground.explored
    scene = ground.column("scene")
    waits = np.array(
        [any(way.watch >= 0 for way in one.exits) for one in programme.scenes], np.bool_
    )
    here = ground.in_mode(RUNNING) & waits[scene] & ~ground.breathing
    moves = here[:, None] & explored.is_beat[None, :] & (scene[explored.after] != scene[:, None])
    opened = np.zeros(moves.shape, np.bool_)
    for state, event in zip(*np.nonzero(moves), strict=True):
        taken = step(programme, explored.states[state], explored.events[event])
        opened[state, event] = any(why.rule == "sleep_came" for why in taken.reasons)
    return opened


# --- Saying it ---------------------------------------------------------------------------------


def _is_gap(event: object) -> bool:
    return isinstance(event, BeatsMissed) and event.beats > GAP_BEATS_MAX


def _states(ground: Ground, wrong: Mask, what: str, rule: str) -> Iterator[Broken]:
    """The first wrong state of each scene."""
    numbers = np.flatnonzero(wrong)
    scenes = ground.column("scene")[numbers]
    _, firsts = np.unique(scenes, return_index=True)
    for state in sorted(int(numbers[first]) for first in firsts):
        scene = int(ground.column("scene")[state])
        yield Broken(state, -1, scene, "", 1.0, 0.0, "", what, rule, _KERNEL)


def _steps(ground: Ground, wrong: Mask, what: str, rule: str, part: str = "") -> Iterator[Broken]:
    """The first wrong step from each scene; of an output, told of the scene that it leads to."""
    rows, columns = np.nonzero(wrong)
    scenes = ground.column("scene")[rows]
    _, firsts = np.unique(scenes, return_index=True)
    for first in sorted(int(one) for one in firsts):
        state, event = int(rows[first]), int(columns[first])
        there = int(ground.explored.after[state, event])
        scene = ground.sounding(there) if part else int(scenes[first])
        yield Broken(state, event, scene, part, 1.0, 0.0, "", what, rule, _KERNEL)


def _measured(ground: Ground, broken: Broken, where: str, rule: str) -> Broken:
    """The same with how much it is, how much it was, and what to write instead."""
    level, unit = ground.level(broken.part), UNITS[broken.part]
    there = int(ground.explored.after[broken.state, broken.event])
    found, most = float(level[there]), float(level[broken.state])
    before = f"at {most:g} {unit}" if most else "off"
    mend = f"write {most:g} {unit} or less" if most else f"take its {broken.part} out"
    return replace(
        broken,
        found=found,
        limit=most,
        unit=unit,
        what=f"{NOUNS[broken.part]} goes up to {found:g} {unit} {where}",
        rule=f"it was {before}, and {rule}",
        mend=mend,
    )


_FADES = "an emergency only fades"
_KERNEL = "tell whoever keeps Evenfall: no score should be able to do this"
