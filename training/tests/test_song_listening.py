"""What is heard of takes: an ill one is told from a sound one, and the range ends where the ills begin."""

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from melody import Array, melody

from simmer_training.dataset import SAMPLE_RATE_HZ
from simmer_training.own_song.audition import (
    COST_SHARE,
    Audition,
    Schedule,
    audition,
    best_of,
    excess,
    plan_schedule,
    read_auditions,
    schedule_from_json,
    schedule_to_json,
)
from simmer_training.own_song.likeness import Ills, Song, ills
from simmer_training.own_song.run_files import append_line
from simmer_training.own_song.takes import Instrument, Wanted

SECONDS = 9.0
NONE = Ills(0, 0, 0, 0)


@pytest.fixture(scope="module")
def song() -> Song:
    return Song([melody(60), melody(60, seed=2)])


def noise(seconds: float = SECONDS) -> Array:
    return np.random.default_rng(1).normal(0, 0.2, round(seconds * SAMPLE_RATE_HZ))


def held_note(seconds: float = SECONDS) -> Array:
    return 0.4 * np.sin(2 * np.pi * 330 * np.arange(round(seconds * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ)


def test_another_take_of_the_song_is_near_and_anything_else_is_far(song: Song) -> None:
    own = song.distance([melody(SECONDS, seed=seed) for seed in (5, 6, 7)])
    assert own < 0.1
    assert song.distance([melody(20)]) < 0.1
    for other in (noise(), held_note(), np.zeros(round(SECONDS * SAMPLE_RATE_HZ)) + 1e-4):
        assert song.distance([other]) > 5 * max(own, 0.05)


def test_each_ill_is_noticed_and_the_song_has_none() -> None:
    sound = ills(melody(SECONDS))
    assert sound.silent == 0
    assert sound.noisy < 0.02
    assert sound.held < 0.5
    assert ills(noise()).noisy > 0.8
    coloured = np.convolve(noise(), np.exp(-np.arange(40) / 6), "same")  # falls by 20 dB to 4 kHz
    assert ills(0.3 * coloured).noisy > 0.8
    assert ills(held_note()).held > 0.9
    silence = ills(np.full(round(SECONDS * SAMPLE_RATE_HZ), 1e-5))
    assert silence.silent == 1
    assert silence.noisy == 0  # quiet is not noise
    loop = np.tile(melody(1.0), 9)
    assert ills(loop).repeating > 0.9 > 0.6 > sound.repeating


def test_what_the_song_does_itself_is_no_ill() -> None:
    assert excess(Ills(0.5, 0.75, 0.1, 0.2), Ills(0.5, 0.25, 0.3, 0.2)) == Ills(0, 0.5, 0, 0)


def auditioned(
    updates: int, distance: float, *, bits: float = 3.0, over: Ills = NONE, seconds: float = 8, error: float = 0
) -> Audition:
    return Audition(updates, updates / 10, distance, over, over, bits, 8, seconds, error)


def test_the_best_is_not_that_of_the_least_loss(tmp_path: Path) -> None:
    sounding = auditioned(4, 0.3, bits=3.00)
    droning = auditioned(5, 0.3, bits=2.95, over=Ills(0, 0.5, 0, 0))
    later = auditioned(6, 0.3, bits=2.90)
    assert best_of([sounding, droning]) is sounding
    assert best_of([sounding, droning, later]) is later
    shorter = auditioned(7, 0.6, seconds=4)
    assert best_of([sounding, shorter]) is shorter  # takes of another length say something else
    path = tmp_path / "auditions.jsonl"
    for one in (sounding, droning):
        append_line(path, one.as_line())
    assert read_auditions(path) == [sounding, droning]


def test_of_checkpoints_that_cannot_be_told_apart_the_latest_is_kept() -> None:
    early, late = auditioned(4, 0.30, error=0.1), auditioned(5, 0.35, error=0.1)
    assert best_of([early, late]) is late
    assert best_of([early, auditioned(6, 0.6, error=0.1)]) is early
    sure = [auditioned(4, 0.30, error=0.01), auditioned(5, 0.35, error=0.01)]
    assert best_of(sure) is sure[0]


class Player:
    """Plays given takes in the place of an instrument."""

    def __init__(self, takes: list[Array]) -> None:
        self._takes = takes

    def takes(self, wanted: Sequence[Wanted]) -> list[Array]:
        """As many as are wanted."""
        return [self._takes[index % len(self._takes)] for index in range(len(wanted))]


def score_of(song: Song, takes: list[Array]) -> Audition:
    player = cast("Instrument", Player(takes))
    return audition(player, song, Schedule((1.0,), 2, SECONDS), updates=1, share=1, held_out_bits=3)


def test_an_audition_hears_what_is_played_and_knows_how_sure_it_is(song: Song) -> None:
    own = [melody(SECONDS, seed=seed) for seed in (5, 6, 7, 8)]
    good, droning, noisy = (score_of(song, takes) for takes in (own, [held_note()], [noise()]))
    assert good.score < min(droning.score, noisy.score) - 1
    assert 0 < good.error < 0.2
    assert score_of(song, [own[0]]).error == pytest.approx(0, abs=0.05)
    assert score_of(song, [own[0], noise()]).error > good.error


@pytest.mark.parametrize("hours", [0.01, 0.1, 1, 10])
@pytest.mark.parametrize("speed", [0.1, 0.3, 2])
def test_listening_costs_a_tenth_of_the_time_or_is_the_least_there_is(hours: float, speed: float) -> None:
    schedule = plan_schedule(hours * 3600, speed)
    cost = schedule.drawn_seconds * len(schedule.shares) * speed
    assert cost <= COST_SHARE * hours * 3600 or (schedule.takes, schedule.seconds) == (1, 2.0)
    assert schedule.shares[-1] == 1
    assert schedule.due_after(0.0) == schedule.shares[0]
    assert schedule.due_after(1.0) is None
    assert schedule_from_json(schedule_to_json(schedule)) == schedule
