"""Renders a graph with the plugin in it in DawDreamer, a host made with JUCE that has a transport and lanes.

Reads one job, a JSON file named as its argument, writes what came out as float32 (channel after channel) and says, as
one line of JSON for each render, how the plugin's read-only parameters stand. Positions and lengths are in frames,
parameter values normalised (0 to 1), as the host has them.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

import dawdreamer
import numpy as np


def say(**words: object) -> None:
    """Prints a line for the test that started this."""
    print(json.dumps(words), flush=True)


def render(job: dict[str, Any]) -> None:
    """Makes the graph and renders it from frame 0 as often as the job wants."""
    rate, frames = job["sampleRateHz"], job["frames"]
    engine = dawdreamer.RenderEngine(rate, job["blockFrames"])
    plugin = engine.make_plugin_processor("plugin", job["plugin"])
    index_of = {entry["name"]: entry["index"] for entry in plugin.get_parameters_description()}
    say(event="loaded", parameters=list(index_of), latencyFrames=plugin.get_latency_samples())
    for name, value in job["values"].items():
        plugin.set_parameter(index_of[name], value)
    if "lane" in job:
        # One value for each frame of the song; the host reads it at the first frame of every block.
        plugin.set_automation(index_of["Temperature"], np.fromfile(job["lane"], np.float32))
    inputs = []
    if "trackInput" in job:
        mono = np.fromfile(job["trackInput"], np.float32)
        inputs = [engine.make_playback_processor("input", np.stack([mono, mono]))]
    graph = [(node, []) for node in inputs] + [(plugin, [node.get_name() for node in inputs])]
    engine.load_graph(graph)
    for index, output in enumerate(job["outputs"]):
        # Half a frame more: the length is rounded down from seconds.
        seconds = (frames + 0.5) / rate
        if index == 0:
            engine.render(seconds)
        else:
            # The first render has set the plugin up. This one is another thread's, as in a host with workers.
            worker = threading.Thread(target=engine.render, args=(seconds,))
            worker.start()
            worker.join()
        audio = plugin.get_audio()
        audio.astype(np.float32).tofile(output)
        say(
            event="rendered",
            index=index,
            frames=audio.shape[1],
            status=plugin.get_parameter_text(index_of["Status"]),
            missedFrames=int(plugin.get_parameter_text(index_of["Missed frames"])),
        )
    if "saveState" in job:
        plugin.save_state(job["saveState"])
        say(event="saved", bytes=Path(job["saveState"]).stat().st_size)


render(json.loads(Path(sys.argv[1]).read_text()))
