"""Rounds matrices to 8 bits with one scale for each row.

Rounding every weight to the nearest value costs most in the last layers, whose inputs are much alike: there the errors
of a row add up instead of cancelling out. `quantize_heard` rounds one column after the other and lets the weights that
are still free make up for what was lost (Frantar, Ashkboos, Hoefler, Alistarh: "GPTQ", ICLR 2023, equations 2 and 3),
weighted with inputs that were heard in a teacher-forced pass over the corpus. The bias is the last column, and stays
as exact as it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from simmer_training.dataset import Bins
from simmer_training.fold import Array
from simmer_training.model import BLOCK_STEPS, SampleRnn

LARGEST_INT8: Final = 127
HEARD_STEPS: Final = 160_000  # of each performance
DAMPING: Final = 1e-4  # of the mean square of the inputs, so that what was never heard is not a licence

Heard = dict[str, Array]  # the inputs of a layer, [steps, inputs], by its name in Folded


@dataclass(frozen=True)
class QuantizedRows:
    """A matrix in 8 bits: weight = scale[row] * value."""

    scales: npt.NDArray[np.float32]  # [rows]
    values: npt.NDArray[np.int8]  # [rows, columns], -127 to 127

    def dequantized(self) -> Array:
        """The matrix that these stand for."""
        return self.scales.astype(np.float64)[:, None] * self.values


def _scales(matrix: Array) -> npt.NDArray[np.float32]:
    """So that the largest weight of each row is 127 or -127."""
    largest = np.abs(matrix).max(axis=1)
    return np.where(largest > 0, largest / LARGEST_INT8, 1.0).astype(np.float32)


def _rounded(columns: Array, scales: Array) -> Array:
    return np.clip(np.rint(columns / scales), -LARGEST_INT8, LARGEST_INT8)


def quantize_rows(matrix: Array) -> QuantizedRows:
    """Rounds each weight of [rows, columns] to the nearest value."""
    scales = _scales(matrix)
    values = _rounded(matrix, scales.astype(np.float64)[:, None])
    return QuantizedRows(scales, values.astype(np.int8))


def quantize_heard(matrix: Array, bias: Array, inputs: Array) -> tuple[QuantizedRows, Array]:
    """Rounds [rows, columns] so that products with `inputs` [steps, columns] stay what they were, and their bias."""
    steps, columns = inputs.shape
    extended = np.concatenate([inputs, np.ones((steps, 1))], axis=1)
    moments = extended.T @ extended / steps
    moments += np.eye(columns + 1) * DAMPING * np.trace(moments) / (columns + 1)
    # What matters most is rounded first, while much is free to make up for it. The bias comes last.
    order = np.append(np.argsort(-np.diag(moments)[:columns], kind="stable"), columns)
    pull = np.linalg.cholesky(np.linalg.inv(moments[np.ix_(order, order)])).T
    scales = _scales(matrix)
    exact = scales.astype(np.float64)
    left = np.concatenate([matrix, bias[:, None]], axis=1)[:, order]
    values = np.zeros_like(matrix)
    for index in range(columns):
        values[:, order[index]] = _rounded(left[:, index], exact)
        lost = (left[:, index] - exact * values[:, order[index]]) / pull[index, index]
        left[:, index + 1 :] -= lost[:, None] * pull[index, index + 1 :]
    return QuantizedRows(scales, values.astype(np.int8)), left[:, columns]


def listen(model: SampleRnn, performances: Sequence[Bins]) -> Heard:
    """The inputs of the last two layers over the beginnings of performances, teacher-forced."""
    kept: dict[str, list[Tensor]] = {"third": [], "output": []}

    def keep(name: str) -> None:
        def hook(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            kept[name].append(inputs[0].detach().reshape(-1, inputs[0].shape[-1]))

        handles.append(model.get_submodule(name).register_forward_pre_hook(hook))

    handles: list[torch.utils.hooks.RemovableHandle] = []
    for name in kept:
        keep(name)
    with torch.inference_mode():
        for bins in performances:
            whole = (min(len(bins) - BLOCK_STEPS, HEARD_STEPS) // BLOCK_STEPS) * BLOCK_STEPS
            model(torch.from_numpy(bins[: BLOCK_STEPS + whole].astype("int64"))[None], model.start(1))
    for handle in handles:
        handle.remove()
    return {name: torch.cat(parts).double().numpy() for name, parts in kept.items()}
