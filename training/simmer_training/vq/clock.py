"""Processor time spent on a training, over all its runs: it decides the learning rate and the end."""

import math
import time
from dataclasses import dataclass, field
from typing import Final

WARM_UP_PART: Final = 0.02


@dataclass
class Clock:
    """`hours` of processor time in all, of which `before` seconds were spent by earlier runs."""

    hours: float
    before: float = 0.0
    _began: float = field(default_factory=time.process_time)

    @property
    def seconds(self) -> float:
        """Seconds of processor time that were spent."""
        return self.before + time.process_time() - self._began

    @property
    def share(self) -> float:
        """0 to 1."""
        return min(1.0, self.seconds / (self.hours * 3600))

    def rate(self, highest: float) -> float:
        """The learning rate now: a short rise, then half a cosine down to a hundredth."""
        share = self.share
        if share < WARM_UP_PART:
            return highest * max(0.02, share / WARM_UP_PART)
        return highest * (0.01 + 0.99 * (0.5 + 0.5 * math.cos(math.pi * (share - WARM_UP_PART) / (1 - WARM_UP_PART))))
