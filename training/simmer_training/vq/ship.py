"""Exports what was trained as a model folder, with what the evaluation found, and a reference to compare engines with.

python -m simmer_training.vq.ship --name pairs [--out ../models/pairs]
"""

import argparse
import json
from pathlib import Path
from typing import Final

import numpy as np
import torch

from simmer_training.vq.codec import HEADROOM
from simmer_training.vq.evaluate import TAIL_FLOOR
from simmer_training.vq.folder import FolderAbout, write_folder
from simmer_training.vq.half import round_to_half
from simmer_training.vq.pieces import load_pieces
from simmer_training.vq.reference_rows import draw_reference, write_reference
from simmer_training.vq.sample import Drawing
from simmer_training.vq.train_codec import load_codec
from simmer_training.vq.train_prior import load_prior

REFERENCE_SECONDS: Final = 20.0
AUDIO_ROWS: Final = 40
REFERENCE_PAIR: Final = (3, 1)
GUIDE_LEVEL_DBFS: Final = -18.5  # of the corpus where it sounds, at HEADROOM
GUIDE_PULL: Final = (3.0, 1.5, 8.0)  # a prior this sure is led by no less


def main() -> None:
    """Writes the folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", default="pairs")
    parser.add_argument("--out", type=Path)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    folder = Path("build", arguments.name)
    out = arguments.out or Path("..", "models", arguments.name)
    codec, codec_progress = load_codec(folder / "codec.pt")
    prior, progress = load_prior(folder / "prior.pt")
    round_to_half(codec)
    codec.set_level(HEADROOM)
    round_to_half(prior)
    corpus = load_pieces(folder / "dataset", codec.shape.rate_hz, codec.shape.channels)
    report = json.loads((folder / "heard" / "report.json").read_text())
    about = FolderAbout(
        name=arguments.name,
        title="Pairs",
        version="1.0.0",
        artists=corpus.artists,
        genres=corpus.genres,
        useful=(report["useful"][0], report["useful"][1]),
        default=report["best"],
        level_temperature=(1.0,) * codec.shape.levels,
        guide_temperatures=(0.75, 1.05),
        guide_gamma=1.5,
        guide_level_dbfs=GUIDE_LEVEL_DBFS,
        guide_pull=GUIDE_PULL,
        tail_floor=TAIL_FLOOR,
        licence="MIT",
        provenance="Trained by training/ on audio synthesised by training/ (see CARD.md).",
        steps=progress["steps"],
        held_out_bits=round(progress["held_out_bits"] / codec.shape.levels, 4),
        hours=round(sum(part["seconds"] + part["earlier"] for part in (codec_progress, progress)) / 3600, 2),
        hardware="two cores of a shared processor (AMD EPYC), no GPU",
    )
    write_folder(codec, prior, about, out)
    drawing = Drawing(np.array(about.level_temperature), TAIL_FLOOR)
    reference = draw_reference(prior, REFERENCE_PAIR, REFERENCE_SECONDS, drawing, about.default)
    peak = write_reference(reference, codec, AUDIO_ROWS, out / "reference")
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{out}: {size / 1e6:.1f} MB, useful {about.useful}, reference peak {peak:.2f}")


if __name__ == "__main__":
    main()
