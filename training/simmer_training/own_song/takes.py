"""Draws takes from a network that is still in training, through the graph that would be exported of it."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import onnxruntime

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.emphasis import NO_EMPHASIS, Emphasis
from simmer_training.fold import fold, start_state
from simmer_training.graph import TAIL_FLOOR, GraphBuilder
from simmer_training.graph_run import Floats, noise, open_graph, run_graph
from simmer_training.model import BLOCK_STEPS, SampleRnn
from simmer_training.quantizer import bin_to_amplitude
from simmer_training.reference import Controls

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Wanted:
    """One take: a constant temperature, a seed, and how long."""

    temperature: float
    seed: int
    seconds: float


class Instrument:
    """A graph in memory, under the tail guard as the service draws; several takes side by side, a thread each."""

    def __init__(self, model: SampleRnn, threads: int = 1, emphasis: Emphasis | None = None) -> None:
        folded = fold(model)
        self._session: onnxruntime.InferenceSession = open_graph(GraphBuilder(folded).build())
        self._start: Floats = start_state(folded).astype(np.float32)
        self._threads = max(1, threads)
        self._emphasis = emphasis or NO_EMPHASIS

    def take(self, wanted: Wanted) -> Array:
        """Amplitudes in [-1, 1] at SAMPLE_RATE_HZ, in whole blocks."""
        steps = max(1, round(wanted.seconds * SAMPLE_RATE_HZ / BLOCK_STEPS)) * BLOCK_STEPS
        controls = Controls.unguided(np.full(steps, wanted.temperature, np.float32))
        uniform = noise(steps, wanted.seed)
        drawn = run_graph(self._session, self._start, controls, uniform, TAIL_FLOOR).drawn
        return np.clip(self._emphasis.undo(bin_to_amplitude(drawn)), -1, 1)

    def takes(self, wanted: Sequence[Wanted]) -> list[Array]:
        """All of them, in their order."""
        with ThreadPoolExecutor(self._threads) as pool:
            return list(pool.map(self.take, wanted))

    def seconds_a_second(self) -> float:
        """How long a second of audio takes to draw here, with all threads at work."""
        began = time.monotonic()
        self.takes([Wanted(1.0, seed, 0.5) for seed in range(self._threads)])
        return (time.monotonic() - began) / (0.5 * self._threads)
