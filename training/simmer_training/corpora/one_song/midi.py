"""Writes a Standard MIDI File (format 0), just enough of it to drive a software synthesizer."""

from dataclasses import dataclass
from typing import Final

TICKS_PER_BEAT: Final = 480


@dataclass(frozen=True)
class MidiEvent:
    """One channel message; `order` breaks ties, so that a note ends before the same key is struck again."""

    tick: int
    order: int
    message: bytes


def note_events(channel: int, pitch: int, velocity: int, start: float, length: float) -> list[MidiEvent]:
    """A note-on and its note-off; times in beats."""
    on_tick = round(start * TICKS_PER_BEAT)
    off_tick = round((start + length) * TICKS_PER_BEAT)
    return [
        MidiEvent(on_tick, 2, bytes((0x90 | channel, pitch, velocity))),
        MidiEvent(off_tick, 1, bytes((0x80 | channel, pitch, 0))),
    ]


def program_change(channel: int, program: int) -> MidiEvent:
    """Chooses the General MIDI instrument of a channel, counted from 0."""
    return MidiEvent(0, 0, bytes((0xC0 | channel, program)))


def panned(channel: int, place: int) -> MidiEvent:
    """Puts a channel between the loudspeakers: 0 left, 64 in the middle, 127 right."""
    return MidiEvent(0, 0, bytes((0xB0 | channel, 10, place)))


def midi_file(events: list[MidiEvent], beats_per_minute: float) -> bytes:
    """The bytes of the file."""
    track = bytearray(b"\x00\xff\x51\x03" + round(60e6 / beats_per_minute).to_bytes(3, "big"))
    now = 0
    for event in sorted(events, key=lambda e: (e.tick, e.order)):
        track += _variable_length(event.tick - now) + event.message
        now = event.tick
    track += b"\x00\xff\x2f\x00"
    header = b"MThd" + (6).to_bytes(4, "big") + b"\x00\x00\x00\x01" + TICKS_PER_BEAT.to_bytes(2, "big")
    return header + b"MTrk" + len(track).to_bytes(4, "big") + bytes(track)


def _variable_length(value: int) -> bytes:
    """MIDI's variable-length quantity: seven bits a byte, the highest first."""
    groups = [value & 0x7F]
    while value := value >> 7:
        groups.append(0x80 | (value & 0x7F))
    return bytes(reversed(groups))
