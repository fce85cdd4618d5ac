"""Runs an exported graph in onnxruntime, block after block."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime
from onnx import ModelProto

from simmer_training.model import BLOCK_STEPS
from simmer_training.reference import Controls

Floats = npt.NDArray[np.float32] | npt.NDArray[np.float64]


@dataclass(frozen=True)
class Take:
    """What a run of the graph drew."""

    drawn: npt.NDArray[np.uint8]
    entropy: npt.NDArray[np.float64]  # bits, of the distribution each draw was made from
    state: Floats  # after the last block


def open_graph(model: ModelProto | bytes) -> onnxruntime.InferenceSession:
    """A session on one thread that does not spin: how the service runs it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    content = model if isinstance(model, bytes) else model.SerializeToString()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def run_graph(
    session: onnxruntime.InferenceSession,
    state: Floats,
    controls: Controls,
    uniform: npt.NDArray[np.float32],
    tail_floor: float = 0.0,
) -> Take:
    """Draws len(uniform) steps, which must be whole blocks, from `state`, whose type must be the graph's.

    `tail_floor`, 0 to 1: bins less likely than so many times the likeliest are not drawn; 0 leaves out none.
    Raises ValueError for steps that are not whole blocks.
    """
    if len(uniform) % BLOCK_STEPS:
        raise ValueError(f"{len(uniform)} steps are not whole blocks of {BLOCK_STEPS}")
    real = state.dtype
    lanes = {"temperature": controls.temperature, "uniform": uniform}
    lanes |= {"guide_strength": controls.guide_strength, "guide_bin": controls.guide_bin}
    drawn, entropy = [], []
    for begin in range(0, len(uniform), BLOCK_STEPS):
        block = {name: lane[begin : begin + BLOCK_STEPS].astype(real) for name, lane in lanes.items()}
        outputs = session.run(None, {"state": state, **block, "tail_floor": np.array([tail_floor], real)})
        drawn.append(outputs[0].astype(np.uint8))
        entropy.append(outputs[1].astype(np.float64))
        state = outputs[2]
    return Take(np.concatenate(drawn), np.concatenate(entropy), state)


def noise(steps: int, seed: int) -> npt.NDArray[np.float32]:
    """Uniform numbers as the contract wants them: multiples of 2^-23 below 1."""
    return (np.random.default_rng(seed).integers(0, 1 << 23, steps) * 2.0**-23).astype(np.float32)
