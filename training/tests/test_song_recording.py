"""Files are read as they are, and what is wrong with one is said."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from melody import Array, melody

from simmer_training.own_song.failure import SongError
from simmer_training.own_song.recording import Recording, read_recording


def written(folder: Path, audio: Array, rate_hz: int = 44_100, name: str = "song.wav", subtype: str = "FLOAT") -> Path:
    path = folder / name
    soundfile.write(path, audio, rate_hz, subtype=subtype)
    return path


def stereo(left: Array, right: Array) -> Array:
    return np.stack([left, right], axis=1)


def of(folder: Path, audio: Array) -> Recording:
    return read_recording(written(folder, audio))


def test_a_file_is_read_as_it_is(tmp_path: Path) -> None:
    song = melody(3, 44_100)
    mono = of(tmp_path, song)
    assert (mono.rate_hz, mono.channels, mono.clipped_runs, mono.one_channel, mono.cut_short) == (
        44_100,
        1,
        0,
        False,
        False,
    )
    assert np.abs(mono.audio - song).max() < 1e-6
    assert mono.seconds == pytest.approx(3)


@pytest.mark.parametrize(("name", "subtype"), [("a.flac", "PCM_16"), ("a.ogg", "VORBIS"), ("a.mp3", "MPEG_LAYER_III")])
def test_other_formats_are_read(tmp_path: Path, name: str, subtype: str) -> None:
    song = melody(3, 44_100)
    read = read_recording(written(tmp_path, song, name=name, subtype=subtype))
    assert read.seconds == pytest.approx(3, abs=0.1)
    assert np.std(read.audio) == pytest.approx(np.std(song), rel=0.1)


def test_an_mp3_that_was_cut_off_is_what_is_there(tmp_path: Path) -> None:
    song = melody(20, 44_100)
    path = written(tmp_path, song, name="a.mp3", subtype="MPEG_LAYER_III")
    whole = read_recording(path)
    assert not whole.cut_short
    path.write_bytes(path.read_bytes()[: int(0.4 * path.stat().st_size)])
    assert soundfile.info(path).duration == pytest.approx(20, abs=0.1)  # its header still says so
    cut = read_recording(path)
    assert cut.cut_short
    assert cut.seconds == pytest.approx(8, abs=1.5)
    assert np.abs(cut.audio[:300_000] - whole.audio[:300_000]).max() < 1e-3


def test_a_flac_of_unknown_length_is_read_to_its_end(tmp_path: Path) -> None:
    song = melody(9, 44_100)
    path = written(tmp_path, song, name="a.flac", subtype="PCM_16")
    whole = read_recording(path)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    read = read_recording(path)
    assert not read.cut_short
    assert read.seconds == pytest.approx(9)
    assert np.array_equal(read.audio, whole.audio)


def test_stereo_becomes_mono_and_channels_that_cancel_are_seen(tmp_path: Path) -> None:
    song, other = melody(3, 44_100), melody(3, 44_100, seed=2)
    plain = of(tmp_path, stereo(song, song))
    assert plain.mono_loss_decibels == pytest.approx(0, abs=0.1)
    assert of(tmp_path, stereo(song, other)).one_channel is False
    turned = of(tmp_path, stereo(song, -song))
    assert turned.one_channel
    assert np.abs(turned.audio - song).max() < 1e-6
    # One silent channel is no cancellation: it costs 3 dB of the mean power.
    assert of(tmp_path, stereo(song, np.zeros_like(song))).mono_loss_decibels < 4


def test_clipping_is_counted_and_loud_music_is_not(tmp_path: Path) -> None:
    song = melody(6, 44_100)
    song /= np.abs(song).max()
    assert of(tmp_path, song).clipped_runs <= 1
    clipped = of(tmp_path, np.clip(song * 4, -1, 1))
    assert clipped.clipped_runs > 50
    # The same stretches, whatever the blocks are that a file is read in.
    late = of(tmp_path, np.concatenate([np.zeros(262_144 - 30_000), np.clip(song * 4, -1, 1)]))
    assert late.clipped_runs == clipped.clipped_runs


def test_what_cannot_be_learned_from_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.wav"
    text.write_text("these are words")
    song = melody(2, 44_100)
    broken = song.copy()
    broken[44_100] = np.nan
    for path, words in (
        (tmp_path / "none.wav", "no file"),
        (tmp_path, "no file"),
        (text, "cannot be read as audio"),
        (written(tmp_path, broken, name="nan.wav"), "0:01.0"),
        (written(tmp_path, np.zeros(0), name="empty.wav"), "empty"),
        (written(tmp_path, song, 2_000, name="slow.wav"), "2000 Hz"),
    ):
        with pytest.raises(SongError, match=words):
            read_recording(path)


def test_a_file_that_was_cut_off_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path, melody(3, 44_100), subtype="PCM_16")
    assert not read_recording(path).cut_short
    path.write_bytes(path.read_bytes()[:-100_000])
    assert read_recording(path).cut_short
