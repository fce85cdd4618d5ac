"""How far audio is from audio, as ears and phases go."""

from functools import lru_cache
from typing import Final

import torch
from torch import Tensor

FRAMES: Final = (256, 1024, 2048)  # up to HIGH_RATE_HZ; twice as many above
HIGH_RATE_HZ: Final = 32_000
BANDS: Final = {256: 24, 512: 24, 1024: 64, 2048: 96, 4096: 128}
FLOOR: Final = 1e-4


@lru_cache(maxsize=8)
def mel_bands(frame: int, bands: int, rate_hz: int) -> Tensor:
    """Triangles [frame / 2 + 1, bands] on the mel scale (O'Shaughnessy 1987), of which each sums to one."""
    top = 2595.0 * torch.log10(torch.tensor(1.0 + rate_hz / 2 / 700.0))
    edges = 700.0 * (10.0 ** (torch.linspace(0.0, 1.0, bands + 2) * top / 2595.0) - 1.0)
    at = torch.linspace(0.0, rate_hz / 2, frame // 2 + 1)[:, None]
    rising = (at - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - at) / (edges[2:] - edges[1:-1])
    triangles = torch.minimum(rising, falling).clamp(min=0.0)
    return triangles / triangles.sum(0).clamp(min=1e-3)


def spectrum(audio: Tensor, frame: int) -> Tensor:
    """Complex short-time spectrum [batch, frames, bins] of [batch, n], a quarter of a frame apart; full scale is 1."""
    window = torch.hann_window(frame)
    bins = torch.stft(audio, frame, frame // 4, window=window, center=False, return_complex=True)
    return bins.transpose(1, 2) * (2.0 / window.sum())


def log_mel(magnitudes: Tensor, frame: int, rate_hz: int) -> Tensor:
    """Logarithms (natural) of mel bands [batch, frames, bands]."""
    return torch.log(magnitudes @ mel_bands(frame, BANDS[frame], rate_hz) + FLOOR)


def loss_of(made: Tensor, wanted: Tensor, rate_hz: int) -> tuple[Tensor, float]:
    """The loss between two [batch, n], and for people the distance of log-mel bands in dB, in the middle frame."""
    total = torch.zeros(())
    decibels = 0.0
    frames = FRAMES if rate_hz <= HIGH_RATE_HZ else tuple(2 * frame for frame in FRAMES)
    for frame in frames:
        ours, theirs = spectrum(made, frame), spectrum(wanted, frame)
        # The square root of a sum that is nothing has no slope.
        magnitude = (ours.real.square() + ours.imag.square() + 1e-10).sqrt()
        goal = theirs.abs()
        mel = (log_mel(magnitude, frame, rate_hz) - log_mel(goal, frame, rate_hz)).abs().mean()
        if frame == frames[1]:
            decibels = float(mel.detach()) * 8.686
        energy = goal.square().mean().sqrt() + 1e-3
        linear = (magnitude - goal).abs().mean() / energy
        complex_part = (torch.view_as_real(ours - theirs)).abs().mean() / energy
        total = total + mel + linear + 0.5 * complex_part
    return total / len(frames), decibels
