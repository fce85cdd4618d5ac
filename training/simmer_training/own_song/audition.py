"""Listens to a model in training, by measurement: the checkpoint that sounds best is not that of the least loss.

The score of a checkpoint, lower is better, is the sum of

    distance         of takes at T = 0.9 and 1.0 from the song (likeness.py), its own worth: 0 is the song, 1 far away
    held, silent,    how much more of a take is one held note, silence or noise than of the song; 0 to 1 each, the last
    noisy            two counted twice, since they are heard at once
    bits / 4         per step on the audio that was held out: what tells two good checkpoints apart

The same seeds are drawn from every checkpoint. Few takes are a small sample all the same: the score's error is found by
leaving out one take after the other (the jackknife), and of checkpoints that this cannot tell apart the latest is kept.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

from simmer_training.own_song.likeness import Ills, Song, features, ills, means
from simmer_training.own_song.run_files import read_lines
from simmer_training.own_song.takes import Instrument, Wanted

TEMPERATURES: Final = (0.9, 1.0)
COST_SHARE: Final = 0.1  # of the training time, at most
BITS_WEIGHT: Final = 0.25
SCHEDULES: Final = (  # shares of the run, takes at each temperature, seconds of each: the first that can be afforded
    ((0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), 4, 8.0),
    ((0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0), 4, 6.0),
    ((0.4, 0.6, 0.8, 1.0), 4, 6.0),
    ((0.5, 0.75, 1.0), 4, 4.0),
    ((0.6, 1.0), 2, 4.0),
    ((0.6, 1.0), 1, 2.0),
)


@dataclass(frozen=True)
class Schedule:
    """When to listen, and to how much."""

    shares: tuple[float, ...]
    takes: int
    seconds: float

    @property
    def drawn_seconds(self) -> float:
        """Seconds of audio that one audition draws."""
        return self.takes * self.seconds * len(TEMPERATURES)

    def due_after(self, share: float) -> float | None:
        """The next share of the run at which to listen; None: there is none."""
        return next((due for due in self.shares if due > share + 1e-9), None)


@dataclass(frozen=True)
class Audition:
    """What was heard of one checkpoint."""

    updates: int
    share: float
    distance: float
    ills: Ills
    excess: Ills  # over the song's own, not below 0
    held_out_bits: float
    takes: int
    seconds: float
    error: float = 0.0  # of the score, one standard deviation

    @property
    def score(self) -> float:
        """Lower is better."""
        ill = self.excess.held + 2 * self.excess.silent + 2 * self.excess.noisy
        return self.distance + ill + BITS_WEIGHT * self.held_out_bits

    def why(self) -> str:
        """The score's parts, for people."""
        return (
            f"score {self.score:.3f} ± {self.error:.3f}: distance from the song {self.distance:.3f}, "
            f"held notes +{self.excess.held:.0%}, "
            f"silence +{self.excess.silent:.0%}, noise +{self.excess.noisy:.0%}, {self.held_out_bits:.3f} bits held out"
        )

    def as_line(self) -> dict[str, object]:
        """For auditions.jsonl."""
        return {**asdict(self), "score": self.score, "why": self.why()}


def plan_schedule(training_seconds: float, seconds_a_second: float) -> Schedule:
    """The fullest that costs at most COST_SHARE of the training; else the shortest there is."""
    for shares, takes, seconds in SCHEDULES:
        schedule = Schedule(shares, takes, seconds)
        if schedule.drawn_seconds * len(shares) * seconds_a_second <= COST_SHARE * training_seconds:
            return schedule
    return schedule


def excess(found: Ills, song: Ills) -> Ills:
    """By how much takes are more ill than the song."""
    return Ills(**{name: max(0.0, value - getattr(song, name)) for name, value in vars(found).items()})


def audition(
    instrument: Instrument, song: Song, schedule: Schedule, *, updates: int, share: float, held_out_bits: float
) -> Audition:
    """Draws and measures."""
    wanted = [Wanted(t, seed + 1, schedule.seconds) for t in TEMPERATURES for seed in range(schedule.takes)]
    takes = instrument.takes(wanted)
    rows, every = [features(take) for take in takes], [ills(take) for take in takes]

    def of(chosen: Sequence[int]) -> Audition:
        found = means([every[index] for index in chosen])
        return Audition(
            updates=updates,
            share=share,
            distance=song.distance_of([rows[index] for index in chosen]),
            ills=found,
            excess=excess(found, song.ills),
            held_out_bits=held_out_bits,
            takes=len(takes),
            seconds=schedule.seconds,
        )

    indices = range(len(takes))
    without = [of([other for other in indices if other != left_out]).score for left_out in indices]
    spread = sum((score - sum(without) / len(without)) ** 2 for score in without)
    return replace(of(indices), error=math.sqrt((len(takes) - 1) / len(takes) * spread))


def read_auditions(path: Path) -> list[Audition]:
    """Those of earlier runs."""
    found = []
    for line in read_lines(path):
        own = {name: line[name] for name in Audition.__dataclass_fields__ if name in line}
        try:
            found.append(Audition(**{**own, "ills": Ills(**own["ills"]), "excess": Ills(**own["excess"])}))
        except (KeyError, TypeError):  # of another version: not to be compared with
            continue
    return found


def best_of(auditions: Sequence[Audition]) -> Audition:
    """The latest of those that cannot be told from the lowest score; of another length than the newest, none."""
    newest = auditions[-1]
    alike = [one for one in auditions if (one.takes, one.seconds) == (newest.takes, newest.seconds)]
    lowest = min(alike, key=lambda one: one.score)
    return [one for one in alike if one.score - lowest.score <= math.hypot(one.error, lowest.error)][-1]


def schedule_to_json(schedule: Schedule) -> str:
    """So that a run that goes on listens to as much as before, and scores can be compared."""
    return json.dumps(asdict(schedule)) + "\n"


def schedule_from_json(text: str) -> Schedule:
    """ValueError, KeyError or TypeError where it is none."""
    content = json.loads(text)
    return Schedule(
        tuple(float(share) for share in content["shares"]), int(content["takes"]), float(content["seconds"])
    )
