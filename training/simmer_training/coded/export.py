"""Makes the model folder of a SampleRNN under codes from its networks and the audio that they learned."""

from pathlib import Path
from typing import Final

from simmer_training.about import About
from simmer_training.coded.fold import fold_prior, fold_sound, in_half
from simmer_training.coded.folder import coded_manifest, folder_files
from simmer_training.coded.kernel_weights import CodedNetwork
from simmer_training.coded.listen import listen_coded
from simmer_training.coded.pieces import coded, silence_of
from simmer_training.coded.response import Responses
from simmer_training.coded.rows_graph import CodesPull
from simmer_training.coded.weights import CodedModel
from simmer_training.dataset import Dataset
from simmer_training.graph import GuidePull
from simmer_training.levels import sounding_level
from simmer_training.model_folder import write_model_folder
from simmer_training.network_manifest import Measured

# Measured at T = 0.75 against a loop of training audio, by the correlation of log-mel frames (figures/guiding.py): the
# codes' pull alone gives 0.24, since it comes 80 ms late, the steps' alone 0.53, both as they are elsewhere 0.67, and
# both at these strengths 0.80; at 0.9 it is 0.46, at 1.05 0.10.
PULL: Final = GuidePull(weight=2.0)
CODES_PULL: Final = CodesPull(6.0, 4.0, 12.0)


def network_of(model: CodedModel) -> CodedNetwork:
    """The networks as they are run; weights must be in half precision."""
    folded = in_half(fold_sound(model.sound)), in_half(fold_prior(model.prior))
    return CodedNetwork(*folded, model.books.vectors, PULL, CODES_PULL)


def export_coded(
    model: CodedModel, dataset: Dataset, about: About, responses: Responses, out: Path, *, float32: bool = False
) -> None:
    """Writes the folder, its manifest last; `float32`: with the kernel's weights in full precision too.

    The weights are rounded to half precision in place.
    """
    network, silence = network_of(model.in_half()), silence_of(model.books)[0]
    heard = listen_coded(model, coded(dataset, model.books, held_out=False))
    files = folder_files(network, silence, dataset.emphasis, heard, float32=float32)
    level = sounding_level([dataset.heard(bins) for bins in dataset.training], dataset.sample_rate_hz)
    trained = model.trained
    measured = Measured(
        trained.steps, trained.held_out_bits, trained.hours, level, dataset.sample_rate_hz, dataset.emphasis
    )
    write_model_folder(out, coded_manifest(network, about, responses, measured, files), files)
