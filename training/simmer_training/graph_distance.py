"""Says how far the distributions of a graph are from those of a weight file, along a take that the graph draws.

Unlike draws, which part for good at the first difference, distributions of the same past can be compared at every step.
"""

from typing import Final

import numpy as np
from onnx import ModelProto, helper
from onnx.helper import make_tensor_value_info

from simmer_training.graph_run import Floats, noise, open_graph
from simmer_training.kernel_reference import log2_probabilities
from simmer_training.kernel_weight_file import KernelNetwork
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import BINS, SILENCE_BIN

PROBABILITIES: Final = "probabilities"
TINY: Final = 1e-30


def expose_probabilities(model: ModelProto) -> ModelProto:
    """The model with one more output: the probabilities that each step drew from, [64, 256]."""
    exposed = ModelProto()
    exposed.CopyFrom(model)
    graph = exposed.graph
    scan = next(node for node in graph.node if node.op_type == "Scan")
    graph.initializer.append(helper.make_tensor("steps_of_bins", 7, [2], [BLOCK_STEPS, BINS]))
    graph.node.append(helper.make_node("Reshape", [scan.output[-1], "steps_of_bins"], [PROBABILITIES]))
    graph.output.append(make_tensor_value_info(PROBABILITIES, 1, [BLOCK_STEPS, BINS]))
    return exposed


def bits_lost(model: ModelProto, network: KernelNetwork, state: Floats, steps: int, seed: int = 1) -> float:
    """How many bits a step the graph's distributions cost beyond the network's own, for what the network expects.

    That is the Kullback-Leibler divergence of the graph from the network, the mean over a take of the graph without a
    guide at temperature 1 from `state`, which must be the one that takes start from; `steps` are whole blocks.
    """
    session = open_graph(expose_probabilities(model))
    uniform, ones = noise(steps, seed), np.ones(BLOCK_STEPS, np.float32)
    silence = np.full(BLOCK_STEPS, SILENCE_BIN, np.float32)
    drawn, logs = [silence.astype(np.uint8)], []
    for begin in range(0, steps, BLOCK_STEPS):
        inputs = {"state": state, "temperature": ones, "uniform": uniform[begin : begin + BLOCK_STEPS]}
        inputs |= {"guide_strength": 0 * ones, "guide_bin": silence, "tail_floor": np.zeros(1, np.float32)}
        bins, state, probabilities = session.run(["drawn", "next_state", PROBABILITIES], inputs)
        drawn.append(bins.astype(np.uint8))
        logs.append(np.log2(np.maximum(probabilities.astype(np.float64), TINY)))
    exact = np.concatenate(list(log2_probabilities(network, np.concatenate(drawn))))
    return float((np.exp2(exact) * (exact - np.concatenate(logs))).sum(axis=1).mean())
