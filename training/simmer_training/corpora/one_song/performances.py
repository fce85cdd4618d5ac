"""Renders the corpus of `one-song`: eight performances of one piece, one of them kept for measuring.

They differ in tempo, dynamics, instruments, register, figure and room. Needs the program `fluidsynth` and the sound
font FluidR3 GM (Debian: `fluidsynth` and `fluid-soundfont-gm`, MIT).
"""

import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile
from scipy.signal import resample_poly

from simmer_training.corpora.one_song import score
from simmer_training.corpora.one_song.midi import MidiEvent, midi_file, note_events, program_change
from simmer_training.dataset import PEAK, SAMPLE_RATE_HZ, Piece, write_dataset

RENDER_RATE_HZ: Final = 48_000  # the synthesizer's interpolation aliases less at this rate
SOUND_FONT: Final = Path("/usr/share/sounds/sf2/FluidR3_GM.sf2")

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
    figure: tuple[int, ...] = score.WAVE
    walking: bool = False
    melody_octave: int = 0  # added to every note of the melody, in octaves
    room: float = 0.0  # reverberation level, 0 is none
    held_out: bool = False


PERFORMANCES: Final[tuple[Performance, ...]] = (
    Performance("1-plain", 84, VIBRAPHONE, NYLON_GUITAR, 90, 74, 86),
    Performance("2-slower", 80, VIBRAPHONE, NYLON_GUITAR, 94, 68, 84, walking=True, room=0.08),
    Performance("3-electric", 85, ELECTRIC_PIANO, NYLON_GUITAR, 88, 72, 86, score.CRADLE),
    Performance("4-keys", 86, VIBRAPHONE, ELECTRIC_PIANO, 92, 70, 88, room=0.05),
    Performance("5-soft", 82, VIBRAPHONE, NYLON_GUITAR, 80, 64, 78, score.CRADLE, room=0.05),
    Performance("6-faster", 90, VIBRAPHONE, NYLON_GUITAR, 94, 78, 90, walking=True),
    Performance("7-low", 84, ELECTRIC_PIANO, NYLON_GUITAR, 90, 74, 86, melody_octave=-1, room=0.03),
    Performance("8-unseen", 83, VIBRAPHONE, NYLON_GUITAR, 88, 72, 85, room=0.03, held_out=True),
)


def performance_midi(performance: Performance) -> bytes:
    """The performance as a MIDI file: melody, arpeggio and bass on channels 0, 1 and 2."""
    figure, octave = performance.figure, 12 * performance.melody_octave
    voices = (
        (performance.melody_program, performance.melody_velocity, octave, score.melody()),
        (performance.arpeggio_program, performance.arpeggio_velocity, 0, score.arpeggio(figure)),
        (ACOUSTIC_BASS, performance.bass_velocity, 0, score.bass(walking=performance.walking)),
    )
    events: list[MidiEvent] = []
    for channel, (program, velocity, shift, notes) in enumerate(voices):
        events.append(program_change(channel, program))
        for note in notes:
            loudness = min(127, round(velocity + 12 * note.accent))
            events += note_events(channel, note.pitch + shift, loudness, note.start, note.length)
    return midi_file(events, performance.beats_per_minute)


def synthesize(midi: bytes, room: float) -> npt.NDArray[np.float64]:
    """Plays a MIDI file through fluidsynth: mono, at RENDER_RATE_HZ, not normalised. RuntimeError where that fails."""
    mono: npt.NDArray[np.float64] = synthesize_stereo(midi, room).mean(axis=1)
    return mono


def synthesize_stereo(midi: bytes, room: float) -> npt.NDArray[np.float64]:
    """The same in stereo: [frames, 2]."""
    # Without its sound font fluidsynth says so, plays silence, and ends well.
    if not SOUND_FONT.exists():
        raise RuntimeError(f"There is no {SOUND_FONT}: apt-get install fluid-soundfont-gm")
    with tempfile.TemporaryDirectory() as folder:
        midi_path = Path(folder, "performance.mid")
        wave_path = Path(folder, "performance.wav")
        midi_path.write_bytes(midi)
        settings = ["synth.chorus.active=0", f"synth.reverb.active={int(room > 0)}", f"synth.reverb.level={room}"]
        command = ["fluidsynth", "-n", "-i", "-q", "-r", str(RENDER_RATE_HZ), "-O", "float", "-T", "wav"]
        for setting in settings:
            command += ["-o", setting]
        command += ["-F", str(wave_path), str(SOUND_FONT), str(midi_path)]
        try:
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        except FileNotFoundError as missing:
            raise RuntimeError("There is no fluidsynth: apt-get install fluidsynth fluid-soundfont-gm") from missing
        stereo: npt.NDArray[np.float64]
        stereo, rate = soundfile.read(wave_path, dtype="float64")
    if rate != RENDER_RATE_HZ:
        raise RuntimeError(f"fluidsynth wrote {rate} Hz, not {RENDER_RATE_HZ}")
    return stereo


def going_round(audio: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    """Audio [..., n] exactly `length` frames long, [..., length], without DC.

    What rings on after the end is added to the beginning, as if the piece had been played before: it goes round.
    """
    turned = np.zeros((*audio.shape[:-1], length))
    for start in range(0, audio.shape[-1], length):
        rest = audio[..., start : start + length]
        turned[..., : rest.shape[-1]] += rest
    turned -= turned.mean(axis=-1, keepdims=True)
    return turned


def at_dataset_rate(rendered: npt.NDArray[np.float64], seconds: float) -> npt.NDArray[np.float64]:
    """A rendered piece at SAMPLE_RATE_HZ, exactly `seconds` long, going round."""
    audio = resample_poly(rendered, 1, RENDER_RATE_HZ // SAMPLE_RATE_HZ)
    return going_round(audio, round(seconds * SAMPLE_RATE_HZ))


def make(out: Path) -> None:
    """Renders every performance into the dataset folder `out`."""
    beats = score.BARS * score.BEATS_PER_BAR
    pieces = []
    for performance in PERFORMANCES:
        rendered = synthesize(performance_midi(performance), performance.room)
        audio = at_dataset_rate(rendered, beats * 60 / performance.beats_per_minute)
        audio *= PEAK / np.abs(audio).max()
        pieces.append(Piece(performance.name, audio, performance.held_out))
        print(f"{performance.name}: {len(audio) / SAMPLE_RATE_HZ:.1f} s, rms {np.sqrt(np.mean(audio**2)):.3f}")
    write_dataset(out, SAMPLE_RATE_HZ, pieces)
