"""Stretches that stand still: where they are laid, what they are made of, and what is learned from them."""

import numpy as np
import pytest

from simmer_training.data import Stream, Streams
from simmer_training.holds import LONGEST_STEPS, SHORTEST_STEPS, hold, piece_of
from simmer_training.model import BLOCK_STEPS
from simmer_training.quantizer import SILENCE_BIN, amplitude_to_bin

RATE = 16_000
NOTE_STEPS = 8_000
HERTZ = (220, 330, 277, 440)


def plucked(seconds: int = 12) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    """A note every half second, each dying away, with silence before the first."""
    time = np.arange(NOTE_STEPS) / RATE
    notes = [0.7 * np.exp(-3 * time) * np.sin(2 * np.pi * HERTZ[k % 4] * time) for k in range(2 * seconds)]
    silence = np.full(BLOCK_STEPS, SILENCE_BIN, np.uint8)
    return np.concatenate([silence, amplitude_to_bin(np.concatenate(notes))])


def test_onsets_are_where_notes_begin() -> None:
    onsets = piece_of(plucked()).onsets
    notes = BLOCK_STEPS + NOTE_STEPS * np.arange(1, 23)
    found = [int(np.abs(onsets - note).min()) for note in notes]
    assert max(found) <= 512, found
    assert len(onsets) <= 30


def test_a_hold_stands_still_and_ends_where_something_begins() -> None:
    piece, random = piece_of(plucked()), np.random.default_rng(5)
    silent = 0
    for _ in range(60):
        at = int(random.integers(BLOCK_STEPS + 5_000, 150_000))
        held = hold(piece, at, random)
        assert held is not None
        bins, onset = held
        assert SHORTEST_STEPS <= len(bins) <= LONGEST_STEPS
        assert onset in piece.onsets
        assert at < onset <= at + NOTE_STEPS + 1_024
        if np.all(bins == SILENCE_BIN):
            silent += 1
            continue
        # What stands still repeats what was heard last.
        assert np.array_equal(bins[:256], piece.bins[at - (_loop_of(bins)) : at][:256])
    assert 4 < silent < 30


def _loop_of(bins: np.ndarray[tuple[int], np.dtype[np.uint8]]) -> int:
    """The period of a repeated stretch."""
    return next(lag for lag in range(1, len(bins)) if np.array_equal(bins[lag:], bins[:-lag]))


def test_there_is_none_where_there_is_nothing_to_repeat_or_nothing_follows() -> None:
    piece, random = piece_of(plucked()), np.random.default_rng(1)
    assert hold(piece, 2_000, random) is None
    assert hold(piece, len(piece.bins) - 10, random) is None
    assert len(piece_of(np.full(300, SILENCE_BIN, np.uint8)).onsets) == 0


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_so_much_stands_still_as_was_asked_for_and_is_not_learned_from(share: float) -> None:
    stream = Stream([piece_of(plucked(60))], np.random.default_rng(2), share)
    learned = np.concatenate([stream.read(1024)[1][BLOCK_STEPS:] for _ in range(6000)])
    assert 1 - learned.mean() == pytest.approx(share, rel=0.25)


def test_rows_say_of_every_step_whether_it_is_learned_from() -> None:
    streams = Streams([plucked(60)], 4, seed=1, held_share=0.3)
    still = 0
    for _ in range(100):
        bins, learned, _ = streams.next(1024)
        assert learned.shape == bins.shape
        still += int((~learned).sum())
    assert still > 10_000
