"""Finds where a model came to rest in takes of its own, for training to show it the way out (holds.py).

    python -m simmer_training.rests --name one-song takes/*.wav

Takes are WAV files at the model's rate, as `simmer render --rate 16000` makes them; the more temperatures, the better.
What is found is added to build/NAME/rests.npz, which the next run of the trainer reads.
"""

import argparse
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from simmer_training.dataset import Bins, load_dataset
from simmer_training.quantizer import amplitude_to_bin

FILE: Final = "rests.npz"
HOP_STEPS: Final = 512
AVERAGED: Final = 6  # hops, 0.2 s
REST_HOPS: Final = 48  # 1.5 s at 16 kHz: shorter ones are notes
STILL: Final = 0.3  # of what the tenth of the recordings' hops exceeds that begins most: below it nothing begins
KEPT: Final = 400  # of the newest stretches


def flux_of(audio: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """How much begins at a hop: by how many dB the power of 24 bands rises from the hops before to those from there on.

    Each is a mean over AVERAGED hops, since a model's rests are noisy: single hops of noise rise and fall all the time.
    """
    frames = np.lib.stride_tricks.sliding_window_view(audio, 2 * HOP_STEPS)[::HOP_STEPS] * np.hanning(2 * HOP_STEPS)
    power = np.abs(np.fft.rfft(frames)) ** 2
    edges = np.unique(np.geomspace(2, power.shape[1], 25).astype(int))
    bands = np.stack([power[:, low:high].sum(1) for low, high in pairwise(edges)], 1)
    sums = np.cumsum(np.pad(bands, ((1, 0), (0, 0))), axis=0)
    levels = 10 * np.log10((sums[AVERAGED:] - sums[:-AVERAGED]) / AVERAGED + 1e-6)
    flux: npt.NDArray[np.float64] = np.maximum(0, levels[AVERAGED:] - levels[:-AVERAGED]).mean(1)
    return flux


def rests_of(audio: npt.NDArray[np.float64], still: float) -> list[tuple[int, int]]:
    """Stretches [from, to) of REST_HOPS or more in which nothing begins: the flux stays below `still`."""
    if len(audio) < 3 * AVERAGED * HOP_STEPS:
        return []
    calm = np.append(flux_of(audio) < still, False)
    found, begin = [], None
    for hop, is_calm in enumerate(calm):
        if is_calm and begin is None:
            begin = hop
        elif not is_calm and begin is not None:
            if hop - begin >= REST_HOPS:
                found.append(((begin + AVERAGED) * HOP_STEPS, hop * HOP_STEPS))
            begin = None
    return found


def load_rests(folder: Path) -> list[Bins]:
    """What was found so far; nothing where nobody has looked."""
    path = folder / FILE
    if not path.exists():
        return []
    with np.load(path) as known:
        return [known[name] for name in known.files]


def save_rests(folder: Path, rests: Sequence[Bins]) -> None:
    """Keeps the newest."""
    np.savez_compressed(folder / FILE, *rests[-KEPT:])


def main() -> None:
    """Looks through takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="of the model; everything lies in build/NAME")
    parser.add_argument("takes", nargs="+", type=Path)
    arguments = parser.parse_args()
    folder = Path("build", arguments.name)
    dataset = load_dataset(folder / "dataset")
    # How much begins in the recordings, note for note: a rest has far less.
    onsets = np.concatenate([flux_of(dataset.heard(bins)) for bins in dataset.training])
    still = STILL * float(np.quantile(onsets, 0.9))
    found: list[Bins] = []
    for path in arguments.takes:
        audio, rate = soundfile.read(path, dtype="float64")
        if rate != dataset.sample_rate_hz or audio.ndim != 1:
            raise SystemExit(f"{path} is not mono at {dataset.sample_rate_hz} Hz")
        bins = amplitude_to_bin(dataset.emphasis.apply(audio))
        found += [bins[begin:end] for begin, end in rests_of(audio, still)]
    save_rests(folder, [*load_rests(folder), *found])
    seconds = sum(map(len, found)) / dataset.sample_rate_hz
    print(f"{len(found)} rests, {seconds:.0f} s in all, in {len(arguments.takes)} takes")


if __name__ == "__main__":
    main()
