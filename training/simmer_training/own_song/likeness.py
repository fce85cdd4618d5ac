"""Measures how much drawn audio is like the song it was learned from, and what is ill about it.

The distance is Frechet's between two clouds of spectra, as in the "Frechet audio distance" (Kilgour et al., 2019, arXiv
1812.08466) but on log-mel frames in place of a network's embedding: three successive frames of 64 bands, in the 32
directions in which the song varies most, |m1 - m2|^2 + tr(S1 + S2 - 2 (S1 S2)^(1/2)), over the song's own variance
tr(S1). 0 is the same statistics; 1 is as far off as the song's spectra are from their own mean.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
from scipy.linalg import sqrtm

from simmer_training import metrics
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.spectrogram import log_mel, power

Array = npt.NDArray[np.float64]

STACK: Final = 3
DIRECTIONS: Final = 32
SONG_SECONDS: Final = 240.0  # of the song are looked at, in stretches of STRETCH_SECONDS spread over it
STRETCH_SECONDS: Final = 8.0
SOUNDING_POWER: Final = 1e-6  # of a frame's spectrum, summed: quieter frames are silence, not noise
TINY: Final = 1e-12


@dataclass(frozen=True)
class Ills:
    """What a stretch of audio may suffer from, each 0 to 1."""

    silent: float  # share of silent half-seconds
    held: float  # share of the time in which one pitch is the loudest
    noisy: float  # share of the sounding frames that are like noise
    repeating: float  # highest log-mel autocorrelation at a lag of 0.3 to 4 s


@dataclass(frozen=True)
class _Cloud:
    mean: Array
    covariance: Array


class Song:
    """What takes are compared with."""

    def __init__(self, pieces: Sequence[Array]) -> None:
        """`pieces` are amplitudes at SAMPLE_RATE_HZ; stretches that are spread over all of them stand for the song."""
        self.stretches = _stretches(pieces)
        features = np.concatenate([_features(stretch) for stretch in self.stretches])
        self._mean = features.mean(axis=0)
        _, _, directions = np.linalg.svd(features - self._mean, full_matrices=False)
        self._directions = directions[:DIRECTIONS]
        self._cloud = self._cloud_of(features)
        self._variance = float(np.trace(self._cloud.covariance))
        own = [ills(stretch) for stretch in self.stretches]
        self.ills = _means(own)

    def distance(self, takes: Sequence[Array]) -> float:
        """From the song to takes together, over the song's variance; 0 is nearest."""
        cloud = self._cloud_of(np.concatenate([_features(take) for take in takes]))
        root = sqrtm(self._cloud.covariance @ cloud.covariance)
        apart = float(((self._cloud.mean - cloud.mean) ** 2).sum())
        apart += float(np.trace(self._cloud.covariance + cloud.covariance - 2 * root.real))
        return max(0.0, apart) / self._variance

    def _cloud_of(self, features: Array) -> _Cloud:
        rows = (features - self._mean) @ self._directions.T
        jitter = np.eye(rows.shape[1]) * TINY
        return _Cloud(rows.mean(axis=0), np.cov(rows.T) + jitter)


def ills(audio: Array) -> Ills:
    """Of one stretch; a second or more."""
    spectra = power(audio)[:, 4:257]  # 60 Hz to 4 kHz, as metrics.health
    sounding = spectra.sum(axis=1) > SOUNDING_POWER
    flatness = np.exp(np.log(spectra + TINY).mean(axis=1)) / (spectra + TINY).mean(axis=1)
    noisy = float((flatness[sounding] > metrics.NOISY_FLATNESS).mean()) if sounding.any() else 0.0
    silent = metrics.health(audio)["silent"]
    held = metrics.held_pitch(audio) if sounding.mean() > 0.5 else 0.0
    return Ills(silent, held, noisy, _repeating(audio))


def mean_ills(takes: Sequence[Array]) -> Ills:
    """The means over takes."""
    return _means([ills(take) for take in takes])


def _repeating(audio: Array) -> float:
    longest = 2 * metrics.LONGEST_LAG_SECONDS
    if len(audio) < longest * SAMPLE_RATE_HZ:  # a short stretch has no room for the longest lag
        return 0.0
    return max(0.0, metrics.autocorrelation_peak(audio)[0])


def _means(found: Sequence[Ills]) -> Ills:
    return Ills(
        silent=float(np.mean([one.silent for one in found])),
        held=float(np.mean([one.held for one in found])),
        noisy=float(np.mean([one.noisy for one in found])),
        repeating=float(np.mean([one.repeating for one in found])),
    )


def _features(audio: Array) -> Array:
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
