"""Corpora in stereo, and the stretches of them that the codec learns from."""

from pathlib import Path

import numpy as np
import pytest

from simmer_training.corpora.stereo import Sounding, write_stereo
from simmer_training.corpora.synth.timbres import played_note
from simmer_training.dataset import PEAK
from simmer_training.vq.crops import crops, mixed, retuned
from simmer_training.vq.pieces import Piece, load_pieces

RATE = 48_000
ROW = 1536


def sine(hertz: float, seconds: float) -> np.ndarray:
    return np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)


def loudest_hertz(audio: np.ndarray) -> float:
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    return float(np.fft.rfftfreq(len(audio), 1 / RATE)[spectrum.argmax()])


def test_a_corpus_comes_back_as_it_was_written(tmp_path: Path) -> None:
    quiet, loud = np.stack([sine(200, 1), 0.5 * sine(300, 1)]), 4 * np.stack([sine(400, 1), sine(500, 1)])
    write_stereo(tmp_path, RATE, [Sounding("quiet", quiet, False), Sounding("loud", loud, True)])
    pieces = load_pieces(tmp_path, RATE, 2)
    (learned,), (held_out,) = pieces.part(False), pieces.part(True)
    assert learned.audio.shape == (2, RATE)
    # One gain for all: what was quieter is still.
    assert np.abs(held_out.audio).max() == pytest.approx(PEAK * 32768, abs=2)
    np.testing.assert_allclose(learned.audio / 32768, PEAK / 4 * quiet, atol=1e-4)
    with pytest.raises(ValueError, match="mono at 48000 Hz"):
        load_pieces(tmp_path, RATE)


def test_a_note_at_another_rate_is_the_same_note() -> None:
    low, high = (played_note("lead", 69, 2 * rate, 0.0, 1.0, rate) for rate in (16_000, RATE))
    assert len(high) == 3 * len(low)
    assert loudest_hertz(high) == pytest.approx(440, abs=2)
    assert np.std(high) == pytest.approx(np.std(low), rel=0.02)


def test_the_pad_differs_between_the_ears_in_nothing_but_its_beating() -> None:
    left, right = (played_note("pad", 57, RATE, 0.0, 1.0, RATE, detune) for detune in (1.0, -1.0))
    assert np.std(left) == pytest.approx(np.std(right), rel=0.02)
    assert np.std(left - right) > 0.05 * np.std(left)


def test_retuned_audio_has_another_pitch() -> None:
    audio = np.stack([sine(440, 2), sine(660, 2)]).astype(np.float32)
    higher = retuned(audio, 1.5, RATE)
    assert [loudest_hertz(channel) for channel in higher] == pytest.approx([660, 990], abs=2)


def test_crops_are_in_range_and_varied_ones_vary() -> None:
    random = np.random.default_rng(1)
    audio = (32767 * np.stack([sine(440, 4), 0.2 * sine(440, 4)])).astype(np.int16)
    piece = Piece(audio, 0, 0, False)
    plain = crops([piece], random, 8 * ROW, ROW, 12).numpy()
    varied = crops([piece], random, 8 * ROW, ROW, 64, varied=True).numpy()
    assert plain.shape == (12, 2, 8 * ROW)
    assert np.abs(varied).max() <= 1.0
    heard = {round(loudest_hertz(crop[0])) for crop in plain}
    assert max(heard) - min(heard) < 5  # a bin of so short a stretch is 4 Hz wide
    pitches = [loudest_hertz(crop[0]) for crop in varied]
    assert min(pitches) < 400 < 480 < max(pitches)
    levels = [crop.std() for crop in varied]
    assert max(levels) > 5 * min(levels)


def test_mixing_anew_keeps_what_both_channels_say_together() -> None:
    audio = np.stack([sine(440, 0.1), 0.2 * sine(440, 0.1)]).astype(np.float32) * np.float32(0.5)
    made = mixed(audio, np.random.default_rng(2))
    np.testing.assert_allclose(made.sum(axis=0), audio.sum(axis=0), atol=1e-6)
    assert not np.allclose(made, audio, atol=1e-3)
