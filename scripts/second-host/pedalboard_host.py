"""Runs the plugin in pedalboard, a host made with JUCE that has no transport: only a plugin that runs free plays there.

Reads one job, a JSON file named as its argument: steps that are carried out one after the other with one instance.
Audio is written as float32, channel after channel. Lengths are in frames, parameter values normalised (0 to 1).
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pedalboard
from desktop import Desktop


def say(**words: object) -> None:
    """Prints a line for the test that started this."""
    print(json.dumps(words), flush=True)


def wait_until(what: str, holds: Callable[[], bool]) -> None:
    """Looks again and again; what has not come in 20 s never will."""
    end = time.monotonic() + 20
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come in 20 s")
        time.sleep(0.02)


def panel_count() -> int:
    """How many editors of the plugin are open: each has a thread."""
    return sum(name_of(task) == "simmer panel" for task in Path("/proc/self/task").iterdir())


def name_of(task: Path) -> str:
    """A thread's name; one that has just ended has none."""
    try:
        return (task / "comm").read_text().strip()
    except OSError:
        return ""


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

    def edit(self, times: int) -> None:
        """Opens the editor so many times, drags its knob 60 points upwards each time, and closes it."""
        desktop = Desktop()
        with ThreadPoolExecutor(1) as person:
            for _ in range(times):
                closing = threading.Event()
                turned = person.submit(self._turn, desktop, closing)
                self.plugin.show_editor(closing)
                turned.result()
                say(event="edited", temperature=self.by_name["Temperature"].raw_value, panels=panel_count())

    def _turn(self, desktop: Desktop, closing: threading.Event) -> None:
        """What a person does while the editor is open; whatever comes of it, the editor is closed then."""
        temperature = self.by_name["Temperature"]
        before = temperature.raw_value
        try:
            # In the host's window and the one that it lends.
            wait_until("the editor", lambda: desktop.depth((100, 100)) == 3)
            desktop.drag((100, 100), (100, 40))
            wait_until("another temperature", lambda: temperature.raw_value != before)
        finally:
            closing.set()

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
