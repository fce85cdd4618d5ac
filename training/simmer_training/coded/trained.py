"""Reads what both trainers left."""

from pathlib import Path

import torch

from simmer_training.coded.codebooks import Codebooks
from simmer_training.coded.train_rows import load_prior
from simmer_training.coded.train_sound import load_sound
from simmer_training.coded.weights import CodedModel, Trained


def load_trained(folder: Path) -> CodedModel:
    """From where the trainers leave it, build/NAME."""
    sound, rows = (
        torch.load(folder / name, map_location="cpu", weights_only=True)["progress"] for name in ("sound.pt", "rows.pt")
    )
    hours = (sound["seconds"] + rows["seconds"]) / 3600
    trained = Trained(sound["steps"], sound["held_out_bits"], rows["best_bits"], hours)
    books = Codebooks.load(folder / "codebooks.npy")
    return CodedModel(load_sound(folder / "sound.pt"), load_prior(folder / "rows.pt"), books, trained)
