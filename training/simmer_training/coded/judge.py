"""Judges a training by takes that PyTorch draws: under the lane of S2, and at temperatures that are held.

    python -m simmer_training.coded.judge --name one-song-rows --codes-exponent 2.8

A line for each lane:

    local, worst    correlation of local repetition with the lane of S2 (figures/local_repetition.py): the mean over
                    the takes, and the take whose is highest; of a held temperature, farthest from 0
    held            held pitch, against the song's own
    own past        distance from the take's own past, in nepers, against the song's
    distance        Fréchet distance to the song (log-mel frames by threes)
    copied          rows of codes whose last four stand so in the music that was learned
    quiet, gaps     noise floor above the song's, in dB (coded/noise_floor.py)
    rms             loudness, in dB against the song's

A quarter of an hour for eight takes under four lanes on one core. --fast draws four of twelve seconds under two.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from simmer_training import metrics
from simmer_training.coded.codebooks import Codes
from simmer_training.coded.copying import Passages
from simmer_training.coded.draw import Coded, lane_through
from simmer_training.coded.noise_floor import NoiseFloor, noise_floor
from simmer_training.coded.pieces import coded
from simmer_training.coded.response import Response, Responses
from simmer_training.dataset import SAMPLE_RATE_HZ, Dataset, load_dataset
from simmer_training.figures.local_repetition import followed
from simmer_training.figures.repetition import WARM_UP_SECONDS, stacked
from simmer_training.figures.statistics import Cloud

Array = npt.NDArray[np.float64]

S2: Final = (0.75, 1.1, 0.75)
SONG_SECONDS: Final = 60  # of each piece
HEADS: Final = ("lane", "local", "worst", "held", "own past", "distance", "copied", "quiet", "gaps", "rms")


class Song:
    """What takes are compared with."""

    def __init__(self, dataset: Dataset, passages: Passages) -> None:
        heard = [dataset.heard(bins)[: SONG_SECONDS * SAMPLE_RATE_HZ] for bins in dataset.training]
        self.passages = passages
        self.cloud = Cloud(np.concatenate([stacked(piece) for piece in heard]))
        self.floor = _mean_floor(heard)
        self.rms = float(np.sqrt(np.mean([np.square(piece).mean() for piece in heard])))
        self.held = float(np.mean([metrics.held_pitch(piece) for piece in heard]))
        self.own_past = float(np.mean([metrics.own_past_distance(piece[: 30 * SAMPLE_RATE_HZ]) for piece in heard]))


@dataclass(frozen=True)
class Judged:
    """What was found of the takes of one lane."""

    name: str
    local: Array  # of each take
    numbers: tuple[float, ...]  # in the order of HEADS, from "held" on

    def line(self) -> list[str]:
        """As it is printed."""
        worst = float(self.local.max() if self.name == "S2" else self.local[np.abs(self.local).argmax()])
        return [self.name, *(f"{number:.2f}" for number in (float(self.local.mean()), worst, *self.numbers))]


def judge(name: str, audio: Sequence[Array], codes: Sequence[Codes], lane: Array, song: Song) -> Judged:
    """Judges takes by the lane of S2, `lane` [steps], whether or not they were drawn under it."""
    settled = [take[WARM_UP_SECONDS * SAMPLE_RATE_HZ :] for take in audio]
    floor = _mean_floor(settled).above(song.floor)
    rms = float(np.sqrt(np.mean([np.square(take).mean() for take in settled])))
    numbers = (
        float(np.mean([metrics.held_pitch(take) for take in audio])),
        float(np.mean([metrics.own_past_distance(take) for take in settled])),
        song.cloud.distance(np.concatenate([stacked(take) for take in settled])),
        float(np.mean([song.passages.share(rows) for rows in codes])),
        floor.quiet,
        floor.gaps,
        20 * float(np.log10(rms / song.rms)),
    )
    return Judged(name, np.array([followed(take, lane[: len(take)]) for take in audio]), numbers)


def _mean_floor(pieces: Sequence[Array]) -> NoiseFloor:
    found = [noise_floor(piece) for piece in pieces]
    return NoiseFloor(float(np.mean([each.quiet for each in found])), float(np.mean([each.gaps for each in found])))


def main() -> None:
    """Judges."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="everything lies in build/NAME")
    parser.add_argument("--weights", type=Path, help="a weights.pt in place of what the trainers left")
    parser.add_argument("--takes", type=int, default=8, help="of each lane")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--constants", default="0.75,1,1.1")
    parser.add_argument("--codes-exponent", type=Response.parse, default=Response(2.8, 2.8))
    parser.add_argument("--sound-exponent", type=Response.parse, default=Response(1.0, 1.0))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fast", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    takes, seconds = (4, 12.0) if arguments.fast else (arguments.takes, arguments.seconds)
    constants = ["1"] if arguments.fast else arguments.constants.split(",")
    build = Path("build", arguments.name)
    dataset, model = load_dataset(build / "dataset"), Coded.load(build, arguments.weights)
    lane = lane_through(S2, seconds)
    groups = {"S2": lane} | {f"T = {value}": np.full_like(lane, float(value)) for value in constants}
    # All at once: a product with many rows takes hardly longer than with one.
    lanes = np.concatenate([np.tile(values, (takes, 1)) for values in groups.values()])
    responses = Responses(arguments.codes_exponent, arguments.sound_exponent)
    audio, codes = model.takes(lanes, arguments.seed, responses)
    passages = Passages([piece.codes for piece in coded(dataset, model.model.books, held_out=False)])
    song = Song(dataset, passages)
    rows = [list(HEADS), ["song", "", "", f"{song.held:.2f}", f"{song.own_past:.2f}", *[""] * 5]]
    for place, name in enumerate(groups):
        part = slice(place * takes, (place + 1) * takes)
        rows.append(judge(name, list(audio[part]), list(codes[part]), lane, song).line())
    for row in rows:
        print("  ".join(f"{cell:>9}" for cell in row), flush=True)


if __name__ == "__main__":
    main()
