"""Stretches of a piece that are played several times over."""

import numpy as np
import pytest

from simmer_training.coded.vamps import (
    AGAIN,
    LONGEST_ROWS,
    SHORTEST_ROWS,
    VERSIONS,
    Stretches,
    stretches_of,
    vamped,
)
from simmer_training.vq.coded import CodedPiece
from simmer_training.vq.pieces import Piece, Pieces
from simmer_training.vq.shape import CodecShape
from simmer_training.vq.vamped import vamped_pieces

BEAT = 21
BANDS = 12


def plucked(rows: int, beat: int, first: int, seed: int = 1) -> np.ndarray:
    """Bands of notes that are struck every `beat` rows from `first` on, in a figure of two, and die away."""
    random = np.random.default_rng(seed)
    figure = random.uniform(0, 6, (2, BANDS))
    bands = np.zeros((rows, BANDS))
    for row in range(rows):
        since = (row - first) % beat
        bands[row] = figure[(row - first) // beat % 2] * np.exp(-since / 10)
    return bands + 0.05 * random.standard_normal(bands.shape)


@pytest.mark.parametrize("first", [0, 5, 30])
def test_the_rhythm_says_how_long_a_stretch_is(first: int) -> None:
    assert stretches_of(plucked(1500, BEAT, first)).rows == 2 * BEAT


def test_a_piece_that_is_too_short_to_say_is_cut_at_the_shortest() -> None:
    assert stretches_of(plucked(2 * LONGEST_ROWS - 1, BEAT, 0)) == Stretches(0, SHORTEST_ROWS)


def test_silence_is_cut_somewhere() -> None:
    cuts = stretches_of(np.zeros((400, BANDS)))
    assert SHORTEST_ROWS <= cuts.rows <= LONGEST_ROWS


def test_every_stretch_comes_in_its_order_at_least_once_and_as_often_as_said() -> None:
    codes = np.arange(20_003)[:, None]
    played = vamped(codes, Stretches(7, 40), np.random.default_rng(3))[:, 0]
    assert played[:7].tolist() == list(range(7))
    # From row to row it goes on, or back to the beginning of the stretch that has just ended.
    steps = np.diff(played)
    assert set(steps.tolist()) == {1, 1 - 40}
    assert np.unique(played).tolist() == list(range(20_003))
    again = (steps == 1 - 40).sum() / ((steps == 1 - 40).sum() + 499)
    assert again == pytest.approx(AGAIN, abs=0.03)
    rest = (20_003 - 7) % 40
    assert (played == 20_002).sum() == 1
    assert played[-rest:].tolist() == list(range(20_003 - rest, 20_003))


def test_other_numbers_repeat_otherwise_and_none_not_at_all() -> None:
    codes = np.arange(400)[:, None]
    first, second = (vamped(codes, Stretches(0, 40), np.random.default_rng(seed)) for seed in (1, 2))
    assert len(first) != len(second) or not np.array_equal(first, second)
    np.testing.assert_array_equal(vamped(codes, Stretches(0, 40), np.random.default_rng(1), again=0.0), codes)


def test_the_prior_of_a_stereo_song_learns_from_vamps_of_its_own_rhythm() -> None:
    rate, row, note = 48_000, 1536, 21 * 1536
    time = np.arange(note) / rate
    struck = [np.sin(2 * np.pi * hertz * time) * np.exp(-12 * time) for hertz in (220, 330)]
    audio = np.tile(np.concatenate(struck), 20)
    recorded = Piece((0.9 * 32767 * np.stack([audio, 0.5 * audio])).astype(np.int16), 0, 0, False)
    codes = np.arange(len(audio) // row, dtype=np.int16)[:, None]
    corpus = Pieces((), (), (recorded,))
    shape = CodecShape(rate_hz=rate, hop=512, channels=2, parts=3)
    played = vamped_pieces([CodedPiece(codes, 0, 0, False)], corpus, shape)
    assert len(played) == VERSIONS
    for piece in played:
        leaps = {int(step) for step in np.diff(piece.codes[:, 0]) if step != 1}
        assert leaps == {1 - 42}  # two notes
    with pytest.raises(ValueError, match="32 ms"):
        vamped_pieces([CodedPiece(codes, 0, 0, False)], corpus, CodecShape())
