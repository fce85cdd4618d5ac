"""A SampleRNN under codes as it is exported: graphs, weight files and references say the same as the network."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from simmer_training.coded.fold import fold_prior, fold_sound
from simmer_training.coded.folder import coded_start_state, folder_files
from simmer_training.coded.graph_run import CodedGraphRun, Graphs, Kept
from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.kernel_weights import CodedNetwork, coded_weight_file
from simmer_training.coded.pieces import silence_of
from simmer_training.coded.reference import ROW, CodedReference, Lanes, Noise, Slack
from simmer_training.coded.response import Responses
from simmer_training.coded.rows import ROW_STEPS, bands_of
from simmer_training.coded.rows_graph import RowsGraphBuilder
from simmer_training.coded.sound_graph import SoundGraphBuilder
from simmer_training.coded.tiny import (
    CODES_PULL,
    EMPHASIS,
    LEVELS,
    PULL,
    RESPONSES,
    ROWS,
    tiny_lanes,
    tiny_network,
    tiny_networks,
)
from simmer_training.emphasis import Emphasis
from simmer_training.graph import TAIL_FLOOR
from simmer_training.graph_nodes import FLOAT64
from simmer_training.graph_run import noise
from simmer_training.kernel_weights import FLOAT32
from simmer_training.model import BLOCK_STEPS, frame_windows
from simmer_training.quantizer import BINS, SILENCE_BIN, amplitude_to_bin

FIXTURE = Path(__file__).parents[2] / "test" / "fixtures" / "models" / "coded-tiny"
NO_SLACK = Slack(0.0, 0.0)


def kept(folder: str) -> Kept:
    return Kept.of(FIXTURE / "reference" / folder, LEVELS)


@pytest.mark.parametrize("folder", ["float32-unguided", "float32-guided"])
def test_graphs_draw_what_the_reference_drew(folder: str) -> None:
    run = CodedGraphRun(Graphs.of(FIXTURE))
    wanted = kept(folder)
    rows = run.play(wanted)
    assert np.array_equal(np.concatenate([row.bins for row in rows]), wanted.drawn)
    assert np.array_equal([row.codes for row in rows], wanted.codes)
    np.testing.assert_allclose(np.concatenate([row.entropy for row in rows]), wanted.entropy, atol=2e-3)
    np.testing.assert_allclose(run.state, wanted.state, atol=1e-4)


def test_references_are_lively_and_differ() -> None:
    names = ("float32-unguided", "float32-guided", "int8-unguided", "int8-guided")
    references = {name: kept(name) for name in names}
    for reference in references.values():
        assert len(np.unique(reference.drawn)) > 100
        assert all(len(np.unique(reference.codes[:, level])) > ROWS // 2 for level in range(LEVELS))
    assert not np.array_equal(references["float32-unguided"].codes, references["float32-guided"].codes)


def test_the_fixture_is_what_tiny_makes() -> None:
    """Graphs are left to the parity above: other versions of onnx may lay out the same graph in other bytes."""
    network, silence = tiny_network()
    for name, content in folder_files(network, silence, EMPHASIS, float32=True).items():
        if not name.endswith(".onnx"):
            assert (FIXTURE / name).read_bytes() == content, name


def test_float64_graphs_are_the_reference() -> None:
    """Nothing is rounded, no margin is kept: what is left is the order of sums."""
    network, silence = tiny_network()
    graphs = Graphs(
        SoundGraphBuilder(network.sound, network.pull, FLOAT64).build().SerializeToString(),
        RowsGraphBuilder(network.prior, network.codebooks, network.codes_pull, FLOAT64).build().SerializeToString(),
        GuideTable.of(EMPHASIS),
        RESPONSES,
        TAIL_FLOOR,
        len(silence),
        len(network.prior.first),
        coded_start_state(network, silence),
    )
    exact = read_coded_weight_file(coded_weight_file(network, FLOAT32))
    lanes, steps = tiny_lanes(guided=True), ROWS * ROW
    sampler = CodedReference(exact, graphs.guide, RESPONSES, TAIL_FLOOR, silence)
    given = Noise(noise(steps, 15), noise(steps, 16), noise(steps, 17), Slack(1e-6, 1e-5))
    expected = [sampler.row(row, lanes.row(row), given) for row in range(ROWS)]
    run = CodedGraphRun(graphs)
    for row, wanted in enumerate(expected):
        found = run.row(row, lanes.row(row), given.uniform, given.code_uniform)
        assert np.array_equal(found.bins, wanted.bins)
        assert np.array_equal(found.codes, wanted.codes)
        np.testing.assert_allclose(found.entropy, wanted.entropy, atol=1e-4)
        np.testing.assert_allclose(found.code_entropy, wanted.code_entropy, atol=1e-4)


def test_the_reference_is_the_network() -> None:
    """Teacher-forced, PyTorch is as undecided about every draw as the reference was; the control is another start."""
    sound, prior, books = tiny_networks()
    network = CodedNetwork(fold_sound(sound), fold_prior(prior), books.vectors, PULL, CODES_PULL)
    silence = silence_of(books)[0]
    sampler = CodedReference(
        read_coded_weight_file(coded_weight_file(network, FLOAT32)), GuideTable.of(EMPHASIS), Responses(), 0.0, silence
    )
    steps = 3 * ROW
    given = Noise(noise(steps, 25), noise(steps, 26), noise(steps, 27), NO_SLACK)
    still = Lanes(*(np.full(steps, value, np.float32) for value in (1, 0, SILENCE_BIN)))
    drawn, first = [], silence
    for number in range(3):
        drawn.append(sampler.row(number, still.row(number), given))
        first = sampler.state.before if number == 0 else first
    codes = torch.from_numpy(np.stack([silence, first, *(row.codes for row in drawn)]))[None]
    bins = np.concatenate([np.full(BLOCK_STEPS, SILENCE_BIN), *(row.bins for row in drawn)]).astype(np.int64)
    sound, prior = sound.double(), prior.double()
    heard = torch.from_numpy(bins)[None]
    states, after = sound.under(heard, codes, sound.start(1))
    logits = sound.logits(states.flatten(0, 1), frame_windows(heard).flatten(0, 1)).reshape(-1, BINS)
    entropy = np.concatenate([row.entropy for row in drawn])
    np.testing.assert_allclose(_bits(logits), entropy, atol=1e-4)
    np.testing.assert_allclose(after.top[0], sampler.state.top, atol=1e-5)
    np.testing.assert_allclose(after.frame[0], sampler.state.frame, atol=1e-5)
    passed, _ = prior.heard(codes[:, :-1], prior.start(1))
    for level in range(codes.shape[2]):
        scores = prior.scores(passed, level, codes[:, 1:])[0]
        np.testing.assert_allclose(_bits(scores[1:]), [row.code_entropy[level] for row in drawn], atol=1e-4)
    assert np.abs(_bits(logits)[:-1] - entropy[1:]).max() > 0.1


def _bits(logits: torch.Tensor) -> np.ndarray:
    logs = functional.log_softmax(logits, 1)
    bits: np.ndarray = (-(logs.exp() * logs).sum(1) / np.log(2)).numpy()
    return bits


def test_a_guide_without_strength_changes_no_bit() -> None:
    network, silence = tiny_network()
    files = folder_files(network, silence, EMPHASIS)
    bare = SoundGraphBuilder(network.sound, pull=None, from_half=True).build().SerializeToString()
    bare_rows = RowsGraphBuilder(network.prior, network.codebooks, pull=None, from_half=True).build()
    graphs = Graphs.of(FIXTURE)
    lanes, steps = tiny_lanes(guided=True), ROWS * ROW
    silent = Lanes(lanes.temperature, np.zeros(steps, np.float32), lanes.guide_bin)
    takes = []
    for pair in (files["model.onnx"], files["rows.onnx"]), (bare, bare_rows.SerializeToString()):
        run = CodedGraphRun(replace(graphs, sound=pair[0], rows=pair[1]))
        rows = [run.row(row, silent.row(row), noise(steps, 5), noise(steps, 6)) for row in range(3)]
        takes.append(b"".join(part.tobytes() for row in rows for part in (row.bins, row.entropy, row.code_entropy)))
    assert takes[0] == takes[1]


def test_a_guide_is_heard_as_the_codebooks_hear() -> None:
    """The bands of emphasised bins are those of the audio that they came from."""
    random = np.random.default_rng(4)
    audio = np.cumsum(random.normal(size=8 * ROW_STEPS)) * 0.003
    audio -= np.linspace(audio[0], audio[-1], len(audio))
    emphasis = Emphasis(0.85, 3.0)
    bins = amplitude_to_bin(emphasis.apply(audio))
    heard = GuideTable.of(emphasis).latent(bins[3 * ROW_STEPS - 768 :][:2048])
    wanted = bands_of(audio)[3]
    loud = wanted > wanted.max() - 9
    assert loud.sum() > 20
    np.testing.assert_allclose(heard[loud], wanted[loud], atol=0.5)
    with pytest.raises(AssertionError):  # the control: without the emphasis they are others
        np.testing.assert_allclose(GuideTable.of(Emphasis()).latent(bins[768:2816])[loud], wanted[loud], atol=0.5)
