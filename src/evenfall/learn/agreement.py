"""A stager held against a human scorer, epoch by epoch, on sleep and wake.

Only epochs that both of them scored count. A figure that its data cannot give is None: a night
without wake has no specificity, and two constant scorers have no κ.
"""

from collections import Counter

from evenfall.records.recording import Agreement, Hypnogram


def agreement(test: Hypnogram, reference: Hypnogram) -> Agreement:
    """How far two hypnograms agree on sleep and wake, aligned by epoch index.

    Any stage but W is sleep. Where one is longer, its rest counts for nothing.

    Args:
        test: the stager's.
        reference: the scorer's, on epochs of the same length.

    Returns:
        Sensitivity is the share of the reference's sleep called sleep, specificity the share of
        its wake called wake, κ is Cohen's (Educ Psychol Meas 1960, 20:37).

    Raises:
        ValueError: if their epochs differ in length.

    Example:
        >>> from datetime import datetime
        >>> def hypnogram(*stages):
        ...     return Hypnogram(start=datetime(2000, 1, 1), epoch_s=30, stages=stages, source="")
        >>> agreement(hypnogram("W", "S", "S", None), hypnogram("W", "W", "N2", "R")).kappa
        0.4
    """
    if test.epoch_s != reference.epoch_s:
        raise ValueError(f"epochs of {test.epoch_s} s cannot be held against {reference.epoch_s} s")
    pairs = Counter(
        (found != "W", true != "W")
        for found, true in zip(test.stages, reference.stages, strict=False)
        if found is not None and true is not None
    )
    epochs = pairs.total()
    both_sleep, both_wake = pairs[True, True], pairs[False, False]
    sleep, wake = both_sleep + pairs[False, True], both_wake + pairs[True, False]
    return Agreement(
        epochs=epochs,
        accuracy=_share(both_sleep + both_wake, epochs),
        sensitivity=_share(both_sleep, sleep),
        specificity=_share(both_wake, wake),
        kappa=_kappa(pairs),
        reference=reference.source,
    )


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _kappa(pairs: Counter[tuple[bool, bool]]) -> float | None:
    """Cohen's κ in whole numbers to the last step: (n·agreed − chance) / (n² − chance)."""
    epochs = pairs.total()
    agreed = pairs[True, True] + pairs[False, False]
    test_sleep = pairs[True, True] + pairs[True, False]
    true_sleep = pairs[True, True] + pairs[False, True]
    chance = test_sleep * true_sleep + (epochs - test_sleep) * (epochs - true_sleep)
    if epochs * epochs == chance:
        return None
    return (epochs * agreed - chance) / (epochs * epochs - chance)
