"""The averaged network alone, without what only training needs: small enough to be kept beside the exported graph.

    python -m simmer_training.weights --name one-song

From it the graph can be exported again, compared with PyTorch, or trained on. It is kept in half precision: the
graph and the kernel's weights are made from these very numbers, so that nothing else has to be kept.
"""

import argparse
from pathlib import Path

import torch

from simmer_training.checkpoint import load_model
from simmer_training.model import SampleRnn, Sizes
from simmer_training.places import Places
from simmer_training.shipped import SHIPPED


def save_weights(model: SampleRnn, path: Path) -> None:
    """Writes sizes and weights in half precision, which changes a weight by at most a part in 2048."""
    weights = {name: tensor.to(torch.float16) for name, tensor in model.state_dict().items()}
    torch.save({"sizes": model.sizes.as_dict(), "weights": weights}, path)


def load_weights(path: Path) -> SampleRnn:
    """Reads what `save_weights` wrote, as float32 and tensors only. ValueError where it is something else."""
    content = torch.load(path, map_location="cpu", weights_only=True)
    if "weights" not in content:
        raise ValueError(f"{path} holds no weights of a SampleRNN without codes")
    model = SampleRnn(Sizes(**content["sizes"]))
    model.load_state_dict(content["weights"])
    return model.requires_grad_(False).eval()


def keep_weights(places: Places) -> None:
    """Writes the file into the model folder."""
    model, _ = load_model(places.checkpoint)
    path = places.weights
    path.parent.mkdir(parents=True, exist_ok=True)
    save_weights(model, path)
    print(f"{path}: {path.stat().st_size} bytes")


def main() -> None:
    """Writes the file of one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    keep_weights(Places(parser.parse_args().name))


if __name__ == "__main__":
    main()
