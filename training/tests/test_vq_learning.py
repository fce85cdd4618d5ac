"""How a prior and a codec go on learning."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from simmer_training.vq.coded import CodedPiece
from simmer_training.vq.folder import write_folder
from simmer_training.vq.prior import Prior
from simmer_training.vq.prior_bits import losses
from simmer_training.vq.prior_windows import strayed, window_of
from simmer_training.vq.tiny import ABOUT, CODEC, PRIOR, tiny_models
from simmer_training.vq.train_codec import load_codec
from simmer_training.vq.train_prior import optimizers_of

SHAPE = replace(PRIOR, window=256, hop_rows=128)


def pieces() -> list[CodedPiece]:
    """A piece of every pair, whose codes say which pair it is."""
    return [
        CodedPiece(np.full((400, SHAPE.levels), artist * SHAPE.genres + genre, np.int16), artist, genre, False)
        for artist in range(SHAPE.artists)
        for genre in range(SHAPE.genres)
    ]


def test_a_window_that_strayed_is_learned_from_only_where_its_own_music_plays() -> None:
    random = np.random.default_rng(3)
    codes, labels, _ = window_of(pieces(), random, SHAPE, 400)
    heard, own = strayed(codes, pieces(), random, SHAPE)
    pair = (labels[:, 0] * SHAPE.genres + labels[:, 1])[:, None, None]
    assert bool(((heard == pair).all(-1) | ~own).all())
    assert bool((heard[own] == codes[own]).all())
    begin_elsewhere = ~own[:, 0]
    assert 0.08 < float(begin_elsewhere.float().mean()) < 0.22
    # Once a window has found its own music it stays there, and every window does.
    assert bool((own[:, 1:] >= own[:, :-1]).all())
    assert bool(own[:, -1].all())


def test_rows_that_are_not_learned_from_count_for_nothing() -> None:
    torch.manual_seed(0)
    prior = Prior(SHAPE).eval()
    codes, labels, seconds = window_of(pieces(), np.random.default_rng(1), SHAPE, 2)
    own = torch.zeros(codes.shape[:2], dtype=torch.bool)
    own[:, 200:] = True
    wrong = codes.clone()
    wrong[:, :200] = (codes[:, :200] + 7) % SHAPE.size
    part = int(own.sum())
    with torch.no_grad():
        right, other = (losses(prior, codes, wanted, labels, seconds, own, part) for wanted in (codes, wrong))
        everything = losses(prior, codes, wrong, labels, seconds, None, codes[..., 0].numel())
    torch.testing.assert_close(right, other)
    # Control: where all of them are learned from, it does count.
    assert not torch.allclose(everything, other, atol=1e-4)


def test_every_weight_has_one_optimizer_and_learns() -> None:
    torch.manual_seed(0)
    prior = Prior(SHAPE)
    optimizers = optimizers_of(prior)
    taught = [id(value) for one in optimizers for group in one.param_groups for value in group["params"]]
    assert sorted(taught) == sorted(id(value) for value in prior.parameters())
    random = np.random.default_rng(1)
    bits = []
    for _ in range(50):
        codes, labels, seconds = window_of(pieces(), random, SHAPE, 2)
        found = losses(prior, codes, codes, labels, seconds)
        prior.zero_grad()
        found.mean().backward()  # type: ignore[no-untyped-call]
        for optimizer in optimizers:
            optimizer.step()
        bits.append(float(found.mean().detach()))
    assert bits[-1] < 0.5 * bits[0]


@pytest.mark.parametrize("gain", [1.0, 0.63])
def test_a_codec_can_be_learned_on_from_a_folder_whatever_its_level(tmp_path: Path, gain: float) -> None:
    codec, prior = tiny_models()
    audio = torch.from_numpy((0.2 * np.random.default_rng(4).standard_normal((1, 20 * CODEC.hop))).astype(np.float32))
    codes = codec.encode(audio)
    codec.set_level(gain)
    write_folder(codec, prior, ABOUT, tmp_path)
    again, _ = load_codec(tmp_path)
    assert torch.equal(again.encode(audio), codes)
    assert torch.equal(again.quantizer.sums, again.quantizer.codebooks)
    assert all(value.requires_grad for value in again.parameters())
