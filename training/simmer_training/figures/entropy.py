"""Figure 2: temperature reaches the draws."""

import math

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import Bins
from simmer_training.figures.network import Network
from simmer_training.figures.statistics import spearman
from simmer_training.figures.takes import Takes
from simmer_training.figures.verdict import Figure, Verdict, at_least, at_most

Array = npt.NDArray[np.float64]

DIFFERENCE = 1e-4


def entropy_figure(takes: Takes, model: Network, unseen: Bins) -> Figure:
    """Entropy of the draws by temperature, and the identity dH/dT = Var(z)/T^3 on music that was not learned."""
    temperatures = takes.temperatures()
    drawn = [[float(take.entropy.mean()) for take in takes.at(t)] for t in temperatures]
    logits = model.logits(unseen)
    table = []
    errors, wrong = [], []
    for temperature, bits in zip(temperatures, drawn, strict=True):
        slope = (entropy(logits, temperature + DIFFERENCE) - entropy(logits, temperature - DIFFERENCE)) / (
            2 * DIFFERENCE
        )
        predicted = variance(logits, temperature) / temperature**3
        errors.append(relative(slope, predicted))
        wrong.append(relative(slope, variance(logits, temperature) / temperature**2))
        forced = entropy(logits, temperature).mean() / math.log(2)
        table.append([temperature, float(np.mean(bits)), min(bits), max(bits), float(forced), float(slope.mean())])
    every = np.array([[t, bits] for t, row in zip(temperatures, drawn, strict=True) for bits in row])
    rank = spearman(every[:, 0], every[:, 1])
    return Figure(
        title="Entropy rises with temperature",
        how="Bits of the distributions that the draws came from, mean over each take; forced: the model hears the "
        "held-out piece. dH/dT by central differences in float64, in nats.",
        columns=("T", "entropy, bits", "lowest seed", "highest seed", "forced, bits", "dH/dT"),
        table=table,
        verdicts=[
            at_least("Spearman of T and entropy over all takes", rank, 0.95),
            at_most("largest relative error of Var(z)/T³ against dH/dT", max(errors), 1e-3),
        ],
        takes=every.tolist(),
        controls=[_differs("the same with T² in place of T³ (T other than 1)", temperatures, wrong)],
    )


def entropy(logits: Array, temperature: float) -> Array:
    """Nats of softmax(logits / temperature), a value a row."""
    logs = _log_probabilities(logits, temperature)
    nats: Array = -(np.exp(logs) * logs).sum(axis=1)
    return nats


def variance(logits: Array, temperature: float) -> Array:
    """Of the logits under softmax(logits / temperature), a value a row."""
    weights = np.exp(_log_probabilities(logits, temperature))
    mean = (weights * logits).sum(axis=1, keepdims=True)
    squares: Array = (weights * (logits - mean) ** 2).sum(axis=1)
    return squares


def relative(seen: Array, wanted: Array) -> float:
    """The largest difference, as a share of the largest value."""
    return float(np.abs(seen - wanted).max() / np.abs(wanted).max())


def _differs(what: str, temperatures: list[float], errors: list[float]) -> Verdict:
    off = [error for t, error in zip(temperatures, errors, strict=True) if t != 1]
    return at_least(what, min(off), 0.04)


def _log_probabilities(logits: Array, temperature: float) -> Array:
    scores = logits / temperature
    scores = scores - scores.max(axis=1, keepdims=True)
    logs: Array = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return logs
