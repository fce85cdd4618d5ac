"""The baseline finds what there is to find in audio whose entropy is known, and is a distribution."""

import numpy as np
import numpy.typing as npt
import pytest
import torch
from scipy.signal import lfilter

from simmer_training.figures.baseline import Baseline, Coder, edges, fit_baseline, order_zero_bits
from simmer_training.figures.linear_prediction import ORDER, Predicted, adapted_predictions, fixed_coefficients
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import SILENCE_BIN, amplitude_to_bin, bin_to_amplitude

Array = npt.NDArray[np.float64]
Bins = npt.NDArray[np.uint8]

STEPS = 30_000
RESIDUAL = 0.03  # several bins wide, even where bins are widest


def stable_poles() -> Array:
    """The coefficients [16] of an AR(16) process with two clear resonances and six broad ones."""
    radii = np.array([0.93, 0.9, 0.6, 0.6, 0.6, 0.6, 0.6, 0.6])
    poles = radii * np.exp(1j * np.array([0.4, 1.3, 0.2, 0.8, 1.7, 2.1, 2.5, 2.9]))
    coefficients: Array = -np.real(np.poly(np.concatenate([poles, poles.conj()])))[1:]
    return coefficients


def process(seed: int, coefficients: Array) -> Bins:
    """Bins of a linear process with Gaussian residuals, after the silence that a piece begins with."""
    noise = np.random.default_rng(seed).normal(0, RESIDUAL, STEPS + 1000)
    values = lfilter([1.0], np.concatenate([[1.0], -coefficients]), noise)[1000:]
    assert np.abs(values).max() < 1, "clipping would change the entropy"
    return after_silence(amplitude_to_bin(values))


def after_silence(bins: Bins) -> Bins:
    return np.concatenate([np.full(BLOCK_STEPS, SILENCE_BIN, np.uint8), bins])


def true_bits(bins: Bins) -> float:
    """Entropy per step: of the Gaussian residual, less the mean logarithm of the width of the bin it falls in."""
    widths = np.diff(np.concatenate([[-1.0], edges(), [1.0]]))
    return float(0.5 * np.log2(2 * np.pi * np.e * RESIDUAL**2) - np.log2(widths[bins[BLOCK_STEPS:]]).mean())


@pytest.fixture(scope="module")
def fitted() -> tuple[Baseline, Bins, list[Bins]]:
    training = [process(seed, stable_poles()) for seed in (1, 2)]
    return fit_baseline(training, adapting=False), process(3, stable_poles()), training


def test_it_needs_what_a_linear_process_truly_holds_and_little_more(fitted: tuple[Baseline, Bins, list[Bins]]) -> None:
    baseline, unseen, _ = fitted
    excess = baseline.piece_bits(unseen) - true_bits(unseen)
    assert -0.02 < excess < 0.08


def test_sixteen_steps_of_memory_help_where_there_is_something_to_remember(
    fitted: tuple[Baseline, Bins, list[Bins]],
) -> None:
    baseline, unseen, training = fitted
    assert order_zero_bits(training, unseen) - baseline.piece_bits(unseen) > 1
    shuffled = after_silence(np.random.default_rng(4).permutation(unseen[BLOCK_STEPS:]))
    assert baseline.piece_bits(shuffled) > order_zero_bits(training, shuffled)  # the control: no order, no help


def test_it_finds_the_coefficients(fitted: tuple[Baseline, Bins, list[Bins]]) -> None:
    assert np.abs(fitted[0].fixed - stable_poles()).max() < 0.15


def test_the_probabilities_of_all_bins_sum_to_one(fitted: tuple[Baseline, Bins, list[Bins]]) -> None:
    coder: Coder = fitted[0].coder
    every = np.arange(256, dtype=np.int64)
    for mean, level in ((0.0, -11.0), (0.3, -4.0), (-0.99, -1.0)):
        found = Predicted(every, np.full((256, 1), mean), np.full((256, 1, 3), level))
        assert float(torch.exp2(-coder.bits(found)).sum()) == pytest.approx(1, abs=1e-9)


def test_an_adapting_predictor_hears_the_past_alone() -> None:
    values = bin_to_amplitude(process(5, stable_poles()))
    fixed = fixed_coefficients([values])
    changed = values.copy()
    changed[20_000:] = 0.5
    before = adapted_predictions(values, 1024, fixed)
    after = adapted_predictions(changed, 1024, fixed)
    assert np.array_equal(before[: 20_000 - ORDER + 1], after[: 20_000 - ORDER + 1])
    assert not np.array_equal(before, after)


def test_adapting_pays_where_the_process_changes() -> None:
    one, other = stable_poles(), stable_poles() * (-1.0) ** np.arange(1, ORDER + 1)  # mirrored in frequency
    pieces = []
    for seed in (6, 7, 8):
        halves = [process(seed, poles)[BLOCK_STEPS:] for poles in (one, other)]
        pieces.append(after_silence(np.concatenate(halves)))
    unseen = pieces.pop()
    fixed, adapting = (fit_baseline(pieces, adapting=way, rounds=60).piece_bits(unseen) for way in (False, True))
    assert fixed - adapting > 0.5
