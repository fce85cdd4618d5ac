"""What the graphs of the codec and of the prior are put together from."""

from typing import Final

import numpy as np
import numpy.typing as npt
from onnx import ModelProto, ValueInfoProto, helper
from torch import Tensor, nn

from simmer_training.graph_nodes import FLOAT32, Scope, value

OPSET: Final = 20
IR_VERSION: Final = 10
FLOAT: Final = FLOAT32.onnx

Array = npt.NDArray[np.float32]


def array(tensor: Tensor) -> Array:
    """A tensor's numbers."""
    return tensor.detach().numpy().astype(np.float32)


def weights(scope: Scope, name: str, numbers: Array) -> str:
    """A constant kept in half precision, which its numbers must have already; engines widen it when they load."""
    if not np.array_equal(numbers, numbers.astype(np.float16).astype(np.float32)):
        raise ValueError(f"{name} is not in half precision")
    return scope.node("Cast", scope.constant(name, numbers.astype(np.float16)), to=FLOAT)


def linear(scope: Scope, name: str, rows: str, layer: nn.Linear) -> str:
    """Rows [n, in] to [n, out]."""
    product = scope.node("MatMul", rows, weights(scope, f"{name}.weight", array(layer.weight).T))
    return scope.node("Add", product, weights(scope, f"{name}.bias", array(layer.bias)))


def layer_norm(scope: Scope, name: str, rows: str, layer: nn.LayerNorm) -> str:
    """Over the last axis."""
    scale = weights(scope, f"{name}.weight", array(layer.weight))
    bias = weights(scope, f"{name}.bias", array(layer.bias))
    return scope.node("LayerNormalization", rows, scale, bias, axis=-1, epsilon=float(layer.eps))


def gelu(scope: Scope, rows: str) -> str:
    """By the approximation with tanh, as in training."""
    return scope.node("Gelu", rows, approximate="tanh")


def number(scope: Scope, name: str, content: float) -> str:
    """A constant of one value."""
    return scope.constant(name, np.array(content, np.float32))


def reshape(scope: Scope, values: str, *shape: int) -> str:
    """The same values in another shape."""
    return scope.node("Reshape", values, scope.integers("shape_" + "_".join(map(str, shape)), *shape))


def slices(scope: Scope, values: str, name: str, lengths: list[int]) -> list[str]:
    """Consecutive parts of a vector."""
    if len(lengths) == 1:
        return [values]
    return scope.nodes_out("Split", len(lengths), values, scope.integers(name, *lengths), axis=0)


def model_of(scope: Scope, inputs: list[ValueInfoProto], outputs: list[ValueInfoProto]) -> ModelProto:
    """The finished graph."""
    return helper.make_model(
        scope.graph(inputs, outputs),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=IR_VERSION,
        producer_name="simmer_training",
    )


def floats(name: str, *shape: int) -> ValueInfoProto:
    """A float32 input or output."""
    return value(name, shape, FLOAT)
