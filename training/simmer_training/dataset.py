"""A folder of audio to learn from: wave files, and a list of which of them are kept for measuring.

    dataset.json   {"sampleRateHz": 16000, "emphasis": {"coefficient": 0.85, "gain": 1.8},
                    "pieces": [{"file": "1-plain.wav", "heldOut": false}, ...]}
    *.wav          mono, 16 bits, without DC, their peak at PEAK; as they are heard, before the emphasis

A piece is learned from or held out as a whole: a model that has heard half of a performance is no stranger to the rest.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from simmer_training.emphasis import NO_EMPHASIS, Emphasis, emphasis_for
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import SILENCE_BIN, amplitude_to_bin, bin_to_amplitude

Bins = npt.NDArray[np.uint8]

SAMPLE_RATE_HZ: Final = 16_000  # of the shipped models
PEAK: Final = 0.95
LIST_FILE: Final = "dataset.json"


@dataclass(frozen=True)
class Piece:
    """One stretch of music: mono amplitudes in [-1, 1] at the dataset's rate."""

    name: str
    audio: npt.NDArray[np.float64]
    held_out: bool


@dataclass(frozen=True)
class Dataset:
    """The pieces as bins of emphasised audio, each with a block of silence before it: what a take starts from."""

    sample_rate_hz: int
    training: list[Bins]
    held_out: list[Bins]
    emphasis: Emphasis = NO_EMPHASIS

    def heard(self, bins: Bins) -> npt.NDArray[np.float64]:
        """A piece as it is heard: amplitudes without the silence before it."""
        return self.emphasis.undo(bin_to_amplitude(bins[BLOCK_STEPS:]))


def write_dataset(folder: Path, sample_rate_hz: int, pieces: Sequence[Piece]) -> None:
    """Writes the folder; the list comes last, so that a folder that has one is whole."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / LIST_FILE).unlink(missing_ok=True)
    listed = []
    for piece in pieces:
        file = f"{piece.name}.wav"
        soundfile.write(folder / file, piece.audio, sample_rate_hz, subtype="PCM_16")
        listed.append({"file": file, "heldOut": piece.held_out})
    emphasis = emphasis_for([piece.audio for piece in pieces], PEAK)
    content = {"sampleRateHz": sample_rate_hz, "emphasis": emphasis.as_dict(), "pieces": listed}
    partial = folder / f"{LIST_FILE}.partial"
    partial.write_text(json.dumps(content, indent=2) + "\n")
    partial.replace(folder / LIST_FILE)


def load_dataset(folder: Path) -> Dataset:
    """Reads what `write_dataset` wrote. FileNotFoundError where there is none, ValueError where it is not whole.

    A dataset that was written before there was an emphasis has none.
    """
    content = json.loads((folder / LIST_FILE).read_text())
    rate = int(content["sampleRateHz"])
    emphasis = Emphasis(**content.get("emphasis", {}))
    found: dict[bool, list[Bins]] = {False: [], True: []}
    for piece in content["pieces"]:
        found[bool(piece["heldOut"])].append(_load_bins(folder / piece["file"], rate, emphasis))
    if not found[False] or not found[True]:
        raise ValueError(f"{folder} needs a piece to learn from and one to hold out")
    return Dataset(rate, found[False], found[True], emphasis)


def _load_bins(path: Path, rate: int, emphasis: Emphasis) -> Bins:
    audio, own_rate = soundfile.read(path, dtype="float64")
    if own_rate != rate or audio.ndim != 1:
        raise ValueError(f"{path} is not mono at {rate} Hz")
    return np.concatenate([np.full(BLOCK_STEPS, SILENCE_BIN, np.uint8), amplitude_to_bin(emphasis.apply(audio))])
