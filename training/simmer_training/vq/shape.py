"""The sizes of a codec and of its prior: what their checkpoints and their exported folder are made from."""

from dataclasses import dataclass


@dataclass(frozen=True)
class CodecShape:
    """Sizes of the codec. A row is what `parts` times `hop` frames of audio become: `levels` codes of `size` each.

    At 48 kHz a spectrum of 512 frames is short enough for onsets, and a row of codes for each would be too many to
    foresee: so `parts` spectra, one after the other, share a row. `channels` is 1 or 2.
    """

    rate_hz: int = 22_050
    hop: int = 512
    levels: int = 8
    size: int = 256
    latent: int = 64
    width: int = 320
    inner: int = 960
    blocks: int = 5
    kernel: int = 5
    encoder_width: int = 256
    encoder_blocks: int = 3
    channels: int = 1
    parts: int = 1

    @property
    def row_frames(self) -> int:
        """Frames of audio that a row stands for."""
        return self.hop * self.parts

    @property
    def spectrum_values(self) -> int:
        """Real and imaginary values of the spectra of all channels at one place."""
        return self.channels * 2 * (self.hop + 1)


@dataclass(frozen=True)
class PriorShape:
    """Sizes of the prior: `window` positions, the first the start token; windows begin `hop_rows` rows apart."""

    levels: int = 8
    size: int = 256
    width: int = 256
    layers: int = 6
    heads: int = 4
    window: int = 256
    hop_rows: int = 128
    level_inner: int = 384
    artists: int = 4
    genres: int = 3
    rows_a_second: float = 22_050 / 512
    total_seconds: float = 40.0
    hold_seconds: float = 20.0
