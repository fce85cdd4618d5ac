"""How a level of draws answers the lane: the lane's T becomes the level's own T by a power, and 1 stays 1.

Divisors of scores act by their ratio, so a power is what keeps equal ratios of the lane equal: T² twice as far from 1
as T, to either side. One number a level says it all: an exponent above 1 makes a level answer a narrow lane widely,
one below 1 holds it back, 0 keeps it at 1.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

GRID: Final = 4096  # of temperatures, as lanes are: the same number on every machine


@dataclass(frozen=True)
class Response:
    """`exponent` at least 0."""

    exponent: float = 1.0

    def of(self, lane: Array) -> Array:
        """The level's T for every T of the lane, a multiple of 1/4096; an exponent of 1 leaves the lane as it is."""
        if self.exponent == 1:
            return lane
        answered: Array = np.floor(GRID * lane**self.exponent + 0.5) / GRID
        return answered


@dataclass(frozen=True)
class Responses:
    """Of both kinds of draws: the codes, and the steps of their sound."""

    codes: Response = Response()
    sound: Response = Response()

    @staticmethod
    def by(codes: float, sound: float) -> "Responses":
        """From both exponents."""
        return Responses(Response(codes), Response(sound))

    def as_dict(self) -> dict[str, float]:
        """For manifests."""
        return {"codes": self.codes.exponent, "sound": self.sound.exponent}
