"""What the layers of both networks are given, over the beginnings of pieces: what rounding to 8 bits goes by."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from simmer_training.coded.pieces import CodedPiece
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.weights import CodedModel
from simmer_training.model import BLOCK_STEPS, frame_windows, run_gru
from simmer_training.quantize import Heard

PIECES: Final = 4
ROWS: Final = 160  # of each: 5 s
PRIOR_ROWS: Final = 2000  # of each, for the prior: a minute


@torch.inference_mode()
def listen_coded(model: CodedModel, pieces: Sequence[CodedPiece]) -> Heard:
    """The inputs of every layer, teacher-forced, by the names that `coded_weight_file` knows them by."""
    kept: dict[str, list[Tensor]] = {}
    for piece in pieces[:PIECES]:
        for name, inputs in {**_sound(model, piece), **_prior(model, piece)}.items():
            kept.setdefault(name, []).append(inputs)
    return {name: torch.cat(parts).double().numpy() for name, parts in kept.items()}


def _sound(model: CodedModel, piece: CodedPiece) -> dict[str, Tensor]:
    """As `CodedSampleRnn.under` and `SampleRnn.logits` go, but for what they give."""
    sound, rows = model.sound, min(ROWS, piece.rows)
    bins = torch.from_numpy(piece.bins[: BLOCK_STEPS + rows * ROW_STEPS].astype(np.int64))[None]
    said = sound.said(torch.from_numpy(piece.codes[: rows + 2])[None])
    start = sound.start(1)
    top, _ = run_gru(sound.top_gru, sound.code_out(said), start.top)
    states, _ = sound.under(bins, torch.from_numpy(piece.codes[: rows + 2])[None], start)
    hidden = _hidden(model, states[0], frame_windows(bins)[0])
    return {
        "code_top": said[0],
        "code_frame": said[0],
        "top_recurrent": torch.cat([start.top, top[0, :-1]]),
        "frame_condition": top[0],
        "frame_recurrent": torch.cat([start.frame, states[0, :-1]]),
        "sample_condition": states[0],
        "third": hidden[0],
        "output": hidden[1],
    }


def _hidden(model: CodedModel, states: Tensor, windows: Tensor) -> tuple[Tensor, Tensor]:
    """What the last two layers are given, each [steps, M]."""
    kept: dict[str, Tensor] = {}

    def keep(name: str, inputs: tuple[Tensor, ...]) -> None:
        kept[name] = inputs[0].reshape(-1, inputs[0].shape[-1])

    handles = [
        layer.register_forward_pre_hook(lambda _, inputs, name=name: keep(name, inputs))
        for name, layer in (("third", model.sound.third), ("output", model.sound.output))
    ]
    model.sound.logits(states, windows)
    for handle in handles:
        handle.remove()
    return kept["third"], kept["output"]


def _prior(model: CodedModel, piece: CodedPiece) -> dict[str, Tensor]:
    prior = model.prior
    codes = torch.from_numpy(piece.codes[: PRIOR_ROWS + 1])
    heard, wanted = codes[:-1], codes[1:]
    entered = torch.stack([functional.embedding(heard[:, k], prior.rows[k]) for k in range(prior.shape.levels)]).sum(0)
    states = prior.heard(heard[None], prior.start(1))[0][0]
    found = {"prior_input": entered, "prior_recurrent": torch.cat([prior.start(1), states[:-1]])}
    for level in range(prior.shape.levels):
        found[f"prior_enter_{level}"] = states
        total: Tensor = prior.level_enter(level)(states)
        for earlier in range(level):
            total = total + functional.embedding(wanted[:, earlier], prior.before[level, earlier])
        found[f"prior_out_{level}"] = functional.relu(total)
    return found
