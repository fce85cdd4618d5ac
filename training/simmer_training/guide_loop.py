"""Cuts the tiny loop that guides experiment S3 out of the training audio.

    python -m simmer_training.guide_loop [--out ../experiments/guide-one-song.wav]

Two beats of the first performance, from a rising zero crossing near the first beat of a bar to one near the third, the
last 8 ms crossfaded into what came before the loop's beginning, so that it goes round without a click. 48 kHz, since
that is what hosts import without asking.
"""

import argparse
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

from simmer_training.corpora.one_song.performances import PERFORMANCES
from simmer_training.corpora.one_song.score import BEATS_PER_BAR
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.places import Places

RATE_HZ: Final = 48_000
BAR: Final = 1  # counted from 0: the second bar, where the melody stands on the sixth of B flat
BEATS: Final = 2
FADE_SECONDS: Final = 0.008

Audio = npt.NDArray[np.float64]


def rising_zero(audio: Audio, near: int) -> int:
    """The rising zero crossing closest to an index."""
    rising = np.flatnonzero((audio[:-1] < 0) & (audio[1:] >= 0)) + 1
    return int(rising[np.abs(rising - near).argmin()])


def cut_loop(audio: Audio, beats_per_minute: float) -> Audio:
    """The loop, at RATE_HZ, from a performance at SAMPLE_RATE_HZ."""
    beat = 60 / beats_per_minute * RATE_HZ
    fine = resample_poly(audio, RATE_HZ // SAMPLE_RATE_HZ, 1)
    start = rising_zero(fine, round(BAR * BEATS_PER_BAR * beat))
    end = rising_zero(fine, round((BAR * BEATS_PER_BAR + BEATS) * beat))
    loop: Audio = fine[start:end].copy()
    frames = round(FADE_SECONDS * RATE_HZ)
    fade = np.linspace(0, 1, frames)
    loop[-frames:] = (1 - fade) * loop[-frames:] + fade * fine[start - frames : start]
    return loop


def main() -> None:
    """Writes the loop."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("../experiments/guide-one-song.wav"))
    out = parser.parse_args().out
    performance = PERFORMANCES[0]
    audio, rate = soundfile.read(Places("one-song").dataset / f"{performance.name}.wav", dtype="float64")
    if rate != SAMPLE_RATE_HZ:
        raise ValueError(f"the corpus is at {rate} Hz, not {SAMPLE_RATE_HZ}")
    loop = cut_loop(audio, performance.beats_per_minute)
    soundfile.write(out, loop, RATE_HZ, subtype="PCM_16")
    print(f"{out}: {len(loop) / RATE_HZ:.3f} s, peak {np.abs(loop).max():.2f}")


if __name__ == "__main__":
    main()
