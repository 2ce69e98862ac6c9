"""From light and sound at the pillow to the steps a lamp or speaker knows.

Every figure is an upper bound: rounded down, shared among the devices of a room, and, where
nobody has measured, reckoned as for the brightest lamp and the loudest speaker of a usual home.
"""

import math

from evenfall.formats.quantity import light_lx_medi, sound_dba
from evenfall.records.household import Calibration

ASSUMED_LIGHT_AT_FULL_LX_MEDI = 150.0
"""An unknown lamp at full brightness (this project's own choice): about what a bare bulb of
800 lm in daylight white gives 60 cm away (190 lx, 0.8 lx mEDI for each)."""

ASSUMED_SOUND_AT_FULL_DBA = 100.0
"""An unknown speaker at full volume (this project's own choice: a loud home speaker, close by)."""

WARM_RGB = (255, 40, 0)
"""Red with a little amber: the colour asked for wherever a lamp has colours (own choice)."""


def light_at_full_lx_medi(calibration: Calibration) -> float:
    """The most light a lamp may give at the pillow.

    An assumed figure counts only where it is worse than the assumption made here; none at all,
    or none at full brightness, is no knowledge either.

    Example:
        >>> light_at_full_lx_medi(Calibration())
        150.0
        >>> light_at_full_lx_medi(Calibration(kind="measured", light_at_full="20 lx mEDI"))
        20.0
    """
    known = light_lx_medi(calibration.light_at_full)
    if calibration.kind == "assumed" or known == 0.0:
        return max(known, ASSUMED_LIGHT_AT_FULL_LX_MEDI)
    return known


def sound_at_full_dba(calibration: Calibration) -> float:
    """The most sound a speaker may give at the pillow.

    Example:
        >>> sound_at_full_dba(Calibration(kind="declared", sound_at_full="62 dBA"))
        62.0
    """
    known = sound_dba(calibration.sound_at_full)
    if calibration.kind == "assumed" or known == 0.0:
        return max(known, ASSUMED_SOUND_AT_FULL_DBA)
    return known


def lamp_step(target_lx_medi: float, at_full_lx_medi: float, steps: int, lamps: int = 1) -> int:
    """The brightest step that gives no more than its share of a light.

    Light is taken to grow evenly with the step. Lamps that dim to the eye's measure give less
    in between, so this errs towards dark.

    Args:
        target_lx_medi: the light asked of the room, at the pillow; anything but a number is dark.
        at_full_lx_medi: what this lamp gives at its fullest.
        steps: the number of its fullest step.
        lamps: how many lamps the room has; each gives an equal share, since light adds up.

    Returns:
        A step from 0 (off) to `steps`. It is 0 where even the dimmest step would be too bright.

    Example:
        >>> lamp_step(1.0, 150.0, 255)
        1
        >>> lamp_step(0.5, 150.0, 255)
        0
    """
    if not math.isfinite(target_lx_medi) or target_lx_medi <= 0.0:
        return 0
    return min(steps, int(target_lx_medi / lamps / at_full_lx_medi * steps))


def volume(target_dba: float, at_full_dba: float, speakers: int = 1) -> float:
    """The share of full amplitude that gives a level: 20 dB for every factor of ten.

    Args:
        target_dba: the level asked of the room; 0 is quiet, and so is anything but a number.
        at_full_dba: this speaker's level at full volume.
        speakers: how many the room has; their energies add up.

    Returns:
        0 to 1.

    Example:
        >>> volume(42.0, 62.0)
        0.1
    """
    if not math.isfinite(target_dba) or target_dba <= 0.0:
        return 0.0
    each_dba = target_dba - 10 * math.log10(speakers)
    return float(min(1.0, 10 ** ((each_dba - at_full_dba) / 20)))


def speaker_step(target_dba: float, at_full_dba: float, steps: int, speakers: int = 1) -> int:
    """The loudest step that gives no more than its share of a level.

    Example:
        >>> speaker_step(40.0, 62.0, 100), speaker_step(40.0, 100.0, 100)
        (7, 0)
    """
    return int(volume(target_dba, at_full_dba, speakers) * steps)
