"""Figure 7: what is wrong with the audio, by temperature."""

from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training import metrics
from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.repetition import settled
from simmer_training.figures.takes import Takes
from simmer_training.figures.verdict import Figure, at_least, at_most
from simmer_training.spectrogram import HOP, power

Array = npt.NDArray[np.float64]

BURST_FLATNESS: Final = 0.5
BURST_LEVEL: Final = 10 ** (-30 / 20)
BURST_FRAMES: Final = 3  # about 50 ms
CLICK_LEAP: Final = 0.5  # of full scale, from both neighbours in one step


def bursts_per_minute(audio: Array) -> float:
    """Stretches of 50 ms or more that are as flat as noise (60 Hz to 4 kHz) and louder than -30 dBFS."""
    spectra = power(audio)
    band = spectra[:, 4:257] + 1e-12
    flat = np.exp(np.log(band).mean(axis=1)) / band.mean(axis=1) > BURST_FLATNESS
    level = np.array([np.sqrt((audio[at * HOP : at * HOP + 1024] ** 2).mean()) for at in range(len(spectra))])
    noisy = np.concatenate([[False], flat & (level > BURST_LEVEL), [False]])
    edges = np.flatnonzero(np.diff(noisy.astype(int)))
    long = (edges[1::2] - edges[::2]) >= BURST_FRAMES
    return float(long.sum() * 60 * SAMPLE_RATE_HZ / len(audio))


def clicks_per_minute(audio: Array) -> float:
    """Single steps that leap by half of full scale and back."""
    before, after = audio[1:-1] - audio[:-2], audio[1:-1] - audio[2:]
    leaps = (np.minimum(np.abs(before), np.abs(after)) > CLICK_LEAP) & (np.sign(before) == np.sign(after))
    return float(leaps.sum() * 60 * SAMPLE_RATE_HZ / len(audio))


def health_figure(takes: Takes) -> Figure:
    """Shares of silence, DC and clipping, and bursts and clicks a minute, by temperature."""
    table, every = [], []
    for temperature in takes.temperatures():
        rows = []
        for take in takes.at(temperature):
            audio = settled(take)
            found = metrics.health(audio)
            faults = [bursts_per_minute(audio), clicks_per_minute(audio)]
            rows.append([found["silent"], abs(found["dc"]), found["clipped"], *faults, metrics.held_pitch(audio)])
        table.append([temperature, *np.mean(rows, axis=0).tolist()])
        every += [[temperature, *row] for row in rows]
    noise = np.random.default_rng(1).normal(0, 0.1, 4 * SAMPLE_RATE_HZ)
    spike = np.zeros(SAMPLE_RATE_HZ)
    spike[8000] = 0.9
    useful = [row for row in table if row[0] <= 1]
    return Figure(
        title="Health",
        how="Silent: half-seconds below -50 dBFS. Clipped: values at full scale. Bursts: 50 ms as flat as noise "
        "and above -30 dBFS. Clicks: single steps that leap by half of full scale and back. Held pitch: share of the "
        "last 8 s in which the commonest pitch is the loudest.",
        columns=("T", "silent", "DC", "clipped", "bursts/min", "clicks/min", "held pitch"),
        table=table,
        takes=every,
        verdicts=[
            at_most("largest DC", max(row[2] for row in table), 0.02),
            at_most("bursts of noise a minute up to T = 1", max(row[4] for row in useful), 1),
        ],
        controls=[
            at_least("bursts a minute in noise", bursts_per_minute(noise), 1),
            at_least("clicks a minute where one was planted in a second", clicks_per_minute(spike), 59),
        ],
    )
