"""Writes a codec and a prior as a model folder (docs/models.md, the family vq-prior)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from simmer_training.model_folder import Manifest, listed, write_model_folder
from simmer_training.vq.codec import Codec
from simmer_training.vq.codec_graphs import decoder_graph, decoder_state_floats, encoder_graph, encoder_state_floats
from simmer_training.vq.graph_parts import array
from simmer_training.vq.prior import Prior
from simmer_training.vq.prior_graphs import level_graph, row_graph

ROW_FILE: Final = "prior-row.onnx"
LEVEL_FILE: Final = "prior-level.onnx"
DECODER_FILE: Final = "decoder.onnx"
ENCODER_FILE: Final = "encoder.onnx"
CODEBOOKS_FILE: Final = "codebooks.f32"
ROW_EXTRAS: Final = 3  # of a row in the state: its pair, the other pair, the blend


@dataclass(frozen=True)
class FolderAbout:
    """What the manifest says of a model beyond its sizes. Temperatures in real units, levels in dBFS."""

    name: str
    title: str
    version: str
    artists: tuple[str, ...]
    genres: tuple[str, ...]
    useful: tuple[float, float]
    default: float
    level_temperature: tuple[float, ...]
    guide_temperatures: tuple[float, float]
    guide_gamma: float
    guide_level_dbfs: float
    guide_pull: tuple[float, float, float]  # weight, width, deepest
    tail_floor: float
    licence: str
    provenance: str
    steps: float
    held_out_bits: float
    hours: float
    hardware: str


def state_floats(codec: Codec, prior: Prior) -> int:
    """How many values a take's state has: the row's number, the rows of a window, the codec's states, the guide."""
    shape = prior.shape
    rows = (shape.window - 1) * (shape.levels + ROW_EXTRAS)
    codecs = decoder_state_floats(codec.decoder) + encoder_state_floats(codec.encoder)
    return 2 + rows + codecs + codec.shape.latent + 1


def folder_files(codec: Codec, prior: Prior) -> dict[str, bytes]:
    """The files by name, but for the manifest. Weights must be in half precision."""
    return {
        ROW_FILE: row_graph(prior).SerializeToString(deterministic=True),
        LEVEL_FILE: level_graph(prior).SerializeToString(deterministic=True),
        DECODER_FILE: decoder_graph(codec.decoder, codec.quantizer).SerializeToString(deterministic=True),
        ENCODER_FILE: encoder_graph(codec.encoder, codec.quantizer).SerializeToString(deterministic=True),
        CODEBOOKS_FILE: array(codec.quantizer.codebooks).astype("<f4").tobytes(),
    }


def manifest(codec: Codec, prior: Prior, about: FolderAbout, files: dict[str, bytes]) -> Manifest:
    """The content of manifest.json."""
    shape = prior.shape
    weight, width, deepest = about.guide_pull
    return {
        "manifestVersion": 1,
        "name": about.name,
        "title": about.title,
        "version": about.version,
        "family": "vq-prior",
        "sampleRateHz": codec.shape.rate_hz,
        "blockSteps": codec.shape.row_frames,
        **({"channels": codec.shape.channels} if codec.shape.channels > 1 else {}),
        "stateFloats": state_floats(codec, prior),
        "codes": {"levels": shape.levels, "size": shape.size, "delaysRows": [0] * shape.levels, "padCode": 0},
        "prior": {"row": ROW_FILE, "level": LEVEL_FILE, "windowRows": shape.window, "hopRows": shape.hop_rows},
        "decoder": {"graph": DECODER_FILE, "stateFloats": decoder_state_floats(codec.decoder)},
        "encoder": {
            "graph": ENCODER_FILE,
            "stateFloats": encoder_state_floats(codec.encoder),
            "latentFloats": codec.shape.latent,
            "codebooks": CODEBOOKS_FILE,
        },
        "labels": {"artists": list(about.artists), "genres": list(about.genres)},
        "timing": {"holdSeconds": shape.hold_seconds, "totalSeconds": shape.total_seconds},
        "levelTemperature": list(about.level_temperature),
        "temperature": {"useful": list(about.useful), "default": about.default},
        "guide": {
            "temperatureLow": about.guide_temperatures[0],
            "temperatureHigh": about.guide_temperatures[1],
            "gamma": about.guide_gamma,
            "levelDbfs": about.guide_level_dbfs,
            "weight": weight,
            "width": width,
            "deepest": deepest,
        },
        "tailGuard": {"floor": about.tail_floor},
        "licence": about.licence,
        "provenance": about.provenance,
        "training": {
            "steps": about.steps,
            "heldOutBitsPerStep": about.held_out_bits,
            "hours": about.hours,
            "hardware": about.hardware,
        },
        "files": listed(files),
    }


def write_folder(codec: Codec, prior: Prior, about: FolderAbout, out: Path) -> None:
    """Writes the folder."""
    files = folder_files(codec, prior)
    write_model_folder(out, manifest(codec, prior, about, files), files)
