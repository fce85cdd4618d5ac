"""Figure 4: at its own temperature a model sounds like its own song and not like another."""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training import metrics
from simmer_training.figures.repetition import settled
from simmer_training.figures.takes import Takes
from simmer_training.figures.verdict import Figure, at_least

Array = npt.NDArray[np.float64]

TEMPERATURES: Final = (0.95, 1.0)


def nearer_share(audio: Array, own: Array, other: Array) -> float:
    """Share of the half-second patches of `audio` whose nearest patch lies in `own` and not in `other`."""
    rows = metrics.patches(audio)
    return float((_squares(rows, own) < _squares(rows, other)).mean())


def _squares(rows: Array, library: Array) -> Array:
    """Squared distance of each row to the nearest of the library."""
    nearest: Array = ((rows**2).sum(axis=1)[:, None] + (library**2).sum(axis=1) - 2 * rows @ library.T).min(axis=1)
    return nearest


def likeness_figure(takes: Takes, song: Array, unseen: Array, other_song: Array, other_unseen: Array) -> Figure:
    """`song` and `other_song` are training audio, `unseen` and `other_unseen` what was held out of it."""
    own, other = metrics.patches(song), metrics.patches(other_song)
    table, every = [], []
    for temperature in TEMPERATURES:
        shares = [nearer_share(settled(take), own, other) for take in takes.at(temperature)]
        table.append([temperature, float(np.mean(shares)), min(shares)])
        every += [[temperature, share] for share in shares]
    return Figure(
        title="It sounds like its own song",
        how="Share of half-second log-mel patches whose nearest neighbour lies in the model's own training audio and "
        "not in the other model's. As long a library of each.",
        columns=("T", "own, share", "lowest seed"),
        table=table,
        takes=every,
        verdicts=[at_least(f"own song at T = {row[0]:g}", row[1], 0.95) for row in table],
        controls=[
            at_least("unheard music of its own corpus", nearer_share(unseen, own, other), 0.95),
            at_least("unheard music of the other corpus, to the other", nearer_share(other_unseen, other, own), 0.95),
        ],
    )
