"""A thin layer over onnx.helper: nodes that name their own outputs, constants by value, one scope a graph."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from onnx import GraphProto, NodeProto, TensorProto, ValueInfoProto, helper, numpy_helper

Attribute = int | float | str | Sequence[int]

INT32: Final = int(TensorProto.INT32)
INT64: Final = int(TensorProto.INT64)


@dataclass(frozen=True)
class Precision:
    """The type that a graph computes in."""

    array: type[np.float32] | type[np.float64]
    onnx: int


FLOAT32: Final = Precision(np.float32, int(TensorProto.FLOAT))
FLOAT64: Final = Precision(np.float64, int(TensorProto.DOUBLE))


def value(name: str, shape: Sequence[int], onnx_type: int) -> ValueInfoProto:
    """A named, typed, fixed shape."""
    return helper.make_tensor_value_info(name, onnx_type, shape)


@dataclass
class Scope:
    """The nodes of one graph. Names are unique among scopes with different prefixes; inner scopes see outer names.

    Constants always go to the outermost scope, where onnxruntime can pack a matrix once for all iterations.
    """

    prefix: str
    outermost: "Scope | None" = None
    nodes: list[NodeProto] = field(default_factory=list)
    initializers: dict[str, TensorProto] = field(default_factory=dict)

    def inner(self, prefix: str) -> "Scope":
        """A scope for the body of a Scan."""
        return Scope(prefix, self.outermost or self)

    def constant(self, name: str, array: npt.NDArray[np.generic]) -> str:
        """Adds a constant under its name, which may be asked for again with the same content."""
        holder = (self.outermost or self).initializers
        tensor = numpy_helper.from_array(np.ascontiguousarray(array), name)
        if name in holder and holder[name].SerializeToString() != tensor.SerializeToString():
            raise ValueError(f"two different constants named {name}")
        holder[name] = tensor
        return name

    def from_half(self, name: str, array: npt.NDArray[np.generic], onnx_type: int) -> str:
        """Adds a constant that is stored in half precision, and widened once when the graph is loaded.

        ValueError where half precision does not hold it exactly.
        """
        holder = self.outermost or self
        stored = f"{name}_half"
        if stored not in holder.initializers:
            half = array.astype(np.float16)
            if not np.array_equal(half.astype(array.dtype), array):
                raise ValueError(f"{name} is not in half precision")
            holder.constant(stored, half)
            holder.nodes.append(helper.make_node("Cast", [stored], [name], f"{holder.prefix}_{name}", to=onnx_type))
        return name

    def integers(self, name: str, *numbers: int) -> str:
        """A vector of int64, such as a shape."""
        return self.constant(name, np.array(numbers, np.int64))

    def node(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """Adds a node with one output and returns the output's name."""
        return self.nodes_out(operator, 1, *inputs, **attributes)[0]

    def nodes_out(self, operator: str, outputs: int, *inputs: str, **attributes: Attribute) -> list[str]:
        """Adds a node with several outputs and returns their names."""
        stem = f"{self.prefix}_{len(self.nodes)}_{operator.lower()}"
        names = [stem if outputs == 1 else f"{stem}_{index}" for index in range(outputs)]
        node = helper.make_node(operator, list(inputs), names, stem)
        node.attribute.extend(helper.make_attribute(name, content) for name, content in attributes.items())
        self.nodes.append(node)
        return names

    def scan(self, body: GraphProto, states: Sequence[str], inputs: Sequence[str]) -> list[str]:
        """Adds a Scan of `body` over the first axis of `inputs`; returns last states, then the stacked outputs."""
        stem = f"{self.prefix}_{len(self.nodes)}_scan"
        names = [f"{stem}_{index}" for index in range(len(body.output))]
        node = helper.make_node("Scan", [*states, *inputs], names, stem)
        node.attribute.append(helper.make_attribute("body", body))
        node.attribute.append(helper.make_attribute("num_scan_inputs", len(inputs)))
        self.nodes.append(node)
        return names

    def rename(self, name: str, onto: str) -> None:
        """Gives a value the name that a graph's output must have."""
        self.nodes.append(helper.make_node("Identity", [name], [onto], f"{self.prefix}_{onto}"))

    def graph(self, inputs: Sequence[ValueInfoProto], outputs: Sequence[ValueInfoProto]) -> GraphProto:
        """Closes the scope."""
        return helper.make_graph(self.nodes, self.prefix, inputs, outputs, list(self.initializers.values()))
