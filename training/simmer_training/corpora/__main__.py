"""Makes the audio that a shipped model learns.

python -m simmer_training.corpora one-song|one-song-rows|film|film-rows [--out build/one-song/dataset]
python -m simmer_training.corpora one-song-stereo|film-stereo|stereo
"""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from simmer_training.corpora import shared
from simmer_training.corpora.film import corpus as film
from simmer_training.corpora.film import in_rows as film_in_rows
from simmer_training.corpora.film import in_stereo as film_in_stereo
from simmer_training.corpora.one_song import in_rows, in_stereo, performances
from simmer_training.dataset import load_dataset

CORPORA: Final[dict[str, Callable[[Path], None]]] = {
    "one-song": performances.make,
    "one-song-rows": in_rows.make,
    "film": film.make,
    "film-rows": film_in_rows.make,
}
IN_STEREO: Final[dict[str, Callable[[Path], None]]] = {
    "one-song-stereo": in_stereo.make,
    "film-stereo": film_in_stereo.make,
    "stereo": shared.make,
}


def main() -> None:
    """Makes one corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=[*CORPORA, *IN_STEREO])
    parser.add_argument("--out", type=Path, help="folder of the dataset")
    arguments = parser.parse_args()
    out = arguments.out or Path("build", arguments.name, "dataset")
    if arguments.name in IN_STEREO:
        IN_STEREO[arguments.name](out)
        print(f"{out}: {len(list(out.glob('*.wav')))} pieces")
        return
    CORPORA[arguments.name](out)
    dataset = load_dataset(out)
    minutes = [sum(map(len, bins)) / dataset.sample_rate_hz / 60 for bins in (dataset.training, dataset.held_out)]
    print(f"{out}: {minutes[0]:.1f} minutes to learn from, {minutes[1]:.1f} held out")


if __name__ == "__main__":
    main()
