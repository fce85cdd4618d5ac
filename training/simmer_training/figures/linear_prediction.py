"""Linear prediction of audio, fitted once or anew every few milliseconds."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from simmer_training.dataset import Bins
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import bin_to_amplitude

Array = npt.NDArray[np.float64]


ORDER: Final = 16
ADAPT_STEPS: Final = 32
WINDOWS: Final = (256, 1024, 4096)  # steps over which an adapting predictor's past fades
RECENT: Final = (8, 64, 512)  # steps over which the size of the residuals is remembered
SMALL: Final = 1e-5  # amplitude: a tenth of the finest bin's width


def history(values: Array) -> Array:
    """The ORDER values before each value from ORDER on, newest first: [len(values) - ORDER, ORDER]."""
    return np.lib.stride_tricks.sliding_window_view(values, ORDER)[:-1, ::-1]


def fixed_coefficients(pieces: Sequence[Array]) -> Array:
    """The predictor [ORDER] of least relative error, each value weighed by the level around it.

    Unweighed, the loudest chord would decide alone, though a bin is as wide as its amplitude.
    """
    gram, right = np.zeros((ORDER, ORDER)), np.zeros(ORDER)
    for values in pieces:
        past, level = history(values), _recent(np.abs(values), RECENT[1])[ORDER - 1 : -1]
        weights = 1 / (level + 100 * SMALL) ** 2
        gram += (past * weights[:, None]).T @ past
        right += (past * weights[:, None]).T @ values[ORDER:]
    return np.linalg.solve(gram + np.eye(ORDER) * 1e-6 * np.trace(gram) / ORDER, right)


def adapted_predictions(values: Array, window: int, fixed: Array) -> Array:
    """Predictions of each value from ORDER on, by coefficients solved from the values before its block alone.

    Where there was too little in the window to tell, the coefficients stay near `fixed`.
    """
    past, wanted = history(values), values[ORDER:]
    blocks = len(wanted) // ADAPT_STEPS + 1
    room = blocks * ADAPT_STEPS - len(wanted)
    rows = np.pad(past, ((0, room), (0, 0))).reshape(blocks, ADAPT_STEPS, ORDER)
    aims = np.pad(wanted, (0, room)).reshape(blocks, ADAPT_STEPS, 1)
    turned = rows.transpose(0, 2, 1)
    fade = np.exp(-ADAPT_STEPS / window)
    gram, right = (lfilter([1.0], [1.0, -fade], product, axis=0) for product in (turned @ rows, turned @ aims))
    stay = 1e-4 * np.trace(gram, axis1=1, axis2=2) / ORDER + (10 * SMALL) ** 2 * window
    gram += stay[:, None, None] * np.eye(ORDER)
    solved = np.linalg.solve(gram, right + stay[:, None, None] * fixed[:, None])
    before = np.concatenate([fixed[None, :, None], solved[:-1]])
    predicted: Array = (rows @ before).reshape(-1)[: len(wanted)]
    return np.clip(predicted, -1, 1)


@dataclass(frozen=True)
class Predicted:
    """A piece, predicted: n values from ORDER on, by E predictors."""

    bins: npt.NDArray[np.int64]  # [n]
    means: Array  # [n, E], amplitudes
    recent: Array  # [n, E, len(RECENT)], natural logarithms of the mean size of the residuals before

    def only(self, places: npt.NDArray[np.int64]) -> "Predicted":
        """Some of the values."""
        return Predicted(self.bins[places], self.means[places], self.recent[places])


def predict(bins: Bins, fixed: Array, windows: Sequence[int]) -> Predicted:
    """Of bins after BLOCK_STEPS of silence: every bin of the piece is predicted, the silence is not."""
    values = bin_to_amplitude(bins[BLOCK_STEPS - ORDER :])
    means = [history(values) @ fixed, *(adapted_predictions(values, window, fixed) for window in windows)]
    recent = []
    for mean in means:
        size = np.abs(values[ORDER:] - mean)
        before = [np.concatenate([[0.0], _recent(size, steps)[:-1]]) for steps in RECENT]
        recent.append(np.log(np.stack(before, axis=1) + SMALL))
    return Predicted(bins[BLOCK_STEPS:].astype(np.int64), np.stack(means, axis=1), np.stack(recent, axis=1))


def _recent(sizes: Array, steps: int) -> Array:
    """The mean that fades over `steps`, up to and with each value."""
    share = 1 / steps
    faded: Array = lfilter([share], [1.0, share - 1.0], sizes)
    return faded
