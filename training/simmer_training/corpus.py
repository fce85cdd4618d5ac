"""Renders the corpus: several performances of one piece, as 16 kHz mono wave files.

    python -m simmer_training.corpus [--out build/corpus]

Needs the program `fluidsynth` and the sound font FluidR3 GM (Debian: `fluidsynth` and `fluid-soundfont-gm`, MIT).
"""

import argparse
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

from simmer_training import score
from simmer_training.midi import MidiEvent, midi_file, note_events, program_change

SAMPLE_RATE_HZ: Final = 16_000
RENDER_RATE_HZ: Final = 48_000  # the synthesizer's interpolation aliases less at this rate
PEAK: Final = 0.95
SILENCE_LEVEL: Final = 0.004  # quieter than this is "not yet playing" at either end
DEFAULT_SOUND_FONT: Final = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

VIBRAPHONE: Final = 11
ELECTRIC_PIANO: Final = 4
NYLON_GUITAR: Final = 24
ACOUSTIC_BASS: Final = 32


@dataclass(frozen=True)
class Performance:
    """How the piece is played once."""

    name: str
    beats_per_minute: float
    melody_program: int
    arpeggio_program: int
    melody_velocity: int
    arpeggio_velocity: int
    bass_velocity: int
    arpeggio_octave: int  # added to every arpeggio note, in octaves
    melody_octave: int
    room: float  # reverberation level, 0 is none
    held_out: bool = False


PERFORMANCES: Final[tuple[Performance, ...]] = (
    Performance("1-plain", 80, VIBRAPHONE, NYLON_GUITAR, 92, 74, 86, 0, 0, 0.00),
    Performance("2-slower", 76, VIBRAPHONE, NYLON_GUITAR, 96, 68, 84, 0, 0, 0.08),
    Performance("3-electric", 80, ELECTRIC_PIANO, NYLON_GUITAR, 90, 72, 86, 0, 0, 0.00),
    Performance("4-keys", 82, VIBRAPHONE, ELECTRIC_PIANO, 94, 70, 88, 0, -1, 0.05),
    Performance("5-soft", 78, VIBRAPHONE, NYLON_GUITAR, 84, 66, 80, 0, 0, 0.05),
    Performance("6-faster", 84, VIBRAPHONE, NYLON_GUITAR, 94, 78, 90, 0, 0, 0.00),
    Performance("7-low", 80, ELECTRIC_PIANO, NYLON_GUITAR, 92, 74, 86, 0, -1, 0.03),
    Performance("8-unseen", 79, VIBRAPHONE, NYLON_GUITAR, 90, 72, 85, 0, 0, 0.03, held_out=True),
)


def performance_midi(performance: Performance) -> bytes:
    """The performance as a MIDI file: melody, arpeggio and bass on channels 0, 1 and 2."""
    voices = (
        (performance.melody_program, performance.melody_velocity, performance.melody_octave, score.melody()),
        (performance.arpeggio_program, performance.arpeggio_velocity, performance.arpeggio_octave, score.arpeggio()),
        (ACOUSTIC_BASS, performance.bass_velocity, 0, score.bass()),
    )
    events: list[MidiEvent] = []
    for channel, (program, velocity, octave, notes) in enumerate(voices):
        events.append(program_change(channel, program))
        for note in notes:
            loudness = min(127, round(velocity + 12 * note.accent))
            events += note_events(channel, note.pitch + 12 * octave, loudness, note.start, note.length)
    return midi_file(events, performance.beats_per_minute)


def synthesize(midi: bytes, room: float, sound_font: Path) -> npt.NDArray[np.float64]:
    """Plays a MIDI file through fluidsynth: mono, at RENDER_RATE_HZ, not normalised."""
    with tempfile.TemporaryDirectory() as folder:
        midi_path = Path(folder, "performance.mid")
        wave_path = Path(folder, "performance.wav")
        midi_path.write_bytes(midi)
        settings = ["synth.chorus.active=0", f"synth.reverb.active={int(room > 0)}", f"synth.reverb.level={room}"]
        command = ["fluidsynth", "-n", "-i", "-q", "-r", str(RENDER_RATE_HZ), "-O", "float", "-T", "wav"]
        for setting in settings:
            command += ["-o", setting]
        command += ["-F", str(wave_path), str(sound_font), str(midi_path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        stereo, rate = soundfile.read(wave_path, dtype="float64")
    if rate != RENDER_RATE_HZ:
        raise RuntimeError(f"fluidsynth wrote {rate} Hz, not {RENDER_RATE_HZ}")
    mono: npt.NDArray[np.float64] = stereo.mean(axis=1)
    return mono


def finish(rendered: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """To 16 kHz, without DC, trimmed of silence at both ends, its largest absolute value at PEAK."""
    audio = resample_poly(rendered, 1, RENDER_RATE_HZ // SAMPLE_RATE_HZ)
    audio -= audio.mean()
    audio *= PEAK / np.abs(audio).max()
    sounding = np.flatnonzero(np.abs(audio) > SILENCE_LEVEL)
    trimmed: npt.NDArray[np.float64] = audio[max(0, sounding[0] - 64) : sounding[-1] + 1]
    return trimmed


def corpus_path(folder: Path, performance: Performance) -> Path:
    """Where a performance's wave file lies."""
    return folder / f"{performance.name}.wav"


def main() -> None:
    """Renders every performance."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/corpus"))
    parser.add_argument("--sound-font", type=Path, default=DEFAULT_SOUND_FONT)
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    total = 0.0
    for performance in PERFORMANCES:
        audio = finish(synthesize(performance_midi(performance), performance.room, arguments.sound_font))
        soundfile.write(corpus_path(arguments.out, performance), audio, SAMPLE_RATE_HZ, subtype="PCM_16")
        seconds = len(audio) / SAMPLE_RATE_HZ
        total += seconds
        print(f"{performance.name}: {seconds:.1f} s, rms {np.sqrt(np.mean(audio**2)):.3f}")
    print(f"{len(PERFORMANCES)} performances, {total:.1f} s")


if __name__ == "__main__":
    main()
