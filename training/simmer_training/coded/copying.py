"""How much of a take stands in the music that was learned: rows of codes whose last four stand there in this order.

It tells a prior that knows its music from one that recites it: where the share is near 1, only the places at which it
goes from one passage to another are its own.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np

from simmer_training.coded.codebooks import Codes

RUN_ROWS: Final = 4


class Passages:
    """All runs of RUN_ROWS rows in pieces of codes, each [rows, levels]."""

    def __init__(self, pieces: Iterable[Codes]) -> None:
        self._known = {run for codes in pieces for run in _runs(codes)}

    def share(self, codes: Codes) -> float:
        """The share of the rows of `codes` [rows, levels], from the fourth on, whose last four stand in the pieces.

        ValueError where there are no four rows.
        """
        runs = _runs(codes)
        if not runs:
            raise ValueError(f"a share needs at least {RUN_ROWS} rows")
        return float(np.mean([run in self._known for run in runs]))


def _runs(codes: Codes) -> list[bytes]:
    rows = np.ascontiguousarray(codes, np.int64)
    return [rows[first : first + RUN_ROWS].tobytes() for first in range(len(rows) - RUN_ROWS + 1)]
