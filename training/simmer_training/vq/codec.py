"""A causal codec: frames of a short-time spectrum, residual vector quantization, and back.

The encoder hears the row's own frames and what came before; the decoder gives a row's frames from its codes and those
before. So nothing waits for what comes later. The decoder predicts a spectrum whose inverse transforms overlap (Siuzdak
2023, Vocos, arXiv 2306.00814), here from the past alone; the quantizer is that of SoundStream (Zeghidour et al. 2021,
arXiv 2107.03312).

Audio is [batch, channels, frames]. Inside, the spectra of all channels at one place are one vector, and a row is
`parts` such places one after the other.
"""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.vq.residual_quantizer import Quantizer
from simmer_training.vq.shape import CodecShape

COMPRESSION_FLOOR: Final = 1e-5
HEADROOM: Final = 0.8  # -2 dB: the corpus comes up to -1 dBFS, and what is drawn may add what never sounded together


class CausalBlock(nn.Module):
    """A ConvNeXt block (Liu et al. 2022) over rows that hears `kernel - 1` rows of the past."""

    def __init__(self, width: int, inner: int, kernel: int) -> None:
        super().__init__()
        self.past = kernel - 1
        self.depthwise = nn.Conv1d(width, width, kernel, groups=width)
        self.norm = nn.LayerNorm(width)
        self.rise = nn.Linear(width, inner)
        self.fall = nn.Linear(inner, width)
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, rows: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        """`rows` [batch, count, width] after `past` [batch, kernel - 1, width]: the rows, and the next ones' past."""
        heard = torch.cat([past, rows], dim=1)
        mixed = self.depthwise(heard.transpose(1, 2)).transpose(1, 2)
        raised = functional.gelu(self.rise(self.norm(mixed)), approximate="tanh")
        return rows + self.scale * self.fall(raised), heard[:, heard.shape[1] - self.past :]


class Encoder(nn.Module):
    """Audio to latents, row by row."""

    window: Tensor

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("window", torch.hann_window(2 * shape.hop), persistent=False)
        self.enter = nn.Linear(shape.spectrum_values, shape.encoder_width)
        self.blocks = nn.ModuleList(
            CausalBlock(shape.encoder_width, 2 * shape.encoder_width, shape.kernel) for _ in range(shape.encoder_blocks)
        )
        self.norm = nn.LayerNorm(shape.encoder_width)
        self.leave = nn.Linear(shape.parts * shape.encoder_width, shape.latent)

    def state(self, batch: int) -> list[Tensor]:
        """What is heard before the first row: silence."""
        shape = self.shape
        past = torch.zeros(batch, shape.kernel - 1, shape.encoder_width)
        return [torch.zeros(batch, shape.channels, shape.hop), *(past for _ in self.blocks)]

    def spectrum(self, frames: Tensor) -> Tensor:
        """Real and imaginary parts [..., 2 * (hop + 1)] of windowed frames [..., 2 * hop]."""
        bins = torch.fft.rfft(frames * self.window)
        return torch.cat([bins.real, bins.imag], dim=-1)

    def forward(self, audio: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """`audio` [batch, channels, count * row_frames] to latents [batch, count, latent]."""
        hop = self.shape.hop
        heard = torch.cat([state[0], audio], dim=2)
        spectrum = self.spectrum(heard.unfold(2, 2 * hop, hop))
        real, imaginary = spectrum.chunk(2, dim=-1)
        # Magnitudes to the power of a quarter: quiet partials count.
        power = real * real + imaginary * imaginary + COMPRESSION_FLOOR
        squeezed = spectrum * power.pow(-0.375).repeat(1, 1, 1, 2)
        rows = self.enter(squeezed.transpose(1, 2).flatten(2))
        following = [heard[:, :, heard.shape[2] - hop :]]
        for block, past in zip(self.blocks, state[1:], strict=True):
            rows, after = block(rows, past)
            following.append(after)
        latents: Tensor = self.leave(self.norm(rows).unflatten(1, (-1, self.shape.parts)).flatten(2))
        return latents, following


class Decoder(nn.Module):
    """Latents to audio, row by row."""

    window: Tensor

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("window", torch.hann_window(2 * shape.hop), persistent=False)
        self.enter = nn.Linear(shape.latent, shape.parts * shape.width)
        self.blocks = nn.ModuleList(CausalBlock(shape.width, shape.inner, shape.kernel) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(shape.width)
        self.leave = nn.Linear(shape.width, shape.spectrum_values)

    def state(self, batch: int) -> list[Tensor]:
        """What sounds before the first row: silence."""
        shape = self.shape
        past = torch.zeros(batch, shape.kernel - 1, shape.width)
        return [torch.zeros(batch, shape.channels, shape.hop), *(past for _ in self.blocks)]

    def inverse(self, spectrum: Tensor) -> Tensor:
        """Frames [..., 2 * hop] of real and imaginary parts [..., 2 * (hop + 1)]."""
        real, imaginary = spectrum.chunk(2, dim=-1)
        frames: Tensor = torch.fft.irfft(torch.complex(real, imaginary))
        return frames

    def forward(self, latents: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """`latents` [batch, count, latent] to audio [batch, channels, count * row_frames]."""
        shape = self.shape
        hop = shape.hop
        rows = self.enter(latents).unflatten(2, (shape.parts, shape.width)).flatten(1, 2)
        pasts = []
        for block, past in zip(self.blocks, state[1:], strict=True):
            rows, after = block(rows, past)
            pasts.append(after)
        left = self.leave(self.norm(rows)).unflatten(2, (shape.channels, -1)).transpose(1, 2)
        # Also where the products before were computed in half precision.
        loudness, angle = left.float().chunk(2, dim=-1)
        magnitude = torch.exp(loudness.clamp(max=6.0))
        spectrum = torch.cat([magnitude * torch.cos(angle), magnitude * torch.sin(angle)], dim=-1)
        frames = self.inverse(spectrum) * self.window
        # A frame begins with its row and fades out over the next: a row sounds as soon as it is drawn.
        tails = torch.cat([state[0].unsqueeze(2), frames[:, :, :-1, hop:]], dim=2)
        audio = (frames[..., :hop] + tails).flatten(2)
        return audio, [frames[:, :, -1, hop:], *pasts]


class Codec(nn.Module):
    """Encoder, quantizer and decoder."""

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.shape = shape
        self.encoder = Encoder(shape)
        self.quantizer = Quantizer(shape)
        self.decoder = Decoder(shape)

    @torch.no_grad()
    def set_level(self, gain: float) -> None:
        """From here on audio is `gain` times as loud, on both sides: codes stay what they are."""
        self.decoder.window.mul_(gain)
        self.encoder.window.div_(gain)

    @torch.no_grad()
    def encode(self, audio: Tensor) -> Tensor:
        """Codes [count, levels] of audio [channels, count * row_frames]; what is left of it is cut off."""
        count = audio.shape[1] // self.shape.row_frames
        latents, _ = self.encoder(audio[None, :, : count * self.shape.row_frames], self.encoder.state(1))
        return self.quantizer.encode(latents[0])

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Tensor:
        """Audio [channels, count * row_frames] of codes [count, levels]."""
        audio: Tensor = self.decoder(self.quantizer.decode(codes)[None], self.decoder.state(1))[0]
        return audio[0]
