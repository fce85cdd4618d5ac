"""The slow cues: the harbour, the attic, the orbit and the way home. Original, MIT.

The rising fifth and the step after it (A D E F, in the harbour) is the film's motive: the orbit turns it over, the way
home has it in major.
"""

from typing import Final

from simmer_training.corpora.film.cue import Cue, Section

_HARBOUR_THEME: Final = (
    "A4:2 D5 E5 | F5:3 E5 | C5:2.5 A4:0.5 C5 | G4:4 | A4:2 D5 E5 | F5:1.5 G5:0.5 A5:2 | G5 F5 D5:2 | E5:4"
)
_HARBOUR_BELLS: Final = "0 2 4 5 4 2 3 1"

HARBOUR: Final = Cue(
    "harbour", 70, arpeggio_timbre="glass", tune_timbre="brass",
    sections=(
        Section("Dm Dm Bbmaj7 C/D", arpeggio=_HARBOUR_BELLS, brightness=(0.7, 1.0)),
        Section("Dm Bb F C/E Dm Bb Gm Asus4", tune=_HARBOUR_THEME, brightness=(0.8, 1.2)),
        Section(
            "Bbmaj7 C Am Dm Bbmaj7 C F A", arpeggio=_HARBOUR_BELLS, brightness=(1.0, 1.4),
            tune="D5 F5 A5:2 | G5:3 E5 | C5 E5 A5:2 | F5:4 | D5 F5 Bb5:2 | G5:2 A5 G5 | F5:2 C5:2 | C#5:4",
        ),
        Section(
            "Dm Bb F C/E Bb C Dm Dm", arpeggio="0 _ 2 _ 4 _ 2 _", brightness=(1.3, 0.7),
            tune="A4:2 D5 E5 | F5:3 E5 | C5:2.5 A4:0.5 C5 | G4:2 A4:2 | Bb4:2 D5:2 | C5:2 E5:2 | D5:4 | D5:2 -:2",
        ),
    ),
)  # fmt: skip

_ATTIC_PATTERN: Final = "0* 2 1 3 2 4 3 1"
_ATTIC_TUNE: Final = "E5:3 D5 | A4:4 | D5:2 F5 E5 | C5:4 | E5:3 F5 | A5:2 G5:2 | F5:2 D5:2 | E5:4"

ATTIC: Final = Cue(
    "attic", 86,
    sections=(
        Section("Dm9 Dm9 Bbmaj7 Bbmaj7", pad=False, arpeggio=_ATTIC_PATTERN, brightness=(0.6, 1.0)),
        Section("Dm9 Am Bbmaj7 Am Dm9 F Bbmaj7 C", arpeggio=_ATTIC_PATTERN, tune=_ATTIC_TUNE),
        Section(
            "Gm9 Gm9 Dm9 Dm9 Bbmaj7 Bbmaj7 Asus4 A", arpeggio="0* 2 4 2 5 4 2 1", brightness=(1.0, 1.5),
            tune="A5:2 Bb5:2 | A5 G5 D5:2 | F5:3 E5 | D5:4 | D5 F5 A5:2 | C6:2 A5:2 | A5 G5 D5:2 | C#5:2 E5:2",
        ),
        Section("Dm9 Am Bbmaj7 Am Dm9 F Bbmaj7 C", arpeggio=_ATTIC_PATTERN, tune=_ATTIC_TUNE, brightness=(1.2, 0.9)),
        Section("Dm9 Bbmaj7 Dm Dm", arpeggio=_ATTIC_PATTERN, brightness=(0.9, 0.6)),
    ),
)  # fmt: skip

_ORBIT_BELLS: Final = "0* 2 4 3 5 2"
_ORBIT_TUNE: Final = (
    "D5:2 G5 | A5:3 | Bb5:2 A5 | G5:3 | F5:2 D5 | C5:2 F5 | E5 F5 G5 | A5:3"
)  # fmt: skip

ORBIT: Final = Cue(
    "orbit", 88, beats_per_bar=3, arpeggio_timbre="glass",
    sections=(
        Section("Gm Gm C/G C/G", bass="0 _ _", arpeggio=_ORBIT_BELLS, brightness=(0.7, 0.9)),
        Section("Gm C/G Gm C/G Bb F C Dm", bass="0 _ _", arpeggio=_ORBIT_BELLS, tune=_ORBIT_TUNE),
        Section(
            "Eb Bb F Gm Eb Bb C D", bass="0 _ 7", arpeggio="0* 1 2 3 4 5", brightness=(1.0, 1.4),
            tune="G5:2 Bb5 | F5:3 | A5:2 F5 | G5:2 D5 | Eb5:2 G5 | F5:2 D5 | E5 G5 C6 | A5:3",
        ),
        Section("Gm C/G Gm C/G Bb F C Dm", bass="0 _ 7", arpeggio=_ORBIT_BELLS, tune=_ORBIT_TUNE),
        Section(
            "Eb F Gm Gm C/G Gm Gm Gm", bass="0 _ _", arpeggio=_ORBIT_BELLS, brightness=(1.1, 0.6),
            tune="G5:2 Bb5 | A5:2 F5 | D5:3 | D5:2 G5 | A5:2 E5 | G5:3",
        ),
    ),
)  # fmt: skip

_HOME_THEME: Final = "C5:2 F5 G5 | A5:3 G5 | F5:2.5 C5:0.5 D5 | E5:4 | D5:2 F5 A5 | Bb5:1.5 A5:0.5 F5:2 | G5:4 | E5:4"

HOME: Final = Cue(
    "home", 78, tune_timbre="brass",
    sections=(
        Section("F Bb/F F Bb/F", arpeggio="0* 1 2 3 4 3 2 1", brightness=(0.7, 1.0)),
        Section("F Bb/F F C/E Dm Bb Gm C", tune=_HOME_THEME, brightness=(0.8, 1.2)),
        Section(
            "Dm Am Bb F Gm Dm Bb C", bass="0 _ _ 7", arpeggio="0* 2 1 3 2 4 3 2", brightness=(1.0, 1.4),
            tune="F5:2 A5:2 | G5 E5 C5:2 | D5:2 F5:2 | C5:4 | Bb4:2 D5 G5 | F5:3 D5 | D5 F5 Bb5:2 | A5:2 G5:2",
        ),
        Section(
            "F Bb/F F C/E Bb C F F", arpeggio="0* 2 4 2 3 2 4 2", brightness=(1.3, 0.8),
            tune="C5:2 F5 G5 | A5:3 G5 | F5:2.5 C5:0.5 D5 | E5:2 G5:2 | F5:2 D5:2 | E5:2 G5:2 | F5:4 | F5:2 -:2",
        ),
    ),
)  # fmt: skip
