"""Whether a model under codes recites what it has learned, by temperature."""

from typing import Final

import numpy as np

from simmer_training.coded.codebooks import Codebooks
from simmer_training.coded.copying import RUN_ROWS, Passages
from simmer_training.coded.rows import bands_of
from simmer_training.dataset import Dataset
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure, at_least, at_most

SLACK: Final = 0.05  # beyond what a piece that was never heard has in common with the training audio
KNOWN_LEAST: Final = 0.99


def copying_figure(takes: Takes, dataset: Dataset, books: Codebooks) -> Figure:
    """The share of rows whose last four stand in the training audio, all codes alike or those of the first level."""
    learned, unseen = (
        [books.encode(bands_of(dataset.heard(bins))) for bins in part] for part in (dataset.training, dataset.held_out)
    )
    passages = [Passages([codes[:, :levels] for codes in learned]) for levels in (books.levels, 1)]

    def shares(codes: np.ndarray) -> list[float]:
        return [known.share(codes[:, :levels]) for known, levels in zip(passages, (books.levels, 1), strict=True)]

    temperatures = takes.temperatures()
    rows = [[t, *shares(_codes_of(take, books))] for t in temperatures for take in takes.at(t)]
    means = [np.mean([row for row in rows if row[0] == t], axis=0).tolist() for t in temperatures]
    other = np.mean([shares(codes) for codes in unseen], axis=0).tolist()
    at_one = min(means, key=lambda row: abs(row[0] - 1))
    return Figure(
        title="What it plays is its own",
        how=f"Share of rows of codes whose last {RUN_ROWS} stand in this order in the training audio: all codes of the "
        "rows, and those of the first level alone. The codes are not the drawn ones, which are not recorded, but "
        "those of the takes' audio, encoded with the model's codebooks; noise of the sound makes rows differ that were "
        f"drawn alike. A held-out piece has {other[0]:.2g} and {other[1]:.2g}.",
        columns=("T", "all codes", "first level"),
        table=means,
        takes=rows,
        verdicts=[at_most("all codes at T = 1, against a piece never heard", at_one[1], round(other[0] + SLACK, 3))],
        controls=[at_least("a piece that was learned", min(shares(learned[0])), KNOWN_LEAST)],
    )


def _codes_of(take: Take, books: Codebooks) -> np.ndarray:
    return books.encode(bands_of(take.audio))
