"""Rows, codebooks and the pieces in codes."""

from pathlib import Path

import numpy as np
import pytest

from simmer_training.coded.codebooks import Codebooks, error_decibels, learn
from simmer_training.coded.pieces import CodedStreams, coded, silence_of
from simmer_training.coded.response import Response
from simmer_training.coded.rows import BANDS, LOOK_AHEAD_STEPS, ROW_STEPS, WINDOW_STEPS, band_filters, bands_of
from simmer_training.corpora.film import in_rows as film_in_rows
from simmer_training.corpora.one_song import in_rows, score
from simmer_training.dataset import SAMPLE_RATE_HZ, Piece, load_dataset, write_dataset
from simmer_training.model import BLOCK_STEPS


def tone(hertz: float, rows: int = 20) -> np.ndarray:
    return 0.5 * np.sin(2 * np.pi * hertz * np.arange(rows * ROW_STEPS) / SAMPLE_RATE_HZ)


@pytest.mark.parametrize("hertz", [73.4, 146.8, 440.0, 1318.5])
def test_a_tone_is_loudest_in_the_band_at_its_pitch(hertz: float) -> None:
    loudest = bands_of(tone(hertz))[10].argmax()
    reached = band_filters()[loudest]
    bins = np.fft.rfftfreq(WINDOW_STEPS, 1 / SAMPLE_RATE_HZ)
    assert reached[np.abs(bins - hertz).argmin()] > 0


def test_bass_notes_a_semitone_apart_have_other_bands() -> None:
    low, high = bands_of(tone(73.4))[10], bands_of(tone(82.4))[10]
    assert low.argmax() != high.argmax()


def test_rows_hear_no_further_than_they_say() -> None:
    audio = tone(300.0)
    changed = audio.copy()
    changed[10 * ROW_STEPS :] = 0
    same = (bands_of(audio) == bands_of(changed)).all(axis=1)
    reaching = -(-LOOK_AHEAD_STEPS // ROW_STEPS)
    assert same[: 10 - reaching].all()
    assert not same[9]


def test_what_is_left_of_a_row_is_cut_off() -> None:
    assert bands_of(np.zeros(3 * ROW_STEPS + 17)).shape == (3, BANDS)


def test_codebooks_find_clusters_and_come_back_from_a_file(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    centres = random.normal(size=(8, BANDS)) * 5
    rows = centres[random.integers(8, size=400)] + random.normal(size=(400, BANDS)) * 0.01
    books = learn(rows, levels=2, size=16)
    errors = error_decibels(books, rows)
    assert errors[0] < 0.1
    assert errors[1] <= errors[0]
    books.save(tmp_path / "codebooks.npy")
    again = Codebooks.load(tmp_path / "codebooks.npy")
    assert (again.encode(rows)[:, 0] == books.encode(rows)[:, 0]).mean() > 0.99


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "other.npy", np.zeros((2, 3)))
    with pytest.raises(ValueError, match="no codebooks"):
        Codebooks.load(tmp_path / "other.npy")


def _dataset(folder: Path) -> None:
    pieces = [Piece("a", tone(220.0, 40), held_out=False), Piece("b", tone(330.0, 30), held_out=True)]
    write_dataset(folder, SAMPLE_RATE_HZ, pieces)


def test_codes_stand_beside_their_steps(tmp_path: Path) -> None:
    _dataset(tmp_path)
    dataset = load_dataset(tmp_path)
    books = learn(np.random.default_rng(1).normal(size=(300, BANDS)), levels=2, size=16)
    piece = coded(dataset, books, held_out=False)[0]
    assert piece.rows == 40
    assert len(piece.bins) == BLOCK_STEPS + 40 * ROW_STEPS
    assert (piece.codes[0] == silence_of(books)[0]).all()
    streams = CodedStreams([piece], batch=3, rows=4, seed=5)
    for _ in range(20):
        bins, codes, _ = streams.next()
        for row in range(3):
            windows = np.lib.stride_tricks.sliding_window_view(piece.bins, bins.shape[1])
            places = np.flatnonzero((windows == bins[row].numpy()).all(axis=1))
            assert any((piece.codes[at // ROW_STEPS :][:6] == codes[row].numpy()).all() for at in places)


def test_streams_say_where_they_begin_anew(tmp_path: Path) -> None:
    _dataset(tmp_path)
    books = learn(np.random.default_rng(1).normal(size=(300, BANDS)), levels=1, size=16)
    streams = CodedStreams(coded(load_dataset(tmp_path), books, held_out=False), batch=2, rows=30, seed=5)
    assert streams.next()[2].all()
    assert streams.next()[2].all()  # forty rows hold no second window of thirty


def test_a_response_leaves_one_where_it_is_and_widens_a_lane() -> None:
    lane = np.array([0.0, 0.75, 1.0, 1.1])
    assert (Response(3.0, 3.0).of(lane) == [0, 1728 / 4096, 1, 5452 / 4096]).all()  # on the grid of lanes
    assert (Response().of(lane) == lane).all()
    assert (Response(0.0, 0.0).of(lane) == 1).all()


def test_every_beat_is_whole_rows() -> None:
    for played in in_rows.PERFORMANCES:
        steps = played.seconds * SAMPLE_RATE_HZ
        assert steps == pytest.approx(round(steps))
        assert round(steps) % (ROW_STEPS * score.BEATS_PER_BAR) == 0
    assert ROW_STEPS / SAMPLE_RATE_HZ == 0.032


def test_arranging_moves_sections_and_keeps_their_notes() -> None:
    notes = score.melody()
    turned = in_rows.arranged(notes, (2, 3, 0, 1))
    assert sorted(note.pitch for note in turned) == sorted(note.pitch for note in notes)
    first = min(turned, key=lambda note: note.start)
    assert first.start == 0
    assert first.pitch == next(note.pitch for note in notes if note.start >= 2 * in_rows.SECTION_BEATS)


def test_every_beat_of_the_film_is_whole_rows() -> None:
    names = set()
    for played in film_in_rows.performances():
        steps = 60 / (played.cue.beats_per_minute * played.tempo) * SAMPLE_RATE_HZ
        assert steps / ROW_STEPS == pytest.approx(round(steps / ROW_STEPS))
        names.add(played.name)
    assert len(names) == 42
    assert sum(played.held_out for played in film_in_rows.performances()) == 1
