"""Half precision: how weights are kept and shipped."""

import torch
from torch import nn


@torch.no_grad()
def round_to_half(module: nn.Module) -> None:
    """Rounds every weight and codebook to half precision, in place: what is measured is then what is shipped."""
    books = [numbers for name, numbers in module.named_buffers() if name.endswith("codebooks")]
    for numbers in [*module.parameters(), *books]:
        numbers.copy_(numbers.half().float())
