"""The figures hold of takes that do what is asked, and do not where the temperatures are swapped."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.figures.following import following_figure
from simmer_training.figures.guiding import guiding_figure
from simmer_training.figures.health import bursts_per_minute, clicks_per_minute, health_figure
from simmer_training.figures.likeness import likeness_figure
from simmer_training.figures.page import page_lines
from simmer_training.figures.repetition import repetition_figure
from simmer_training.figures.takes import Take, Takes
from simmer_training.figures.verdict import Figure
from simmer_training.quantizer import amplitude_to_bin

Array = npt.NDArray[np.float64]

NOTE = SAMPLE_RATE_HZ // 4
PITCHES = (220.0, 277.0, 330.0, 415.0, 494.0, 587.0, 698.0, 831.0)
TEMPERATURES = (0.5, 0.75, 0.95, 1.0, 1.25)


def notes(hertz: list[float]) -> Array:
    """Decaying tones of a quarter of a second over a little noise."""
    time = np.arange(NOTE) / SAMPLE_RATE_HZ
    tones = [0.4 * np.sin(2 * np.pi * f * time) * np.exp(-8 * time) for f in hertz]
    noise = np.random.default_rng(len(hertz)).normal(0, 0.002, NOTE * len(hertz))
    return np.concatenate(tones) + noise


def a_song(seed: int, pitches: tuple[float, ...] = PITCHES, seconds: int = 20) -> Array:
    return notes(np.random.default_rng(seed).choice(pitches, seconds * 4).tolist())


def a_take(group: str, seed: int, audio: Array, temperature: Array | float = 1.0, guide: Array | None = None) -> Take:
    lane = np.broadcast_to(np.asarray(temperature, np.float64), audio.shape)
    bins = amplitude_to_bin(audio)
    return Take(group, seed, 0.0 if guide is None else 1.0, bins, lane, np.ones(len(bins)), guide)


def at_temperature(temperature: float, seed: int) -> Take:
    """Cool: a loop cut from the song, longer at 0.75. Then parts of the song, its notes anew, and notes of no song."""
    random = np.random.default_rng(seed)
    bars = a_song(1).reshape(-1, SAMPLE_RATE_HZ)
    seconds = 16
    if temperature < 0.9:
        audio = np.tile(bars[2 * seed : 2 * seed + (1 if temperature < 0.6 else 4)].ravel(), seconds)
    elif temperature < 1:
        audio = bars[random.permutation(len(bars))].ravel()
    elif temperature == 1:
        audio = a_song(100 + seed, seconds=seconds)
    else:
        audio = notes(random.uniform(300, 4000, 4 * seconds).tolist())
    return a_take(f"t{temperature:g}", seed, audio[: seconds * SAMPLE_RATE_HZ], temperature)


@pytest.fixture(scope="module")
def takes() -> Takes:
    return Takes([at_temperature(temperature, seed) for temperature in TEMPERATURES for seed in (1, 2)])


def swapped(takes: Takes) -> Takes:
    """The control: every take under the temperature opposite to its own."""
    other = dict(zip(TEMPERATURES, reversed(TEMPERATURES), strict=True))
    return Takes([replace(take, group=f"t{other[float(take.group[1:])]:g}") for take in takes.takes])


def said(figure: Figure, words: str) -> bool:
    (found,) = [verdict for verdict in (*figure.verdicts, *figure.controls) if words in verdict.what]
    return found.holds


def test_repetition_falls_and_not_where_temperatures_are_swapped(takes: Takes) -> None:
    song = a_song(1)
    right, wrong = repetition_figure(takes, song), repetition_figure(swapped(takes), song)
    for words in ("T and autocorrelation", "from the take's own past"):
        assert said(right, words)
        assert not said(wrong, words)
    for words in ("smallest near T = 1", "novelty of the training audio itself", "of a loop of 1 s from its own past"):
        assert said(right, words)


def test_novelty_rises_with_what_is_added_to_the_song_and_not_where_temperatures_are_swapped() -> None:
    song = a_song(1)
    noise = np.random.default_rng(2).normal(0, 1, len(song))
    added = [0.0, 0.003, 0.01, 0.03, 0.1]
    strange = Takes([a_take(f"t{t:g}", 1, song + noise * n, t) for t, n in zip(TEMPERATURES, added, strict=True)])
    assert said(repetition_figure(strange, song), "T and novelty")
    assert not said(repetition_figure(swapped(strange), song), "T and novelty")


def test_a_model_sounds_like_its_own_song_and_another_song_does_not(takes: Takes) -> None:
    own, other = a_song(1), a_song(2, (1500.0, 1800.0, 2100.0, 2500.0, 2900.0))
    unseen, other_unseen = a_song(3), a_song(4, (1500.0, 1800.0, 2100.0, 2500.0, 2900.0))
    figure = likeness_figure(takes, own, unseen, other, other_unseen)
    assert all(verdict.holds for verdict in (*figure.verdicts, *figure.controls))
    exchanged = likeness_figure(takes, other, other_unseen, own, unseen)
    assert not any(verdict.holds for verdict in exchanged.verdicts)


def lane_and_restless_sound() -> tuple[Array, Array]:
    """A lane that rises and falls, and noise whose colour changes the faster the warmer it is."""
    steps = 30 * SAMPLE_RATE_HZ
    lane = 0.925 - 0.175 * np.cos(2 * np.pi * np.arange(steps) / steps)
    random = np.random.default_rng(5)
    blocks = steps // 512
    warm = lane[:: steps // blocks][:blocks]
    size = np.exp(random.normal(0, 1, blocks) * (warm - 0.7) * 4)
    return lane, 0.02 * np.repeat(size, steps // blocks + 1)[:steps] * random.normal(0, 1, steps)


def test_sound_that_follows_the_lane_is_told_from_sound_that_does_not() -> None:
    lane, restless = lane_and_restless_sound()
    steady = np.random.default_rng(6).normal(0, 0.02, len(lane))
    moving, still = a_take("S2", 1, np.clip(restless, -1, 1), lane), a_take("S1", 1, steady)
    figure = following_figure(Takes([moving, still]))
    assert said(figure, "in S2")
    control = following_figure(Takes([replace(moving, bins=still.bins), still]))
    assert not said(control, "in S2")
    assert len(figure.traces) == 2


def guided_takes(levels: Array, shares: list[float]) -> Takes:
    """Takes that hold the guide's notes in so large a share at each level."""
    guide = np.tile(a_song(7, seconds=2), 4 * len(levels) // 2)[: 4 * len(levels) * SAMPLE_RATE_HZ]
    own = a_song(8, (1500.0, 1800.0, 2100.0), 4 * len(levels))
    share = np.repeat(shares, 4 * SAMPLE_RATE_HZ)
    lane = np.repeat(levels, 4 * SAMPLE_RATE_HZ)
    free = own + np.random.default_rng(9).normal(0, 0.002, len(own))
    plain = a_take("S2", 1, own)
    guided = a_take("S3-levels", 1, share * guide + (1 - share) * own, lane, guide)
    touched = replace(plain, group="S3-touch", bins=amplitude_to_bin(free))
    return Takes([guided, a_take("S3-free", 1, free, lane), plain, replace(plain, group="S3-off"), touched])


def test_a_guide_that_fades_is_told_from_one_that_does_not_and_from_a_copy() -> None:
    levels = np.array([0.75, 0.85, 0.95, 1.05])
    fading = guiding_figure(guided_takes(levels, [0.6, 0.3, 0.1, 0.0]))
    assert said(fading, "Spearman of T and similarity")
    assert said(fading, "waveform correlation at the coolest level")
    assert said(fading, "amount 0 is bit-identical")
    assert said(fading, "amount 0.01 is not")
    growing = guiding_figure(guided_takes(levels, [0.0, 0.1, 0.3, 0.6]))
    assert not said(growing, "Spearman of T and similarity")
    copy = guiding_figure(guided_takes(levels, [1.0, 0.5, 0.2, 0.0]))
    assert not said(copy, "waveform correlation at the coolest level")
    assert not said(copy, "equal bins at the coolest level")


def test_faults_are_counted_and_music_has_none(takes: Takes) -> None:
    song = a_song(1)
    noisy, clicking = song.copy(), song.copy()
    noisy[8000:12000] = np.random.default_rng(10).normal(0, 0.2, 4000)
    clicking[5000] += 0.9
    assert bursts_per_minute(song) == 0
    assert bursts_per_minute(noisy) == pytest.approx(3)
    assert clicks_per_minute(song) == 0
    assert clicks_per_minute(clicking) == pytest.approx(3)
    shifted = Takes([replace(take, bins=amplitude_to_bin(np.clip(take.audio + 0.1, -1, 1))) for take in takes.takes])
    assert said(health_figure(takes), "largest DC")
    assert not said(health_figure(shifted), "largest DC")


def test_a_page_counts_what_holds(takes: Takes) -> None:
    figure = health_figure(takes)
    lines = page_lines({"health": figure})
    holding = sum(verdict.holds for verdict in figure.verdicts)
    assert f"{holding} of {len(figure.verdicts)} statements hold." in lines
    assert sum(line.startswith("- ") for line in lines) == len(figure.verdicts) + len(figure.controls)
