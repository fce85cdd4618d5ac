"""The quantizer is the one docs/models.md writes down."""

import math

import numpy as np

from simmer_training.quantizer import BINS, SILENCE_BIN, amplitude_to_bin, bin_to_amplitude


def test_every_bin_is_its_own_amplitude() -> None:
    bins = np.arange(BINS, dtype=np.uint8)
    assert np.array_equal(amplitude_to_bin(bin_to_amplitude(bins)), bins)


def test_silence_is_bin_128() -> None:
    assert amplitude_to_bin(np.zeros(1))[0] == SILENCE_BIN


def test_formula_as_documented() -> None:
    amplitude, number = 0.3, 201
    companded = math.copysign(math.log(1 + 255 * abs(amplitude)) / math.log(256), amplitude)
    assert amplitude_to_bin(np.array([amplitude]))[0] == math.floor((companded + 1) / 2 * 255 + 0.5)
    v = 2 * number / 255 - 1
    expected = math.copysign((256 ** abs(v) - 1) / 255, v)
    assert math.isclose(bin_to_amplitude(np.array([number]))[0], expected, rel_tol=1e-12)
