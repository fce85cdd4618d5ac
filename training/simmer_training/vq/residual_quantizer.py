"""Residual vector quantization, as in SoundStream (Zeghidour et al. 2021, arXiv 2107.03312)."""

import torch
from torch import Tensor, nn

from simmer_training.vq.shape import CodecShape


class Quantizer(nn.Module):
    """Residual vector quantization: each level's codebook approximates what the levels before left over."""

    codebooks: Tensor
    uses: Tensor
    sums: Tensor

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("codebooks", torch.randn(shape.levels, shape.size, shape.latent) * 0.1)
        self.register_buffer("uses", torch.ones(shape.levels, shape.size))
        self.register_buffer("sums", self.codebooks.clone())

    def nearest(self, level: int, vectors: Tensor) -> Tensor:
        """Indices [n] of the codebook vectors nearest to `vectors` [n, latent]; of two, the lower."""
        book = self.codebooks[level]
        return ((book * book).sum(-1) - 2.0 * vectors @ book.T).argmin(-1)

    def encode(self, latents: Tensor) -> Tensor:
        """Codes [..., levels] of latents [..., latent]."""
        rest = latents.reshape(-1, self.shape.latent)
        codes = []
        for level in range(self.shape.levels):
            chosen = self.nearest(level, rest)
            rest = rest - self.codebooks[level][chosen]
            codes.append(chosen)
        return torch.stack(codes, dim=-1).reshape(*latents.shape[:-1], self.shape.levels)

    def decode(self, codes: Tensor) -> Tensor:
        """Latents [..., latent] of codes [..., levels]."""
        parts = [self.codebooks[level][codes[..., level]] for level in range(self.shape.levels)]
        total: Tensor = torch.stack(parts).sum(0)
        return total
