"""The prior: a recurrent network over rows of codes, which draws a row's levels one after the other.

It is small, since it shares one processor core with the sound: one GRU and a few tables.
"""

from dataclasses import asdict, dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.model import run_gru


@dataclass(frozen=True)
class RowPriorShape:
    """Sizes: `levels` codes of `codes` values a row."""

    levels: int
    codes: int
    width: int = 384
    entered: int = 192

    def as_dict(self) -> dict[str, int]:
        """For checkpoints."""
        return asdict(self)


class RowPrior(nn.Module):
    """Shapes: B sequences, R rows, K levels, W the width."""

    def __init__(self, shape: RowPriorShape, dropout: float = 0.0) -> None:
        super().__init__()
        self.shape = shape
        self.rows = nn.Parameter(torch.randn(shape.levels, shape.codes, shape.entered) * 0.2)
        self.gru = nn.GRU(shape.entered, shape.width, batch_first=True)
        self.first = nn.Parameter(torch.zeros(shape.width))
        # What the codes drawn before in this row say to the levels after them.
        self.before = nn.Parameter(torch.randn(shape.levels, shape.levels, shape.codes, shape.width) * 0.05)
        self.enter = nn.ModuleList(nn.Linear(shape.width, shape.width) for _ in range(shape.levels))
        self.out = nn.ModuleList(nn.Linear(shape.width, shape.codes) for _ in range(shape.levels))
        self.dropout = nn.Dropout(dropout)

    def start(self, batch: int) -> Tensor:
        """The learned state [B, W] that a take starts from, before its first row."""
        return self.first.expand(batch, -1)

    def heard(self, codes: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """The states [B, R, W] after each row of `codes` [B, R, K], and the last [B, W]."""
        total = functional.embedding(codes[..., 0], self.rows[0])
        for level in range(1, self.shape.levels):
            total = total + functional.embedding(codes[..., level], self.rows[level])
        return run_gru(self.gru, self.dropout(total), state)

    def scores(self, state: Tensor, level: int, drawn: Tensor) -> Tensor:
        """Scores [..., codes] of a row's `level` from the state before it [..., W] and its levels so far [..., level].

        Further levels in `drawn` are not looked at.
        """
        total: Tensor = self.level_enter(level)(self.dropout(state))
        for earlier in range(level):
            total = total + functional.embedding(drawn[..., earlier], self.before[level, earlier])
        scores: Tensor = self.level_out(level)(self.dropout(functional.relu(total)))
        return scores

    def level_enter(self, level: int) -> nn.Linear:
        """What a level makes of the state [W] before its own row."""
        layer = self.enter[level]
        assert isinstance(layer, nn.Linear)  # noqa: S101 - for the type alone
        return layer

    def level_out(self, level: int) -> nn.Linear:
        """What makes a level's scores."""
        layer = self.out[level]
        assert isinstance(layer, nn.Linear)  # noqa: S101 - for the type alone
        return layer
