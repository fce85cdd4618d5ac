"""Where a model came to rest is found in noise too, and is shown in training."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from simmer_training.data import Stream
from simmer_training.dataset import Piece, write_dataset
from simmer_training.holds import piece_of
from simmer_training.model import BLOCK_STEPS
from simmer_training.rests import HOP_STEPS, flux_of, load_rests, main, rests_of, save_rests

RATE = 16_000


def notes(seconds: float, seed: int) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A pluck every half second over a little noise."""
    random, steps = np.random.default_rng(seed), round(seconds * RATE)
    time = np.arange(steps) / RATE
    hertz = 110 * 2 ** (random.integers(0, 24, int(2 * seconds) + 1)[(2 * time).astype(int)] / 12)
    plucks: np.ndarray[tuple[int], np.dtype[np.float64]] = np.exp(-6 * (time % 0.5)) * np.sin(2 * np.pi * hertz * time)
    return 0.5 * plucks + 0.002 * random.standard_normal(steps)


def drone(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A held note over much noise: what a model rests on."""
    steps = round(seconds * RATE)
    noise = np.random.default_rng(4).standard_normal(steps)
    return 0.3 * np.sin(2 * np.pi * 220 * np.arange(steps) / RATE) + 0.02 * noise


def test_rests_are_found_in_noise_and_music_is_none() -> None:
    still = 0.3 * float(np.quantile(flux_of(notes(20, 1)), 0.9))
    assert rests_of(notes(10, 2), still) == []
    take = np.concatenate([notes(5, 3), drone(6), notes(4, 5)])
    [(begin, end)] = rests_of(take, still)
    assert begin == pytest.approx(5 * RATE, abs=20 * HOP_STEPS)
    assert end == pytest.approx(11 * RATE, abs=20 * HOP_STEPS)
    assert rests_of(drone(0.3), still) == []


def test_they_are_kept_and_the_trainer_hears_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "build" / "x"
    pieces = [Piece("a", notes(8, 1), held_out=False), Piece("b", notes(4, 2), held_out=True)]
    write_dataset(folder / "dataset", RATE, pieces)
    soundfile.write(tmp_path / "take.wav", np.concatenate([notes(3, 3), drone(5)]), RATE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["rests", "--name", "x", "take.wav"])
    main()
    [rest] = load_rests(folder)
    assert len(rest) == pytest.approx(5 * RATE, abs=20 * HOP_STEPS)
    marked = np.full(50_000, 7, np.uint8)  # a bin that the piece below does not have
    piece = piece_of(np.random.default_rng(1).integers(100, 150, 200_000).astype(np.uint8))
    stream = Stream([piece], np.random.default_rng(2), 0.3, [marked])
    rows = [stream.read(1024) for _ in range(1500)]
    heard = np.concatenate([bins[BLOCK_STEPS:] for bins, _ in rows])
    learned = np.concatenate([mask[BLOCK_STEPS:] for _, mask in rows])
    assert 0.05 < (heard == 7).mean() < 0.3
    assert not learned[heard == 7].any()


def test_only_the_newest_are_kept(tmp_path: Path) -> None:
    save_rests(tmp_path, [np.full(10, index % 256, np.uint8) for index in range(500)])
    kept = load_rests(tmp_path)
    assert len(kept) == 400
    assert kept[-1][0] == 499 % 256
    assert load_rests(tmp_path / "nowhere") == []
