"""Tells which pair of artist and genre is playing: a classifier trained on the corpus."""

from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.vq.spectral_loss import log_mel, spectrum

Array = npt.NDArray[np.float32]

FRAME: Final = 1024  # a quarter of it apart: 11.6 ms at 22 050 Hz
SEGMENT_SECONDS: Final = 10.0
PULSE_LAGS: Final = 160  # lags of the onset envelope, up to 1.9 s
HIDDEN: Final = 48
STEPS: Final = 1500


def features(audio: Array, rate_hz: int) -> Tensor:
    """What is heard of a stretch, whatever its level: means and spreads of bands, how notes begin, the pulse."""
    samples = torch.from_numpy(audio)[None]
    bands = log_mel(spectrum(samples, FRAME).abs(), FRAME, rate_hz)[0]
    level = bands.mean()
    onset = (bands[1:] - bands[:-1]).clamp(min=0.0)
    envelope = onset.mean(1)
    envelope = envelope - envelope.mean()
    count = len(envelope)
    power = torch.fft.rfft(envelope, 2 * count).abs().square()
    pulse = torch.fft.irfft(power)[1 : PULSE_LAGS + 1] / power.mean().clamp(min=1e-9)
    return torch.cat([bands.mean(0) - level, bands.std(0), onset.mean(0), pulse])


def segments(audio: Array, rate_hz: int) -> list[Array]:
    """Stretches of SEGMENT_SECONDS, half of one apart."""
    length = round(SEGMENT_SECONDS * rate_hz)
    return [audio[at : at + length] for at in range(0, len(audio) - length + 1, length // 2)]


class Judge:
    """Names pairs, as numbers artist * genres + genre."""

    def __init__(self, pairs: int) -> None:
        self._pairs = pairs
        self._mean = torch.zeros(0)
        self._spread = torch.ones(0)
        self._net = nn.Sequential()

    def learn(self, heard: list[Tensor], pairs: list[int]) -> None:
        """Learns from features and the pairs they are of."""
        torch.manual_seed(0)
        rows, wanted = torch.stack(heard), torch.tensor(pairs)
        self._mean, self._spread = rows.mean(0), rows.std(0) + 1e-3
        rows = (rows - self._mean) / self._spread
        self._net = nn.Sequential(nn.Linear(rows.shape[1], HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, self._pairs))
        optimizer = torch.optim.AdamW(self._net.parameters(), 2e-3, weight_decay=0.1)
        for _ in range(STEPS):
            # Noise over the features: what is drawn lies beside what was learned, not on it.
            noisy = rows + 0.5 * torch.randn_like(rows)
            loss = functional.cross_entropy(self._net(noisy), wanted)
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()

    @torch.no_grad()
    def name(self, audio: Array, rate_hz: int) -> int:
        """The pair of a whole item: what its segments say together."""
        rows = torch.stack([features(part, rate_hz) for part in segments(audio, rate_hz)])
        votes = self._net((rows - self._mean) / self._spread).log_softmax(-1).sum(0)
        return int(votes.argmax())
