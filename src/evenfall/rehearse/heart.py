"""A simulated heart: beats a minute that rise with waking and fall with deep sleep, and no more.

Made to exercise what reads a heart, not fitted to anyone: no body clock, no breathing, no fever,
and the same few beats of noise for everybody.
"""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from evenfall.records.night import N3, REM, WAKE
from evenfall.rehearse.architecture import Codes
from evenfall.rehearse.chance import Chance

# Medians awake by age in years, after Fleming et al. 2011 (Lancet 377:1011) as recalled, not
# checked against the paper; asleep a tenth less, and the rest, are this project's own choice.
_AGES_YEARS = (1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 15.0, 18.0)
_AWAKE_BPM = (123.0, 113.0, 104.0, 98.0, 91.0, 84.0, 78.0, 73.0, 68.0)
_ASLEEP_SHARE, _DEEP_SHARE, _REM_SHARE = 0.90, 0.87, 0.93
_NOISE_BPM, _NOISE_KEEPS = 2.0, 0.7
_FRIGHT_SHARE = 1.5


def heart_bpm(
    codes: Codes,
    age_years: float,
    frights: tuple[tuple[int, int], ...],
    chance: Chance,
    member: str,
) -> NDArray[np.float64]:
    """A heart rate for each beat of a night.

    Args:
        codes: the stage codes of the night, shape (beats,).
        age_years: the sleeper's age.
        frights: when they are frightened: from a beat, up to a beat.
        chance: where the draws come from.
        member: whose heart it is.

    Returns:
        Shape (beats,), in beats a minute.
    """
    awake_bpm = _AWAKE_BPM[bisect_right(_AGES_YEARS, age_years)]
    share = np.full(codes.size, _ASLEEP_SHARE)
    for code, one in ((WAKE, 1.0), (N3, _DEEP_SHARE), (REM, _REM_SHARE)):
        share[codes == code] = one
    for first, last in frights:
        share[max(0, first) : max(0, last)] = _FRIGHT_SHARE
    drawn = chance.stream(f"{member}/heart").normal(0.0, _NOISE_BPM, codes.size)
    return awake_bpm * share + _kept(np.asarray(drawn, np.float64))


def _kept(noise: NDArray[np.float64]) -> NDArray[np.float64]:
    """Noise that remembers: each beat keeps a part of the last one's."""
    found = np.empty_like(noise)
    last = 0.0
    for index, one in enumerate(noise.tolist()):
        last = _NOISE_KEEPS * last + one
        found[index] = last
    return found
