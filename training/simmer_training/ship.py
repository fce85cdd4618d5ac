"""After a training run: everything that is kept of it in the repository.

    python -m simmer_training.ship --name one-song

Keeps the weights, exports the folder from them, writes what engines are tested with. What the tests of engines
compare with (`npm run check:engines -- --record`) and the figures (`npm run figures`) are made by the service itself,
afterwards.
"""

import argparse

import torch

from simmer_training.export import export_shipped
from simmer_training.held_out_reference import write_held_out_reference
from simmer_training.kernel_reference import measure_rounding
from simmer_training.places import Places
from simmer_training.reference_draws import write_reference_draws
from simmer_training.shipped import SHIPPED
from simmer_training.weights import keep_weights


def main() -> None:
    """Ships one model."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--name", choices=SHIPPED, required=True)
    places = Places(parser.parse_args().name)
    torch.set_num_threads(1)
    keep_weights(places)
    export_shipped(places)
    write_reference_draws(places)
    write_held_out_reference(places)
    measure_rounding(places)


if __name__ == "__main__":
    main()
