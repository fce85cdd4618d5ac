"""The graph of the sound (docs/models.md): one run draws one block of 64 steps under the codes of three rows.

The top tier hears codes alone, so a guide is mixed into what the frame tier hears: the 16 bins before each frame, with
the guide and its strength at the steps of those bins.
"""

import numpy as np
from onnx import ValueInfoProto

from simmer_training.coded.fold import FoldedSound
from simmer_training.fold import Array
from simmer_training.graph import GuidePull, Past, TierGraphBuilder, Upper
from simmer_training.graph_nodes import FLOAT32, INT32, Precision, Scope, value
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, FRAMES_PER_BLOCK

FRAME_GUIDE, FRAME_SHARE = "frame_guide", "frame_share"


class SoundGraphBuilder(TierGraphBuilder):
    """Builds the graph from folded weights."""

    def __init__(
        self,
        folded: FoldedSound,
        pull: GuidePull | None,
        precision: Precision = FLOAT32,
        *,
        from_half: bool = False,
    ) -> None:
        """`from_half` stores matrices and tables in half precision, which must hold them exactly."""
        super().__init__(folded, precision, pull)
        self._sound, self._from_half = folded, from_half

    def _upper(self, state: str, past: Past) -> Upper:
        main, sound = self._main, self._sound
        said = self._said()
        arriving = self._affine(main, said, "code_top", sound.code_top, sound.code_top_bias)
        top, conditions = self._top_tier(arriving, state)
        straight = self._affine(main, said, "code_frame", sound.code_frame, sound.code_frame_bias)
        conditions = main.node("Add", conditions, straight)
        if not self._pull:
            return Upper(top, conditions)
        mix = self._real(main, "guide_mix", np.array(self._pull.mix))
        guide = self._before_frames(past.guide, "guide_bin")
        share = main.node("Mul", self._before_frames(past.strength, "guide_strength"), mix)
        return Upper(top, conditions, (guide, share))

    def _said(self) -> str:
        """What the codes of three rows say of the block, [1, D]."""
        main, (rows, levels, size, width) = self._main, self._sound.code_rows.shape
        table = self._real(main, "code_rows", self._sound.code_rows.reshape(rows * levels * size, width))
        offsets = np.arange(rows * levels, dtype=np.int32).reshape(rows, levels) * size
        chosen = main.node("Add", "codes", main.constant("code_offsets", offsets))
        flat = main.node("Reshape", chosen, main.integers("flat", -1))
        total = main.node(
            "ReduceSum", main.node("Gather", table, flat, axis=0), main.integers("rows_axis", 0), keepdims=1
        )
        place = main.node("Gather", self._real(main, "places", self._sound.places), "place", axis=0)
        return main.node("Relu", main.node("Add", total, place))

    def _before_frames(self, past: str, present: str) -> str:
        """What stood at the 16 steps before each frame, [4, 16], of the block before and of this one, each [64]."""
        main = self._main
        last = self._slice(main, past, BLOCK_STEPS - FRAME_STEPS, BLOCK_STEPS)
        earlier = self._slice(main, present, 0, BLOCK_STEPS - FRAME_STEPS)
        shape = main.integers("steps_before_frames", FRAMES_PER_BLOCK, FRAME_STEPS)
        return main.node("Reshape", main.node("Concat", last, earlier, axis=0), shape)

    def _further_inputs(self) -> list[ValueInfoProto]:
        rows, levels = self._sound.code_rows.shape[:2]
        return [value("codes", [rows, levels], INT32), value("place", [1], INT32)]

    def _frame_inputs(self) -> list[ValueInfoProto]:
        return [self._value(name, FRAME_STEPS) for name in (FRAME_GUIDE, FRAME_SHARE)] if self._pull else []

    def _heard_by_frame(self, scope: Scope) -> str:
        return self._toward_guide(scope, "last_bins", FRAME_GUIDE, FRAME_SHARE) if self._pull else "last_bins"

    def _real(self, scope: Scope, name: str, array: Array) -> str:
        if self._from_half and array.ndim > 1 and name not in ("frame_input", "places"):
            return scope.from_half(name, array.astype(self._precision.array), self._precision.onnx)
        return super()._real(scope, name, array)
