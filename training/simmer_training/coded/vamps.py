"""Pieces whose stretches are played several times over, as a band vamps: what the prior of the rows learns from.

A song that never lingers teaches a model to go on at every temperature: a cool take then recites the song, and in four
seconds of it nothing comes twice. Where the next thing is most often the same thing again, cooling a draw makes it
repeat itself, and warming it makes it move on. The sound needs nothing of this; it learns from the pieces as they are.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from simmer_training.coded.codebooks import Codebooks, Codes
from simmer_training.coded.pieces import silence_of
from simmer_training.coded.rows import Array, bands_of
from simmer_training.dataset import Dataset

Code = TypeVar("Code", bound=np.signedinteger)

AGAIN: Final = 0.65  # the chance that a stretch which has ended is played once more
VERSIONS: Final = 4  # of each piece, with other repetitions
SHORTEST_ROWS: Final = 20  # 0.64 s
LONGEST_ROWS: Final = 64  # 2 s: a stretch that comes twice is heard as such within four seconds


@dataclass(frozen=True)
class Stretches:
    """Where a piece is cut: from row `first` on every `rows` rows."""

    first: int
    rows: int


def stretches_of(bands: Array) -> Stretches:
    """The cuts that suit a piece [R, BANDS].

    Its rhythm says how long a stretch is: after so many rows what has just begun to sound begins again. Its harmony
    says where one begins: there, going back is the smallest leap.
    """
    if len(bands) < 2 * LONGEST_ROWS:
        return Stretches(0, SHORTEST_ROWS)
    onsets = np.maximum(0.0, np.diff(bands, axis=0))
    free = onsets - onsets.mean(axis=0)

    def likeness(lag: int) -> float:
        later, earlier = free[lag:], free[:-lag]
        return float((later * earlier).sum() / (np.sqrt((later**2).sum() * (earlier**2).sum()) + 1e-12))

    rows = max(range(SHORTEST_ROWS, LONGEST_ROWS + 1), key=likeness)

    def leap(first: int) -> float:
        beginnings = bands[first::rows]
        return float(np.abs(beginnings[1:] - beginnings[:-1]).mean())

    return Stretches(min(range(rows), key=leap), rows)


def vamped(
    codes: npt.NDArray[Code], cuts: Stretches, random: np.random.Generator, again: float = AGAIN
) -> npt.NDArray[Code]:
    """Codes [R, K] of a piece, every stretch played once or more, [at least R, K].

    What lies before the first stretch, and what is left after the last whole one, is played once.
    """
    played = [codes[: cuts.first]]
    for first in range(cuts.first, len(codes), cuts.rows):
        stretch = codes[first : first + cuts.rows]
        whole = len(stretch) == cuts.rows
        played += [stretch] * (int(random.geometric(1 - again)) if whole else 1)
    return np.concatenate(played)


def vamps(dataset: Dataset, books: Codebooks, *, held_out: bool) -> list[Codes]:
    """The pieces that are held out (one version each) or the others (VERSIONS), each after a row of silence."""
    silence = silence_of(books)
    found = []
    for number, bins in enumerate(dataset.held_out if held_out else dataset.training):
        bands = bands_of(dataset.heard(bins))
        codes, cuts = books.encode(bands), stretches_of(bands)
        for version in range(1 if held_out else VERSIONS):
            random = np.random.default_rng((number, version))
            # No silence after the end: a take that has drawn it once would have nothing to go on from.
            found.append(np.concatenate([silence, vamped(codes, cuts, random)]))
    return found
