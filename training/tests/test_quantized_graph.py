"""The yardstick of the benchmark is the same network, in 8 bits."""

import argparse
from pathlib import Path

import numpy as np
import pytest
from onnx import ModelProto, numpy_helper

from simmer_training.fold import fold, start_state
from simmer_training.graph import GraphBuilder, GuidePull
from simmer_training.graph_distance import bits_lost
from simmer_training.kernel_weight_file import read_weight_file
from simmer_training.kernel_weights import FLOAT32, weight_file
from simmer_training.model import SampleRnn
from simmer_training.quantized_graph import parse_sizes, quantize_graph, random_network
from simmer_training.weights import load_weights

SHIPPED = Path(__file__).parents[2] / "models" / "one-song" / "weights.pt"


@pytest.mark.parametrize(
    ("model", "steps", "lost_max"), [(random_network(128, 128), 1024, 0.01), (load_weights(SHIPPED), 4096, 0.05)]
)
def test_the_quantized_graph_is_nearly_the_graph(model: SampleRnn, steps: int, lost_max: float) -> None:
    """It loses at most some hundredths of a bit a step, the graph in float32 nothing, one with a wrong scale much."""
    folded, pull = fold(model), GuidePull()
    network = read_weight_file(weight_file(folded, pull, FLOAT32))
    state = start_state(folded).astype(np.float32)
    graph = GraphBuilder(folded, pull=pull).build()
    quantized = quantize_graph(graph)

    def operators(scanned: ModelProto) -> list[str]:
        frame = next(node for node in scanned.graph.node if node.op_type == "Scan").attribute[0].g
        step = next(node for node in frame.node if node.op_type == "Scan").attribute[0].g
        return [node.op_type for part in (scanned.graph, frame, step) for node in part.node]

    # All but the two matrices of the inputs and the sum of the history's rows.
    assert operators(quantized).count("MatMulNBits") == operators(graph).count("Gemm") - 3
    assert abs(bits_lost(graph, network, state, steps)) < 1e-6
    assert 1e-5 < bits_lost(quantized, network, state, steps) < lost_max

    scales = next(tensor for tensor in quantized.graph.initializer if tensor.name == "frame_condition_scales")
    wrong = numpy_helper.to_array(scales) * np.float32(2)
    scales.CopyFrom(numpy_helper.from_array(wrong, scales.name))
    assert bits_lost(quantized, network, state, steps) > lost_max


def test_sizes_are_two_widths() -> None:
    assert parse_sizes("512/256") == (512, 256)
    for wrong in ("512", "512/", "a/b", "0/16", "1/2/3", "-1/2"):
        with pytest.raises(argparse.ArgumentTypeError, match="256/128"):
            parse_sizes(wrong)
