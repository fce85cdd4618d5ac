"""Plays a folder's graphs in onnxruntime, one port block (a row) after the other, by the contract of docs/models.md."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnxruntime

from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.reference import GUIDE_PAST, ROW, DrawnRow, Lanes
from simmer_training.coded.response import Responses
from simmer_training.graph_run import open_graph
from simmer_training.kernel_weight_file import BLOCK
from simmer_training.quantizer import SILENCE_BIN

Single = npt.NDArray[np.float32]
Real = npt.NDArray[np.floating]
Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Graphs:
    """What plays a model: both graphs, and how the manifest says that they are used."""

    sound: bytes
    rows: bytes
    guide: GuideTable
    responses: Responses
    tail_floor: float
    levels: int
    prior_width: int
    start: Real  # the state of a take's start

    @staticmethod
    def of(folder: Path) -> "Graphs":
        """Of a folder."""
        manifest = json.loads((folder / "manifest.json").read_text())
        rows = manifest["rows"]
        return Graphs(
            (folder / manifest["graph"]).read_bytes(),
            (folder / rows["graph"]).read_bytes(),
            GuideTable.read((folder / rows["guide"]).read_bytes()),
            Responses.by(**manifest["response"]),
            manifest["tailGuard"]["floor"],
            rows["levels"],
            rows["priorWidth"],
            np.fromfile(folder / manifest["initialState"], "<f4"),
        )


@dataclass(frozen=True)
class Kept:
    """A reference that was kept (`reference_draws.py`)."""

    lanes: Lanes
    uniform: Single
    code_uniform: Single
    drawn: npt.NDArray[np.uint8]
    codes: Whole  # [rows, levels]
    entropy: Single
    state: Single

    @staticmethod
    def of(folder: Path, levels: int) -> "Kept":
        """Reads one."""

        def floats(name: str) -> Single:
            return np.fromfile(folder / f"{name}.f32", "<f4")

        guide = np.fromfile(folder / "guide-bin.u8", np.uint8).astype(np.float32)
        codes = np.fromfile(folder / "codes.i32", "<i4").reshape(-1, levels)
        lanes = Lanes(floats("temperature"), floats("guide-strength"), guide)
        drawn = np.fromfile(folder / "drawn.u8", np.uint8)
        noise = floats("uniform"), floats("code-uniform")
        return Kept(lanes, *noise, drawn, codes, floats("entropy"), floats("state"))


class CodedGraphRun:
    """One take; it computes in the precision of the graphs, which is that of the start state."""

    def __init__(self, graphs: Graphs) -> None:
        self._graphs = graphs
        self._sound, self._rows = open_graph(graphs.sound), open_graph(graphs.rows)
        self._real = graphs.start.dtype
        tiers = len(graphs.start) - graphs.prior_width - 2 * graphs.levels - GUIDE_PAST
        ends = np.cumsum([tiers, graphs.prior_width, graphs.levels, graphs.levels])
        self._tiers, self._prior, before, this, self._past = np.split(graphs.start, ends)
        self._before, self._this = before.astype(np.int32), this.astype(np.int32)

    @property
    def state(self) -> Real:
        """As it is kept."""
        parts = (self._tiers, self._prior, self._before.astype(self._real), self._this.astype(self._real), self._past)
        return np.concatenate(parts)

    def play(self, kept: Kept) -> list[DrawnRow]:
        """Draws what a reference drew."""
        rows = range(len(kept.codes))
        return [self.row(row, kept.lanes.row(row), kept.uniform, kept.code_uniform) for row in rows]

    def row(self, number: int, lanes: Lanes, uniform: Single, code_uniform: Single) -> DrawnRow:
        """Draws a port block under the lanes of its steps; the numbers are those of the whole take."""
        levels, first = self._graphs.levels, number * ROW
        codes = self._graphs.responses.codes
        heat = codes.of(lanes.temperature[:1].astype(np.float64))
        guide = self._guide(float(lanes.guide_strength[0]))
        if self._this[0] < 0:
            self._this = self._codes(self._before, heat, guide, code_uniform[first + levels :][:levels])[0]
        following, code_entropy = self._codes(self._this, heat, guide, code_uniform[first:][:levels])
        rows = np.stack([self._before, self._this, following])
        sound = self._graphs.responses.sound.of(lanes.temperature.astype(np.float64))
        drawn, entropy = [], []
        for place, begin in enumerate(range(0, ROW, BLOCK)):
            at = slice(begin, begin + BLOCK)
            bins, bits, self._tiers = self._run(
                self._sound,
                state=self._tiers,
                temperature=sound[at],
                uniform=uniform[first:][at],
                guide_strength=lanes.guide_strength[at],
                guide_bin=lanes.guide_bin[at],
                tail_floor=np.array([self._graphs.tail_floor]),
                codes=rows,
                place=np.array([place], np.int32),
            )
            drawn.append(bins)
            entropy.append(bits)
        self._before, self._this = self._this, following
        guided = (lanes.guide_strength > 0).any()
        past = np.concatenate([self._past, lanes.guide_bin]) if guided else np.full(GUIDE_PAST, SILENCE_BIN)
        self._past = past[-GUIDE_PAST:].astype(self._real)
        taken = np.concatenate(drawn).astype(np.uint8)
        return DrawnRow(taken, np.concatenate(entropy), following.astype(np.int64), code_entropy)

    def _guide(self, strength: float) -> tuple[Real, Array]:
        """How strongly a guide pulls at codes, and its bands; not while none of it was heard yet."""
        table = self._graphs.guide
        if strength > 0 and (self._past != SILENCE_BIN).any():
            return np.array([strength]), table.latent(self._past)
        return np.zeros(1), np.zeros(len(table.filters))

    def _codes(
        self,
        heard: Whole,
        heat: Real,
        guide: tuple[Real, Array],
        uniform: Single,
    ) -> tuple[Whole, Array]:
        drawn, entropy, self._prior = self._run(
            self._rows,
            state=self._prior,
            heard=heard,
            temperature=heat,
            uniform=uniform,
            guide=guide[1],
            guide_strength=guide[0],
            tail_floor=np.array([self._graphs.tail_floor]),
        )
        return drawn, entropy

    def _run(self, session: onnxruntime.InferenceSession, **inputs: Real | Whole) -> tuple[Whole, Array, Real]:
        given = {
            name: values if values.dtype == np.int32 else values.astype(self._real) for name, values in inputs.items()
        }
        drawn, entropy, state = session.run(["drawn", "entropy", "next_state"], given)
        return drawn, entropy.astype(np.float64), state
