"""A simulated wrist: activity counts that behave like an Actiwatch's, in a unit of their own.

Mostly zeros asleep with a movement now and then, tens to hundreds awake, so that a threshold
meant for Actiwatch counts tells the two apart about as well, and as badly, as it does in life.
"""

import numpy as np
from numpy.typing import NDArray

from evenfall.records.night import WAKE
from evenfall.rehearse.architecture import Codes
from evenfall.rehearse.chance import Chance

# How often a 30 s epoch has any movement, by stage code (unknown, W, N1, N2, N3, R, S), and how
# much. This project's own choice, set by eye so that about nine epochs in ten of a night are 0,
# as on an adult's Actiwatch, and lying awake is far quieter than being up.
_MOVES = np.array([0.0, 0.70, 0.25, 0.08, 0.03, 0.08, 0.08])
_MOVES_UP = 0.92
_FRIGHT_MEDIAN, _FRIGHT_SIGMA = 400.0, 0.3
_ASLEEP_MEDIAN, _ASLEEP_SIGMA = 8.0, 1.0
_IN_BED_MEDIAN, _UP_MEDIAN, _AWAKE_SIGMA = 45.0, 120.0, 0.9


def wrist_counts(
    codes: Codes,
    in_bed: slice,
    restlessness: float,
    chance: Chance,
    member: str,
) -> NDArray[np.float64]:
    """Activity counts per 30 s epoch, whole numbers from 0.

    Args:
        codes: the stage codes of the night, shape (beats,).
        in_bed: the beats from lights out to waking for good; outside them a waking sleeper is
            up and about.
        restlessness: 1 is usual; 2 moves twice as often while asleep.
        chance: where the draws come from.
        member: whose wrist it is.

    Returns:
        Shape (beats,).
    """
    up = np.ones(codes.size, dtype=bool)
    up[in_bed] = False
    awake = codes == WAKE
    moves = np.where(awake, _MOVES[codes], np.minimum(_MOVES[codes] * restlessness, 1.0))
    moves = np.where(awake & up, _MOVES_UP, moves)
    median = np.where(awake, np.where(up, _UP_MEDIAN, _IN_BED_MEDIAN), _ASLEEP_MEDIAN)
    sigma = np.where(awake, _AWAKE_SIGMA, _ASLEEP_SIGMA)

    moved = chance.stream(f"{member}/moves").random(codes.size) < moves
    how_much = chance.stream(f"{member}/amounts").lognormal(np.log(median), sigma)
    return np.where(moved, np.rint(how_much), 0.0)


def frightened_counts(epochs: int, chance: Chance, member: str) -> NDArray[np.float64]:
    """Counts of someone who is frightened in their sleep and thrashes about, shape (epochs,)."""
    stream = chance.stream(f"{member}/fright")
    return np.rint(stream.lognormal(np.log(_FRIGHT_MEDIAN), _FRIGHT_SIGMA, epochs))
