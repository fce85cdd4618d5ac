"""Writes ten seconds that the model has never heard, for engines that are tested where PyTorch is not installed.

    python -m simmer_training.held_out_reference --name one-song

held-out.u8 holds the bins from the beginning of the unseen performance, one byte a step; held-out.json what PyTorch
makes of them in float64, from the learned states and with silence before: bits per step, the mean of -log2 p of each
bin; and the same with the kernel's 8-bit weights and its arithmetic (kernel_reference.py).
"""

import argparse
import json
from typing import Final

import torch
from torch.nn import functional

from simmer_training.dataset import SAMPLE_RATE_HZ, Bins, load_dataset
from simmer_training.kernel_reference import bits_per_step as kernel_bits_per_step
from simmer_training.kernel_weight_file import read_weight_file
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED
from simmer_training.weights import load_weights

STEPS: Final = 10 * SAMPLE_RATE_HZ


def bits_per_step(model: SampleRnn, bins: Bins) -> float:
    """Of bins after a block of history, in the precision of the model."""
    with torch.inference_mode():
        logits, _ = model(torch.from_numpy(bins.astype("int64"))[None], model.start(1))
        targets = torch.from_numpy(bins[BLOCK_STEPS:].astype("int64"))
        return float(functional.cross_entropy(logits[0], targets)) / float(torch.log(torch.tensor(2.0)))


def write_held_out_reference(places: Places) -> None:
    """Writes the files, from the kept weights and the exported 8-bit weights."""
    model = load_weights(places.weights)
    bins = load_dataset(places.dataset).held_out[0][: BLOCK_STEPS + STEPS]
    bits = bits_per_step(model.double(), bins)
    places.reference.mkdir(parents=True, exist_ok=True)
    (places.reference / "held-out.u8").write_bytes(bins[BLOCK_STEPS:].tobytes())
    rounded = read_weight_file((places.model / "weights-int8.bin").read_bytes())
    rounded_bits = kernel_bits_per_step(rounded, bins)
    measured = {"steps": STEPS, "bitsPerStep": round(bits, 6), "int8BitsPerStep": round(rounded_bits, 6)}
    path = places.reference / "held-out.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, **measured}, indent=2) + "\n")
    print(f"{places.reference}: {STEPS} steps, {bits:.6f} bits per step, {rounded_bits:.6f} in 8 bits")


def main() -> None:
    """Writes the files of one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    torch.set_num_threads(1)
    write_held_out_reference(Places(parser.parse_args().name))


if __name__ == "__main__":
    main()
