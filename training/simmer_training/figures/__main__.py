"""Measures the takes that `npm run figures` drew, and writes figures.json and figures.md beside them.

python -m simmer_training.figures --takes FOLDER --out FOLDER --weights FILE --dataset FOLDER --other-dataset FOLDER
    [--demo-grade CHECKPOINT]
"""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from simmer_training.checkpoint import load_model
from simmer_training.dataset import Bins, Dataset, load_dataset
from simmer_training.figures.copying import copying_figure
from simmer_training.figures.entropy import entropy_figure
from simmer_training.figures.following import following_figure
from simmer_training.figures.guiding import guiding_figure
from simmer_training.figures.health import health_figure
from simmer_training.figures.likeness import likeness_figure
from simmer_training.figures.local_repetition import local_repetition_figure
from simmer_training.figures.network import NetworkUnderCodes, PlainNetwork, load_network
from simmer_training.figures.page import write_page
from simmer_training.figures.repetition import repetition_figure
from simmer_training.figures.surprise import surprise_figure
from simmer_training.figures.takes import load_takes
from simmer_training.figures.verdict import Figure
from simmer_training.model import BLOCK_STEPS

LIBRARY_MINUTES = 10


def audio_of(dataset: Dataset, pieces: list[Bins]) -> npt.NDArray[np.float64]:
    """The pieces as one stretch of amplitudes, without the silence before each."""
    return np.concatenate([dataset.heard(bins) for bins in pieces])


def library_of(dataset: Dataset) -> npt.NDArray[np.float64]:
    """So much of each training piece that together they last LIBRARY_MINUTES."""
    steps = LIBRARY_MINUTES * 60 * dataset.sample_rate_hz // len(dataset.training)
    return audio_of(dataset, [bins[: BLOCK_STEPS + steps] for bins in dataset.training])


def main() -> None:
    """Measures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("takes", "out", "weights", "dataset", "other-dataset"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--demo-grade", type=Path, help="checkpoint of the demo's architecture, same audio")
    arguments = parser.parse_args()
    demo_grade = PlainNetwork(load_model(arguments.demo_grade)[0]) if arguments.demo_grade else None
    torch.set_num_threads(1)
    takes = load_takes(arguments.takes)
    dataset, other = load_dataset(arguments.dataset), load_dataset(arguments.other_dataset)
    model = load_network(arguments.weights, dataset.emphasis)
    song, other_song = library_of(dataset), library_of(other)
    unseen, other_unseen = audio_of(dataset, dataset.held_out), audio_of(other, other.held_out)
    wanted: dict[str, Callable[[], Figure]] = {
        "surprise": lambda: surprise_figure(model, dataset, demo_grade),
        "entropy": lambda: entropy_figure(takes, model, dataset.held_out[0]),
        "repetition": lambda: repetition_figure(takes, song),
        "likeness": lambda: likeness_figure(takes, song, unseen, other_song, other_unseen),
        "following": lambda: following_figure(takes),
        "local": lambda: local_repetition_figure(takes),
        "guiding": lambda: guiding_figure(takes),
        "health": lambda: health_figure(takes),
    }
    if isinstance(model, NetworkUnderCodes):
        books = model.model.books
        wanted["copying"] = lambda: copying_figure(takes, dataset, books)
    figures: dict[str, Figure] = {}
    for name, measure in wanted.items():
        figures[name] = measure()
        verdicts = [*figures[name].verdicts, *figures[name].controls]
        print(f"{name}: {sum(verdict.holds for verdict in verdicts)} of {len(verdicts)} hold", flush=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    content = {name: asdict(figure) for name, figure in figures.items()}
    (arguments.out / "figures.json").write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    write_page(figures, arguments.out / "figures.md")


if __name__ == "__main__":
    main()
