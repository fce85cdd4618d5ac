"""Exports a small MusicGen with random weights as a folder that Simmer plays.

cd training && python -m examples.musicgen.export [--out ../test/fixtures/models/musicgen-tiny]

MusicGen (Copet et al. 2023, arXiv 2306.05284) as the library `transformers` has it: a transformer over the codes of
EnCodec in the delay pattern, that hears a prompt. Nothing of `simmer_training` is used: this is what somebody writes
who has a model, and docs/models.md. A trained checkpoint goes the same way; its codec must be causal (streaming.py).

Beside the folder's files it writes reference/, drawn with the library's own forward pass: codes.i32 [rows, levels] in
the delay pattern with entropy.f32 [rows, levels] (0 where nothing is drawn), audio.f32 of the first rows by the
library's codec, from uniform.f32 [rows, levels] under temperature.f32 [rows].
"""

import argparse
import hashlib
import json
from pathlib import Path
from typing import Final

import jsonschema
import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn
from transformers import (
    EncodecConfig,
    EncodecModel,
    MusicgenDecoderConfig,
    MusicgenForCausalLM,
    MusicgenForConditionalGeneration,
    T5Config,
    T5EncoderModel,
)

from examples.musicgen.row import Row
from examples.musicgen.streaming import RowDecoder

SCHEMA_FILE: Final = Path(__file__).parents[3] / "models" / "manifest.schema.json"
LEVELS: Final = 4
SIZE: Final = 64
WIDTH: Final = 32
WINDOW: Final = 64
HOP_ROWS: Final = 32
PROMPT_TOKENS: Final = 12
PROMPTS: Final = ("slow bells", "a fast drum")
REFERENCE_ROWS: Final = 1500
AUDIO_ROWS: Final = 120
REFERENCE_PROMPT: Final = 1
OPSET: Final = 20

Codes = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def small_musicgen() -> MusicgenForConditionalGeneration:
    """A MusicGen of the library with random weights, the same each time."""
    torch.manual_seed(7)
    decoder = MusicgenForCausalLM(
        MusicgenDecoderConfig(
            vocab_size=SIZE, pad_token_id=SIZE, bos_token_id=SIZE, num_codebooks=LEVELS, hidden_size=WIDTH,
            num_hidden_layers=2, num_attention_heads=2, ffn_dim=2 * WIDTH, max_position_embeddings=2 * WINDOW,
            initializer_factor=0.3,
        )
    )  # fmt: skip
    codec = EncodecModel(
        EncodecConfig(
            sampling_rate=24_000, upsampling_ratios=[8, 5, 4, 2], hidden_size=16, num_filters=2, num_lstm_layers=2,
            codebook_size=SIZE, codebook_dim=16, target_bandwidths=[1.8], pad_mode="constant",
        )
    )  # fmt: skip
    text = T5EncoderModel(T5Config(vocab_size=256, d_model=WIDTH, d_kv=16, d_ff=2 * WIDTH, num_layers=1, num_heads=2))
    model = MusicgenForConditionalGeneration(text_encoder=text, audio_encoder=codec, decoder=decoder).eval()
    # Parts that are put together by hand have none, and would then hear what comes after them.
    for part in (decoder, text):
        part.set_attn_implementation("eager")
    with torch.no_grad():
        for layer in codec.quantizer.layers:
            layer.codebook.embed.normal_()
        # Untrained, the layers are so faint that nothing would be heard of prompts or codes.
        for name, numbers in codec.decoder.named_parameters():
            if name.endswith("conv.bias"):
                numbers.zero_()
            if name.endswith("weight.original0"):  # how long the vectors of a convolution with weight norm are
                numbers.mul_(1.5)
        for name, numbers in model.named_parameters():
            if numbers.dim() > 1 and not name.startswith("audio_encoder"):
                numbers.normal_(0.0, numbers.shape[-1] ** -0.5)
        for head in decoder.lm_heads:
            head.weight.mul_(2.0)
        for table in decoder.model.decoder.embed_tokens:
            table.weight.mul_(3.0)
    return model


@torch.no_grad()
def prompts_of(model: MusicgenForConditionalGeneration) -> Tensor:
    """What the text encoder makes of the prompts, [prompts, tokens, width].

    Letters stand for tokens: a trained text encoder comes with a tokenizer of its own.
    """
    tokens = torch.tensor([list(prompt.encode().ljust(PROMPT_TOKENS)) for prompt in PROMPTS])
    heard: Tensor = model.text_encoder(input_ids=tokens).last_hidden_state
    return heard


def onnx_of(module: nn.Module, inputs: dict[str, Tensor], outputs: list[str]) -> bytes:
    """A module as a graph with named, fixed shapes."""
    program = torch.onnx.export(
        module.eval(),
        tuple(inputs.values()),
        input_names=list(inputs),
        output_names=outputs,
        opset_version=OPSET,
        dynamo=True,
        verbose=False,
    )
    if program is None:
        raise RuntimeError("torch.onnx gave no program")
    graph = program.model_proto
    # What the exporter notes of where each node came from, with paths of this machine, is of no use to who plays it.
    for part in (*graph.graph.node, *graph.graph.value_info, *graph.graph.initializer, graph.graph, graph):
        part.ClearField("metadata_props")
        part.ClearField("doc_string")
    content: bytes = graph.SerializeToString(deterministic=True)
    return content


def manifest_of(decoder: RowDecoder, hop: int, rate_hz: int, files: dict[str, bytes]) -> dict[str, object]:
    """The content of manifest.json."""
    delays = list(range(LEVELS))
    rows = WINDOW - 1 + max(delays)
    return {
        "manifestVersion": 1,
        "name": "musicgen-tiny",
        "title": "Tiny MusicGen",
        "version": "1.0.0",
        "family": "vq-prior",
        "sampleRateHz": rate_hz,
        "blockSteps": hop,
        "stateFloats": 2 + rows * (LEVELS + 3) + decoder.state_floats,
        "codes": {"levels": LEVELS, "size": SIZE, "delaysRows": delays, "padCode": SIZE},
        "prior": {"row": "prior-row.onnx", "windowRows": WINDOW, "hopRows": HOP_ROWS},
        "decoder": {"graph": "decoder.onnx", "stateFloats": decoder.state_floats},
        "labels": {"artists": list(PROMPTS), "genres": ["any"]},
        "timing": {"holdSeconds": 0, "totalSeconds": 30},
        "levelTemperature": [1] * LEVELS,
        "temperature": {"useful": [0.5, 1.5], "default": 1},
        "guide": {
            "temperatureLow": 0.75, "temperatureHigh": 1.05, "gamma": 1.5, "levelDbfs": -18,
            "weight": 0, "width": 1, "deepest": 1,
        },
        "tailGuard": {"floor": 0},
        "licence": "MIT",
        "provenance": "Random weights, made by training/examples/musicgen/export.py.",
        "training": {"steps": 0, "heldOutBitsPerStep": 0, "hours": 0, "hardware": ""},
        "files": {
            name: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            for name, content in files.items()
        },
    }  # fmt: skip


def write_folder(model: MusicgenForConditionalGeneration, out: Path) -> None:
    """Writes the folder, the manifest last: a folder that has one is whole."""
    config = model.decoder.config
    decoder = RowDecoder(model.audio_encoder, LEVELS)
    row = Row(model, prompts_of(model), WINDOW)
    heads = config.num_attention_heads
    whole = torch.int32
    files = {
        "prior-row.onnx": onnx_of(
            row,
            {
                "codes": torch.zeros(LEVELS, dtype=whole),
                "start": torch.zeros(1),
                "labels": torch.zeros(4, dtype=whole),
                "blend": torch.zeros(1),
                "position": torch.zeros(1, dtype=whole),
                "cache": torch.zeros(config.num_hidden_layers, 2, heads, WINDOW, config.hidden_size // heads),
            },
            ["logits", "cache_row"],
        ),
        "decoder.onnx": onnx_of(
            decoder,
            {"codes": torch.zeros(LEVELS, dtype=whole), "state": torch.zeros(decoder.state_floats)},
            ["audio", "next_state"],
        ),
    }
    codec = model.audio_encoder.config
    out.mkdir(parents=True, exist_ok=True)
    (out / "manifest.json").unlink(missing_ok=True)
    for name, content in files.items():
        (out / name).write_bytes(content)
    manifest = manifest_of(decoder, codec.hop_length, codec.sampling_rate, files)
    jsonschema.validate(manifest, json.loads(SCHEMA_FILE.read_text()))
    (out / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


@torch.no_grad()
def library_scores(model: MusicgenForConditionalGeneration, rows: Codes, prompt: int) -> Floats:
    """Scores [levels, size] of the row after `rows` [count, levels], by the library's own forward pass."""
    entered = torch.cat([torch.full((1, LEVELS), SIZE), torch.tensor(rows).long()])
    heard = prompts_of(model)[prompt : prompt + 1]
    # The library wants [levels, count]: a batch of one.
    scores: Tensor = model.decoder(input_ids=entered.T.contiguous(), encoder_hidden_states=heard).logits[:, -1]
    return scores.numpy()


def drawn_by_library(
    model: MusicgenForConditionalGeneration, uniform: Floats, temperature: Floats, prompt: int
) -> tuple[Codes, Floats]:
    """Rows in the delay pattern and their entropies in bits, drawn window by window as docs/models.md tells it."""
    rows = np.zeros((0, LEVELS), np.int32)
    bits = np.zeros(uniform.shape, np.float32)
    for number in range(len(uniform)):
        window = max(0, -(-(number - (WINDOW - 1)) // HOP_ROWS))
        scores = library_scores(model, rows[window * HOP_ROWS :], prompt).astype(np.float64)
        row = np.full(LEVELS, SIZE, np.int32)
        for level in range(min(LEVELS, number + 1)):
            weights = np.exp((scores[level] - scores[level].max()) / float(temperature[number]))
            sums = np.cumsum(weights)
            row[level] = min(int((sums <= float(uniform[number, level]) * sums[-1]).sum()), SIZE - 1)
            shares = weights / sums[-1]
            bits[number, level] = -(shares * np.log2(np.maximum(shares, 1e-300))).sum()
        rows = np.concatenate([rows, row[None]])
    return rows, bits


def undelayed(rows: Codes) -> Codes:
    """Codes [count, levels] of the rows of audio."""
    count = len(rows) - (LEVELS - 1)
    return np.stack([rows[level : level + count, level] for level in range(LEVELS)], axis=1)


@torch.no_grad()
def library_audio(model: MusicgenForConditionalGeneration, rows: Codes) -> Floats:
    """What is heard of rows in the delay pattern: silence until the first is whole, then the library's codec."""
    codes = torch.from_numpy(undelayed(rows)).long().T[None, None]
    audio: Tensor = model.audio_encoder.decode(codes, [None]).audio_values
    silence = np.zeros((LEVELS - 1) * model.audio_encoder.config.hop_length, np.float32)
    return np.concatenate([silence, audio.reshape(-1).numpy()])


def write_reference(model: MusicgenForConditionalGeneration, folder: Path) -> None:
    """Draws a reference with the library and writes it."""
    random = np.random.default_rng(5)
    uniform = (random.integers(1, 1 << 23, (REFERENCE_ROWS, LEVELS)) / (1 << 23)).astype(np.float32)
    swing = 1.0 + 0.4 * np.sin(np.arange(REFERENCE_ROWS) / 20.0)
    temperature = (np.round(swing * 4096) / 4096).astype(np.float32)
    rows, bits = drawn_by_library(model, uniform, temperature, REFERENCE_PROMPT)
    audio = library_audio(model, rows[:AUDIO_ROWS])
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "codes.i32").write_bytes(rows.astype("<i4").tobytes())
    (folder / "entropy.f32").write_bytes(bits.astype("<f4").tobytes())
    (folder / "uniform.f32").write_bytes(uniform.astype("<f4").tobytes())
    (folder / "temperature.f32").write_bytes(temperature.astype("<f4").tobytes())
    (folder / "audio.f32").write_bytes(audio.astype("<f4").tobytes())


def main() -> None:
    """Writes the folder and its reference."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("..", "test", "fixtures", "models", "musicgen-tiny"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    model = small_musicgen()
    # Drawn before the export, which takes the parametrization of the codec's weights away.
    write_reference(model, arguments.out / "reference")
    write_folder(model, arguments.out)
    size = sum(path.stat().st_size for path in arguments.out.rglob("*") if path.is_file())
    print(f"{arguments.out}: {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
