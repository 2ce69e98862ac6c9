"""Still or moving, and nothing more: for anyone no stager was tested on, children above all.

No recording of a child with a human scorer was at hand, so no child's sleep is staged here.
"""

from evenfall.records.recording import CountsUnit, MovementTrack, Recording
from evenfall.sense.epochs import EPOCH_S, to_epochs_30s
from evenfall.sense.stagers import Stager

MOVING_FROM: dict[CountsUnit, float] = {
    # Actiware calls an epoch mobile from as many counts as it has quarter minutes: 2 in 30 s
    # (Actiwatch software manual, second hand: not verified).
    "actiwatch": 2.0,
    "simulated": 2.0,
    # Any count at all, since ActiGraph's own filter already takes out what is no movement:
    # this project's own choice.
    "actigraph": 1.0,
    # Smoothing leaves a trace of every movement for minutes; one count is this project's own
    # choice, held against nothing.
    "watch-smoothed": 1.0,
}


def may_stage(age_years: float, stager: Stager) -> bool:
    """Whether a stager may be used for someone of this age.

    Args:
        age_years: the person's age; the last year of the range counts to its end.
        stager: the stager.

    Example:
        >>> from evenfall.sense.stagers import ACTIWATCH_OAKLEY_30S
        >>> may_stage(9, ACTIWATCH_OAKLEY_30S)
        False
    """
    youngest, oldest = stager.ages_years
    return youngest <= age_years < oldest + 1


def movement(recording: Recording) -> MovementTrack:
    """Moving or still for each 30 s epoch; None where nothing was measured.

    Args:
        recording: any recording; without counts nothing is measured.
    """
    threshold = MOVING_FROM.get(recording.counts_unit) if recording.counts_unit else None
    if recording.counts is None or threshold is None:
        length = len(recording.scorer.stages) if recording.scorer else 0
        return _track(recording, (None,) * length, "not measured: the recording has no counts")
    # A longer epoch is split evenly, so that each half moves where the whole does.
    moving = tuple(
        None if count is None else count >= threshold for count in to_epochs_30s(recording)
    )
    source = f"moving from {threshold:g} counts in 30 s ({recording.counts_unit} counts)"
    return _track(recording, moving, source)


def _track(recording: Recording, moving: tuple[bool | None, ...], source: str) -> MovementTrack:
    return MovementTrack(start=recording.start, epoch_s=EPOCH_S, moving=moving, source=source)
