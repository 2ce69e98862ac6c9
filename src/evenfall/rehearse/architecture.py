"""How a simulated night is built: cycles first, then light sleep and awakenings laid over them.

Each cycle is N1, N2, N3, N2, REM; N3 shrinks from cycle to cycle and REM grows. Stages are
written as in `records.night`; every draw comes from a named stream.
"""

import math

import numpy as np
from numpy.typing import NDArray

from evenfall.records.night import N1, N2, N3, REM, WAKE
from evenfall.records.programme import BEAT_S
from evenfall.rehearse.chance import Chance, Stream
from evenfall.rehearse.norms import SleepNorms

Codes = NDArray[np.int64]
"""Stage codes of `records.night`, one a beat."""

_BEATS_PER_MIN = 60 / BEAT_S

# The shape of a night. No source gives these; they are this project's own choice, made so that
# N3 comes early and REM late.
_CYCLE_SD_MIN = 7.0
_CYCLE_MIN_MIN, _CYCLE_MAX_MIN = 75.0, 120.0
_N3_KEPT_PER_CYCLE = 0.55  # each cycle has about this much of the last one's N3
_REM_GROWS = (0.4, 1.6)  # the weight of the first cycle's REM and of the last one's
_DURATION_SIGMA = 0.2
_N3_MAX_OF_CYCLE, _REM_MAX_OF_CYCLE = 0.55, 0.4
_N2_BEFORE_N3 = 0.35
_FIRST_N1_BEATS, _LATER_N1_BEATS, _N1_MAX_BEATS = 4.0, 1.0, 9
_N1_BOUT_BEATS = 2.0  # PMC4857208: N1 bouts of 1.0 min
_WAKE_MEDIAN_BEATS, _WAKE_SIGMA, _WAKE_MAX_BEATS = 3.0, 1.0, 60
_WAKE_MEAN_BEATS = _WAKE_MEDIAN_BEATS * math.exp(_WAKE_SIGMA**2 / 2) + 0.5  # 0.5 from rounding up
_UNBROKEN_BEATS = 10  # no awakening so soon after falling asleep
_BACK_TO_SLEEP_BEATS = 2  # the way back to sleep begins with N1
_WAKES_FROM = np.array([0.0, 0.0, 1.5, 1.0, 0.15, 1.0, 1.0])  # relative, by stage code


def sleep_codes(
    norms: SleepNorms, beats: int, restlessness: float, chance: Chance, member: str
) -> Codes:
    """Stages from falling asleep to waking for good.

    Args:
        norms: what is usual at this age.
        beats: how many beats it lasts, 0 or more.
        restlessness: 1 is usual; 2 is twice the time awake.
        chance: where the draws come from.
        member: whose night it is, so that two sleepers draw differently.

    Returns:
        One stage code a beat, shape (beats,).
    """
    if beats == 0:
        return np.zeros(0, dtype=np.int64)
    codes = _cycles(norms, beats, chance.stream(f"{member}/cycles"))
    awakenings = norms.wake_share * restlessness * beats / _WAKE_MEAN_BEATS
    n1_beats = norms.n1_share * beats - awakenings * _BACK_TO_SLEEP_BEATS
    _lighten(codes, n1_beats, chance.stream(f"{member}/n1"))
    _awaken(codes, awakenings, chance.stream(f"{member}/awakenings"))
    return codes


def wake_spell(codes: Codes, first: int, last: int) -> None:
    """Make the beats from `first` up to `last` a waking, and sleep after it begin with N1."""
    codes[first:last] = WAKE
    back = codes[last : last + _BACK_TO_SLEEP_BEATS]
    back[back != WAKE] = N1


def _cycles(norms: SleepNorms, beats: int, stream: Stream) -> Codes:
    most = math.ceil(beats / (_CYCLE_MIN_MIN * _BEATS_PER_MIN))
    drawn_min = stream.normal(norms.cycle_min, _CYCLE_SD_MIN, size=most)
    drawn_min = np.clip(drawn_min, _CYCLE_MIN_MIN, _CYCLE_MAX_MIN)
    lengths = np.rint(drawn_min * _BEATS_PER_MIN).astype(np.int64)
    whole = max(1, int(np.count_nonzero(np.cumsum(lengths) <= beats)))
    asleep = beats * (1 - norms.wake_share)

    n3 = _portion(_fading(most), whole, asleep * norms.n3_share, lengths, _N3_MAX_OF_CYCLE, stream)
    rem = _portion(
        _growing(most, whole), whole, asleep * norms.rem_share, lengths, _REM_MAX_OF_CYCLE, stream
    )
    n1_mean = np.where(np.arange(most) == 0, _FIRST_N1_BEATS, _LATER_N1_BEATS)
    n1 = np.minimum(1 + stream.poisson(n1_mean), _N1_MAX_BEATS)
    n2 = np.maximum(lengths - n1 - n3 - rem, 0)
    n2_first = np.rint(n2 * _N2_BEFORE_N3).astype(np.int64)

    pieces = np.stack([n1, n2_first, n3, n2 - n2_first, rem], axis=1)
    order = np.tile(np.array([N1, N2, N3, N2, REM], dtype=np.int64), most)
    return np.repeat(order, pieces.ravel())[:beats]


def _fading(cycles: int) -> NDArray[np.float64]:
    return np.asarray(_N3_KEPT_PER_CYCLE ** np.arange(cycles), dtype=np.float64)


def _growing(cycles: int, whole: int) -> NDArray[np.float64]:
    first, last = _REM_GROWS
    weights: NDArray[np.float64] = first + (last - first) * np.arange(cycles) / max(1, whole - 1)
    return weights


def _portion(
    weights: NDArray[np.float64],
    whole: int,
    total_beats: float,
    lengths: Codes,
    most_of_cycle: float,
    stream: Stream,
) -> Codes:
    """One stage's beats in each cycle: a share of the night's total, varied, and bounded."""
    share = weights / weights[:whole].sum()
    varied = share * total_beats * stream.lognormal(0.0, _DURATION_SIGMA, size=weights.size)
    portion: Codes = np.rint(np.minimum(varied, lengths * most_of_cycle)).astype(np.int64)
    return portion


def _lighten(codes: Codes, n1_beats: float, stream: Stream) -> None:
    """Break N2 with short bouts of N1 until there is about as much as is asked for."""
    n2 = np.flatnonzero(codes == N2)
    missing = n1_beats - np.count_nonzero(codes == N1)
    if n2.size == 0 or missing <= 0:
        return
    bouts = stream.poisson(missing / _N1_BOUT_BEATS)
    starts = stream.choice(n2, size=bouts)
    lengths = 1 + stream.poisson(_N1_BOUT_BEATS - 1, size=bouts)
    for start, length in zip(starts, lengths, strict=True):
        bout = codes[start : start + length]
        bout[bout == N2] = N1


def _awaken(codes: Codes, awakenings: float, stream: Stream) -> None:
    """Lay awakenings over the night, about so many, rarely out of N3."""
    chances = _WAKES_FROM[codes]
    chances[:_UNBROKEN_BEATS] = 0.0
    if not chances.any():
        return
    count = stream.poisson(awakenings)
    starts = stream.choice(codes.size, size=count, p=chances / chances.sum())
    drawn = stream.lognormal(math.log(_WAKE_MEDIAN_BEATS), _WAKE_SIGMA, size=count)
    lengths = np.minimum(np.ceil(drawn), _WAKE_MAX_BEATS).astype(np.int64)
    for start, length in zip(starts, lengths, strict=True):
        wake_spell(codes, int(start), int(start + length))
