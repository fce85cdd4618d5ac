"""Every performance of the cues, and how one becomes audio."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from simmer_training.corpora.film.cue import Cue, Part, bar_brightness, bar_count, parts
from simmer_training.corpora.film.cues_driving import ROAD, SEA, VAULT
from simmer_training.corpora.film.cues_slow import ATTIC, HARBOUR, HOME, ORBIT
from simmer_training.corpora.synth.room import in_room
from simmer_training.corpora.synth.timbres import played_note
from simmer_training.corpora.synth.tuning import SAMPLE_RATE_HZ, Audio
from simmer_training.dataset import PEAK

LAST_CHORD_SECONDS: Final = 0.35  # room for the last notes' release


@dataclass(frozen=True)
class Performance:
    """How a cue is played once."""

    name: str
    cue: Cue
    tempo: float = 1.0  # multiplies the cue's own
    brightness: float = 1.0  # multiplies every cutoff
    accents: float = 1.0  # multiplies every accent
    tune: str = ""  # a timbre in place of the cue's own; "none" leaves the tune out
    tune_octave: int = 0
    arpeggio: str = ""  # a timbre in place of the cue's own
    room: float = 0.15  # 0 none, 1 as loud as synth/room.py lists it
    held_out: bool = False


PERFORMANCES: Final[tuple[Performance, ...]] = (
    Performance("harbour-1", HARBOUR),
    Performance("harbour-2", HARBOUR, tempo=0.97, brightness=0.8, tune="lead", accents=0.7, room=0.25),
    Performance("harbour-3", HARBOUR, tempo=1.03, brightness=1.2, arpeggio="sequence"),
    Performance("road-1", ROAD),
    Performance("road-2", ROAD, tempo=1.03, brightness=1.25, tune="brass", accents=1.3),
    Performance("road-3", ROAD, tempo=0.97, brightness=0.8, tune="none", room=0.25),
    Performance("attic-1", ATTIC),
    Performance("attic-2", ATTIC, tempo=0.96, brightness=0.85, tune="none", arpeggio="glass", room=0.25),
    Performance("attic-3", ATTIC, tempo=1.02, brightness=1.1, accents=1.2, held_out=True),
    Performance("sea-1", SEA),
    Performance("sea-2", SEA, tempo=1.04, brightness=1.2, accents=1.3, tune="brass", tune_octave=-1),
    Performance("sea-3", SEA, tempo=0.98, brightness=0.8, tune="none", room=0.25),
    Performance("orbit-1", ORBIT),
    Performance("orbit-2", ORBIT, tempo=0.97, brightness=0.85, accents=0.7, arpeggio="sequence", room=0.25),
    Performance("vault-1", VAULT),
    Performance("vault-2", VAULT, tempo=1.04, brightness=1.2, tune="lead", accents=1.2),
    Performance("home-1", HOME),
    Performance("home-2", HOME, tempo=0.97, brightness=0.85, tune="lead", arpeggio="glass", room=0.25),
)


def performed_parts(performance: Performance) -> list[Part]:
    """The cue's voices with the timbres of this performance, without those that it leaves out."""
    found: list[Part] = []
    for part in parts(performance.cue):
        timbre = {"tune": performance.tune, "arpeggio": performance.arpeggio}.get(part.voice, "") or part.timbre
        if timbre != "none":
            found.append(Part(part.voice, timbre, part.notes))
    return found


def perform(performance: Performance) -> Audio:
    """The performance as mono audio at SAMPLE_RATE_HZ: [frames], no DC, its largest absolute value at PEAK."""
    audio = mixed(performance)
    return np.asarray(audio * (PEAK / np.abs(audio).max()))


def mixed(performance: Performance) -> Audio:
    """The performance as mono audio at SAMPLE_RATE_HZ: [frames], no DC, as loud as it is written."""
    audio = in_room(voices_at(performance, {}), performance.room)
    return np.asarray(audio - audio.mean())


def voices_at(
    performance: Performance, gains: Mapping[str, float], rate_hz: int = SAMPLE_RATE_HZ, detune: float = 1.0
) -> Audio:
    """The voices of a performance without a room, [frames], each times its gain (1 where none is given)."""
    cue = performance.cue
    frames_per_beat = 60 / (cue.beats_per_minute * performance.tempo) * rate_hz
    beats = bar_count(cue) * cue.beats_per_bar
    audio = np.zeros(round(beats * frames_per_beat + LAST_CHORD_SECONDS * rate_hz))
    brightness = bar_brightness(cue)
    for part in performed_parts(performance):
        octave = performance.tune_octave if part.voice == "tune" else 0
        gain = gains.get(part.voice, 1.0)
        for note in part.notes:
            first = round(note.start * frames_per_beat)
            # The length alone is rounded, not both ends, so that a repeated figure is the same bits each time.
            frames = round(note.length * frames_per_beat)
            bright = round(performance.brightness * brightness[int(note.start / cue.beats_per_bar)], 3)
            accent = max(-1.0, min(1.0, note.accent * performance.accents))
            sound = played_note(part.timbre, note.pitch + 12 * octave, frames, accent, bright, rate_hz, detune)
            end = min(len(audio), first + len(sound))
            audio[first:end] += gain * sound[: end - first]
    return audio
