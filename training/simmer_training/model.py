"""A three-tier SampleRNN (Mehri et al., 2017, arXiv 1612.07837) whose sample tier folds into a table.

Shapes: B sequences, L steps, D the width of the two recurrent tiers, M the width of the sample tier's layers.
As in richardassar/SampleRNN_torch there is no activation between the sample tier's first layer, which also receives
the frame tier's conditioning, and its second; the two are therefore one affine map of the history, which
`fold.py` multiplies out.
"""

from dataclasses import asdict, dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.quantizer import BINS, MU

FRAME_STEPS: Final = 16  # one step of the frame tier, and the history that the sample tier sees
BLOCK_STEPS: Final = 64  # one step of the top tier
FRAMES_PER_BLOCK: Final = BLOCK_STEPS // FRAME_STEPS


@dataclass(frozen=True)
class Sizes:
    """Widths of the network."""

    recurrent: int = 256
    sample: int = 128
    embedding: int = 32

    def as_dict(self) -> dict[str, int]:
        """For checkpoints."""
        return asdict(self)


@dataclass(frozen=True)
class Recurrent:
    """The hidden states of both recurrent tiers, each [B, D]."""

    top: Tensor
    frame: Tensor


def centred(bins: Tensor, dtype: torch.dtype) -> Tensor:
    """Bins 0..255 as the companded value in [-2, 2], the range SampleRNN_torch feeds its recurrent tiers."""
    return bins.to(dtype) * (4.0 / MU) - 2.0


class SampleRnn(nn.Module):
    """The network; its forward pass is teacher-forced."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        width, hidden = sizes.recurrent, sizes.sample
        self.sizes = sizes
        self.top_in = nn.Linear(BLOCK_STEPS, width)
        self.top_gru = nn.GRU(width, width, batch_first=True)
        self.top_up = nn.Linear(width, FRAMES_PER_BLOCK * width)
        self.frame_in = nn.Linear(FRAME_STEPS, width)
        self.frame_gru = nn.GRU(width, width, batch_first=True)
        self.frame_up = nn.Linear(width, FRAME_STEPS * hidden)
        self.embedding = nn.Embedding(BINS, sizes.embedding)
        self.first = nn.Linear(FRAME_STEPS * sizes.embedding, hidden, bias=False)
        self.second = nn.Linear(hidden, hidden)
        self.third = nn.Linear(hidden, hidden)
        self.output = nn.Linear(hidden, BINS)
        self.top_start = nn.Parameter(torch.zeros(width))
        self.frame_start = nn.Parameter(torch.zeros(width))
        for gru in (self.top_gru, self.frame_gru):
            nn.init.orthogonal_(gru_parameter(gru, "weight_hh")[2 * width :])
        for layer in (self.second, self.third):
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)

    def start(self, batch: int) -> Recurrent:
        """The learned states that a take starts from."""
        return Recurrent(self.top_start.expand(batch, -1), self.frame_start.expand(batch, -1))

    def forward(self, bins: Tensor, recurrent: Recurrent) -> tuple[Tensor, Recurrent]:
        """Logits [B, L, 256] for steps 64..64+L of `bins` [B, 64 + L] (int64), and the states after them.

        The logits of a step depend on the bins before it only.
        """
        states, after = self.upper(bins, recurrent)
        batch, frames = states.shape[:2]
        logits = self.logits(states.flatten(0, 1), frame_windows(bins).flatten(0, 1))
        return logits.reshape(batch, frames * FRAME_STEPS, BINS), after

    def upper(self, bins: Tensor, recurrent: Recurrent) -> tuple[Tensor, Recurrent]:
        """The frame tier's states [B, L / 16, D] over steps 64..64+L of `bins` [B, 64 + L], and both tiers' last."""
        batch, steps = bins.shape[0], bins.shape[1] - BLOCK_STEPS
        values = centred(bins, self.top_start.dtype)
        blocks = self.top_in(values[:, :steps].reshape(batch, -1, BLOCK_STEPS))
        top, top_last = run_gru(self.top_gru, blocks, recurrent.top)
        condition = self.top_up(top).reshape(batch, -1, self.sizes.recurrent)
        frames = values[:, BLOCK_STEPS - FRAME_STEPS : -FRAME_STEPS].reshape(batch, -1, FRAME_STEPS)
        frame, frame_last = run_gru(self.frame_gru, self.frame_in(frames) + condition, recurrent.frame)
        return frame, Recurrent(top_last, frame_last)

    def logits(self, states: Tensor, windows: Tensor) -> Tensor:
        """Logits [N, 16, 256] of N frames from their states [N, D] and the bins [N, 31] before each of their steps."""
        hidden, embedding = self.sizes.sample, self.sizes.embedding
        condition = self.frame_up(states).reshape(-1, FRAME_STEPS, hidden)
        # The first layer over a history that slides is a convolution: 16 times less to write down than its rows.
        kernel = self.first.weight.reshape(hidden, FRAME_STEPS, embedding).transpose(1, 2)
        first = functional.conv1d(self.embedding(windows).transpose(1, 2), kernel).transpose(1, 2)
        activated = functional.relu(self.second(first + condition))
        activated = functional.relu(self.third(activated))
        logits: Tensor = self.output(activated)
        return logits


def frame_windows(bins: Tensor) -> Tensor:
    """The 31 bins [B, L / 16, 31] that the 16 steps of each frame of `bins` [B, 64 + L] see before them."""
    return bins[:, BLOCK_STEPS - FRAME_STEPS : -1].unfold(1, 2 * FRAME_STEPS - 1, FRAME_STEPS)


def gru_parameter(gru: nn.GRU, name: str) -> Tensor:
    """A parameter of the only layer, such as `weight_hh` [3D, D]; gates in the order reset, update, new."""
    return gru.get_parameter(f"{name}_l0")


def run_gru(gru: nn.GRU, inputs: Tensor, start: Tensor) -> tuple[Tensor, Tensor]:
    """All states [B, L, D] and the last one, always in full precision.

    The states carry what a take remembers of its past; rounding them to bfloat16 at every step would make it forget.
    """
    with torch.autocast(inputs.device.type, enabled=False):
        states, last = gru(inputs.to(start.dtype), start.unsqueeze(0).contiguous())
    return states, last.squeeze(0)
