"""The models that come with the repository."""

from typing import Final

from simmer_training.about import About

PROVENANCE: Final = "Trained by training/ on audio synthesised by training/ (see CARD.md)."
HARDWARE: Final = "one core of an AMD EPYC (Zen 4), shared with other work, no GPU"

SHIPPED: Final[dict[str, About]] = {
    about.name: about
    for about in (
        About(name="one-song", title="One song", licence="MIT", provenance=PROVENANCE, hardware=HARDWARE),
        About(name="film", title="Film", licence="MIT", provenance=PROVENANCE, hardware=HARDWARE),
    )
}
