"""Reads a codec and a prior back from an exported folder: its graphs hold every weight under its name.

So nothing else has to be kept of a shipped model to compare it with PyTorch, or to train on.
"""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from simmer_training.vq.codec import Codec
from simmer_training.vq.prior import Prior
from simmer_training.vq.shape import CodecShape, PriorShape

Weights = dict[str, Tensor]


def weights_in(path: Path) -> Weights:
    """The float constants of a graph, as float32."""
    graph = onnx.load(str(path)).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    return {
        name: torch.from_numpy(array.astype(np.float32)) for name, array in arrays.items() if array.dtype.kind == "f"
    }


def _fill(module: nn.Module, prefix: str, weights: Weights) -> None:
    """Fills linear layers and norms; a linear layer's matrix is the other way round in a graph."""
    for name, child in module.named_modules():
        full = f"{prefix}.{name}" if name else prefix
        if isinstance(child, nn.Linear | nn.LayerNorm):
            weight = weights[f"{full}.weight"]
            child.weight.data.copy_(weight.T if isinstance(child, nn.Linear) else weight)
            child.bias.data.copy_(weights[f"{full}.bias"])
        if isinstance(child, nn.Conv1d) and child.bias is not None:
            child.weight.data.copy_(weights[f"{full}.weight"].T[:, None])
            child.bias.data.copy_(weights[f"{full}.bias"])


def _fill_codec_half(half: nn.Module, blocks: nn.ModuleList, weights: Weights) -> None:
    for name in ("enter", "norm", "leave"):
        _fill(getattr(half, name), name, weights)
    for place, block in enumerate(blocks):
        _fill(block, f"block{place}", weights)
        block.get_parameter("scale").data.copy_(weights[f"block{place}.scale"])


def load_folder(folder: Path) -> tuple[Codec, Prior]:
    """The codec and the prior of a folder that `folder.py` wrote, in evaluation mode."""
    manifest = json.loads((folder / "manifest.json").read_text())
    decoder, encoder = (weights_in(folder / manifest[part]["graph"]) for part in ("decoder", "encoder"))
    row, level = (weights_in(folder / manifest["prior"][part]) for part in ("row", "level"))
    codes, prior_part, timing = manifest["codes"], manifest["prior"], manifest["timing"]

    def count(weights: Weights, pattern: str) -> int:
        return sum(1 for name in weights if name.startswith(pattern[0]) and name.endswith(pattern[1:]))

    codec = Codec(
        replace(
            CodecShape(),
            rate_hz=manifest["sampleRateHz"],
            hop=decoder["window"].shape[1] // 2,
            channels=manifest.get("channels", 1),
            parts=2 * manifest["blockSteps"] // decoder["window"].shape[1],
            levels=codes["levels"],
            size=codes["size"],
            latent=decoder["codebooks"].shape[1],
            width=decoder["enter.weight"].shape[1],
            inner=decoder["block0.rise.weight"].shape[1],
            blocks=count(decoder, "b.scale"),
            kernel=decoder["block0.depthwise.weight"].shape[0],
            encoder_width=encoder["enter.weight"].shape[1],
            encoder_blocks=count(encoder, "b.scale"),
        )
    )
    prior = Prior(
        PriorShape(
            levels=codes["levels"],
            size=codes["size"],
            width=row["norm.weight"].shape[0],
            layers=count(row, "l.merge.weight"),
            heads=_heads(folder / prior_part["row"]),
            window=prior_part["windowRows"],
            hop_rows=prior_part["hopRows"],
            level_inner=level["levels.rise_bias"].shape[1],
            artists=len(manifest["labels"]["artists"]),
            genres=len(manifest["labels"]["genres"]),
            rows_a_second=manifest["sampleRateHz"] / manifest["blockSteps"],
            total_seconds=timing["totalSeconds"],
            hold_seconds=timing["holdSeconds"],
        )
    )
    books = decoder["codebooks"].reshape(codes["levels"], codes["size"], -1)
    codec.quantizer.codebooks.copy_(books)
    _fill_codec_half(codec.decoder, codec.decoder.blocks, decoder)
    _fill_codec_half(codec.encoder, codec.encoder.blocks, encoder)
    codec.decoder.window.copy_(decoder["window"][0])
    codec.encoder.window.copy_(encoder["window"][0])
    prior.codes.data.copy_(row["codes.tables"])
    for name in ("positions", "artists", "genres"):
        prior.get_parameter(name).data.copy_(row[name])
    _fill(prior.timing, "timing", row)
    _fill(prior.norm, "norm", row)
    for place, layer in enumerate(prior.layers):
        _fill(layer, f"layer{place}", row)
    for name in ("codes", "place", "rise", "rise_bias", "fall", "out", "out_bias"):
        prior.levels.get_parameter(name).data.copy_(level[f"levels.{name}"])
    _fill(prior.levels.norm, "levels.norm", level)
    _fill(prior.levels.out_norm, "levels.out_norm", level)
    return codec.eval().requires_grad_(False), prior.eval().requires_grad_(False)


def _heads(path: Path) -> int:
    inputs = {entry.name: entry.type.tensor_type.shape.dim for entry in onnx.load(str(path)).graph.input}
    return int(inputs["cache"][2].dim_value)
