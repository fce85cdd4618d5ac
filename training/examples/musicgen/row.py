"""One position of MusicGen's transformer as docs/models.md asks for it: the cache comes in, its new row goes out.

The library's own layers are called, one after the other; only attention is written out, because the cache of the
library is an object and that of a graph is a tensor.
"""

import torch
from torch import Tensor, nn
from transformers import MusicgenForConditionalGeneration
from transformers.models.musicgen.modeling_musicgen import MusicgenAttention, MusicgenDecoderLayer


def heads_of(attention: MusicgenAttention, rows: Tensor) -> Tensor:
    """[count, width] as [heads, count, head width]."""
    return rows.view(len(rows), attention.num_heads, attention.head_dim).transpose(0, 1)


def attend(attention: MusicgenAttention, query: Tensor, keys: Tensor, values: Tensor, hidden: Tensor | None) -> Tensor:
    """What one row [1, width] hears of `keys` and `values` [heads, count, head width], but for `hidden` [count]."""
    scores = heads_of(attention, attention.q_proj(query)) @ keys.transpose(1, 2) * attention.scaling
    if hidden is not None:
        scores = scores.masked_fill(hidden, -torch.inf)
    heard = scores.softmax(-1) @ values
    merged: Tensor = attention.out_proj(heard.transpose(0, 1).reshape(1, -1))
    return merged


class Row(nn.Module):
    """prior-row.onnx of a MusicGen with fixed prompts: an `artist` is a prompt, and the one genre says nothing."""

    prompts: Tensor
    places: Tensor

    def __init__(self, model: MusicgenForConditionalGeneration, prompts: Tensor, window: int) -> None:
        """`prompts` [prompts, tokens, width]: what the text encoder makes of them; all have as many tokens."""
        super().__init__()
        self.decoder = model.decoder.model.decoder
        self.heads = model.decoder.lm_heads
        self.pad = int(model.decoder.config.pad_token_id)
        self.register_buffer("prompts", prompts)
        self.register_buffer("places", torch.arange(window))

    def _listen(self, layer: MusicgenDecoderLayer, rows: Tensor, prompt: Tensor) -> Tensor:
        """What a row hears of a prompt [tokens, width]."""
        attention = layer.encoder_attn
        keys, values = (heads_of(attention, part(prompt)) for part in (attention.k_proj, attention.v_proj))
        return attend(attention, layer.encoder_attn_layer_norm(rows), keys, values, None)

    def forward(
        self, codes: Tensor, start: Tensor, labels: Tensor, blend: Tensor, position: Tensor, cache: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Scores [levels, size] of the next row, and the cache's row; the inputs are in docs/models.md."""
        # ONNX indexes with int64 alone, and this contract knows only int32.
        codes, labels, position = codes.long(), labels.long(), position.long()
        entered = torch.where(start > 0.5, self.pad, codes)
        embedded = [table(entered[level : level + 1]) for level, table in enumerate(self.decoder.embed_tokens)]
        rows = torch.stack(embedded).sum(0) + self.decoder.embed_positions.weights[position]
        first, other = self.prompts[labels[0]], self.prompts[labels[2]]
        here, hidden = self.places == position, self.places > position
        kept = []
        for number, layer in enumerate(self.decoder.layers):
            attention = layer.self_attn
            normed = layer.self_attn_layer_norm(rows)
            key, value = (heads_of(attention, part(normed)) for part in (attention.k_proj, attention.v_proj))
            keys, values = (
                torch.where(here[:, None], new, cache[number, half]) for half, new in enumerate((key, value))
            )
            rows = rows + attend(attention, normed, keys, values, hidden)
            rows = rows + (1 - blend) * self._listen(layer, rows, first) + blend * self._listen(layer, rows, other)
            rows = rows + layer.fc2(layer.activation_fn(layer.fc1(layer.final_layer_norm(rows))))
            kept.append(torch.stack([key[:, 0], value[:, 0]]))
        heard = self.decoder.layer_norm(rows)
        return torch.cat([head(heard) for head in self.heads]), torch.stack(kept)
