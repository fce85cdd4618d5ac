"""The shipped model plays what it is asked for."""

import json
from pathlib import Path

import numpy as np

from simmer_training.corpora.pairs.artists import ARTISTS
from simmer_training.corpora.pairs.genres import GENRES, piece
from simmer_training.corpora.pairs.voices import SAMPLE_RATE_HZ
from simmer_training.vq.evaluate import drawn_items, heard_and_coded
from simmer_training.vq.from_folder import load_folder
from simmer_training.vq.judge import Judge, features, segments

FOLDER = Path(__file__).parents[2] / "models" / "pairs"
PIECES = 6  # of each pair, that the judge learns from
SECONDS = 15.0


def test_a_judge_that_learned_from_the_corpus_names_the_pair_that_was_asked_for() -> None:
    codec, prior = load_folder(FOLDER)
    best = json.loads((FOLDER / "manifest.json").read_text())["temperature"]["default"]
    judge = Judge(len(ARTISTS) * len(GENRES))
    heard, pairs = [], []
    for artist in range(len(ARTISTS)):
        for genre in range(len(GENRES)):
            for seed in range(PIECES):
                audio = piece(ARTISTS[artist], GENRES[genre], seed, SECONDS)[None]
                for version in heard_and_coded(codec, np.round(audio * 32767).astype(np.int16)):
                    for part in segments(version, SAMPLE_RATE_HZ):
                        heard.append(features(part, SAMPLE_RATE_HZ))
                        pairs.append(artist * len(GENRES) + genre)
    judge.learn(heard, pairs)
    items, _ = drawn_items(codec, prior, best, 2, SECONDS, 7)
    named = [judge.name(audio, SAMPLE_RATE_HZ) for _, audio in items]
    asked = [pair for pair, _ in items]
    assert np.mean([one == other for one, other in zip(named, asked, strict=True)]) >= 0.8
    # Control: what is heard of one pair is not what is heard of the next.
    assert np.mean([one == other for one, other in zip(named, asked[2:] + asked[:2], strict=True)]) < 0.2
