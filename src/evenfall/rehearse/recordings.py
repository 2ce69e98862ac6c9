"""A simulated sleeper's night as a recording, so that it takes the same way as a real one.

It is marked simulated, its counts have a unit of their own, and the sleeper's true stages ride
along as the scorer, for comparison and never for staging.
"""

from datetime import datetime
from hashlib import sha256

import msgspec
import numpy as np

from evenfall.records.night import ASLEEP, STAGE_CODES
from evenfall.records.programme import BEAT_S
from evenfall.records.recording import Hypnogram, Recording
from evenfall.rehearse.chance import Chance
from evenfall.rehearse.heart import heart_bpm
from evenfall.rehearse.sleeper import SimulatedSleeper

_EPOCH_S = float(BEAT_S)


def simulated_recording(sleeper: SimulatedSleeper, start: datetime, name: str) -> Recording:
    """A simulated night as the recording of a simulated wrist.

    Args:
        sleeper: the simulated night.
        start: the start of beat 0.
        name: what to call it where a recording names its file.

    Returns:
        A recording with `simulated=True`; its counts and heart are None where nothing measured the
        sleeper, its scorer is None where the sleeper is too young to have stages.
    """
    measured = sleeper.profile.has_sensor
    return Recording(
        id=f"simulated-{_digest(sleeper)}",
        device="a simulated wrist",
        format="simulated",
        source=name,
        start=start,
        start_is_known=True,
        epoch_s=_EPOCH_S,
        counts=sleeper.counts if measured else None,
        counts_unit="simulated" if measured else None,
        heart_rate_feature=_heart(sleeper) if measured else None,
        scorer=_own_stages(sleeper, start),
        simulated=True,
    )


def _heart(sleeper: SimulatedSleeper) -> tuple[float | None, ...]:
    """Beats a minute where the wrist measured, as a device's own number without a unit."""
    profile = sleeper.profile
    codes = np.array([STAGE_CODES.get(one or "", ASLEEP) for one in sleeper.stages], np.int64)
    beats = heart_bpm(
        codes, profile.age_years, profile.frights, Chance(sleeper.seed), profile.member
    )
    return tuple(
        None if count is None else round(bpm, 1)
        for bpm, count in zip(beats.tolist(), sleeper.counts, strict=True)
    )


def _own_stages(sleeper: SimulatedSleeper, start: datetime) -> Hypnogram | None:
    if not any(sleeper.stages):
        return None
    return Hypnogram(
        start=start,
        epoch_s=_EPOCH_S,
        stages=sleeper.stages,
        source="the simulated sleeper's own stages",
    )


def _digest(sleeper: SimulatedSleeper) -> str:
    content = (sleeper.profile.member, sleeper.seed, sleeper.stages, sleeper.counts)
    return sha256(msgspec.json.encode(content)).hexdigest()[:16]
