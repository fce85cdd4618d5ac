"""Writes ten seconds drawn by PyTorch in float64, for engines that are tested where PyTorch is not installed.

    python -m simmer_training.reference_draws --name one-song

Three raw files, one value a step: temperature.f32 and uniform.f32 (little-endian float32) and drawn.u8. Guide strength
is 0 throughout; the tail guard is on. Where the number to be read would lie closer than MARGIN to an entry of the
cumulative distribution, another is taken: so an engine that computes in float32 has no excuse, and all of its draws
must be equal.
"""

import argparse
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.graph import TAIL_FLOOR, GuidePull
from simmer_training.graph_run import noise
from simmer_training.places import Places
from simmer_training.reference import Controls, ReferenceSampler, draw_bin, margin
from simmer_training.shipped import SHIPPED
from simmer_training.weights import load_weights

STEPS: Final = 10 * SAMPLE_RATE_HZ
MARGIN: Final = 5e-5
NOISE_SEED: Final = 2017


def varying_temperature(steps: int) -> npt.NDArray[np.float32]:
    """A lane from 0.5 to 1.3 and back every two seconds, with a jump of 0.2 at every half second."""
    step = np.arange(steps)
    swing = 0.8 - 0.3 * np.cos(2 * np.pi * step / (2 * SAMPLE_RATE_HZ))
    return (swing + 0.2 * (step // (SAMPLE_RATE_HZ // 2) % 2)).astype(np.float32)


def reference_draws(sampler: ReferenceSampler, steps: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    """The uniforms that were read at, and the bins drawn."""
    spare = iter(noise(steps, NOISE_SEED + 1))
    uniform, drawn = noise(steps, NOISE_SEED), np.zeros(steps, np.uint8)
    with torch.inference_mode():
        for step, cumulative in enumerate(sampler.cumulative()):
            while margin(cumulative, float(uniform[step])) < MARGIN:
                uniform[step] = next(spare)
            drawn[step] = draw_bin(cumulative, float(uniform[step]))
            sampler.settle(step, int(drawn[step]))
    return uniform, drawn


def write_reference_draws(places: Places) -> None:
    """Writes the files, from the kept weights."""
    out = places.reference
    model = load_weights(places.weights)
    lane = varying_temperature(STEPS)
    sampler = ReferenceSampler(model, Controls.unguided(lane), torch.float64, GuidePull(), TAIL_FLOOR)
    uniform, drawn = reference_draws(sampler, STEPS)
    out.mkdir(parents=True, exist_ok=True)
    (out / "temperature.f32").write_bytes(lane.astype("<f4").tobytes())
    (out / "uniform.f32").write_bytes(uniform.astype("<f4").tobytes())
    (out / "drawn.u8").write_bytes(drawn.tobytes())
    print(f"{out}: {STEPS} draws, {len(np.unique(drawn))} different bins")


def main() -> None:
    """Writes the files of one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    torch.set_num_threads(1)
    write_reference_draws(Places(parser.parse_args().name))


if __name__ == "__main__":
    main()
