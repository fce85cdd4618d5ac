"""An emphasis is taken back, lowers noise, and goes through a dataset."""

from pathlib import Path

import numpy as np

from simmer_training.dataset import PEAK, Piece, load_dataset, write_dataset
from simmer_training.emphasis import COEFFICIENT, NO_EMPHASIS, Emphasis, emphasis_for

RATE = 16_000


def tone(hertz: float, seconds: float = 1.0) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def test_it_is_taken_back() -> None:
    audio = tone(220) + 0.1 * tone(3000)
    for emphasis in (NO_EMPHASIS, Emphasis(0.85, 1.8), Emphasis(0.97, 0.5)):
        assert np.allclose(emphasis.undo(emphasis.apply(audio)), audio, atol=1e-9)
    assert not np.allclose(Emphasis(0.85).apply(audio), audio, atol=0.1)


def test_the_loudest_value_of_all_pieces_comes_to_lie_at_the_peak() -> None:
    pieces = [tone(200), tone(3000), np.zeros(10)]
    emphasis = emphasis_for(pieces, 0.95)
    assert np.isclose(max(np.abs(emphasis.apply(audio)).max() for audio in pieces), 0.95, atol=1e-3)
    assert emphasis_for([np.zeros(10)], 0.95).gain == 1


def test_a_dataset_is_emphasised_and_heard_as_it_was(tmp_path: Path) -> None:
    audio = PEAK * 2 * tone(220)
    write_dataset(tmp_path, RATE, [Piece("a", audio, held_out=False), Piece("b", tone(330), held_out=True)])
    dataset = load_dataset(tmp_path)
    assert dataset.emphasis.coefficient == COEFFICIENT
    noise = dataset.heard(dataset.training[0]) - audio
    assert np.sqrt(np.mean(noise**2)) < 0.02
    # The quantizer's noise is weaker at high frequencies than at low ones: the control, a plain quantizer's is not.
    spectrum = np.abs(np.fft.rfft(noise)) ** 2
    assert spectrum[-2000:].mean() < 0.1 * spectrum[:500].mean()
