"""Measures how much drawn audio is like the song it was learned from, and what is ill about it.

The distance is Fréchet's between two clouds of log-mel spectra (figures/statistics.py), three successive frames of 64
bands to a point. Squared, it is divided by the song's own variance: 0 is the same statistics, 1 is as far off as the
song's spectra are from their own mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training import metrics
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.statistics import Cloud
from simmer_training.spectrogram import log_mel, power

Array = npt.NDArray[np.float64]

STACK: Final = 3
SONG_SECONDS: Final = 240.0  # of the song are looked at, in stretches of STRETCH_SECONDS spread over it
STRETCH_SECONDS: Final = 8.0
SOUNDING_POWER: Final = 1e-6  # of a frame's spectrum, summed: quieter frames are silence, not noise
TINY: Final = 1e-12
NOISE_BINS: Final = (4, 260)  # 60 Hz to 4 kHz
NOISE_BAND_BINS: Final = 16  # 250 Hz
NOISY: Final = 0.4  # synthesised music: 0.04 in the middle, 0.17 in one frame of ten


@dataclass(frozen=True)
class Ills:
    """What a stretch of audio may suffer from, each 0 to 1."""

    silent: float  # share of silent half-seconds
    held: float  # share of the time in which one pitch is the loudest
    noisy: float  # share of the sounding frames that are like noise
    repeating: float  # highest log-mel autocorrelation at a lag of 0.3 to 4 s


class Song:
    """What takes are compared with."""

    def __init__(self, pieces: Sequence[Array]) -> None:
        """`pieces` are amplitudes at SAMPLE_RATE_HZ; stretches that are spread over all of them stand for the song."""
        self.stretches = _stretches(pieces)
        rows = np.concatenate([features(stretch) for stretch in self.stretches])
        self._cloud = Cloud(rows)
        self._variance = float(rows.var(axis=0).sum())
        own = [ills(stretch) for stretch in self.stretches]
        self.ills = means(own)

    def distance(self, takes: Sequence[Array]) -> float:
        """From the song to takes together, over the song's variance; 0 is nearest."""
        return self.distance_of([features(take) for take in takes])

    def distance_of(self, rows: Sequence[Array]) -> float:
        """The same, of what `features` made of each take."""
        return self._cloud.distance(np.concatenate(rows)) ** 2 / self._variance


def ills(audio: Array) -> Ills:
    """Of one stretch; a second or more."""
    spectra = power(audio)[:, NOISE_BINS[0] : NOISE_BINS[1]]
    sounding = spectra.sum(axis=1) > SOUNDING_POWER
    noisy = float((_noisiness(spectra[sounding]) > NOISY).mean()) if sounding.any() else 0.0
    silent = metrics.health(audio)["silent"]
    held = metrics.held_pitch(audio) if sounding.mean() > 0.5 else 0.0
    return Ills(silent, held, noisy, _repeating(audio))


def _noisiness(spectra: Array) -> Array:
    """How flat each frame is within bands, weighted by their power: 0 for tones, 0.6 for noise of any colour.

    Flatness over the whole spectrum (metrics.health) takes noise that falls towards the treble, as a model's does,
    for music. In narrow bands noise is flat whatever its colour: a geometric mean of 0.56 of the mean.
    """
    bands = spectra.reshape(len(spectra), -1, NOISE_BAND_BINS) + TINY
    flatness = np.exp(np.log(bands).mean(axis=2)) / bands.mean(axis=2)
    weights = bands.sum(axis=2)
    shares: Array = (flatness * weights).sum(axis=1) / weights.sum(axis=1)
    return shares


def mean_ills(takes: Sequence[Array]) -> Ills:
    """The means over takes."""
    return means([ills(take) for take in takes])


def _repeating(audio: Array) -> float:
    longest = 2 * metrics.LONGEST_LAG_SECONDS
    if len(audio) < longest * SAMPLE_RATE_HZ:  # a short stretch has no room for the longest lag
        return 0.0
    return max(0.0, metrics.autocorrelation_peak(audio)[0])


def means(found: Sequence[Ills]) -> Ills:
    """The means of several stretches' ills."""
    return Ills(
        silent=float(np.mean([one.silent for one in found])),
        held=float(np.mean([one.held for one in found])),
        noisy=float(np.mean([one.noisy for one in found])),
        repeating=float(np.mean([one.repeating for one in found])),
    )


def features(audio: Array) -> Array:
    """STACK successive log-mel frames in a row, [frames, STACK * bands]."""
    mel = log_mel(audio)
    count = len(mel) - STACK + 1
    return np.concatenate([mel[offset : offset + count] for offset in range(STACK)], axis=1)


def _stretches(pieces: Sequence[Array]) -> list[Array]:
    length = round(STRETCH_SECONDS * SAMPLE_RATE_HZ)
    places = [(piece, at) for piece in pieces for at in range(0, len(piece) - length + 1, length)]
    if not places:
        return [np.concatenate(list(pieces))]
    count = min(len(places), round(SONG_SECONDS / STRETCH_SECONDS))
    chosen = np.linspace(0, len(places) - 1, count).round().astype(int)
    return [places[index][0][places[index][1] :][:length] for index in chosen]
