"""Multiplies out every chain of affine maps of the network, so that drawing costs as few products as possible.

What is exact here: no activation stands between the maps that are multiplied. All of it is done in float64; the
result is rounded once, to the precision of the graph. D is the width of the recurrent tiers, M of the sample tier.
"""

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt
from torch import Tensor, nn

from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, FRAMES_PER_BLOCK, SampleRnn, gru_parameter
from simmer_training.quantizer import BINS, MU

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FoldedTiers:
    """What every network has below the entrance of its top tier.

    Every matrix is [inputs, outputs] and multiplies a row from the right.
    The gates of a GRU are in PyTorch's order (reset, update, new), side by side: 3D columns.
    """

    top_recurrent: Array  # [D, 3D]
    top_recurrent_bias: Array  # [3D]
    frame_condition: Array  # [D, 4 * 3D]: from the top state straight to the frame tier's gates, frame after frame
    frame_condition_bias: Array  # [4 * 3D]
    frame_input: Array  # [16, 3D], on bins 0..255
    frame_recurrent: Array  # [D, 3D]
    frame_recurrent_bias: Array  # [3D]
    sample_condition: Array  # [D, 16 * M]: from the frame state straight to the first activation, step after step
    sample_condition_bias: Array  # [16 * M]
    history: Array  # [16, 256, M]: what the bin at each place of the history, oldest first, adds to it
    third: Array  # [M, M]
    third_bias: Array  # [M]
    output: Array  # [M, 256]
    output_bias: Array  # [256]
    top_start: Array  # [D]
    frame_start: Array  # [D]

    def parameters(self) -> int:
        """How many numbers that is."""
        return sum(getattr(self, field.name).size for field in fields(self))


@dataclass(frozen=True)
class Folded(FoldedTiers):
    """The network as it is run, its top tier hearing the block before."""

    top_input: Array  # [64, 3D], on bins 0..255
    top_input_bias: Array  # [3D]


def fold(model: SampleRnn) -> Folded:
    """Folds a network."""
    top_in, top_in_bias = affine(model.top_in)
    top_gates, top_gates_bias = gates(model.top_gru)
    top_input, top_offset = _on_bins(top_in @ top_gates)
    return Folded(
        top_input=top_input,
        top_input_bias=top_in_bias @ top_gates + top_gates_bias + top_offset,
        **fold_tiers(model),
    )


def fold_tiers(model: SampleRnn) -> dict[str, Array]:
    """Folds what `FoldedTiers` holds."""
    width, hidden = model.sizes.recurrent, model.sizes.sample
    second, second_bias = affine(model.second)

    frame_in, frame_in_bias = affine(model.frame_in)
    frame_gates, frame_gates_bias = gates(model.frame_gru)
    frame_input, frame_offset = _on_bins(frame_in @ frame_gates)

    top_up, top_up_bias = affine(model.top_up)
    up = top_up.reshape(width, FRAMES_PER_BLOCK, width) @ frame_gates
    up_bias = (top_up_bias.reshape(FRAMES_PER_BLOCK, width) + frame_in_bias) @ frame_gates
    up_bias += frame_gates_bias + frame_offset

    frame_up, frame_up_bias = affine(model.frame_up)
    down = frame_up.reshape(width, FRAME_STEPS, hidden) @ second
    down_bias = frame_up_bias.reshape(FRAME_STEPS, hidden) @ second + second_bias

    first = array_of(model.first.weight).T.reshape(FRAME_STEPS, model.sizes.embedding, hidden)
    third, third_bias = affine(model.third)
    output, output_bias = affine(model.output)
    return {
        "top_recurrent": array_of(gru_parameter(model.top_gru, "weight_hh")).T,
        "top_recurrent_bias": array_of(gru_parameter(model.top_gru, "bias_hh")),
        "frame_condition": up.reshape(width, -1),
        "frame_condition_bias": up_bias.reshape(-1),
        "frame_input": frame_input,
        "frame_recurrent": array_of(gru_parameter(model.frame_gru, "weight_hh")).T,
        "frame_recurrent_bias": array_of(gru_parameter(model.frame_gru, "bias_hh")),
        "sample_condition": down.reshape(width, -1),
        "sample_condition_bias": down_bias.reshape(-1),
        "history": array_of(model.embedding.weight) @ first @ second,
        "third": third,
        "third_bias": third_bias,
        "output": output,
        "output_bias": output_bias,
        "top_start": array_of(model.top_start),
        "frame_start": array_of(model.frame_start),
    }


def array_of(tensor: Tensor) -> Array:
    """Numbers of a layer, as float64."""
    return tensor.detach().double().numpy()


def affine(layer: nn.Linear) -> tuple[Array, Array]:
    """A layer's matrix as [inputs, outputs], and its bias."""
    return array_of(layer.weight).T, array_of(layer.bias)


def gates(gru: nn.GRU) -> tuple[Array, Array]:
    """What a GRU makes of what it is given: [inputs, 3D], and its bias."""
    return array_of(gru_parameter(gru, "weight_ih")).T, array_of(gru_parameter(gru, "bias_ih"))


def _on_bins(matrix: Array) -> tuple[Array, Array]:
    """Takes `centred` of model.py into a matrix: it then acts on bins, and leaves an offset for the bias."""
    return matrix * (4.0 / MU), -2.0 * matrix.sum(axis=0)


def state_floats(folded: FoldedTiers) -> int:
    """How long the packed state is: both hidden states, then history, guide and strength of the last block."""
    return 2 * len(folded.top_start) + 3 * BLOCK_STEPS


def start_state(folded: FoldedTiers) -> Array:
    """The state a take starts from: learned hidden states, silence behind it, no guide."""
    silence = np.full(BLOCK_STEPS, BINS // 2, np.float64)
    return np.concatenate([folded.top_start, folded.frame_start, silence, silence, np.zeros(BLOCK_STEPS)])
