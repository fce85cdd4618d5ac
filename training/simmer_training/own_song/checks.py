"""Says what is wrong with a recording before hours are spent on it, in words for musicians."""

from dataclasses import dataclass
from math import gcd
from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from scipy.signal import resample_poly, welch

from simmer_training.dataset import PEAK, SAMPLE_RATE_HZ
from simmer_training.own_song.failure import SongError
from simmer_training.own_song.recording import Recording, clock

Array = npt.NDArray[np.float64]

SHORTEST_SECONDS: Final = 30.0  # of everything: less than this can only be learned by heart
ADVISED_SECONDS: Final = 300.0
SHORTEST_FILE_SECONDS: Final = 1.0
SILENT_PEAK: Final = 1e-3
QUIET_PEAK: Final = 0.1
CLIPPED_RUNS_A_MINUTE: Final = 5.0
DC_LEVEL: Final = 2e-3
HEARD_LOSS_DECIBELS: Final = 4.5  # channels that have nothing in common lose 3
SILENCE_WINDOW_SECONDS: Final = 0.02
SILENCE_LEVEL: Final = 1e-3  # of the peak: -60 dB
SILENCE_SECONDS: Final = 2.0  # a longer rest is cut
SILENCE_KEPT_SECONDS: Final = 0.5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what it is like, and what to do about it where something is to be done."""

    level: Literal["fine", "advice"]
    file: str  # empty: of all of them
    text: str


@dataclass(frozen=True)
class Prepared:
    """A recording as the model will hear it: mono, at SAMPLE_RATE_HZ, without DC and long silences, peak at PEAK."""

    name: str
    audio: Array


def prepare(recording: Recording) -> tuple[Prepared, list[Finding]]:
    """Checks a recording and brings it to the model's form. SongError where nothing can be learned from it."""
    name, findings = recording.name, [*_channels(recording), *_rate(recording)]
    if recording.cut_short:
        findings.append(Finding("advice", name, "its header promises more than there is: an export that was cut off?"))
    audio = recording.audio.astype(np.float64)
    offset = float(audio.mean())
    audio -= offset
    peak = float(np.abs(audio).max())
    if recording.seconds < SHORTEST_FILE_SECONDS:
        raise SongError("invalid", f"{name} is only {recording.seconds:.2f} s long: leave it out.")
    if peak < SILENT_PEAK:
        raise SongError("invalid", f"{name} is silent (nothing above -60 dBFS): leave it out, or export it again.")
    if abs(offset) > DC_LEVEL * max(peak, 0.1):
        findings.append(Finding("fine", name, f"a constant offset (DC) of {100 * offset:+.1f} % is removed."))
    findings += _level(recording, peak)
    audio = resample(audio, recording.rate_hz)
    audio *= PEAK / np.abs(audio).max()
    audio, cut = cut_silences(audio)
    if cut > 0:
        text = f"{cut:.1f} s of silence are cut out: from silence a model learns to be silent."
        findings.append(Finding("advice" if cut > 0.2 * recording.seconds else "fine", name, text))
    return Prepared(name, audio), findings


def check_length(prepared: list[Prepared]) -> Finding:
    """The length of everything together. SongError below SHORTEST_SECONDS."""
    seconds = sum(len(piece.audio) for piece in prepared) / SAMPLE_RATE_HZ
    if seconds < SHORTEST_SECONDS:
        raise SongError(
            "invalid",
            f"There are {seconds:.0f} s of sound, too few to learn from: {SHORTEST_SECONDS:.0f} s are the least, and "
            "five minutes or more in several performances are good.",
        )
    if seconds < ADVISED_SECONDS:
        return Finding(
            "advice",
            "",
            f"{clock(seconds)} of sound in all. A model learns a piece from hearing it again and again in other ways: "
            "play it three times more (other tempo, dynamics, voicings) and give all of them; aim at 5 minutes.",
        )
    return Finding("fine", "", f"{clock(seconds)} of sound in all.")


def _channels(recording: Recording) -> list[Finding]:
    name, loss = recording.name, recording.mono_loss_decibels
    if recording.channels == 1:
        return []
    if recording.one_channel:
        text = f"left and right cancel each other in mono ({loss:.0f} dB are lost): only the left channel is used. "
        return [
            Finding("advice", name, text + "If that is not what you want, turn the phase of one channel and export.")
        ]
    if loss > HEARD_LOSS_DECIBELS:
        text = f"loses {loss:.0f} dB in mono: parts that are out of phase between left and right get quieter. "
        return [Finding("advice", name, text + "Export a mono mix that you like, to be sure.")]
    return [Finding("fine", name, f"{recording.channels} channels are mixed to mono.")]


def _rate(recording: Recording) -> list[Finding]:
    name, rate = recording.name, recording.rate_hz
    if rate < SAMPLE_RATE_HZ:
        text = f"is at {rate} Hz: it holds nothing above {rate / 2000:.1f} kHz, and the model will sound as dull. "
        return [Finding("advice", name, text + "Export it at 44100 Hz, if you have it.")]
    if rate == SAMPLE_RATE_HZ:
        return []
    hertz, density = welch(recording.audio, rate, nperseg=min(2048, len(recording.audio)))
    share = float(density[hertz > SAMPLE_RATE_HZ / 2].sum() / (density.sum() + 1e-30))
    text = f"{rate} Hz is brought to {SAMPLE_RATE_HZ} Hz: what is above {SAMPLE_RATE_HZ // 2000} kHz is lost"
    if share < 1e-4:
        return [Finding("fine", name, f"{text}, which is nearly nothing here.")]
    text += f", {10 * np.log10(share):.0f} dB below the whole: air, and the shine of cymbals."
    return [Finding("advice" if share > 0.03 else "fine", name, text)]


def _level(recording: Recording, peak: float) -> list[Finding]:
    findings, name = [], recording.name
    if peak < QUIET_PEAK:
        text = f"is quiet (peak {20 * np.log10(peak):.0f} dBFS) and is raised, its noise with it: export it louder."
        findings.append(Finding("advice", name, text))
    runs = recording.clipped_runs
    if runs > CLIPPED_RUNS_A_MINUTE * recording.seconds / 60 and runs > 1:
        text = (
            f"clips at {runs} places; the model will learn to clip. Export it with lower gain, without a hard limiter."
        )
        findings.append(Finding("advice", name, text))
    return findings


def resample(audio: Array, rate_hz: int) -> Array:
    """To SAMPLE_RATE_HZ, by scipy's polyphase filter (a Kaiser window of beta 5)."""
    divisor = gcd(rate_hz, SAMPLE_RATE_HZ)
    if rate_hz == SAMPLE_RATE_HZ:
        return audio
    resampled: Array = resample_poly(audio, SAMPLE_RATE_HZ // divisor, rate_hz // divisor)
    return resampled


def cut_silences(audio: Array) -> tuple[Array, float]:
    """Shortens every rest of SILENCE_SECONDS or more to SILENCE_KEPT_SECONDS, half from either end; seconds cut."""
    window = round(SILENCE_WINDOW_SECONDS * SAMPLE_RATE_HZ)
    count = len(audio) // window
    loudest = np.abs(audio[: count * window]).reshape(count, window).max(axis=1, initial=0.0)
    silent = loudest < SILENCE_LEVEL * np.abs(audio).max()
    edges = np.flatnonzero(np.diff(np.concatenate([[False], silent, [False]]).astype(np.int8)))
    keep = np.ones(len(audio), np.bool_)
    half = round(SILENCE_KEPT_SECONDS / 2 * SAMPLE_RATE_HZ)
    for begin, end in zip(edges[::2] * window, edges[1::2] * window, strict=True):
        last = len(audio) if end == count * window else int(end)
        if last - begin >= SILENCE_SECONDS * SAMPLE_RATE_HZ:
            keep[int(begin) + half : last - half] = False
    return audio[keep], float((~keep).sum() / SAMPLE_RATE_HZ)
