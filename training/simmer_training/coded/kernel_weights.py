"""Writes weight files of format 3 (docs/models.md, "Weight files of the kernel"): a sound under codes and its prior."""

import struct
from dataclasses import dataclass
from typing import Final

from simmer_training.coded.fold import FoldedPrior, FoldedSound
from simmer_training.coded.rows_graph import CodesPull
from simmer_training.fold import Array
from simmer_training.graph import GuidePull
from simmer_training.kernel_weights import Sections, append_lower, check_widths, network_header
from simmer_training.quantize import Heard

FORMAT_VERSION: Final = 3
HEADER_BYTES: Final = 128
BANDS_MULTIPLE: Final = 4


@dataclass(frozen=True)
class CodedNetwork:
    """Both networks as they are run, the vectors of the codes [L, codes, bands], and what a guide does."""

    sound: FoldedSound
    prior: FoldedPrior
    codebooks: Array
    pull: GuidePull
    codes_pull: CodesPull


def coded_weight_file(network: CodedNetwork, precision: int, heard: Heard | None = None) -> bytes:
    """The content of a weight file, `precision` being FLOAT32 or INT8 (kernel_weights.py).

    `heard` serves the rounding to 8 bits: inputs of layers by their names in `FoldedSound`, those of the prior as
    "prior_input", "prior_recurrent", "prior_enter_0", "prior_out_0" and so on. ValueError for widths that the kernel
    cannot read.
    """
    sound, prior = network.sound, network.prior
    levels, size, bands = network.codebooks.shape
    width, entered = len(prior.first), prior.entered.shape[2]
    check_widths(len(sound.top_start), len(sound.third_bias), width, entered)
    if bands % BANDS_MULTIPLE:
        raise ValueError(f"the kernel needs a multiple of {BANDS_MULTIPLE} bands, not {bands}")
    codes_pull = (network.codes_pull.weight, network.codes_pull.width, network.codes_pull.deepest)
    header = network_header(FORMAT_VERSION, precision, sound, network.pull)
    header += struct.pack("<5I3f", levels, size, width, entered, bands, *codes_pull)
    sections = Sections(precision, heard or {})
    sections.table(sound.code_rows)
    sections.floats(sound.places)
    sections.layers(sound, "code_top", "top_recurrent", "frame_condition", "code_frame")
    sections.floats(sound.frame_input.T)
    append_lower(sections, sound)
    _append_prior(sections, prior)
    sections.floats(network.codebooks)
    for start in (sound.top_start, sound.frame_start, prior.first):
        sections.floats(start)
    return header + bytes(HEADER_BYTES - len(header)) + sections.content()


def _append_prior(sections: Sections, prior: FoldedPrior) -> None:
    sections.table(prior.entered)
    sections.layer("prior_input", prior.input, prior.input_bias)
    sections.layer("prior_recurrent", prior.recurrent, prior.recurrent_bias)
    for level, before in enumerate(prior.before):
        sections.layer(f"prior_enter_{level}", prior.enter[level], prior.enter_bias[level])
        if level > 0:
            sections.table(before)
        sections.layer(f"prior_out_{level}", prior.out[level], prior.out_bias[level])
