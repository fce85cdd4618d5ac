"""Measures how fast eager PyTorch draws, one step after another on one thread.

    python -m simmer_training.eager_speed --weights ../models/one-song/weights.pt
    python -m simmer_training.eager_speed --random 512/256

With --random, weights are random and D/M are the widths of the tiers.
Prints one line of JSON. It is what a user would run without this project: the plain loop of reference.py.
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.graph import GuidePull
from simmer_training.graph_run import noise
from simmer_training.quantized_graph import parse_sizes, random_network
from simmer_training.reference import Controls, ReferenceSampler, draw_bin
from simmer_training.weights import load_weights

WARM_UP_STEPS = 320
MEASURED_STEPS = 3200


def main() -> None:
    """Draws a fifth of a second and says how long it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    network = parser.add_mutually_exclusive_group(required=True)
    network.add_argument("--weights", type=Path)
    network.add_argument("--random", type=parse_sizes, metavar="D/M")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    steps = WARM_UP_STEPS + MEASURED_STEPS
    uniform = noise(steps, 1)
    controls = Controls.unguided(np.ones(steps, np.float32))
    model = random_network(*arguments.random) if arguments.random else load_weights(arguments.weights)
    sampler = ReferenceSampler(model, controls, torch.float32, GuidePull())
    started = time.perf_counter()
    with torch.inference_mode():
        for step, cumulative in enumerate(sampler.cumulative()):
            if step == WARM_UP_STEPS:
                started = time.perf_counter()
            sampler.settle(step, draw_bin(cumulative, float(uniform[step])))
    seconds = time.perf_counter() - started
    print(json.dumps({"realTimeFactor": MEASURED_STEPS / SAMPLE_RATE_HZ / seconds, "steps": MEASURED_STEPS}))


if __name__ == "__main__":
    main()
