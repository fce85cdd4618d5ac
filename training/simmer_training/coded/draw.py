"""Draws takes of a SampleRNN under codes with PyTorch, several at once: for trials and for judging a training.

    python -m simmer_training.coded.draw --name one-song-rows --out takes --lane 0.75,1.1,0.75 --codes-exponent 2.8

A lane is temperatures that are joined by straight lines, evenly spaced over the take. Writes a WAV file and the codes
of each take.
"""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from torch import Tensor, nn
from torch.nn import functional

from simmer_training.coded.codebooks import Codes
from simmer_training.coded.pieces import silence_of
from simmer_training.coded.response import Response, Responses
from simmer_training.coded.row_prior import RowPrior
from simmer_training.coded.rows import ROW_STEPS
from simmer_training.coded.sound import BLOCKS_PER_ROW, CodedSampleRnn
from simmer_training.coded.trained import load_trained
from simmer_training.coded.weights import CodedModel, load_coded_weights
from simmer_training.dataset import SAMPLE_RATE_HZ, load_dataset
from simmer_training.emphasis import Emphasis
from simmer_training.graph import LOWEST_TEMPERATURE, TAIL_FLOOR
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, FRAMES_PER_BLOCK, centred, gru_parameter
from simmer_training.quantizer import BINS, SILENCE_BIN, bin_to_amplitude

Array = npt.NDArray[np.float64]


def draw(scores: Tensor, temperature: Tensor, uniform: Tensor) -> Tensor:
    """Draws [B] by the inverse CDF from `scores` [B, N] at `temperature` [B] with numbers [B] in [0, 1)."""
    weights = functional.softmax(scores.double() / temperature.double().clamp(min=LOWEST_TEMPERATURE)[:, None], dim=1)
    weights = torch.where(weights < TAIL_FLOOR * weights.amax(1, keepdim=True), 0.0, weights)
    cumulative = weights.cumsum(1)
    return (cumulative <= uniform[:, None] * cumulative[:, -1:]).sum(1).clamp(max=scores.shape[1] - 1)


@torch.inference_mode()
def draw_rows(prior: RowPrior, silence: Codes, temperature: Array, seed: int) -> Codes:
    """Codes [B, R, K] under `temperature` [B, R], from the start of a take."""
    random = np.random.default_rng((seed, 1))
    batch, rows = temperature.shape
    state = prior.start(batch)
    codes = torch.from_numpy(silence).expand(batch, 1, -1)
    drawn = []
    for row in range(rows):
        state = prior.heard(codes, state)[1]
        codes = torch.zeros(batch, 1, prior.shape.levels, dtype=torch.int64)
        heat = torch.from_numpy(temperature[:, row])
        for level in range(prior.shape.levels):
            uniform = torch.from_numpy(random.random(batch))
            codes[:, 0, level] = draw(prior.scores(state, level, codes[:, 0]), heat, uniform)
        drawn.append(codes[:, 0].numpy())
    return np.stack(drawn, axis=1)


def _cell(gru: nn.GRU, entered: Tensor, state: Tensor) -> Tensor:
    given = functional.linear(entered, gru_parameter(gru, "weight_ih"), gru_parameter(gru, "bias_ih"))
    kept = functional.linear(state, gru_parameter(gru, "weight_hh"), gru_parameter(gru, "bias_hh"))
    reset_in, update_in, new_in = given.chunk(3, 1)
    reset, update, new = kept.chunk(3, 1)
    gate = torch.sigmoid(update_in + update)
    fresh = torch.tanh(new_in + torch.sigmoid(reset_in + reset) * new)
    return fresh + gate * (state - fresh)


@torch.inference_mode()
def draw_sound(model: CodedSampleRnn, codes: Codes, temperature: Array, seed: int) -> npt.NDArray[np.uint8]:
    """Bins [B, steps] under `temperature` [B, steps] and `codes` [B, steps / ROW_STEPS + 2, K].

    The first row of codes is that before the first step, the last that after the last.
    """
    random = np.random.default_rng((seed, 2))
    batch, rows = codes.shape[0], codes.shape[1] - 2
    said = model.said(torch.from_numpy(codes))
    entered, straight = model.code_out(said), model.code_to_frame(said)
    hidden, embedding = model.sizes.sample, model.sizes.embedding
    first = model.first.weight.reshape(hidden, FRAME_STEPS, embedding)
    table = torch.einsum("dpe,be->pbd", first, model.embedding.weight).contiguous()
    place = torch.arange(FRAME_STEPS)
    bins = torch.full((batch, BLOCK_STEPS + rows * ROW_STEPS), SILENCE_BIN, dtype=torch.int64)
    top, frame = (state.expand(batch, -1).contiguous() for state in (model.top_start, model.frame_start))
    for block in range(rows * BLOCKS_PER_ROW):
        top = _cell(model.top_gru, entered[:, block], top)
        condition = model.top_up(top).reshape(batch, FRAMES_PER_BLOCK, -1) + straight[:, block, None]
        for part in range(FRAMES_PER_BLOCK):
            at = BLOCK_STEPS + block * BLOCK_STEPS + part * FRAME_STEPS
            past = centred(bins[:, at - FRAME_STEPS : at], torch.float32)
            frame = _cell(model.frame_gru, model.frame_in(past) + condition[:, part], frame)
            up = model.frame_up(frame).reshape(batch, FRAME_STEPS, hidden)
            heat = torch.from_numpy(temperature[:, at - BLOCK_STEPS : at - BLOCK_STEPS + FRAME_STEPS])
            uniform = torch.from_numpy(random.random((batch, FRAME_STEPS)))
            for step in range(FRAME_STEPS):
                past_bins = bins[:, at + step - FRAME_STEPS : at + step]
                layer = functional.relu(model.second(table[place, past_bins].sum(1) + up[:, step]))
                scores = model.output(functional.relu(model.third(layer)))
                bins[:, at + step] = draw(scores, heat[:, step], uniform[:, step])
    if bins.max() >= BINS:
        raise ValueError("a bin beyond the last one was drawn")
    return bins[:, BLOCK_STEPS:].numpy().astype(np.uint8)


@dataclass(frozen=True)
class Coded:
    """A trained pair of prior and sound, and how its audio is emphasised."""

    model: CodedModel
    emphasis: Emphasis

    @staticmethod
    def load(folder: Path, weights: Path | None = None) -> "Coded":
        """From build/NAME: what the trainers left there, or else `weights`, a weights.pt."""
        model = load_trained(folder) if weights is None else load_coded_weights(weights)
        return Coded(model, load_dataset(folder / "dataset").emphasis)

    def takes(self, lanes: Array, seed: int, responses: Responses) -> tuple[Array, Codes]:
        """Amplitudes [B, steps] and codes [B, rows, K] of takes under `lanes` [B, steps]."""
        rows, silence = lanes.shape[1] // ROW_STEPS, silence_of(self.model.books)
        heat = lanes[:, : rows * ROW_STEPS]
        codes = draw_rows(self.model.prior, silence, responses.codes.of(heat_of_rows(heat)), seed)
        before = np.broadcast_to(silence, (len(codes), 1, silence.shape[1]))
        heard = np.concatenate([before, codes], axis=1)
        bins = draw_sound(self.model.sound, heard, responses.sound.of(heat), seed)
        return np.stack([self.emphasis.undo(bin_to_amplitude(row)) for row in bins]), codes[:, :rows]


def heat_of_rows(lanes: Array) -> Array:
    """The T that each row of codes is drawn at, [B, R + 1], of lanes [B, R * ROW_STEPS].

    A row is drawn while the one before it sounds, at T where that begins; the first two together.
    """
    return np.concatenate([lanes[:, :1], lanes[:, ::ROW_STEPS]], axis=1)


def lane_through(points: Sequence[float], seconds: float) -> Array:
    """A lane through evenly spaced points joined by straight lines, a value a step of whole rows."""
    steps = round(seconds * SAMPLE_RATE_HZ) // ROW_STEPS * ROW_STEPS
    lane: Array = np.interp(np.arange(steps) / steps, np.linspace(0, 1, len(points)), points)
    return lane


def main() -> None:
    """Draws and writes takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", required=True, help="everything lies in build/NAME")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--takes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--lane", default="0.75,1.1,0.75")
    parser.add_argument("--weights", type=Path, help="a weights.pt in place of what the trainers left")
    parser.add_argument("--codes-exponent", type=Response.parse, default=Response(1.0, 1.0))
    parser.add_argument("--sound-exponent", type=Response.parse, default=Response(1.0, 1.0))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    points = [float(value) for value in arguments.lane.split(",")]
    lane = lane_through(points, arguments.seconds)
    model = Coded.load(Path("build", arguments.name), arguments.weights)
    responses = Responses(arguments.codes_exponent, arguments.sound_exponent)
    audio, codes = model.takes(np.tile(lane, (arguments.takes, 1)), arguments.seed, responses)
    arguments.out.mkdir(parents=True, exist_ok=True)
    np.save(arguments.out / "lane.npy", lane)
    for number, (values, rows) in enumerate(zip(audio, codes, strict=True)):
        soundfile.write(arguments.out / f"{number}.wav", values, SAMPLE_RATE_HZ)
        np.save(arguments.out / f"{number}.codes.npy", rows)


if __name__ == "__main__":
    main()
