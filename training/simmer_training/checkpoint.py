"""What a training run leaves behind, and how to read it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from simmer_training.model import SampleRnn, Sizes


@dataclass
class Progress:
    """How far a run has come."""

    updates: int = 0
    steps: int = 0  # draws learned from, the unit of docs/models.md
    hours: float = 0.0
    held_out_bits: float = float("nan")
    rate: float = 1.0  # of the learning rate: halved whenever the run fell apart and went back


@dataclass(frozen=True)
class Checkpoint:
    """A run at one moment."""

    sizes: Sizes
    weights: dict[str, torch.Tensor]
    averaged: dict[str, torch.Tensor]  # exponential moving average of the weights: what is exported
    optimizer: dict[str, Any]
    progress: Progress

    def save(self, path: Path) -> None:
        """Writes the file whole or not at all."""
        content = {
            "sizes": self.sizes.as_dict(),
            "weights": self.weights,
            "averaged": self.averaged,
            "optimizer": self.optimizer,
            "progress": vars(self.progress),
        }
        partial = path.with_suffix(".partial")
        torch.save(content, partial)
        partial.replace(path)

    @staticmethod
    def load(path: Path) -> "Checkpoint":
        """Reads what `save` wrote; tensors and plain values only."""
        content = torch.load(path, map_location="cpu", weights_only=True)
        return Checkpoint(
            Sizes(**content["sizes"]),
            content["weights"],
            content["averaged"],
            content["optimizer"],
            Progress(**content["progress"]),
        )


def load_model(path: Path) -> tuple[SampleRnn, Progress]:
    """The averaged network of a checkpoint, ready to evaluate or export."""
    saved = Checkpoint.load(path)
    model = SampleRnn(saved.sizes)
    model.load_state_dict(saved.averaged)
    model.requires_grad_(False)
    return model.eval(), saved.progress
