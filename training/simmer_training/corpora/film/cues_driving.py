"""The driving cues: the night road, the sea and the vault. Original, MIT."""

from typing import Final

from simmer_training.corpora.film.cue import Cue, Section

_ROAD_BASS: Final = "0* 0 12 0 0 12 0 7"
_ROAD_THEME: Final = (
    "E5:3 D5:0.5 C5:0.5 | E5:4 | F5:3 E5:0.5 C5:0.5 | A4:4 | D5:1.5 E5:1.5 F5 | A5:2 F5:2 | E5:4 | B4:2 G#4:2"
)
_ROAD_ARPEGGIO: Final = "0* 2 3 2 4 2 3 2"

ROAD: Final = Cue(
    "road", 108,
    sections=(
        Section("Am Am Am Am", bass=_ROAD_BASS, pad=False, brightness=(0.7, 1.2)),
        Section("Am Am F F", bass=_ROAD_BASS, arpeggio=_ROAD_ARPEGGIO, brightness=(0.7, 1.0)),
        Section("Am Am F F Dm Dm Esus4 E", bass=_ROAD_BASS, arpeggio=_ROAD_ARPEGGIO, tune=_ROAD_THEME),
        Section(
            "F G Am Am F G C E", bass=_ROAD_BASS, brightness=(1.0, 1.5),
            tune="A4:2 C5:2 | B4:2 D5:2 | C5:1.5 E5:1.5 A5 | E5:4 | F5:2 A5:2 | G5:2 B5:2 | G5 E5 C5:2 | B4:4",
        ),
        Section("Am Am Dm Dm", bass=_ROAD_BASS, arpeggio="0* 1 2 3 4 3 2 1", brightness=(0.7, 1.1)),
        Section("Am Am F F Dm Dm Esus4 E", bass=_ROAD_BASS, arpeggio=_ROAD_ARPEGGIO, tune=_ROAD_THEME,
                brightness=(1.2, 1.2)),
        Section("Am F Am Am", bass=_ROAD_BASS, brightness=(1.1, 0.6)),
    ),
)  # fmt: skip

_SEA_ARPEGGIO: Final = "0* 2 3 2 4 2 3 1 0* 2 5 2 4 3 1 2"
_SEA_TUNE: Final = "A5:4 | D5:2 E5:2 | G5:3 F5 | E5:4 | F5:4 | A5:2 G5:2 | E5:2 C5:2 | D5:4"

SEA: Final = Cue(
    "sea", 100,
    sections=(
        Section("Dm Dm Dm Dm", pad=False, arpeggio=_SEA_ARPEGGIO, brightness=(0.5, 1.1)),
        Section("Dm Dm G/D G/D C/D C/D Am/D Dm", arpeggio=_SEA_ARPEGGIO, brightness=(0.9, 1.1)),
        Section("Dm Dm C C F F Am Dm", bass="0* _ _ 0 _ _ 0 7", arpeggio=_SEA_ARPEGGIO, tune=_SEA_TUNE),
        Section(
            "Bb C Dm Dm Bb C G G", bass="0* _ 12 0 _ 12 0 7", brightness=(1.0, 1.6),
            arpeggio="0* 1 2 3 4 3 2 1 0* 1 2 3 5 3 2 1",
            tune="D5:2 F5:2 | E5:2 G5:2 | F5 E5 D5:2 | A5:4 | Bb5:2 F5:2 | G5:2 E5:2 | D5:2 G5:2 | B5:4",
        ),
        Section("Dm Dm C C F F Am Dm", bass="0* _ _ 0 _ _ 0 7", arpeggio=_SEA_ARPEGGIO, tune=_SEA_TUNE,
                brightness=(1.3, 0.8)),
    ),
)  # fmt: skip

_VAULT_BASS: Final = "0* _ _ 0* _ _ 0 _"
_VAULT_THEME: Final = "D5:3 Eb5 | D5:2 Bb4:2 | A4:3 Bb4 | G4:4 | C5:3 Eb5 | D5:2 Bb4:2 | G4:2 Bb4:2 | A4:4"

VAULT: Final = Cue(
    "vault", 94, tune_timbre="brass",
    sections=(
        Section("Dm Eb/D Dm Eb/D", bass=_VAULT_BASS, pad=False, brightness=(0.6, 1.1)),
        Section("Dm Eb/D Dm Cm/D", bass=_VAULT_BASS, arpeggio="0* . 2 3 . 2 1 .", brightness=(0.8, 1.0)),
        Section("Dm Eb/D Dm Gm/D Cm Gm Eb Dm", bass=_VAULT_BASS, tune=_VAULT_THEME, brightness=(0.8, 1.2)),
        Section(
            "Gm Eb Cm Dm Gm Eb Cm A", bass="0* 0 12 0 0 12 0 7", arpeggio="0* 1 2 0* 1 2 3 4", brightness=(1.0, 1.5),
            tune="G4:2 Bb4 D5 | G5:3 Eb5 | Eb5:2 C5:2 | D5:4 | D5:2 G5:2 | Bb5:2 G5:2 | Eb5:2 C5:2 | C#5:4",
        ),
        Section("Dm Eb/D Dm Gm/D Cm Gm Eb Dm", bass=_VAULT_BASS, arpeggio="0* . 2 3 . 2 1 .", tune=_VAULT_THEME,
                brightness=(1.2, 0.7)),
    ),
)  # fmt: skip
