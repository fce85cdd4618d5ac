"""The prior as ONNX: one position of the transformer with a cache of what came before, and the scores of one level."""

from typing import cast

import numpy as np
from onnx import ModelProto

from simmer_training.graph_nodes import INT32, INT64, Scope, value
from simmer_training.vq.graph_parts import (
    FLOAT,
    array,
    floats,
    gelu,
    layer_norm,
    linear,
    model_of,
    number,
    reshape,
    weights,
)  # fmt: skip
from simmer_training.vq.prior import Layer, Prior
from simmer_training.vq.shape import PriorShape


def _code_vectors(scope: Scope, name: str, tables: str, shape: PriorShape) -> str:
    """Vectors [levels, width] of `codes` [levels]."""
    offsets = scope.constant("offsets", (np.arange(shape.levels) * shape.size).astype(np.int32))
    flat = reshape(scope, tables, shape.levels * shape.size, shape.width)
    return scope.node("Gather", flat, scope.node("Add", name, offsets))


def _start(scope: Scope, prior: Prior) -> str:
    """The start token [1, width]."""
    artists = weights(scope, "artists", array(prior.artists))
    genres = weights(scope, "genres", array(prior.genres))
    pairs = []
    for place in (0, 2):
        artist = scope.node("Gather", artists, scope.node("Gather", "labels", scope.integers(f"at{place}", place)))
        genre = scope.node(
            "Gather", genres, scope.node("Gather", "labels", scope.integers(f"at{place + 1}", place + 1))
        )
        pairs.append(scope.node("Add", artist, genre))
    way = scope.node("Mul", scope.node("Sub", pairs[1], pairs[0]), "blend")
    return scope.node("Add", pairs[0], way)


def _time(scope: Scope, prior: Prior) -> str:
    """The vector [1, width] of `seconds`."""
    elapsed, total = scope.nodes_out("Split", 2, "seconds", axis=0, num_outputs=2)
    soon = scope.node("Exp", scope.node("Neg", elapsed))
    later = scope.node("Exp", scope.node("Neg", scope.node("Div", elapsed, number(scope, "six", 6.0))))
    share = scope.node("Div", elapsed, total)
    length = scope.node("Div", total, number(scope, "minute", 60.0))
    features = scope.node("Concat", soon, later, share, length, axis=0)
    return linear(scope, "timing", reshape(scope, features, 1, 4), prior.timing)


def _attend(scope: Scope, layer: Layer, number_of: int, rows: str, hidden_from: str, window: int) -> tuple[str, str]:
    """A layer at one position [1, width]: the row after it, and its key and value [1, 2, heads, head width]."""
    name, heads, head_width = f"layer{number_of}", layer.heads, layer.head_width
    normed = layer_norm(scope, f"{name}.attention_norm", rows, layer.attention_norm)
    mixed = linear(scope, f"{name}.project", normed, layer.project)
    query, key, content = (
        reshape(scope, part, heads, 1, head_width) for part in scope.nodes_out("Split", 3, mixed, axis=1, num_outputs=3)
    )
    query = scope.node("Mul", query, number(scope, "root", float(head_width**-0.5)))
    cached = scope.node("Gather", "cache", scope.integers(f"layer{number_of}", number_of), axis=0)
    keys, contents = (
        reshape(scope, part, heads, window, head_width)
        for part in scope.nodes_out("Split", 2, cached, axis=1, num_outputs=2)
    )
    before = scope.node("MatMul", keys, reshape(scope, query, heads, head_width, 1))
    before = scope.node("Where", hidden_from, number(scope, "never", -1e30), reshape(scope, before, heads, 1, window))
    own = scope.node("ReduceSum", scope.node("Mul", query, key), scope.integers("last", 2), keepdims=1)
    shares = scope.node("Softmax", scope.node("Concat", before, own, axis=2), axis=2)
    past, here = scope.nodes_out("Split", 2, shares, scope.integers("past_and_here", window, 1), axis=2)
    heard = scope.node("Add", scope.node("MatMul", past, contents), scope.node("Mul", here, content))
    rows = scope.node(
        "Add", rows, linear(scope, f"{name}.merge", reshape(scope, heard, 1, heads * head_width), layer.merge)
    )
    raised = gelu(
        scope,
        linear(scope, f"{name}.rise", layer_norm(scope, f"{name}.network_norm", rows, layer.network_norm), layer.rise),
    )
    rows = scope.node("Add", rows, linear(scope, f"{name}.fall", raised, layer.fall))
    kept = scope.node("Concat", key, content, axis=1)
    kept = scope.node("Transpose", kept, perm=[1, 0, 2])
    return rows, reshape(scope, kept, 1, 2, heads, head_width)


def row_graph(prior: Prior) -> ModelProto:
    """prior-row.onnx: one position; its inputs and outputs are in docs/models.md."""
    shape, scope = prior.shape, Scope("row")
    tables = weights(scope, "codes.tables", array(prior.codes))
    drawn = scope.node(
        "ReduceSum", _code_vectors(scope, "codes", tables, shape), scope.integers("first_axis", 0), keepdims=1
    )
    isstart = scope.node("Greater", "start", number(scope, "half", 0.5))
    drawn = scope.node("Where", isstart, number(scope, "nothing", 0.0), drawn)
    rows = scope.node("Add", _start(scope, prior), drawn)
    position = scope.node("Cast", "position", to=INT64)
    rows = scope.node("Add", rows, scope.node("Gather", weights(scope, "positions", array(prior.positions)), position))
    rows = scope.node("Add", rows, _time(scope, prior))
    places = scope.constant("places", np.arange(shape.window, dtype=np.int64)[None, None, :])
    hidden_from = scope.node("GreaterOrEqual", places, position)
    kept = []
    for place, layer in enumerate(prior.layers):
        rows, pair = _attend(scope, cast("Layer", layer), place, rows, hidden_from, shape.window)
        kept.append(pair)
    scope.rename(reshape(scope, layer_norm(scope, "norm", rows, prior.norm), -1), "hidden")
    scope.rename(scope.node("Concat", *kept, axis=0), "cache_row")
    heads, head_width = shape.heads, shape.width // shape.heads
    return model_of(
        scope,
        [
            value("codes", [shape.levels], INT32),
            floats("start", 1),
            value("labels", [4], INT32),
            floats("blend", 1),
            floats("seconds", 2),
            value("position", [1], INT32),
            floats("cache", shape.layers, 2, heads, shape.window, head_width),
        ],
        [floats("hidden", shape.width), floats("cache_row", shape.layers, 2, heads, head_width)],
    )


def level_graph(prior: Prior) -> ModelProto:
    """prior-level.onnx: `hidden` [width], `codes` [levels] of this row so far, `level` [1] to `logits` [size]."""
    shape, levels, scope = prior.shape, prior.levels, Scope("level")
    level = scope.node("Cast", "level", to=INT64)

    def of_level(numbers: str) -> str:
        return scope.node("Gather", numbers, scope.node("Squeeze", level, scope.integers("first_axis", 0)), axis=0)

    vectors = _code_vectors(scope, "codes", weights(scope, "levels.codes", array(levels.codes)), shape)
    places = scope.constant("places", np.arange(shape.levels, dtype=np.int64))
    drawn = scope.node("Cast", scope.node("Less", places, level), to=FLOAT)
    before = scope.node(
        "ReduceSum",
        scope.node("Mul", vectors, reshape(scope, drawn, shape.levels, 1)),
        scope.integers("first_axis", 0),
        keepdims=1,
    )
    rows = scope.node("Add", reshape(scope, "hidden", 1, shape.width), before)
    rows = scope.node("Add", rows, of_level(weights(scope, "levels.place", array(levels.place))))
    normed = layer_norm(scope, "levels.norm", rows, levels.norm)
    raised = scope.node("MatMul", normed, of_level(weights(scope, "levels.rise", array(levels.rise))))
    raised = scope.node("Add", raised, of_level(weights(scope, "levels.rise_bias", array(levels.rise_bias))))
    fallen = scope.node("MatMul", gelu(scope, raised), of_level(weights(scope, "levels.fall", array(levels.fall))))
    rows = layer_norm(scope, "levels.out_norm", scope.node("Add", rows, fallen), levels.out_norm)
    scores = scope.node("MatMul", rows, of_level(weights(scope, "levels.out", array(levels.out))))
    scores = scope.node("Add", scores, of_level(weights(scope, "levels.out_bias", array(levels.out_bias))))
    scope.rename(reshape(scope, scores, -1), "logits")
    return model_of(
        scope,
        [floats("hidden", shape.width), value("codes", [shape.levels], INT32), value("level", [1], INT32)],
        [floats("logits", shape.size)],
    )
