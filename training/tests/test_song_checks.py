"""Every check finds what it is for, and nothing in a recording that is well."""

from typing import Any

import numpy as np
import pytest
from melody import Array, melody

from simmer_training.dataset import PEAK, SAMPLE_RATE_HZ
from simmer_training.own_song.checks import Finding, Prepared, check_length, cut_silences, prepare, resample
from simmer_training.own_song.duplicates import drop_duplicates
from simmer_training.own_song.failure import SongError
from simmer_training.own_song.recording import Recording
from simmer_training.own_song.split import split


def recording(audio: Array, rate_hz: int = 44_100, **facts: Any) -> Recording:  # noqa: ANN401
    known: dict[str, Any] = {"channels": 1, "clipped_runs": 0, "mono_loss_decibels": 0.0}
    known |= {"one_channel": False, "cut_short": False, **facts}
    return Recording("song.wav", rate_hz, audio=audio.astype(np.float32), **known)


def advice(findings: list[Finding]) -> str:
    return " ".join(finding.text for finding in findings if finding.level == "advice")


def said(findings: list[Finding]) -> str:
    return " ".join(finding.text for finding in findings)


def test_a_good_recording_gets_no_advice_and_the_models_form() -> None:
    prepared, findings = prepare(recording(melody(10, 44_100)))
    assert advice(findings) == ""
    assert len(prepared.audio) == pytest.approx(10 * SAMPLE_RATE_HZ, abs=2)
    assert np.abs(prepared.audio).max() == pytest.approx(PEAK)


@pytest.mark.parametrize(
    ("audio", "facts", "words"),
    [
        (0.02 * melody(10, 44_100), {}, "quiet"),
        (melody(10, 44_100), {"clipped_runs": 400}, "clips"),
        (melody(10, 44_100), {"cut_short": True}, "cut off"),
        (melody(10, 44_100), {"channels": 2, "one_channel": True, "mono_loss_decibels": 60.0}, "only the left"),
        (melody(10, 44_100), {"channels": 2, "mono_loss_decibels": 6.0}, "out of phase"),
        (np.concatenate([melody(4, 44_100), np.zeros(6 * 44_100)]), {}, "silence are cut"),
        (np.random.default_rng(1).normal(0, 0.1, 441_000), {}, "is lost"),
    ],
)
def test_advice_is_given_where_it_is_due(audio: Array, facts: dict[str, Any], words: str) -> None:
    assert words in advice(prepare(recording(audio, **facts))[1])


def test_a_low_rate_is_told() -> None:
    assert "dull" in advice(prepare(recording(melody(5, 8_000), 8_000))[1])


def test_dc_is_removed_and_told() -> None:
    prepared, findings = prepare(recording(melody(10, 44_100) + 0.2))
    assert "DC" in said(findings)
    assert abs(prepared.audio.mean()) < 0.01
    assert "DC" not in said(prepare(recording(melody(10, 44_100)))[1])


def test_what_is_silent_or_too_short_is_refused() -> None:
    with pytest.raises(SongError, match="silent"):
        prepare(recording(np.full(44_100, 0.5)))  # nothing but DC
    with pytest.raises(SongError, match=r"only 0\.50 s"):
        prepare(recording(melody(0.5, 44_100)))
    with pytest.raises(SongError, match="too few"):
        check_length([Prepared("a", melody(20))])
    assert check_length([Prepared("a", melody(40))]).level == "advice"
    assert check_length([Prepared("a", melody(310))]).level == "fine"


def test_long_rests_are_cut_and_short_ones_stay() -> None:
    song = melody(4)
    song[-SAMPLE_RATE_HZ // 100 :] = 0
    rest = np.zeros(5 * SAMPLE_RATE_HZ)
    cut, seconds = cut_silences(np.concatenate([song, rest, song]))
    assert seconds == pytest.approx(4.5, abs=0.1)
    assert len(cut) / SAMPLE_RATE_HZ == pytest.approx(8.5, abs=0.1)
    assert cut_silences(np.concatenate([song, rest[:SAMPLE_RATE_HZ], song]))[1] == 0


def test_resampling_keeps_a_tone_and_drops_what_is_too_high() -> None:
    time = np.arange(44_100) / 44_100
    kept, lost = (resample(np.sin(2 * np.pi * hertz * time), 44_100) for hertz in (1_000, 12_000))
    wanted = np.sin(2 * np.pi * 1_000 * np.arange(len(kept)) / SAMPLE_RATE_HZ)
    assert np.abs(kept - wanted)[1000:-1000].max() < 0.01
    assert np.abs(lost)[1000:-1000].max() < 0.01


def test_the_same_performance_twice_is_left_out_and_another_one_stays() -> None:
    song, other = melody(20), melody(20, seed=2)
    noise = np.random.default_rng(0).normal(0, 0.01, len(song))
    pieces = [Prepared("a", song), Prepared("b", other), Prepared("louder", 0.3 * song + noise)]
    pieces += [Prepared("part", song[3 * SAMPLE_RATE_HZ :]), Prepared("turned", -song)]
    kept, findings = drop_duplicates(pieces)
    assert [piece.name for piece in kept] == ["a", "b"]
    assert [finding.file for finding in findings] == ["louder", "part", "turned"]
    # The same notes, played a little slower: another performance.
    assert len(drop_duplicates([Prepared("a", song), Prepared("slow", melody(20, beat_seconds=0.26))])[0]) == 2


def test_a_stretch_of_one_file_is_held_out_and_nothing_of_it_is_learned() -> None:
    song = melody(400)
    pieces = split([Prepared("my song.wav", song)])
    held_out = [piece for piece in pieces if piece.held_out]
    assert len(held_out) == 1
    assert len(held_out[0].audio) == 20 * SAMPLE_RATE_HZ  # a twentieth
    learned = [piece for piece in pieces if not piece.held_out]
    total = sum(len(piece.audio) for piece in pieces)
    assert total == len(song) - 2 * SAMPLE_RATE_HZ  # a second to either side belongs to neither
    assert np.array_equal(learned[0].audio, song[: len(learned[0].audio)])
    assert all("/" not in piece.name and " " not in piece.name for piece in pieces)


def test_of_little_audio_little_is_held_out_and_of_many_files_one() -> None:
    short = split([Prepared("a", melody(40))])
    assert sum(len(piece.audio) for piece in short if piece.held_out) == 10 * SAMPLE_RATE_HZ
    many = split([Prepared(str(seed), melody(30 + seed, seed=seed)) for seed in range(5)])
    assert [piece.held_out for piece in many] == [True, False, False, False, False]
    uneven = split([Prepared("long", melody(100)), *(Prepared(str(seed), melody(5)) for seed in range(4))])
    assert sum(piece.held_out for piece in uneven) == 1
    assert next(piece for piece in uneven if piece.held_out).name.startswith("1-long")
