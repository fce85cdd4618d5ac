"""The graph of the prior (docs/models.md): one run hears a row of codes and draws the next."""

from dataclasses import dataclass

import numpy as np
from onnx import ModelProto, checker, helper

from simmer_training.coded.fold import FoldedPrior
from simmer_training.fold import Array
from simmer_training.graph import IR_VERSION, LOWEST_TEMPERATURE, OPSET
from simmer_training.graph_draw import draw_nodes, entropy_nodes, gru_nodes
from simmer_training.graph_nodes import FLOAT32, INT32, Precision, Scope, value


@dataclass(frozen=True)
class CodesPull:
    """What a guide does to codes: a score falls by strength * weight * min((d - least d) / (2 width^2), deepest).

    d is how far the row's codes with this one lie from the guide: the square of the distance of their bands.
    """

    weight: float = 3.0
    width: float = 6.0
    deepest: float = 8.0


class RowsGraphBuilder:
    """Builds the graph from folded weights. W is the prior's width."""

    def __init__(
        self,
        folded: FoldedPrior,
        codebooks: Array,
        pull: CodesPull | None,
        precision: Precision = FLOAT32,
        *,
        from_half: bool = False,
    ) -> None:
        """`codebooks` [L, codes, bands]; `pull=None` leaves the guide out; `from_half` stores matrices in half."""
        self._folded, self._codebooks, self._precision, self._pull = folded, codebooks, precision, pull
        self._from_half = from_half
        self._main = Scope("rows")

    def build(self) -> ModelProto:
        """The model, checked."""
        main, real = self._main, self._precision.onnx
        levels, _, bands = self._codebooks.shape
        width = len(self._folded.first)
        state = self._heard()
        reciprocal = main.node(
            "Reciprocal", main.node("Max", "temperature", self._real("lowest", np.array([LOWEST_TEMPERATURE])))
        )
        log_floor = main.node("Log", "tail_floor")
        uniforms = main.nodes_out("Split", levels, "uniform", axis=0, num_outputs=levels)
        codes, entropies, rest = list[str](), list[str](), "guide"
        for level in range(levels):
            scores = main.node("Mul", self._scores(state, level, codes), reciprocal)
            if self._pull:
                distances = self._distances(rest, level)
                scores = main.node("Add", scores, self._bias(distances, self._pull))
            code, probabilities = draw_nodes(main, scores, log_floor, uniforms[level], self._precision)
            codes.append(code)
            entropies.append(entropy_nodes(main, probabilities, (1,), self._precision))
            if self._pull and level + 1 < levels:
                rest = main.node("Sub", rest, self._row_of(f"codebook_{level}", self._codebooks[level], code))
        main.rename(main.node("Cast", main.node("Concat", *codes, axis=0), to=INT32), "drawn")
        main.rename(main.node("Concat", *entropies, axis=0), "entropy")
        main.rename(main.node("Reshape", state, main.integers("flat", -1)), "next_state")
        sizes = {"temperature": 1, "uniform": levels, "guide": bands, "guide_strength": 1, "tail_floor": 1}
        inputs = [value("state", [width], real), value("heard", [levels], INT32)]
        inputs += [value(name, [count], real) for name, count in sizes.items()]
        outputs = [value("drawn", [levels], INT32), value("entropy", [levels], real)]
        graph = main.graph(inputs, [*outputs, value("next_state", [width], real)])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
        model.producer_name = "simmer_training"
        checker.check_model(model, full_check=True)
        return model

    def _heard(self) -> str:
        """The state [1, W] after the row that is heard."""
        main, folded = self._main, self._folded
        levels, size, entered = folded.entered.shape
        table = self._real("entered", folded.entered.reshape(levels * size, entered))
        offsets = main.constant("code_offsets", np.arange(levels, dtype=np.int32) * size)
        rows = main.node("Gather", table, main.node("Add", "heard", offsets), axis=0)
        total = main.node("ReduceSum", rows, main.integers("rows_axis", 0), keepdims=1)
        before = main.node("Reshape", "state", main.integers("row", 1, -1))
        arriving = self._affine(total, "input", folded.input, folded.input_bias)
        staying = self._affine(before, "recurrent", folded.recurrent, folded.recurrent_bias)
        return gru_nodes(main, before, arriving, staying)

    def _scores(self, state: str, level: int, codes: list[str]) -> str:
        """Scores [1, codes] of a level after the row's levels so far."""
        main, folded = self._main, self._folded
        total = self._affine(state, f"enter_{level}", folded.enter[level], folded.enter_bias[level])
        for earlier, code in enumerate(codes):
            table = folded.before[level][earlier]
            total = main.node("Add", total, self._row_of(f"before_{level}_{earlier}", table, code))
        return self._affine(main.node("Relu", total), f"out_{level}", folded.out[level], folded.out_bias[level])

    def _distances(self, rest: str, level: int) -> str:
        """How far each code of a level lies from what the guide has beyond the row's codes so far, [1, codes]."""
        main = self._main
        away = main.node("Sub", rest, self._exact(f"codebook_{level}", self._codebooks[level]))
        squares = main.node("ReduceSum", main.node("Mul", away, away), main.integers("bands_axis", 1), keepdims=0)
        return main.node("Reshape", squares, main.integers("row", 1, -1))

    def _bias(self, distances: str, pull: CodesPull) -> str:
        main = self._main
        least = main.node("ReduceMin", distances, main.integers("scores_axis", 1))
        curve = self._real("pull_curve", np.array(-0.5 / pull.width**2))
        bowl = main.node("Mul", main.node("Sub", distances, least), curve)
        bowl = main.node("Max", bowl, self._real("pull_deepest", np.array(-pull.deepest)))
        factor = main.node("Mul", "guide_strength", self._real("pull_weight", np.array(pull.weight)))
        return main.node("Mul", factor, bowl)

    def _row_of(self, name: str, table: Array, code: str) -> str:
        stored = self._exact(name, table) if name.startswith("codebook") else self._real(name, table)
        return self._main.node("Gather", stored, code, axis=0)

    def _affine(self, row: str, name: str, matrix: Array, bias: Array) -> str:
        return self._main.node("Gemm", row, self._real(name, matrix), self._real(f"{name}_bias", bias))

    def _exact(self, name: str, array: Array) -> str:
        return self._main.constant(name, array.astype(self._precision.array))

    def _real(self, name: str, array: Array) -> str:
        if self._from_half and array.ndim > 1:
            return self._main.from_half(name, array.astype(self._precision.array), self._precision.onnx)
        return self._exact(name, array)
