"""The film corpus: its notation refuses slips, its parts can be played, and its audio is fit to learn from."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from simmer_training.corpora.film.cue import Cue, Section, bar_count, parts
from simmer_training.corpora.film.harmony import lead_voices
from simmer_training.corpora.film.measure import measure, predictor_residual_db
from simmer_training.corpora.film.notation import parse_chord, parse_pattern, parse_pitch, parse_tune
from simmer_training.corpora.film.performances import PERFORMANCES, Performance, perform, performed_parts
from simmer_training.corpora.synth.timbres import TIMBRES, played_note
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ
from simmer_training.dataset import PEAK


def seconds_of(performance: Performance) -> float:
    cue = performance.cue
    return bar_count(cue) * cue.beats_per_bar * 60 / (cue.beats_per_minute * performance.tempo)


def unplayable(performance: Performance) -> list[str]:
    found: list[str] = []
    for part in performed_parts(performance):
        octave = performance.tune_octave if part.voice == "tune" else 0
        timbre = TIMBRES[part.timbre]
        pitches = [note.pitch + 12 * octave for note in part.notes]
        found += [f"{part.voice} {pitch}" for pitch in pitches if not timbre.lowest <= pitch <= timbre.highest]
    return found


def test_every_note_of_every_performance_can_be_played() -> None:
    for performance in PERFORMANCES:
        assert unplayable(performance) == [], performance.name
    assert unplayable(replace(PERFORMANCES[0], tune_octave=2))


def test_the_corpus_is_long_enough_and_holds_out_one_performance_of_a_cue_that_is_also_learned() -> None:
    assert sum(map(seconds_of, PERFORMANCES)) >= 20 * 60
    held_out = [performance for performance in PERFORMANCES if performance.held_out]
    assert len(held_out) == 1
    assert 80 <= seconds_of(held_out[0]) <= 100
    learned = [performance for performance in PERFORMANCES if not performance.held_out]
    assert held_out[0].cue in [performance.cue for performance in learned]
    names = [performance.name for performance in PERFORMANCES]
    assert len(set(names)) == len(names)


def test_no_voice_has_two_notes_at_once_but_the_pad_and_the_pad_has_three() -> None:
    for cue in {performance.cue.name: performance.cue for performance in PERFORMANCES}.values():
        for part in parts(cue):
            for note in part.notes:
                sounding = [
                    n for n in part.notes if n.start <= note.start + 1e-6 < n.start + n.length - 1e-6
                ]  # at the moment this one begins
                assert len(sounding) == (3 if part.voice == "pad" else 1), (cue.name, part.voice, note)


def test_a_performance_is_steady_loud_enough_unclipped_and_without_dc() -> None:
    performance = next(performance for performance in PERFORMANCES if performance.name == "orbit-1")
    audio = perform(performance)
    found = measure(audio, SAMPLE_RATE_HZ)
    assert found.seconds == pytest.approx(seconds_of(performance) + 0.35, abs=1e-3)
    assert found.peak == pytest.approx(PEAK, abs=1e-6)
    assert int((np.abs(audio) > 0.9 * PEAK).sum()) < 0.001 * len(audio)
    assert -20 < found.rms_db < -11
    assert found.silent_share == 0
    assert found.quietest_db > found.rms_db - 12
    assert abs(found.dc) < 1e-4
    assert found.residual_db < -15


def test_a_performance_is_the_same_bits_each_time_and_another_one_is_not() -> None:
    small = Cue("small", 90, (Section("Dm Bb", arpeggio="0 1 2 3", tune="A4:4 | D5:4"),))
    first = perform(Performance("a", small))
    played_note.cache_clear()
    np.testing.assert_array_equal(first, perform(Performance("a", small)))
    other = perform(Performance("b", small, brightness=1.2))
    assert len(other) == len(first)
    assert not np.array_equal(first, other)


def test_the_predictor_finds_what_can_be_predicted() -> None:
    noise = np.random.default_rng(1).standard_normal(SAMPLE_RATE_HZ)
    assert predictor_residual_db(noise) > -0.5
    assert predictor_residual_db(np.sin(np.arange(SAMPLE_RATE_HZ) * 0.1)) < -30


def test_pads_move_little() -> None:
    voicings = lead_voices([parse_chord(symbol) for symbol in ("Dm", "Bb", "F", "C", "Dm")])
    moves = [sum(abs(a - b) for a, b in zip(x, y, strict=True)) for x, y in pairwise(voicings)]
    assert max(moves) <= 6


def test_the_notation_reads_what_it_should() -> None:
    assert [parse_pitch(text) for text in ("C4", "Bb3", "F#5")] == [60, 58, 78]
    assert parse_chord("C/E").bass == 4
    assert parse_chord("Dm9").tones == (5, 9, 4)
    assert [(note.start, note.pitch) for note in parse_tune("A4:2 - D5 | E5:4", 4)] == [(0, 69), (3, 74), (4, 76)]
    assert [(stroke.start, stroke.length, stroke.tone) for stroke in parse_pattern("0* _ . 3")] == [
        (0, 0.5, 0),
        (0.75, 0.25, 3),
    ]


def test_the_notation_refuses_slips() -> None:
    with pytest.raises(ValueError, match=r"has 5\.0 beats, not 4"):
        parse_tune("A4:2 D5:3", 4)
    with pytest.raises(ValueError, match="'H4' is no pitch"):
        parse_pitch("H4")
    with pytest.raises(ValueError, match="'Dm13' is no chord"):
        parse_chord("Dm13")
    with pytest.raises(ValueError, match="longer than its 1 bars"):
        parts(Cue("slip", 90, (Section("Dm", tune="A4:4 | D5:4"),)))
