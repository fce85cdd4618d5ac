"""The codec as ONNX: one row in, one row out, what is heard of the past as a state."""

from typing import cast

import numpy as np
from onnx import ModelProto
from torch import nn

from simmer_training.graph_nodes import INT32, Scope, value
from simmer_training.vq.codec import COMPRESSION_FLOOR, CausalBlock, Decoder, Encoder
from simmer_training.vq.graph_parts import (
    array,
    floats,
    gelu,
    layer_norm,
    linear,
    model_of,
    number,
    reshape,
    slices,
    weights,
)  # fmt: skip
from simmer_training.vq.residual_quantizer import Quantizer
from simmer_training.vq.shape import CodecShape


def decoder_state_floats(decoder: Decoder) -> int:
    """How many values the decoder's state has."""
    shape = decoder.shape
    return shape.channels * shape.hop + shape.blocks * (shape.kernel - 1) * shape.width


def encoder_state_floats(encoder: Encoder) -> int:
    """How many values the encoder's state has."""
    shape = encoder.shape
    return shape.channels * shape.hop + shape.encoder_blocks * (shape.kernel - 1) * shape.encoder_width


def _cosines(scope: Scope, hop: int) -> tuple[str, str]:
    """Cos and sin of 2 pi k j / (2 hop), [hop + 1, 2 hop], gathered from a table of one turn: the file stays small."""
    frame = 2 * hop
    turn = 2 * np.pi * np.arange(frame) / frame
    bins = scope.constant("bins", np.arange(hop + 1, dtype=np.int64)[:, None])
    places = scope.constant("places", np.arange(frame, dtype=np.int64)[None, :])
    angles = scope.node("Mod", scope.node("Mul", bins, places), scope.constant("frame", np.array(frame, np.int64)))
    cosines = scope.node("Gather", scope.constant("cosines", np.cos(turn).astype(np.float32)), angles)
    sines = scope.node("Gather", scope.constant("sines", np.sin(turn).astype(np.float32)), angles)
    return cosines, sines


def _block(scope: Scope, name: str, rows: str, past: str, block: CausalBlock, parts: int) -> tuple[str, str]:
    """Places [parts, width] after `past` [kernel - 1, width]: the places, and the past of the next."""
    heard = scope.node("Concat", past, rows, axis=0)
    taps = weights(scope, f"{name}.depthwise.weight", array(block.depthwise.weight)[:, 0, :].T)
    if parts == 1:
        mixed = scope.node("ReduceSum", scope.node("Mul", heard, taps), scope.integers("first_axis", 0), keepdims=1)
    else:
        within = np.arange(parts)[:, None] + np.arange(block.past + 1)
        windows = scope.node("Gather", heard, scope.constant("within", within), axis=0)
        mixed = scope.node("ReduceSum", scope.node("Mul", windows, taps), scope.integers("middle_axis", 1), keepdims=0)
    bias = block.depthwise.bias
    if bias is None:
        raise ValueError("a block has no bias")
    mixed = scope.node("Add", mixed, weights(scope, f"{name}.depthwise.bias", array(bias)))
    raised = gelu(
        scope, linear(scope, f"{name}.rise", layer_norm(scope, f"{name}.norm", mixed, block.norm), block.rise)
    )
    scale = weights(scope, f"{name}.scale", array(block.scale))
    added = scope.node("Mul", linear(scope, f"{name}.fall", raised, block.fall), scale)
    begin = scope.integers("one", 1) if parts == 1 else scope.integers("parts", parts)
    following = scope.node("Slice", heard, begin, scope.integers("end", 1 << 30), scope.integers("first_axis", 0))
    return scope.node("Add", rows, added), following


def _past(scope: Scope, state: str, hop: int, blocks: nn.ModuleList, past: int, width: int) -> list[str]:
    """A state's parts: frames [hop], then each block's past [past, width]."""
    first, *rest = slices(scope, state, "state_parts", [hop, *([past * width] * len(blocks))])
    return [first, *(reshape(scope, part, past, width) for part in rest)]


def _state(scope: Scope, frames: str, pasts: list[str]) -> None:
    flat = [frames, *(reshape(scope, past, -1) for past in pasts)]
    scope.rename(scope.node("Concat", *flat, axis=0), "next_state")


def decoder_graph(decoder: Decoder, quantizer: Quantizer) -> ModelProto:
    """decoder.onnx: `codes` [levels], `state` to `audio` [row_frames], in stereo [2, row_frames], `next_state`."""
    shape, scope = decoder.shape, Scope("decoder")
    hop, width, plain = shape.hop, shape.width, shape.channels * shape.parts == 1
    pasts = _past(scope, "state", shape.channels * hop, decoder.blocks, shape.kernel - 1, width)
    offsets = scope.constant("offsets", (np.arange(shape.levels) * shape.size).astype(np.int32))
    books = weights(scope, "codebooks", array(quantizer.codebooks).reshape(-1, shape.latent))
    vectors = scope.node("Gather", books, scope.node("Add", "codes", offsets))
    latent = scope.node("ReduceSum", vectors, scope.integers("first_axis", 0), keepdims=1)
    rows = linear(scope, "enter", latent, decoder.enter)
    if shape.parts > 1:
        rows = reshape(scope, rows, shape.parts, width)
    following = []
    for place, block in enumerate(decoder.blocks):
        rows, after = _block(scope, f"block{place}", rows, pasts[place + 1], cast("CausalBlock", block), shape.parts)
        following.append(after)
    leaving = linear(scope, "leave", layer_norm(scope, "norm", rows, decoder.norm), decoder.leave)
    if shape.channels > 1:
        leaving = reshape(scope, leaving, shape.parts * shape.channels, 2 * (hop + 1))
    loudness, angle = scope.nodes_out("Split", 2, leaving, axis=1, num_outputs=2)
    magnitude = scope.node("Exp", scope.node("Min", loudness, number(scope, "loudest", 6.0)))
    real = scope.node("Mul", magnitude, scope.node("Cos", angle))
    imaginary = scope.node("Mul", magnitude, scope.node("Sin", angle))
    cosines, sines = _cosines(scope, hop)
    # The inverse of a real signal's spectrum: both ends count once, all others twice.
    share = np.full(hop + 1, 2.0 / (2 * hop), np.float32)
    share[[0, hop]] /= 2.0
    shares = scope.constant("shares", share[None, :])
    part = scope.node("MatMul", scope.node("Mul", real, shares), cosines)
    frame = scope.node("Sub", part, scope.node("MatMul", scope.node("Mul", imaginary, shares), sines))
    frame = scope.node("Mul", frame, scope.constant("window", array(decoder.window)[None, :]))
    if plain:
        head, tail = slices(scope, reshape(scope, frame, -1), "halves", [hop, hop])
        scope.rename(scope.node("Add", head, pasts[0]), "audio")
    else:
        tail = _overlapped(scope, shape, frame, pasts[0])
    _state(scope, tail, following)
    size = decoder_state_floats(decoder)
    return model_of(
        scope,
        [value("codes", [shape.levels], INT32), floats("state", size)],
        [floats("audio", *_audio_shape(shape)), floats("next_state", size)],
    )


def _audio_shape(shape: CodecShape) -> tuple[int, ...]:
    """Of a row's audio as graphs take and give it."""
    return (shape.row_frames,) if shape.channels == 1 else (shape.channels, shape.row_frames)


def _overlapped(scope: Scope, shape: CodecShape, frames: str, past: str) -> str:
    """Adds `frames` [parts * channels, 2 hop] up to `audio`, after `past` [channels * hop]; gives what is left."""
    hop, parts, channels = shape.hop, shape.parts, shape.channels
    by_channel = scope.node("Transpose", reshape(scope, frames, parts, channels, 2 * hop), perm=[1, 0, 2])
    heads, tails = scope.nodes_out("Split", 2, by_channel, axis=2, num_outputs=2)
    earlier = reshape(scope, past, channels, 1, hop)
    if parts > 1:
        before, last = scope.nodes_out("Split", 2, tails, scope.integers("all_but_one", parts - 1, 1), axis=1)
        earlier = scope.node("Concat", earlier, before, axis=1)
    else:
        last = tails
    scope.rename(reshape(scope, scope.node("Add", heads, earlier), *_audio_shape(shape)), "audio")
    return reshape(scope, last, -1)


def encoder_graph(encoder: Encoder, quantizer: Quantizer) -> ModelProto:
    """encoder.onnx: `audio` (as the decoder gives it), `state` to `latent` [latent], `codes` [levels], `next_state`."""
    shape, scope = encoder.shape, Scope("encoder")
    hop, width, plain = shape.hop, shape.encoder_width, shape.channels * shape.parts == 1
    pasts = _past(scope, "state", shape.channels * hop, encoder.blocks, shape.kernel - 1, width)
    if plain:
        heard, last = reshape(scope, scope.node("Concat", pasts[0], "audio", axis=0), 1, 2 * hop), "audio"
    else:
        heard, last = _framed(scope, shape, pasts[0])
    windowed = scope.node("Mul", heard, scope.constant("window", array(encoder.window)[None, :]))
    cosines, sines = (scope.node("Transpose", table, perm=[1, 0]) for table in _cosines(scope, hop))
    real = scope.node("MatMul", windowed, cosines)
    imaginary = scope.node("Neg", scope.node("MatMul", windowed, sines))
    power = scope.node("Add", scope.node("Mul", real, real), scope.node("Mul", imaginary, imaginary))
    power = scope.node("Add", power, number(scope, "floor", COMPRESSION_FLOOR))
    squeeze = scope.node("Pow", power, number(scope, "exponent", -0.375))
    both = scope.node("Concat", scope.node("Mul", real, squeeze), scope.node("Mul", imaginary, squeeze), axis=1)
    if shape.channels > 1:
        both = reshape(scope, both, shape.parts, shape.spectrum_values)
    rows = linear(scope, "enter", both, encoder.enter)
    following = []
    for place, block in enumerate(encoder.blocks):
        rows, after = _block(scope, f"block{place}", rows, pasts[place + 1], cast("CausalBlock", block), shape.parts)
        following.append(after)
    heard_now = layer_norm(scope, "norm", rows, encoder.norm)
    if shape.parts > 1:
        heard_now = reshape(scope, heard_now, 1, shape.parts * width)
    latent = linear(scope, "leave", heard_now, encoder.leave)
    scope.rename(reshape(scope, latent, -1), "latent")
    rest, codes = latent, []
    for level in range(shape.levels):
        book = weights(scope, f"codebook{level}", array(quantizer.codebooks[level]))
        lengths = scope.node("ReduceSum", scope.node("Mul", book, book), scope.integers("last_axis", 1), keepdims=0)
        products = scope.node("MatMul", rest, scope.node("Transpose", book, perm=[1, 0]))
        distance = scope.node("Sub", lengths, scope.node("Mul", products, number(scope, "two", 2.0)))
        chosen = scope.node("ArgMin", distance, axis=1, keepdims=0)
        codes.append(chosen)
        rest = scope.node("Sub", rest, scope.node("Gather", book, chosen))
    scope.rename(scope.node("Cast", scope.node("Concat", *codes, axis=0), to=INT32), "codes")
    _state(scope, reshape(scope, last, -1), following)
    size = encoder_state_floats(encoder)
    return model_of(
        scope,
        [floats("audio", *_audio_shape(shape)), floats("state", size)],
        [floats("latent", shape.latent), value("codes", [shape.levels], INT32), floats("next_state", size)],
    )


def _framed(scope: Scope, shape: CodecShape, past: str) -> tuple[str, str]:
    """Frames [parts * channels, 2 hop] of `audio` after `past` [channels * hop]; and the next row's past."""
    hop, parts, channels = shape.hop, shape.parts, shape.channels
    now = reshape(scope, "audio", channels, parts, hop)
    all_hops = scope.node("Concat", reshape(scope, past, channels, 1, hop), now, axis=1)
    middle, end = scope.integers("middle_axis", 1), scope.integers("end", 1 << 30)
    first = scope.node("Slice", all_hops, scope.integers("zero", 0), scope.integers("parts", parts), middle)
    second = scope.node("Slice", all_hops, scope.integers("one", 1), end, middle)
    last = scope.node("Slice", all_hops, scope.integers("parts", parts), end, middle)
    frames = scope.node("Transpose", scope.node("Concat", first, second, axis=2), perm=[1, 0, 2])
    return reshape(scope, frames, parts * channels, 2 * hop), last
