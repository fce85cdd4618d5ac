"""Draws rows from a weight file of format 3 in float64, by the words of docs/models.md: what engines are held to.

Nothing is shared with the graphs, with what writes the file or with the kernel. It is slow and plain on purpose. Where
a draw could fall otherwise by rounding alone, another uniform number is taken, and written down.
"""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.kernel_weight_file import BLOCKS_PER_ROW, CodedKernelNetwork
from simmer_training.coded.response import Responses
from simmer_training.kernel_weight_file import BINS, BLOCK, FRAME, FRAMES, Layer

Array = npt.NDArray[np.float64]
Single = npt.NDArray[np.float32]
Codes = npt.NDArray[np.int64]

ROW: Final = BLOCK * BLOCKS_PER_ROW
GUIDE_PAST: Final = 2048
SILENCE: Final = 128
LOWEST_TEMPERATURE: Final = 1e-4


@dataclass(frozen=True)
class Slack:
    """How far apart from every edge a draw must lie: of the cumulative distribution, and of the tail guard's floor."""

    edge: float  # a probability
    floor: float  # a part of the floor


FLOAT32_SLACK: Final = Slack(5e-5, 1e-4)
INT8_SLACK: Final = Slack(5e-4, 5e-3)


@dataclass(frozen=True)
class Draw:
    """What a number was drawn from."""

    drawn: int
    entropy: float  # bits
    margin: float  # to the nearest edge, a probability; 0 where another floor within the slack draws otherwise


def draw(scores: Array, uniform: float, floor: float, slack: Slack) -> Draw:
    """The inverse CDF over scores that are cooled and biased already."""
    weights = np.exp(scores - scores.max())
    kept = np.where(weights >= floor, weights, 0.0)
    found = []
    for tried in (floor, floor * (1 - slack.floor), floor * (1 + slack.floor)):
        cumulative = np.cumsum(np.where(weights >= min(tried, 1.0), weights, 0.0))
        threshold = uniform * cumulative[-1]
        drawn = min(len(scores) - 1, int((cumulative <= threshold).sum()))
        found.append((drawn, float(np.abs(cumulative[:-1] - threshold).min() / cumulative[-1])))
    shares = kept[kept > 0] / kept.sum()
    settled = len({drawn for drawn, _ in found}) == 1
    margin = min(margin for _, margin in found) if settled else 0.0
    return Draw(found[0][0], float(-(shares * np.log2(shares)).sum()), margin)


@dataclass(frozen=True)
class Lanes:
    """What steers a take, one value a step; float32 values."""

    temperature: Single
    guide_strength: Single
    guide_bin: Single

    def row(self, number: int) -> "Lanes":
        """The steps of one row."""
        steps = slice(number * ROW, (number + 1) * ROW)
        return Lanes(self.temperature[steps], self.guide_strength[steps], self.guide_bin[steps])


@dataclass
class Noise:
    """Uniform numbers, one a step for bins and one for codes; `spare` ones stand in where rounding might decide."""

    uniform: Single
    code_uniform: Single
    spare: Single
    slack: Slack
    used: int = 0

    def read(self, where: Single, step: int, scores: Array, floor: float) -> Draw:
        """Draws with the number of a step, or with another, which then is the number of that step."""
        while True:
            found = draw(scores, float(where[step]), floor, self.slack)
            if found.margin >= self.slack.edge:
                return found
            where[step] = self.spare[self.used]
            self.used += 1


@dataclass
class CodedState:
    """What is carried from row to row."""

    top: Array
    frame: Array
    bins: Array  # of the last 64 steps
    guide: Array
    strength: Array
    prior: Array
    before: Codes  # [L], of the row before
    this: Codes  # of this row; -1: not drawn yet
    guide_past: Array = field(default_factory=lambda: np.full(GUIDE_PAST, float(SILENCE)))

    @staticmethod
    def start(network: CodedKernelNetwork, silence: Codes) -> "CodedState":
        """Of a take, before its first row."""
        silent = np.full(BLOCK, float(SILENCE))
        starts = (network.top_start, network.frame_start, silent, silent.copy(), np.zeros(BLOCK))
        return CodedState(*starts, network.prior.first, silence, np.full(len(silence), -1))

    def packed(self) -> Array:
        """As it is kept."""
        tiers = (self.top, self.frame, self.bins, self.guide, self.strength)
        return np.concatenate([*tiers, self.prior, self.before, self.this, self.guide_past]).astype(np.float64)


@dataclass(frozen=True)
class DrawnRow:
    """What was drawn of one port block."""

    bins: npt.NDArray[np.uint8]  # [512]
    entropy: Array  # [512], bits
    codes: Codes  # [L], of the row after it
    code_entropy: Array  # [L]


class CodedReference:
    """Draws row after row from `state`, which it changes."""

    def __init__(
        self,
        network: CodedKernelNetwork,
        guide: GuideTable,
        responses: Responses,
        tail_floor: float,
        silence: Codes,
    ) -> None:
        self._network, self._guide, self._floor = network, guide, tail_floor
        self._responses = responses
        self.state = CodedState.start(network, silence)

    def row(self, number: int, lanes: Lanes, noise: Noise) -> DrawnRow:
        """Draws row `number` of a take under the lanes of its steps."""
        state, first, levels = self.state, number * ROW, len(self.state.before)
        heat = self._responses.codes.of(lanes.temperature[:1].astype(np.float64))[0]
        strength = float(lanes.guide_strength[0])
        # Where nothing of a guide was heard yet, what is heard is silence, which nobody asked for.
        heard = strength > 0 and (state.guide_past != SILENCE).any()
        latent = self._guide.latent(state.guide_past) if heard else None
        if state.this[0] < 0:
            state.this = self._codes(state.before, first + levels, heat, (strength, latent), noise)[0]
        following, code_entropy = self._codes(state.this, first, heat, (strength, latent), noise)
        rows = np.stack([state.before, state.this, following])
        drawn, entropy = [], []
        for block in range(BLOCKS_PER_ROW):
            at = slice(block * BLOCK, (block + 1) * BLOCK)
            part = Lanes(lanes.temperature[at], lanes.guide_strength[at], lanes.guide_bin[at])
            bins, bits = self._block(rows, block, part, noise, first + block * BLOCK)
            drawn.append(bins)
            entropy.append(bits)
        state.before, state.this = state.this, following
        if (lanes.guide_strength > 0).any():
            state.guide_past = np.concatenate([state.guide_past, lanes.guide_bin])[-GUIDE_PAST:]
        else:
            state.guide_past = np.full(GUIDE_PAST, float(SILENCE))
        return DrawnRow(np.concatenate(drawn).astype(np.uint8), np.concatenate(entropy), following, code_entropy)

    def _codes(
        self, heard: Codes, step: int, heat: float, guide: tuple[float, Array | None], noise: Noise
    ) -> tuple[Codes, Array]:
        """Hears a row and draws the next, with the numbers from `step` on."""
        prior, books = self._network.prior, self._network.codebooks
        entered = sum((prior.entered[level][code] for level, code in enumerate(heard)), np.zeros(1))
        self.state.prior = _gru(prior.recurrent, prior.input(entered), self.state.prior)
        weight, width, deepest = self._network.codes_pull
        strength, rest = guide
        codes, entropies = list[int](), list[float]()
        for level, layers in enumerate(prior.levels):
            hidden = layers.enter(self.state.prior)
            for earlier, code in enumerate(codes):
                hidden = hidden + layers.before[earlier][code]
            scores = layers.out(np.maximum(hidden, 0)) / max(heat, LOWEST_TEMPERATURE)
            if rest is not None:
                away = np.square(rest - books[level]).sum(axis=1)
                scores = scores - strength * weight * np.minimum((away - away.min()) / (2 * width**2), deepest)
            found = noise.read(noise.code_uniform, step + level, scores, self._floor)
            codes.append(found.drawn)
            entropies.append(found.entropy)
            if rest is not None:
                rest = rest - books[level][found.drawn]
        return np.array(codes), np.array(entropies)

    def _block(
        self, rows: Codes, place: int, lanes: Lanes, noise: Noise, first: int
    ) -> tuple[npt.NDArray[np.int64], Array]:
        """64 steps under the codes of three rows [3, L]."""
        network, state = self._network, self.state
        said = sum(
            (network.code_rows[p][level][rows[p][level]] for p in range(3) for level in range(rows.shape[1])),
            np.zeros(1),
        )
        said = np.maximum(said + network.places[place], 0)
        state.top = _gru(network.top_recurrent, network.code_top(said), state.top)
        conditions = network.frame_condition(state.top).reshape(FRAMES, -1)
        straight = network.code_frame(said)
        heat = np.maximum(self._responses.sound.of(lanes.temperature.astype(np.float64)), LOWEST_TEMPERATURE)
        bins = np.concatenate([state.bins, np.zeros(BLOCK)])
        guide = np.concatenate([state.guide, lanes.guide_bin.astype(np.float64)])
        strength = np.concatenate([state.strength, lanes.guide_strength.astype(np.float64)])
        weight, width, deepest, mix = network.bins_pull
        entropies = []
        for step in range(BLOCK, 2 * BLOCK):
            if step % FRAME == 0:
                before = slice(step - FRAME, step)
                heard = bins[before] + mix * strength[before] * (guide[before] - bins[before])
                arriving = conditions[(step - BLOCK) // FRAME] + straight + network.frame_input @ heard
                state.frame = _gru(network.frame_recurrent, arriving, state.frame)
                condition = network.sample_condition(state.frame).reshape(FRAME, -1)
            past = bins[step - FRAME : step].astype(np.int64)
            hidden = condition[step % FRAME] + network.history[np.arange(FRAME), past].sum(axis=0)
            scores = network.output(np.maximum(network.third(np.maximum(hidden, 0)), 0)) / heat[step - BLOCK]
            away = np.maximum(-np.square(np.arange(BINS) - guide[step]) / (2 * width**2), -deepest)
            scores = scores + strength[step] * weight * away
            found = noise.read(noise.uniform, first + step - BLOCK, scores, self._floor)
            bins[step] = found.drawn
            entropies.append(found.entropy)
        state.bins, state.guide, state.strength = bins[BLOCK:], guide[BLOCK:], strength[BLOCK:]
        return bins[BLOCK:].astype(np.int64), np.array(entropies)


def _gru(recurrent: Layer, arriving: Array, state: Array) -> Array:
    """PyTorch's cell; `arriving` is the input's share of the gates, with its bias."""
    reset_in, update_in, new_in = np.split(arriving, 3)
    reset_on, update_on, new_on = np.split(recurrent(state), 3)
    reset, update = (1 / (1 + np.exp(-values)) for values in (reset_in + reset_on, update_in + update_on))
    new = np.tanh(new_in + reset * new_on)
    following: Array = new + update * (state - new)
    return following
