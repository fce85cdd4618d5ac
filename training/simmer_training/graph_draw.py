"""What graphs of both kinds of draws are made of: PyTorch's GRU cell, the draw, the entropy."""

from typing import Final

import numpy as np

from simmer_training.graph_nodes import Precision, Scope

TINY: Final = 1e-30  # keeps 0 * log 0 at 0
CHOICES: Final = 256  # of every draw: bins, or the codes of a level


def gru_nodes(scope: Scope, state: str, arriving: str, staying: str) -> str:
    """PyTorch's GRU cell from a state [1, D] and the input's and the state's share of the gates [1, 3D]."""
    reset_in, update_in, new_in = scope.nodes_out("Split", 3, arriving, axis=1, num_outputs=3)
    reset_on, update_on, new_on = scope.nodes_out("Split", 3, staying, axis=1, num_outputs=3)
    reset = scope.node("Sigmoid", scope.node("Add", reset_in, reset_on))
    update = scope.node("Sigmoid", scope.node("Add", update_in, update_on))
    new = scope.node("Tanh", scope.node("Add", new_in, scope.node("Mul", reset, new_on)))
    return scope.node("Add", new, scope.node("Mul", update, scope.node("Sub", state, new)))


def draw_nodes(scope: Scope, logits: str, log_floor: str, uniform: str, precision: Precision) -> tuple[str, str]:
    """Draws from logits [1, 256]: the number drawn [1] (int64), and the probabilities [1, 256] it was drawn from."""
    highest = scope.node("ReduceMax", logits, scope.integers("scores_axis", 1))
    in_tail = scope.node("Less", logits, scope.node("Add", highest, log_floor))
    never = scope.constant("never", np.array(-np.inf, precision.array))
    probabilities = scope.node("Softmax", scope.node("Where", in_tail, never, logits), axis=1)
    cumulative = scope.node("CumSum", probabilities, scope.constant("axis_1", np.array(1, np.int64)))
    total = scope.node("Gather", cumulative, scope.integers("last_bin", CHOICES - 1), axis=1)
    beyond = scope.node("Greater", cumulative, scope.node("Mul", total, uniform))
    # The first entry beyond u * total has as many entries at or below it as its own number says.
    mask = scope.node("Cast", beyond, to=precision.onnx)
    return scope.node("ArgMax", mask, axis=1, keepdims=0), probabilities


def entropy_nodes(scope: Scope, probabilities: str, axes: tuple[int, ...], precision: Precision) -> str:
    """Bits, from probabilities that are summed over `axes`."""
    tiny = scope.constant("tiny", np.array(TINY, precision.array))
    logs = scope.node("Log", scope.node("Max", probabilities, tiny))
    summed = scope.integers("entropy_axes", *axes)
    nats = scope.node("ReduceSum", scope.node("Mul", probabilities, logs), summed, keepdims=0)
    per_nat = scope.constant("bits_per_nat", np.array(-1 / np.log(2)).astype(precision.array))
    return scope.node("Mul", nats, per_nat)
