"""What the figures ask of a model under codes."""

from pathlib import Path

import numpy as np
import pytest
import torch
from melody import melody
from torch.nn import functional

from simmer_training.coded.codebooks import learn
from simmer_training.coded.fold import fold_prior, fold_sound
from simmer_training.coded.kernel_bits import row_bits, sound_bits
from simmer_training.coded.kernel_weight_file import read_coded_weight_file
from simmer_training.coded.kernel_weights import CodedNetwork, coded_weight_file
from simmer_training.coded.pieces import coded_piece
from simmer_training.coded.rows import ROW_STEPS, bands_of
from simmer_training.coded.tiny import CODES_PULL, EMPHASIS, PULL, tiny_networks
from simmer_training.coded.weights import CodedModel, Trained, save_coded_weights
from simmer_training.dataset import Dataset
from simmer_training.figures.copying import copying_figure
from simmer_training.figures.network import NetworkUnderCodes, PlainNetwork, load_network
from simmer_training.figures.takes import Take, Takes
from simmer_training.kernel_weights import FLOAT32
from simmer_training.model import BLOCK_STEPS, SampleRnn, Sizes
from simmer_training.quantizer import amplitude_to_bin
from simmer_training.weights import save_weights

SILENCE = np.full(BLOCK_STEPS, 128, np.uint8)


def piece_of(audio: np.ndarray) -> np.ndarray:
    return np.concatenate([SILENCE, amplitude_to_bin(audio)])


def test_bits_are_those_of_steps_and_codes() -> None:
    model = CodedModel(*tiny_networks(), Trained(0, 0, 0, 0))
    judged, bins = NetworkUnderCodes(model, EMPHASIS), piece_of(EMPHASIS.apply(melody(3.0)))
    network = CodedNetwork(fold_sound(model.sound), fold_prior(model.prior), model.books.vectors, PULL, CODES_PULL)
    file, piece = read_coded_weight_file(coded_weight_file(network, FLOAT32)), coded_piece(bins, EMPHASIS, model.books)
    wanted = sound_bits(file, piece, piece.rows) + row_bits(file, piece) / ROW_STEPS
    assert judged.piece_bits(bins) == pytest.approx(wanted, abs=3e-4)
    logits = torch.from_numpy(judged.logits(bins))
    steps = len(logits)
    assert steps == 31 * ROW_STEPS
    bits = functional.cross_entropy(logits, torch.from_numpy(bins[BLOCK_STEPS:][:steps].astype(np.int64))) / np.log(2)
    assert float(bits) == pytest.approx(sound_bits(file, piece, 31), abs=3e-4)
    with pytest.raises(ValueError, match="at least 512"):
        judged.piece_bits(bins[:200])


def test_weights_of_both_kinds_are_told_apart(tmp_path: Path) -> None:
    save_coded_weights(CodedModel(*tiny_networks(), Trained(0, 0, 0, 0)), tmp_path / "coded.pt")
    save_weights(SampleRnn(Sizes(16, 16, 8)), tmp_path / "plain.pt")
    assert isinstance(load_network(tmp_path / "coded.pt", EMPHASIS), NetworkUnderCodes)
    assert isinstance(load_network(tmp_path / "plain.pt", EMPHASIS), PlainNetwork)


def a_take(temperature: float, audio: np.ndarray) -> Take:
    lane = np.full(len(audio), temperature)
    return Take(f"t{temperature:g}", 1, 0.0, amplitude_to_bin(audio), lane, np.zeros(len(audio)), None)


def test_a_recital_is_told_from_a_take_of_its_own() -> None:
    song, other = melody(12.0), melody(12.0, seed=2)
    dataset = Dataset(16_000, [piece_of(song)], [piece_of(other)])
    books = learn(bands_of(dataset.heard(dataset.training[0])), levels=3, size=64)
    recited = Takes([a_take(0.5, song[100 * ROW_STEPS :]), a_take(1.0, song[50 * ROW_STEPS :])])
    own = Takes([a_take(0.5, song[100 * ROW_STEPS :]), a_take(1.0, melody(12.0, seed=3))])
    copied, free = (copying_figure(takes, dataset, books) for takes in (recited, own))
    assert copied.table[1][1] > 0.95
    assert not copied.verdicts[0].holds
    assert free.table[1][1] < 0.1 < 0.9 < free.table[0][1]
    assert free.verdicts[0].holds
    assert free.table[1][2] >= free.table[1][1]
    assert all(control.holds for control in copied.controls)
