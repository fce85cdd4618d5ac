"""Notices a training run that falls apart.

Now and then one update throws the recurrent tiers into a corner that no gradient leads out of: the loss rises by some
tenths of a bit and stays there, while everything looks as if it were learning. One such run of this repository
learned for another hour, from 3.23 to 3.71 bits and back to 3.45, and drew noise. Going back and learning more slowly
costs minutes.
"""

import math
from typing import Final

RISE_BITS: Final = 0.25  # held-out bits go up and down by some hundredths between two measurements
UNTRUSTED: Final = 1  # measurements after a start, when a higher rate than before may cost what it later repays


class CollapseWatch:
    """Hears every measurement of held-out bits of one run."""

    def __init__(self) -> None:
        self._heard = 0
        self._best = False
        self._least = math.inf

    @property
    def is_best(self) -> bool:
        """Whether the last measurement was the best so far: a state to go back to."""
        return self._best

    def fell(self, bits: float) -> bool:
        """Whether `bits` per step say that the run has fallen apart. Always where they are not a number."""
        self._heard += 1
        self._best = False
        if not math.isfinite(bits):
            return True
        if self._heard <= UNTRUSTED:
            return False
        if bits > self._least + RISE_BITS:
            return True
        self._best = bits < self._least
        self._least = min(self._least, bits)
        return False
