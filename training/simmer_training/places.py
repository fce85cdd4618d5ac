"""Where the files of a model lie while it is made; all commands are run in training/."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Places:
    """The folders of one model."""

    name: str

    @property
    def build(self) -> Path:
        """What is not kept in the repository."""
        return Path("build", self.name)

    @property
    def dataset(self) -> Path:
        """The audio to learn from."""
        return self.build / "dataset"

    @property
    def checkpoint(self) -> Path:
        """The latest state of the training run."""
        return self.build / "checkpoint.pt"

    @property
    def model(self) -> Path:
        """The model folder that is shipped."""
        return Path("..", "models", self.name)

    @property
    def weights(self) -> Path:
        """The network as it is kept: what everything else in the model folder is made from."""
        return self.model / "weights.pt"

    @property
    def reference(self) -> Path:
        """What engines are compared with where PyTorch is not installed."""
        return self.model / "reference"
