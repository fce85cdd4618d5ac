"""Reads the takes that `npm run figures` drew: a folder each, with take.json beside what was recorded.

take.json        {"group": "t0.75", "seed": 3, "seconds": 24, "guideAmount": 0,
                  "emphasis": {"coefficient": 0.85, "gain": 1.8}}
drawn.u8         the bin of each step
temperature.f32  the temperature of each step
entropy.f32      bits of the distribution that each step was drawn from
guide.f32        the guide by step, mono; absent where there was none
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simmer_training.emphasis import NO_EMPHASIS, Emphasis
from simmer_training.quantizer import bin_to_amplitude

Array = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Take:
    """One take; all arrays have one value a step."""

    group: str
    seed: int
    guide_amount: float
    bins: npt.NDArray[np.uint8]
    temperature: Array
    entropy: Array
    guide: Array | None
    emphasis: Emphasis = NO_EMPHASIS

    @cached_property
    def audio(self) -> Array:
        """Amplitudes in [-1, 1], as they are heard."""
        return np.clip(self.emphasis.undo(bin_to_amplitude(self.bins)), -1, 1)


@dataclass(frozen=True)
class Takes:
    """All takes of one model."""

    takes: list[Take]

    def of(self, group: str) -> list[Take]:
        """The takes of a group, by seed. ValueError where there is none."""
        found = sorted((take for take in self.takes if take.group == group), key=lambda take: take.seed)
        if not found:
            raise ValueError(f"no take of {group} was drawn")
        return found

    def temperatures(self) -> list[float]:
        """The temperatures of the groups that hold one, rising."""
        return sorted({float(take.group[1:]) for take in self.takes if take.group.startswith("t")})

    def at(self, temperature: float) -> list[Take]:
        """The takes that hold a temperature."""
        return self.of(f"t{temperature:g}")


def load_takes(folder: Path) -> Takes:
    """Reads every take below a folder."""
    return Takes([_load_take(path.parent) for path in sorted(folder.glob("*/take.json"))])


def _load_take(folder: Path) -> Take:
    about = json.loads((folder / "take.json").read_text())
    guide = folder / "guide.f32"
    return Take(
        group=about["group"],
        seed=about["seed"],
        guide_amount=about["guideAmount"],
        bins=np.fromfile(folder / "drawn.u8", np.uint8),
        temperature=np.fromfile(folder / "temperature.f32", "<f4").astype(np.float64),
        entropy=np.fromfile(folder / "entropy.f32", "<f4").astype(np.float64),
        guide=np.fromfile(guide, "<f4").astype(np.float64) if guide.exists() else None,
        emphasis=Emphasis(**about.get("emphasis", {})),
    )
