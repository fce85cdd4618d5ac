"""EnCodec's decoder, a row of codes at a time: what its layers remember of the past is a state.

Exact for codecs with causal convolutions, padding by zeros and weight norm. Padding by reflection (as the 24 kHz
checkpoint has it) differs in the first milliseconds alone; codecs that look ahead (as the 32 kHz one does) cannot be
played row by row at all.
"""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils import parametrize
from transformers import EncodecModel
from transformers.models.encodec.modeling_encodec import (
    EncodecConv1d,
    EncodecConvTranspose1d,
    EncodecLSTM,
    EncodecResnetBlock,
)


class Past:
    """Hands out the parts of a state, and collects those of the next."""

    def __init__(self, state: Tensor) -> None:
        self._state = state
        self._at = 0
        self.next: list[Tensor] = []

    def take(self, *shape: int) -> Tensor:
        """The next part of the state."""
        count = torch.Size(shape).numel()
        self._at += count
        return self._state[self._at - count : self._at].view(shape)

    def keep(self, part: Tensor) -> None:
        """What `take` gives in the next row, in the order of the calls."""
        self.next.append(part.reshape(-1))


def convolve(layer: EncodecConv1d, sound: Tensor, past: Past) -> Tensor:
    """`sound` [channels, count], and what came before it."""
    conv = layer.conv
    reach = (conv.kernel_size[0] - 1) * conv.dilation[0]
    if reach > 0:
        sound = torch.cat([past.take(conv.in_channels, reach), sound], dim=1)
        past.keep(sound[:, -reach:])
    made: Tensor = conv(sound[None])[0]
    return made


def widen(layer: EncodecConvTranspose1d, sound: Tensor, past: Past) -> Tensor:
    """A transposed convolution; what it says of the next row is added there."""
    conv = layer.conv
    stride, over = conv.stride[0], conv.kernel_size[0] - conv.stride[0]
    made: Tensor = conv(sound[None])[0]
    before = functional.pad(past.take(conv.out_channels, over), (0, made.shape[1] - over))
    made = made + before
    # The bias is in every output, and must not be added twice.
    past.keep(made[:, sound.shape[1] * stride :] - conv.bias[:, None])
    return made[:, : sound.shape[1] * stride]


def recall(layer: EncodecLSTM, sound: Tensor, past: Past) -> Tensor:
    """The recurrent layers, one row."""
    lstm, rows = layer.lstm, sound[:, 0]
    for number in range(lstm.num_layers):
        into, again, into_bias, again_bias = (
            getattr(lstm, f"{part}_l{number}") for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        )
        hidden, cell = past.take(lstm.hidden_size), past.take(lstm.hidden_size)
        enter, forget, new, leave = (into @ rows + into_bias + again @ hidden + again_bias).chunk(4)
        cell = forget.sigmoid() * cell + enter.sigmoid() * new.tanh()
        rows = leave.sigmoid() * cell.tanh()
        past.keep(rows)
        past.keep(cell)
    return rows[:, None] + sound


def run(layers: Iterator[nn.Module], sound: Tensor, past: Past) -> Tensor:
    """The layers of a decoder or of a block in it, one after the other."""
    for layer in layers:
        if isinstance(layer, EncodecConv1d):
            sound = convolve(layer, sound, past)
        elif isinstance(layer, EncodecConvTranspose1d):
            sound = widen(layer, sound, past)
        elif isinstance(layer, EncodecLSTM):
            sound = recall(layer, sound, past)
        elif isinstance(layer, EncodecResnetBlock):
            beside = run(iter([layer.shortcut]), sound, past)
            sound = beside + run(iter(layer.block), sound, past)
        else:
            sound = layer(sound)
    return sound


class RowDecoder(nn.Module):
    """decoder.onnx of an EnCodec. Its weights lose their norms' parametrization, which changes no value."""

    books: Tensor

    def __init__(self, codec: EncodecModel, levels: int) -> None:
        """Raises ValueError for a codec that cannot be played row by row."""
        super().__init__()
        config = codec.config
        if not config.use_causal_conv or config.norm_type != "weight_norm" or config.pad_mode != "constant":
            raise ValueError("only causal codecs with weight norm and padding by zeros can be played row by row")
        self.layers = codec.decoder.layers
        for layer in self.layers.modules():
            if parametrize.is_parametrized(layer):
                parametrize.remove_parametrizations(layer, "weight")
        books = [codec.quantizer.layers[level].codebook.embed for level in range(levels)]
        self.register_buffer("books", torch.stack(books))
        probe = CountingPast()
        run(iter(self.layers), torch.zeros(config.hidden_size, 1), probe)
        self.state_floats = probe.count

    def forward(self, codes: Tensor, state: Tensor) -> tuple[Tensor, Tensor]:
        """A row's audio [hop] of `codes` [levels], and the next state."""
        past = Past(state)
        chosen = codes.long()  # ONNX indexes with int64 alone
        latent = torch.stack([self.books[level, chosen[level]] for level in range(len(self.books))]).sum(0)
        audio = run(iter(self.layers), latent[:, None], past)
        return audio.reshape(-1), torch.cat(past.next)


class CountingPast(Past):
    """Finds out how large a state is."""

    def __init__(self) -> None:
        super().__init__(torch.zeros(0))
        self.count = 0

    def take(self, *shape: int) -> Tensor:
        """Silence."""
        self.count += torch.Size(shape).numel()
        return torch.zeros(shape)
