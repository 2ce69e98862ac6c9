"""Many nights as one page's worth of figures, the same whichever way the nights were shared out."""

from collections import Counter
from collections.abc import Sequence
from typing import Annotated

import numpy as np
from msgspec import Meta

from evenfall.play.fold import programme_hash
from evenfall.play.step import KERNEL_VERSION
from evenfall.records.base import Record
from evenfall.records.programme import BEAT_S
from evenfall.rehearse.nights.run import DAWN_S, Setting, night_seed, run_night
from evenfall.rehearse.nights.tally import BIN_S, CAUSES, NightResult, Violation, judge
from evenfall.safety.merge import FALL_MAX_S

MODELS = (
    "The steps, the gate and the merge are the engine itself. Hub, guard, room, page and lamp are "
    "models of what stands around it.",
    "The guard is modelled as a process of its own: killed, it gives nothing, and every output is "
    "safe by its own watch within 60 s; back, it starts silent.",
    "The lamp keeps its last value while it is offline, so it is never given more than is safe all "
    "night. The light at the pillow is the brighter of page and lamp.",
    "Planned times and the limits that go with them are by the house's own clock, also where that "
    "was set wrong: a dawn that comes early by it is counted, and is no violation.",
    "Who is woken by a rise of light or sound is this project's own choice and no model of "
    "anyone's sleep: 1 in 100 at 30 dBA, ten times as many for every 15 dB; E in 100 at E lx mEDI.",
    "Sleepers are typical of their age and vary from night to night, not from person to person. "
    "Being woken changes nothing in what they do next.",
)
"""What is assumed, in words; it stands beside every figure."""

BROKEN_SHOWN = 20
QUANTILES = (0.5, 0.9, 0.99, 1.0)


class Histogram(Record, frozen=True, kw_only=True):
    """How many nights took how long to come to quiet."""

    edges_min: Annotated[tuple[float, ...], Meta(description="the bins' ends, one more than bins")]
    nights: Annotated[tuple[int, ...], Meta(description="how many nights in each bin")]
    median_min: Annotated[float | None, Meta(description="the middle one; none if none was begun")]
    longest_min: Annotated[float | None, Meta(description="the longest")]
    score_max_min: Annotated[float, Meta(description="the score's own longest way to quiet")]


class Exposure(Record, frozen=True, kw_only=True):
    """What reached the pillow over the night: of each five minutes the highest, over all nights."""

    unit: Annotated[str, Meta(description="lx mEDI or dBA")]
    bin_s: Annotated[int, Meta(description="how long each bin is")]
    median: Annotated[tuple[float, ...], Meta(description="half of the nights were no higher")]
    most_of_10: Annotated[tuple[float, ...], Meta(description="9 in 10 nights were no higher")]
    most_of_100: Annotated[tuple[float, ...], Meta(description="99 in 100 nights were no higher")]
    highest: Annotated[tuple[float, ...], Meta(description="no night was higher")]
    limit: Annotated[tuple[float, ...], Meta(description="the most that is allowed then")]


class BrokenNight(Record, frozen=True, kw_only=True):
    """A night that broke a rule, and how to have it again."""

    night: Annotated[int, Meta(description="its number")]
    seed: Annotated[int, Meta(description="its own seed")]
    violations: Annotated[tuple[Violation, ...], Meta(description="what it broke")]


class Rehearsal(Record, frozen=True, kw_only=True):
    """What came of many rehearsed nights of one score."""

    simulated: Annotated[bool, Meta(description="always true: nobody slept")] = True
    score: Annotated[str, Meta(description="the score's id")]
    title: Annotated[str, Meta(description="what it is called")]
    programme_hash: Annotated[str, Meta(description="which programme was rehearsed")]
    kernel: Annotated[str, Meta(description="the kernel that took the steps")]
    where: Annotated[str, Meta(description="whose evening it is")]
    seed: Annotated[int, Meta(description="the rehearsal's seed")]
    nights: Annotated[int, Meta(description="how many nights")]
    faults: Annotated[tuple[str, ...], Meta(description="what could go wrong")]
    happenings: Annotated[int, Meta(description="how many of these there were")]
    begun: Annotated[int, Meta(description="nights in which somebody began")]
    time_to_quiet: Annotated[Histogram, Meta(description="from the beginning to quiet")]
    light: Annotated[Exposure, Meta(description="light at the pillow")]
    sound: Annotated[Exposure, Meta(description="sound at the pillow")]
    light_asleep_max_lx_medi: Annotated[
        float, Meta(description="the most, from the fade after lights-out to dawn")
    ]
    sound_asleep_max_dba: Annotated[
        float, Meta(description="the most, from the fade after lights-out to dawn")
    ]
    sound_laeq_8h_max_dba: Annotated[
        float | None, Meta(description="the highest LAeq over 8 h from lights-out, if any sound")
    ]
    sound_asleep_limit_dba: Annotated[float, Meta(description="what it is held against")]
    breathers_due: Annotated[int, Meta(description="breathers that came")]
    breathers_kept: Annotated[int, Meta(description="of these, those that lasted")]
    immersed_longest_min: Annotated[float, Meta(description="the longest without real life")]
    dawn_earliest_min: Annotated[
        float, Meta(description="the most by which it dawned before its true time; 0 for never")
    ]
    stops: Annotated[int, Meta(description="nights that somebody stopped")]
    stop_longest_s: Annotated[
        float | None, Meta(description="the longest from a stop to a silent, dark page; if any")
    ]
    wakings: Annotated[dict[str, int], Meta(description="wakings caused, by cause")]
    log_rows: Annotated[int, Meta(description="rows written")]
    hub_starts: Annotated[int, Meta(description="how often a hub was started again")]
    violations: Annotated[int, Meta(description="rules broken, over all nights")]
    broken: Annotated[tuple[BrokenNight, ...], Meta(description="the first nights that broke one")]
    worst_night: Annotated[int, Meta(description="the night to look at first")]
    worst_seed: Annotated[int, Meta(description="its own seed")]
    models: Annotated[tuple[str, ...], Meta(description="what is assumed")] = MODELS


def rehearse_nights(
    setting: Setting, seed: int, kinds: Sequence[str], first: int, last: int
) -> list[NightResult]:
    """Some nights of a rehearsal, each from its own seed.

    Args:
        setting: who sleeps where and when.
        seed: the rehearsal's seed.
        kinds: what may go wrong.
        first: the number of the first night, from 1.
        last: the number of the last.

    Raises:
        EvenfallError: the seed is below 0.
    """
    return [
        judge(run_night(setting, night_seed(seed, night), kinds), night)
        for night in range(first, last + 1)
    ]


def summed_up(
    setting: Setting, seed: int, kinds: Sequence[str], results: Sequence[NightResult]
) -> Rehearsal:
    """All nights together.

    Args:
        setting: who slept where and when.
        seed: the rehearsal's seed.
        kinds: what could go wrong.
        results: every night, in order, at least one.
    """
    programme, limits = setting.programme, setting.programme.limits
    worst = max(results, key=_badness)
    stops = [one.stop_s for one in results if one.stop_s is not None]
    loud = [one.sound_laeq_8h_dba for one in results if one.sound_laeq_8h_dba is not None]
    broken = [one for one in results if one.violations]
    wakings: Counter[str] = Counter()
    for one in results:
        wakings.update(one.wakings)
    return Rehearsal(
        score=programme.id,
        title=programme.title,
        programme_hash=programme_hash(programme),
        kernel=KERNEL_VERSION,
        where=setting.where,
        seed=seed,
        nights=len(results),
        faults=tuple(kinds),
        happenings=sum(len(one.happenings) for one in results),
        begun=sum(one.quiet_min is not None for one in results),
        time_to_quiet=_histogram(setting, results),
        light=_exposure(setting, "light", [one.light_lx_medi for one in results]),
        sound=_exposure(setting, "sound", [one.sound_dba for one in results]),
        light_asleep_max_lx_medi=max(one.light_asleep_max_lx_medi for one in results),
        sound_asleep_max_dba=max(one.sound_asleep_max_dba for one in results),
        sound_laeq_8h_max_dba=max(loud, default=None),
        sound_asleep_limit_dba=limits.sound_asleep_dba,
        breathers_due=sum(one.breathers_due for one in results),
        breathers_kept=sum(one.breathers_kept for one in results),
        immersed_longest_min=max(one.immersed_longest_min for one in results),
        dawn_earliest_min=max([0.0, *(one.dawn_early_min or 0.0 for one in results)]),
        stops=len(stops),
        stop_longest_s=max(stops, default=None),
        wakings={cause: wakings[cause] for cause in CAUSES},
        log_rows=sum(one.log_rows for one in results),
        hub_starts=sum(one.hub_starts for one in results),
        violations=sum(len(one.violations) for one in results),
        broken=tuple(
            BrokenNight(night=one.night, seed=one.seed, violations=one.violations)
            for one in broken[:BROKEN_SHOWN]
        ),
        worst_night=worst.night,
        worst_seed=worst.seed,
    )


def _badness(one: NightResult) -> tuple[int, int, float, float, int]:
    """What it broke, whom it woke, how long a stop and how long quiet took; else the first."""
    woken = sum(one.wakings.values())
    return len(one.violations), woken, one.stop_s or 0.0, one.quiet_min or 0.0, -one.night


def _histogram(setting: Setting, results: Sequence[NightResult]) -> Histogram:
    took_min = [one.quiet_min for one in results if one.quiet_min is not None]
    score_max_min = setting.programme.length_max_beats * BEAT_S / 60
    longest_min = max([*took_min, score_max_min])
    width_min = next(w for w in (1.0, 2.0, 5.0, 10.0, 1e9) if longest_min / w <= 40)
    edges = np.arange(0.0, longest_min + 2 * width_min, width_min)
    nights, _ = np.histogram(took_min, edges)
    return Histogram(
        edges_min=tuple(edges.tolist()),
        nights=tuple(nights.tolist()),
        median_min=round(float(np.median(took_min)), 2) if took_min else None,
        longest_min=max(took_min, default=None),
        score_max_min=score_max_min,
    )


def _exposure(setting: Setting, output: str, levels: Sequence[Sequence[float]]) -> Exposure:
    ordered = np.sort(np.asarray(levels), axis=0)
    last = len(levels) - 1
    bands = [tuple(ordered[int(np.ceil(share * last))].tolist()) for share in QUANTILES]
    return Exposure(
        unit="lx mEDI" if output == "light" else "dBA",
        bin_s=BIN_S,
        median=bands[0],
        most_of_10=bands[1],
        most_of_100=bands[2],
        highest=bands[3],
        limit=planned_limit(setting, output, len(levels[0])),
    )


def planned_limit(setting: Setting, output: str, bins: int) -> tuple[float, ...]:
    """The limit of each bin where the clock is right: the fade after lights-out is counted in."""
    limits = setting.programme.limits
    light = output == "light"
    awake = limits.light_awake_lx_medi if light else limits.sound_awake_dba
    asleep = limits.light_asleep_lx_medi if light else limits.sound_asleep_dba
    dawn = limits.light_dawn_lx_medi if light else limits.sound_awake_dba
    lights_out_s = min(setting.lights_out_beats) * BEAT_S + FALL_MAX_S
    dawn_s = max(setting.wake_beats) * BEAT_S - DAWN_S
    return tuple(
        awake if at * BIN_S < lights_out_s else asleep if (at + 1) * BIN_S <= dawn_s else dawn
        for at in range(bins)
    )
