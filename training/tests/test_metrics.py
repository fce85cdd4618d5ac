"""The metrics say of plain cases what they should."""

import numpy as np
import numpy.typing as npt
import pytest

from simmer_training import metrics
from simmer_training.dataset import SAMPLE_RATE_HZ

Array = npt.NDArray[np.float64]


def tones(hertz: list[float], seconds: float = 0.5) -> Array:
    """Decaying sines, one after another."""
    time = np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return np.concatenate([0.5 * np.sin(2 * np.pi * f * time) * np.exp(-3 * time) for f in hertz])


def random_pitches(count: int) -> list[float]:
    return [float(f) for f in np.random.default_rng(0).uniform(100, 3000, count)]


def test_a_loop_repeats_more_than_a_wandering_line() -> None:
    loop, line = tones([220, 330, 440, 550] * 5), tones(random_pitches(20))
    codes = metrics.code_book(np.concatenate([loop, line]))
    assert metrics.autocorrelation_peak(loop)[0] > metrics.autocorrelation_peak(line)[0]
    assert abs(metrics.autocorrelation_peak(loop)[1] - 2) < 0.05
    assert metrics.longest_repeated_run(loop, codes) > metrics.longest_repeated_run(line, codes)
    assert metrics.distinct_trigrams(loop, codes) < metrics.distinct_trigrams(line, codes)


def test_a_stretch_of_the_song_is_not_new_and_another_is() -> None:
    song = tones(random_pitches(20))
    library = metrics.patches(song)
    assert metrics.nearest_distance(song, library) < 1e-3
    assert metrics.nearest_distance(tones([150, 2900] * 5), library) > 0.3


def test_a_held_note_a_loop_and_noise_are_near_their_own_past_and_a_wandering_line_is_not() -> None:
    noise = np.random.default_rng(1).normal(0, 0.003, 10 * SAMPLE_RATE_HZ)
    time = np.arange(len(noise)) / SAMPLE_RATE_HZ
    drone, loop = np.sin(2 * np.pi * 440 * time) / 2 + noise, tones([220, 330, 440, 550] * 5) + noise
    line = tones(random_pitches(20)) + noise
    wandering = metrics.own_past_distance(line)
    for same in (drone, loop, noise * 30):
        assert metrics.own_past_distance(same) < wandering / 2
    # The control, and why there is this measure: the correlation over time calls a drone no repetition at all.
    assert metrics.autocorrelation_peak(drone)[0] < metrics.autocorrelation_peak(line)[0]
    with pytest.raises(ValueError, match="too short"):
        metrics.own_past_distance(line[:SAMPLE_RATE_HZ])


def test_a_held_note_is_noticed() -> None:
    time = np.arange(8 * SAMPLE_RATE_HZ) / SAMPLE_RATE_HZ
    assert metrics.held_pitch(np.sin(2 * np.pi * 440 * time)) == 1
    assert metrics.held_pitch(tones(random_pitches(16))) < 0.3


def test_health_notices_silence_noise_and_clipping() -> None:
    noise = np.random.default_rng(0).normal(0, 0.3, 2 * SAMPLE_RATE_HZ)
    assert metrics.health(np.zeros(SAMPLE_RATE_HZ))["silent"] == 1
    assert metrics.health(noise)["noisy"] > 0.5
    assert metrics.health(tones([440, 660]))["noisy"] == 0
    assert metrics.health(np.clip(noise * 100, -1, 1))["clipped"] > 0.9
