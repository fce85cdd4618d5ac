"""How codebooks learn: moving means of what chose them, and a new place for those that nothing chooses."""

from typing import Final

import torch
from torch import Tensor

from simmer_training.vq.residual_quantizer import Quantizer

MOMENTUM: Final = 0.98
UNUSED: Final = 0.15  # uses a step, as a moving mean, under which a vector is placed anew


@torch.no_grad()
def _learn_level(quantizer: Quantizer, level: int, rest: Tensor, chosen: Tensor) -> None:
    size = quantizer.shape.size
    counts = torch.bincount(chosen, minlength=size).to(rest.dtype)
    sums = torch.zeros_like(quantizer.sums[level]).index_add_(0, chosen, rest)
    quantizer.uses[level].mul_(MOMENTUM).add_(counts, alpha=1 - MOMENTUM)
    quantizer.sums[level].mul_(MOMENTUM).add_(sums, alpha=1 - MOMENTUM)
    unused = (quantizer.uses[level] < UNUSED).nonzero().flatten()
    if len(unused):
        fresh = rest[torch.randint(len(rest), (len(unused),))]
        quantizer.sums[level][unused] = fresh
        quantizer.uses[level][unused] = 1.0
    quantizer.codebooks[level] = quantizer.sums[level] / quantizer.uses[level].clamp(min=1e-5)[:, None]


def quantize(quantizer: Quantizer, latents: Tensor, learn: bool) -> tuple[Tensor, Tensor]:
    """Quantized latents, through which gradients pass unchanged, and how far the latents lie from them (a loss).

    `latents` [batch, count, latent]. With `learn` the codebooks move towards what chose them.
    """
    rest = latents.detach().reshape(-1, latents.shape[-1])
    total = torch.zeros_like(rest)
    for level in range(quantizer.shape.levels):
        chosen = quantizer.nearest(level, rest)
        vectors = quantizer.codebooks[level][chosen]
        if learn:
            _learn_level(quantizer, level, rest, chosen)
        rest = rest - vectors
        total = total + vectors
    quantized = total.reshape(latents.shape)
    commitment = (latents - quantized).square().mean()
    return latents + (quantized - latents).detach(), commitment


@torch.no_grad()
def begin_with(quantizer: Quantizer, latents: Tensor) -> None:
    """Places the codebooks on latents [n, latent] that were seen, with a few rounds of k-means for each level."""
    rest = latents
    for level in range(quantizer.shape.levels):
        book = rest[torch.randperm(len(rest))[: quantizer.shape.size]].clone()
        for _ in range(8):
            quantizer.codebooks[level] = book
            chosen = quantizer.nearest(level, rest)
            counts = torch.bincount(chosen, minlength=len(book)).to(rest.dtype)
            sums = torch.zeros_like(book).index_add_(0, chosen, rest)
            book = torch.where(counts[:, None] > 0, sums / counts.clamp(min=1)[:, None], book)
        quantizer.codebooks[level] = book
        quantizer.sums[level] = book
        quantizer.uses[level] = 1.0
        rest = rest - book[quantizer.nearest(level, rest)]
