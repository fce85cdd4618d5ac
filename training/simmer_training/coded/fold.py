"""Folds a SampleRNN under codes and the prior of its rows, as `simmer_training.fold` folds a plain one.

D is the width of the recurrent tiers, W that of the prior, E what is entered into it; L levels of codes.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Final, TypeVar

import numpy as np

from simmer_training.coded.row_prior import RowPrior
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.fold import Array, FoldedTiers, affine, array_of, fold_tiers, gates
from simmer_training.model import FRAMES_PER_BLOCK, gru_parameter

KEPT_EXACT: Final = ("frame_input", "places")  # small, and the first acts on bins up to 255


@dataclass(frozen=True)
class FoldedSound(FoldedTiers):
    """The sound; every matrix is [inputs, outputs]."""

    code_rows: Array  # [3, L, codes, D]: what each code says in the row before, in this one and in the next
    places: Array  # [8, D]
    code_top: Array  # [D, 3D]: from what is said to the top tier's gates
    code_top_bias: Array  # [3D]
    code_frame: Array  # [D, 3D]: and to the gates of each of the block's frames
    code_frame_bias: Array  # [3D], zeros: what there is of it is in `frame_condition_bias`


@dataclass(frozen=True)
class FoldedPrior:
    """The prior; every matrix is [inputs, outputs]."""

    entered: Array  # [L, codes, E]
    input: Array  # [E, 3W]
    input_bias: Array  # [3W]
    recurrent: Array  # [W, 3W]
    recurrent_bias: Array  # [3W]
    enter: tuple[Array, ...]  # by level [W, W]
    enter_bias: tuple[Array, ...]  # [W]
    before: tuple[Array, ...]  # by level [level, codes, W]: what the row's codes so far add
    out: tuple[Array, ...]  # [W, codes]
    out_bias: tuple[Array, ...]  # [codes]
    first: Array  # [W]


def fold_sound(model: CodedSampleRnn) -> FoldedSound:
    """Folds the sound."""
    top_gates, top_gates_bias = gates(model.top_gru)
    frame_gates, _ = gates(model.frame_gru)
    code_out, code_out_bias = affine(model.code_out)
    code_to_frame, code_to_frame_bias = affine(model.code_to_frame)
    tiers = fold_tiers(model)
    tiers["frame_condition_bias"] = tiers["frame_condition_bias"] + np.tile(
        code_to_frame_bias @ frame_gates, FRAMES_PER_BLOCK
    )
    return FoldedSound(
        code_rows=array_of(model.code_rows),
        places=array_of(model.places),
        code_top=code_out @ top_gates,
        code_top_bias=code_out_bias @ top_gates + top_gates_bias,
        code_frame=code_to_frame @ frame_gates,
        code_frame_bias=np.zeros(frame_gates.shape[1]),
        **tiers,
    )


def fold_prior(prior: RowPrior) -> FoldedPrior:
    """Folds the prior: here nothing is multiplied out, but what is never used is left out."""
    enter, enter_bias = zip(*(affine(prior.level_enter(level)) for level in range(prior.shape.levels)), strict=True)
    out, out_bias = zip(*(affine(prior.level_out(level)) for level in range(prior.shape.levels)), strict=True)
    given, given_bias = gates(prior.gru)
    return FoldedPrior(
        entered=array_of(prior.rows),
        input=given,
        input_bias=given_bias,
        recurrent=array_of(gru_parameter(prior.gru, "weight_hh")).T,
        recurrent_bias=array_of(gru_parameter(prior.gru, "bias_hh")),
        enter=enter,
        enter_bias=enter_bias,
        before=tuple(array_of(prior.before[level, :level]) for level in range(prior.shape.levels)),
        out=out,
        out_bias=out_bias,
        first=array_of(prior.first),
    )


_Folded = TypeVar("_Folded", FoldedSound, FoldedPrior)


def in_half(folded: _Folded) -> _Folded:
    """The same with its matrices and tables in half precision: what files are made from, and graphs store."""
    changed: dict[str, Any] = {
        field.name: _half(getattr(folded, field.name))
        for field in fields(folded)
        if not field.name.endswith("_bias") and field.name not in KEPT_EXACT
    }
    return replace(folded, **changed)


def _half(content: Array | tuple[Array, ...]) -> Array | tuple[Array, ...]:
    if isinstance(content, tuple):
        return tuple(part.astype(np.float16).astype(np.float64) for part in content)
    return content.astype(np.float16).astype(np.float64) if content.ndim > 1 else content
