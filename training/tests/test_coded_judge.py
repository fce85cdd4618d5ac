"""What a training is judged by says what it should of takes that are known."""

import numpy as np
import pytest
from melody import melody

from simmer_training.coded.copying import Passages
from simmer_training.coded.draw import heat_of_rows, lane_through
from simmer_training.coded.judge import HEADS, S2, Song, judge
from simmer_training.coded.noise_floor import noise_floor
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.dataset import Dataset
from simmer_training.quantizer import amplitude_to_bin


def test_a_row_is_drawn_at_the_lane_of_the_row_before() -> None:
    lanes = np.repeat(np.arange(1.0, 4.0), ROW_STEPS)[None]
    assert heat_of_rows(lanes).tolist() == [[1, 1, 2, 3]]


def test_passages_are_known_by_four_rows() -> None:
    random = np.random.default_rng(1)
    learned = random.integers(256, size=(100, 3))
    known = Passages([learned])
    assert known.share(learned[20:60]) == 1
    assert known.share(random.integers(256, size=(50, 3))) == 0
    halves = np.concatenate([learned[:20], learned[60:80]])
    assert known.share(halves) == pytest.approx(34 / 37)  # three runs go across the cut
    with pytest.raises(ValueError, match="at least 4"):
        known.share(learned[:3])


def test_noise_is_heard_in_gaps_and_in_rests() -> None:
    audio = melody(4.0)
    audio[32_000:40_000] = 0
    hiss = np.random.default_rng(2).normal(size=len(audio))
    low, high = (noise_floor(audio + level * hiss) for level in (1e-3, 1e-2))
    raised = high.above(low)
    assert raised.quiet == pytest.approx(20, abs=2)
    assert raised.gaps == pytest.approx(20, abs=4)
    louder = noise_floor(2 * (audio + 1e-3 * hiss)).above(low)
    assert louder.quiet == pytest.approx(6, abs=0.1)


def test_takes_are_told_from_the_song() -> None:
    codes = np.random.default_rng(3).integers(256, size=(200, 3))
    pieces = [
        np.concatenate([np.full(64, 128, np.uint8), amplitude_to_bin(melody(12.0, seed=seed))]) for seed in (1, 2)
    ]
    song = Song(Dataset(16_000, pieces, pieces), Passages([codes]))
    lane = lane_through(S2, 12.0)
    like = judge("S2", [melody(12.0, seed=3)], [codes], lane, song)
    hiss = np.random.default_rng(4).normal(size=192_000) * 0.1
    other = judge("T = 1", [0.3 * melody(12.0, seed=3) + hiss], [codes[::-1]], lane, song)
    assert len(like.line()) == len(HEADS)
    values = [dict(zip(HEADS[1:], map(float, judged.line()[1:]), strict=True)) for judged in (like, other)]
    assert values[0]["copied"] == 1
    assert values[1]["copied"] == 0
    assert values[0]["distance"] < 0.3 * values[1]["distance"]
    assert abs(values[0]["rms"]) < 2
    assert values[1]["quiet"] > 10
