"""The yardstick of the benchmark is the same network, in 8 bits."""

import numpy as np

from simmer_training.fold import fold, start_state
from simmer_training.graph import GraphBuilder
from simmer_training.graph_run import noise, open_graph, run_graph
from simmer_training.quantized_graph import quantize_graph, random_network
from simmer_training.reference import Controls


def test_the_quantized_graph_is_nearly_the_graph() -> None:
    """Its first draw comes from nearly the same distribution, and not from the very same."""
    folded = fold(random_network(128, 128))
    graph = GraphBuilder(folded).build()
    quantized = quantize_graph(graph)
    assert "MatMulNBits" in [node.op_type for node in quantized.graph.node]
    state = start_state(folded).astype(np.float32)
    controls, uniform = Controls.unguided(np.ones(64, np.float32)), noise(64, 1)
    exact, rounded = (run_graph(open_graph(model), state, controls, uniform) for model in (graph, quantized))
    assert 0 < abs(exact.entropy[0] - rounded.entropy[0]) < 0.1
