"""Writes a SampleRNN under codes as a model folder (docs/models.md)."""

from typing import Final

import numpy as np

from simmer_training.about import About
from simmer_training.coded.codebooks import Codes
from simmer_training.coded.guide_table import GuideTable
from simmer_training.coded.kernel_weights import CodedNetwork, coded_weight_file
from simmer_training.coded.response import Responses
from simmer_training.coded.rows import ROW_STEPS, WINDOW_STEPS
from simmer_training.coded.rows_graph import RowsGraphBuilder
from simmer_training.coded.sound_graph import SoundGraphBuilder
from simmer_training.emphasis import Emphasis
from simmer_training.export import describe_pull
from simmer_training.fold import Array, start_state
from simmer_training.kernel_weights import FLOAT32, INT8
from simmer_training.model_folder import Manifest
from simmer_training.network_manifest import Measured, Parts, network_manifest
from simmer_training.quantize import Heard
from simmer_training.quantizer import SILENCE_BIN

GRAPH_FILE: Final = "model.onnx"
ROWS_FILE: Final = "rows.onnx"
GUIDE_FILE: Final = "guide.f32"
STATE_FILE: Final = "initial-state.f32"
INT8_FILE: Final = "weights-int8.bin"
FLOAT32_FILE: Final = "weights-float32.bin"
NOT_DRAWN: Final = -1.0  # in place of the codes of a take's first row


def coded_start_state(network: CodedNetwork, silence: Codes) -> Array:
    """The state a take starts from; `silence` [L] are the codes of a silent row."""
    not_drawn = np.full(len(silence), NOT_DRAWN)
    past = np.full(WINDOW_STEPS, SILENCE_BIN, np.float64)
    tiers = start_state(network.sound)
    return np.concatenate([tiers, network.prior.first, silence.astype(np.float64), not_drawn, past])


def folder_files(
    network: CodedNetwork, silence: Codes, emphasis: Emphasis, heard: Heard | None = None, *, float32: bool = False
) -> dict[str, bytes]:
    """The files by name, but for the manifest; `float32`: with the kernel's weights in full precision too.

    Matrices of both networks must be in half precision (`in_half`), which is how the graphs store them.
    """
    graph = SoundGraphBuilder(network.sound, network.pull, from_half=True).build()
    rows = RowsGraphBuilder(network.prior, network.codebooks, network.codes_pull, from_half=True).build()
    describe_pull(graph, network.pull)
    describe_pull(rows, network.codes_pull)
    files = {
        GRAPH_FILE: graph.SerializeToString(deterministic=True),
        ROWS_FILE: rows.SerializeToString(deterministic=True),
        GUIDE_FILE: GuideTable.of(emphasis).content(),
        STATE_FILE: coded_start_state(network, silence).astype("<f4").tobytes(),
        INT8_FILE: coded_weight_file(network, INT8, heard),
    }
    return files | ({FLOAT32_FILE: coded_weight_file(network, FLOAT32)} if float32 else {})


def coded_manifest(
    network: CodedNetwork, about: About, responses: Responses, measured: Measured, files: dict[str, bytes]
) -> Manifest:
    """The content of manifest.json."""
    levels, size, bands = network.codebooks.shape
    rows = {
        "levels": levels,
        "size": size,
        "bands": bands,
        "priorWidth": len(network.prior.first),
        "graph": ROWS_FILE,
        "guide": GUIDE_FILE,
    }
    kernel = {"int8": INT8_FILE} | ({"float32": FLOAT32_FILE} if FLOAT32_FILE in files else {})
    parts = Parts(files, GRAPH_FILE, STATE_FILE, kernel)
    return network_manifest(about, measured, parts, ROW_STEPS, response=responses.as_dict(), rows=rows)
