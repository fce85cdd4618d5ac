"""The manifest of a SampleRNN, with codes above it or without (docs/models.md)."""

from dataclasses import dataclass

from simmer_training.about import About
from simmer_training.emphasis import Emphasis
from simmer_training.graph import TAIL_FLOOR
from simmer_training.model_folder import Manifest, listed
from simmer_training.quantizer import BINS


@dataclass(frozen=True)
class Measured:
    """What a manifest says of a training and of its audio."""

    steps: float
    held_out_bits: float
    hours: float
    level_dbfs: float  # of the training audio (levels.py)
    sample_rate_hz: int
    emphasis: Emphasis


@dataclass(frozen=True)
class Parts:
    """The files of a folder, and which of them are what."""

    files: dict[str, bytes]
    graph: str
    initial_state: str  # float32 values
    kernel: dict[str, str]  # by precision


def network_manifest(
    about: About,
    measured: Measured,
    parts: Parts,
    block_steps: int,
    *,
    response: Manifest | None = None,
    rows: Manifest | None = None,
) -> Manifest:
    """The content of manifest.json; `response` and `rows` are those of a network under codes."""
    low, high = about.guide_temperatures
    return {
        "manifestVersion": 1,
        "name": about.name,
        "title": about.title,
        "version": about.version,
        "family": "samplernn",
        "sampleRateHz": measured.sample_rate_hz,
        "blockSteps": block_steps,
        "stateFloats": len(parts.files[parts.initial_state]) // 4,
        "quantizer": {"kind": "mu-law", "bins": BINS},
        "emphasis": measured.emphasis.as_dict(),
        "temperature": {"useful": list(about.useful_temperatures), "default": about.default_temperature},
        **({} if response is None else {"response": response}),
        "guide": {
            "temperatureLow": low,
            "temperatureHigh": high,
            "gamma": about.guide_gamma,
            "levelDbfs": round(measured.level_dbfs, 1),
        },
        "tailGuard": {"floor": TAIL_FLOOR},
        "licence": about.licence,
        "provenance": about.provenance,
        "training": {
            "steps": measured.steps,
            "heldOutBitsPerStep": round(measured.held_out_bits, 4),
            "hours": round(measured.hours, 2),
            "hardware": about.hardware,
        },
        "files": listed(parts.files),
        "graph": parts.graph,
        "initialState": parts.initial_state,
        **({} if rows is None else {"rows": rows}),
        "kernel": parts.kernel,
    }
