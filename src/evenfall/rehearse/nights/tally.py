"""What came of rehearsed nights: what was broken, what reached the pillow, who was woken.

The judge looks at the devices' own levels, second by second, and at the log. It takes nothing from
the room or the hub that it judges, and knows the limits only by `safety.limits` and the clock only
by what the house's own clock shows. What breaks a rule is a violation, with its second.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from evenfall.learn.rules import RULES
from evenfall.play.step import begin, step
from evenfall.records.base import Record
from evenfall.records.night import (
    ASLEEP_MASK,
    ENDED,
    RUNNING,
    STOPPED,
    TOLD,
    WAITING,
    Beat,
    Begin,
    Emergency,
    Override,
    Pause,
    Restarted,
    Stop,
    Touch,
    Voice,
)
from evenfall.records.programme import BEAT_S, LEASE_S, Programme
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.nights.faults import happening_words
from evenfall.rehearse.nights.hub import Taken
from evenfall.rehearse.nights.room import Device
from evenfall.rehearse.nights.run import DAWN_S, PAGE_LEASE_S, NightRun
from evenfall.safety.merge import FALL_MAX_S

Levels = NDArray[np.float64]

BIN_S = 300
"""Pictures show the highest level of each five minutes."""

STOP_S = 5.0
SILENT_S = PAGE_LEASE_S + STOP_S
WATCHED_S = 60.0
"""A stop is dark and quiet within 5 s; by a page without a line, at its lease's end; whatever
stops, its output is safe within 60 s (DESIGN.md: the guard)."""

LAPSED_S = LEASE_S + 8.0
"""A lease's 75 s, the second in which it is looked at, the 3 s of the way to safe, and a margin."""

_TOLD_AGAIN_S = 6.0
_GAP_S = LEASE_S + 1.0
_TOO_LITTLE = 1e-6
_LAEQ_S = 8 * 3600
_PAUSE_S = 15 * 60
_ASLEEP_GRACE_S = LEASE_S + FALL_MAX_S

# Who is woken by what: this project's own choice, and no model of anyone's sleep. A sound that
# rises by 5 dB or more to L dBA wakes 1 in 100 at 30 dBA and ten times as many for every 15 dB; a
# light that rises to E lx mEDI wakes E in 100. Stage, age and habit change nothing.
_SOUND_RISE_DB, _SOUND_AT_1_PERCENT_DBA, _SOUND_TENFOLD_DB = 5.0, 30.0, 15.0
_LIGHT_RISE_LX, _LIGHT_SHARE_PER_LX = 0.3, 0.01

CAUSES = ("a sound that rose", "a light that rose", "the glow that answered a touch", "a voice")


class Violation(Record, frozen=True, kw_only=True):
    """A rule that one night broke."""

    rule: Annotated[str, Meta(description="which, in a word or two")]
    at_s: Annotated[float, Meta(description="when, in seconds from the night's beginning")]
    what: Annotated[str, Meta(description="what was found and what was expected")]


class NightResult(Record, frozen=True, kw_only=True):
    """What came of one night."""

    night: Annotated[int, Meta(description="its number in the rehearsal, from 1")]
    seed: Annotated[int, Meta(description="the night's own seed")]
    happenings: Annotated[tuple[str, ...], Meta(description="what went wrong or was done")]
    quiet_min: Annotated[float | None, Meta(description="from the beginning to quiet; if begun")]
    breathers_due: Annotated[int, Meta(description="breathers that came")]
    breathers_kept: Annotated[int, Meta(description="of these, those that lasted")]
    immersed_longest_min: Annotated[float, Meta(description="the longest without real life")]
    light_asleep_max_lx_medi: Annotated[
        float, Meta(description="at the pillow, from the fade after lights-out to dawn")
    ]
    sound_asleep_max_dba: Annotated[
        float, Meta(description="at the pillow, from the fade after lights-out to dawn")
    ]
    sound_laeq_8h_dba: Annotated[
        float | None, Meta(description="LAeq over 8 h from lights-out; none where it was silent")
    ]
    dawn_early_min: Annotated[
        float | None, Meta(description="how long before its true time a dawn began; if one did")
    ]
    stop_s: Annotated[float | None, Meta(description="from a stop to silence and dark; if any")]
    wakings: Annotated[dict[str, int], Meta(description="wakings caused, by cause")]
    log_rows: Annotated[int, Meta(description="rows in the log")]
    hub_starts: Annotated[int, Meta(description="how often the hub was started again")]
    violations: Annotated[tuple[Violation, ...], Meta(description="the rules it broke")]
    light_lx_medi: Annotated[tuple[float, ...], Meta(description="highest of each five minutes")]
    sound_dba: Annotated[tuple[float, ...], Meta(description="highest of each five minutes")]


def judge(run: NightRun, night: int) -> NightResult:
    """What came of a night.

    Args:
        run: what happened in it.
        night: its number.
    """
    seen = Seen(run)
    begun_s, quiet_s = _quiet(run)
    due, kept, short = _breathers(run)
    immersed_s, immersed_at_s = _immersed_longest(run)
    lights_out, dawn = seen.asleep
    faded = lights_out + int(_ASLEEP_GRACE_S)
    violations = [
        *_log_faults(run),
        *_limit_faults(seen),
        *_lease_faults(seen),
        *_stop_faults(seen),
        *_quiet_word_faults(seen),
        *_gap_faults(run),
        *_late_quiet(run, begun_s, quiet_s),
        *short,
        *_too_immersed(run, immersed_s, immersed_at_s),
    ]
    return NightResult(
        night=night,
        seed=run.seed,
        happenings=tuple(f"{_clock(one.at_s)} {happening_words(one)}" for one in run.happenings),
        quiet_min=None if quiet_s is None else round((quiet_s - begun_s) / 60, 2),
        breathers_due=due,
        breathers_kept=kept,
        immersed_longest_min=round(immersed_s / 60, 2),
        light_asleep_max_lx_medi=_most(seen.light[faded:dawn]),
        sound_asleep_max_dba=_most(seen.sound[faded:dawn]),
        sound_laeq_8h_dba=_laeq(seen.sound[lights_out : lights_out + _LAEQ_S]),
        dawn_early_min=_dawn_early_min(run),
        stop_s=_stop_s(seen),
        wakings=_wakings(run, dawn),
        log_rows=len(run.log),
        hub_starts=len(run.away.get("hub", ())),
        violations=tuple(sorted(violations, key=lambda one: one.at_s)),
        light_lx_medi=_binned(seen.light),
        sound_dba=_binned(seen.sound),
    )


class Seen:
    """A night's levels at the pillow and what was allowed there, second by second.

    Args:
        run: the night.
    """

    def __init__(self, run: NightRun) -> None:
        self.run = run
        self.at_s = np.arange(0.0, run.night_s, 1.0)
        self.page_light = self._levels(run.page_light)
        self.lamp = self._levels(run.lamp)
        self.light = np.maximum(self.page_light, self.lamp)  # the brighter of the two
        self.sound = self._levels(run.page_sound)
        setting = run.setting
        lights_out_s = min(setting.lights_out_beats) * float(BEAT_S)
        wake_s = max(setting.wake_beats) * float(BEAT_S)
        # Where a clock was set, the night may go by it or by its own time: either is allowed.
        first_s = max(lights_out_s, run.shows_s(lights_out_s))
        dawn_s = min(wake_s - DAWN_S, run.shows_s(wake_s - DAWN_S))
        self.asleep = int(min(first_s, run.night_s)), int(min(max(dawn_s, first_s), run.night_s))
        self.stopped_s = [one.heard_s for one in run.presses if _is_heard(one, Stop)]

    def _levels(self, device: Device) -> Levels:
        levels: Levels = np.interp(self.at_s, device.at_s, device.levels)
        return levels

    def limit(self, output: str) -> Levels:
        """What is allowed at each second, by the house's own clock."""
        limits = self.run.setting.programme.limits
        light = output == "light"
        awake = limits.light_awake_lx_medi if light else limits.sound_awake_dba
        asleep = limits.light_asleep_lx_medi if light else limits.sound_asleep_dba
        dawn = limits.light_dawn_lx_medi if light else limits.sound_awake_dba
        first, last = self.asleep
        allowed = np.full(self.at_s.size, awake)
        allowed[first + int(_ASLEEP_GRACE_S) :] = asleep
        allowed[last:] = dawn
        for stopped_s in self.stopped_s[:1]:
            allowed[int(stopped_s + SILENT_S) :] = asleep
        return allowed

    def away(self, what: str, lasting_s: float = 0.0, after_s: float = 0.0) -> NDArray[np.bool_]:
        """True wherever something has been away for so long, and for a while after it is back."""
        gone = np.zeros(self.at_s.size, dtype=bool)
        for first_s, last_s in self.run.away.get(what, ()):
            gone[int(first_s + lasting_s) : max(int(last_s + after_s), 0)] = True
        return gone

    def lamp_told(self) -> NDArray[np.bool_]:
        """True wherever the lamp is where it was told to be.

        Back while hub, guard or network are away, it stays at what it kept until they are back: its
        own watch acts once. What it kept is safe all night.
        """
        told = np.ones(self.at_s.size, dtype=bool)
        others = [
            one for what in ("hub", "guard", "network") for one in self.run.away.get(what, ())
        ]
        for first_s, last_s in self.run.away.get("lamp", ()):
            until_s = last_s
            for away_s, back_s in sorted(others):
                if away_s <= until_s + _TOLD_AGAIN_S:
                    until_s = max(until_s, back_s)
            told[int(first_s) : int(until_s + _TOLD_AGAIN_S)] = False
        return told


# --- What may not happen -----------------------------------------------------------------------


def _log_faults(run: NightRun) -> Iterable[Violation]:
    """Every step stands in the log exactly once, in order, and the log says the same again."""
    if [row.seq for row in run.log] != list(range(len(run.log))):
        yield Violation(rule="log", at_s=0.0, what="a row is missing, or stands twice")
    if [row.event for row in run.log] != [taken.event for taken in run.taken]:
        yield Violation(rule="log", at_s=0.0, what="the log holds another night than was kept")
    programme = run.setting.programme
    state, once = begin(programme), Counter[object]()
    for row in run.log:
        state = step(programme, state, row.event).state
        if state != row.state:
            what = f"row {row.seq} cannot be replayed: its state is another"
            yield Violation(rule="log", at_s=row.wall_s, what=what)
            return
        if isinstance(row.event, Restarted):
            once.clear()
        if type(row.event).__name__ in ("LightsOut", "Dawn"):
            once[row.event] += 1
            if once[row.event] == 2:
                yield Violation(rule="log", at_s=row.wall_s, what="a plan's event stands twice")


def _limit_faults(seen: Seen) -> Iterable[Violation]:
    for output, level, unit in (("light", seen.light, "lx mEDI"), ("sound", seen.sound, "dBA")):
        allowed = seen.limit(output)
        over = np.flatnonzero(level > allowed + _TOO_LITTLE)
        if over.size:
            at = int(over[0])
            what = f"{output} of {level[over].max():.4g} {unit}, {over.size} s over the limit"
            expected = f"at most {allowed[at]:g} {unit}"
            yield Violation(rule=f"{output} limit", at_s=at, what=f"{what}; {expected}")


def _lease_faults(seen: Seen) -> Iterable[Violation]:
    """Nothing outlives its lease, nor the guard, nor the line it is told by."""
    run = seen.run
    claims = np.asarray([-np.inf, *run.claims_s])
    last = claims[np.searchsorted(claims, seen.at_s, side="right") - 1]
    lapsed = (seen.at_s - last > LAPSED_S) & (seen.at_s > LAPSED_S)
    unwatched = seen.away("guard", WATCHED_S) | seen.away("network", WATCHED_S)
    safe = {point.output: point.target for point in run.setting.programme.safe}
    lamp_there = seen.lamp_told()
    for words, when in (("its lease", lapsed), ("guard and line", unwatched)):
        for name, level, most, there in (
            ("the page's light", seen.page_light, safe["light"], when),
            ("the sound", seen.sound, safe["sound"], when),
            ("the lamp", seen.lamp, safe["light"], when & lamp_there),
        ):
            over = np.flatnonzero(there & (level > most + _TOO_LITTLE))
            if over.size:
                what = f"{name} outlives {words}: still {level[over[0]]:.3g}, {over.size} s long"
                yield Violation(rule="lease outlived", at_s=float(over[0]), what=what)


def _is_heard(press: object, kind: type) -> bool:
    event, heard_s = getattr(press, "event", None), getattr(press, "heard_s", -1.0)
    return isinstance(event, kind) and heard_s >= 0.0


def _answers_s(run: NightRun, after_s: float) -> float:
    """When a touch or a voice next lights the room after a moment."""
    later = (
        taken.at_s
        for taken in run.taken
        if taken.at_s >= after_s and isinstance(taken.event, Touch | Voice)
    )
    return min(later, default=run.night_s)


def _stop_faults(seen: Seen) -> Iterable[Violation]:
    """Dark and quiet within 5 s of a press; of a page without a line, at its lease's end."""
    run = seen.run
    for press in run.presses:
        if not isinstance(press.event, Stop):
            continue
        spans = [(press.at_s + STOP_S if press.page_was_on else press.at_s + SILENT_S, 3.0)]
        if press.heard_s >= 0.0:
            spans.append((press.heard_s + (STOP_S if press.page_was_on else SILENT_S), 120.0))
        for first_s, long_s in spans:
            last_s = min(first_s + long_s, _answers_s(run, press.at_s))
            over = _unsafe(seen, first_s, last_s)
            if over:
                yield Violation(rule="stop", at_s=press.at_s, what=f"after a stop, {over}")
                return


def _quiet_word_faults(seen: Seen) -> Iterable[Violation]:
    """After a pause, an emergency or a guardian's word nothing sounds until somebody asks."""
    run = seen.run
    quiet = {Pause: ("pause", STOP_S), Override: ("override", 25.0), Emergency: ("emergency", 25.0)}
    for taken, after in zip(run.taken, [*run.taken[1:], None], strict=True):
        named = quiet.get(type(taken.event))
        if named is None or not taken.reasons:
            continue
        first_s = taken.at_s + max(named[1], SILENT_S)
        last_s = min(first_s + 5.0, after.at_s if after is not None else run.night_s)
        span = slice(int(first_s) + 1, max(int(last_s), 0))
        if seen.sound[span].size and seen.sound[span].max() > _TOO_LITTLE:
            what = f"after a {named[0]}, still {seen.sound[span].max():.3g} dBA"
            yield Violation(rule="quiet word", at_s=taken.at_s, what=what)


def _unsafe(seen: Seen, first_s: float, last_s: float) -> str:
    """What is not safe between two moments, or ''. The lamp only where it can be reached."""
    span = slice(int(np.ceil(first_s)), int(last_s) + 1)
    light = seen.run.setting.programme.safe[0].target
    if seen.sound[span].size == 0 or last_s < first_s:
        return ""
    if seen.sound[span].max() > _TOO_LITTLE:
        return f"still {seen.sound[span].max():.3g} dBA"
    if seen.page_light[span].max() > light + _TOO_LITTLE:
        return f"the page still at {seen.page_light[span].max():.3g} lx mEDI"
    return ""


def _stop_s(seen: Seen) -> float | None:
    """From the first stop to a pillow that is silent, and dark but for a lamp nobody can reach."""
    press = next((one for one in seen.run.presses if isinstance(one.event, Stop)), None)
    if press is None:
        return None
    first = int(np.ceil(press.at_s))
    light = seen.run.setting.programme.safe[0].target
    loud = (seen.sound[first:] > _TOO_LITTLE) | (seen.page_light[first:] > light + _TOO_LITTLE)
    quiet = np.flatnonzero(~loud)
    return round(float(first + quiet[0] - press.at_s), 1) if quiet.size else None


# --- Time to quiet, breathers, immersion -------------------------------------------------------


def _is_quiet(programme: Programme, taken: Taken) -> bool:
    state = taken.state
    over = state.mode in (STOPPED, ENDED, TOLD)
    return over or (state.mode == RUNNING and programme.scenes[state.scene].kind in _QUIET)


_QUIET = ("quiet", "wake")


def _quiet(run: NightRun) -> tuple[float, float | None]:
    """When the evening was begun, and when it had come to quiet; None where nobody began."""
    begun_s, before_s = -1.0, 0.0
    for taken in run.taken:
        if begun_s < 0.0 and isinstance(taken.event, Begin) and taken.reasons:
            begun_s = taken.at_s
        if begun_s >= 0.0 and _is_quiet(run.setting.programme, taken):
            # A hub that was gone for longer than a lease left a room that was quiet by then.
            return begun_s, max(min(taken.at_s, before_s + LEASE_S), begun_s)
        before_s = taken.at_s
    return max(begun_s, 0.0), None


def _late_quiet(run: NightRun, begun_s: float, quiet_s: float | None) -> Iterable[Violation]:
    pauses = sum(isinstance(taken.event, Pause) for taken in run.taken)
    longest_s = (run.setting.programme.length_max_beats + 1) * BEAT_S + pauses * _PAUSE_S + LEASE_S
    if quiet_s is not None and quiet_s - begun_s > longest_s:
        what = f"quiet after {(quiet_s - begun_s) / 60:.1f} min; at most {longest_s / 60:.1f}"
        yield Violation(rule="time to quiet", at_s=quiet_s, what=what)


def _gap_faults(run: NightRun) -> Iterable[Violation]:
    """Whatever ran before a long gap is quiet after it."""
    for before, after in pairwise(run.taken):
        gap_s = after.at_s - before.at_s
        going_on = after.state.mode != WAITING and not _is_quiet(run.setting.programme, after)
        if gap_s > _GAP_S and going_on and before.state.mode != WAITING:
            what = f"after {gap_s:.0f} s in which nothing was heard the night went on as it was"
            yield Violation(rule="gap", at_s=after.at_s, what=what)
            return


def _breathers(run: NightRun) -> tuple[int, int, list[Violation]]:
    """How many came, how many lasted, and those that were cut short though nobody asked."""
    least_s = run.setting.programme.limits.breather_min_s
    due, kept, came_s, short = 0, 0, -1.0, []
    for taken in run.taken:
        rules = [reason.rule for reason in taken.reasons]
        if came_s >= 0.0 and not taken.state.breather_age_beats:
            lasted_s = taken.at_s - came_s
            stepped = any(came_s <= at_s <= taken.at_s for at_s, _ in run.clock_steps)
            kept += lasted_s >= least_s or "breather_over" not in rules
            if "breather_over" in rules and lasted_s < least_s and not stepped:
                what = f"a breather of {lasted_s:.0f} s; at least {least_s:g} s"
                short.append(Violation(rule="breather", at_s=taken.at_s, what=what))
            came_s = -1.0
        if "breather_due" in rules:
            due, came_s = due + 1, taken.at_s
    return due, kept + (came_s >= 0.0), short


def _immersed_longest(run: NightRun) -> tuple[float, float]:
    """The longest immersion without a breather, and when it ended, in true seconds."""
    programme = run.setting.programme
    longest_s = ended_s = 0.0
    since_s = before_s = -1.0
    for taken in run.taken:
        if since_s >= 0.0:
            until_s = min(taken.at_s, before_s + LEASE_S)
            if until_s - since_s > longest_s:
                longest_s, ended_s = until_s - since_s, until_s
            if until_s < taken.at_s:
                since_s = -1.0
        state = taken.state
        immersed = (
            state.mode == RUNNING
            and not state.breather_age_beats
            and programme.scenes[state.scene].kind == "immerse"
        )
        since_s = (taken.at_s if since_s < 0.0 else since_s) if immersed else -1.0
        before_s = taken.at_s
    return longest_s, ended_s


def _dawn_early_min(run: NightRun) -> float | None:
    """How much too early it dawned: only a clock set while no hub watched can bring that about."""
    planned_s = max(run.setting.wake_beats) * BEAT_S - DAWN_S
    for taken in run.taken:
        if any(reason.rule == "dawn" for reason in taken.reasons):
            return round((planned_s - taken.at_s) / 60, 2)
    return None


def _too_immersed(run: NightRun, longest_s: float, at_s: float) -> Iterable[Violation]:
    every_s = max(one.breather_every_beats for one in run.setting.programme.scenes) * BEAT_S
    if longest_s > every_s + LEASE_S + BEAT_S:
        what = f"immersed for {longest_s / 60:.1f} min; a breather every {every_s / 60:g}"
        yield Violation(rule="immersion", at_s=at_s, what=what)


# --- What reached the pillow -------------------------------------------------------------------


def _most(levels: Levels) -> float:
    return round(float(levels.max()), 3) if levels.size else 0.0


def _laeq(levels: Levels) -> float | None:
    """LAeq of a stretch of 8 h; what is missing of it counts as silent."""
    energy = float((10.0 ** (levels[levels > 0.0] / 10)).sum()) / _LAEQ_S
    return round(float(10 * np.log10(energy)), 2) if energy > 0.0 else None


def _binned(levels: Levels) -> tuple[float, ...]:
    whole = levels[: levels.size // BIN_S * BIN_S].reshape(-1, BIN_S)
    return tuple(np.round(whole.max(axis=1), 3).tolist())


def _wakings(run: NightRun, dawn: int) -> dict[str, int]:
    """Who is woken by what rose, by the stated model; the dawn is meant to, and is not counted."""
    chance = Chance(run.seed).stream("wakings")
    woken = dict.fromkeys(CAUSES, 0)
    for at_s, output, to in _rises(run):
        beat = int(at_s // BEAT_S)
        share = _wakes_share(output, to)
        for codes in run.stages:
            asleep = beat < len(codes) and ASLEEP_MASK >> codes[beat] & 1
            if asleep and at_s < dawn and chance.random() < share:
                woken[_cause(run, output, at_s)] += 1
    return woken


def _rises(run: NightRun) -> list[tuple[float, str, float]]:
    """What rose at the pillow: when, light or sound, and to what."""
    found = [
        (at_s, "sound", to)
        for at_s, low, to, _ in run.page_sound.rises
        if to - low >= _SOUND_RISE_DB
    ]
    for device, other in ((run.page_light, run.lamp), (run.lamp, run.page_light)):
        found += [
            (at_s, "light", to)
            for at_s, low, to, _ in device.rises
            if to - max(low, other.level(at_s)) >= _LIGHT_RISE_LX
        ]
    return sorted(set(found))


def _wakes_share(output: str, to: float) -> float:
    if output == "light":
        return min(1.0, to * _LIGHT_SHARE_PER_LX)
    return min(1.0, 0.01 * float(10 ** ((to - _SOUND_AT_1_PERCENT_DBA) / _SOUND_TENFOLD_DB)))


def _cause(run: NightRun, output: str, at_s: float) -> str:
    asked = {type(taken.event) for taken in run.taken if abs(taken.at_s - at_s) < 0.05}
    if Voice in asked and output == "sound":
        return "a voice"
    if asked & {Touch, Voice}:
        return "the glow that answered a touch"
    return f"a {output} that rose"


# --- A night as a story ------------------------------------------------------------------------


class Moment(Record, frozen=True, kw_only=True):
    """One thing in the story of a rehearsed night."""

    at_s: Annotated[float, Meta(description="seconds from the night's beginning")]
    clock: Annotated[str, Meta(description="the same as hours, minutes and seconds")]
    what: Annotated[str, Meta(description="what happened")]


def story(run: NightRun, violations: Sequence[Violation]) -> tuple[Moment, ...]:
    """A night's moments: what went wrong, what the rules made of it, and what they broke."""
    found = [(one.at_s, 0, happening_words(one)) for one in run.happenings]
    for taken in run.taken:
        for reason in taken.reasons:
            found.append((taken.at_s, 1, _step_words(run.setting.programme, taken, reason.rule)))
    found += [(back_s, 0, "the hub is back") for _, back_s in run.away.get("hub", ())]
    found += [(one.at_s, 2, f"BROKEN ({one.rule}): {one.what}") for one in violations]
    return tuple(
        Moment(at_s=round(at_s, 1), clock=_clock(at_s), what=what)
        for at_s, _, what in sorted(found)
    )


def _step_words(programme: Programme, taken: Taken, rule: str) -> str:
    where = programme.scenes[taken.state.scene].id.replace("-", " ")
    said = RULES[rule].what
    return said if isinstance(taken.event, Beat) and rule == "breather_due" else f"{said} ({where})"


def _clock(at_s: float) -> str:
    whole = int(at_s)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"
