"""The synthesizer: nothing aliases, nothing clicks, and the same note is the same bits."""

import numpy as np
import pytest

from simmer_training.corpora.synth.envelopes import Envelope
from simmer_training.corpora.synth.filters import lowpass_gain
from simmer_training.corpora.synth.oscillators import harmonic_tone, saw
from simmer_training.corpora.synth.room import in_room
from simmer_training.corpora.synth.timbres import TIMBRES, played_note
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio, pitch_to_hz, seconds_to_frames

FRAMES = SAMPLE_RATE_HZ
TOLERATED_DB = -60.0


def between_harmonics_db(tone: Audio, frequency: float) -> float:
    """The loudest line that is no harmonic of `frequency`, in dB under the loudest line of all."""
    power = np.abs(np.fft.rfft(tone * np.blackman(len(tone)))) ** 2
    hertz = np.fft.rfftfreq(len(tone), 1 / SAMPLE_RATE_HZ)
    nearest = np.maximum(np.round(hertz / frequency), 1) * frequency
    elsewhere = (np.abs(hertz - nearest) > 8) | (hertz > SAMPLE_RATE_HZ / 2 - 500)
    return float(10 * np.log10(power[elsewhere].max() / power.max()))


@pytest.mark.parametrize("pitch", [33, 58, 69, 85])
def test_a_saw_has_no_line_that_is_no_harmonic_and_a_naive_one_has(pitch: int) -> None:
    frequency = pitch_to_hz(pitch)
    steady = np.full(FRAMES, frequency)
    made = harmonic_tone(steady, saw(), np.full(FRAMES, 4_000.0), 0.8)
    assert between_harmonics_db(made, frequency) < TOLERATED_DB
    naive = np.asarray(2 * (np.arange(FRAMES) * frequency / SAMPLE_RATE_HZ % 1.0) - 1)
    assert between_harmonics_db(naive, frequency) > TOLERATED_DB


@pytest.mark.parametrize("name", sorted(TIMBRES))
def test_every_timbre_is_silent_near_the_nyquist_frequency_and_without_dc(name: str) -> None:
    timbre = TIMBRES[name]
    for pitch in (timbre.lowest, timbre.highest):
        note = played_note(name, pitch, FRAMES, 1.0, 2.0)
        power = np.abs(np.fft.rfft(note * np.blackman(len(note)))) ** 2
        hertz = np.fft.rfftfreq(len(note), 1 / SAMPLE_RATE_HZ)
        assert 10 * np.log10(power[hertz > 7_300].max() / power.max()) < TOLERATED_DB
        assert abs(note.mean()) < 2e-3 * np.abs(note).max()


def test_the_harmonics_are_those_of_a_saw() -> None:
    frequency = 200.0  # a whole number of periods, so each bin of the transform is one harmonic
    tone = harmonic_tone(np.full(FRAMES, frequency), saw(), np.full(FRAMES, 1e6), 0.707)
    lines = np.abs(np.fft.rfft(tone)) / (FRAMES / 2)
    np.testing.assert_allclose(lines[200:6_800:200], 1 / np.arange(1, 34), rtol=1e-3)


def test_the_filter_peaks_by_its_resonance_at_the_cutoff() -> None:
    np.testing.assert_allclose(lowpass_gain(np.array([0.0, 1.0]), 1.4), [1.0, 1.4])
    octave = lowpass_gain(np.array([32.0, 64.0]), 0.707)
    assert 20 * np.log10(octave[1] / octave[0]) == pytest.approx(-12.04, abs=0.05)


@pytest.mark.parametrize("frames", [1, 40, 4_000])
def test_an_envelope_has_no_jump_and_ends_at_nothing(frames: int) -> None:
    level = Envelope(0.005, 0.1, 0.5, 0.05).played(frames)
    assert len(level) == frames + 800
    assert level[0] == 0
    assert level[-1] == pytest.approx(0, abs=1e-12)
    assert np.abs(np.diff(level)).max() < 0.03  # the steepest step of the attack is pi/2 / 80 frames


def test_a_note_begins_the_same_whatever_its_length() -> None:
    short, long = (played_note("pad", 60, frames, 0.0, 1.0) for frames in (3_200, 9_600))
    np.testing.assert_allclose(short[:3_000], long[:3_000], atol=1e-3)


def test_a_pitch_outside_the_range_is_refused() -> None:
    with pytest.raises(ValueError, match="lead plays 60 to 91, not 40"):
        played_note("lead", 40, 100, 0.0, 1.0)


def test_the_room_adds_quiet_reflections_within_a_tenth_of_a_second() -> None:
    click = np.zeros(FRAMES)
    click[0] = 1.0
    heard = in_room(click, 0.25)
    assert np.abs(heard[1:]).max() <= 0.125
    assert not heard[seconds_to_frames(0.1) :].any()
    np.testing.assert_array_equal(in_room(click, 0.0), click)
