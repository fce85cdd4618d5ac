"""Codes of rows by residual vector quantization: each level's codebook describes what the levels before left over.

    python -m simmer_training.coded.codebooks --name one-song-rows

Codebooks are found by k-means (Lloyd 1982) on the bands of the training pieces. They are small and plain enough that
the service can make the codes of a guide by itself.
"""

import argparse
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.coded.rows import BANDS, bands_of
from simmer_training.dataset import Dataset, load_dataset

Array = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int64]

LEVELS: Final = 3
SIZE: Final = 256
ROUNDS: Final = 30
DECIBELS_PER_NEPER: Final = 10 / math.log(10)  # of power


@dataclass(frozen=True)
class Codebooks:
    """`vectors` [levels, size, BANDS], in the unit of the bands."""

    vectors: Array

    @property
    def levels(self) -> int:
        """How many codes a row has."""
        return len(self.vectors)

    def encode(self, bands: Array) -> Codes:
        """Codes [rows, levels] of bands [rows, BANDS]; of two vectors that are as near, the first."""
        rest, codes = bands, []
        for book in self.vectors:
            chosen = _nearest(rest, book)
            rest = rest - book[chosen]
            codes.append(chosen)
        return np.stack(codes, axis=1)

    def decode(self, codes: Codes) -> Array:
        """Bands [rows, BANDS] of codes [rows, levels]."""
        total: Array = np.sum([book[codes[:, level]] for level, book in enumerate(self.vectors)], axis=0)
        return total

    def save(self, path: Path) -> None:
        """Writes the file whole or not at all."""
        partial = path.with_suffix(".partial.npy")
        np.save(partial, self.vectors.astype(np.float32))
        partial.replace(path)

    @staticmethod
    def load(path: Path) -> "Codebooks":
        """Reads what `save` wrote. ValueError where it is something else."""
        vectors = np.load(path, allow_pickle=False).astype(np.float64)
        if vectors.ndim != 3 or vectors.shape[2] != BANDS:
            raise ValueError(f"{path} holds no codebooks of {BANDS} bands")
        return Codebooks(vectors)


def learn(bands: Array, levels: int = LEVELS, size: int = SIZE, seed: int = 1) -> Codebooks:
    """Codebooks for bands [rows, BANDS]."""
    rest, books = bands, []
    for level in range(levels):
        book = _k_means(rest, size, np.random.default_rng(seed + level))
        rest = rest - book[_nearest(rest, book)]
        books.append(book)
    return Codebooks(np.stack(books))


def error_decibels(books: Codebooks, bands: Array) -> list[float]:
    """Mean distance of the bands from what the first level says of them, the first two, and so on, in dB."""
    codes = books.encode(bands)
    return [
        float(np.abs(bands - Codebooks(books.vectors[:used]).decode(codes[:, :used])).mean()) * DECIBELS_PER_NEPER
        for used in range(1, books.levels + 1)
    ]


def pieces_of(dataset: Dataset) -> tuple[list[Array], list[Array]]:
    """The bands of the pieces that are learned from, and of those held out, each [rows, BANDS]."""
    learned, held_out = (
        [bands_of(dataset.heard(bins)) for bins in part] for part in (dataset.training, dataset.held_out)
    )
    return learned, held_out


def _k_means(rows: Array, size: int, random: np.random.Generator) -> Array:
    centres = rows[random.choice(len(rows), size, replace=len(rows) < size)].copy()
    for _ in range(ROUNDS):
        chosen = _nearest(rows, centres)
        counts = np.bincount(chosen, minlength=size)
        sums = np.zeros_like(centres)
        np.add.at(sums, chosen, rows)
        used = counts > 0
        centres[used] = sums[used] / counts[used, None]
        centres[~used] = rows[random.choice(len(rows), int((~used).sum()))]
    return centres


def _nearest(rows: Array, centres: Array) -> Codes:
    nearest: Codes = ((centres**2).sum(axis=1) - 2 * rows @ centres.T).argmin(axis=1)
    return nearest


def main() -> None:
    """Makes the codebooks of a dataset."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True)
    parser.add_argument("--levels", type=int, default=LEVELS)
    arguments = parser.parse_args()
    folder = Path("build", arguments.name)
    learned, held_out = pieces_of(load_dataset(folder / "dataset"))
    books = learn(np.concatenate(learned), arguments.levels)
    books.save(folder / "codebooks.npy")
    for words, pieces in (("learned", learned), ("held out", held_out)):
        levels = ", ".join(f"{error:.2f}" for error in error_decibels(books, np.concatenate(pieces)))
        print(f"{words}: {sum(map(len, pieces))} rows, mean error by levels used {levels} dB")


if __name__ == "__main__":
    main()
