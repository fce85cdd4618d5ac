"""What a prior is worth, in bits of each level."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.vq.coded import CodedPiece
from simmer_training.vq.prior import Prior
from simmer_training.vq.prior_windows import BATCH, window_of


def losses(
    prior: Prior,
    heard_codes: Tensor,
    codes: Tensor,
    labels: Tensor,
    seconds: Tensor,
    learned: Tensor | None = None,
    part: int = 0,
) -> Tensor:
    """Bits of each level [levels], the mean over `part` random rows (0: all) of those `learned` (None: all)."""
    heard = prior(heard_codes, labels, torch.zeros(len(codes)), seconds)[:, :-1].flatten(0, 1)
    wanted = codes.flatten(0, 1)
    if part:
        eligible = torch.arange(len(wanted)) if learned is None else learned.flatten().nonzero()[:, 0]
        chosen = eligible[torch.randperm(len(eligible))[:part]]
        heard, wanted = heard[chosen], wanted[chosen]
    scores = prior.levels(heard, wanted)
    nats = functional.cross_entropy(scores.flatten(0, 1), wanted.T.flatten(), reduction="none")
    return nats.reshape(prior.shape.levels, -1).mean(-1) / float(np.log(2.0))


@torch.no_grad()
def judge(prior: Prior, pieces: list[CodedPiece]) -> Tensor:
    """Bits of each level on the held-out pieces, the same windows each time."""
    prior.eval()
    random = np.random.default_rng(1)
    parts = []
    for _ in range(3):
        codes, labels, seconds = window_of(pieces, random, prior.shape, BATCH)
        parts.append(losses(prior, codes, codes, labels, seconds))
    prior.train()
    return torch.stack(parts).mean(0)
