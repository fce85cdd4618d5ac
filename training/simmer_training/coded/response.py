"""How a level of draws answers the lane: the lane's T becomes the level's own T by a power, and 1 stays 1.

Divisors of scores act by their ratio, so a power is what keeps equal ratios of the lane equal: T² twice as far from 1
as T, to either side. One number a level says it all: an exponent above 1 makes a level answer a narrow lane widely,
one below 1 holds it back, 0 keeps it at 1.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Response:
    """`exponent` at least 0."""

    exponent: float = 1.0

    def of(self, lane: Array) -> Array:
        """The level's T for every T of the lane; 0 stays 0 (but for the exponent 0)."""
        answered: Array = lane**self.exponent
        return answered
