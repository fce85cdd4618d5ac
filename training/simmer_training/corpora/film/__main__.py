"""Makes the film corpus and says what is in it.

python -m simmer_training.corpora.film [--out build/film/dataset]
"""

import argparse
from pathlib import Path

from simmer_training.corpora.film.corpus import make
from simmer_training.corpora.film.measure import print_measures


def main() -> None:
    """Makes and measures the corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build/film/dataset"))
    arguments = parser.parse_args()
    make(arguments.out)
    print_measures(arguments.out)


if __name__ == "__main__":
    main()
