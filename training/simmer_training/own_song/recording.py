"""Reads a musician's audio file: any format, rate and number of channels that libsndfile knows, as one channel."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import soundfile

from simmer_training.own_song.failure import SongError

Floats = npt.NDArray[np.float32]

BLOCK_FRAMES: Final = 1 << 18
UNKNOWN_FRAMES: Final = 2**63 - 1  # libsndfile's word for a length that the header does not say
LONGEST_SECONDS: Final = 3600.0
RATES_HZ: Final = (4_000, 768_000)
FLAT_LEVEL: Final = 0.98  # of full scale: lower flat tops are a waveform's own business
FLAT_DIFFERENCE: Final = 2e-5  # less than a 16-bit step: neighbours that are equal
FLAT_FRAMES: Final = 4
CANCELLED_DECIBELS: Final = 10.0  # lost by adding the channels: then one channel alone is the better mono


@dataclass(frozen=True)
class Recording:
    """One file as mono, and what was seen of it on the way. Levels are linear, 1 is full scale."""

    name: str
    rate_hz: int
    channels: int
    audio: Floats  # [frames], at the file's own rate, as it was: DC and level untouched
    clipped_runs: int  # stretches of FLAT_FRAMES or more equal values near full scale, in any channel
    mono_loss_decibels: float  # what adding the channels lost against the mean power of all channels
    one_channel: bool  # the channels cancelled each other, and only the first was taken
    cut_short: bool  # the header promises more than the file holds

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.audio) / self.rate_hz


class _Stream(soundfile.SoundFile):  # type: ignore[misc] # it has no types
    """A file that is read from its beginning to where it ends, whatever its header says of its length.

    Where it may seek, soundfile does so after every read, which fails in a FLAC of unknown length; and it believes an
    MP3's header.
    """

    def seekable(self) -> bool:
        return False

    def blocks_to_end(self) -> Iterator[Floats]:
        """Blocks [frames, channels] of BLOCK_FRAMES, the last one shorter."""
        while True:
            block: Floats = self.read(BLOCK_FRAMES, dtype="float32", always_2d=True)
            if len(block) == 0:
                return
            yield block


def read_recording(path: Path) -> Recording:
    """Reads a whole file, block after block. SongError says what is wrong with one that cannot be learned from."""
    if not path.is_file():
        raise SongError("usage", f"There is no file {path}.")
    try:
        with _Stream(path) as file:
            return _read_open(path, file)
    except soundfile.LibsndfileError as error:
        raise SongError(
            "invalid",
            f"{path.name} cannot be read as audio ({error.error_string.rstrip('.')}). WAV, AIFF, FLAC, OGG and MP3 "
            "can; export it from your DAW as WAV.",
        ) from error


def _read_open(path: Path, file: soundfile.SoundFile) -> Recording:
    rate, channels = int(file.samplerate), int(file.channels)
    if not RATES_HZ[0] <= rate <= RATES_HZ[1]:
        raise SongError("invalid", f"{path.name} is at {rate} Hz: export it at 44100 or 48000 Hz.")
    mono: list[Floats] = []
    first: list[Floats] = []
    runs = 0
    power = np.zeros(channels)
    flat = np.zeros(channels, np.int64)
    last = np.full((1, channels), np.nan, np.float32)
    frames = 0
    for block in file.blocks_to_end():
        frames += len(block)
        if frames > LONGEST_SECONDS * rate:
            raise SongError("invalid", f"{path.name} is longer than an hour: cut it into files of an hour at most.")
        bad = np.flatnonzero(~np.isfinite(block).all(axis=1))
        if len(bad):
            at = (sum(len(part) for part in mono) + bad[0]) / rate
            raise SongError(
                "invalid",
                f"{path.name} holds values that are no numbers, the first at {clock(at)}: some effect has broken "
                "there. Export it again as 16 or 24 bit WAV.",
            )
        found, flat = _flat_runs(block, last, flat)
        runs, last = runs + found, block[-1:]
        power += (block.astype(np.float64) ** 2).sum(axis=0)
        mono.append(block.mean(axis=1, dtype=np.float32))
        first.append(block[:, 0].copy())
    if not mono:
        raise SongError("invalid", f"{path.name} is empty.")
    mixed, alone = np.concatenate(mono), np.concatenate(first)
    loss = 10 * np.log10((power.mean() + 1e-20) / (float((mixed.astype(np.float64) ** 2).sum()) + 1e-20))
    cancelled = bool(channels > 1 and loss > CANCELLED_DECIBELS and power[0] > 0)
    is_cut_wav = re.search(r"data\s*:\s*\d+\s*\(should be", file.extra_info) is not None
    cut_short = is_cut_wav or frames < file.frames != UNKNOWN_FRAMES
    return Recording(path.name, rate, channels, alone if cancelled else mixed, runs, float(loss), cancelled, cut_short)


def _flat_runs(block: Floats, last: Floats, running: npt.NDArray[np.int64]) -> tuple[int, npt.NDArray[np.int64]]:
    """How many flat stretches reach FLAT_FRAMES in this block, and how long each channel's is at its end.

    `last` [1, channels] is the frame before, `running` the length of the stretch that it ended.
    """
    whole = np.concatenate([last, block])
    with np.errstate(invalid="ignore"):
        same = (np.abs(np.diff(whole, axis=0)) < FLAT_DIFFERENCE) & (np.abs(block) >= FLAT_LEVEL)
    found, ends = 0, np.zeros_like(running)
    for channel in range(block.shape[1]):
        column = same[:, channel]
        edges = np.flatnonzero(np.diff(np.concatenate([[False], column, [False]]).astype(np.int8)))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            before = int(running[channel]) if begin == 0 else 0
            length = before + int(end - begin)
            found += before + 1 < FLAT_FRAMES <= length + 1
            if end == len(column):
                ends[channel] = length
    return found, ends


def clock(seconds: float) -> str:
    """A place in a file as a player shows it: 1:05.3."""
    return f"{int(seconds // 60)}:{seconds % 60:04.1f}"
