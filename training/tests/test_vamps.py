"""Stretches of a piece that are played several times over."""

import numpy as np
import pytest

from simmer_training.coded.vamps import AGAIN, LONGEST_ROWS, SHORTEST_ROWS, Stretches, stretches_of, vamped

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
