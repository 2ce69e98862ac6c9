"""How long and how much: the longest way through each part of a night, whatever happens on it.

Totals stand in no state, so they are bounded here: by the longest way there is, every touch,
pause and lie of a sensor included. A part that can be gone round for ever has no longest way,
and that is a finding as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import isfinite, log10

import numpy as np

from evenfall.play.step import (
    GLOW_BEATS,
    PAUSE_BEATS,
    TOLD_BEATS,
    VOICE_BEATS,
    WAIT_BEATS,
)
from evenfall.records.night import (
    MODE_NAMES,
    PAUSED,
    RUNNING,
    TOLD,
    WAITING,
    SensorLost,
    Touch,
    Voice,
)
from evenfall.records.output import ASLEEP
from evenfall.records.programme import BEAT_S
from evenfall.rehearse.check.explore import Mask
from evenfall.rehearse.check.ground import Broken, Ground
from evenfall.rehearse.check.longest import NEAR, Longest, Values, fewest, longest, ways_within
from evenfall.safety.merge import FALL_MAX_S

NIGHT_S = 8 * 3600
"""What LAeq,8h is taken over (WHO 1999)."""

LENGTH_MAX_BEATS = 2 * 3600 // BEAT_S
"""The longest an evening may be, as `compose.plainly` has it."""

WEEK_AT_DBA = {True: 75.0, False: 80.0}
WEEK_H = 40.0
"""The weekly dose: 75 dBA × 40 h for a child, 80 dBA for an adult (WHO/ITU H.870)."""

LOUDEST_DBA = 300.0
"""Louder than anything is; what has no end at all is counted as this."""

CHILD_UNDER_LX = 10.0
"""An audience whose winding-down light is below this is a child's (safety.limits)."""


@dataclass(frozen=True)
class Worst:
    """The most of something, and the way there.

    Attributes:
        what: of what.
        value: how much.
        limit: how much there may be.
        unit: of both.
        state: where the longest way begins, by number; −1 for nowhere.
        onward: the events and states from there.
        settled: False where the way has no end.
    """

    what: str
    value: float
    limit: float
    unit: str
    state: int
    onward: tuple[tuple[int, int], ...]
    settled: bool

    @property
    def holds(self) -> bool:
        """True where the most there is is no more than there may be."""
        return self.settled and self.value <= self.limit + NEAR


class Times:
    """The longest ways of one exploration, each worked out once."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.quiet = cache(self._quiet)
        self.quiet_in_time = cache(self._quiet_in_time)
        self.immersed = cache(self._immersed)
        self.light_dose = cache(self._light_dose)
        self.sound_dose = cache(self._sound_dose)
        self.sound_asleep = cache(self._sound_asleep)

    def _quiet(self, *, losing: bool = True) -> Longest:
        """Beats until it is quiet, from every state; the beats of a pause are quiet already.

        Args:
            losing: False leaves out that a sensor may be lost.
        """
        ground = self.ground
        cost = ground.beats[None, :] * ground.in_mode(RUNNING)[:, None]
        among = np.ones((1, len(ground.explored.events)), np.bool_)
        among[0, ground.explored.events_of(SensorLost)] = losing
        ways = ways_within(ground.explored, ground.going_on, cost, among)
        # Looked at for twice as long, so that what a lost sensor adds can be told from no end.
        return longest(ways, 2 * min(ground.programme.length_max_beats, LENGTH_MAX_BEATS))

    def _quiet_in_time(self) -> Worst:
        """Beats of the evening itself."""
        bound = float(min(self.ground.programme.length_max_beats, LENGTH_MAX_BEATS))
        return _worst("beats-to-quiet", self.quiet(), bound, "beats")

    def _immersed(self) -> Worst:
        """Beats immersed before real life has lasted.

        It has once a breather has begun or, between scenes, when a whole beat of another scene
        has passed; a pause is no breather.
        """
        ground = self.ground
        running = ground.in_mode(RUNNING)
        inside = ground.going_on & ~ground.breathing
        # The beat in which a scene was entered may be over at once: the one after it is whole.
        lived = running & ~ground.immersed & (ground.column("scene_age_beats") > 0)
        among = ~(lived[:, None] & (ground.beats > 0)[None, :])
        cost = ground.beats[None, :] * ground.immersed[:, None]
        bound = float(ground.programme.limits.immersion_max_s // BEAT_S)
        ways = ways_within(ground.explored, inside, cost, among)
        return _worst("beats-immersed", longest(ways, bound), bound, "beats")

    def lapse(self, mode: int, bound: int) -> Worst:
        """Beats in a mode that cannot last."""
        ground = self.ground
        inside = ground.in_mode(mode)
        return self._within(f"beats-{MODE_NAMES[mode]}", inside, ground.beats[None, :], bound)

    def dawn(self) -> Worst:
        """Beats of the dawn."""
        ground = self.ground
        return self._within("beats-of-dawn", ground.dawn, ground.beats[None, :], LENGTH_MAX_BEATS)

    def answered(self, what: str, inside: Mask, kinds: tuple[type, ...], bound: int) -> Worst:
        """Beats that an answer lasts when nobody asks again."""
        unasked = np.ones(len(self.ground.explored.events), np.bool_)
        unasked[self.ground.explored.events_of(*kinds)] = False
        ways = ways_within(
            self.ground.explored, inside, self.ground.beats[None, :] * np.ones((1, 1)), unasked
        )
        return _worst(what, longest(ways, float(bound)), float(bound), "beats")

    def total(self) -> Worst:
        """Beats immersed in all, which are counted against an allowance."""
        cost = self.ground.immersed[:, None] * self.ground.beats[None, :]
        bound = self.ground.programme.immersion_max_beats
        return self._within("beats-immersed-in-all", self.ground.going_on, cost, bound)

    def _light_dose(self) -> Worst:
        """lx·min until the night itself, the room's own night light in a pause left out."""
        ground = self.ground
        bound = light_dose_max(ground)
        level = ground.level("light") * ground.light_gain
        level = np.where(ground.in_mode(PAUSED), 0.0, level)
        cost = (
            _fading(ground, level * self._evening)[:, None] * ground.beats[None, :] * (BEAT_S / 60)
        )
        return self._within("light-dose", self._evening, cost, bound, "lx·min")

    def _sound_dose(self) -> Worst:
        """The whole evening's sound, as a level held for a seventh of the week's hours."""
        ground = self.ground
        level = _loudness(ground)
        child = ground.programme.limits.light_awake_lx_medi < CHILD_UNDER_LX
        bound_dba = WEEK_AT_DBA[child]
        hours_s = WEEK_H / 7 * 3600
        energy = 10 ** (bound_dba / 10) * hours_s
        cost = _fading(ground, level * self._evening)[:, None] * ground.beats[None, :] * BEAT_S
        worst = self._within("sound-dose", self._evening, cost, energy, "dBA")
        return _as_level(worst, hours_s, bound_dba)

    def _sound_asleep(self) -> Worst:
        """LAeq,8h from the first lights-out on, the fade into it at its loudest included."""
        ground = self.ground
        asleep = ground.explored.phase == ASLEEP
        level = _loudness(ground)
        limit_dba = ground.programme.limits.sound_asleep_dba
        cost = (level * asleep)[:, None] * ground.beats[None, :] * BEAT_S
        falls = asleep[ground.explored.after] & ~asleep[:, None]
        cost = cost + falls * level[:, None] * FALL_MAX_S
        inside = self._evening
        energy = 10 ** (limit_dba / 10) * NIGHT_S
        worst = self._within("sound-asleep-8h", inside, cost, energy, "dBA")
        return _as_level(worst, NIGHT_S, limit_dba)

    @property
    def _evening(self) -> Mask:
        """Everything before the night itself; what a person asks for at night is not in it."""
        ground = self.ground
        scene = ground.column("scene")
        scenes = ground.in_mode(RUNNING) & (scene != ground.programme.quiet_scene) & ~ground.dawn
        return np.asarray(scenes | ground.in_mode(WAITING, TOLD, PAUSED), np.bool_)

    def _within(
        self, what: str, inside: Mask, cost: Values, bound: float, unit: str = "beats"
    ) -> Worst:
        ways = ways_within(self.ground.explored, inside, cost)
        # Looked at for longer than it may be, so that it can be told by how much it is too long.
        return _worst(what, longest(ways, 4 * bound), bound, unit)


def light_dose_max(ground: Ground) -> float:
    """lx·min that a whole evening may come to: the winding-down limit for as long as it may last.

    Three hours' waiting, the longest evening and an hour of telling; this project's own choice,
    since no published limit was found.
    """
    beats = WAIT_BEATS + LENGTH_MAX_BEATS + TOLD_BEATS
    return ground.programme.limits.light_awake_lx_medi * beats * BEAT_S / 60


# --- The properties ----------------------------------------------------------------------------


def quiet_in_time(times: Times) -> Iterator[Broken]:
    """Quiet is reached within the score's length, whatever happens."""
    worst = times.quiet_in_time()
    if not worst.holds:
        yield _too_long(
            times.ground, worst, "stay", "the evening still goes on",
            "it is to be quiet within {limit}", "shorten the longest stay",
        )  # fmt: skip


def modes_lapse(times: Times) -> Iterator[Broken]:
    """Waiting, a pause and a told light each end by themselves."""
    for mode, bound in ((WAITING, WAIT_BEATS), (PAUSED, PAUSE_BEATS), (TOLD, TOLD_BEATS)):
        worst = times.lapse(mode, bound)
        if not worst.holds:
            name = MODE_NAMES[mode]
            yield _too_long(
                times.ground, worst, "", f"the night is still {name}",
                "it lapses within {limit}", "tell whoever keeps Evenfall",
            )  # fmt: skip
    worst = times.dawn()
    if not worst.holds:
        yield _too_long(
            times.ground, worst, "stay", "the dawn still goes on", "{limit} is the most",
            "shorten its longest stay",
        )  # fmt: skip


def breathers_kept(times: Times) -> Iterator[Broken]:
    """Immersion never lasts longer than it may, across scenes."""
    worst = times.immersed()
    if not worst.holds:
        yield _too_long(
            times.ground, worst, "breather_every", "real life has not breathed in yet",
            "{limit} immersed is the most", "write a shorter breather_every, or stay there longer "
            "in a breather",
        )  # fmt: skip


def immersion_counted(times: Times) -> Iterator[Broken]:
    """No night immerses for longer in all than the programme says, and reserves for it."""
    worst = times.total()
    if not worst.holds:
        yield _too_long(
            times.ground, worst, "stay", "it has immersed for longer than it says it does",
            "it says {limit} at most", "compile the score again",
        )  # fmt: skip


def breathers_last(times: Times) -> Iterator[Broken]:
    """A breather is over no sooner than it may be, however often somebody touches the page."""
    ground = times.ground
    after = ground.explored.after
    least_beats = -(-int(ground.programme.limits.breather_min_s) // BEAT_S)
    enters = ~ground.breathing[:, None] & ground.breathing[after]
    enters &= ground.in_mode(RUNNING)[:, None]
    on_beat = ground.beats[None, :] > 0
    # Entered between two beats, the first may be over at once: one more is needed.
    for begins, bound in ((enters & on_beat, least_beats), (enters & ~on_beat, least_beats + 1)):
        yield from _short_breather(ground, begins, bound)


def _short_breather(ground: Ground, begins: Mask, bound: int) -> Iterator[Broken]:
    after = ground.explored.after
    entered = np.zeros(len(ground.explored.states), np.bool_)
    entered[np.unique(after[begins])] = True
    inside = ground.breathing[:, None] & ground.breathing[after]
    cost = np.where(inside, ground.beats[None, :], bound)
    never = np.zeros(after.shape, np.bool_)
    least = fewest(ground.explored, entered, cost, never, bound)
    leaves = ground.breathing[:, None] & ground.immersed[after]
    lasted = least[:, None] + ground.beats[None, :]
    rows, columns = np.nonzero(leaves & (lasted < bound))
    if not len(rows):
        return
    state, event = int(rows[0]), int(columns[0])
    scene = ground.programme.scenes[int(ground.column("scene")[state])].breather
    found, most = float(lasted[state, event]) * BEAT_S, ground.programme.limits.breather_min_s
    yield Broken(
        state, event, scene, "stay", found, most, "s",
        f"the breather may be over within {max(found, 1.0):g} s",
        f"{most:g} s of real life is the least", "write stay: [30 s, 90 s]",
    )  # fmt: skip


def answers_end(times: Times) -> Iterator[Broken]:
    """The glow and the voice end by themselves, however the night goes on."""
    ground = times.ground
    glows = ground.night & (ground.column("glow_age_beats") > 0)
    for what, inside, kinds, bound in (
        ("beats-of-glow", glows, (Touch, Voice), GLOW_BEATS),
        ("beats-of-voice", ground.speaks, (Voice,), VOICE_BEATS),
    ):
        worst = times.answered(what, inside, kinds, bound)
        if not worst.holds:
            yield _too_long(
                ground, worst, "", "what answered a touch is still there",
                "{limit} is the most", "tell whoever keeps Evenfall",
            )  # fmt: skip


def loss_never_prolongs(times: Times) -> Iterator[Broken]:
    """A lost sensor makes no evening longer."""
    ground = times.ground
    columns = ground.explored.events_of(SensorLost)
    if not columns:
        return
    lost, kept = times.quiet().value, times.quiet(losing=False).value
    after = ground.explored.after[:, columns]
    rows, places = np.nonzero((lost[after] > kept[:, None] + NEAR) & ground.going_on[:, None])
    if len(rows):
        state, event = int(rows[0]), columns[int(places[0])]
        there = int(ground.explored.after[state, event])
        found, most = float(lost[there]) / 2, float(kept[state]) / 2
        long = f"up to {found:g} min long" if isfinite(found) else "go on for ever"
        yield Broken(
            state, event, int(ground.column("scene")[state]), "stay", found, most, "min",
            f"losing a sensor makes the evening {long}",
            f"{most:g} min were left", "tell whoever keeps Evenfall",
        )  # fmt: skip


def doses_kept(times: Times, what: str) -> Iterator[Broken]:
    """A whole night's light and sound inside their limits, by the brightest and loudest way."""
    worst = {
        "light": times.light_dose, "sound": times.sound_dose, "asleep": times.sound_asleep,
    }[what]()  # fmt: skip
    if not worst.holds:
        part = "light" if what == "light" else "sound"
        sum_ = f" to {worst.value:.3g} {worst.unit}" if isfinite(worst.value) else ""
        yield _too_long(
            times.ground, worst, part, f"the {part} of the night adds up{sum_}",
            f"{worst.limit:.3g} {worst.unit} is the most", f"lower the {part}, or shorten the stay",
        )  # fmt: skip


# --- Saying it ---------------------------------------------------------------------------------


def _worst(what: str, found: Longest, bound: float, unit: str) -> Worst:
    state = int(np.argmax(found.value)) if len(found.value) else -1
    value = float(found.value[state])
    if value <= 0.0:
        return Worst(what, 0.0, bound, unit, -1, (), found.settled)
    passed = bound if bound + NEAR < value < float("inf") else float("inf")
    return Worst(what, value, bound, unit, state, found.way_from(state, passed), found.settled)


def _as_level(worst: Worst, over_s: float, limit_dba: float) -> Worst:
    """The same as the steady level that would come to as much."""
    level = 10 * log10(worst.value / over_s) if worst.value > 0.0 else 0.0
    return Worst(
        worst.what, max(level, 0.0), limit_dba, "dBA", worst.state, worst.onward, worst.settled
    )


def _too_long(ground: Ground, worst: Worst, part: str, what: str, rule: str, mend: str) -> Broken:
    """A way that is too long, told by the scene in which it passes the bound."""
    state, event = worst.state, -1
    if not isfinite(worst.value):
        what = f"{what}, and may go on for ever"
    onward = worst.onward
    last = onward[-1][1] if onward else state
    if onward:  # the scene in which it was too long, not the one after it
        last = onward[-2][1] if len(onward) > 1 else state
    scene = int(ground.column("scene")[last])
    unit, value, limit = worst.unit, worst.value, worst.limit
    if unit == "beats":
        unit, value, limit = "min", value * BEAT_S / 60, limit * BEAT_S / 60
    said = rule.format(limit=f"{limit:g} {unit}")
    return Broken(state, event, scene, part, value, limit, unit, what, said, mend, onward)


def _loudness(ground: Ground) -> Values:
    """Each state's sound as energy; silence is none."""
    level = np.minimum(ground.level("sound") + ground.sound_gain_db, LOUDEST_DBA)
    return np.where(ground.level("sound") > 0.0, 10 ** (level / 10), 0.0)


def _fading(ground: Ground, level: Values) -> Values:
    """The most each state may still give: until its fade is over, as much as anything before it.

    A pause or a breather in between only takes away, so no fade is begun again from higher up.
    """
    ramps = np.array(
        [max((p.ramp_s for p in said), default=0.0) for said in ground.explored.sayings], np.float64
    )[ground.explored.says]
    age = np.where(
        ground.in_mode(RUNNING), ground.column("scene_age_beats"), ground.column("mode_age_beats")
    )
    return np.where((age * BEAT_S < ramps) & (level > 0.0), level.max(), level)
