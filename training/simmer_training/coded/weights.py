"""Both networks of a SampleRNN under codes without what only training needs, in one file in half precision.

From it the model folder can be made again, takes be drawn with PyTorch, and training go on.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from simmer_training.coded.codebooks import Codebooks
from simmer_training.coded.row_prior import RowPrior, RowPriorShape
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.model import Sizes
from simmer_training.vq.half import round_to_half

KIND: Final = "samplernn under codes"


@dataclass(frozen=True)
class Trained:
    """How far both trainings came."""

    steps: int  # of the sound
    held_out_bits: float  # a step of the sound
    rows_held_out_bits: float  # a row of codes
    hours: float  # of both


@dataclass(frozen=True)
class CodedModel:
    """A trained pair of sound and prior, and the codebooks between them."""

    sound: CodedSampleRnn
    prior: RowPrior
    books: Codebooks
    trained: Trained

    def in_half(self) -> "CodedModel":
        """Rounds the weights of both networks to half precision, in place: what is measured is what is shipped."""
        round_to_half(self.sound)
        round_to_half(self.prior)
        return self


def save_coded_weights(model: CodedModel, path: Path) -> None:
    """Writes the file; the weights must be in half precision already."""
    prior = dict(model.prior.state_dict())
    before = prior.pop("before")
    content = {
        "kind": KIND,
        "sizes": model.sound.sizes.as_dict(),
        "levels": model.sound.levels,
        "codes": model.sound.codes,
        "shape": model.prior.shape.as_dict(),
        "sound": _half(model.sound.state_dict()),
        "prior": _half(prior),
        # A level hears those before it alone; the rest of the table was never used.
        "before": [before[level, :level].half() for level in range(model.prior.shape.levels)],
        "codebooks": torch.from_numpy(model.books.vectors.astype(np.float32)),
        "trained": asdict(model.trained),
    }
    torch.save(content, path)


def is_coded(path: Path) -> bool:
    """Whether this is such a file, rather than one of a plain SampleRNN."""
    content: dict[str, Any] = torch.load(path, map_location="cpu", weights_only=True)
    return content.get("kind") == KIND


def load_coded_weights(path: Path) -> CodedModel:
    """Reads what `save_coded_weights` wrote, as float32. ValueError where it is something else."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    if content.get("kind") != KIND:
        raise ValueError(f"{path} holds no weights of a SampleRNN under codes")
    sound = CodedSampleRnn(Sizes(**content["sizes"]), content["levels"], content["codes"])
    sound.load_state_dict(content["sound"])
    prior = RowPrior(RowPriorShape(**content["shape"]))
    before = torch.zeros_like(prior.before)
    for level, kept in enumerate(content["before"]):
        before[level, :level] = kept.float()
    prior.load_state_dict({**content["prior"], "before": before})
    books = Codebooks(content["codebooks"].double().numpy())
    for module in (sound, prior):
        module.requires_grad_(False).eval()
    return CodedModel(sound, prior, books, Trained(**content["trained"]))


def _half(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.half() for name, tensor in weights.items()}
