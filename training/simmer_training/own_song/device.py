"""What this machine trains on, how long by default, and what that is good for."""

import os
from dataclasses import dataclass
from typing import Final

import torch

DEFAULT_HOURS: Final = {"cuda": 1.0, "mps": 3.0, "cpu": 6.0}


@dataclass(frozen=True)
class Device:
    """Where PyTorch computes; `kind` is "cpu", "cuda" or "mps"."""

    kind: str
    name: str
    threads: int


def find_device(wish: str, threads: int | None) -> Device:
    """The fastest that is there, or the one that was wished for. ValueError where that is not there."""
    there = {"cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available(), "cpu": True}
    kind = next(name for name, here in there.items() if here) if wish == "auto" else wish
    if not there[kind]:
        raise ValueError(f"PyTorch {torch.__version__} finds no {kind} here")
    count = threads or torch.get_num_threads()
    name = f"{count} of {os.cpu_count()} processor threads" if kind == "cpu" else "Apple GPU"
    if kind == "cuda":
        name = str(torch.cuda.get_device_name(0))
    return Device(kind, name, count)


def what_steps_are_good_for(steps: float) -> str:
    """For people: what a model of this kind has become after so many steps.

    From published runs, which learned from 4e8 steps without a musical result and from 7e9 to 16e9 with one, at four
    times our width; and from the shipped models, which are smaller and know a simpler piece.
    """
    if steps < 5e7:
        return "enough to see that everything works: noise with the colour of the song"
    if steps < 4e8:
        return "a sketch: notes and chords of the song over a noise floor"
    if steps < 4e9:
        return "a model that is recognisable by its song, with some noise"
    return "as much as published models of this kind have had"
