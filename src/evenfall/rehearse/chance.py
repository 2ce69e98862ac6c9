"""Chance, from a seed: the one place in the core that may draw a random number.

Each use has a stream of its own, found by name, so that a draw added in one place changes
nothing anywhere else, and any simulated night can be had again from its seed.
"""

from hashlib import blake2b

import numpy as np

from evenfall.formats.errors import EvenfallError, Fault, Place

Stream = np.random.Generator
"""A source of draws. Other modules name it from here, never from numpy."""


class Chance:
    """All the chance of one rehearsal.

    Args:
        seed: a whole number, 0 or more.

    Raises:
        EvenfallError: the seed is below 0.

    Example:
        >>> first = Chance(7).stream("noor/latency").integers(1000, size=3)
        >>> again = Chance(7).stream("noor/latency").integers(1000, size=3)
        >>> bool((first == again).all())
        True
    """

    def __init__(self, seed: int) -> None:
        if seed < 0:
            raise EvenfallError(
                Fault(f"the seed is {seed}", Place(), "a whole number, 0 or more", "give seed 7")
            )
        self.seed = seed

    def stream(self, name: str) -> Stream:
        """A fresh stream, at its beginning, that depends on the seed and the name alone."""
        digest = blake2b(name.encode(), digest_size=8).digest()
        return np.random.default_rng([self.seed, int.from_bytes(digest, "big")])
