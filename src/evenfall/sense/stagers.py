"""Sleep or wake from movement, by published algorithms, each with what is known of its accuracy.

A stager is data: weights over neighbouring epochs, a scale and a threshold. There are no
rescoring rules (Webster's and others) and no other features. Where a gap falls inside an
epoch's window the epoch is None; beyond the recording's edges counts are taken as still, as
ActiGraph's own software does.
"""

import math
from collections import deque
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from evenfall.formats.errors import Fault, Place, RecordingError
from evenfall.records.base import Record
from evenfall.records.recording import Hypnogram, Recording, Stage
from evenfall.sense.epochs import EPOCH_S, summed, to_epochs_30s


class Stager(Record, frozen=True, kw_only=True):
    """How an algorithm tells sleep from wake, and how well it was seen to."""

    name: Annotated[str, Meta(description="what it is called")]
    citation: Annotated[str, Meta(description="where it comes from")]
    agreement: Annotated[str, Meta(description="agreement with people's scoring, as published")]
    measured_here: Annotated[
        str, Meta(description="what this project measured, or that it did not")
    ]
    ages_years: Annotated[
        tuple[int, int], Meta(description="the youngest and oldest it is used for here")
    ]
    ages_source: Annotated[str, Meta(description="how those ages are known")]
    epoch_s: Annotated[int, Meta(description="the length of the epochs it weighs, in seconds")]
    lag_epochs: Annotated[int, Meta(description="30 s epochs it must wait before it can tell")]
    weights: Annotated[
        tuple[float, ...], Meta(description="for the epochs from the earliest to the latest")
    ]
    ahead: Annotated[int, Meta(description="how many of the weights are for later epochs")]
    scale: Annotated[float, Meta(description="what a count is multiplied by first")]
    scaled_max: Annotated[float, Meta(description="the most a scaled count may be")]
    asleep_to: Annotated[float, Meta(description="sleep where the weighted sum is at most this")]


_COLE_KRIPKE = "Cole, Kripke, Gruen, Mullaney, Gillin 1992, Sleep 15:461"
_COLE_KRIPKE_WEIGHTS = tuple(w * 0.001 for w in (106.0, 54.0, 58.0, 76.0, 230.0, 74.0, 67.0))
# Sleep where the index is below 1, and the largest number below 1 says that with "at most".
_BELOW_ONE = math.nextafter(1.0, 0.0)

_OAKLEY = (
    "Oakley 1997, technical report of Mini-Mitter, at the medium threshold of 40; weights as in "
    "the Actiwatch software manual, taken from secondary sources: not verified against the report"
)
_OAKLEY_AGREEMENT = (
    "88 % as people scored it, κ 0.50, for an Actiwatch 2 on 20 adult good sleepers (Pigeon 2018, "
    "J Clin Sleep Med 14:1057, abstract); wake is told much worse than sleep"
)
_OAKLEY_AGES = "adults: this project's own choice, since the report was not at hand"

ACTIGRAPH_COLE_KRIPKE = Stager(
    name="Cole-Kripke, as ActiGraph adapts it",
    citation=f"{_COLE_KRIPKE}; counts divided by 100 and capped at 300 (ActiLife 6 manual, second "
    "hand): not verified against the paper",
    agreement="about 88 % as people scored it, on 41 adults of whom 23 had sleep or psychiatric "
    "disorders (Cole 1992, abstract), with another device",
    measured_here="equal to ActiGraph's own software on every minute of one day; not held against "
    "a human scorer here",
    ages_years=(35, 65),
    ages_source="ActiGraph's documentation, second hand: not verified against the paper",
    epoch_s=60,
    lag_epochs=5,
    weights=_COLE_KRIPKE_WEIGHTS,
    ahead=2,
    scale=0.01,
    scaled_max=300.0,
    asleep_to=_BELOW_ONE,
)

WATCH_SCALE = 0.12
"""What a minute's smoothed watch counts are multiplied by: this project's own choice.

Fitted as the one number with the best mean κ over 21 adults' nights; `benchmarks/stager_check.py`
fits it again with each person left out and prints both.
"""

WATCH_COLE_KRIPKE = Stager(
    name="Cole-Kripke's weights, scaled to smoothed watch counts",
    citation=f"weights: {_COLE_KRIPKE}, not verified against the paper; scale: this project's own, "
    "fitted to the watch nights of Walch 2019",
    agreement="none published for these counts",
    measured_here="on 21 adults, one night each, with each person left out of the fit: median κ "
    "0.41, mean 0.42 (in sample 0.41 and 0.43); about half of their wake was told (median "
    "specificity 0.48), nearly all of their sleep (sensitivity 0.97)",
    ages_years=(18, 65),
    ages_source="adults: this project's own choice; the people it was fitted on were adults",
    epoch_s=60,
    lag_epochs=5,
    weights=_COLE_KRIPKE_WEIGHTS,
    ahead=2,
    scale=WATCH_SCALE,
    scaled_max=300.0,
    asleep_to=_BELOW_ONE,
)

ACTIWATCH_OAKLEY_30S = Stager(
    name="Oakley, medium threshold, 30 s epochs",
    citation=_OAKLEY,
    agreement=_OAKLEY_AGREEMENT,
    measured_here="not held against a human scorer here: no such recording was at hand",
    ages_years=(18, 65),
    ages_source=_OAKLEY_AGES,
    epoch_s=30,
    lag_epochs=4,
    weights=(0.04, 0.04, 0.2, 0.2, 2.0, 0.2, 0.2, 0.04, 0.04),
    ahead=4,
    scale=1.0,
    scaled_max=math.inf,
    asleep_to=40.0,
)

ACTIWATCH_OAKLEY_60S = Stager(
    name="Oakley, medium threshold, one-minute epochs",
    citation=_OAKLEY,
    agreement=_OAKLEY_AGREEMENT,
    measured_here="not held against a human scorer here: no such recording was at hand",
    ages_years=(18, 65),
    ages_source=_OAKLEY_AGES,
    epoch_s=60,
    lag_epochs=5,
    weights=(0.04, 0.2, 1.0, 0.2, 0.04),
    ahead=2,
    scale=1.0,
    scaled_max=math.inf,
    asleep_to=40.0,
)

STAGERS = (
    ACTIWATCH_OAKLEY_30S,
    ACTIWATCH_OAKLEY_60S,
    ACTIGRAPH_COLE_KRIPKE,
    WATCH_COLE_KRIPKE,
)
"""Every stager there is."""


def stager_for(recording: Recording) -> Stager | None:
    """The stager made for a recording's counts, or None if there is none.

    Epochs longer than a minute have none: splitting them would invent what was not measured.
    """
    if recording.counts is None or recording.epoch_s > 60:
        return None
    if recording.counts_unit == "actigraph":
        return ACTIGRAPH_COLE_KRIPKE
    if recording.counts_unit == "watch-smoothed":
        return WATCH_COLE_KRIPKE
    if recording.counts_unit in ("actiwatch", "simulated"):
        return ACTIWATCH_OAKLEY_30S if recording.epoch_s <= EPOCH_S else ACTIWATCH_OAKLEY_60S
    return None


def stage(recording: Recording) -> Hypnogram:
    """Sleep and wake for a whole recording, on 30 s epochs, from its counts alone.

    A human scorer's stages are never looked at. A minute's answer stands for both of its
    halves.

    Args:
        recording: any recording.

    Returns:
        W or S for each 30 s epoch, None where nothing can be told.
    """
    stager = stager_for(recording)
    if stager is None:
        return _unstaged(recording)
    return Hypnogram(
        start=recording.start,
        epoch_s=EPOCH_S,
        stages=stages(stager, to_epochs_30s(recording)),
        source=f"{stager.name} ({stager.citation})",
    )


def stages(stager: Stager, counts: tuple[float | None, ...]) -> tuple[Stage | None, ...]:
    """Sleep and wake for counts on 30 s epochs.

    Args:
        stager: how to tell.
        counts: one count for each 30 s, None for a gap.

    Returns:
        As many of W, S or None.
    """
    group = stager.epoch_s // EPOCH_S
    grouped = summed(np.array(counts, dtype=np.float64), group)
    behind = len(stager.weights) - 1 - stager.ahead
    padded = np.concatenate([np.zeros(behind), grouped, np.zeros(stager.ahead)])
    told = _told(stager, _index(stager, padded))
    return tuple(answer for answer in told for _ in range(group))[: len(counts)]


def _index(stager: Stager, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weighted sum for each epoch whose whole window is in `counts`."""
    scaled = np.minimum(counts * stager.scale, stager.scaled_max)
    length = len(counts) - len(stager.weights) + 1
    index = np.zeros(max(length, 0))
    # Term by term in one order, so that a window alone sums to the very same number.
    for offset, weight in enumerate(stager.weights):
        index += weight * scaled[offset : offset + len(index)]
    return index


def _told(stager: Stager, index: NDArray[np.float64]) -> tuple[Stage | None, ...]:
    return tuple(
        None if math.isnan(value) else "S" if value <= stager.asleep_to else "W"
        for value in index.tolist()
    )


def _unstaged(recording: Recording) -> Hypnogram:
    if recording.counts is None:
        length = len(recording.scorer.stages) if recording.scorer else 0
        why = "not scored: the recording has no movement counts"
    else:
        length = len(to_epochs_30s(recording))
        why = f"not scored: no stager here was made for {recording.epoch_s:g} s epochs"
    return Hypnogram(start=recording.start, epoch_s=EPOCH_S, stages=(None,) * length, source=why)


def scored(recording: Recording) -> Hypnogram:
    """The human scorer's stages that came with a recording.

    Raises:
        RecordingError: if nobody scored it.
    """
    if recording.scorer is not None:
        return recording.scorer
    raise RecordingError(
        Fault(
            "a recording that nobody scored",
            Place(recording.source),
            "a recording with a human scorer's stages",
            "use the stages told from its movement, or bring the scored file",
        )
    )


class LiveStager:
    """The same stager, fed one 30 s epoch at a time.

    Each answer comes `stager.lag_epochs` epochs after its epoch, and is exactly what `stage`
    gives for the whole night. It holds one window of counts and no more.

    Example:
        >>> live = LiveStager(ACTIWATCH_OAKLEY_30S)
        >>> [live.feed(0.0) for _ in range(5)]
        [None, None, None, None, (0, 'S')]
    """

    def __init__(self, stager: Stager) -> None:
        self.stager = stager
        self._group = stager.epoch_s // EPOCH_S
        behind = len(stager.weights) - 1 - stager.ahead
        self._window = deque([0.0] * behind, maxlen=len(stager.weights))
        self._partial: list[float] = []
        self._due: deque[tuple[int, Stage | None]] = deque()
        self._fed = 0
        self._told = 0

    def feed(self, count: float | None) -> tuple[int, Stage | None] | None:
        """Take the next epoch's count; give the epoch that can now be told, with its stage.

        Args:
            count: the epoch's count, None for a gap.

        Returns:
            The epoch's index from 0 and W, S or None; or None while it is too early to tell.
        """
        self._fed += 1
        self._partial.append(math.nan if count is None else count)
        if len(self._partial) == self._group:
            self._add_group()
        if self._fed <= self.stager.lag_epochs:
            return None
        return self._due.popleft()

    def finish(self) -> tuple[tuple[int, Stage | None], ...]:
        """The last epochs, with what lies beyond the end taken as still.

        Feed nothing after it.
        """
        if self._partial:
            self._partial += [0.0] * (self._group - len(self._partial))
            self._add_group()
        for _ in range(self.stager.ahead):
            self._partial = [0.0] * self._group
            self._add_group()
        rest = tuple(answer for answer in self._due if answer[0] < self._fed)
        self._due.clear()
        return rest

    def _add_group(self) -> None:
        self._window.append(float(summed(np.array(self._partial), self._group)[0]))
        self._partial = []
        if len(self._window) < len(self.stager.weights):
            return
        (answer,) = _told(self.stager, _index(self.stager, np.array(self._window)))
        for _ in range(self._group):
            self._due.append((self._told, answer))
            self._told += 1
