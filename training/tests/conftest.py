"""What the tests share: a small network with random but lively weights."""

import pytest
import torch

from simmer_training.model import SampleRnn, Sizes

torch.set_num_threads(1)


def lively_model(seed: int = 7) -> SampleRnn:
    """Untrained, with its last layer made loud, so that its draws depend on its past."""
    torch.manual_seed(seed)
    model = SampleRnn(Sizes(recurrent=32, sample=24, embedding=8))
    with torch.no_grad():
        model.output.weight *= 6
        model.top_start.normal_()
        model.frame_start.normal_()
    return model.requires_grad_(False)


@pytest.fixture
def model() -> SampleRnn:
    """A network of its own for each test, since the reference sampler casts it."""
    return lively_model()
