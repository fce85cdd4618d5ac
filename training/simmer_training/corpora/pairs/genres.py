"""What is played: a tempo, a meter and a pattern of parts for each genre.

A step lasts a whole number of the codec's rows, and a piece is not brought to a peak of its own. So what is played
twice becomes the same codes twice, and a prior that has hours and not weeks to learn in spends them on music, not on
where in a row a drum happens to fall or how loud the rest of the piece is.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from simmer_training.corpora.pairs.artists import Artist
from simmer_training.corpora.pairs.voices import SAMPLE_RATE_HZ, Audio, bass, kick, noise, note

FULL_SCALE: Final = 0.89  # -1 dBFS
ROW_FRAMES: Final = 512  # of the codec


@dataclass(frozen=True)
class Genre:
    """One genre. Beats are quarters; `steps` are the places of a bar that notes may fall on."""

    name: str
    beats: int  # of a bar
    steps: int  # of a bar
    step_rows: int  # how long a step is, in rows of ROW_FRAMES
    highest: float  # more than its parts ever come to together

    @property
    def beat_frames(self) -> int:
        """How long a beat is."""
        return self.step_rows * ROW_FRAMES * self.steps // self.beats


# 64.6, 129.2 and 92.3 beats a minute.
GENRES: Final = (Genre("Tide", 4, 8, 20, 1.4), Genre("Motor", 4, 16, 5, 1.25), Genre("Sway", 3, 6, 14, 0.85))


class Bar:
    """Puts sounds at places of one bar of a piece."""

    def __init__(self, audio: Audio, genre: Genre, number: int) -> None:
        self._audio = audio
        self._start = number * genre.beats * genre.beat_frames
        self._step = genre.step_rows * ROW_FRAMES

    def frames(self, steps: float) -> int:
        """How many frames so many steps last."""
        return max(1, round(steps * self._step))

    def put(self, step: float, sound: Audio, level: float = 1.0) -> None:
        """Adds a sound at a step; what lies beyond the piece's end is cut off."""
        at = self._start + round(step * self._step)
        end = min(len(self._audio), at + len(sound))
        if at < end:
            self._audio[at:end] += level * sound[: end - at]


def _chord(artist: Artist, degree: int, key: int) -> list[int]:
    scale = artist.scale
    pitches = []
    for third in (0, 2, 4):
        place = degree + third
        pitches.append(artist.root + key + scale[place % len(scale)] + 12 * (place // len(scale)))
    return pitches


def _bass_pitch(chord: list[int]) -> int:
    return 31 + (chord[0] - 31) % 12


def _tide(bar: Bar, artist: Artist, chord: list[int], random: np.random.Generator, pattern: list[int]) -> None:
    for pitch in chord:
        bar.put(0, note(artist.voice, pitch, bar.frames(8.5), True), 0.55)
    bar.put(0, bass(_bass_pitch(chord), bar.frames(8), artist.bass_colour * 0.5), 0.5)
    rhythm = (0, 3, 6) if random.random() < 0.8 else (2, 5)
    for step in rhythm:
        pitch = chord[(pattern[0] + step // 2) % 3] + 12
        bar.put(step, note(artist.voice, pitch, bar.frames(6), False), 0.6)
    bar.put(0, noise(bar.frames(8), 3, True, 1.5)[::-1], 0.12)


def _motor(bar: Bar, artist: Artist, chord: list[int], random: np.random.Generator, pattern: list[int]) -> None:
    for step in range(0, 16, 4):
        bar.put(step, kick(bar.frames(4)), 0.8)
        bar.put(step + 2, noise(bar.frames(2), 11, False, 0.03 + 0.05 * artist.tint), 0.35)
    for step in (4, 12):
        bar.put(step, noise(bar.frames(4), 12, True, 0.09), 0.9)
    for step in range(0, 16, 2):
        bar.put(step, bass(_bass_pitch(chord), bar.frames(1.6), artist.bass_colour), 0.55 if step % 4 else 0.25)
    notes = [*chord, chord[0] + 12]
    for step in range(16):
        place = pattern[step % len(pattern)]
        if place >= 0 and random.random() < 0.95:
            bar.put(step, note(artist.voice, notes[place], bar.frames(2), False), 0.5)


def _sway(bar: Bar, artist: Artist, chord: list[int], random: np.random.Generator, pattern: list[int]) -> None:
    for step in range(6):
        bar.put(step + (0.12 if step % 2 else 0.0), noise(bar.frames(1), 21, False, 0.02), 0.16 if step % 3 else 0.3)
    bar.put(3, noise(bar.frames(2), 22, True, 0.05), 0.6)
    bar.put(0, bass(_bass_pitch(chord), bar.frames(2.5), artist.bass_colour), 0.6)
    bar.put(3, bass(_bass_pitch(chord) + 7, bar.frames(1.5), artist.bass_colour), 0.4)
    for step in (2, 4):
        for pitch in chord:
            bar.put(step, note(artist.voice, pitch, bar.frames(1.2), False), 0.3)
    for step in (0, 3, 5) if random.random() < 0.6 else (0, 1, 3):
        pitch = chord[pattern[step % len(pattern)] % 3] + 12
        bar.put(step, note(artist.voice, pitch, bar.frames(2.2), True), 0.42)


def piece(artist: Artist, genre: Genre, seed: int, seconds: float) -> Audio:
    """One piece [frames] at 22 050 Hz, below -1 dBFS. The same arguments make the same bits."""
    random = np.random.default_rng([seed, ord(artist.name[0]), ord(genre.name[0])])
    audio: Audio = np.zeros(round(seconds * SAMPLE_RATE_HZ))
    key = artist.keys[int(random.integers(len(artist.keys)))]
    progression = artist.progressions[int(random.integers(len(artist.progressions)))]
    pattern = [int(place) for place in random.integers(-1 if genre.name == "Motor" else 0, 4, 8)]
    for number in range(-(-len(audio) // (genre.beats * genre.beat_frames))):
        bar = Bar(audio, genre, number)
        chord = _chord(artist, progression[number % 4], key)
        if genre.name == "Tide":
            _tide(bar, artist, chord, random, pattern)
        elif genre.name == "Motor":
            _motor(bar, artist, chord, random, pattern)
        else:
            _sway(bar, artist, chord, random, pattern)
    delay, level = artist.echo
    frames = round(delay * genre.beat_frames)
    for _ in range(2):
        audio[frames:] += level * 0.5 * audio[:-frames]
    return np.asarray(np.clip(audio / genre.highest, -1.0, 1.0) * FULL_SCALE)
