"""The measure of what a lane is heard by."""

import numpy as np
import pytest

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.local_repetition import followed, local_repetition, local_repetition_figure
from simmer_training.figures.takes import Take, Takes
from simmer_training.quantizer import amplitude_to_bin


def _notes(seconds: float, seed: int, loop: float | None = None) -> np.ndarray:
    """Random notes of an eighth of a second; with `loop`, the first so many seconds again and again."""
    random = np.random.default_rng(seed)
    length = SAMPLE_RATE_HZ // 8
    count = round((loop or seconds) * 8)
    time = np.arange(length) / SAMPLE_RATE_HZ
    played = np.concatenate(
        [0.4 * np.sin(2 * np.pi * random.uniform(150, 2500) * time) * np.exp(-6 * time) for _ in range(count)]
    )
    return np.tile(played, 1 + round(seconds * 8) // count)[: round(seconds * SAMPLE_RATE_HZ)]


def test_a_loop_repeats_itself_and_random_notes_do_not() -> None:
    assert local_repetition(_notes(8, 1, loop=1.0)).min() > 0.9
    assert local_repetition(_notes(8, 1)).max() < 0.6


def test_a_lane_that_is_heard_gives_a_negative_number_and_one_that_is_not_about_none() -> None:
    audio = np.concatenate([_notes(12, 1, loop=1.0), _notes(12, 2), _notes(12, 3, loop=0.75)])
    lane = np.repeat([0.75, 1.1, 0.75], 12 * SAMPLE_RATE_HZ)
    assert followed(audio, lane) < -0.8
    assert abs(followed(_notes(36, 4), lane)) < 0.4


def test_shorter_than_a_window_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        local_repetition(np.zeros(SAMPLE_RATE_HZ))


def test_the_figure_tells_takes_that_follow_from_takes_that_do_not() -> None:
    lane = np.repeat([0.75, 1.1, 0.75], 12 * SAMPLE_RATE_HZ)
    following = np.concatenate([_notes(12, 1, loop=1.0), _notes(12, 2), _notes(12, 3, loop=0.75)])

    def take(group: str, audio: np.ndarray) -> Take:
        return Take(group, 1, 0.0, amplitude_to_bin(audio), lane, np.zeros(len(audio)), None)

    held = local_repetition_figure(Takes([take("S2", following), take("S1", _notes(36, 6))]))
    assert [verdict.holds for verdict in held.verdicts[:2]] == [True, True]
    swapped = local_repetition_figure(Takes([take("S2", _notes(36, 6)), take("S1", following)]))
    assert not any(verdict.holds for verdict in swapped.verdicts)
