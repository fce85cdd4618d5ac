"""Writes the graph with 8-bit weights, as a user of ONNX Runtime would: a yardstick for the kernel, not a model.

    python -m simmer_training.quantized_graph --out model-8bit.onnx [--weights ../models/one-song/weights.pt]
    python -m simmer_training.quantized_graph --out FOLDER --random 256/128 512/256

Every large matrix becomes a MatMulNBits (com.microsoft; blocks of 128 inputs, 8 bits, activations in 8 bits too), which
of ONNX Runtime's ways is the fastest here with one row. With --random, the folder gets for each size D/M of the tiers a
network with random weights: model-D-M.onnx in float32, model-D-M-8bit.onnx, and the kernel's weight files. Either
way the command says how far from the float64 network the graph of 8 bits is, along a second that it draws.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import torch
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from simmer_training.fold import Folded, fold, start_state
from simmer_training.graph import GraphBuilder, GuidePull
from simmer_training.graph_distance import bits_lost
from simmer_training.kernel_weight_file import read_weight_file
from simmer_training.kernel_weights import FLOAT32, INT8, weight_file
from simmer_training.model import SampleRnn, Sizes
from simmer_training.weights import load_weights

BITS: Final = 8
BLOCK: Final = 128
ZERO: Final = 128
ACTIVATIONS_IN_8_BITS: Final = 4
SMALLEST: Final = 128 * 64  # smaller matrices would gain nothing
COMPARED_STEPS: Final = 16_000


def quantize_graph(model: ModelProto) -> ModelProto:
    """The model with every large constant matrix in 8 bits."""
    quantized = ModelProto()
    quantized.CopyFrom(model)
    graph = quantized.graph
    matrices = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    packed: set[str] = set()
    _replace(graph, matrices, packed)
    kept = [tensor for tensor in graph.initializer if tensor.name not in packed]
    del graph.initializer[:]
    graph.initializer.extend(kept)
    quantized.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return quantized


def _replace(graph: GraphProto, matrices: dict[str, np.ndarray], packed: set[str]) -> None:
    """Replaces products with constant matrices in a graph and in the graphs inside it."""
    nodes: list[NodeProto] = []
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _replace(attribute.g, matrices, packed)
        matrix = matrices.get(node.input[1]) if node.op_type == "Gemm" else None
        if matrix is None or matrix.ndim != 2 or matrix.size < SMALLEST or matrix.shape[0] % BLOCK:
            nodes.append(node)
            continue
        name = node.input[1]
        inputs, outputs = matrix.shape
        packed.add(name)
        # In the graph that uses it: what lies outside a Scan is not packed for it, and is five times as slow.
        graph.initializer.extend(_pack(name, matrix))
        product = f"{node.output[0]}_product"
        sizes = {"K": inputs, "N": outputs, "bits": BITS, "block_size": BLOCK}
        nodes.append(
            helper.make_node(
                "MatMulNBits",
                [node.input[0], f"{name}_8bit", f"{name}_scales"],
                [product],
                domain="com.microsoft",
                accuracy_level=ACTIVATIONS_IN_8_BITS,
                **sizes,
            )
        )
        nodes.append(helper.make_node("Add", [product, node.input[2]], [node.output[0]]))
    del graph.node[:]
    graph.node.extend(nodes)


def _pack(name: str, matrix: np.ndarray) -> list[TensorProto]:
    """A matrix [K, N] as bytes [N, K / BLOCK, BLOCK] around 128, and a scale for each BLOCK of them."""
    blocks = matrix.T.reshape(matrix.shape[1], -1, BLOCK).astype(np.float64)
    scales = np.abs(blocks).max(axis=2) / (ZERO - 1)
    scales[scales == 0] = 1
    values = np.clip(np.rint(blocks / scales[:, :, None]) + ZERO, 0, 255).astype(np.uint8)
    return [
        numpy_helper.from_array(values, f"{name}_8bit"),
        numpy_helper.from_array(scales.astype(np.float32).ravel(), f"{name}_scales"),
    ]


def random_network(width: int, hidden: int, seed: int = 2017) -> SampleRnn:
    """Untrained, with an output loud enough that its entropy is that of a trained one, some 3 bits."""
    torch.manual_seed(seed)
    model = SampleRnn(Sizes(recurrent=width, sample=hidden))
    with torch.no_grad():
        model.output.weight *= 12
        model.top_start.normal_()
        model.frame_start.normal_()
    return model.requires_grad_(False)


def parse_sizes(text: str) -> tuple[int, int]:
    """The widths D and M of "D/M". Raises ArgumentTypeError for anything else."""
    parts = text.split("/")
    if len(parts) != 2 or not all(part.isascii() and part.isdigit() and int(part) > 0 for part in parts):
        raise argparse.ArgumentTypeError(f"{text!r} is not two widths such as 256/128")
    return int(parts[0]), int(parts[1])


def _bits_lost(quantized: ModelProto, folded: Folded, float32_weights: bytes) -> float:
    state = start_state(folded).astype(np.float32)
    return bits_lost(quantized, read_weight_file(float32_weights), state, COMPARED_STEPS)


def _write_random(folder: Path, width: int, hidden: int) -> None:
    folded, pull = fold(random_network(width, hidden)), GuidePull()
    graph = GraphBuilder(folded, pull=pull).build()
    stem = folder / f"model-{width}-{hidden}"
    folder.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".onnx").write_bytes(graph.SerializeToString())
    quantized, exact = quantize_graph(graph), weight_file(folded, pull, FLOAT32)
    Path(f"{stem}-8bit.onnx").write_bytes(quantized.SerializeToString())
    Path(f"{stem}-int8.bin").write_bytes(weight_file(folded, pull, INT8))
    Path(f"{stem}-float32.bin").write_bytes(exact)
    Path(f"{stem}-state.f32").write_bytes(start_state(folded).astype("<f4").tobytes())
    lost = _bits_lost(quantized, folded, exact)
    print(f"{stem}: {folded.parameters():,} folded weights; 8 bits lose {lost:.4f} bits per step")


def main() -> None:
    """Writes one graph, or a folder of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, default=Path("../models/one-song/weights.pt"))
    parser.add_argument(
        "--random", nargs="+", type=parse_sizes, metavar="D/M", help="sizes of networks with random weights"
    )
    arguments = parser.parse_args()
    if arguments.random:
        for width, hidden in arguments.random:
            _write_random(arguments.out, width, hidden)
        return
    folded, pull = fold(load_weights(arguments.weights)), GuidePull()
    quantized = quantize_graph(GraphBuilder(folded, pull=pull).build())
    arguments.out.write_bytes(quantized.SerializeToString())
    lost = _bits_lost(quantized, folded, weight_file(folded, pull, FLOAT32))
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes; 8 bits lose {lost:.4f} bits per step")


if __name__ == "__main__":
    main()
