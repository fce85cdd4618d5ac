"""Runs the plugin in pedalboard, a host made with JUCE that has no transport: only a plugin that runs free plays there.

Reads one job, a JSON file named as its argument: steps that are carried out one after the other with one instance.
Audio is written as float32, channel after channel. Lengths are in frames, parameter values normalised (0 to 1).
"""

import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pedalboard


def say(**words: object) -> None:
    """Prints a line for the test that started this."""
    print(json.dumps(words), flush=True)


class Instance:
    """One plugin, and what a job can do with it."""

    def __init__(self, job: dict[str, Any]) -> None:
        self.rate: float = job["sampleRateHz"]
        self.block_frames: int = job["blockFrames"]
        self.plugin: Any = pedalboard.load_plugin(job["plugin"])
        self.by_name = {parameter.name: parameter for parameter in self.plugin.parameters.values()}
        say(event="loaded", parameters=list(self.by_name), latencyFrames=self.plugin.reported_latency_samples)

    def set(self, values: dict[str, float]) -> None:
        """Sets parameters as a person would."""
        for name, value in values.items():
            self.by_name[name].raw_value = value

    def process(self, frames: int, output: str, restart: bool = True) -> None:
        """Processes silence; `restart` resets the plugin before, as the host does for a new piece of audio."""
        silence = np.zeros((2, frames), np.float32)
        audio = self.plugin.process(silence, self.rate, buffer_size=self.block_frames, reset=restart)
        audio.astype(np.float32).tofile(output)
        say(event="rendered", frames=audio.shape[1])

    def sweep(self, lane: str, output: str) -> None:
        """Processes silence under a lane, as far as this host can: one value for each block, set before it."""
        values = np.fromfile(lane, np.float32)
        pieces = []
        for start in range(0, len(values), self.block_frames):
            self.set({"Temperature": float(values[start])})
            silence = np.zeros((2, min(self.block_frames, len(values) - start)), np.float32)
            pieces.append(self.plugin.process(silence, self.rate, buffer_size=self.block_frames, reset=start == 0))
        np.concatenate(pieces, axis=1).astype(np.float32).tofile(output)
        say(event="rendered", frames=len(values))

    def save(self, path: str, preset: bool = False) -> None:
        """Writes the host's own form of the plugin's state, or a .vstpreset."""
        Path(path).write_bytes(self.plugin.preset_data if preset else self.plugin.raw_state)
        say(event="saved")

    def load(self, path: str, preset: bool = False) -> None:
        """Takes in what `save` wrote."""
        if preset:
            self.plugin.load_preset(path)
        else:
            self.plugin.raw_state = Path(path).read_bytes()
        say(event="restored")


def run(job: dict[str, Any]) -> None:
    """Carries out the steps of a job."""
    instance = Instance(job)
    for step in job["steps"]:
        (verb, arguments), *_ = step.items()
        getattr(instance, verb)(**arguments)


run(json.loads(Path(sys.argv[1]).read_text()))
