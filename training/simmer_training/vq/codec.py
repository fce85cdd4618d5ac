"""A causal codec: frames of a short-time spectrum, residual vector quantization, and back.

The encoder hears the row's own frames and what came before; the decoder gives a row's frames from its codes and those
before. So nothing waits for what comes later. The decoder predicts a spectrum whose inverse transforms overlap (Siuzdak
2023, Vocos, arXiv 2306.00814), here from the past alone; the quantizer is that of SoundStream (Zeghidour et al. 2021,
arXiv 2107.03312).
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
        frame = 2 * shape.hop
        self.register_buffer("window", torch.hann_window(frame), persistent=False)
        self.enter = nn.Linear(2 * (shape.hop + 1), shape.encoder_width)
        self.blocks = nn.ModuleList(
            CausalBlock(shape.encoder_width, 2 * shape.encoder_width, shape.kernel) for _ in range(shape.encoder_blocks)
        )
        self.norm = nn.LayerNorm(shape.encoder_width)
        self.leave = nn.Linear(shape.encoder_width, shape.latent)

    def state(self, batch: int) -> list[Tensor]:
        """What is heard before the first row: silence."""
        shape = self.shape
        past = torch.zeros(batch, shape.kernel - 1, shape.encoder_width)
        return [torch.zeros(batch, shape.hop), *(past for _ in self.blocks)]

    def spectrum(self, frames: Tensor) -> Tensor:
        """Real and imaginary parts [batch, count, 2 * (hop + 1)] of windowed frames [batch, count, 2 * hop]."""
        bins = torch.fft.rfft(frames * self.window)
        return torch.cat([bins.real, bins.imag], dim=-1)

    def forward(self, audio: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """`audio` [batch, count * hop] to latents [batch, count, latent]."""
        hop = self.shape.hop
        heard = torch.cat([state[0], audio], dim=1)
        spectrum = self.spectrum(heard.unfold(1, 2 * hop, hop))
        real, imaginary = spectrum.chunk(2, dim=-1)
        # Magnitudes to the power of a quarter: quiet partials count.
        power = real * real + imaginary * imaginary + COMPRESSION_FLOOR
        squeezed = spectrum * power.pow(-0.375).repeat(1, 1, 2)
        rows = self.enter(squeezed)
        following = [heard[:, heard.shape[1] - hop :]]
        for block, past in zip(self.blocks, state[1:], strict=True):
            rows, after = block(rows, past)
            following.append(after)
        latents: Tensor = self.leave(self.norm(rows))
        return latents, following


class Decoder(nn.Module):
    """Latents to audio, row by row."""

    window: Tensor

    def __init__(self, shape: CodecShape) -> None:
        super().__init__()
        self.shape = shape
        self.register_buffer("window", torch.hann_window(2 * shape.hop), persistent=False)
        self.enter = nn.Linear(shape.latent, shape.width)
        self.blocks = nn.ModuleList(CausalBlock(shape.width, shape.inner, shape.kernel) for _ in range(shape.blocks))
        self.norm = nn.LayerNorm(shape.width)
        self.leave = nn.Linear(shape.width, 2 * (shape.hop + 1))

    def state(self, batch: int) -> list[Tensor]:
        """What sounds before the first row: silence."""
        shape = self.shape
        past = torch.zeros(batch, shape.kernel - 1, shape.width)
        return [torch.zeros(batch, shape.hop), *(past for _ in self.blocks)]

    def inverse(self, spectrum: Tensor) -> Tensor:
        """Frames [batch, count, 2 * hop] of real and imaginary parts [batch, count, 2 * (hop + 1)]."""
        real, imaginary = spectrum.chunk(2, dim=-1)
        frames: Tensor = torch.fft.irfft(torch.complex(real, imaginary))
        return frames

    def forward(self, latents: Tensor, state: list[Tensor]) -> tuple[Tensor, list[Tensor]]:
        """`latents` [batch, count, latent] to audio [batch, count * hop]."""
        hop = self.shape.hop
        rows = self.enter(latents)
        pasts = []
        for block, past in zip(self.blocks, state[1:], strict=True):
            rows, after = block(rows, past)
            pasts.append(after)
        loudness, angle = self.leave(self.norm(rows)).chunk(2, dim=-1)
        magnitude = torch.exp(loudness.clamp(max=6.0))
        spectrum = torch.cat([magnitude * torch.cos(angle), magnitude * torch.sin(angle)], dim=-1)
        frames = self.inverse(spectrum) * self.window
        # A frame begins with its row and fades out over the next: a row sounds as soon as it is drawn.
        tails = torch.cat([state[0].unsqueeze(1), frames[:, :-1, hop:]], dim=1)
        audio = (frames[:, :, :hop] + tails).flatten(1)
        return audio, [frames[:, -1, hop:], *pasts]


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
        """Codes [count, levels] of audio [count * hop]; what is left of it is cut off."""
        count = len(audio) // self.shape.hop
        latents, _ = self.encoder(audio[None, : count * self.shape.hop], self.encoder.state(1))
        return self.quantizer.encode(latents[0])

    @torch.no_grad()
    def decode(self, codes: Tensor) -> Tensor:
        """Audio [count * hop] of codes [count, levels]."""
        audio: Tensor = self.decoder(self.quantizer.decode(codes)[None], self.decoder.state(1))[0]
        return audio[0]
