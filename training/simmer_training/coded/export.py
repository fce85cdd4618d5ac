"""Makes the model folder of a SampleRNN under codes from its networks and the audio that they learned."""

from pathlib import Path

from simmer_training.about import About
from simmer_training.coded.fold import fold_prior, fold_sound, in_half
from simmer_training.coded.folder import Measured, coded_manifest, folder_files
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


def network_of(model: CodedModel) -> CodedNetwork:
    """The networks as they are run; weights must be in half precision."""
    folded = in_half(fold_sound(model.sound)), in_half(fold_prior(model.prior))
    return CodedNetwork(*folded, model.books.vectors, GuidePull(), CodesPull())


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
    measured = Measured(trained.steps, trained.held_out_bits, trained.hours, level)
    rate, emphasis = dataset.sample_rate_hz, dataset.emphasis
    manifest = coded_manifest(network, about, rate, emphasis, responses, measured, files)
    write_model_folder(out, manifest, files)
