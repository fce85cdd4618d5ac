"""Builds the ONNX graph of the `samplernn` family (docs/models.md): one run draws one block of 64 steps.

What can be computed for the whole block is computed before or after the loops, since a node inside the inner loop
costs about 0.4 us a step whatever it does. Three things move out that way:

- 1/T. ReLU is positively homogeneous, so the factor may enter at the first layer and every bias be multiplied with
  it: logits/T = W (relu(... / T)) + b/T. Inside the loop it is then the left operand of a product that is there anyway.
- the guide's bias of the logits, which is added to the last bias;
- the entropy, from the stacked probabilities.

D is the width of the recurrent tiers, M of the sample tier.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Final

import numpy as np
from onnx import GraphProto, ModelProto, ValueInfoProto, checker, helper

from simmer_training.fold import Array, Folded, FoldedTiers, state_floats
from simmer_training.graph_draw import draw_nodes, entropy_nodes, gru_nodes
from simmer_training.graph_nodes import FLOAT32, INT32, INT64, Precision, Scope, value
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, FRAMES_PER_BLOCK
from simmer_training.quantizer import BINS

OPSET: Final = 20
IR_VERSION: Final = 10
LOWEST_TEMPERATURE: Final = 1e-4
# The tail guard: bins less likely than this times the likeliest are not drawn (docs/models.md has the measurement).
TAIL_FLOOR: Final = 0.01


@dataclass(frozen=True)
class GuidePull:
    """What a guide does (docs/models.md, "The guide"); both parts scale with its strength, 0 to 1.

    Of what the top tier hears of the block before, strength * mix is the guide. To the scores of bin k is added
    strength * weight * max(-(k - guide)^2 / (2 width^2), -deepest).
    """

    mix: float = 1.0
    weight: float = 0.5
    width_bins: float = 8.0
    deepest: float = 4.0


@dataclass(frozen=True)
class _PerStep:
    """Vectors known before the loops; the first two axes are frame and step in the frame."""

    reciprocal: str  # [4, 16, 1, 1]: 1/T
    reciprocal_row: str  # [4, 16, 1, 16]: the same, once for each place of the history
    third_bias: str  # [4, 16, 1, M]
    output_bias: str  # [4, 16, 1, 256]: with the guide's pull in it
    uniform: str  # [4, 16, 1, 1]


@dataclass(frozen=True)
class Past:
    """The block before: its bins, and the guide and its strength at the steps of them, each [64]."""

    bins: str
    guide: str
    strength: str


@dataclass(frozen=True)
class Upper:
    """What a step of the top tier gives: its new state [1, D], the four frames' share of their gates [4, 1, 3D].

    `further` are more vectors whose first axis is the frame, by the names that the frame's body knows them by.
    """

    top: str
    conditions: str
    further: tuple[str, ...] = ()


class TierGraphBuilder(ABC):
    """Builds one graph from folded weights; how the top tier comes to its state is another's matter."""

    def __init__(self, folded: FoldedTiers, precision: Precision, pull: GuidePull | None) -> None:
        """`pull=None` leaves the guide out altogether: the yardstick for "strength 0 is exactly no guide"."""
        self._folded, self._precision, self._pull = folded, precision, pull
        self._width, self._hidden = len(folded.top_start), len(folded.third_bias)
        self._main = Scope("block")
        self._log_floor = ""  # name of the logarithm of tail_floor

    def build(self) -> ModelProto:
        """The model, checked."""
        main, width, state = self._main, self._width, state_floats(self._folded)
        sizes = main.integers("state_sizes", width, width, BLOCK_STEPS, BLOCK_STEPS, BLOCK_STEPS)
        top, frame, past, past_guide, past_strength = main.nodes_out("Split", 5, "state", sizes, axis=0)
        upper = self._upper(top, Past(past, past_guide, past_strength))
        steps = self._per_step()
        self._log_floor = main.node("Log", "tail_floor")  # of 0 it is -inf, and nothing is below that
        last_frame = self._slice(main, past, BLOCK_STEPS - FRAME_STEPS, BLOCK_STEPS)
        frame, _, drawn, probabilities = main.scan(
            self._frame_body(),
            (self._row(main, frame), last_frame),
            (upper.conditions, *upper.further, *vars(steps).values()),
        )
        flat = main.integers("flat", -1)
        drawn = main.node("Reshape", drawn, flat)
        pieces = [main.node("Reshape", upper.top, flat), main.node("Reshape", frame, flat), drawn]
        main.rename(main.node("Cast", drawn, to=INT32), "drawn")
        main.rename(self._entropy(probabilities), "entropy")
        main.rename(main.node("Concat", *pieces, "guide_bin", "guide_strength", axis=0), "next_state")
        per_step = ("temperature", "uniform", "guide_strength", "guide_bin")
        inputs = [self._value("state", state), *(self._value(name, BLOCK_STEPS) for name in per_step)]
        inputs += [self._value("tail_floor", 1), *self._further_inputs()]
        outputs = [value("drawn", [BLOCK_STEPS], INT32), self._value("entropy", BLOCK_STEPS)]
        graph = main.graph(inputs, [*outputs, self._value("next_state", state)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "simmer_training"
        checker.check_model(model, full_check=True)
        return model

    @abstractmethod
    def _upper(self, state: str, past: Past) -> Upper:
        """One step of the top tier from its state [D]."""

    def _further_inputs(self) -> list[ValueInfoProto]:
        """Inputs of the graph beyond those of every model."""
        return []

    def _frame_inputs(self) -> list[ValueInfoProto]:
        """What the frame's body takes of `Upper.further`."""
        return []

    def _heard_by_frame(self, scope: Scope) -> str:
        """What the frame tier hears of the 16 bins before the frame, [16]."""
        del scope
        return "last_bins"

    def _toward_guide(self, scope: Scope, bins: str, guide: str, share: str) -> str:
        """Bins with so much of the guide mixed in; a share of 0 adds an exact 0."""
        return scope.node("Add", bins, scope.node("Mul", share, scope.node("Sub", guide, bins)))

    def _top_tier(self, arriving: str, state: str) -> tuple[str, str]:
        """The top tier's new state [1, D], and the four frames' share of their gates [4, 1, 3D]."""
        main, folded = self._main, self._folded
        state = self._row(main, state)
        top = self._gru(main, "top", state, arriving, folded.top_recurrent, folded.top_recurrent_bias)
        gates = self._affine(main, top, "frame_condition", folded.frame_condition, folded.frame_condition_bias)
        return top, main.node("Reshape", gates, main.integers("frames_of_gates", FRAMES_PER_BLOCK, 1, -1))

    def _per_step(self) -> _PerStep:
        main = self._main
        lowest = self._real(main, "lowest_temperature", np.array(LOWEST_TEMPERATURE))
        capped = main.node("Max", "temperature", lowest)
        reciprocal = self._in_frames(main.node("Reciprocal", capped))
        ones = self._real(main, "history_ones", np.ones(FRAME_STEPS))
        third = self._real(main, "third_bias", self._folded.third_bias)
        output = main.node("Mul", reciprocal, self._real(main, "output_bias", self._folded.output_bias))
        if self._pull:
            output = main.node("Add", output, self._pull_bias(self._pull))
        return _PerStep(
            reciprocal=reciprocal,
            reciprocal_row=main.node("Mul", reciprocal, ones),
            third_bias=main.node("Mul", reciprocal, third),
            output_bias=output,
            uniform=self._in_frames("uniform"),
        )

    def _pull_bias(self, pull: GuidePull) -> str:
        """The bias towards the guide, [4, 16, 1, 256]."""
        main = self._main
        bins = self._real(main, "bins", np.arange(BINS, dtype=np.float64))
        away = main.node("Sub", bins, self._in_frames("guide_bin"))
        curve = self._real(main, "pull_curve", np.array(-0.5 / pull.width_bins**2))
        bowl = main.node("Mul", main.node("Mul", away, away), curve)
        bowl = main.node("Max", bowl, self._real(main, "pull_deepest", np.array(-pull.deepest)))
        weight = self._real(main, "pull_weight", np.array(pull.weight))
        return main.node("Mul", main.node("Mul", self._in_frames("guide_strength"), weight), bowl)

    def _frame_body(self) -> GraphProto:
        """One frame: a step of the frame tier, then 16 draws. Carries its state [1, D] and the last bins [16]."""
        scope, folded = self._main.inner("frame"), self._folded
        matrix = self._real(scope, "frame_input", folded.frame_input)
        arriving = scope.node("Gemm", self._row(scope, self._heard_by_frame(scope)), matrix, "frame_gates")
        recurrent, bias = folded.frame_recurrent, folded.frame_recurrent_bias
        state = self._gru(scope, "frame", "frame_state", arriving, recurrent, bias)
        condition = self._affine(
            scope, state, "sample_condition", folded.sample_condition, folded.sample_condition_bias
        )
        rows = scope.integers("steps_of_condition", FRAME_STEPS, 1, self._hidden)
        condition = scope.node("Mul", scope.node("Reshape", condition, rows), "frame_reciprocal")
        history = scope.node("Cast", "last_bins", to=INT64)
        steps = ("frame_reciprocal_row", condition, "frame_third_bias", "frame_output_bias", "frame_uniform")
        last, _, probabilities = scope.scan(self._draw_body(), (history,), steps)
        bins = scope.node("Cast", last, to=self._precision.onnx)
        scope.rename(bins, "frame_drawn")  # the 16 bins last drawn are at once the state and the output
        inputs = [self._value("frame_state", 1, self._width), self._value("last_bins", FRAME_STEPS)]
        inputs += [self._value("frame_gates", 1, 3 * self._width), *self._frame_inputs()]
        for name, size in self._step_vectors().items():
            inputs.append(self._value(f"frame_{name}", FRAME_STEPS, 1, size))
        outputs = [self._value(state, 1, self._width), self._value(bins, FRAME_STEPS)]
        outputs.append(self._value("frame_drawn", FRAME_STEPS))
        return scope.graph(inputs, [*outputs, self._value(probabilities, FRAME_STEPS, 1, BINS)])

    def _step_vectors(self) -> dict[str, int]:
        """The sizes of what _PerStep holds, in its order."""
        sizes = {"reciprocal": 1, "reciprocal_row": FRAME_STEPS, "third_bias": self._hidden}
        return {**sizes, "output_bias": BINS, "uniform": 1}

    def _draw_body(self) -> GraphProto:
        """One draw. Carries the last 16 bins, oldest first [16] (int64)."""
        scope, folded = self._main.inner("draw"), self._folded
        places = scope.constant("history_places", np.arange(FRAME_STEPS, dtype=np.int64) * BINS)
        table = self._real(scope, "history", folded.history.reshape(FRAME_STEPS * BINS, self._hidden))
        rows = scope.node("Gather", table, scope.node("Add", "step_history", places), axis=0)
        hidden = scope.node("Relu", scope.node("Gemm", "step_reciprocal_row", rows, "step_condition"))
        third = self._real(scope, "third", folded.third)
        hidden = scope.node("Relu", scope.node("Gemm", hidden, third, "step_third_bias"))
        logits = scope.node("Gemm", hidden, self._real(scope, "output", folded.output), "step_output_bias")
        drawn, probabilities = draw_nodes(scope, logits, self._log_floor, "step_uniform", self._precision)
        later = self._slice(scope, "step_history", 1, FRAME_STEPS)
        history = scope.node("Concat", later, drawn, axis=0)
        inputs = [value("step_history", [FRAME_STEPS], INT64), self._value("step_reciprocal_row", 1, FRAME_STEPS)]
        inputs += [self._value("step_condition", 1, self._hidden), self._value("step_third_bias", 1, self._hidden)]
        inputs += [self._value("step_output_bias", 1, BINS), self._value("step_uniform", 1, 1)]
        outputs = [value(history, [FRAME_STEPS], INT64), value(drawn, [1], INT64)]
        return scope.graph(inputs, [*outputs, self._value(probabilities, 1, BINS)])

    def _entropy(self, probabilities: str) -> str:
        """Bits, [64], from probabilities [4, 16, 1, 256]."""
        main = self._main
        bits = entropy_nodes(main, probabilities, (2, 3), self._precision)
        return main.node("Reshape", bits, main.integers("flat", -1))

    def _gru(self, scope: Scope, name: str, state: str, arriving: str, matrix: Array, bias: Array) -> str:
        """PyTorch's GRU cell; `arriving` is the input's share of the gates [1, 3D], with its bias."""
        staying = self._affine(scope, state, f"{name}_recurrent", matrix, bias)
        return gru_nodes(scope, state, arriving, staying)

    def _affine(self, scope: Scope, row: str, name: str, matrix: Array, bias: Array) -> str:
        return scope.node("Gemm", row, self._real(scope, name, matrix), self._real(scope, f"{name}_bias", bias))

    def _real(self, scope: Scope, name: str, array: Array) -> str:
        return scope.constant(name, array.astype(self._precision.array))

    def _value(self, name: str, *shape: int) -> ValueInfoProto:
        return value(name, shape, self._precision.onnx)

    def _row(self, scope: Scope, vector: str) -> str:
        return scope.node("Reshape", vector, scope.integers("row", 1, -1))

    def _in_frames(self, vector: str) -> str:
        """A vector [64] as [4, 16, 1, 1]."""
        shape = self._main.integers("frames_of_steps", FRAMES_PER_BLOCK, FRAME_STEPS, 1, 1)
        return self._main.node("Reshape", vector, shape)

    def _slice(self, scope: Scope, vector: str, begin: int, end: int) -> str:
        return scope.node("Slice", vector, scope.integers(f"at_{begin}", begin), scope.integers(f"at_{end}", end))


class GraphBuilder(TierGraphBuilder):
    """A network whose top tier hears the block before."""

    def __init__(self, folded: Folded, precision: Precision = FLOAT32, pull: GuidePull | None = GuidePull()) -> None:
        super().__init__(folded, precision, pull)
        self._input, self._input_bias = folded.top_input, folded.top_input_bias

    def _upper(self, state: str, past: Past) -> Upper:
        main, heard = self._main, past.bins
        if self._pull:
            share = main.node("Mul", past.strength, self._real(main, "guide_mix", np.array(self._pull.mix)))
            heard = self._toward_guide(main, past.bins, past.guide, share)
        arriving = self._affine(main, self._row(main, heard), "top_input", self._input, self._input_bias)
        return Upper(*self._top_tier(arriving, state))
