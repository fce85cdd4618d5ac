"""The level that a guide is brought to is that of what sounds."""

import numpy as np
import numpy.typing as npt
import pytest

from simmer_training.levels import sounding_level, window_levels

RATE = 16_000


def sine(seconds: float, amplitude: float) -> npt.NDArray[np.float64]:
    steps = np.arange(round(seconds * RATE))
    audio: npt.NDArray[np.float64] = amplitude * np.sin(2 * np.pi * 440 * steps / RATE)
    return audio


def test_a_steady_sine_has_its_rms() -> None:
    assert sounding_level([sine(4, 0.5)], RATE) == pytest.approx(20 * np.log10(0.5 / np.sqrt(2)), abs=0.05)


def test_pauses_do_not_lower_it_as_they_do_the_rms() -> None:
    notes = np.concatenate([sine(0.5, 0.5), np.zeros(RATE // 2)] * 4)
    assert sounding_level([notes], RATE) == pytest.approx(sounding_level([sine(4, 0.5)], RATE), abs=0.2)
    assert 20 * np.log10(np.sqrt(np.mean(notes**2))) < sounding_level([notes], RATE) - 2.5


def test_it_scales_as_the_audio_does() -> None:
    music = sine(3, 0.5) * np.linspace(0, 1, 3 * RATE) ** 2
    assert np.allclose(window_levels(0.1 * music, RATE), 0.1 * window_levels(music, RATE), rtol=1e-9, atol=0)


def test_silence_has_none() -> None:
    with pytest.raises(ValueError, match="silent throughout"):
        sounding_level([np.zeros(RATE)], RATE)
