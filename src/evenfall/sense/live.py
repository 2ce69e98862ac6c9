"""What a running night knew, beat by beat: the stager's answers as late as they really come.

Rule: nothing of an epoch is known before the epochs the stager needs after it. A person no
stager was tested on has no stages, so for them every beat is unknown.
"""

from evenfall.records.night import STAGE_CODES, UNKNOWN
from evenfall.records.recording import Recording
from evenfall.sense.epochs import to_epochs_30s
from evenfall.sense.movement import may_stage
from evenfall.sense.stagers import LiveStager, stager_for


def stage_codes(recording: Recording, age_years: float) -> tuple[int, ...]:
    """One stage code a beat, as the sensors of a running night would give them.

    Args:
        recording: what is replayed, its scorer's stages never looked at where it has counts.
        age_years: the sleeper's age.

    Returns:
        Codes of `records.night` for each 30 s from the recording's start; 0 is unknown. A
        recording that holds nothing but a scorer's stages gives those: they are its sensor.
    """
    stager = stager_for(recording)
    if recording.counts is None and recording.scorer is not None:
        return tuple(STAGE_CODES.get(stage or "", UNKNOWN) for stage in recording.scorer.stages)
    if stager is None or not may_stage(age_years, stager):
        return ()
    live = LiveStager(stager)
    told = (live.feed(count) for count in to_epochs_30s(recording))
    return tuple(
        STAGE_CODES.get(answer[1] or "", UNKNOWN) if answer else UNKNOWN for answer in told
    )
