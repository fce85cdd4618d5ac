"""What the trainer reads and learns from: streams that go round, frames that are picked, runs that are resumed."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from simmer_training.checkpoint import Checkpoint
from simmer_training.collapse import CollapseWatch
from simmer_training.data import Stream, Streams
from simmer_training.dataset import Dataset, Piece, load_dataset, write_dataset
from simmer_training.holds import piece_of
from simmer_training.model import BLOCK_STEPS, FRAME_STEPS, SampleRnn, Sizes, frame_windows
from simmer_training.train import Plan, Trainer, Update

RATE = 16_000


def ramp(length: int, first: int) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """Bins that say where they are, with silence before them."""
    return np.concatenate([np.full(BLOCK_STEPS, 128), first + np.arange(length) % 50]).astype(np.uint8)


def song(seconds: float, hertz: float) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """A tone that comes and goes."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone: np.ndarray[tuple[int], np.dtype[np.float64]] = 0.5 * np.sin(2 * np.pi * hertz * time) * np.sin(9 * time)
    return tone


def test_a_window_begins_with_the_block_before_it_even_where_a_piece_ends() -> None:
    stream = Stream([piece_of(ramp(500, 0)), piece_of(ramp(700, 100))], np.random.default_rng(3), held_share=0)
    windows = [stream.read(256)[0] for _ in range(40)]
    for before, after in pairwise(windows):
        assert np.array_equal(before[-BLOCK_STEPS:], after[:BLOCK_STEPS])


def test_a_piece_is_followed_by_another_without_the_silence_before_it() -> None:
    stream = Stream([piece_of(ramp(500, 0))], np.random.default_rng(3), held_share=0)
    heard = np.concatenate([stream.read(256)[0][BLOCK_STEPS:] for _ in range(20)])
    after_the_first_end = heard[600:]
    assert not np.any(after_the_first_end == 128)


def test_a_stream_that_goes_elsewhere_says_so() -> None:
    streams = Streams([ramp(5000, 0)], 4, seed=1)
    last = None
    fresh_rows = 0
    for _ in range(300):
        bins, learned, fresh = streams.next(256)
        assert bool(learned.all())
        if last is not None:
            carried = (last[:, -BLOCK_STEPS:] == bins[:, :BLOCK_STEPS]).all(dim=1)
            assert bool((carried | fresh).all())
        fresh_rows += int(fresh.sum())
        last = bins
    assert 4 < fresh_rows < 40


def test_picked_frames_have_the_logits_of_the_whole_pass(model: SampleRnn) -> None:
    generator = torch.Generator().manual_seed(5)
    bins = torch.randint(0, 256, (2, BLOCK_STEPS + 512), generator=generator)
    start = model.start(2)
    whole, _ = model(bins, start)
    states, _ = model.upper(bins, start)
    frame = 13
    few = model.logits(states[:, frame], frame_windows(bins)[:, frame])
    assert torch.allclose(few, whole[:, frame * FRAME_STEPS : (frame + 1) * FRAME_STEPS], atol=1e-5)
    # The control: another frame's history gives other logits.
    other = model.logits(states[:, frame], frame_windows(bins)[:, frame + 1])
    assert not torch.allclose(other, few, atol=1e-3)


def test_a_dataset_is_read_as_it_was_written(tmp_path: Path) -> None:
    write_dataset(tmp_path, RATE, [Piece("a", song(2, 220), held_out=False), Piece("b", song(1, 330), held_out=True)])
    dataset = load_dataset(tmp_path)
    assert [len(bins) for bins in dataset.training] == [2 * RATE + BLOCK_STEPS]
    assert [len(bins) for bins in dataset.held_out] == [RATE + BLOCK_STEPS]


def test_a_dataset_without_a_held_out_piece_is_refused(tmp_path: Path) -> None:
    write_dataset(tmp_path, RATE, [Piece("a", song(1, 220), held_out=False)])
    with pytest.raises(ValueError, match="hold out"):
        load_dataset(tmp_path)


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path) -> None:
    write_dataset(tmp_path, RATE, [Piece("a", song(3, 220), held_out=False), Piece("b", song(2, 220), held_out=True)])
    dataset, plan = load_dataset(tmp_path), Plan(Sizes(32, 16, 8), hours=1.0)
    first, said = Trainer(dataset, tmp_path / "checkpoint.pt", plan), Countdown(60)
    assert not first.run(said.tell, said.stop)
    second, more = Trainer(dataset, tmp_path / "checkpoint.pt", plan), Countdown(10)
    assert second.progress == first.progress
    assert not second.run(more.tell, more.stop)
    assert second.progress.updates == first.progress.updates + 10
    assert said.heard[-1].held_out_bits is not None
    assert said.heard[-1].held_out_bits < 8
    with pytest.raises(ValueError, match="other sizes"):
        Trainer(dataset, tmp_path / "checkpoint.pt", Plan(Sizes(32, 24, 8), hours=1.0))


def test_a_run_that_falls_apart_is_noticed_and_one_that_wavers_is_not() -> None:
    wavering = CollapseWatch()
    assert not any(wavering.fell(bits) for bits in (4.0, 4.2, 3.9, 4.1, 3.5, 3.6, 3.55))
    higher_rate = CollapseWatch()  # goes on with a trained state: what it had at first does not count
    assert not any(higher_rate.fell(bits) for bits in (2.85, 3.2, 3.1, 3.0))
    falling = CollapseWatch()
    assert [falling.fell(bits) for bits in (3.5, 3.24, 3.23, 3.71)] == [False, False, False, True]
    assert CollapseWatch().fell(float("nan"))


def test_a_run_that_fell_apart_goes_on_from_its_best_state(tmp_path: Path) -> None:
    write_dataset(tmp_path, RATE, [Piece("a", song(3, 220), held_out=False), Piece("b", song(2, 220), held_out=True)])
    trainer = Trainer(load_dataset(tmp_path), tmp_path / "checkpoint.pt", Plan(Sizes(32, 16, 8), hours=1.0))
    for _ in range(3):
        more = Countdown(10)
        trainer.run(more.tell, more.stop)
    best = trainer.progress.held_out_bits
    with torch.no_grad():
        for parameter in trainer.averaged.parameters():
            parameter.add_(10)
    last = Countdown(0)
    trainer.run(last.tell, last.stop)
    assert last.heard[-1].went_back
    assert trainer.progress.held_out_bits == pytest.approx(best, abs=0.02)
    assert Checkpoint.load(tmp_path / "checkpoint.pt").progress.rate == 0.5
    # It is still one that learns.
    more = Countdown(20)
    trainer.run(more.tell, more.stop)
    assert trainer.progress.held_out_bits < best + 0.02
    assert not more.heard[-1].went_back


def test_a_run_may_begin_with_the_weights_of_another_model(tmp_path: Path) -> None:
    dataset, plan = Dataset(RATE, [ramp(5000, 0)], [ramp(4096, 0)]), Plan(Sizes(32, 16, 8), hours=1.0)
    other = SampleRnn(plan.sizes)
    trainer = Trainer(dataset, tmp_path / "checkpoint.pt", plan, begin_with=other)
    assert torch.equal(trainer.averaged.output.weight, other.output.weight)
    with pytest.raises(ValueError, match="other sizes"):
        Trainer(dataset, tmp_path / "checkpoint.pt", plan, begin_with=SampleRnn(Sizes(32, 24, 8)))


class Countdown:
    """Stops a run after so many updates."""

    def __init__(self, updates: int) -> None:
        self._left = updates
        self.heard: list[Update] = []

    def tell(self, update: Update) -> None:
        """Remembers it."""
        self.heard.append(update)

    def stop(self) -> bool:
        """True when they are done."""
        self._left -= 1
        return self._left < 0


def test_the_held_out_piece_may_be_short(tmp_path: Path) -> None:
    held_out = [ramp(4096, 0)]
    plan = Plan(Sizes(32, 16, 8), hours=1.0)
    trainer, few = Trainer(Dataset(RATE, [ramp(5000, 0)], held_out), tmp_path / "checkpoint.pt", plan), Countdown(2)
    trainer.run(few.tell, few.stop)
    assert np.isfinite(trainer.progress.held_out_bits)
