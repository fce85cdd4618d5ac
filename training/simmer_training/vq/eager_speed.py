"""Measures how fast eager PyTorch draws from a model of codes, a row after another on one thread.

python -m simmer_training.vq.eager_speed --model ../models/pairs

Prints one line of JSON. It is what a user would run without this project: the plain loop of sample.py, with a cache.
"""

import argparse
import json
import time
from pathlib import Path
from typing import Final

import numpy as np
import torch

from simmer_training.vq.from_folder import load_folder
from simmer_training.vq.sample import Drawing, Sampler

WARM_UP_ROWS: Final = 40
MEASURED_ROWS: Final = 260


def main() -> None:
    """Draws six seconds, decodes them, and says how long each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    codec, prior = load_folder(arguments.model)
    shape = prior.shape
    random = np.random.default_rng(1)
    sampler = Sampler(prior, torch.zeros(1, 4, dtype=torch.int64), torch.zeros(1), Drawing(np.ones(shape.levels)))
    rows = []
    started = time.perf_counter()
    with torch.inference_mode():
        for row in range(WARM_UP_ROWS + MEASURED_ROWS):
            if row == WARM_UP_ROWS:
                started = time.perf_counter()
            rows.append(sampler.draw(np.ones(1), random.uniform(0, 1, (1, shape.levels)))[0][0])
        drawn = time.perf_counter() - started
        state = codec.decoder.state(1)
        started = time.perf_counter()
        for codes in rows[-MEASURED_ROWS:]:
            latents = codec.quantizer.decode(torch.from_numpy(codes.astype(np.int64)))[None, None]
            _, state = codec.decoder(latents, state)
        decoded = time.perf_counter() - started
    seconds = MEASURED_ROWS / shape.rows_a_second
    both = seconds / (drawn + decoded)
    print(json.dumps({"prior": seconds / drawn, "decoder": seconds / decoded, "both": both}))


if __name__ == "__main__":
    main()
