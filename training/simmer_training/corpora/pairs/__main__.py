"""Makes the corpus of the token model.

python -m simmer_training.corpora.pairs [--out build/pairs/dataset]
"""

import argparse
from pathlib import Path

from simmer_training.corpora.pairs.corpus import make


def main() -> None:
    """Makes the corpus."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path("build", "pairs", "dataset"))
    out = parser.parse_args().out
    make(out)
    print(f"{out}: {len(list(out.glob('*.wav')))} pieces")


if __name__ == "__main__":
    main()
