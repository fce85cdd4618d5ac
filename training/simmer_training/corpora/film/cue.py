"""A cue as it is written: sections of bars, each saying who plays what."""

from dataclasses import dataclass, replace

from simmer_training.corpora.film.harmony import arpeggio_tones, bass_pitch, lead_voices, pad_notes
from simmer_training.corpora.film.notation import Note, parse_chord, parse_pattern, parse_tune

ARPEGGIO_TONES = 8


@dataclass(frozen=True)
class Section:
    """Some bars with one scoring. `chords` has one chord a bar; an empty string is a voice that does not play.

    Patterns repeat every bar: the bass's numbers are semitones above the chord's bass, the arpeggio's count the
    chord's tones upwards from 0. Brightness multiplies every cutoff and moves in a straight line, bar by bar.
    """

    chords: str
    bass: str = "0 _ _ _"
    pad: bool = True
    arpeggio: str = ""
    tune: str = ""
    brightness: tuple[float, float] = (1.0, 1.0)


@dataclass(frozen=True)
class Cue:
    """A whole piece. `arpeggio_timbre` and `tune_timbre` name timbres of synth/timbres.py."""

    name: str
    beats_per_minute: float
    sections: tuple[Section, ...]
    beats_per_bar: int = 4
    arpeggio_timbre: str = "sequence"
    tune_timbre: str = "lead"


@dataclass(frozen=True)
class Part:
    """One voice's notes, in beats from the cue's beginning, and how bright it is in each bar."""

    voice: str  # "bass", "pad", "arpeggio" or "tune"
    timbre: str
    notes: tuple[Note, ...]


def bar_count(cue: Cue) -> int:
    """How many bars the cue has."""
    return sum(len(section.chords.split()) for section in cue.sections)


def bar_brightness(cue: Cue) -> list[float]:
    """The brightness of each bar [bar_count]."""
    levels: list[float] = []
    for section in cue.sections:
        bars = len(section.chords.split())
        first, last = section.brightness
        levels += [round(first + (last - first) * bar / max(1, bars - 1), 3) for bar in range(bars)]
    return levels


def _pattern_notes(section: Section, beats_per_bar: int) -> tuple[list[Note], list[Note]]:
    bass: list[Note] = []
    arpeggio: list[Note] = []
    for bar, symbol in enumerate(section.chords.split()):
        chord = parse_chord(symbol)
        tones = arpeggio_tones(chord, ARPEGGIO_TONES)
        for text, notes, pitches in (
            (section.bass, bass, [bass_pitch(chord) + step for step in range(25)]),
            (section.arpeggio, arpeggio, tones),
        ):
            for stroke in parse_pattern(text):
                start, length = (bar + stroke.start) * beats_per_bar, stroke.length * beats_per_bar
                notes.append(Note(start, length, pitches[stroke.tone], stroke.accent))
    return bass, arpeggio


def parts(cue: Cue) -> list[Part]:
    """The cue's four voices. ValueError where a tune is longer than its section or a bar does not add up."""
    found: dict[str, list[Note]] = {"bass": [], "pad": [], "arpeggio": [], "tune": []}
    first_bar = 0
    for section in cue.sections:
        symbols = section.chords.split()
        offset = float(first_bar * cue.beats_per_bar)
        bass, arpeggio = _pattern_notes(section, cue.beats_per_bar)
        tune = parse_tune(section.tune, cue.beats_per_bar) if section.tune else []
        if tune and len(section.tune.split("|")) > len(symbols):
            raise ValueError(f"{cue.name}: a tune is longer than its {len(symbols)} bars")
        chords = [parse_chord(symbol) for symbol in symbols]
        pad = pad_notes(lead_voices(chords), cue.beats_per_bar) if section.pad else []
        for voice, notes in (("bass", bass), ("pad", pad), ("arpeggio", arpeggio), ("tune", tune)):
            found[voice] += [replace(note, start=note.start + offset) for note in notes]
        first_bar += len(symbols)
    timbres = {"bass": "bass", "pad": "pad", "arpeggio": cue.arpeggio_timbre, "tune": cue.tune_timbre}
    return [Part(voice, timbres[voice], tuple(notes)) for voice, notes in found.items()]
