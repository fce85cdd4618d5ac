"""Figure 1: bits per step on music that was held out, against what less of a model needs."""

from collections.abc import Sequence

import numpy as np

from simmer_training.dataset import Bins, Dataset
from simmer_training.figures.baseline import fit_baseline, order_zero_bits
from simmer_training.figures.linear_prediction import ORDER
from simmer_training.figures.network import Network
from simmer_training.figures.verdict import Figure, Verdict, at_least


def surprise_figure(model: Network, dataset: Dataset, demo_grade: Network | None) -> Figure:
    """`demo_grade`: a network of the demo's architecture that learned from the same audio, where there is one."""
    pieces, training = dataset.held_out, dataset.training
    found = {"model": [model.piece_bits(bins) for bins in pieces]}
    if demo_grade is not None:
        found["demo-grade"] = [demo_grade.piece_bits(bins) for bins in pieces]
    found["order 16, adapting"] = _baseline_bits(training, pieces, adapting=True)
    found["order 16, fixed"] = _baseline_bits(training, pieces, adapting=False)
    found["order 0"] = [order_zero_bits(training, bins) for bins in pieces]
    lengths = np.array([len(bins) for bins in pieces], np.float64)
    means = {name: float(np.average(bits, weights=lengths)) for name, bits in found.items()}
    rivals = [name for name in means if name not in ("model", "order 0")]
    return Figure(
        title="It knows its music: bits per step on a held-out piece",
        how=f"Mean of -log2 p of each bin of the held-out audio, whole. Order 16: a linear predictor of order {ORDER} "
        "with a mixture of logistic distributions that follows the size of the recent residuals, as lossless coders "
        "do, fitted to the same training audio; fixed: one predictor; adapting: with three more that are solved anew "
        "every 2 ms from the last 16, 64 and 256 ms. Order 0: how often each bin occurs. Under codes "
        "the bits of the piece's codes are counted too.",
        columns=("held-out piece", *found),
        table=[[float(place + 1), *(bits[place] for bits in found.values())] for place in range(len(pieces))],
        verdicts=[_below(f"fewer bits than {name}", means["model"], means[name]) for name in rivals],
        controls=[
            at_least("bits that order 16 saves of order 0", means["order 0"] - means["order 16, fixed"], 1),
            at_least("bits that adapting saves", means["order 16, fixed"] - means["order 16, adapting"], 0),
        ],
    )


def _baseline_bits(training: Sequence[Bins], pieces: Sequence[Bins], *, adapting: bool) -> list[float]:
    baseline = fit_baseline(training, adapting=adapting)
    return [baseline.piece_bits(bins) for bins in pieces]


def _below(what: str, seen: float, bar: float) -> Verdict:
    return Verdict(what, seen, f"< {bar:.4g}", seen < bar)
