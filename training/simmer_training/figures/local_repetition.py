"""How much a stretch of audio repeats what it has just played: what a lane is heard by.

Over windows of WINDOW_SECONDS, one every HOP_SECONDS: the highest correlation of the log-mel frames, each band relative
to its mean in the window, with themselves SHORTEST_LAG to LONGEST_LAG seconds later. A cool stretch repeats itself, a
warm one wanders, so the correlation of this with a lane that is heard is clearly negative; with a lane that was never
heard it is about 0.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.statistics import pearson
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure, at_most
from simmer_training.spectrogram import HOP, log_mel

Array = npt.NDArray[np.float64]

WINDOW_SECONDS: Final = 4.0
HOP_SECONDS: Final = 0.5
SHORTEST_LAG: Final = 0.25
LONGEST_LAG: Final = 3.0
STILL_WORST: Final = 0.75  # in a take with some fifteen windows of its own, chance alone comes to 0.5


def _frames(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE_HZ / HOP)


def local_repetition(audio: Array) -> Array:
    """A value between -1 and 1 for each window. ValueError where the audio is shorter than one."""
    mel = log_mel(audio)
    length, hop = _frames(WINDOW_SECONDS), _frames(HOP_SECONDS)
    if len(mel) < length:
        raise ValueError(f"shorter than {WINDOW_SECONDS:g} s")
    return np.array([_repetition(mel[start : start + length]) for start in range(0, len(mel) - length + 1, hop)])


def followed(audio: Array, lane: Array) -> float:
    """Pearson's correlation of local repetition with the mean of `lane` (a temperature a step) over each window."""
    repeated = local_repetition(audio)
    length, hop = round(WINDOW_SECONDS * SAMPLE_RATE_HZ), _frames(HOP_SECONDS) * HOP
    along = np.array([lane[index * hop : index * hop + length].mean() for index in range(len(repeated))])
    return pearson(repeated, along)


def local_repetition_figure(takes: Takes) -> Figure:
    """S2, whose lane rises and falls, against S1, whose lane does not: both compared with the lane of S2."""
    drawn, constant = takes.of("S2"), takes.of("S1")
    lane = drawn[0].temperature

    def along(group: list[Take]) -> list[float]:
        return [followed(take.audio, lane[: len(take.bins)]) for take in group]

    moving, still = along(drawn), along(constant)
    return Figure(
        title="Cool stretches repeat themselves, warm ones wander",
        how=f"Local repetition: in windows of {WINDOW_SECONDS:g} s every {HOP_SECONDS:g} s, the highest correlation of "
        f"the log-mel frames, each band relative to its mean in the window, with themselves {SHORTEST_LAG:g} to "
        f"{LONGEST_LAG:g} s later; correlated (Pearson) with the lane of S2 over the same time. S1 was drawn at a "
        "constant 1.0 and is compared with the same lane, which it never heard.",
        columns=("seed", "S2", "S1"),
        table=[[float(take.seed), a, b] for take, a, b in zip(drawn, moving, still, strict=True)],
        verdicts=[
            at_most("mean correlation in S2", float(np.mean(moving)), -0.5),
            at_most("worst take of S2", max(moving), -0.25),
            at_most("mean correlation in S1, either way", abs(float(np.mean(still))), 0.2),
            at_most("worst take of S1, either way", float(np.abs(still).max()), STILL_WORST),
        ],
    )


def _repetition(mel: Array) -> float:
    free = mel - mel.mean(axis=0)
    best = -1.0
    for lag in range(_frames(SHORTEST_LAG), _frames(LONGEST_LAG)):
        later, earlier = free[lag:], free[:-lag]
        scale = np.sqrt((later**2).sum() * (earlier**2).sum())
        best = max(best, float((later * earlier).sum() / (scale + 1e-12)))
    return best
