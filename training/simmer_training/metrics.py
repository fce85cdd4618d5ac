"""Numbers that say what a stretch of audio is like: how repetitive, how new, how healthy.

None of them is a judgement of quality; evaluate.py compares them between temperatures and with the training audio.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.spectrogram import HOP, log_mel, power, smooth_log_mel

Array = npt.NDArray[np.float64]

FRAMES_PER_SECOND: Final = SAMPLE_RATE_HZ / HOP
PATCH_FRAMES: Final = 31  # half a second
PATCH_HOP: Final = 8
SHORTEST_LAG_SECONDS: Final = 0.3  # shorter than an eighth note of the piece, longer than the ring of one frame
LONGEST_LAG_SECONDS: Final = 4.0
CODES: Final = 64
HELD_SECONDS: Final = 8
SMOOTHED_FRAMES: Final = 6  # about 0.1 s
PAST_FRAMES: Final = 5  # smoothed: half a second
PAST_APART: Final = 10  # smoothed: a second
SILENT_RMS: Final = 0.003
NOISY_FLATNESS: Final = 0.5


def patches(audio: Array) -> Array:
    """Half-second pieces of the log-mel spectrogram, one every 128 ms, each flattened to a row."""
    mel = log_mel(audio)
    starts = range(0, len(mel) - PATCH_FRAMES + 1, PATCH_HOP)
    return np.stack([mel[start : start + PATCH_FRAMES].ravel() for start in starts])


def autocorrelation_peak(audio: Array) -> tuple[float, float]:
    """The highest correlation of the log-mel frames with themselves at a lag of 0.3 to 4 s, and that lag in seconds.

    Frames are taken relative to their mean over time, so a steady timbre alone scores nothing.
    """
    mel = log_mel(audio)
    mel = mel - mel.mean(axis=0)
    lags = range(round(SHORTEST_LAG_SECONDS * FRAMES_PER_SECOND), round(LONGEST_LAG_SECONDS * FRAMES_PER_SECOND))
    scores = [_correlation(mel[lag:], mel[:-lag]) for lag in lags]
    best = int(np.argmax(scores))
    return scores[best], lags[best] / FRAMES_PER_SECOND


def self_similarity(audio: Array) -> float:
    """Mean cosine similarity of half-second patches at least half a second apart, their common mean level taken off."""
    rows = patches(audio)
    rows = rows - rows.mean()
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    similarity = rows @ rows.T
    apart = np.abs(np.subtract.outer(np.arange(len(rows)), np.arange(len(rows)))) * PATCH_HOP >= PATCH_FRAMES
    return float(similarity[apart].mean())


def nearest_distance(audio: Array, library: Array) -> float:
    """Mean distance (root mean square, in nepers) from each half-second patch to the nearest in `library`."""
    rows = patches(audio)
    squares = (rows**2).sum(axis=1)[:, None] + (library**2).sum(axis=1) - 2 * rows @ library.T
    return float(np.sqrt(np.clip(squares.min(axis=1), 0, None) / rows.shape[1]).mean())


def own_past_distance(audio: Array) -> float:
    """Mean distance (root mean square, in nepers) from each half-second to the nearest one a second or more before it.

    What says least when a take repeats itself, by a loop and by a held note alike; a correlation over time, which takes
    off the mean, calls a drone new. ValueError where there is not a second and a half of audio.
    """
    mel = smooth_log_mel(audio, SMOOTHED_FRAMES)
    if len(mel) < PAST_APART + PAST_FRAMES:
        raise ValueError("too short to have a past")
    rows = np.lib.stride_tricks.sliding_window_view(mel, PAST_FRAMES, axis=0).reshape(len(mel) - PAST_FRAMES + 1, -1)
    lengths = (rows**2).sum(axis=1)
    squares = lengths[:, None] + lengths - 2 * rows @ rows.T
    place = np.arange(len(rows))
    earlier = np.where(place[:, None] - place >= PAST_APART, squares, np.inf).min(axis=1)[PAST_APART:]
    return float(np.sqrt(np.clip(earlier, 0, None) / rows.shape[1]).mean())


def held_pitch(audio: Array) -> float:
    """Share of the last 8 s in which the loudest frequency between 150 Hz and 3 kHz is the commonest one."""
    loudest = power(audio[-HELD_SECONDS * SAMPLE_RATE_HZ :])[:, 10:200].argmax(axis=1)
    return float(np.bincount(loudest).max() / len(loudest))


def code_book(audio: Array, seed: int = 0, rounds: int = 20) -> Array:
    """CODES typical log-mel frames of the training audio (k-means, Lloyd's algorithm)."""
    mel = log_mel(audio)
    centres = mel[np.random.default_rng(seed).choice(len(mel), CODES, replace=False)]
    for _ in range(rounds):
        nearest = _nearest(mel, centres)
        centres = np.stack(
            [mel[nearest == code].mean(axis=0) if np.any(nearest == code) else centres[code] for code in range(CODES)]
        )
    return centres


def longest_repeated_run(audio: Array, centres: Array) -> float:
    """Seconds of the longest run of codes that occurs twice without overlap (a held code counts as one per frame)."""
    codes = _nearest(log_mel(audio), centres)
    longest, run = 0, np.zeros(len(codes) + 1, np.int64)
    for i in range(len(codes)):
        following = np.zeros_like(run)
        same = codes[:i] == codes[i]
        following[1 : i + 1] = np.where(same, np.minimum(run[:i] + 1, i - np.arange(i)), 0)
        longest, run = max(longest, int(following.max())), following
    return longest / FRAMES_PER_SECOND


def distinct_trigrams(audio: Array, centres: Array) -> float:
    """Share of the triples of successive codes that are different from all others."""
    codes = _nearest(log_mel(audio), centres)
    triples = np.stack([codes[:-2], codes[1:-1], codes[2:]], axis=1)
    return len(np.unique(triples, axis=0)) / len(triples)


def health(audio: Array) -> dict[str, float]:
    """Share of silent half-seconds and of clipped values, DC, and share of noise-like frames among the sounding."""
    half = SAMPLE_RATE_HZ // 2
    blocks = audio[: len(audio) // half * half].reshape(-1, half)
    spectra = power(audio)[:, 4:257] + 1e-12  # 60 Hz to 4 kHz
    flatness = np.exp(np.log(spectra).mean(axis=1)) / spectra.mean(axis=1)
    return {
        "silent": float((np.sqrt((blocks**2).mean(axis=1)) < SILENT_RMS).mean()),
        "clipped": float((np.abs(audio) > 0.999).mean()),
        "dc": float(audio.mean()),
        "noisy": float((flatness > NOISY_FLATNESS).mean()),
        "rms": float(np.sqrt((audio**2).mean())),
    }


def _correlation(a: Array, b: Array) -> float:
    return float((a * b).sum() / np.sqrt((a**2).sum() * (b**2).sum() + 1e-12))


def _nearest(rows: Array, centres: Array) -> npt.NDArray[np.int64]:
    """The index of the nearest centre of each row."""
    nearest: npt.NDArray[np.int64] = ((centres**2).sum(axis=1) - 2 * rows @ centres.T).argmin(axis=1)
    return nearest
