"""The exported graph draws what PyTorch draws, step for step, on the same noise."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from conftest import lively_model

from simmer_training.fold import fold, start_state
from simmer_training.graph import GraphBuilder, GuidePull
from simmer_training.graph_nodes import FLOAT32, FLOAT64, Precision
from simmer_training.graph_run import Floats, Take, noise, open_graph, run_graph
from simmer_training.model import SampleRnn
from simmer_training.reference import Controls, ReferenceSampler, draw_bin, margin
from simmer_training.reference_draws import varying_temperature
from simmer_training.weights import load_weights

TEN_SECONDS = 160_000
TIE = 1e-5
PULL = GuidePull(mix=0.7)
UNIFORM = noise(TEN_SECONDS, 42)


@dataclass(frozen=True)
class Comparison:
    """How a graph's draws compare with the reference, which is put back on the graph's path after each difference."""

    ties: int
    faults: int  # differing draws that rounding does not explain
    first: int | None


def controls(steps: int) -> Controls:
    """A varying lane; a guide comes and goes in the second half."""
    strength = np.where(np.arange(steps) > steps // 2, np.abs(np.sin(np.arange(steps) / 3000)), 0)
    guide = 128 + 90 * np.sin(np.arange(steps) / 9)
    return Controls(varying_temperature(steps), strength.astype(np.float32), np.round(guide).astype(np.float32))


def draw_with_graph(model: SampleRnn, precision: Precision, steps: int, tail_floor: float = 0.0) -> Take:
    folded = fold(model)
    session = open_graph(GraphBuilder(folded, precision, PULL).build())
    start: Floats = start_state(folded)
    if precision is FLOAT32:
        start = start.astype(np.float32)
    return run_graph(session, start, controls(steps), UNIFORM[:steps], tail_floor)


def compare(model: SampleRnn, take: Take, dtype: torch.dtype, tail_floor: float = 0.0) -> Comparison:
    """Draws with PyTorch along the graph's path."""
    steps = len(take.drawn)
    sampler = ReferenceSampler(model, controls(steps), dtype, PULL, tail_floor)
    ties, faults, first = 0, 0, None
    with torch.inference_mode():
        for step, cumulative in enumerate(sampler.cumulative()):
            uniform = float(UNIFORM[step])
            if draw_bin(cumulative, uniform) != take.drawn[step]:
                first = step if first is None else first
                tied = margin(cumulative, uniform) < TIE
                ties, faults = ties + tied, faults + (not tied)
            sampler.settle(step, int(take.drawn[step]))
    return Comparison(ties, faults, first)


def shipped_model() -> SampleRnn:
    """The weights that models/one-song/model.onnx was exported from."""
    return load_weights(Path(__file__).parents[2] / "models" / "one-song" / "weights.pt")


@pytest.mark.slow
def test_float64_graph_draws_exactly_what_float64_pytorch_draws_for_ten_seconds() -> None:
    model = shipped_model()
    take = draw_with_graph(model, FLOAT64, TEN_SECONDS)
    assert compare(model, take, torch.float64) == Comparison(0, 0, None)
    assert len(np.unique(take.drawn)) > 50


@pytest.mark.slow
def test_float32_graph_differs_from_float32_pytorch_only_at_rounding_ties_for_ten_seconds() -> None:
    model = shipped_model()
    found = compare(model, draw_with_graph(model, FLOAT32, TEN_SECONDS), torch.float32)
    print(f"float32: {found}")
    assert found.faults == 0
    assert found.ties < 50


def test_a_small_graph_draws_exactly_what_pytorch_draws(model: SampleRnn) -> None:
    for tail_floor in (0.0, 0.01, 0.1):
        take = draw_with_graph(model, FLOAT64, 6_400, tail_floor)
        assert compare(model, take, torch.float64, tail_floor) == Comparison(0, 0, None)


def test_another_tail_guard_is_noticed(model: SampleRnn) -> None:
    take = draw_with_graph(model, FLOAT64, 6_400)
    assert compare(model, take, torch.float64, 0.1).faults > 0


@pytest.mark.parametrize("layer", ["top_in", "top_up", "frame_in", "frame_up", "first", "second", "third", "output"])
def test_one_perturbed_weight_is_noticed(layer: str) -> None:
    model = lively_model()
    take = draw_with_graph(model, FLOAT64, 6_400)
    with torch.no_grad():
        getattr(model, layer).weight[0, 0] += 0.6
    assert compare(model, take, torch.float64).faults > 0
