"""Pictures every pair: a piece that was not learned from beside what the model draws.

python -m simmer_training.vq.picture --name pairs [--out ../models/pairs/figures/pairs.png]

A row for each pair, in the order of artists and then genres; on the left ten seconds of the corpus, on the right ten of
an item that `evaluate` drew at the best temperature. 64 mel bands up to half the rate, dark is loud.
"""

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
import torch

from simmer_training.spectrogram import write_grey
from simmer_training.vq.codec import HEADROOM
from simmer_training.vq.judge import FRAME
from simmer_training.vq.pieces import load_pieces
from simmer_training.vq.shape import CodecShape
from simmer_training.vq.spectral_loss import log_mel, spectrum

SECONDS: Final = 10.0
SKIPPED_SECONDS: Final = 4.0  # of both: a take's beginning is not yet all that it has
QUIETEST, LOUDEST = -9.0, -1.5  # natural logarithms
GAP: Final = 6  # pixels

Grey = npt.NDArray[np.uint8]


def strip(audio: npt.NDArray[np.float32], rate_hz: int) -> Grey:
    """A spectrogram [bands, columns], 23 ms a column."""
    part = audio[int(SKIPPED_SECONDS * rate_hz) :][: int(SECONDS * rate_hz)]
    bands = log_mel(spectrum(torch.from_numpy(part)[None], FRAME).abs(), FRAME, rate_hz)[0].numpy().T
    columns = bands[:, : bands.shape[1] // 2 * 2].reshape(bands.shape[0], -1, 2).max(2)
    shade = np.clip((columns - QUIETEST) / (LOUDEST - QUIETEST), 0.0, 1.0)
    grey: Grey = np.round(255 * (1.0 - shade[::-1])).astype(np.uint8)
    return grey


def sheet(rows: list[tuple[Grey, Grey]]) -> Grey:
    """The strips of all rows on white."""
    height, width = rows[0][0].shape
    page = np.full((len(rows) * (height + GAP) - GAP, 2 * width + 2 * GAP), 255, np.uint8)
    for number, (left, right) in enumerate(rows):
        top = number * (height + GAP)
        page[top : top + height, :width] = left
        page[top : top + height, width + 2 * GAP :] = right
    return page


def main() -> None:
    """Writes the picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    folder = Path("build", arguments.name)
    out = arguments.out or Path("..", "models", arguments.name, "figures", f"{arguments.name}.png")
    rate = CodecShape().rate_hz
    best = json.loads((folder / "heard" / "report.json").read_text())["best"]
    rows = []
    for piece in load_pieces(folder / "dataset", rate).part(True):
        drawn, _ = soundfile.read(folder / "heard" / f"{best}-{piece.artist}-{piece.genre}.wav", dtype="float32")
        learned = np.divide(piece.audio.mean(axis=0), 32767 / HEADROOM, dtype=np.float32)
        rows.append((strip(learned, rate), strip(drawn, rate)))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_grey(sheet(rows), out)
    print(out)


if __name__ == "__main__":
    main()
