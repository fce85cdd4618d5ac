"""How a level of draws answers the lane: the lane's T becomes the level's own T by a power, and 1 stays 1.

Divisors of scores act by their ratio, so a power is what keeps equal ratios of the lane equal: T² twice as far from 1
as T. An exponent above 1 makes a level answer a narrow lane widely, one below 1 holds it back, 0 keeps it at 1. To
either side of 1 it may be another: what makes music repeat itself need not be as far from 1 as what makes it wander.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Exponents = float | dict[str, float]  # as a manifest says them

GRID: Final = 4096  # of temperatures, as lanes are: the same number on every machine


@dataclass(frozen=True)
class Response:
    """Exponents, at least 0, for T below 1 and for T above it."""

    below: float = 1.0
    above: float = 1.0

    @staticmethod
    def by(said: Exponents) -> "Response":
        """From what a manifest says."""
        return Response(**said) if isinstance(said, dict) else Response(said, said)

    @staticmethod
    def parse(text: str) -> "Response":
        """From a command line: `2.8`, or `2.5,7` for below and above 1. ValueError for anything else."""
        exponents = [float(part) for part in text.split(",")]
        if len(exponents) not in (1, 2) or min(exponents) < 0:
            raise ValueError(f"{text} is neither one exponent nor two")
        return Response(exponents[0], exponents[-1])

    def of(self, lane: Array) -> Array:
        """The level's T for every T of the lane, a multiple of 1/4096; an exponent of 1 leaves the lane as it is."""
        found = np.where(lane < 1, self._power(lane, self.below), self._power(lane, self.above))
        return np.asarray(found)

    def said(self) -> Exponents:
        """For manifests."""
        return self.below if self.below == self.above else {"below": self.below, "above": self.above}

    @staticmethod
    def _power(lane: Array, exponent: float) -> Array:
        if exponent == 1:
            return lane
        answered: Array = np.floor(GRID * lane**exponent + 0.5) / GRID
        return answered


@dataclass(frozen=True)
class Responses:
    """Of both kinds of draws: the codes, and the steps of their sound."""

    codes: Response = Response()
    sound: Response = Response()

    @staticmethod
    def by(codes: Exponents, sound: Exponents) -> "Responses":
        """From what a manifest says."""
        return Responses(Response.by(codes), Response.by(sound))

    def as_dict(self) -> dict[str, Exponents]:
        """For manifests."""
        return {"codes": self.codes.said(), "sound": self.sound.said()}
