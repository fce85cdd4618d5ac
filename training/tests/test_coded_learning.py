"""The sound under codes and its prior: causal, alike in training and in drawing, and able to learn."""

from pathlib import Path

import numpy as np
import pytest
import torch
from melody import melody

from simmer_training.coded import train_sound
from simmer_training.coded.codebooks import Codebooks, learn
from simmer_training.coded.draw import draw_rows, draw_sound
from simmer_training.coded.pieces import coded
from simmer_training.coded.row_prior import RowPrior, RowPriorShape
from simmer_training.coded.rows import ROW_STEPS, bands_of
from simmer_training.coded.sound import CodedSampleRnn
from simmer_training.coded.sound_bits import held_out_bits
from simmer_training.coded.train_rows import batch_of, begin_with, bits_by_level, disturbed, learned_bits
from simmer_training.coded.train_sound import SoundTrainer, load_sound
from simmer_training.coded.weights import CodedModel, Trained, load_coded_weights, save_coded_weights
from simmer_training.dataset import SAMPLE_RATE_HZ, Piece, load_dataset, write_dataset
from simmer_training.model import BLOCK_STEPS, SampleRnn, Sizes, frame_windows
from simmer_training.quantizer import BINS
from simmer_training.weights import load_weights

SIZES = Sizes(recurrent=24, sample=16, embedding=8)


def lively() -> CodedSampleRnn:
    torch.manual_seed(4)
    model = CodedSampleRnn(SIZES, levels=2, codes=8)
    with torch.no_grad():
        model.output.weight *= 6
        model.code_to_frame.weight *= 20
    return model.requires_grad_(False).eval()


def _logits(model: CodedSampleRnn, bins: torch.Tensor, codes: torch.Tensor) -> torch.Tensor:
    states, _ = model.under(bins, codes, model.start(len(bins)))
    return model.logits(states.flatten(0, 1), frame_windows(bins).flatten(0, 1)).reshape(len(bins), -1, BINS)


def test_a_step_hears_the_row_after_its_own_and_no_later_one() -> None:
    model = lively()
    bins = torch.randint(BINS, (1, BLOCK_STEPS + 3 * ROW_STEPS))
    codes = torch.randint(8, (1, 5, 2))
    other = codes.clone()
    other[0, 3] = (other[0, 3] + 1) % 8  # the row of the last third
    same = (_logits(model, bins, codes) == _logits(model, bins, other)).all(dim=2)[0]
    assert same[:ROW_STEPS].all()
    assert not same[ROW_STEPS : 2 * ROW_STEPS].all()
    assert not same[2 * ROW_STEPS :].all()


def test_a_step_hears_no_later_step() -> None:
    model = lively()
    bins = torch.randint(BINS, (1, BLOCK_STEPS + ROW_STEPS))
    codes = torch.randint(8, (1, 3, 2))
    later = bins.clone()
    later[0, BLOCK_STEPS + 200 :] = 7
    same = (_logits(model, bins, codes) == _logits(model, later, codes)).all(dim=2)[0]
    assert same[:200].all()
    assert not same.all()


def test_what_is_drawn_is_what_was_learned() -> None:
    """Drawn at a temperature near 0, every bin is the likeliest that the teacher-forced pass gives it."""
    model = lively()
    codes = np.random.default_rng(2).integers(8, size=(2, 4, 2))
    bins = draw_sound(model, codes, np.full((2, 2 * ROW_STEPS), 1e-3), seed=1)
    past = np.concatenate([np.full((2, BLOCK_STEPS), 128), bins], axis=1)
    logits = _logits(model, torch.from_numpy(past), torch.from_numpy(codes))
    top = logits.topk(2, dim=2).values
    sure = (top[..., 0] - top[..., 1]) > 0.05
    assert sure.float().mean() > 0.5
    assert (logits.argmax(2).numpy() == bins)[sure.numpy()].all()


def test_rows_are_a_function_of_seed_and_lane_up_to_where_they_differ() -> None:
    torch.manual_seed(5)
    prior = RowPrior(RowPriorShape(levels=2, codes=8, width=16, entered=8)).eval()
    silence = np.zeros((1, 2), np.int64)
    lane = np.ones((2, 12))
    turned = lane.copy()
    turned[:, 6:] = 0.05
    first, again = draw_rows(prior, silence, lane, 3), draw_rows(prior, silence, lane, 3)
    other = draw_rows(prior, silence, turned, 3)
    assert (first == again).all()
    assert (first[:, :6] == other[:, :6]).all()
    assert (first != other).any()


def test_begins_with_what_another_has_learned_of_the_sound() -> None:
    other, model = SampleRnn(SIZES), CodedSampleRnn(SIZES, 2, 8)
    model.begin_with(other)
    assert torch.equal(model.frame_in.weight, other.frame_in.weight)
    assert torch.equal(model.output.weight, other.output.weight)
    with pytest.raises(ValueError, match="other sizes"):
        CodedSampleRnn(Sizes(32, 16, 8), 2, 8).begin_with(other)


def test_a_run_begins_with_kept_weights(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    kept = CodedSampleRnn(SIZES, 2, 16)
    prior = RowPrior(RowPriorShape(2, 16, width=16, entered=8))
    books = Codebooks.load(folder / "codebooks.npy")
    save_coded_weights(CodedModel(kept, prior, books, Trained(0, 0, 0, 0)).in_half(), folder / "weights.pt")
    begun = SoundTrainer(folder, SIZES, 0.002, folder / "weights.pt")
    assert torch.equal(begun.averaged.code_rows, kept.code_rows)
    with pytest.raises(ValueError, match="other sizes"):
        SoundTrainer(folder, Sizes(32, 16, 8), 0.002, folder / "weights.pt")
    again = RowPrior(prior.shape)
    begin_with(again, load_coded_weights(folder / "weights.pt").prior)
    assert torch.equal(again.rows, prior.rows)
    with pytest.raises(ValueError, match="other sizes"):
        begin_with(RowPrior(RowPriorShape(2, 16, width=24)), prior)
    with pytest.raises(ValueError, match="without codes"):
        load_weights(folder / "weights.pt")


def _folder(tmp_path: Path) -> Path:
    audio = melody(6.0)
    write_dataset(
        tmp_path / "dataset", SAMPLE_RATE_HZ, [Piece("a", audio, held_out=False), Piece("b", audio, held_out=True)]
    )
    learn(bands_of(audio), levels=2, size=16).save(tmp_path / "codebooks.npy")
    return tmp_path


def test_the_sound_learns_and_a_run_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _folder(tmp_path)
    torch.manual_seed(1)
    monkeypatch.setattr(train_sound, "LEARNING_RATE", 8e-3)
    trainer = SoundTrainer(folder, SIZES, 0.002, None)
    piece = coded(load_dataset(folder / "dataset"), trainer.books, held_out=True)[0]
    before = held_out_bits(trainer.averaged, piece)
    trainer.run(folder / "log.jsonl")
    model = load_sound(folder / "sound.pt")
    assert held_out_bits(model, piece) < before - 0.5
    resumed = SoundTrainer(folder, SIZES, 0.002, None)
    assert resumed.progress.updates > 0
    assert torch.equal(resumed.averaged.frame_in.weight, model.frame_in.weight)


def test_the_prior_learns_a_row_that_follows_another() -> None:
    pieces = [np.tile(np.arange(10)[:, None] % 16, (120, 2))]
    torch.manual_seed(2)
    prior = RowPrior(RowPriorShape(levels=2, codes=16, width=32, entered=16))
    optimizer = torch.optim.Adam(prior.parameters(), 1e-2)
    random = np.random.default_rng(1)
    bits = []
    for _ in range(40):
        codes = batch_of(pieces, random)
        loss = learned_bits(prior, codes[:, :-1], codes).sum()
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        bits.append(loss.item())
    assert bits[0] > 6
    assert bits[-1] < 0.5
    with torch.no_grad():
        assert sum(float(level) for level in bits_by_level(prior, codes[:, :-1], codes)) < 0.5


def test_what_the_prior_hears_is_disturbed_and_what_it_learns_is_not() -> None:
    codes = torch.arange(400)[None, :, None].expand(40, -1, 2).contiguous()
    kept = codes.clone()
    torch.manual_seed(1)
    heard = disturbed(codes, np.random.default_rng(1))
    assert torch.equal(codes, kept)
    changed = (heard != codes).any(2)
    holds = [(window[1:] == window[:-1]).all(1).sum().item() for window in heard]
    assert 0.3 < np.mean([count > 3 for count in holds]) < 0.9
    still = torch.tensor([count <= 3 for count in holds])
    assert 0.03 < changed[still].float().mean().item() < 0.15
