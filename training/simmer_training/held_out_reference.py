"""Writes ten seconds that the model has never heard, for engines that are tested where PyTorch is not installed.

    python -m simmer_training.held_out_reference --name one-song

held-out.u8 holds the bins from the beginning of the unseen performance, one byte a step; held-out.json what PyTorch
makes of them in float64, from the learned states and with silence before: bits per step, the mean of -log2 p of each
bin. An engine whose weights are rounded is measured by how many bits more it needs.
"""

import argparse
import json
from typing import Final

import torch
from torch.nn import functional

from simmer_training.checkpoint import load_model
from simmer_training.dataset import SAMPLE_RATE_HZ, Bins, load_dataset
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED

STEPS: Final = 10 * SAMPLE_RATE_HZ


def bits_per_step(model: SampleRnn, bins: Bins) -> float:
    """Of bins after a block of history, in the precision of the model."""
    with torch.inference_mode():
        logits, _ = model(torch.from_numpy(bins.astype("int64"))[None], model.start(1))
        targets = torch.from_numpy(bins[BLOCK_STEPS:].astype("int64"))
        return float(functional.cross_entropy(logits[0], targets)) / float(torch.log(torch.tensor(2.0)))


def main() -> None:
    """Writes the files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    places = Places(parser.parse_args().name)
    torch.set_num_threads(1)
    model, _ = load_model(places.checkpoint)
    bins = load_dataset(places.dataset).held_out[0][: BLOCK_STEPS + STEPS]
    bits = bits_per_step(model.double(), bins)
    places.reference.mkdir(parents=True, exist_ok=True)
    (places.reference / "held-out.u8").write_bytes(bins[BLOCK_STEPS:].tobytes())
    path = places.reference / "held-out.json"
    # What engines need is measured by their own tests (test/kernel/shipped-model.test.ts), and stays.
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps({**known, "steps": STEPS, "bitsPerStep": round(bits, 6)}, indent=2) + "\n")
    print(f"{places.reference}: {STEPS} steps, {bits:.6f} bits per step")


if __name__ == "__main__":
    main()
