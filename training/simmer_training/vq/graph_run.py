"""Draws from an exported folder in onnxruntime, row by row, by the contract of docs/models.md."""

import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from simmer_training.graph_run import open_graph
from simmer_training.vq.sample import Codes, Floats, draw_codes


class FolderRun:
    """One take of a model folder. `pair` is (artist, genre, other artist, other genre)."""

    def __init__(self, folder: Path, pair: tuple[int, int, int, int] = (0, 0, 0, 0), blend: float = 0.0) -> None:
        self.manifest = json.loads((folder / "manifest.json").read_text())
        self._row = self._open(folder, self.manifest["prior"]["row"])
        self._level = self._open(folder, self.manifest["prior"]["level"])
        self._decoder = self._open(folder, self.manifest["decoder"]["graph"])
        self._decoder_state = np.zeros(self.manifest["decoder"]["stateFloats"], np.float32)
        self._pair = np.array(pair, np.int32)
        self._blend = np.array([blend], np.float32)
        self._caches: dict[int, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = {}
        self._drawn = 0

    @staticmethod
    def _open(folder: Path, name: str) -> onnxruntime.InferenceSession:
        return open_graph((folder / name).read_bytes())

    def _run(self, window: int, codes: Codes, start: bool, row: int, position: int) -> None:
        shape = next(entry.shape for entry in self._row.get_inputs() if entry.name == "cache")
        cache = self._caches[window][0] if window in self._caches else np.zeros(shape, np.float32)
        timing = self.manifest["timing"]
        elapsed = min(row * self.manifest["blockSteps"] / self.manifest["sampleRateHz"], timing["holdSeconds"])
        hidden, cache_row = self._row.run(
            ["hidden", "cache_row"],
            {
                "codes": codes,
                "start": np.array([float(start)], np.float32),
                "labels": self._pair,
                "blend": self._blend,
                "seconds": np.array([elapsed, timing["totalSeconds"]], np.float32),
                "position": np.array([position], np.int32),
                "cache": cache,
            },
        )
        cache[:, :, :, position] = cache_row
        self._caches[window] = (cache, hidden)

    def _ready(self, window: int) -> None:
        if window not in self._caches:
            first = window * self.manifest["prior"]["hopRows"]
            self._run(window, np.zeros(self.manifest["codes"]["levels"], np.int32), True, first, 0)

    def draw(self, temperature: float, uniform: Floats) -> tuple[Codes, npt.NDArray[np.float32]]:
        """Draws a row with uniform numbers [levels]: its codes [levels] and its audio."""
        prior, levels = self.manifest["prior"], self.manifest["codes"]["levels"]
        window = max(0, -(-(self._drawn - (prior["windowRows"] - 1)) // prior["hopRows"]))
        self._ready(window)
        self._caches = {number: kept for number, kept in self._caches.items() if number >= window}
        hidden = self._caches[window][1]
        codes = np.zeros(levels, np.int32)
        for level in range(levels):
            inputs = {"hidden": hidden, "codes": codes, "level": np.array([level], np.int32)}
            scores = self._level.run(["logits"], inputs)[0].astype(np.float64)
            heat = np.array([temperature * self.manifest["levelTemperature"][level]])
            floor = self.manifest["tailGuard"]["floor"]
            codes[level] = draw_codes(scores[None], heat, uniform[level : level + 1], floor)[0][0]
        for number in range(window, self._drawn // prior["hopRows"] + 1):
            self._ready(number)
            position = self._drawn - number * prior["hopRows"] + 1
            if position < prior["windowRows"]:
                self._run(number, codes, False, self._drawn, position)
        self._drawn += 1
        return codes, self.sound(codes)

    def sound(self, codes: Codes) -> npt.NDArray[np.float32]:
        """The audio of one row after those before."""
        outputs = self._decoder.run(["audio", "next_state"], {"codes": codes, "state": self._decoder_state})
        self._decoder_state = outputs[1]
        return np.asarray(outputs[0])
