"""Makes the film corpus: the performances as a dataset folder. Deterministic: there is no randomness in it."""

from pathlib import Path

from simmer_training.corpora.film.performances import PERFORMANCES, perform
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ
from simmer_training.dataset import Piece, write_dataset


def make(out: Path) -> None:
    """Writes every performance and the list of them to `out`; takes about two minutes on one core."""
    pieces = [Piece(played.name, perform(played), played.held_out) for played in PERFORMANCES]
    write_dataset(out, SAMPLE_RATE_HZ, pieces)
