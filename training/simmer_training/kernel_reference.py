"""Works out what a weight file of the kernel makes of audio, in float64: the arithmetic of docs/models.md once more.

    python -m simmer_training.kernel_reference --name one-song

Nothing is shared with what wrote the file or with the kernel itself, so an error of either shows as a difference. It is
teacher-forced, without a guide and at temperature 1; since every bin is known beforehand, only the recurrent states are
one after another. The command measures both files on the whole performance that the model has never heard, and
keeps the result in reference/held-out.json, from where the card takes it.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ, Bins, load_dataset
from simmer_training.kernel_weight_file import BLOCK, FRAME, KernelNetwork, Layer, read_weight_file
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED

Array = npt.NDArray[np.float64]

BLOCKS_AT_ONCE: Final = 256


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
        tops = gru_states(network.top_recurrent, network.top_input(blocks), top)
        arriving = network.frame_condition(tops).reshape(-1, network.frame_input.shape[0])
        arriving += piece[BLOCK - FRAME : -FRAME].reshape(-1, FRAME) @ network.frame_input.T
        frames = gru_states(network.frame_recurrent, arriving, frame)
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


def gru_states(recurrent: Layer, arriving: Array, state: Array) -> Array:
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
