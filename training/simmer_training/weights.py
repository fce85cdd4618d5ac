"""The averaged network alone, without what only training needs: small enough to be kept beside the exported graph.

    python -m simmer_training.weights [--checkpoint build/checkpoint.pt] [--out ../models/one-song/weights.pt]

From it the graph can be exported again, compared with PyTorch, or trained on.
"""

import argparse
from pathlib import Path

import torch

from simmer_training.checkpoint import load_model
from simmer_training.model import SampleRnn, Sizes


def save_weights(model: SampleRnn, path: Path) -> None:
    """Writes sizes and float32 weights."""
    weights = {name: tensor.to(torch.float32) for name, tensor in model.state_dict().items()}
    torch.save({"sizes": model.sizes.as_dict(), "weights": weights}, path)


def load_weights(path: Path) -> SampleRnn:
    """Reads what `save_weights` wrote; tensors and plain values only."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    model = SampleRnn(Sizes(**content["sizes"]))
    model.load_state_dict(content["weights"])
    return model.requires_grad_(False).eval()


def main() -> None:
    """Writes the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, default=Path("build/checkpoint.pt"))
    parser.add_argument("--out", type=Path, default=Path("../models/one-song/weights.pt"))
    arguments = parser.parse_args()
    model, _ = load_model(arguments.checkpoint)
    save_weights(model, arguments.out)
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
