"""The corpus of pairs, and the judge that tells them apart."""

import numpy as np
import pytest

from simmer_training.corpora.pairs.artists import ARTISTS
from simmer_training.corpora.pairs.genres import GENRES, piece
from simmer_training.corpora.pairs.voices import SAMPLE_RATE_HZ
from simmer_training.vq.judge import Judge, features, segments

SECONDS = 20.0


@pytest.fixture(scope="module")
def pieces() -> dict[tuple[int, int, int], np.ndarray]:
    return {
        (artist, genre, seed): piece(ARTISTS[artist], GENRES[genre], seed, SECONDS).astype(np.float32)
        for artist in range(len(ARTISTS))
        for genre in range(len(GENRES))
        for seed in range(3)
    }


def test_pieces_are_whole_the_same_each_time_and_not_too_loud(pieces: dict[tuple[int, int, int], np.ndarray]) -> None:
    for audio in pieces.values():
        assert len(audio) == SECONDS * SAMPLE_RATE_HZ
        assert np.isfinite(audio).all()
        # As loud as it is written, and never cut off at full scale.
        assert 0.35 < np.abs(audio).max() < 0.885
    again = piece(ARTISTS[1], GENRES[2], 0, SECONDS).astype(np.float32)
    assert np.array_equal(again, pieces[1, 2, 0])
    assert not np.array_equal(pieces[1, 2, 0], pieces[1, 2, 1])


def test_a_judge_names_pieces_it_has_not_heard(pieces: dict[tuple[int, int, int], np.ndarray]) -> None:
    judge = Judge(len(ARTISTS) * len(GENRES))
    heard, wanted = [], []
    for (artist, genre, seed), audio in pieces.items():
        if seed == 2:
            continue
        for part in segments(audio, SAMPLE_RATE_HZ):
            heard.append(features(part, SAMPLE_RATE_HZ))
            wanted.append(artist * len(GENRES) + genre)
    judge.learn(heard, wanted)
    unheard = [(key, audio) for key, audio in pieces.items() if key[2] == 2]
    right = [judge.name(audio, SAMPLE_RATE_HZ) == artist * len(GENRES) + genre for (artist, genre, _), audio in unheard]
    assert np.mean(right) >= 0.9
    # Control: one that was told wrong names is as often right as chance is.
    fooled = Judge(len(ARTISTS) * len(GENRES))
    fooled.learn(heard, [int(pair) for pair in np.random.default_rng(1).permutation(wanted)])
    names = [fooled.name(audio, SAMPLE_RATE_HZ) for _, audio in unheard]
    assert np.mean([name == key[0] * len(GENRES) + key[1] for name, (key, _) in zip(names, unheard, strict=True)]) < 0.5
