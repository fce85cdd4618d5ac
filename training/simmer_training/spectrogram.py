"""Log-mel spectrograms: for the metrics, and as small PNG pictures to look at."""

import zlib
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.dataset import SAMPLE_RATE_HZ

Array = npt.NDArray[np.float64]

WINDOW: Final = 1024
HOP: Final = 256  # 16 ms
MEL_BANDS: Final = 64
LOWEST_HZ: Final = 50.0
FLOOR: Final = 1e-5  # about 100 dB below a full-scale sine's power
SHOWN_DECIBELS: Final = 80.0


def power(audio: Array) -> Array:
    """Power spectra [frames, WINDOW/2 + 1] of Hann windows; a full-scale sine peaks near 1."""
    starts = range(0, len(audio) - WINDOW + 1, HOP)
    window = np.hanning(WINDOW)
    frames = np.stack([audio[start : start + WINDOW] for start in starts]) * window
    spectra: Array = np.abs(np.fft.rfft(frames, axis=1) / (window.sum() / 2)) ** 2
    return spectra


def log_mel(audio: Array) -> Array:
    """Natural logarithm of mel-band power, [frames, MEL_BANDS]."""
    return np.log(power(audio) @ _mel_filters().T + FLOOR)


def smooth_log_mel(audio: Array, frames: int) -> Array:
    """As `log_mel`, of the mean power of every so many frames: [len / frames, MEL_BANDS].

    A single frame of noise is as uneven as the next, whatever its spectrum; means of six differ by a third of that.
    """
    bands = power(audio) @ _mel_filters().T
    whole = len(bands) // frames * frames
    smoothed: Array = np.log(bands[:whole].reshape(-1, frames, MEL_BANDS).mean(axis=1) + FLOOR)
    return smoothed


def write_png(audio: Array, path: Path, highest_hz: float = 4000.0) -> None:
    """A grey spectrogram, dark is loud, linear in frequency up to `highest_hz`; 16 ms a column."""
    rows = round(highest_hz / SAMPLE_RATE_HZ * WINDOW)
    decibels = 10 * np.log10(power(audio)[:, :rows].T[::-1] + 1e-12)
    grey = np.clip(-decibels / SHOWN_DECIBELS, 0, 1) * 255
    write_grey(grey.astype(np.uint8), path)


def _mel_filters() -> Array:
    """Triangles evenly spaced in mel (2595 log10(1 + f/700), O'Shaughnessy 1987), [MEL_BANDS, WINDOW/2 + 1]."""
    lowest, highest = (2595 * np.log10(1 + hz / 700) for hz in (LOWEST_HZ, SAMPLE_RATE_HZ / 2))
    edges = 700 * (10 ** (np.linspace(lowest, highest, MEL_BANDS + 2) / 2595) - 1)
    hertz = np.fft.rfftfreq(WINDOW, 1 / SAMPLE_RATE_HZ)
    rising = (hertz - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    falling = (edges[2:, None] - hertz) / (edges[2:] - edges[1:-1])[:, None]
    filters: Array = np.clip(np.minimum(rising, falling), 0, None)
    return filters


def write_grey(pixels: npt.NDArray[np.uint8], path: Path) -> None:
    """An 8-bit greyscale PNG (W3C PNG, third edition) of [rows, columns]."""
    height, width = pixels.shape
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 0, 0, 0, 0))
    lines = b"".join(b"\x00" + row.tobytes() for row in pixels)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    body = b"".join(
        len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")
        for kind, content in chunks
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + body)
