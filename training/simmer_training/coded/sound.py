"""The SampleRNN that makes the sound of drawn codes.

Its top tier hears codes alone: those of the row before, of this row and of the next. What it says of a block reaches
the frame tier, which hears the past of the sound, as in model.py. A network whose top tier also heard the sound would
do without codes: they are worth little to the next value, and everything to the music.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.coded.rows import ROW_STEPS
from simmer_training.model import (
    BLOCK_STEPS,
    FRAME_STEPS,
    FRAMES_PER_BLOCK,
    Recurrent,
    SampleRnn,
    Sizes,
    centred,
    run_gru,
)

BLOCKS_PER_ROW: Final = ROW_STEPS // BLOCK_STEPS
HEARD_ROWS: Final = 3  # the one before, this one, the next


class CodedSampleRnn(SampleRnn):
    """Shapes as in model.py; R rows, so L = R * ROW_STEPS steps; K levels of codes, each of `codes` values."""

    def __init__(self, sizes: Sizes, levels: int, codes: int) -> None:
        super().__init__(sizes)
        width = sizes.recurrent
        self.levels, self.codes = levels, codes
        del self.top_in
        # What each code says in each of the three places, added up: a table, so a row costs a few additions.
        self.code_rows = nn.Parameter(torch.randn(HEARD_ROWS, levels, codes, width) * 0.2)
        self.places = nn.Parameter(torch.zeros(BLOCKS_PER_ROW, width))
        self.code_out = nn.Linear(width, width)
        self.code_to_frame = nn.Linear(width, width)
        nn.init.normal_(self.code_to_frame.weight, std=0.02)
        nn.init.zeros_(self.code_to_frame.bias)

    def said(self, codes: Tensor) -> Tensor:
        """What codes [B, R + 2, K] say of the blocks of rows 1 to R: [B, 8 R, D]."""
        rows = codes.shape[1] - 2
        total = self.places.new_zeros(codes.shape[0], rows, self.sizes.recurrent)
        for place in range(HEARD_ROWS):
            for level in range(self.levels):
                total = total + functional.embedding(
                    codes[:, place : place + rows, level], self.code_rows[place, level]
                )
        return functional.relu(total[:, :, None] + self.places).flatten(1, 2)

    def under(self, bins: Tensor, codes: Tensor, recurrent: Recurrent) -> tuple[Tensor, Recurrent]:
        """The frame tier's states [B, L / 16, D] over steps 64..64+L of `bins` [B, 64 + L], and both tiers' last.

        `codes` [B, L / ROW_STEPS + 2, K]: a row before the first step, and one after the last.
        """
        batch = bins.shape[0]
        said = self.said(codes)
        top, top_last = run_gru(self.top_gru, self.code_out(said), recurrent.top)
        condition = self.top_up(top).reshape(batch, -1, FRAMES_PER_BLOCK, self.sizes.recurrent)
        condition = (condition + self.code_to_frame(said)[:, :, None]).flatten(1, 2)
        values = centred(bins, self.top_start.dtype)
        frames = values[:, BLOCK_STEPS - FRAME_STEPS : -FRAME_STEPS].reshape(batch, -1, FRAME_STEPS)
        frame, frame_last = run_gru(self.frame_gru, self.frame_in(frames) + condition, recurrent.frame)
        return frame, Recurrent(top_last, frame_last)

    def begin_with(self, other: SampleRnn) -> None:
        """Takes over what a SampleRNN without codes has learned of the sound. ValueError where sizes differ."""
        if other.sizes != self.sizes:
            raise ValueError(f"the weights to begin with are of other sizes: {other.sizes}")
        kept = {name: value for name, value in other.state_dict().items() if not name.startswith("top_in")}
        self.load_state_dict(kept, strict=False)
