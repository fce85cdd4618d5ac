"""Finds the temperatures at which a model is worth playing, by drawing takes at nine of them.

Below, takes come to rest: on silence, on one note, on a loop. Above, they are noise, or have nothing of the song any
more. A bound is always an excess over the song's own figure: a piece with a pedal note may hold its note.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from simmer_training.own_song.audition import excess
from simmer_training.own_song.likeness import Ills, Song, mean_ills
from simmer_training.own_song.takes import Instrument, Wanted

Array = npt.NDArray[np.float64]

TEMPERATURES: Final = (0.5, 0.65, 0.75, 0.85, 0.95, 1.0, 1.1, 1.25, 1.5)
CENTRE: Final = (0.75, 1.1)  # the nearest to the song is looked for in here: elsewhere it is an accident
SILENT_MOST: Final = 0.3
HELD_MOST: Final = 0.4
REPEATING_MOST: Final = 0.35
NOISY_MOST: Final = 0.3
DISTANCE_MOST: Final = 2.5  # times that of the nearest temperature
DISTANCE_SLACK: Final = 0.5  # and so much more of the song's own variance
FAR: Final = 1.0  # as far as the song's spectra are from their own mean: this is nobody's song


@dataclass(frozen=True)
class AtTemperature:
    """What takes at one temperature are like."""

    temperature: float
    distance: float
    ills: Ills
    excess: Ills
    takes: list[Array]


@dataclass(frozen=True)
class UsefulRange:
    """From where to where, and why no further."""

    low: float
    high: float
    default: float
    why_low: str
    why_high: str
    healthy: bool  # False: no temperature is free of faults, and the range is only the least ill


def listen(instrument: Instrument, song: Song, seeds: int, seconds: float) -> list[AtTemperature]:
    """Takes at all TEMPERATURES, the same seeds at each."""
    wanted = [Wanted(t, seed + 1, seconds) for t in TEMPERATURES for seed in range(seeds)]
    drawn = instrument.takes(wanted)
    found = []
    for index, temperature in enumerate(TEMPERATURES):
        takes = drawn[index * seeds : (index + 1) * seeds]
        ills = mean_ills(takes)
        found.append(AtTemperature(temperature, song.distance(takes), ills, excess(ills, song.ills), takes))
    return found


def find_range(heard: Sequence[AtTemperature]) -> UsefulRange:
    """The longest stretch without a fault around the temperature nearest to the song; `heard` rises in temperature."""
    inner = [at for at in heard if CENTRE[0] <= at.temperature <= CENTRE[1]]
    nearest = min(inner, key=lambda at: at.distance)
    farthest = min(FAR, max(DISTANCE_MOST * nearest.distance, nearest.distance + DISTANCE_SLACK))
    faults = [fault(at, farthest) for at in heard]
    sound = [at for at, wrong in zip(heard, faults, strict=True) if wrong is None and at in inner]
    if not sound:
        index = list(heard).index(nearest)
        wrong = f"even at {nearest.temperature:g} {faults[index]}"
        low, high = heard[index - 1].temperature, heard[index + 1].temperature
        return UsefulRange(low, high, nearest.temperature, wrong, wrong, healthy=False)
    centre = min(sound, key=_worth)
    low = high = list(heard).index(centre)
    while low > 0 and faults[low - 1] is None:
        low -= 1
    while high < len(heard) - 1 and faults[high + 1] is None:
        high += 1
    why_low = f"at {heard[low - 1].temperature:g} {faults[low - 1]}" if low > 0 else "nothing lower was tried"
    why_high = (
        f"at {heard[high + 1].temperature:g} {faults[high + 1]}"
        if high < len(heard) - 1
        else "nothing higher was tried"
    )
    return UsefulRange(
        heard[low].temperature, heard[high].temperature, centre.temperature, why_low, why_high, healthy=True
    )


def _worth(at: AtTemperature) -> float:
    """As an audition's score, without the bits: lower is better."""
    return at.distance + at.excess.held + 2 * at.excess.silent + 2 * at.excess.noisy


def fault(at: AtTemperature, farthest: float) -> str | None:
    """The first thing that is wrong at a temperature, for people; None: nothing is."""
    over, own = at.excess, at.ills
    if over.silent > SILENT_MOST:
        return f"takes fall silent ({own.silent:.0%} of the time)"
    if over.noisy > NOISY_MOST:
        return f"takes are noise ({own.noisy:.0%} of the time)"
    if over.held > HELD_MOST:
        return f"takes stay on one note ({own.held:.0%} of the time)"
    if over.repeating > REPEATING_MOST:
        return f"takes repeat themselves (similarity {own.repeating:.2f}, {over.repeating:.2f} more than the song)"
    if at.distance > farthest:
        return f"takes have left the song (distance {at.distance:.2f}, {farthest:.2f} is the bound)"
    return None
