"""What a lamp or a speaker gives at its fullest, from a few readings at the pillow.

Nothing is fitted. Each reading by itself says what the fullest could be at the most; the highest
of these is the figure, since a limit is only kept by a bound.
"""

from collections.abc import Sequence
from math import ceil, floor, log10

import msgspec

MELANOPIC_PER_LUX = {"warm": (0.3, 0.6), "neutral": (0.5, 0.8), "daylight": (0.7, 1.1)}
"""The least and the most melanopic light in one lux of a white lamp, by what is printed on it: up
to 3000 K, up to 4500 K, or more. CIE S 026 gives about 0.45 at 2700 K, 0.7 at 4000 K and 0.9 to 1
at 6500 K; the rest is room for lamps that are not what they say (own choice). Reds give less."""

METER_SHARE = {"meter": 0.1, "phone": 0.5}
"""How much less than the truth a lux meter may show, as a share of it: a hand-held one of the
usual class, and a phone's sensor, which looks another way and was never calibrated (own choice)."""

METER_DB = {"meter": 2.0, "phone": 6.0}
"""The same in dB for a sound level meter of class 2, and for a phone (own choice)."""

LIGHT_SHARES = (0.1, 0.25, 0.5, 1.0)
"""How full a lamp is made, one after the other."""

SOUND_SHARES = (0.05, 0.1, 0.25, 0.5)
"""The same for a speaker, which is never made as loud as it can be."""

DARK_ENOUGH_LX = 2.0
"""More than this with the lamp off, and the room is too bright to measure in (own choice)."""

LOUD_ENOUGH_DBA = 65.0
"""From here on a speaker is made no louder to measure it: about a conversation (own choice)."""

LIGHT_MAX_LX_MEDI, SOUND_MAX_DBA = 99_999.0, 140.0
"""The most there is a way to write."""


class Reading(msgspec.Struct, frozen=True):
    """What a meter at the pillow showed."""

    share: float  # of the fullest step, above 0
    shown: float  # lux, or dBA
    digit: float = 1.0  # what the last digit shown is worth


class Bounds(msgspec.Struct, frozen=True):
    """Between what and what the fullest lies, in lx mEDI or dBA."""

    least: float
    most: float


def light_at_full(readings: Sequence[Reading], meter: str, white: str) -> Bounds:
    """The light of a lamp at its fullest.

    Light is taken to grow with the step. Where one step gives more than its share, that step
    decides: none may be over its limit.

    Args:
        readings: in lux, one at least.
        meter: meter or phone.
        white: warm, neutral or daylight.

    Example:
        >>> light_at_full([Reading(0.5, 10.0), Reading(1.0, 21.0)], "meter", "warm")
        Bounds(least=4.9, most=14.7)
    """
    (low, high), off = MELANOPIC_PER_LUX[white], METER_SHARE[meter]
    leasts = [(one.shown - one.digit) / (1.0 + off) / one.share * low for one in readings]
    mosts = [(one.shown + one.digit) / (1.0 - off) / one.share * high for one in readings]
    return _bounds(min(leasts), max(mosts), LIGHT_MAX_LX_MEDI)


def sound_at_full(readings: Sequence[Reading], meter: str) -> Bounds:
    """The level of a speaker at its fullest: 20 dB for every factor of ten in volume.

    Args:
        readings: in dBA, one at least.
        meter: meter or phone.

    Example:
        >>> sound_at_full([Reading(0.1, 40.0), Reading(0.5, 55.0)], "meter")
        Bounds(least=57.0, most=64.1)
    """
    off = METER_DB[meter]
    fulls = [(one.shown - 20.0 * log10(one.share), off + one.digit) for one in readings]
    least, most = min(at - by for at, by in fulls), max(at + by for at, by in fulls)
    return _bounds(least, most, SOUND_MAX_DBA)


def _bounds(least: float, most: float, limit: float) -> Bounds:
    """Rounded outwards to a tenth, so that what is written is still a bound."""
    return Bounds(max(0.0, floor(least * 10) / 10), min(limit, ceil(round(most * 10, 6)) / 10))
