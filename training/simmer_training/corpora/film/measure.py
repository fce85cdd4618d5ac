"""What can be measured of a corpus before anything learns it."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from scipy.linalg import solve_toeplitz

from simmer_training.corpora.synth.tuning import Audio
from simmer_training.dataset import LIST_FILE

PREDICTOR_ORDER: Final = 16
WINDOW_SECONDS: Final = 0.5
SILENCE: Final = 0.004  # an RMS below this in a window is silence


@dataclass(frozen=True)
class Measures:
    """Of one piece. Decibels are re full scale, but `residual_db`, which is re the signal (lower: more predictable)."""

    seconds: float
    rms_db: float
    peak: float
    dc: float
    silent_share: float
    quietest_db: float  # the RMS of the quietest window
    loudest_db: float
    centroid_hz: float
    residual_db: float


def _db(power: float) -> float:
    return float(10 * np.log10(max(power, 1e-12)))


def predictor_residual_db(audio: Audio, order: int = PREDICTOR_ORDER) -> float:
    """What the best linear predictor of `order` over the whole of `audio` [frames] leaves, in dB under the signal.

    By the autocorrelation method (Makhoul 1975): solve R a = r, residual power r0 - a.r.
    """
    size = 1 << int(np.ceil(np.log2(2 * len(audio))))
    correlation = np.fft.irfft(np.abs(np.fft.rfft(audio, size)) ** 2)[: order + 1]
    correlation[0] *= 1 + 1e-9
    weights = solve_toeplitz(correlation[:-1], correlation[1:])
    return _db(float((correlation[0] - weights @ correlation[1:]) / correlation[0]))


def measure(audio: Audio, rate: int) -> Measures:
    """Measures `audio` [frames], at least one window long."""
    window = round(WINDOW_SECONDS * rate)
    powers = (audio[: len(audio) // window * window].reshape(-1, window) ** 2).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(audio)) ** 2
    frequencies = np.fft.rfftfreq(len(audio), 1 / rate)
    return Measures(
        seconds=len(audio) / rate,
        rms_db=_db(float(np.mean(audio**2))),
        peak=float(np.abs(audio).max()),
        dc=float(audio.mean()),
        silent_share=float((powers < SILENCE**2).mean()),
        quietest_db=_db(float(powers.min())),
        loudest_db=_db(float(powers.max())),
        centroid_hz=float((frequencies * spectrum).sum() / spectrum.sum()),
        residual_db=predictor_residual_db(audio),
    )


def print_measures(dataset: Path) -> None:
    """Prints a line for each piece of the dataset folder, and the total."""
    print("piece         seconds  RMS dB  peak   DC       silent  window dB    centroid Hz  residual dB")
    total = 0.0
    for piece in json.loads((dataset / LIST_FILE).read_text())["pieces"]:
        audio, rate = soundfile.read(dataset / piece["file"], dtype="float64")
        found = measure(audio, rate)
        total += found.seconds
        print(
            f"{Path(piece['file']).stem:12}  {found.seconds:7.1f}  {found.rms_db:6.1f}  {found.peak:.3f}"
            f"  {found.dc:7.0e}  {found.silent_share:6.3f}  {found.quietest_db:5.1f} {found.loudest_db:5.1f}"
            f"  {found.centroid_hz:11.0f}  {found.residual_db:11.1f}{'  held out' if piece['heldOut'] else ''}"
        )
    print(f"{total / 60:.1f} minutes")
