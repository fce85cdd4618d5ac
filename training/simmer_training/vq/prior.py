"""The prior: a transformer over rows of codes, and a small network that draws a row's levels one after the other.

A window's first position is the start token: the vectors of artist and genre, added (as in Jukebox's top prior,
Dhariwal et al. 2020, arXiv 2005.00341). Every other position hears them as well: the rows before it say at each moment
more of what goes on than a token that is seconds away, and a take that strays has to find its way back. Every position
hears how far into the piece it is. Levels within a row follow
Lee et al. 2022 (RQ-Transformer, arXiv 2203.01941), with a network of two layers for each level in place of a second
transformer.
"""

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.vq.shape import PriorShape


class Layer(nn.Module):
    """Attention and a network, both after a norm."""

    def __init__(self, shape: PriorShape) -> None:
        super().__init__()
        width = shape.width
        self.heads = shape.heads
        self.head_width = width // shape.heads
        self.attention_norm = nn.LayerNorm(width)
        self.project = nn.Linear(width, 3 * width)
        self.merge = nn.Linear(width, width)
        self.network_norm = nn.LayerNorm(width)
        self.rise = nn.Linear(width, 4 * width)
        self.fall = nn.Linear(4 * width, width)

    def split(self, rows: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Queries, keys and values [batch, heads, count, head width] of rows [batch, count, width]."""
        query, key, value = self.project(self.attention_norm(rows)).chunk(3, dim=-1)

        def heads(part: Tensor) -> Tensor:
            return part.reshape(*part.shape[:2], self.heads, self.head_width).transpose(1, 2)

        return heads(query), heads(key), heads(value)

    def finish(self, rows: Tensor, heard: Tensor) -> Tensor:
        """The rows after what attention gave them, [batch, count, width], and the network."""
        rows = rows + self.merge(heard)
        raised = functional.gelu(self.rise(self.network_norm(rows)), approximate="tanh")
        finished: Tensor = rows + self.fall(raised)
        return finished

    def forward(self, rows: Tensor) -> Tensor:
        """All positions at once, each hearing those before it."""
        query, key, value = self.split(rows)
        heard = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return self.finish(rows, heard.transpose(1, 2).flatten(2))


class Levels(nn.Module):
    """Scores of one level of a row, from what the transformer heard and the row's codes so far."""

    def __init__(self, shape: PriorShape) -> None:
        super().__init__()
        levels, size, width, inner = shape.levels, shape.size, shape.width, shape.level_inner
        self.shape = shape
        scale = 1.0 / math.sqrt(width)
        self.codes = nn.Parameter(torch.randn(levels, size, width) * 0.02)
        self.place = nn.Parameter(torch.zeros(levels, width))
        self.rise = nn.Parameter(torch.randn(levels, width, inner) * scale)
        self.rise_bias = nn.Parameter(torch.zeros(levels, inner))
        self.fall = nn.Parameter(torch.randn(levels, inner, width) * 0.5 / math.sqrt(inner))
        self.out = nn.Parameter(torch.randn(levels, width, size) * scale * 0.5)
        self.out_bias = nn.Parameter(torch.zeros(levels, size))
        self.norm = nn.LayerNorm(width)
        self.out_norm = nn.LayerNorm(width)

    def forward(self, hidden: Tensor, codes: Tensor) -> Tensor:
        """Scores [levels, n, size] of all levels at once, for `hidden` [n, width] and the true codes [n, levels]."""
        levels = self.shape.levels
        parts = torch.stack([self.codes[level][codes[:, level]] for level in range(levels)])
        before = parts.cumsum(0) - parts
        rows = hidden + before + self.place[:, None]
        raised = functional.gelu(torch.baddbmm(self.rise_bias[:, None], self.norm(rows), self.rise), approximate="tanh")
        rows = rows + torch.bmm(raised, self.fall)
        return torch.baddbmm(self.out_bias[:, None], self.out_norm(rows), self.out)


class Prior(nn.Module):
    """The transformer and its levels."""

    def __init__(self, shape: PriorShape) -> None:
        super().__init__()
        self.shape = shape
        width = shape.width
        self.codes = nn.Parameter(torch.randn(shape.levels, shape.size, width) * 0.02)
        self.artists = nn.Parameter(torch.randn(max(1, shape.artists), width) * 0.1)
        self.genres = nn.Parameter(torch.randn(max(1, shape.genres), width) * 0.1)
        self.positions = nn.Parameter(torch.randn(shape.window, width) * 0.02)
        self.timing = nn.Linear(4, width)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = nn.LayerNorm(width)
        self.levels = Levels(shape)

    def start(self, labels: Tensor, blend: Tensor) -> Tensor:
        """Start tokens [batch, width] of labels [batch, 4] (artist, genre, and the other pair) and blends [batch]."""
        first = self.artists[labels[:, 0]] + self.genres[labels[:, 1]]
        other = self.artists[labels[:, 2]] + self.genres[labels[:, 3]]
        return first + blend[:, None] * (other - first)

    def time(self, seconds: Tensor) -> Tensor:
        """Vectors [..., width] of seconds [..., 2]: elapsed, and in all."""
        elapsed, total = seconds[..., 0], seconds[..., 1]
        share = elapsed / total
        features = torch.stack([torch.exp(-elapsed), torch.exp(-elapsed / 6.0), share, total / 60.0], dim=-1)
        timed: Tensor = self.timing(features)
        return timed

    def rows(self, codes: Tensor) -> Tensor:
        """Vectors [..., width] of codes [..., levels]."""
        total = self.codes[0][codes[..., 0]]
        for level in range(1, self.shape.levels):
            total = total + self.codes[level][codes[..., level]]
        return total

    def forward(self, codes: Tensor, labels: Tensor, blend: Tensor, seconds: Tensor) -> Tensor:
        """What is heard before each row, [batch, window, width], of rows `codes` [batch, window - 1, levels].

        `seconds` [batch, window, 2] belong to positions: that of the start token is the time of the first row.
        """
        pair = self.start(labels, blend)[:, None]
        entered = torch.cat([pair, pair + self.rows(codes)], dim=1)
        rows = entered + self.positions[: entered.shape[1]] + self.time(seconds)
        for layer in self.layers:
            rows = layer(rows)
        heard: Tensor = self.norm(rows)
        return heard
