"""Works out what a weight file of the kernel makes of audio, in float64: the arithmetic of docs/models.md once more.

    python -m simmer_training.kernel_reference --name one-song

Nothing is shared with what wrote the file or with the kernel itself, so an error of either shows as a difference. It is
teacher-forced, without a guide and at temperature 1; since every bin is known beforehand, only the recurrent states are
one after another. The command measures both files on the whole performance that the model has never heard, and
keeps the result in reference/held-out.json, from where the card takes it.
"""

import argparse
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ, Bins, load_dataset
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED

Array = npt.NDArray[np.float64]

BLOCK: Final = 64
FRAME: Final = 16
FRAMES: Final = BLOCK // FRAME
BINS: Final = 256
HEADER: Final = struct.Struct("<4s7I4f")
FIRST_SECTION: Final = 64
BLOCKS_AT_ONCE: Final = 256
SMALLEST_ACTIVATION: Final = 1e-30  # below it a vector counts as zeros


@dataclass(frozen=True)
class Layer:
    """A matrix [outputs, inputs] with its bias, and what its inputs are rounded to."""

    matrix: Array
    bias: Array
    largest_input: int | None  # as a whole number; None leaves inputs as they are

    def __call__(self, inputs: Array) -> Array:
        """Products with rows of inputs [..., inputs]."""
        if self.largest_input is not None:
            highest = np.abs(inputs).max(axis=-1, keepdims=True)
            scale = np.where(highest > SMALLEST_ACTIVATION, highest / self.largest_input, np.inf)
            inputs = np.rint(inputs / scale) * np.where(np.isinf(scale), 0, scale)
        products: Array = inputs @ self.matrix.T + self.bias
        return products


@dataclass(frozen=True)
class KernelNetwork:
    """What a weight file holds, in its order; matrices of 8 bits are multiplied out."""

    top_input: Layer
    top_recurrent: Layer
    frame_condition: Layer
    frame_input: Array  # [3D, 16]
    frame_recurrent: Layer
    sample_condition: Layer
    history: Array  # [16, 256, M]
    third: Layer
    output: Layer
    top_start: Array
    frame_start: Array


def largest_input(inputs: int) -> int:
    """What the kernel rounds the largest of so many inputs to: a sum of them times any bytes must fit 32 bits."""
    return min(2**15 - 1, (2**31 - 1) // (127 * inputs))


class _Reader:
    """Takes sections off a weight file, one after the other."""

    def __init__(self, content: bytes, precision: int, *, round_activations: bool) -> None:
        self._content, self._at = content, FIRST_SECTION
        self._in_8_bits, self._round = precision == 8, round_activations and precision == 8

    def floats(self, *shape: int) -> Array:
        """float32 values."""
        return self._take("<f4", *shape)

    def layer(self, outputs: int, inputs: int) -> Layer:
        """A matrix in the file's precision, and its bias."""
        if not self._in_8_bits:
            return Layer(self.floats(outputs, inputs), self.floats(outputs), None)
        scales = self.floats(outputs)
        matrix = scales[:, None] * self._take("<i1", outputs, inputs)
        return Layer(matrix, self.floats(outputs), largest_input(inputs) if self._round else None)

    def history(self, hidden: int) -> Array:
        """The history's table."""
        shape = (FRAME, BINS, hidden)
        return float(self.floats(1)[0]) * self._take("<i2", *shape) if self._in_8_bits else self.floats(*shape)

    def finish(self) -> None:
        """Raises ValueError unless all of the file was read."""
        if self._at != len(self._content):
            raise ValueError(f"{len(self._content)} bytes, where {self._at} are described")

    def _take(self, kind: str, *shape: int) -> Array:
        count = int(np.prod(shape))
        end = self._at + count * np.dtype(kind).itemsize
        if end > len(self._content):
            raise ValueError(f"{len(self._content)} bytes, too few for what they describe")
        values = np.frombuffer(self._content, kind, count, self._at).astype(np.float64).reshape(shape)
        self._at = end + -end % 16
        return values


def read_weight_file(content: bytes, *, round_activations: bool = True) -> KernelNetwork:
    """Reads a weight file; `round_activations` says whether a file of 8 bits gets the kernel's 16-bit inputs.

    Raises ValueError for what is no such file.
    """
    if len(content) < FIRST_SECTION:
        raise ValueError(f"{len(content)} bytes hold no header")
    magic, version, precision, width, hidden, block, frame, bins, *_ = HEADER.unpack_from(content)
    if (magic, version, block, frame, bins) != (b"SMRW", 2, BLOCK, FRAME, BINS) or precision not in (8, 32):
        raise ValueError("not a weight file of the kernel, version 2")
    reader = _Reader(content, precision, round_activations=round_activations)
    network = KernelNetwork(
        top_input=Layer(reader.floats(3 * width, BLOCK), reader.floats(3 * width), None),
        top_recurrent=reader.layer(3 * width, width),
        frame_condition=reader.layer(FRAMES * 3 * width, width),
        frame_input=reader.floats(3 * width, FRAME),
        frame_recurrent=reader.layer(3 * width, width),
        sample_condition=reader.layer(FRAME * hidden, width),
        history=reader.history(hidden),
        third=reader.layer(hidden, hidden),
        output=reader.layer(BINS, hidden),
        top_start=reader.floats(width),
        frame_start=reader.floats(width),
    )
    reader.finish()
    return network


def log2_probabilities(network: KernelNetwork, bins: Bins) -> Iterator[Array]:
    """log2 p of all 256 bins at every step [steps, 256], in pieces that follow each other.

    `bins` begins with the block of history, and what follows must be whole blocks.
    """
    if len(bins) % BLOCK:
        raise ValueError(f"{len(bins)} steps are not whole blocks of {BLOCK}")
    top, frame = network.top_start, network.frame_start
    for begin in range(0, len(bins) - BLOCK, BLOCKS_AT_ONCE * BLOCK):
        piece = bins[begin : begin + (BLOCKS_AT_ONCE + 1) * BLOCK]  # with the block before
        blocks = piece[:-BLOCK].reshape(-1, BLOCK).astype(np.float64)
        tops = _states(network.top_recurrent, network.top_input(blocks), top)
        arriving = network.frame_condition(tops).reshape(-1, network.frame_input.shape[0])
        arriving += piece[BLOCK - FRAME : -FRAME].reshape(-1, FRAME) @ network.frame_input.T
        frames = _states(network.frame_recurrent, arriving, frame)
        top, frame = tops[-1], frames[-1]
        hidden = network.sample_condition(frames).reshape(len(piece) - BLOCK, -1)
        for place in range(FRAME):
            heard = piece[BLOCK - FRAME + place :][: len(hidden)]
            hidden += network.history[place][heard]
        hidden = np.maximum(network.third(np.maximum(hidden, 0)), 0)
        logits = network.output(hidden)
        logits -= logits.max(axis=1, keepdims=True)
        yield (logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))) / np.log(2)


def bits_per_step(network: KernelNetwork, bins: Bins) -> float:
    """The mean of -log2 p of each bin after the block of history."""
    found, at = [], BLOCK
    for logs in log2_probabilities(network, bins):
        found.append(-logs[np.arange(len(logs)), bins[at : at + len(logs)]])
        at += len(logs)
    return float(np.concatenate(found).mean())


def _states(recurrent: Layer, arriving: Array, state: Array) -> Array:
    """All states [steps, D] of a GRU (PyTorch's), from its inputs' share of the gates [steps, 3D]."""
    states = np.empty((len(arriving), len(state)))
    for step, row in enumerate(arriving):
        reset_in, update_in, new_in = np.split(row, 3)
        reset_on, update_on, new_on = np.split(recurrent(state), 3)
        reset, update = _sigmoid(reset_in + reset_on), _sigmoid(update_in + update_on)
        new = np.tanh(new_in + reset * new_on)
        states[step] = state = new + update * (state - new)
    return states


def _sigmoid(values: Array) -> Array:
    return 0.5 + 0.5 * np.tanh(0.5 * values)


def whole_blocks(bins: Bins) -> Bins:
    """Without what is left over at the end."""
    return bins[: len(bins) // BLOCK * BLOCK]


def measure_rounding(places: Places) -> None:
    """Measures the unseen performance, and as a comparison one that was learned; adds to reference/held-out.json."""
    exact, rounded = ((places.model / f"weights-{name}.bin").read_bytes() for name in ("float32", "int8"))
    dataset = load_dataset(places.dataset)
    measured: dict[str, float] = {}
    for name, performance in (("unseen", dataset.held_out[0]), ("learned", dataset.training[-1])):
        bins = whole_blocks(performance)
        full = bits_per_step(read_weight_file(exact), bins)
        weights_only = bits_per_step(read_weight_file(rounded, round_activations=False), bins)
        all_rounded = bits_per_step(read_weight_file(rounded), bins)
        seconds = (len(bins) - BLOCK) / SAMPLE_RATE_HZ
        print(f"{name}, {seconds:.1f} s: {full:.6f} bits per step; 8-bit weights {weights_only - full:+.6f}, ", end="")
        print(f"with 16-bit activations {all_rounded - full:+.6f}", flush=True)
        if name == "unseen":
            measured = {"wholeSteps": len(bins) - BLOCK, "wholeBitsPerStep": round(full, 6)}
            measured["wholeInt8BitsPerStep"] = round(all_rounded, 6)
    path = places.reference / "held-out.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **measured}, indent=2) + "\n")


def main() -> None:
    """Measures one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    measure_rounding(Places(parser.parse_args().name))


if __name__ == "__main__":
    main()
